"""What a room takes a hidden patient for, and how often it was right."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from patientsim_core.persona import AXES, Persona


class Vote(NamedTuple):
    """What a voter takes the hidden patient for, on one axis."""

    voter: str
    axis: str
    level: str


class Tally(NamedTuple):
    """How many votes on an axis were right, of so many."""

    right: int
    votes: int


def counted(votes: Iterable[Vote]) -> dict[str, Counter[str]]:
    """Axis -> how many took the patient for each level."""
    found = {axis: Counter() for axis in AXES}
    for vote in votes:
        found[vote.axis][vote.level] += 1
    return found


def tally(rounds: Iterable[tuple[Persona, Sequence[Vote]]]) -> dict[str, Tally]:
    """Axis -> right votes of all, over rounds that were revealed."""
    right, votes = Counter(), Counter()
    for persona, cast in rounds:
        for vote in cast:
            votes[vote.axis] += 1
            right[vote.axis] += str(getattr(persona, vote.axis)) == vote.level
    return {axis: Tally(right[axis], votes[axis]) for axis in AXES}
