"""What a reply tells of the record, read out of its text: for speakers that keep no account of it."""

import re
from collections.abc import Sequence

from patientsim_core.dialogue import Disclosure, How
from patientsim_core.facts import Fact
from patientsim_core.offline.lexicon import find_concepts, find_drugs
from patientsim_core.offline.spelling import normalise
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
