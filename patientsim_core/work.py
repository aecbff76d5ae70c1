"""Many pieces of work at once: kept one by one, stopped in order, and stopped by an error that repeats."""

import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import Generic, TypeVar

from patientsim_core.dialogue import Failure
from patientsim_core.models.faults import OF_ONE_REQUEST
from patientsim_core.models.prices import Prices
from patientsim_core.usage import Usage

Job = TypeVar("Job")
Result = TypeVar("Result")
CORE = Path(__file__).parent

ALIKE = 3
"""So many failures of one kind on end, with nothing finished between them, and the work stops."""

GRACE = 10.0
"""Seconds in which what is being done may end once the work is to stop."""

CANCELLED = Failure(kind="cancelled", text="Stopped by the user.")


class Stage(StrEnum):
    """Where the work stands."""

    running = "running"
    stopping = "stopping"
    finished = "finished"
    stopped = "stopped"


@dataclass
class Progress:
    """How far it is. Only the work writes it; anybody may read it.

    `earlier` pieces were done before it began; `said` counts turns, of dialogues, `unscored` verdicts;
    `usage` is by model, of this work alone; `seconds` run until it ends; `why` says what made it stop by
    itself.
    """

    planned: int
    earlier: int = 0
    finished: int = 0
    failed: int = 0
    said: int = 0
    unscored: int = 0
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
    def is_whole(self) -> bool:
        """Whether all that was planned is there."""
        return self.done == self.planned and self.stage is not Stage.stopped

    @property
    def seconds(self) -> float:
        return (self.ended or time.monotonic()) - self.started

    @property
    def rate(self) -> float:
        """Finished pieces a second."""
        return self.finished / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until all is done at this rate; None before anything is."""
        return (self.planned - self.done - self.failed) / self.rate if self.finished else None

    def cost(self, prices: Prices) -> float | None:
        """US dollars; None where a model's price is not known."""
        costs = [prices.cost(model, usage) for model, usage in self.usage.items()]
        return None if None in costs else sum(costs)

    def used(self, model: str, usage: Usage, ignored: Iterable[str] = ()) -> None:
        """Counts an answer of a model."""
        self.usage[model] = self.usage.get(model, Usage()) + usage
        if ignored:
            self.ignored.setdefault(model, set()).update(ignored)


class Work(ABC, Generic[Job, Result]):
    """Jobs that are done by an executor, a few more at hand than can be done at once.

    `stop()` begins no new job, lets those under way end within `GRACE` seconds, and leaves the rest.
    """

    def __init__(self, jobs: Iterable[Job], concurrency: int, progress: Progress):
        self._jobs, self._concurrency, self.progress = iter(jobs), concurrency, progress
        self._stop = Event()
        self._alike: list[str] = []

    @abstractmethod
    def submit(self, job: Job) -> Future:
        """Gives a job to the executor."""

    @abstractmethod
    def take(self, job: Job, result: Result) -> Failure | None:
        """Keeps what a job came to, counts what it took, and says why it did not finish, if so."""

    @abstractmethod
    def broken_off(self, job: Job, failure: Failure) -> Result:
        """What a job came to that raised an error, or did not end in time."""

    @abstractmethod
    def name(self, job: Job) -> str:
        """A job as failures list it."""

    def stop(self, why: str = "") -> None:
        """Begins to stop; `play` returns when that is done."""
        if not self._stop.is_set():
            self.progress.stage, self.progress.why = Stage.stopping, why
            self._stop.set()

    def play(self) -> Progress:
        """Does all jobs, and keeps each before the next is taken note of."""
        waiting = dict[Future, Job]()
        try:
            while not self._stop.is_set():
                self._fill(waiting)
                if not waiting:
                    break
                self._collect(waiting, timeout=0.2)
            self._let_end(waiting)
        except BaseException:  # the disk is full, say: what runs now could not be kept either
            self.stop()
            raise
        finally:
            self.progress.ended = time.monotonic()
            self.progress.stage = Stage.stopped if self._stop.is_set() else Stage.finished
        return self.progress

    def _fill(self, waiting: dict[Future, Job]) -> None:
        """Hands out work, a little more than can be done at once, so that nobody waits for it."""
        room = self._concurrency + max(2, self._concurrency // 4) - len(waiting)
        for _, job in zip(range(room), self._jobs, strict=False):
            waiting[self.submit(job)] = job

    def _collect(self, waiting: dict[Future, Job], timeout: float) -> None:
        done, _ = wait(waiting, timeout, FIRST_COMPLETED)
        for future in done:
            job = waiting.pop(future)
            for result in self._outcome(future, job):
                self._note(job, result)

    def _outcome(self, future: Future, job: Job) -> Iterator[Result]:
        """What a job came to; nothing if it was never begun."""
        try:
            yield future.result()
        except CancelledError:
            return
        except Exception as error:  # a fault of ours, or of a worker: kept, and counted
            text = f"{type(error).__name__} in {_place(error)}."
            yield self.broken_off(job, Failure(kind="internal", text=text))

    def _note(self, job: Job, result: Result) -> None:
        """Keeps a result, then counts it."""
        failure, progress = self.take(job, result), self.progress
        if failure is None:
            progress.finished += 1
            self._alike.clear()
        elif failure.kind != CANCELLED.kind:
            progress.failed += 1
            progress.failures[self.name(job)] = failure
            self._watch(failure)

    def _watch(self, failure: Failure) -> None:
        """Stops where the same goes wrong again and again: nothing else will do better."""
        if failure.kind in OF_ONE_REQUEST:
            return
        if self._alike and self._alike[-1] != failure.kind:
            self._alike.clear()
        self._alike.append(failure.kind)
        if len(self._alike) >= ALIKE:
            self.stop(f"{ALIKE} failed alike on end. {failure.text}")

    def _let_end(self, waiting: dict[Future, Job]) -> None:
        """Waits for what is being done; of what is not over in time, what was heard is kept."""
        for future in waiting:
            future.cancel()
        deadline = time.monotonic() + GRACE
        while waiting and (left := deadline - time.monotonic()) > 0:
            self._collect(waiting, timeout=min(left, 0.2))
        for job in waiting.values():
            self._note(job, self.broken_off(job, CANCELLED))


def _place(error: Exception) -> str:
    """Where in this project an error arose; its text may hold the record, so it is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(CORE)] or frames
    return f"{Path(own[-1].filename).name}, line {own[-1].lineno}"
