"""A sentence against single values of a record: habits, values that exclude one another, and numbers."""

import re
from functools import lru_cache

from patientsim_core.offline.judge.finding import Finding, contradicted, entailed, neutral
from patientsim_core.offline.judge.record import Known, clash, share
from patientsim_core.offline.judge.said import Asked, Said, digits, is_about, pattern, rules

HABITS = ("tobacco", "alcohol", "illicit_drug")


def state(text: str) -> str:
    """`never`, `past` or `now`; "" where a text does not say."""
    for name in ("past", "never", "now"):
        if pattern("states", name).search(text):
            return name
    return ""


_STILL = re.compile(r"\b(still|now|currently|today|these days|every)\b")


_OWN = re.compile(r"\b(i|my|me)\b")


_AMOUNTS = ("pack", "cigarette", "beer", "glass", "cocktail", "drink", "bottle")


def _answers(said: Said) -> bool:
    """Whether a text begins as an answer does: with a yes, a no, or an amount."""
    begins = any(pattern("words", name).search(said.normal) for name in ("yes", "no"))
    return begins or any(unit in _AMOUNTS for _, unit in said.quantities)


def habit(item: str, said: Said, asked: Asked, known: tuple[Known, ...]) -> Finding | None:
    """Tobacco, alcohol, drugs: never, once, or now, and how much."""
    sure = is_about(item, said.normal)
    if not sure and item not in asked.items:
        return None
    if item not in asked.items and not said.quantities and not _OWN.search(said.normal):
        return None
    told = state(said.normal) if sure or _answers(said) else ""
    if not known:
        return neutral("the record is silent", sure=sure) if told else None
    own = known[0]
    is_now = state(own.value.normal) or "now"
    is_now = "never" if own.absent and is_now != "past" else is_now
    if told == "never" and is_now == "past" and own.value.words & said.words:
        told = "past"
    was = is_now == "past" and told == "now" and not _STILL.search(said.normal)
    if share(said, own) >= 0.5 and (not told or was):
        return entailed(f"as recorded: {own.fact.text}")
    if not told:
        return neutral("does not say", False) if sure else None
    if told != is_now and {told, is_now} != {"never", "past"}:
        return contradicted(f"says {told}, the record {own.fact.text}")
    if told != is_now and is_now == "never":
        return contradicted(f"says {told}, the record {own.fact.text}")
    if wrong := clash(said, own):
        return contradicted(wrong)
    return entailed(f"as recorded: {own.fact.text}")


# --- values that exclude one another -------------------------------------------------------------


def classed(item: str, said: Said, asked: Asked, known: tuple[Known, ...]) -> Finding | None:
    """Marital status, arrival, race, gender, insurance, home: one class of several."""
    sure = is_about(item, said.normal)
    if not sure and item not in asked.items:
        return None
    told = _class(item, said.normal)
    if not known:
        return neutral("the record is silent", sure=sure) if told or said.length < 8 else None
    own = known[0]
    if other := _other_class(item, said, own):
        return contradicted(other)
    if share(said, own) >= 0.5 or (told and told == _class(item, own.value.normal)):
        return entailed(f"as recorded: {own.fact.text}", _more(said, own))
    return neutral("another value", sure=sure) if sure else None


def _more(said: Said, own: Known) -> bool:
    """Whether a time or a number is told that the record has not."""
    units = {unit for _, unit in own.value.quantities}
    return any(unit and unit not in units for _, unit in said.quantities)


def _other_class(item: str, said: Said, own: Known) -> str:
    """How the value told excludes the one on record; "" where it does not."""
    told, true = _class(item, said.normal), _class(item, own.value.normal)
    return f"{told}, not {true}" if told and true and told != true else ""


def _class(item: str, normal: str) -> str:
    names = rules()["classes"][item]
    return next((name for name in names if _class_pattern(item, name).search(normal)), "")


@lru_cache(maxsize=64)
def _class_pattern(item: str, name: str) -> re.Pattern[str]:
    return re.compile(rules()["classes"][item][name])


def free(item: str, said: Said, asked: Asked, known: tuple[Known, ...]) -> Finding | None:
    """Occupation, exercise, children, sexual history: by words, number, or that there is none."""
    own = known[0] if known else None
    shared = said.words & own.value.words if own else frozenset()
    whole = bool(own) and len(own.value.words) > 1 and own.value.words <= said.words
    sure = is_about(item, said.normal) or whole
    if not sure and item not in asked.items:
        return None
    none = item in rules()["denials"] and pattern("denials", item).search(said.normal)
    if not own:
        return neutral("the record is silent", sure=sure) if sure or said.length < 8 else None
    if none and not shared:
        return entailed("none, as recorded") if own.absent else contradicted("says there is none")
    if own.absent and item in rules()["denials"] and item in asked.items | {"children"}:
        return contradicted(f"the record has none: {own.fact.text}") if sure or said.length < 8 else None
    if item in rules()["classes"] and (other := _other_class(item, said, own)):
        return contradicted(other)
    if shared:
        wrong = clash(said, own)
        return contradicted(wrong) if wrong else entailed(f"as recorded: {own.fact.text}", _more(said, own))
    if sure and item in asked.items:
        return contradicted(f"another value than {own.fact.text}", sure=False)
    return None


def age(said: Said, asked: Asked, known: tuple[Known, ...]) -> Finding | None:
    """The number of years."""
    counted = digits(said.normal)
    sure = is_about("age", counted)
    numbers = [number for number, unit in said.quantities if unit in ("", "year") and number < 121]
    if not (sure or "age" in asked.items) or not numbers or not known:
        return None
    if float(known[0].fact.value) in numbers:
        return entailed("as recorded")
    return contradicted(f"{numbers[0]:g}, not {known[0].fact.value}")


_STRONG, _SLIGHT = 7, 3
"""From which pain on, 0-10, `hardly any` is wrong, and up to which `unbearable` is."""


def pain(said: Said, asked: Asked, known: tuple[Known, ...]) -> Finding | None:
    """The strength of pain: a number from 0 to 10, none, or words of much or little."""
    sure = is_about("pain", said.normal)
    if not sure and "pain" not in asked.items:
        return None
    if not known:
        return neutral("the record is silent", sure=sure) if sure else None
    true = float(known[0].fact.value)
    numbers = [float(number) for number in pattern("words", "number").findall(digits(said.normal))]
    numbers = [0.0] if pattern("words", "no_pain").search(said.normal) else numbers
    if numbers:
        least, most = min(numbers[:2]), max(number for number in numbers[:2])
        inside = true in numbers[:2] or (len(numbers) > 1 and most - least <= 2 and least <= true <= most)
        return entailed(f"pain {true:g}") if inside else contradicted(f"pain {numbers[0]:g}, not {true:g}")
    of_pain = pattern("words", "of_pain").search(said.normal)
    if of_pain and pattern("plays", "down").search(said.normal) and true >= _STRONG:
        return contradicted(f"plays down a pain of {true:g}")
    if of_pain and pattern("plays", "up").search(said.normal) and true <= _SLIGHT:
        return contradicted(f"enlarges a pain of {true:g}")
    return neutral("no number", new=False) if sure else None
