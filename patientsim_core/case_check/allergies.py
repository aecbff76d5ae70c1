"""Drugs that are taken in spite of an allergy to them or to their family."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from patientsim_core.case import Case
from patientsim_core.case_check.finding import Finding, Kind, quoted, rules
from patientsim_core.facts import facts_of
from patientsim_core.offline.lexicon import NameFinder, brands, drugs
from patientsim_core.offline.spelling import normalise

_ITEMS = ("allergies", "medication")
_BRACKETS = re.compile(r"\([^()]*\)")
_TOLERATED = re.compile(r"\b(tolerates?|tolerated|ok with|can take)\b", re.I)
_STOPPED = re.compile(r"\b(stopped|discontinued|no longer|on hold|held)\b", re.I)
_FORMS = {"drug", "drugs", "allergy", "pill", "pills", "tablet", "tablets", "injection", "injections", "all"}
_DOSE = re.compile(r"\s*(?:(?<=\s)\d|,|\bdaily\b|\btablets?\b|\binhal).*", re.I | re.S)


class _Named(NamedTuple):
    """An allergy or a drug of the record with the drugs and families that it names."""

    text: str
    name: str
    drugs: frozenset[str]
    families: frozenset[str]


def allergies(case: Case) -> Iterator[Finding]:
    facts = [fact for fact in facts_of(case) if not fact.absent]
    texts = dict.fromkeys(f.text for f in facts if f.item == "allergies" and not _TOLERATED.search(f.text))
    known = [_named(text, _BRACKETS.sub(" ", text)) for text in texts]
    texts = dict.fromkeys(f.text for f in facts if f.item == "medication" and not _STOPPED.search(f.text))
    taken = [_named(text, text) for text in texts]
    for allergy in known:
        for drug in taken:
            if found := _compared(allergy, drug):
                kind, why = found
                says = f"Allergy {quoted(allergy.text)}, yet {quoted(drug.text)} is taken: {why}."
                yield Finding(kind, _ITEMS, says)


def _compared(allergy: _Named, drug: _Named) -> tuple[Kind, str] | None:
    """What an allergy means for a drug that is taken, and why."""
    if allergy.drugs & drug.drugs or (allergy.name == drug.name and len(drug.name) > 4):
        return "contradiction", "the same drug"
    if shared := sorted(allergy.families & drug.families):
        return "contradiction", f"both are {_label(shared[0])}"
    for family in sorted(allergy.families):
        if near := drug.families.intersection(rules()["families"][family].get("related", ())):
            return "hint", f"{_label(family)} and {_label(min(near))} can share a reaction"
    return None


def _named(text: str, told: str) -> _Named:
    """`told` is the part of the text that names it. Its first words, without dose and form, are the name by
    which a drug is known that is on no list."""
    found = _substances(told)
    words = re.findall(r"\w+", _DOSE.sub("", told).lower())
    families = frozenset(
        id
        for id, family in rules()["families"].items()
        if not found.isdisjoint((*family["names"], *family["drugs"]))
    )
    return _Named(text, " ".join(word for word in words if word not in _FORMS), found, families)


@lru_cache(maxsize=1)
def _finder() -> NameFinder:
    names = [name for family in rules()["families"].values() for name in (*family["names"], *family["drugs"])]
    return NameFinder({name: (name, "drug") for name in (*names, *rules()["contains"], *drugs(), *brands())})


def _substances(text: str) -> frozenset[str]:
    """The drugs that a text names: generic names, what combinations contain, and names of whole families."""
    plain = " ".join(re.findall(r"\w+", text.lower()))
    named = [found.id for found in _finder().find(plain) or _finder().find(normalise(text))]
    parts = [part for name in named for part in (name, *rules()["contains"].get(name, ()))]
    return frozenset({*parts, *(brands()[part] for part in parts if part in brands())})


def _label(family: str) -> str:
    return rules()["families"][family]["label"]
