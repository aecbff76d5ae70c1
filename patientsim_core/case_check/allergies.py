"""Drugs that are taken in spite of an allergy to them or to their family."""

import re
from collections.abc import Iterator
from functools import lru_cache

from patientsim_core.case import Case
from patientsim_core.case_check.finding import Finding, quoted, rules
from patientsim_core.facts import Fact, facts_of
from patientsim_core.offline.lexicon import NameFinder, brands, drugs
from patientsim_core.offline.spelling import normalise

_ITEMS = ("allergies", "medication")
_BRACKETS = re.compile(r"\([^)]*\)")
_TOLERATED = re.compile(r"\b(tolerates?|tolerated|ok with|can take)\b", re.I)
_STOPPED = re.compile(r"\b(stopped|discontinued|no longer|on hold|held)\b", re.I)
_FORMS = {"drug", "drugs", "allergy", "pill", "pills", "tablet", "tablets", "injection", "injections", "all"}
_DOSE = re.compile(r"\s*(?:(?<=\s)\d|,|\bdaily\b|\btablets?\b|\binhal).*", re.I | re.S)


def allergies(case: Case) -> Iterator[Finding]:
    facts = [fact for fact in facts_of(case) if not fact.absent]
    known = [f for f in facts if f.item == "allergies" and not _TOLERATED.search(f.text)]
    taken = [f for f in facts if f.item == "medication" and not _STOPPED.search(f.text)]
    for allergy in known:
        for drug in taken:
            if found := _compared(allergy, drug):
                yield found


def _compared(allergy: Fact, drug: Fact) -> Finding | None:
    """What an allergy means for a drug that is taken."""
    against, taken = _substances(_BRACKETS.sub(" ", allergy.text)), _substances(drug.text)
    both = f"Allergy {quoted(allergy.text)}, yet {quoted(drug.text)} is taken"
    if against & taken or _same_name(allergy.text, drug.text):
        return Finding("contradiction", _ITEMS, f"{both}: the same drug.")
    allergic, families = _families(against), _families(taken)
    if shared := sorted(allergic & families):
        return Finding("contradiction", _ITEMS, f"{both}: both are {_label(shared[0])}.")
    for family in sorted(allergic):
        if near := [one for one in rules()["families"][family].get("related", ()) if one in families]:
            return Finding(
                "hint", _ITEMS, f"{both}: {_label(family)} and {_label(near[0])} can share a reaction."
            )
    return None


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


def _families(substances: frozenset[str]) -> set[str]:
    return {
        id
        for id, family in rules()["families"].items()
        if not substances.isdisjoint((*family["names"], *family["drugs"]))
    }


def _label(family: str) -> str:
    return rules()["families"][family]["label"]


def _same_name(allergy: str, drug: str) -> bool:
    """Whether an allergy has the very name of a drug that no list knows."""
    name = " ".join(re.findall(r"\w+", _DOSE.sub("", drug).lower()))
    plain = " ".join(re.findall(r"\w+", _BRACKETS.sub(" ", allergy).lower()))
    return len(name) > 4 and name in plain and set(plain.replace(name, "").split()) <= _FORMS
