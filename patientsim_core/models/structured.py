"""Structured answers: a model is asked for an object of a form, read with patience, and asked again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from patientsim_core.models.chat import ChatModel, Completion, Message
from patientsim_core.models.lenient import objects
from patientsim_core.models.options import Options
from patientsim_core.models.strict import json_schema
from patientsim_core.usage import Usage

Form = TypeVar("Form", bound=BaseModel)

TOLD = 5
"""So many faults of an answer are named at once."""
REPEATED = 4_000
"""So many characters of an unreadable answer are shown to the model again."""
AGAIN = "Your answer cannot be read: {reason}. Answer again, with one JSON object and nothing else: {fields}."
CUT = "it was cut off before its end, so be shorter"


class Unreadable(ValueError):
    """An answer is not what was asked for. The text is the reason, short, in words for the model; nothing of
    the answer stands in it."""


@dataclass(frozen=True)
class Structured(Generic[Form]):
    """What came of asking for an object: the `value`, or None with the `reason`, which is not made up for.

    `text` is the last answer as it came, `tries` how many answers there were; `usage`, `seconds` and
    `attempts` are those of all of them together.
    """

    value: Form | None
    text: str
    tries: int
    usage: Usage
    seconds: float
    attempts: int
    reason: str = ""
    ignored: tuple[str, ...] = ()


def ask(
    model: ChatModel,
    messages: Sequence[Message],
    schema: type[Form],
    options: Options | None = None,
    seed: int | None = None,
    tries: int = 3,
) -> Structured[Form]:
    """Asks for an object; for an unreadable one again, with the reason, at most `tries` times in all.

    The messages should say what the fields mean, as not every service takes the schema. Raises ModelError
    where the service does not do its part, whichever try it is.
    """
    given: list[Completion] = []
    talk, value, reason = messages, None, ""
    while value is None and len(given) < tries:
        if given:
            talk = [*messages, Message("assistant", given[-1].text[:REPEATED]), _again(reason, schema)]
        given.append(model.complete(talk, options, seed, schema))
        try:
            value, reason = read(given[-1].text, schema), ""
        except Unreadable as unreadable:
            reason = CUT if given[-1].finish == "length" else str(unreadable)
    return Structured(
        value=value,
        text=given[-1].text,
        tries=len(given),
        usage=sum((one.usage for one in given), Usage()),
        seconds=sum(one.seconds for one in given),
        attempts=sum(one.attempts for one in given),
        reason=reason,
        ignored=given[-1].ignored,
    )


def read(text: str, schema: type[Form]) -> Form:
    """The first object in a text that has the form; text around it and slips of JSON are passed over (see
    `lenient.objects`). Raises Unreadable."""
    reason = ""
    for value in objects(text):
        try:
            return schema.model_validate(value)
        except ValidationError as error:
            reason = reason or _reason(error, schema)
    broken = "its JSON object is broken or does not end" if "{" in text else "there is no JSON object in it"
    raise Unreadable(reason or broken)


def _again(reason: str, schema: type[BaseModel]) -> Message:
    fields = ", ".join(json_schema(schema).get("properties", {}))
    return Message("user", AGAIN.format(reason=reason, fields=fields))


def _reason(error: ValidationError, schema: type[BaseModel]) -> str:
    """What is wrong, by the form's own words: the names it knows, never those of the answer."""
    known = set(_properties(json_schema(schema)))
    faults = error.errors(include_url=False, include_input=False)
    told = []
    for fault in faults[:TOLD]:
        path = [str(part) for part in fault["loc"] if isinstance(part, int) or part in known]
        told.append(f"{'.'.join(path) or 'the object'} {_fault(fault)}")
    more = len(faults) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more else "")


def _fault(fault: dict) -> str:
    if fault["type"] == "missing":
        return "is missing"
    if fault["type"] == "extra_forbidden":
        return "has a field that was not asked for"
    if {"error", "tag"} & set(fault.get("ctx", {})):  # may repeat what was given
        return "is not what may stand there"
    return f"is wrong ({fault['msg'][:1].lower()}{fault['msg'][1:]})"


def _properties(schema: object) -> Iterator[str]:
    """Names of the fields of a JSON schema, at any depth."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from _properties(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _properties(part)
