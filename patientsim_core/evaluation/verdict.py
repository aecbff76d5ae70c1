"""A verdict: what one judge says of one criterion, item or sentence of a dialogue."""

from enum import StrEnum

from pydantic import Field, JsonValue

from patientsim_core.dialogue import Record
from patientsim_core.usage import Usage

RULES = "rules"
"""The judge that is no model: deterministic rules of this project."""


class Metric(StrEnum):
    """What can be judged, as the command line names it."""

    fidelity = "fidelity"
    facts = "facts"
    profile = "profile"
    ddx = "ddx"
    doctor = "doctor"
    language = "language"
    disclosure = "disclosure"


class Verdict(Record):
    """One judgement.

    `field` is the criterion, the item of the record, or the sentence (`3.1`: turn 3, sentence 1, both from 0
    on; turns count doctor and patient). `score` is on the metric's own scale; it is None where the field has
    none, or where `unscored` says why the judge's answer could not be read: `raw` has it then as it came.
    `judge` is a model's name, or `rules`; `repeat` tells several judgements by the same judge apart, from 1
    on, and `seed` is what it was asked with. `detail` is the metric's own: see each metric. `turn` and `text`
    are what the verdict is about or quotes; `attempts` and `usage` are those of the request that brought it,
    on one verdict of each request.
    """

    dialogue_id: str
    metric: Metric
    field: str
    score: float | None = None
    unscored: str = ""
    raw: str = ""
    judge: str
    repeat: int = 1
    seed: int | None = None
    rationale: str = ""
    turn: int | None = None
    text: str = ""
    detail: dict[str, JsonValue] = Field(default_factory=dict)
    attempts: int = 0
    usage: Usage = Field(default_factory=Usage)

    @property
    def key(self) -> tuple[str, str, str, int]:
        """Which judgement it is of a dialogue: the same key is never judged twice."""
        return self.dialogue_id, self.metric, self.judge, self.repeat
