"""What a reply tells of the record, read out of its text: for speakers that keep no account of it."""

import re
from collections.abc import Collection, Sequence

from patientsim_core.dialogue import Disclosure, How
from patientsim_core.facts import NEEDLESS, PAST, Fact
from patientsim_core.offline.lexicon import find_concepts, find_drugs
from patientsim_core.offline.spelling import normalise
from patientsim_core.persona import Persona, Personality, Recall
from patientsim_core.text import sentences

_NEGATION = re.compile(r"\b(no|not|never|none|nothing|without|neither|nor|nobody)\b")
_SMALL = frozenset(
    ("a", "an", "the", "of", "to", "in", "on", "at", "with", "and", "or", "for", "is", "it", "was", "my", "i",
     "me", "have", "has", "had", "no", "not", "about", "very", "since", "when", "that", "this", "from", "by",
     "ago", "times", "time", "day", "days", "daily", "mg", "one", "two")
)  # fmt: skip
"""Words that two sentences share without meaning the same."""


def read_reply(text: str, facts: Sequence[Fact]) -> list[Disclosure]:
    """The facts that a reply tells, each marked as inferred; negated sentences tell negatives only."""
    told: dict[Fact, None] = {}
    for sentence in sentences(text):
        normal = normalise(sentence)
        negated = bool(_NEGATION.search(normal))
        named = {mention.id for mention in (*find_concepts(normal), *find_drugs(normal))}
        spoken = set(re.findall(r"[a-z0-9.]+", normal)) - _SMALL
        told |= {fact: None for fact in facts if _says(spoken, named, negated, fact)}
    return [Disclosure(item=fact.item, fact=fact.text, how=How.told, inferred=True) for fact in told]


NUMBER = re.compile(r"(?<![\d.])(10|\d)(?![\d.]*\d)")
_FORGOTTEN = re.compile(
    r"\b(forg[eo]t\w*|remember|recall|(not |un)sure|can't (say|think)|slipped|no idea|(don't|not) know)\b"
)


def infer(
    text: str, facts: Sequence[Fact], asked: Collection[Fact], persona: Persona, lost: bool
) -> list[Disclosure]:
    """What a model's reply discloses, read out of its text and marked as inferred.

    What it tells is told; another number for the pain than the record's is played down or up. What was
    asked for and not told was not understood by a patient who is `lost` (confused, or above its language),
    forgotten where memory is poor and the reply says so, and refused by one who distrusts.
    """
    told = {(d.item, d.fact) for d in read_reply(text, facts)}
    found = []
    for fact in facts:
        how = How.told if (fact.item, fact.text) in told else None
        if fact in asked and not how:
            how = _bent(text, fact) or _missed(text, fact, persona, lost)
        if how:
            found.append(
                Disclosure(item=fact.item, fact=fact.text, how=how, asked=fact in asked, inferred=True)
            )
    return found


def _bent(text: str, fact: Fact) -> How | None:
    """Whether a reply gives another number for the pain, 0-10, than the record."""
    numbers = NUMBER.findall(normalise(text)) if fact.item == "pain" else []
    if not numbers:
        return None
    return How.minimised if float(numbers[0]) < float(fact.value) else How.exaggerated


def _missed(text: str, fact: Fact, persona: Persona, lost: bool) -> How | None:
    """Why a fact that was asked for is not in a reply, as far as the text and the persona tell."""
    if lost:
        return How.not_understood
    if persona.recall is Recall.low and fact.item in PAST and _FORGOTTEN.search(normalise(text)):
        return How.forgotten
    if persona.personality is Personality.distrust and fact.item in NEEDLESS:
        return How.refused
    return None


def _says(spoken: set[str], named: set[str], negated: bool, fact: Fact) -> bool:
    if fact.item in ("age", "pain"):
        return fact.value in spoken and (fact.item == "age" or "10" in spoken or "pain" in spoken)
    if fact.absent != negated and (fact.item.startswith("present_illness") or fact.absent):
        return False
    own = set(re.findall(r"[a-z0-9.]+", normalise(fact.value))) - _SMALL
    if fact.item == "present_illness_negative" or (fact.label == "" and "associated" in fact.aspects):
        return bool(fact.concepts & named) or _shared(own, spoken) >= 0.6
    if fact.item == "medication" and fact.drugs:
        return bool({drug for drug in fact.drugs if drug in own} & named) or _shared(own, spoken) >= 0.6
    return _shared(own, spoken) >= 0.6


def _shared(own: set[str], spoken: set[str]) -> float:
    """The share of a fact's words that were spoken; 0 for a fact without words."""
    return len(own & spoken) / len(own) if own else 0.0
