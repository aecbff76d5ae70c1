"""How the history map is laid out: `groups.toml`, and the entry that each fact belongs to."""

from functools import lru_cache
from typing import NamedTuple

from patientsim_core.case import Case, item_of
from patientsim_core.debrief.data import data
from patientsim_core.facts import LABELS, Fact

SAMPLE = {
    "S": "Signs and symptoms",
    "A": "Allergies",
    "M": "Medication",
    "P": "Past history",
    "L": "Last meal",
    "E": "Events",
}
"""The letters of SAMPLE; no record has a last meal."""

TRIAGE = ("age", "gender", "arrival_transport", "chiefcomplaint")
"""What the doctor is told before the first question."""

PRESENT = "Present illness"
"""The group of the complaint and its sides."""


class Place(NamedTuple):
    """An entry of the map: its key, its label, its group, and its letter of SAMPLE, empty for none."""

    key: str
    label: str
    group: str
    sample: str = ""


@lru_cache(maxsize=1)
def places() -> dict[str, Place]:
    """Every entry by its key, in the order of the map."""
    groups = data("groups")["group"]
    found = (Place(group=group["name"], **entry) for group in groups for entry in group["entries"])
    return {one.key: one for one in found}


def entry_of(fact: Fact) -> str:
    """The key of the entry that a fact belongs to: a side of the complaint, else its item."""
    if fact.item == "present_illness_positive":
        return fact.label if fact.label in LABELS else "associated"
    return "denied" if fact.item == "present_illness_negative" else fact.item


def items_of(entry: str) -> str:
    """The record's item that an entry shows a part of, or the whole of."""
    return "present_illness" if entry in (*LABELS, "associated", "denied") else item_of(entry)


def label_of(entry: str) -> str:
    """An entry's label, for people."""
    return places()[entry].label


def hidden_of(case: Case, entry: str) -> str:
    """What the record has of an item that no patient knows."""
    return str(getattr(case, entry))
