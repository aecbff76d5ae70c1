"""Step three, first half: a value of the record in the words of a patient of a language level."""

import re

from patientsim_core.facts import Fact
from patientsim_core.offline.data import say
from patientsim_core.offline.lexicon import Concept, Mention, concepts, find_concepts
from patientsim_core.text import words
from patientsim_core.words import medical_level

A_WORDS = 5
"""Words of a value in one fragment of a beginner; the template adds one or two."""

B_WORDS = 15
"""Words of a value in one sentence of the others; with the template it stays under the limit."""

_DOSE = re.compile(
    r"[\s,]+(?:(?:up to|half|one|two)\s+)?\(?\d.*$"
    r"|\s+(?:daily|nightly|twice|once|at bedtime|as needed|every)\b.*$"
)
_RELATION = re.compile(r"^(?P<who>[A-Za-z' ]+?)(?::|\s+with|\s+had|\s+has|\s+-)\s+(?P<what>.+)$")


_LASTING = re.compile(r"\bfor \d|\bsince\b")
_BEFORE = re.compile(r"^((?:quit|stopped)[^,]* ago,) (?=(?:smoked|drank|used)\b)")
_AFTERWARDS = re.compile(r"^((?:quit|stopped)[^,]* ago,) (?=(?:\d|half|one|two|three|up to)\b)")
"""`quit ten years ago, one pack a day before`: the second half is what was quit."""

_AND = r"(?<!\bone)(?<!\btwo)"
"""What must not stand before a break: `one and a half packs` is one amount."""

_PHRASE_END = re.compile(r"$| (?:and|in|on|at|with|when|since|for|over|of|up|during|around|after|even)\b")


def _forms(name: str) -> list[str]:
    return say("grammar")[name].split(", ")


def clause(fact: Fact, cefr: str) -> str | None:
    """`Lives with wife` as `live with my wife`, `Chews tobacco for 40 years` as `have chewed tobacco for 40
    years`; None for values that are no clause of their own."""
    verbs = _forms("verbs")
    first, *rest = fact.value.split(maxsplit=1)
    if first[-1] == "s" and _first_person(first.lower()) in verbs:
        verb = _first_person(first.lower())
        if cefr != "A" and verb in _forms("lasting") and _LASTING.search(fact.value):
            verb = f"have {verb.removesuffix('e')}ed"
        text = " ".join([verb, *rest])
    elif fact.value.lower().startswith(tuple(_forms("past"))):
        text = _AFTERWARDS.sub(r"\1 it was ", _BEFORE.sub(r"\1 and ", lower(fact.value)))
    else:
        return None
    later = rf"(,|\band|\bbut)( \w+ly)? ((?:{'|'.join(verbs)})e?s)\b"
    return mine(re.sub(later, lambda found: f"{found[1]}{found[2] or ''} {_first_person(found[3])}", text))


def is_past(text: str) -> bool:
    """Whether a clause tells what is over: `quit ten years ago`."""
    return text.startswith(tuple(_forms("past")))


def _first_person(verb: str) -> str:
    return verb.removesuffix("es") if verb.endswith(("oes", "ches", "shes")) else verb.removesuffix("s")


def mine(text: str) -> str:
    """`with wife` as `with my wife`."""
    return re.sub(rf"\bwith (?=(?:{'|'.join(_forms('kin'))}))", "with my ", text)


def noun(fact: Fact, cefr: str, full: bool = False) -> str:
    """The value as a phrase for a template; `full` keeps the doses of drugs."""
    value = say("values").get(fact.value.upper(), fact.value.rstrip("."))
    if fact.item == "medication":
        drug = lower(value) if full or cefr == "C" else lower(_DOSE.sub("", value))
        return drug if cefr == "A" else with_article(drug)
    if fact.item == "allergies":
        return lower(re.sub(r"\s*\(.*\)", "", value))
    if fact.item == "family_medical_history":
        return relation(value, cefr)
    value = re.sub(r"\s*\([^)]*\)", "", value)
    if fact.item in ("race", "insurance"):
        return value
    value = lower(value)
    if fact.item == "occupation" and not value.startswith(tuple(_forms("states"))):
        return article(value)
    if (
        fact.item in ("medical_history", "medical_device", "chiefcomplaint")
        or (fact.label == "" and fact.aspects)
        or fact.absent
    ):
        value = in_words_of(value, cefr)
    operation = any(concepts()[id].kind == "operation" for id in fact.concepts if id in concepts())
    if fact.item == "medical_device" or (fact.item == "medical_history" and operation and cefr != "A"):
        return article(value)
    if fact.item == "medical_history" and cefr != "A":
        return with_article(value)
    if fact.item == "sexual_history":
        return re.sub(r"\buses\b", "I use", value)
    if fact.label == "" and not fact.absent and cefr != "A":
        value = with_article(value)
    return own_body(value)


def with_article(value: str) -> str:
    """`lump in the groin` as `a lump in the groin`; what cannot be counted stays."""
    return article(value) if _head(value) in _forms("countable") else value


def _head(value: str) -> str:
    """The noun that a phrase is about: `lump` of `hard lump in the groin`, `belly` of `hard, sore belly`."""
    start = re.split(r" (?:in|on|at|with|when|that|up|since|for|over|of|from|after|during|as)\b", value)[0]
    nouns = [part.split()[-1] for part in start.split(",") if part.split()]
    return next((noun for noun in nouns if noun in _forms("countable")), nouns[0] if nouns else "")


def relation(value: str, cefr: str) -> str:
    """`Father: heart attack at 57` as `my father had a heart attack at 57`."""
    found = _RELATION.match(value)
    if not found:
        return in_words_of(lower(value), cefr)
    what = in_words_of(lower(found["what"]), cefr)
    if cefr == "A":
        return f"my {found['who'].lower()} {what}"
    verb = "had a " if what.startswith(tuple(_forms("counted"))) else "had "
    return f"my {found['who'].lower()} {verb}{what}"


def reaction(fact: Fact) -> str | None:
    """What an allergen does, as the record has it in brackets."""
    found = re.search(r"\(([^)]+)\)", fact.value)
    return with_article(lower(found[1])) if found else None


def in_words_of(value: str, cefr: str) -> str:
    """Medical names replaced by those that a patient of the level uses."""
    for mention in reversed(find_concepts(value)):
        concept = concepts()[mention.id]
        form = concept.form(cefr)
        whole = mention.start == 0 and _PHRASE_END.match(value[mention.end :])
        if value[: mention.start].endswith("-sided "):
            continue
        if _replaced(mention, concept, cefr, bool(whole)) and form not in value:
            value = value[: mention.start] + form + value[mention.end :]
    return value


def _replaced(mention: Mention, concept: Concept, cefr: str, whole: bool) -> bool:
    """Whether a name gives way: noun phrases only, and no more precise one than the level's own.

    A proficient patient names symptoms as doctors do; the others avoid words above their level.
    """
    if mention.words in concept.form(cefr):
        return False
    if concept.kind == "symptom":
        return cefr != "B" and (whole or mention.words in concept.forms)
    hard = any((medical_level(word) or "A") > cefr for word in mention.words.split())
    return concept.kind == "condition" and cefr != "C" and hard


def own_body(value: str) -> str:
    """`the left arm` as `my left arm`."""
    parts = "|".join(_forms("body"))
    sides = r"(?:(?:left|right|upper|lower|whole|entire) )*"
    return re.sub(rf"\bthe (?={sides}(?:{parts})\b(?! of\b))", "my ", value)


def lower(text: str) -> str:
    """The text as it stands within a sentence; acronyms keep their capitals."""
    first = text.split(" ")[0] if text else ""
    kept = first[1:] != first[1:].lower() or first.endswith(("'s", "’s"))  # CPAP, Parkinson's
    return text if len(first) > 1 and kept else text[:1].lower() + text[1:]


def article(text: str) -> str:
    """`truck driver` as `a truck driver`; plurals and things that have a determiner stay."""
    head = re.split(r" (?:in|on|at|for|with|from|since|of|placed|inserted)\b|,|\(", text)[0].rstrip()
    first = text.split(" ")[0].lower()
    plural = head.endswith("s") and not head.endswith("ss")
    if plural or first in _forms("determined") or head.split()[-1] in _forms("mass"):
        return text
    return f"{'an' if first[:1] in 'aeio' else 'a'} {text}"


def chunks(value: str, cefr: str) -> list[str]:
    """The value in parts that fit a sentence each: short fragments at level A."""
    if cefr != "A":
        return _split(
            value, B_WORDS, rf"(?<=,) |{_AND} (?=(?:and|but|while|when|because|after|before|with)\b)"
        )
    value = learner(value)
    if len(value.split()) <= A_WORDS:
        return [value]
    breaks = rf"{_AND} (?=(?:while|when|after|before|and|but|because|until|with|since|behind)\b)"
    parts: list[str] = []
    for part in re.split(r",\s*", value):
        parts += [part] if len(part.split()) <= A_WORDS + 1 else re.split(breaks, part)
    parts = [re.sub(r"^(and|but|while|with)\s+", "", part).strip() for part in parts]
    return [_cut(part) for part in parts if part][:2]


def _cut(part: str) -> str:
    """At most six words, ending where a phrase ends: never on `in back at`."""
    groups = re.split(r" (?=(?:at|in|on|for|of|to|from|during|by|over|since|with|and|or)\b)", part)
    kept = groups[0]
    for group in groups[1:]:
        if len(f"{kept} {group}".split()) > A_WORDS + 1:
            break
        kept += f" {group}"
    return " ".join(kept.split()[: A_WORDS + 2])


def learner(value: str) -> str:
    """A beginner's grammar: no articles, simple verbs."""
    for long, short in say("learner").items():
        value = re.sub(rf"\b{long}\b", short, value)
    value = re.sub(r"\b(the|a|an|my|any|very|about|of)\b ?", "", value)
    return " ".join(value.split())


def _split(value: str, limit: int, breaks: str) -> list[str]:
    parts, line = [], ""
    for part in re.split(breaks, value):
        if line and len(words(f"{line} {part}")) > limit:
            parts.append(line.rstrip(","))
            line = part
        else:
            line = f"{line} {part}".strip()
    return [*parts, line.rstrip(",")]
