"""Criteria that are scored 1 to 4, one request each: persona fidelity, and the doctor's skills."""

from collections.abc import Iterable, Iterator

from pydantic import BaseModel, Field

from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.judge import Judge, counted, said
from patientsim_core.evaluation.verdict import Metric, Verdict


class Score(BaseModel):
    """A judge's answer for one criterion."""

    reason: str = Field(description="One or two short sentences, with the turns that decided it.")
    quote: str = Field(description="The words that speak most for the score.")
    score: int = Field(ge=1, le=4)


def scored(
    dialogue: Dialogue, judge: Judge, metric: Metric, common: str, questions: Iterable[tuple[str, str]]
) -> Iterator[list[Verdict]]:
    """A verdict for each criterion and its question, one after the other."""
    for field, question in questions:
        answer = judge.ask(common, f"{question}\n\n{said('scale')}", Score)
        about = {}
        if value := answer.value:
            about = {"score": value.score, "rationale": value.reason, "text": value.quote}
        yield counted([judge.verdict(dialogue, metric, field, answer, **about)], [answer])
