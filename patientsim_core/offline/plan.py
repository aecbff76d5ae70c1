"""What a reply will say, before it has words."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from patientsim_core.case import Case
from patientsim_core.dialogue import How
from patientsim_core.facts import Fact


@dataclass(frozen=True)
class Point:
    """Something to say: a move of the phrase bank or facts, and what becomes of these facts.

    `joined` puts several facts into a sentence; a slot then holds several ids, separated by `;`.
    """

    move: str
    facts: tuple[Fact, ...] = ()
    how: How = How.told
    asked: bool = True
    slots: dict[str, str] = field(default_factory=dict)
    full: bool = False
    joined: bool = False


@dataclass
class Plan:
    """What to say in order: `lead`, then `content`, then `tags` while sentences are left.

    `room` is how many sentences the content may take.
    """

    lead: list[Point] = field(default_factory=list)
    content: list[Point] = field(default_factory=list)
    tags: list[Point] = field(default_factory=list)
    room: int = 3


def together(content: Sequence[Point]) -> list[Point]:
    """Several symptoms asked at once, as one sentence for those that are there and one for those that are
    not, so that none is left out."""
    kinds: dict[object, list[Point]] = {}
    for place, point in enumerate(content):
        plain = point.how is How.told and not point.full
        if point.move == "not_noticed":
            kind: object = "not noticed"
        elif point.move == "symptom" and point.facts and plain:
            kind = all(fact.absent for fact in point.facts)
        else:
            kind = ("alone", place)
        kinds.setdefault(kind, []).append(point)
    return [_joined(points) for points in kinds.values()]


def _joined(points: Sequence[Point]) -> Point:
    first = points[0]
    if len(points) == 1:
        return first
    facts = tuple(dict.fromkeys(fact for point in points for fact in point.facts))
    slots = {"x": "; ".join(point.slots["x"] for point in points)} if first.slots else {}
    return replace(first, facts=facts, slots=slots, joined=True)


def complaint_slot(case: Case) -> dict[str, str]:
    """The chief complaint, for sentences that name it."""
    return {"complaint": case.chiefcomplaint}
