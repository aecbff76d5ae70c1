"""Consultations with known content, as dialogues: `consultations.toml` and those held out."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from patientsim_core import Dialogue, EndReason, Persona, Turn, make_patient
from patientsim_core.debrief import Status
from patientsim_core.debrief.history import Entry
from tests.cases import CASES

HERE = Path(__file__).parent
FIXED = (Status.hidden, Status.unrecorded)
"""What the record alone decides: no reading can be right or wrong about it."""

_STATUS = {"unanswered": Status.unanswered}


class Scripted(NamedTuple):
    name: str
    dialogue: Dialogue
    truth: dict[str, Status]

    def status_of(self, entry: Entry) -> Status:
        """What truly came of an entry."""
        if entry.key in self.truth:
            return self.truth[entry.key]
        known = ("age", "gender", "arrival_transport", "chiefcomplaint")
        return Status.triage if entry.key in known else Status.missed


@cache
def scripted(file: str = "consultations.toml") -> tuple[Scripted, ...]:
    entries = tomllib.loads((HERE / file).read_text(encoding="utf-8"))["consultation"]
    return tuple(
        Scripted(
            one["name"],
            _dialogue(one),
            {key: _STATUS.get(status) or Status(status) for key, status in one["truth"].items()},
        )
        for one in entries
    )


def named(part: str) -> Dialogue:
    """The consultation with a name that has these words."""
    (found,) = [one.dialogue for one in scripted() if part in one.name]
    return found


def talk(case: str, persona: str, lines: str, differential: tuple[str, ...] = ("Sepsis",)) -> Dialogue:
    """A dialogue from lines that begin with `D:` and `P:`."""
    about = {"case": case, "persona": persona, "talk": lines, "differential": [*differential]}
    return _dialogue(about)


def _dialogue(about: dict) -> Dialogue:
    case, persona = CASES[about["case"]], Persona.from_key(about["persona"])
    turns: list[Turn] = []
    for line in about["talk"].strip().splitlines():
        role = "doctor" if line.startswith("D:") else "patient"
        turns.append(Turn(role=role, text=line[3:], persona=persona if role == "patient" else None))
        if about.get("played"):
            reply = make_patient(case, persona).reply(turns)
            turns.append(Turn(role="patient", text=reply.text, persona=persona, reply=reply))
    return Dialogue(
        id=about.get("name", "talk"),
        case=case,
        persona=persona,
        turns=turns,
        differential=about["differential"],
        end_reason=EndReason.concluded,
    )
