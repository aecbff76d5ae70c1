"""Whether a differential has the true diagnosis, and at which rank."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from patientsim_core.offline.judge.said import rules
from patientsim_core.offline.spelling import normalise


def judge_differential(differential: Sequence[str], diagnosis: str) -> tuple[bool, int | None, str]:
    """Whether the truth is among the diagnoses, its rank from 1 on, and why.

    A diagnosis counts that is the true one or more specific; a broader one (`acute coronary syndrome`,
    `stroke`) does not. The urinary tract's infections count for one another (published protocol).
    """
    truth = _entry(diagnosis)
    for rank, named in enumerate(differential, 1):
        for name in _read(named):
            if truth and (match := truth.search(name)):
                return True, rank, f"{named!r} is {diagnosis}: {match[0]}"
            if name == normalise(diagnosis).strip(" ."):
                return True, rank, f"{named!r} is the true diagnosis"
    for named in differential:
        if truth and is_broader(named, diagnosis):
            return False, None, f"{named!r} is broader than {diagnosis}"
    return False, None, f"none of the {len(differential)} is {diagnosis}"


@lru_cache(maxsize=1024)
def _read(named: str) -> tuple[str, ...]:
    """A diagnosis, and what stands in its brackets, in normalised words; what is ruled out is not named."""
    return tuple(part for part in _parts(named) if not _RULED_OUT.search(part))


def _parts(named: str) -> Iterator[str]:
    plain = re.sub(r"[-–—]", " ", named[:300])
    yield normalise(re.sub(r"\([^)]*\)", " ", plain)).strip(" .")
    yield from (normalise(inner).strip(" .") for inner in re.findall(r"\(([^)]*)\)", plain))


_RULED_OUT = re.compile(r"\b(no|not|without|rule out|ruled out|unlikely|history of|old|prior|post)\b")


@lru_cache(maxsize=256)
def _entry(diagnosis: str) -> re.Pattern[str] | None:
    """The names that count for a diagnosis; None for one that the rules do not know."""
    for entry in rules()["diagnoses"].values():
        if any(re.search(rf"^(?:{entry['truth']})", name) for name in _read(diagnosis)):
            return re.compile(rf"\b(?:{'|'.join(entry['names'])})")
    return None


def is_broader(named: str, diagnosis: str) -> bool:
    """Whether a diagnosis has the true one among others, and so does not count."""
    return any(
        re.search(rf"^(?:{entry['truth']})", truth) and re.search(rf"\b(?:{entry['broader']})", name)
        for entry in rules()["diagnoses"].values()
        for truth in _read(diagnosis)
        for name in _read(named)
    )
