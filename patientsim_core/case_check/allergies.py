"""Drugs that are taken in spite of an allergy to them or to their family."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from patientsim_core.case import Case
from patientsim_core.case_check.finding import Finding, Kind, quoted, rules
from patientsim_core.case_check.substances import families, members, substances
from patientsim_core.facts import facts_of

_ITEMS = ("allergies", "medication")
_BRACKETS = re.compile(r"\([^()]*\)")
_CLAUSES = re.compile(
    r"[()]|(?<!\bno)[.:]\s|\s[-–—]+\s|\b(?:but|however|though|although|except|other than)\b", re.I
)
_NOT = r"no(?!\W*\d)|not|never|cannot|unable|without|denie[sd]|\w*n['’]t"
_TOLERATED = re.compile(
    rf"\b(tolerat(es?|ed|ing)|ok with|can take|({_NOT})(\W+\w+){{0,2}}?\W+(allerg|react|problem|issue)\w*)\b",
    re.I,
)
_INTOLERANT = re.compile(rf"\b({_NOT}|poorly)(\W+\w+){{0,2}}?\W+tolerat", re.I)
_NOT_TAKEN = re.compile(
    rf"\b({_NOT}|avoid\w*|refus\w*|declin\w*|instead of|rather than|allerg\w+ to)\b", re.I
)
"""What follows it in the clause is no drug that is taken."""
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
    facts = facts_of(case)
    told = dict.fromkeys(fact.text for fact in facts if fact.item == "allergies" and not fact.absent)
    known = [_named(text, _allergy(text)) for text in told]
    spared = _spared([fact.text for fact in facts if fact.item == "allergies"], known)
    told = dict.fromkeys(fact.text for fact in facts if fact.item == "medication" and not fact.absent)
    taken = [_named(text, _taken(text), spared) for text in told if not _STOPPED.search(text)]
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


def _allergy(text: str) -> str:
    """The part of a text that names an allergy: not what is tolerated, nor the reaction in brackets."""
    clauses = _CLAUSES.split(_BRACKETS.sub(" ", text))
    return " ".join(clause for clause in clauses if not _is_tolerance(clause))


def _taken(text: str) -> str:
    """The part of a text that names a drug that is taken."""
    return " ".join(_NOT_TAKEN.split(clause, maxsplit=1)[0] for clause in _CLAUSES.split(text))


def _spared(texts: list[str], known: list[_Named]) -> frozenset[str]:
    """Drugs that the record says are tolerated, by name or with their family, in spite of an allergy."""
    clauses = [clause for text in texts for clause in _CLAUSES.split(text) if _is_tolerance(clause)]
    named = frozenset().union(*map(substances, clauses))
    return named | members(named).difference(*(allergy.drugs for allergy in known))


def _is_tolerance(clause: str) -> bool:
    return bool(_TOLERATED.search(clause)) and not _INTOLERANT.search(clause)


def _named(text: str, told: str, spared: frozenset[str] = frozenset()) -> _Named:
    """`told` is the part of the text that names it. Its first words, without dose and form, are the name by
    which a drug is known that is on no list; one that is `spared` as a whole has none."""
    found = substances(told)
    left = found - spared
    words = re.findall(r"\w+", _DOSE.sub("", told).lower()) if left or not found else ()
    return _Named(text, " ".join(word for word in words if word not in _FORMS), left, families(left))


def _label(family: str) -> str:
    return rules()["families"][family]["label"]
