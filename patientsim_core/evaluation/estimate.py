"""What judging a run will take, before it begins: calls and tokens, by a sample of its dialogues."""

from collections.abc import Sequence
from itertools import islice

from patientsim_core.dialogue import Dialogue
from patientsim_core.estimate import Plan
from patientsim_core.evaluation import doctor, fidelity
from patientsim_core.evaluation.evaluate import is_counted
from patientsim_core.evaluation.judge import conversation, record_of
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.storage.runs import Run
from patientsim_core.usage import Usage, estimate

SAMPLE = 20
"""So many dialogues are looked at."""

RUBRIC, SCORE, LIST = 250, 60, 300
"""Tokens of a question with its rubric, of a scored answer, and of one that lists sentences or items."""


def plan_judging(run: Run, metrics: Sequence[Metric], judge: str, repeats: int = 1) -> Plan:
    """At most what is left: what is judged already is not taken off."""
    sample = list(islice(run.dialogues(), SAMPLE))
    count = len(run.finished())
    calls, usage = 0, Usage(estimated=True)
    for dialogue in sample:
        for metric in metrics:
            made, used = _one(dialogue, metric)
            calls, usage = calls + made, usage + used
    times = count * repeats / max(1, len(sample))
    total = Usage(
        prompt_tokens=round(usage.prompt_tokens * times),
        completion_tokens=round(usage.completion_tokens * times),
        estimated=True,
    )
    return Plan(count, 0, {judge: round(calls * times)} if calls else {}, {judge: total} if calls else {})


def _one(dialogue: Dialogue, metric: Metric) -> tuple[int, Usage]:
    """Calls and tokens of one metric of a dialogue."""
    talk, record = estimate(conversation(dialogue)), estimate(record_of(dialogue.case))
    if metric is Metric.fidelity:
        return _times(len(fidelity.fields(dialogue)), talk + record + RUBRIC, SCORE)
    if metric is Metric.doctor:
        return _times(len(doctor.fields(dialogue)), talk + RUBRIC, SCORE)
    if metric is Metric.facts:
        turns = sum(turn.role == "patient" for turn in dialogue.turns)
        return _times(2 * turns, record // 2 + 2 * RUBRIC, LIST // 2)
    if metric is Metric.profile:
        return _times(2, (talk + 2 * RUBRIC + record) // 2, LIST)
    if is_counted(metric, dialogue):
        return 0, Usage()
    return _times(1, RUBRIC, SCORE) if metric is Metric.ddx else _times(1, talk + record, LIST)


def _times(calls: int, prompt: int, answer: int) -> tuple[int, Usage]:
    return calls, Usage(prompt_tokens=calls * prompt, completion_tokens=calls * answer, estimated=True)
