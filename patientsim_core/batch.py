"""Many dialogues at once, on the threads of this machine or on a cluster, each kept as soon as it is done."""

import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from threading import Event, Lock

from patientsim_core.dialogue import Dialogue, EndReason, Failure, Turn
from patientsim_core.job import Job, dialogue_of, play
from patientsim_core.models import Settings
from patientsim_core.models.prices import Prices
from patientsim_core.selection import Item
from patientsim_core.simulate import Ending
from patientsim_core.storage.runs import Run
from patientsim_core.usage import Usage

CORE = Path(__file__).parent

ALIKE = 3
"""So many failures of one kind on end, with nothing finished between them, and a batch stops."""

GRACE = 10.0
"""Seconds in which running turns may end once a batch is to stop."""

_OF_ONE_CASE = {"context", "filter", "refusal", "length", "cancelled"}
"""Failures that come of what was said: another dialogue may do better."""


class Stage(StrEnum):
    """Where a batch stands."""

    running = "running"
    stopping = "stopping"
    finished = "finished"
    stopped = "stopped"


@dataclass
class Progress:
    """How far a batch is. Only the batch writes it; anybody may read it.

    `earlier` dialogues were done before it began; `said` counts turns; `usage` is by model, of this batch
    alone; `seconds` run until it ends; `why` says what made it stop by itself.
    """

    planned: int
    earlier: int = 0
    finished: int = 0
    failed: int = 0
    said: int = 0
    usage: dict[str, Usage] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    ignored: dict[str, set[str]] = field(default_factory=dict)
    stage: Stage = Stage.running
    why: str = ""
    started: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def done(self) -> int:
        return self.earlier + self.finished

    @property
    def seconds(self) -> float:
        return (self.ended or time.monotonic()) - self.started

    @property
    def rate(self) -> float:
        """Finished dialogues a second."""
        return self.finished / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until all is done at this rate; None before anything is."""
        return (self.planned - self.done - self.failed) / self.rate if self.finished else None

    def cost(self, prices: Prices) -> float | None:
        """US dollars; None where a model's price is not known."""
        costs = [prices.cost(model, usage) for model, usage in self.usage.items()]
        return None if None in costs else sum(costs)


class Batch:
    """The jobs of a run that are not done yet, played by an executor.

    `stop()` begins no new dialogue, lets the turns that are being said end within `GRACE` seconds, and
    keeps what was said: the same batch, begun again, goes on from there.
    """

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
        self.run, self._executor, self._concurrency = run, executor, concurrency
        self._settings, self._heard, self._remote = settings, heard, remote
        self._stop, self._lock = Event(), Lock()
        done, failed = run.finished(), run.failures()
        self.jobs = [_job(run, item, failed) for item in items if item.id not in done]
        self.progress = Progress(planned=len(items), earlier=len(items) - len(self.jobs))
        self._alike: list[str] = []
        self._under_way: dict[str, list[Turn]] = {}

    def stop(self, why: str = "") -> None:
        """Begins to stop; `play` returns when that is done."""
        if not self._stop.is_set():
            self.progress.stage, self.progress.why = Stage.stopping, why
            self._stop.set()

    def play(self) -> Progress:
        """Plays all jobs, and keeps each dialogue before the next is taken note of."""
        waiting, jobs = dict[Future, Job](), iter(self.jobs)
        try:
            while not self._stop.is_set():
                self._fill(waiting, jobs)
                if not waiting:
                    break
                self._take(waiting, timeout=0.2)
            self._let_end(waiting)
        except BaseException:  # the disk is full, say: what runs now could not be kept either
            self.stop()
            raise
        finally:
            self.progress.ended = time.monotonic()
            self.progress.stage = Stage.stopped if self._stop.is_set() else Stage.finished
        return self.progress

    def _fill(self, waiting: dict[Future, Job], jobs: Iterable[Job]) -> None:
        """Hands out work, a little more than can be done at once, so that no worker waits for it."""
        room = self._concurrency + max(2, self._concurrency // 4) - len(waiting)
        for _, job in zip(range(room), jobs, strict=False):
            waiting[self._submit(job)] = job

    def _submit(self, job: Job) -> Future:
        if self._remote:
            return self._executor.submit(play, job)
        return self._executor.submit(
            partial(play, job, self._settings, cancelled=self._stop.is_set, heard=self._said)
        )

    def _said(self, job: Job, turn: Turn) -> None:
        with self._lock:
            self._under_way.setdefault(job.item.id, list(job.turns)).append(turn)
            self.progress.said += 1
        if self._heard:
            self._heard(job, turn)

    def _take(self, waiting: dict[Future, Job], timeout: float) -> None:
        done, _ = wait(waiting, timeout, FIRST_COMPLETED)
        for future in done:
            job = waiting.pop(future)
            dialogue = self._outcome(future, job)
            self._under_way.pop(job.item.id, None)
            if dialogue:
                self._note(job, dialogue)

    def _outcome(self, future: Future, job: Job) -> Dialogue | None:
        """What a job came to; None if it was never begun."""
        try:
            return future.result()
        except CancelledError:
            return None
        except Exception as error:  # a fault of ours, or of a worker: kept with the dialogue, and counted
            failure = Failure(kind="internal", text=f"{type(error).__name__} in {_place(error)}.")
            return self._unfinished(job, EndReason.model_failure, failure)

    def _unfinished(self, job: Job, reason: EndReason, failure: Failure) -> Dialogue:
        turns = self._under_way.get(job.item.id, list(job.turns))
        return dialogue_of(job, list(turns), Ending(reason), failure)

    def _note(self, job: Job, dialogue: Dialogue) -> None:
        """Keeps a dialogue, then counts it."""
        if not dialogue.failure or dialogue.turns or dialogue.failure.kind != "cancelled":
            self.run.keep(dialogue)
        progress = self.progress
        for turn in dialogue.turns[len(job.turns) :]:
            said = turn.reply or turn.question
            progress.usage[said.model] = progress.usage.get(said.model, Usage()) + said.usage
            if said.ignored:
                progress.ignored.setdefault(said.model, set()).update(said.ignored)
        if self._remote:
            progress.said += len(dialogue.turns) - len(job.turns)
        if not dialogue.failure:
            progress.finished += 1
            self._alike.clear()
        elif dialogue.failure.kind != "cancelled":
            progress.failed += 1
            progress.failures[dialogue.id] = dialogue.failure
            self._watch(dialogue.failure)

    def _watch(self, failure: Failure) -> None:
        """Stops where the same goes wrong again and again: no other dialogue will do better."""
        if failure.kind in _OF_ONE_CASE:
            return
        if self._alike and self._alike[-1] != failure.kind:
            self._alike.clear()
        self._alike.append(failure.kind)
        if len(self._alike) >= ALIKE:
            self.stop(f"{ALIKE} dialogues on end failed alike. {failure.text}")

    def _let_end(self, waiting: dict[Future, Job]) -> None:
        """Waits for the turns that are being said; of what is not over in time, what was heard is kept."""
        for future in waiting:
            future.cancel()
        deadline = time.monotonic() + GRACE
        while waiting and (left := deadline - time.monotonic()) > 0:
            self._take(waiting, timeout=min(left, 0.2))
        for job in waiting.values():
            failure = Failure(kind="cancelled", text="Stopped by the user.")
            self._note(job, self._unfinished(job, EndReason.cancelled, failure))


def _place(error: Exception) -> str:
    """Where in this project an error arose; its text may hold the record, so it is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(CORE)] or frames
    return f"{Path(own[-1].filename).name}, line {own[-1].lineno}"


def _job(run: Run, item: Item, failed: dict[str, Dialogue]) -> Job:
    """A job, which goes on after what was said when it last failed."""
    before = failed.get(item.id)
    return Job(item, run.cases[item.case], run.parameters, tuple(before.turns) if before else ())
