"""One dialogue of a run as a piece of work that any thread or machine can do."""

from collections.abc import Callable
from typing import NamedTuple

from pydantic import Field

from patientsim_core.case import Case
from patientsim_core.dialogue import Dialogue, EndReason, Failure, Record, Turn
from patientsim_core.doctor import MAX_TURNS, check_doctor_prompt, make_doctor
from patientsim_core.errors import InputError
from patientsim_core.models import OFFLINE, Limits, Options, Settings, check_permission, load_model
from patientsim_core.patient import make_patient
from patientsim_core.persona import Persona
from patientsim_core.prompt import check_prompt
from patientsim_core.selection import Item
from patientsim_core.simulate import Ending, simulate
from patientsim_core.work import CANCELLED

PATIENCE = Limits(attempts=20, seconds=600.0, pause=0.5, longest=30.0)
"""How long a batch waits for a model: nobody sits in front of it, so a busy service is asked for longer."""


class Parameters(Record):
    """All that decides what is said in the dialogues of a run, besides cases and personas.

    Prompts are the user's own, None for this project's. The doctor speaks at most `max_turns` times. With
    `play_as` every patient is played as this persona, whatever persona is assigned to it; dialogues are
    judged against the assigned one: a control.
    """

    patient: str = OFFLINE
    doctor: str = OFFLINE
    seed: int = 42
    max_turns: int = Field(MAX_TURNS, ge=1, le=200)
    options: Options = Options()
    patient_prompt: str | None = None
    doctor_prompt: str | None = None
    play_as: Persona | None = None

    @property
    def models(self) -> dict[str, str]:
        return {"patient": self.patient, "doctor": self.doctor}

    def played(self, assigned: Persona) -> Persona:
        """The persona that a patient is played as."""
        return self.play_as or assigned

    def at_once(self, wanted: int) -> int:
        """How many threads of one process are of use: of the built-in engine one, as it waits for nothing."""
        return 1 if set(self.models.values()) == {OFFLINE} else wanted

    def check(self, cases: list[Case], settings: Settings | None = None) -> None:
        """Raises InputError, before anything is sent, where a model is not set up, a prompt cannot be
        filled, or a case may not go to a model."""
        if self.patient_prompt:
            check_prompt(self.patient_prompt, "patient's prompt")
        if self.doctor_prompt:
            check_doctor_prompt(self.doctor_prompt)
        for model in {self.patient, self.doctor} - {OFFLINE}:
            load_model(model, settings, PATIENCE)
            for case in cases:
                check_permission(case, model, settings)


class Job(NamedTuple):
    """A dialogue to be played; `turns` were said in an earlier attempt."""

    item: Item
    case: Case
    parameters: Parameters
    turns: tuple[Turn, ...] = ()


def play(
    job: Job,
    settings: Settings | None = None,
    cancelled: Callable[[], bool] | None = None,
    heard: Callable[[Job, Turn], None] | None = None,
) -> Dialogue:
    """The dialogue of a job, with its `end_reason` and, where it did not finish, its `failure`.

    `cancelled` is asked before each turn; `heard` is told of each turn as it is said. `settings` hold keys
    typed for the session; without them the machine's own are used.
    """
    turns = list(job.turns)
    try:
        stream = _begin(job, settings)
        while not (cancelled and cancelled()):
            turns.append(next(stream))
            if heard:
                heard(job, turns[-1])
        ending, failure = Ending(EndReason.cancelled), CANCELLED
    except StopIteration as end:
        ending = end.value
        failure = ending.error and Failure(kind=ending.error.fault, text=str(ending.error))
    except InputError as error:
        ending, failure = Ending(EndReason.model_failure), Failure(kind="input", text=str(error))
    return dialogue_of(job, turns, ending, failure)


def dialogue_of(job: Job, turns: list[Turn], ending: Ending, failure: Failure | None = None) -> Dialogue:
    """What a job came to."""
    item, by = job.item, job.parameters
    return Dialogue(
        id=item.id,
        case=job.case,
        persona=item.persona,
        model=by.patient,
        seed=_seed(job),
        options=by.options,
        prompt=by.patient_prompt,
        doctor=by.doctor,
        repeat=item.repeat,
        turns=turns,
        differential=list(ending.differential),
        end_reason=ending.reason,
        failure=failure,
    )


def _begin(job: Job, settings: Settings | None):
    by, seed = job.parameters, _seed(job)
    persona = by.played(job.item.persona)
    doctor = make_doctor(by.doctor, seed, by.options, by.max_turns, by.doctor_prompt, settings, PATIENCE)
    patient = make_patient(
        job.case, persona, by.patient, seed, by.options, by.patient_prompt, settings, PATIENCE
    )
    return simulate(job.case.arrival, persona, doctor, patient, by.max_turns, job.turns)


def _seed(job: Job) -> int:
    """Each repeat has a seed of its own."""
    return job.parameters.seed + job.item.repeat - 1
