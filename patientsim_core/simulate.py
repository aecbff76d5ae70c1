"""One dialogue between a doctor and a patient who are both played: a generator of turns, with no I/O."""

from collections.abc import Generator, Sequence
from typing import NamedTuple

from patientsim_core.case import Arrival
from patientsim_core.dialogue import EndReason, How, Turn
from patientsim_core.doctor import MAX_TURNS, Doctor
from patientsim_core.errors import ModelError
from patientsim_core.patient import Patient
from patientsim_core.persona import Persona

REFUSALS = 5
"""So many answers on end that only refuse, and the patient will say no more."""


class Ending(NamedTuple):
    """How a dialogue ended; `error` says why where a model failed."""

    reason: EndReason
    differential: tuple[str, ...] = ()
    error: ModelError | None = None


def simulate(
    arrival: Arrival,
    persona: Persona,
    doctor: Doctor,
    patient: Patient,
    max_turns: int = MAX_TURNS,
    turns: Sequence[Turn] = (),
) -> Generator[Turn, None, Ending]:
    """The turns of a dialogue as they are said, doctor first; its Ending is the generator's return value.

    `turns` have been said before: the dialogue goes on after them. The doctor speaks at most `max_turns`
    times; a doctor that has not concluded by then is out of turns. Closing the generator cancels it.
    """
    said = list(turns)
    try:
        while True:
            if not said or said[-1].role == "patient":
                if refuses(said):
                    return Ending(EndReason.patient_refused)
                if sum(turn.role == "doctor" for turn in said) >= max_turns:
                    return Ending(EndReason.turn_limit)
                question = doctor.question(arrival, said)
                said.append(Turn(role="doctor", text=question.text, model=question.model, question=question))
            else:
                if ending := concluded(said[-1]):
                    return ending
                reply = patient.reply(said)
                said.append(
                    Turn(role="patient", text=reply.text, persona=persona, model=reply.model, reply=reply)
                )
            yield said[-1]
    except ModelError as error:
        return Ending(EndReason.model_failure, error=error)


def concluded(turn: Turn) -> Ending | None:
    """The ending, if a doctor's turn is the last one."""
    named = turn.question and turn.question.differential
    return Ending(EndReason.concluded, tuple(named)) if named else None


def refuses(turns: Sequence[Turn]) -> bool:
    """Whether the patient's last answers did nothing but refuse what was asked."""
    answers = [turn for turn in turns if turn.role == "patient"][-REFUSALS:]
    told = [[one.how for one in turn.reply.disclosures] if turn.reply else [] for turn in answers]
    return len(told) == REFUSALS and all(hows and set(hows) == {How.refused} for hows in told)
