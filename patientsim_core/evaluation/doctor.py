"""The doctor's skills: eight criteria of 1 to 4, those of practical clinical skills exams (protocol)."""

from collections.abc import Collection, Iterator

from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.judge import Judge, conversation, said
from patientsim_core.evaluation.scores import scored
from patientsim_core.evaluation.verdict import Metric, Verdict

CRITERIA = (
    "presenting_complaint",
    "systems_review",
    "past_history",
    "family_history",
    "medication_history",
    "managing_concerns",
    "empathy",
    "patient_welfare",
)


def fields(dialogue: Dialogue) -> list[str]:
    """The criteria; all apply to every dialogue."""
    return list(CRITERIA)


def judge(dialogue: Dialogue, by: Judge, missing: Collection[str]) -> Iterator[list[Verdict]]:
    """A request and a verdict for each criterion that is missing."""
    questions = [
        (field, said("doctor", criterion=said(f"doctor: {field}"))) for field in CRITERIA if field in missing
    ]
    yield from scored(dialogue, by, Metric.doctor, conversation(dialogue), questions)
