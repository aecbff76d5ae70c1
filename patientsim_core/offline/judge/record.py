"""A record as the judge compares with it: every fact read once a case."""

from dataclasses import dataclass
from functools import lru_cache

from patientsim_core.case import Case, item_of
from patientsim_core.facts import Fact, facts_of
from patientsim_core.offline.judge.said import Said, read
from patientsim_core.offline.lexicon import brands, covers, find_drugs


@dataclass(frozen=True)
class Known:
    """A fact with its value as read; `drugs` are generic names only."""

    fact: Fact
    value: Said
    drugs: frozenset[str]

    @property
    def side(self) -> str:
        """The side of the complaint it was made for, "" for a symptom."""
        return self.fact.label

    @property
    def absent(self) -> bool:
        return self.fact.absent


Record = dict[str, tuple[Known, ...]]


@lru_cache(maxsize=512)
def record(case: Case) -> Record:
    """Item -> what the record has of it, both halves of the present illness together."""
    found: dict[str, list[Known]] = {}
    for fact in facts_of(case):
        value = read(fact.value)
        found.setdefault(item_of(fact.item), []).append(Known(fact, value, generic(value.normal)))
    return {item: tuple(known) for item, known in found.items()}


@lru_cache(maxsize=8_192)
def generic(normal: str) -> frozenset[str]:
    """The drugs that a text names, by generic name; `metoprolol succinate` is metoprolol too."""
    named = {mention.id for mention in find_drugs(normal) if mention.kind == "drug"}
    named = {brands().get(drug, drug) for drug in named}
    return frozenset(named | {drug.split()[0] for drug in named})


def share(said: Said, known: Known) -> float:
    """How much of the shorter of the two the other has, by meaningful words."""
    least = min(len(said.words), len(known.value.words))
    return len(said.words & known.value.words) / least if least else 0.0


def clash(said: Said, known: Known, units: tuple[str, ...] = ()) -> str:
    """A number that the record has otherwise, in the same unit; "" where there is none."""
    for number, unit in said.quantities:
        same = [other for other, its in known.value.quantities if its == unit]
        if unit and same and number not in same and (not units or unit in units):
            return f"{number:g} {unit}s, not {same[0]:g}"
    return ""


def related(one: str, other: str) -> bool:
    """Whether one of two concepts is the other, or narrower."""
    return covers(one, other) or covers(other, one)
