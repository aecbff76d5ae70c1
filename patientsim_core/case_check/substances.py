"""What drugs a text names, whatever it calls them, and the families that they belong to."""

import re
from functools import lru_cache

from patientsim_core.case_check.finding import rules
from patientsim_core.offline.lexicon import NameFinder, brands, drugs
from patientsim_core.offline.spelling import normalise


def substances(text: str) -> frozenset[str]:
    """Generic names, each drug of a combination by its own, and names of whole families."""
    plain = " ".join(re.findall(r"\w+", text.lower().replace("#", " no ")))
    named = [found.id for found in _finder().find(plain) or _finder().find(normalise(text))]
    parts = [part for name in named for part in rules()["contains"].get(name, (name,))]
    return frozenset(_generic().get(part, part) for part in parts)


def families(named: frozenset[str]) -> frozenset[str]:
    """The families that drugs belong to, or that are named themselves."""
    return frozenset(
        id
        for id, family in rules()["families"].items()
        if not named.isdisjoint((*family["names"], *family["drugs"]))
    )


def members(named: frozenset[str]) -> frozenset[str]:
    """The drugs of those families that are named as a whole."""
    whole = [one for one in rules()["families"].values() if not named.isdisjoint(one["names"])]
    return frozenset(drug for family in whole for drug in family["drugs"])


@lru_cache(maxsize=1)
def _generic() -> dict[str, str]:
    """Another name -> generic name."""
    return brands() | {other: name for name, others in rules()["names"].items() for other in others}


@lru_cache(maxsize=1)
def _finder() -> NameFinder:
    known = [*drugs(), *_generic(), *_generic().values(), *rules()["contains"]]
    known += [
        name for family in rules()["families"].values() for name in (*family["names"], *family["drugs"])
    ]
    return NameFinder({name: (name, "drug") for name in known})
