"""Differential diagnosis: whether the record's diagnosis is among the five that the doctor named (protocol).

More specific than the record counts, broader does not; urinary tract infections count as one group. A doctor
who named none is wrong.
"""

from collections.abc import Collection, Iterator

from pydantic import BaseModel, Field

from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.judge import Judge, counted, said
from patientsim_core.evaluation.verdict import RULES, Metric, Verdict

FIELD = "differential"
GROUP = "urinary tract infection"


class Match(BaseModel):
    """A judge's answer."""

    reason: str
    match: int | None = Field(description="The number of the first diagnosis that counts, or null.")


def fields(dialogue: Dialogue) -> list[str]:
    return [FIELD]


def judge(dialogue: Dialogue, by: Judge, missing: Collection[str]) -> Iterator[list[Verdict]]:
    """One request; none where no diagnosis was named."""
    if FIELD not in missing:
        return
    named, truth = dialogue.differential, dialogue.case.diagnosis
    if not named:
        yield [named_none(dialogue, by.name, by.repeat)]
        return
    listed = "\n".join(f"{rank}. {name}" for rank, name in enumerate(named, 1))
    group = said(f"ddx: {GROUP}") if truth.strip().lower() == GROUP else ""
    answer = by.ask(
        "", said("ddx", diagnosis=truth, differential=listed, group=f" {group}" if group else ""), Match
    )
    about = {}
    if value := answer.value:
        rank = value.match if value.match and 1 <= value.match <= len(named) else None
        about = {"score": float(rank is not None), "rationale": value.reason, "detail": {"rank": rank}}
    yield counted([by.verdict(dialogue, Metric.ddx, FIELD, answer, **about)], [answer])


def named_none(dialogue: Dialogue, judge: str = RULES, repeat: int = 1) -> Verdict:
    """The verdict where the doctor named no diagnosis."""
    return Verdict(
        dialogue_id=dialogue.id,
        metric=Metric.ddx,
        field=FIELD,
        score=0.0,
        judge=judge,
        repeat=repeat,
        rationale="No diagnosis was named.",
        detail={"rank": None},
    )
