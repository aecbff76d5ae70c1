"""What a reply will say, before it has words."""

from dataclasses import dataclass, field

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
