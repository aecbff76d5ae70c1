"""A saved run judged: every metric of every dialogue that a judge has not given its verdicts on yet."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from threading import Lock
from types import ModuleType
from typing import NamedTuple

from patientsim_core.dialogue import Dialogue, Failure
from patientsim_core.errors import ModelError
from patientsim_core.evaluation import ddx, disclosure, doctor, facts, fidelity, language, profile
from patientsim_core.evaluation.judge import Judge
from patientsim_core.evaluation.rules import by_rules
from patientsim_core.evaluation.verdict import RULES, Metric, Verdict
from patientsim_core.models import ChatModel
from patientsim_core.storage.official_dialogues import has_record
from patientsim_core.storage.runs import Run
from patientsim_core.work import CANCELLED, Progress, Work

METRICS: Mapping[Metric, ModuleType] = {
    Metric.fidelity: fidelity,
    Metric.facts: facts,
    Metric.profile: profile,
    Metric.ddx: ddx,
    Metric.doctor: doctor,
    Metric.language: language,
    Metric.disclosure: disclosure,
}


OF_THE_RECORD = (Metric.facts, Metric.profile, Metric.disclosure)
"""Metrics that compare with the record: without one, as in some imported runs, there is nothing to judge."""


def is_counted(metric: Metric, dialogue: Dialogue) -> bool:
    """Whether no judge is asked, whoever judges: for language, and where the patient kept its own account."""
    return metric is Metric.language or (metric is Metric.disclosure and disclosure.is_recorded(dialogue))


class Task(NamedTuple):
    """One metric of one dialogue, as far as fields of it are `missing`; by a judge, or by rules (None)."""

    dialogue: Dialogue
    metric: Metric
    missing: frozenset[str]
    judge: Judge | None


class Evaluation(Work[Task, Failure | None]):
    """The verdicts that a run lacks, by one judge: a model's, or those of the rules. Each request's verdicts
    are on disk as soon as they come: the same evaluation, begun again, goes on from there."""

    def __init__(
        self,
        run: Run,
        metrics: Sequence[Metric],
        judges: Sequence[Judge] | None,
        executor: Executor,
        concurrency: int,
    ):
        """`judges` are one model several times, for repeats; None are the rules."""
        self.run, self._executor = run, executor
        self.metrics, self.judges = metrics, judges
        self._known = _known(run)
        self._lock = Lock()
        planned = len(metrics) * (len(judges) if judges else 1) * len(run.finished())
        super().__init__(self._tasks(), concurrency, Progress(planned=planned))

    def _tasks(self) -> Iterator[Task]:
        """What is missing, a dialogue at a time: runs may be larger than memory."""
        for dialogue in self.run.dialogues():
            for number, judge in enumerate(self.judges or [None]):
                for metric in self.metrics:
                    counted = is_counted(metric, dialogue)
                    task = self._task(dialogue, metric, None if counted else judge)
                    if task.missing and not (counted and number):  # counting again would say the same
                        yield task
                    else:
                        self.progress.earlier += 1

    def _task(self, dialogue: Dialogue, metric: Metric, judge: Judge | None) -> Task:
        by = (judge.name, judge.repeat) if judge else (RULES, 1)
        known = self._known.get((dialogue.id, metric, *by), frozenset())
        judgeable = metric not in OF_THE_RECORD or has_record(dialogue.case)
        fields = METRICS[metric].fields(dialogue) if judgeable else ()
        return Task(dialogue, metric, frozenset(fields) - known, judge)

    def submit(self, job: Task) -> Future:
        return self._executor.submit(self._judge, job)

    def take(self, job: Task, result: Failure | None) -> Failure | None:
        return result

    def broken_off(self, job: Task, failure: Failure) -> Failure:
        return failure

    def name(self, job: Task) -> str:
        return f"{job.dialogue.id} {job.metric}"

    def _judge(self, task: Task) -> Failure | None:
        """Does a task, request by request, as long as nobody stops it; says why it did not finish."""
        try:
            for verdicts in _verdicts(task):
                self._keep(verdicts)
                if self._stop.is_set():
                    return CANCELLED
        except ModelError as error:
            return Failure(kind=error.fault, text=str(error))
        return None

    def _keep(self, verdicts: Sequence[Verdict]) -> None:
        with self._lock:
            self.run.keep_verdicts(verdicts)
            for one in verdicts:
                if one.attempts:
                    self.progress.used(one.judge, one.usage)
                self.progress.unscored += bool(one.unscored)


def make_judges(model: ChatModel, seed: int, repeats: int) -> list[Judge]:
    """A judge for each repeat."""
    return [Judge(model, seed, number + 1) for number in range(repeats)]


def _verdicts(task: Task) -> Iterable[list[Verdict]]:
    if task.judge:
        return METRICS[task.metric].judge(task.dialogue, task.judge, task.missing)
    return [[one for one in by_rules(task.dialogue, task.metric) if one.field in task.missing]]


def _known(run: Run) -> dict[tuple, Collection[str]]:
    """The fields that a judge has given its verdict on, by dialogue, metric, judge and repeat."""
    found: dict[tuple, set[str]] = {}
    for verdict in run.verdicts():
        found.setdefault(verdict.key, set()).add(verdict.field)
    return found
