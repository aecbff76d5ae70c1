"""The doctor interface, and the doctor that a model plays: functions of what is seen and heard."""

import re
from collections.abc import Sequence
from string import Template
from typing import Protocol

from pydantic import BaseModel, Field

from patientsim_core.case import Arrival
from patientsim_core.dialogue import Question, Turn, concluding
from patientsim_core.errors import InputError
from patientsim_core.models import (
    OFFLINE,
    ChatModel,
    Completion,
    Limits,
    Message,
    Options,
    Settings,
    check_permission,
    load_model,
)
from patientsim_core.models.faults import Fault
from patientsim_core.models.structured import Unreadable, read
from patientsim_core.prompt import FOLDER, check_prompt, sections
from patientsim_core.text import clean, words

DIAGNOSES = 5
MAX_TURNS = 30
"""Rounds of a consultation (published protocol)."""

NAMES = ("arrival", "rounds")
"""What a doctor's prompt may ask for by `$name`."""

_TRIES = 3
_LONGEST = 2_000
_NEARLY_OVER = 4
_SPEAKER = re.compile(r"^\W*(doctor|physician|assistant)\W*:\W*", re.IGNORECASE)
_STAGE = re.compile(r"\*[^*]*[A-Za-z][^*]*\*|\([^()]*[A-Za-z][^()]*\)")
_MARKED = re.compile(r"\[\s*DDX\s*\]", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•]+|\(?\d{1,2}[.):]\)?)\s*")
_NEXT = re.compile(r"\s*(?:\n|;|(?<=[\w)\s,.])\s+(?=\(?\d{1,2}[.)]\s))\s*")
_WHY = re.compile(r"\s+[-–—:]\s+.*$|\s*:\s.*$|\s*\(.*$", re.DOTALL)


class Doctor(Protocol):
    """Someone who takes a history. Knows what is seen on arrival and what was said, and keeps no state."""

    def question(self, arrival: Arrival, history: Sequence[Turn]) -> Question:
        """What to say next; with a differential, it concludes. Raises InputError where the history ends
        with the doctor, ModelError where a model service does not do its part."""


def make_doctor(
    model: str = OFFLINE,
    seed: int = 42,
    options: Options | None = None,
    max_turns: int = MAX_TURNS,
    prompt: str | None = None,
    settings: Settings | None = None,
    limits: Limits = Limits(),  # noqa: B008
) -> Doctor:
    """A doctor who concludes within `max_turns` turns, played by a model.

    `prompt` replaces this project's system prompt (see `NAMES`); `settings` hold keys typed for the session.
    Raises InputError for a model name that is not known or not set up.
    """
    if model == OFFLINE:
        from patientsim_core.offline.doctor import OfflineDoctor

        return OfflineDoctor(seed, max_turns)
    return ModelDoctor(load_model(model, settings, limits), seed, options, max_turns, prompt, settings)


def own_doctor_prompt() -> str:
    """This project's prompt for a doctor."""
    return (FOLDER / "doctor.md").read_text(encoding="utf-8")


def check_doctor_prompt(text: str, where: str = "doctor's prompt") -> str:
    """The prompt, if it can be filled; see `prompt.check_prompt`."""
    return check_prompt(text, where, NAMES)


class Said(BaseModel):
    """A doctor's turn, as a model is to give it."""

    say: str = Field(description="What the doctor says to the patient: one short question.")
    differential: list[str] = Field(
        description="Empty until the last turn, which has the five most likely diagnoses, likeliest first."
    )


class ModelDoctor:
    """Gives a model what a doctor sees and hears, and reads from its answer the question or the five
    diagnoses."""

    def __init__(
        self,
        model: ChatModel,
        seed: int = 42,
        options: Options | None = None,
        max_turns: int = MAX_TURNS,
        prompt: str | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.model, self.seed, self.options = model, seed, options or Options()
        self.max_turns, self.settings = max_turns, settings
        self.prompt = prompt or own_doctor_prompt()

    def messages(self, arrival: Arrival, history: Sequence[Turn]) -> list[Message]:
        """What the model gets: the system prompt, the turns so far, and a note beside the last one."""
        names = {"arrival": _seen(arrival), "rounds": str(self.max_turns)}
        messages = [Message("system", Template(self.prompt).substitute(names).strip())]
        for turn in history:
            messages.append(Message("assistant" if turn.role == "doctor" else "user", turn.text))
        note = Template(sections("doctor_note.md")[self._stage(history)])
        text = note.substitute(turn=_turn_number(history), rounds=self.max_turns)
        if history and messages[-1].role == "user":
            text = f"{messages.pop().text}\n\n{text}"
        return [*messages, Message("user", text)]

    def question(self, arrival: Arrival, history: Sequence[Turn]) -> Question:
        """What to say next; see `Doctor`. An answer without a question or with too few diagnoses is asked
        for again, at most twice."""
        if history and history[-1].role == "doctor":
            raise InputError("history: must end with the patient's turn for the doctor to go on.")
        check_permission(arrival, self.model.name, self.settings)
        messages, must_end = self.messages(arrival, history), self._stage(history) == "conclude"
        taken = Question(text="", model=self.model.name)
        for _ in range(_TRIES):
            completion = self.model.complete(messages, self.options, self.seed, schema=Said)
            taken = _added(taken, completion)
            say, differential = read_answer(completion.text)
            differential = differential if history else []  # nothing was heard yet
            if differential or (say and not taken.differential):
                taken = taken.model_copy(update=_as_said(say, differential))
            if len(differential) == DIAGNOSES or (say and not differential and not must_end):
                return taken
            fault = "again: five" if differential or must_end else "again: nothing"
            messages = _fed_back(messages, completion.text, sections("doctor_note.md")[fault])
        if not taken.text:
            raise self.model.error(Fault.empty)
        return taken

    def _stage(self, history: Sequence[Turn]) -> str:
        left = self.max_turns - _turn_number(history)
        if left <= 0:
            return "conclude"
        if not history:
            return "begin"
        return "nearly over" if left < _NEARLY_OVER else "go on"


def read_answer(text: str) -> tuple[str, list[str]]:
    """What a model says as a doctor, and its differential: from JSON, else from text with `[DDX]` in it."""
    try:
        said = read(text, Said)
    except Unreadable:
        before, *listed = _MARKED.split(text, maxsplit=1)
        return _spoken(before), _diagnoses(_NEXT.split(listed[0])) if listed else []
    before, *listed = _MARKED.split(said.say, maxsplit=1)
    return _spoken(before), _diagnoses(said.differential or (_NEXT.split(listed[0]) if listed else []))


def _as_said(say: str, differential: list[str]) -> dict[str, object]:
    return {"text": concluding(differential) if differential else say, "differential": differential}


def _spoken(text: str) -> str:
    """Spoken words only, on one line; empty where there are none."""
    text = _STAGE.sub(" ", _SPEAKER.sub("", clean(text)))
    text = " ".join(text.split()).strip('"“”*# ')[:_LONGEST]
    return text if words(text) else ""


def _diagnoses(lines: Sequence[str]) -> list[str]:
    """At most five different names, without numbers, emphasis and reasons."""
    if len(lines) == 1:  # all on one line, without numbers
        lines = lines[0].split(",")
    found: dict[str, str] = {}
    for line in lines:
        bare = clean(_BULLET.sub("", line)).replace("*", "").strip()
        name = _WHY.sub("", bare).strip(" .,:;-–\"'`") or bare.strip(" .")
        if name and len(name) <= 200:
            found.setdefault(name.casefold(), name)
    return list(found.values())[:DIAGNOSES]


def _seen(arrival: Arrival) -> str:
    transport = arrival.transport.lower()
    return f"a patient: age {arrival.age}, gender {arrival.gender.lower()}, arrival by {transport}"


def _turn_number(history: Sequence[Turn]) -> int:
    """Which of the doctor's turns comes next, from 1 on."""
    return 1 + sum(turn.role == "doctor" for turn in history)


def _fed_back(messages: Sequence[Message], answer: str, note: str) -> list[Message]:
    return [*messages, Message("assistant", answer or "…"), Message("user", f"[{note}]")]


def _added(taken: Question, completion: Completion) -> Question:
    return taken.model_copy(
        update={
            "usage": taken.usage + completion.usage,
            "seconds": taken.seconds + completion.seconds,
            "first_seconds": taken.first_seconds or completion.first_seconds,
            "attempts": taken.attempts + completion.attempts,
            "ignored": list(completion.ignored),
        }
    )
