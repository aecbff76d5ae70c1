"""How a model generates."""

import json
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from patientsim_core.errors import InputError

Effort = Literal["none", "minimal", "low", "medium", "high"]
EFFORTS: tuple[str, ...] = get_args(Effort)

_OWN = {
    *("model", "messages", "contents", "systeminstruction", "config", "stream", "streamoptions", "seed"),
    *("temperature", "maxtokens", "maxcompletiontokens", "maxoutputtokens", "reasoningeffort", "n"),
    *("thinkingconfig", "responseformat", "responsemimetype", "responseschema", "responsejsonschema"),
    *("candidatecount", "httpoptions", "automaticfunctioncalling", "shouldreturnhttpresponse"),
}
"""What this project sets itself, or cannot do without: one answer, read as a chat. In lower case and without
underscores, as services write the same names in both ways."""


class Options(BaseModel):
    """How a model generates; None leaves a setting to the service.

    `max_tokens` bounds a whole answer, reasoning included. `extra` is sent as it is, by the service's own
    names: `top_p`, `service_tier`, vLLM's `chat_template_kwargs`; one that the service refuses is an error.
    The published runs used temperature 0.7 for patient and doctor, 0 for the judge.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float | None = Field(0.7, ge=0, le=2)
    max_tokens: int | None = Field(None, ge=1, le=200_000)
    reasoning_effort: Effort | None = None
    extra: dict[str, JsonValue] = {}

    @field_validator("extra")
    @classmethod
    def _can_be_sent(cls, extra: dict[str, JsonValue]) -> dict[str, JsonValue]:
        for name, value in extra.items():
            if wrong := _wrong(name, value):
                raise ValueError(f"option {wrong}")
        return extra

    def __hash__(self) -> int:
        return hash(self.model_dump_json())  # a dictionary has no hash of its own


def parse_option(text: str) -> tuple[str, JsonValue]:
    """`top_p=0.9` as a name and a value for `Options.extra`; what is no JSON is text.

    Raises InputError for what has no name, or a name that cannot be given.
    """
    name, equals, given = (part.strip() for part in text.partition("="))
    if not equals:
        raise InputError(f"option {text!r}: must be NAME=VALUE, as in top_p=0.9.")
    try:
        value = json.loads(given)
    except (ValueError, RecursionError):
        value = given
    if wrong := _wrong(name, value):
        raise InputError(f"option {wrong}")
    return name, value


def _wrong(name: str, value: JsonValue) -> str:
    """What is wrong with an extra option, in words that begin with its name; nothing if it can be sent."""
    if not name.isidentifier():
        return f"{name!r}: is not a name. Write it as the service does, as in top_p."
    if name.replace("_", "").lower() in _OWN:
        return f"{name}: is set by PatientSim itself. Leave it out, or use the setting it has here."
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return f"{name}: has a value that JSON cannot carry."
    return ""
