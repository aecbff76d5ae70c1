"""What went well, with evidence."""

from dataclasses import dataclass

from patientsim_core.debrief.answer import Came
from patientsim_core.debrief.communication import Communication, Kind
from patientsim_core.debrief.differential import Differential
from patientsim_core.debrief.history import History
from patientsim_core.debrief.quotes import Quote

MOST = 3
"""Strengths at once."""


@dataclass(frozen=True)
class Strength:
    """Something done well, with the words that show it; without where it is a count."""

    text: str
    quote: Quote | None = None


def strengths(
    history: History, differential: Differential, communication: Communication
) -> tuple[Strength, ...]:
    """At most three things that went well."""
    found: list[Strength] = []
    if differential.rank:
        found.append(Strength(f"The diagnosis stands on your list, at rank {differential.rank}."))
    for kind, text in _PRAISE.items():
        if own := communication.of(kind):
            found.append(Strength(text, own[0].doctor))
    full = [one for one in history.coverage if one.total > 1 and one.heard >= 0.6 * one.total]
    found += [
        Strength(f"{one.group}: {one.heard} of {one.total} facts came out.")
        for one in sorted(full, key=lambda one: -one.heard)
    ]
    found += _brought_back(history)
    if communication.opening:
        found.append(Strength("You let the patient tell it first.", communication.opening))
    return tuple(found[:MOST])


def _brought_back(history: History) -> list[Strength]:
    """A fact that did not come at first, and came when it was asked for again."""
    for fact in (fact for entry in history.entries for fact in entry.facts):
        came = [one.came for one in fact.tellings]
        lost = next((n for n, one in enumerate(came) if one in (Came.forgotten, Came.refused)), None)
        for one in fact.tellings[lost + 1 :] if lost is not None else ():
            if one.came is Came.told and one.asked and one.doctor:
                return [Strength(f"You asked again, more closely, and got it: {fact.text}.", one.doctor)]
    return []


_PRAISE = {
    Kind.comforted: "You answered a worry when it was voiced.",
    Kind.explained: "You said why you asked.",
    Kind.concerns: "You asked what the patient feared.",
    Kind.safety_net: "You said what to do if it gets worse.",
    Kind.summary: "You summed up what you had understood.",
    Kind.empathy: "You had kind words.",
}
