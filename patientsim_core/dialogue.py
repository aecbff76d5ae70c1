"""What is said: turns, replies with what they disclose, and whole dialogues."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from patientsim_core.case import Case
from patientsim_core.models.options import Options
from patientsim_core.persona import Dazed, Persona
from patientsim_core.usage import Usage


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class How(StrEnum):
    """How an item of the record left, or did not leave, the patient's mouth."""

    told = "told"
    minimised = "minimised"
    exaggerated = "exaggerated"
    forgotten = "forgotten"
    refused = "refused"
    not_understood = "not understood"

    @property
    def reached(self) -> bool:
        """Whether the doctor heard of the item, truly or bent by the persona."""
        return self in (How.told, How.minimised, How.exaggerated)


class Disclosure(Record):
    """One fact of the record that a reply is about.

    `item` is the record's key, `fact` the record's own words. `asked` is False for what was
    volunteered. `inferred` marks what was read out of the text, not recorded by the engine.
    """

    item: str
    fact: str
    how: How
    asked: bool = True
    inferred: bool = False


class GuardAction(Record):
    """What the guard did: it `removed` a part of a sentence, `shortened` or `withheld` it, `asked again`
    for an answer, or `replaced` one of which nothing was left; and why."""

    action: Literal["removed", "shortened", "withheld", "asked again", "replaced"]
    reason: str


class Utterance(Record):
    """Something said, and how it came about.

    `seconds` is the time that a model service was waited for, 0 where none was asked; `first_seconds` that to
    the first piece of its answer. `attempts` counts requests to it, failed ones included. `ignored` names the
    options that the model does not take.
    """

    text: str
    usage: Usage = Field(default_factory=Usage)
    seconds: float = 0.0
    first_seconds: float = 0.0
    attempts: int = 0
    model: str = "offline"
    ignored: list[str] = []


class Reply(Utterance):
    """A patient's answer; `phase` is the dazed phase it was given in."""

    disclosures: list[Disclosure] = []
    guard: list[GuardAction] = []
    phase: Dazed = Dazed.normal


class Question(Utterance):
    """What a doctor who is played says. With a `differential`, diagnoses in rank order, it concludes."""

    differential: list[str] = []


def concluding(differential: Sequence[str]) -> str:
    """The text of a doctor's last turn, as the published protocol has it: `[DDX] 1. …; 2. …`."""
    return "[DDX] " + "; ".join(f"{rank}. {name}" for rank, name in enumerate(differential, 1))


Role = Literal["doctor", "patient"]


class Turn(Record):
    """One utterance. A patient's turn also keeps the persona and the model it was spoken by, and its reply,
    which one that was `stopped` has not; a doctor's keeps its question if the doctor was played."""

    role: Role
    text: str
    persona: Persona | None = None
    model: str | None = None
    reply: Reply | None = None
    question: Question | None = None
    stopped: bool = False


class EndReason(StrEnum):
    """Why a dialogue is over."""

    concluded = "concluded"
    turn_limit = "turn limit"
    patient_refused = "patient refused"
    model_failure = "model failure"
    cancelled = "cancelled"


class Failure(Record):
    """Why a dialogue did not finish: the fault as one word, and its sentence for people."""

    kind: str
    text: str


class Dialogue(Record):
    """A consultation, open while `end_reason` is None. It keeps the case as it was when it began.

    `model`, `seed`, `options` and `prompt` (the user's own, None for this project's) are those in force
    now; each reply names the model that gave it. `doctor` is the model that plays the doctor, None for a
    person; `repeat` says which of several dialogues of the same case and persona it is, from 1 on.
    """

    id: str = Field(default_factory=lambda: uuid4().hex)
    case: Case
    persona: Persona
    model: str = "offline"
    seed: int = 42
    options: Options = Options()
    prompt: str | None = None
    doctor: str | None = None
    repeat: int = 1
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    turns: list[Turn] = []
    differential: list[str] = []
    end_reason: EndReason | None = None
    failure: Failure | None = None

    @property
    def questions(self) -> int:
        """How often the doctor has spoken."""
        return sum(turn.role == "doctor" for turn in self.turns)

    def usage(self, role: Role) -> Usage:
        """The tokens of all that the patient or the doctor said."""
        said = (turn.reply if role == "patient" else turn.question for turn in self.turns)
        return sum((one.usage for one in said if one), Usage())
