"""How a model generates."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Effort = Literal["none", "minimal", "low", "medium", "high"]
EFFORTS: tuple[str, ...] = get_args(Effort)


class Options(BaseModel):
    """How a model generates; None leaves a setting to the service.

    `max_tokens` bounds a whole answer, reasoning included. The published runs used temperature 0.7 for
    patient and doctor, 0 for the judge.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float | None = Field(0.7, ge=0, le=2)
    max_tokens: int | None = Field(None, ge=1, le=200_000)
    reasoning_effort: Effort | None = None
