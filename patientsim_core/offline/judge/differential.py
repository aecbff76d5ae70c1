"""Whether a differential has the true diagnosis, and at which rank."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from patientsim_core.offline.judge.named import Name, names_in, plain
from patientsim_core.offline.judge.said import rules


def judge_differential(differential: Sequence[str], diagnosis: str) -> tuple[bool, int | None, str]:
    """Whether the truth is among the diagnoses, its rank from 1 on, and why.

    A diagnosis counts that is the true one or more specific; a broader one (`acute coronary syndrome`,
    `stroke`) does not. The urinary tract's infections count for one another (published protocol).
    """
    for rank, named in enumerate(differential, 1):
        if why := next(filter(None, (counts(name, diagnosis) for name in names_in(named))), ""):
            return True, rank, f"{named!r} is {diagnosis}: {why}"
        if is_same(named, diagnosis):
            return True, rank, f"{named!r} is the true diagnosis"
    for named in differential:
        if any(is_broader(name, diagnosis) for name in names_in(named)):
            return False, None, f"{named!r} is broader than {diagnosis}"
    return False, None, f"none of the {len(differential)} is {diagnosis}"


def is_same(named: str, diagnosis: str) -> bool:
    """Whether two diagnoses are the same words."""
    return plain(named) == plain(diagnosis) != ""


def counts(name: Name, diagnosis: str) -> str:
    """The words by which a name counts for a diagnosis; empty where it does not."""
    entry = _entry(diagnosis)
    if not entry:
        return plain(diagnosis) if plain(diagnosis) in name.readings else ""
    found = (re.search(rf"\b(?:{'|'.join(entry['names'])})", reading) for reading in name.readings)
    return next((match[0] for match in found if match), "")


def is_broader(name: Name, diagnosis: str) -> bool:
    """Whether a diagnosis has the true one among others, and so does not count."""
    entry = _entry(diagnosis)
    if not entry or ("other" in entry and re.search(rf"\b(?:{entry['other']})", name.whole)):
        return False
    return bool(re.search(rf"\b(?:{entry['broader']})", name.whole))


@lru_cache(maxsize=256)
def _entry(diagnosis: str) -> Mapping | None:
    """What counts for a diagnosis; None for one that the rules do not know."""
    readings = [reading for name in names_in(diagnosis) for reading in name.readings]
    for entry in rules()["diagnoses"].values():
        if any(re.search(rf"^(?:{entry['truth']})", reading) for reading in readings):
            return entry
    return None
