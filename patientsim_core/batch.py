"""Many dialogues at once, on the threads of this machine or on a cluster, each kept as soon as it is done."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from threading import Lock

from patientsim_core.dialogue import Dialogue, EndReason, Failure, Turn
from patientsim_core.job import Job, dialogue_of, play
from patientsim_core.models import Settings
from patientsim_core.selection import Item
from patientsim_core.simulate import Ending
from patientsim_core.storage.runs import Run
from patientsim_core.work import CANCELLED, Progress, Work


class Batch(Work[Job, Dialogue]):
    """The jobs of a run that are not done yet, played by an executor. What was said when it is stopped is
    kept: the same batch, begun again, goes on from there."""

    def __init__(
        self,
        run: Run,
        items: Sequence[Item],
        executor: Executor,
        concurrency: int,
        settings: Settings | None = None,
        heard: Callable[[Job, Turn], None] | None = None,
        remote: bool = False,
    ):
        """`remote` executors run on other machines: they get no callbacks and no keys typed here."""
        self.run, self._executor = run, executor
        self._settings, self._heard, self._remote = settings, heard, remote
        self._under_way: dict[str, list[Turn]] = {}
        self._lock = Lock()
        done, failed = run.finished(), run.failures()
        self.jobs = [_job(run, item, failed) for item in items if item.id not in done]
        progress = Progress(planned=len(items), earlier=len(items) - len(self.jobs))
        super().__init__(self.jobs, concurrency, progress)

    def submit(self, job: Job) -> Future:
        if self._remote:
            return self._executor.submit(play, job)
        return self._executor.submit(
            partial(play, job, self._settings, cancelled=self._stop.is_set, heard=self._said)
        )

    def take(self, job: Job, result: Dialogue) -> Failure | None:
        self._under_way.pop(job.item.id, None)
        new = result.turns[len(job.turns) :]
        if result.failure != CANCELLED or new:  # one that was cancelled before a word was said is no news
            self.run.keep(result)
        for turn in new:
            said = turn.reply or turn.question
            self.progress.used(said.model, said.usage, said.ignored)
            if self._remote:
                self._count(job, turn)
        return result.failure

    def broken_off(self, job: Job, failure: Failure) -> Dialogue:
        reason = EndReason.cancelled if failure == CANCELLED else EndReason.model_failure
        turns = self._under_way.get(job.item.id, job.turns)
        return dialogue_of(job, list(turns), Ending(reason), failure)

    def name(self, job: Job) -> str:
        return job.item.id

    def _said(self, job: Job, turn: Turn) -> None:
        """Notes a turn as soon as it is said, by the thread in which it is."""
        with self._lock:
            self._under_way.setdefault(job.item.id, list(job.turns)).append(turn)
            self._count(job, turn)

    def _count(self, job: Job, turn: Turn) -> None:
        self.progress.said += 1
        if self._heard:
            self._heard(job, turn)


def _job(run: Run, item: Item, failed: dict[str, Dialogue]) -> Job:
    """A job, which goes on after what was said when it last failed."""
    before = failed.get(item.id)
    return Job(item, run.cases[item.case], run.parameters, tuple(before.turns) if before else ())
