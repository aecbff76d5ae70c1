"""Persona fidelity: five criteria of 1 to 4, each against what was asked of the patient (protocol, table 1).

Recall is judged only where the patient is clear-headed, confusion only where it is not, realism always.
"""

from collections.abc import Collection, Iterator

from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.judge import Judge, conversation, record_of, said
from patientsim_core.evaluation.scores import scored
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.persona import Dazed, Persona

CRITERIA = ("personality", "language", "recall", "confused", "realism")
_AXES = {"personality": "personality", "language": "cefr", "recall": "recall", "confused": "dazed"}


def fields(dialogue: Dialogue) -> list[str]:
    """The criteria that apply to a dialogue."""
    return fields_of(dialogue.persona)


def fields_of(persona: Persona) -> list[str]:
    """The criteria that apply to a persona."""
    left_out = "confused" if persona.dazed is Dazed.normal else "recall"
    return [criterion for criterion in CRITERIA if criterion != left_out]


def judge(dialogue: Dialogue, by: Judge, missing: Collection[str]) -> Iterator[list[Verdict]]:
    """A request and a verdict for each criterion that is missing."""
    common = f"{conversation(dialogue)}\n\n{record_of(dialogue.case)}"
    questions = [(field, question(field, dialogue.persona)) for field in fields(dialogue) if field in missing]
    yield from scored(dialogue, by, Metric.fidelity, common, questions)


def question(criterion: str, persona: Persona) -> str:
    """What the judge is asked of a criterion."""
    words = {}
    if axis := _AXES.get(criterion):
        level = getattr(persona, axis)
        words = {"label": level.label, "description": said(f"{axis}: {level}")}
    return said("fidelity", criterion=said(f"fidelity: {criterion}", **words))
