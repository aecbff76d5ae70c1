"""What a model is asked about a visit: to fill in the record, to score how it fits, to imagine daily life.

Each answer is kept in a file beside the output, so that the same is never asked twice.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from string import Template
from threading import Lock
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, JsonValue, ValidationError, WithJsonSchema, create_model

from patientsim_core.case import ITEMS, Case
from patientsim_core.dialogue import Record
from patientsim_core.errors import InputError, ModelError
from patientsim_core.mimic.cohort import Visit
from patientsim_core.mimic.record import Refused
from patientsim_core.models import ChatModel, Message, Options
from patientsim_core.models.faults import OF_ONE_REQUEST
from patientsim_core.models.structured import ask
from patientsim_core.prompt import item_text, sections
from patientsim_core.storage.files import Log
from patientsim_core.usage import Usage

READ = (
    "tobacco", "alcohol", "illicit_drug", "sexual_history", "exercise", "children", "living_situation",
    "occupation", "allergies", "family_medical_history", "medical_device", "medical_history",
    "present_illness_positive", "present_illness_negative",
)  # fmt: skip
"""What is read out of a note; everything else is in the tables."""

NOT_TOLD = ("age", "diagnosis", "disposition", "race", "insurance")
"""Items that are no part of a history, or that would tell the diagnosis."""

TRIES = 3

Value = Annotated[str, Field(max_length=1_000), WithJsonSchema({"type": "string"})]
"""A value of a record, of a few words. Not every service takes a schema that says how long it may be."""

RecordItems = create_model("RecordItems", **dict.fromkeys(READ, (list[Value], ...)))
"""The answer to the first request."""


class Fit(BaseModel):
    """The answer to the second."""

    reason: str
    score: int = Field(ge=1, le=5)


class Imputed(BaseModel):
    item: str
    value: Value


class Imputation(BaseModel):
    """The answer to the third."""

    items: list[Imputed]


Form = TypeVar("Form", bound=BaseModel)


class Answer(Record):
    """An answer as it is kept: `asked` is the hash of visit, model, seed and words; `value` is None where it
    could not be read, with the reason in `unscored` and the text in `raw`, or where the service refused to
    answer, with the `fault`."""

    hadm_id: str
    step: str
    asked: str
    value: dict[str, JsonValue] | None = None
    unscored: str = ""
    fault: str = ""
    raw: str = ""
    usage: Usage = Field(default_factory=Usage)
    attempts: int = 0


class ModelReader:
    """A model that reads notes, at temperature 0. Its methods raise ModelError where the service does not do
    its part, Refused where it will not, and return None where its answer could not be read. Safe to use from
    several threads."""

    def __init__(self, model: ChatModel, seed: int, kept: Path):
        """`kept` is the file of answers; `unread` are those met that could not be read, `refused` those
        that the service did not give. Raises InputError where a line of the file is none."""
        self.model, self.seed = model, seed
        self._log, self._lock = Log(kept), Lock()
        self._log.mend()
        self._known = {one.asked: one for one in self._answers()}
        self._new: list[Answer] = []
        self.unread, self.refused = set[str](), set[str]()

    def extract(self, visit: Visit) -> Mapping[str, Sequence[str]] | None:
        """The items that the note tells."""
        note = "\n\n".join(f"## {name}\n{text}" for name, text in visit.sections.items() if text)
        found = self._ask(visit.hadm_id, "extract", RecordItems, note=note)
        return found.model_dump() if found else None

    def fit(self, case: Case) -> int | None:
        """How well history and diagnosis agree, 1-5."""
        found = self._ask(case.hadm_id, "fit", Fit, history=history(case), diagnosis=case.diagnosis)
        return found.score if found else None

    def impute(self, case: Case, missing: Sequence[str]) -> Mapping[str, str] | None:
        """A plausible value for each item, as far as the model gives one; refused, it is none."""
        found, words = None, {"history": history(case), "items": ", ".join(missing)}
        with suppress(Refused):
            found = self._ask(case.hadm_id, "impute", Imputation, **words)
        return {one.item: one.value for one in found.items if one.item in missing} if found else None

    def taken(self) -> list[Answer]:
        """The answers that came since this was last asked."""
        with self._lock:
            new, self._new = self._new, []
        return new

    def _ask(self, hadm_id: str, step: str, form: type[Form], **words: str) -> Form | None:
        prompts = sections("mimic.md")
        talk = [
            Message("system", prompts["system"]),
            Message("user", Template(prompts[step]).substitute(words)),
        ]
        told = "\n".join([hadm_id, self.model.name, str(self.seed), *(message.text for message in talk)])
        asked = hashlib.sha256(told.encode()).hexdigest()
        answer = self._known.get(asked)
        if answer is None or not _fits(answer, form):
            answer = self._new_answer(talk, form, hadm_id=hadm_id, step=step, asked=asked)
            self._keep(answer)
        if answer.fault:
            self.refused.add(asked)
            raise Refused(answer.unscored, answer.fault)
        if answer.value is None:
            self.unread.add(asked)
        return None if answer.value is None else form.model_validate(answer.value)

    def _new_answer(self, talk: Sequence[Message], form: type[Form], **about: str) -> Answer:
        try:
            found = ask(self.model, talk, form, Options(temperature=0), self.seed, TRIES)
        except ModelError as error:
            if error.fault not in OF_ONE_REQUEST:
                raise
            return Answer(**about, unscored=str(error), fault=error.fault, attempts=error.attempts)
        told = {"attempts": found.attempts, "usage": found.usage}
        if found.value is not None:
            return Answer(**about, **told, value=found.value.model_dump())
        reason = found.reason or "the answer could not be read"
        return Answer(**about, **told, unscored=reason, raw=found.text)

    def _keep(self, answer: Answer) -> None:
        with self._lock:
            self._log.append(answer.model_dump_json(exclude_defaults=True))
            self._known[answer.asked] = answer
            self._new.append(answer)

    def _answers(self) -> Iterator[Answer]:
        for number, (_, row) in enumerate(self._log.objects(), 1):
            try:
                yield Answer.model_validate(row)
            except ValidationError:
                raise InputError(
                    f"{self._log.path}, line {number}: is not an answer as this command keeps them. Move the "
                    "file away, and all is asked again."
                ) from None


def _fits(answer: Answer, form: type[BaseModel]) -> bool:
    """Whether a kept answer has no value, or one of the form as it is now."""
    try:
        return answer.value is None or bool(form.model_validate(answer.value))
    except ValidationError:
        return False


def history(case: Case) -> str:
    """What a patient could tell, a line an item."""
    lines = [(label, item_text(case, item)) for item, label in ITEMS.items() if item not in NOT_TOLD]
    return "\n".join(
        [f"- {case.person}, {case.age}", *(f"- {label}: {text}" for label, text in lines if text)]
    )
