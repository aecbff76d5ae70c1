"""A sentence as the judge reads it: its content words, its quantities, what it names, what was asked."""

import re
from dataclasses import dataclass
from functools import lru_cache

from patientsim_core.offline.data import table
from patientsim_core.offline.lexicon import Mention
from patientsim_core.offline.listen import Clause, listen
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import Ask, read_alone

LONG = 2_000
"""Characters of a sentence or question that are read."""

_COUNT = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty"""
_TENS = "thirty forty fifty sixty seventy eighty ninety"
_DIGITS = {
    **{word: number for number, word in enumerate(_COUNT.split())},
    **{word: 10 * number for number, word in enumerate(_TENS.split(), 3)},
}
_UNITS = (
    "minute|hour|day|week|month|year|pack|cigarette|beer|glass|cocktail|drink|bottle|son|daughter|pound"
    "|degree|mg|child|roommate"
)
_QUANTITY = re.compile(
    rf"\b(half an?|half|an? (?=(?:pack|glass|bottle|beer|minute|hour|day|week|month|year|son|daughter)\b)"
    rf"|\d+(?:\.\d+)?)\b(?: and a half)? ?({_UNITS})?(?:s? and a half)?"
)
_ENDINGS = re.compile(r"(?<=[a-z]{3})(ing|ies|ed|es|s|ly)$")


@dataclass(frozen=True)
class Said:
    """A text: `words` that mean something, stemmed; `quantities` as (number, unit or "")."""

    written: str
    normal: str
    clauses: tuple[Clause, ...]
    words: frozenset[str]
    quantities: tuple[tuple[float, str], ...]
    length: int

    @property
    def concepts(self) -> list[tuple[Clause, Mention]]:
        """What it names; words that were mended into a single name do not count."""
        return [
            (clause, mention)
            for clause in self.clauses
            for mention in clause.concepts
            if " " in mention.words or mention.words in self.written
        ]

    @property
    def drugs(self) -> list[tuple[Clause, Mention]]:
        return [(clause, mention) for clause in self.clauses for mention in clause.drugs]

    @property
    def asks(self) -> bool:
        return self.normal.endswith("?")


def rules() -> dict:
    """What the judge goes by: `judge.toml`."""
    return table("judge")


@lru_cache(maxsize=512)
def pattern(section: str, name: str) -> re.Pattern[str]:
    """A regular expression of `judge.toml`; a list there is of phrases, each from the start of a word."""
    entry = rules()[section][name]
    return re.compile(entry if isinstance(entry, str) else rf"\b(?:{'|'.join(entry)})")


def is_about(item: str, normal: str) -> bool:
    """Whether a text's own words make it about an item, whatever was asked."""
    taken_back = item in rules()["unless"] and pattern("unless", item).search(normal)
    return bool(pattern("items", item).search(normal)) and not taken_back


@lru_cache(maxsize=16_384)
def read(text: str) -> Said:
    """A sentence of a patient, or a value of a record."""
    text = text[:LONG]
    heard = listen(text)
    counted = digits(normalise(text))
    return Said(
        written=text.lower(),
        normal=heard.normal,
        clauses=heard.clauses,
        words=content(counted),
        quantities=tuple(_quantities(counted)),
        length=heard.length,
    )


def digits(normal: str) -> str:
    """`fifty four years` as `54 years`."""
    found: list[str] = []
    tens = False
    for word in normal.split():
        number = _DIGITS.get(word)
        if number is not None and tens and 0 < number < 10:
            found[-1] = str(int(found[-1]) + number)
        else:
            found.append(word if number is None else str(number))
        tens = number is not None and number >= 20 and number % 10 == 0
    return " ".join(found)


def _quantities(counted: str) -> list[tuple[float, str]]:
    found = []
    for match in _QUANTITY.finditer(counted):
        amount = (
            0.5
            if match[1].startswith("half")
            else 1.0
            if match[1].strip() in ("a", "an")
            else float(match[1])
        )
        amount += 0.5 if " and a half" in match[0] else 0
        found.append((amount, "degree" if 95 <= amount <= 110 and not match[2] else match[2] or ""))
    return found


@lru_cache(maxsize=8_192)
def stem(word: str) -> str:
    """A word without its ending, and one for all that mean the same."""
    same = rules()["same"]
    word = same.get(word, word)
    bare = _ENDINGS.sub("", word)
    bare = same.get(bare, bare)
    return bare[:-1] if len(bare) > 4 and bare[-1] == bare[-2] else bare.removesuffix("e")


def content(counted: str) -> frozenset[str]:
    """The stems of a text's words that mean something; numbers too, but no punctuation."""
    return frozenset(
        stem(word) for word in re.findall(r"[a-z0-9.]*[a-z0-9]", counted) if word not in _small()
    )


@lru_cache(maxsize=1)
def _small() -> frozenset[str]:
    return frozenset(rules()["words"]["small"].split())


@dataclass(frozen=True)
class Asked:
    """A doctor's turn: its asks, their topics, and the items that an answer is about."""

    asks: tuple[Ask, ...]
    topics: frozenset[str]
    items: frozenset[str]
    words: frozenset[str]

    @property
    def about(self) -> frozenset[str]:
        return frozenset(concept for ask in self.asks for concept in ask.about)


@lru_cache(maxsize=4_096)
def read_question(text: str) -> Asked:
    """What a doctor's turn asks, read by itself."""
    text = text[:LONG]
    asks = read_alone(text).asks
    topics = frozenset(ask.topic for ask in asks)
    table = rules()["topics"]
    items = frozenset(item for topic in topics for item in table.get(topic, [topic]))
    if any(ask.about == ("pain",) for ask in asks):
        items |= {"pain"}
    return Asked(asks, topics, items, content(digits(normalise(text))))
