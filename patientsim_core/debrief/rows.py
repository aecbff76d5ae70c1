"""What a consultation brought to light: the record, item by item, with the turn that brought each."""

from dataclasses import dataclass
from enum import StrEnum

from patientsim_core.case import GROUPS, HIDDEN, Case, item_of, values
from patientsim_core.debrief.layout import TRIAGE
from patientsim_core.dialogue import Dialogue, How
from patientsim_core.disclosure import read_reply
from patientsim_core.facts import facts_of


class Status(StrEnum):
    """How far the consultation got with an item."""

    disclosed = "disclosed"
    held_back = "asked, not obtained"
    triage = "known from triage"
    missed = "never reached"
    unrecorded = "not recorded"
    hidden = "not known to the patient"


@dataclass(frozen=True)
class Brought:
    """One fact that a reply was about. `number` counts the doctor's questions from 1."""

    fact: str
    how: How
    asked: bool
    inferred: bool
    number: int
    question: str
    reply: str


@dataclass(frozen=True)
class Row:
    """One item: its label, the facts that the record holds of it, and what came of it."""

    group: str
    item: str
    label: str
    facts: tuple[str, ...]
    brought: tuple[Brought, ...]
    status: Status

    @property
    def reached(self) -> set[str]:
        """The facts that the doctor heard of, in the record's words."""
        return {line.fact for line in self.brought if line.how.reached}


def rows(dialogue: Dialogue) -> list[Row]:
    """The 24 items in the record's order."""
    brought = _brought(dialogue)
    found = []
    for group, items in GROUPS.items():
        for item, label in items.items():
            facts, told = recorded(dialogue.case, item), tuple(brought.get(item, ()))
            found.append(Row(group, item, label, facts, told, _status(item, facts, told)))
    return found


def recorded(case: Case, item: str) -> tuple[str, ...]:
    """The record's facts of an item, in its own words; none where it says nothing."""
    if item in HIDDEN:
        return tuple(values(getattr(case, item)))
    return tuple(dict.fromkeys(fact.text for fact in facts_of(case) if item_of(fact.item) == item))


def _brought(dialogue: Dialogue) -> dict[str, list[Brought]]:
    """Item -> what replies disclosed of it, each fact once for each way it was told.

    A reply that was stopped kept no account of itself: its text is read.
    """
    found: dict[str, list[Brought]] = {}
    facts = facts_of(dialogue.case)
    known, number, question = set(), 0, ""
    for turn in dialogue.turns:
        if turn.role == "doctor":
            number, question = number + 1, turn.text
            continue
        for told in turn.reply.disclosures if turn.reply else read_reply(turn.text, facts):
            item = item_of(told.item)
            if (item, told.fact, told.how) in known:
                continue
            known.add((item, told.fact, told.how))
            line = Brought(told.fact, told.how, told.asked, told.inferred, number, question, turn.text)
            found.setdefault(item, []).append(line)
    return found


def _status(item: str, facts: tuple[str, ...], brought: tuple[Brought, ...]) -> Status:
    if any(line.how.reached for line in brought):
        return Status.disclosed
    if item in HIDDEN:
        return Status.hidden
    if item in TRIAGE:
        return Status.triage
    if not facts:
        return Status.unrecorded
    return Status.held_back if brought else Status.missed
