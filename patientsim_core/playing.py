"""The batches of one server: each on a thread of its own, at most a few at once, seen by all its pages."""

import os
import re
from collections.abc import Sequence
from datetime import date
from itertools import count
from pathlib import Path
from threading import Event, Lock, Thread

from patientsim_core.batch import Batch
from patientsim_core.case import Case
from patientsim_core.errors import InputError, PatientSimError
from patientsim_core.job import Parameters
from patientsim_core.models import Settings
from patientsim_core.selection import Item
from patientsim_core.storage.run_writing import writing
from patientsim_core.threads import Threads
from patientsim_core.work import Progress

VARIABLE = "PATIENTSIM_RUNS"
"""Where runs are kept; below the project if it is not set."""

_NAME = re.compile(r"\w[\w.-]{0,79}")

MOST = 2
"""So many batches run at once."""


def runs_folder() -> Path:
    return Path(os.environ.get(VARIABLE) or Path(__file__).parents[1] / "runs")


class Playing:
    """A batch that plays on a thread of its own. `error` says why it came to nothing, if it did."""

    def __init__(
        self,
        folder: Path,
        parameters: Parameters,
        cases: Sequence[Case],
        items: Sequence[Item],
        concurrency: int,
        settings: Settings | None = None,
    ):
        """Raises InputError where the batch cannot begin."""
        self.folder, self.name, self.error = folder, folder.name, ""
        self._batch: Batch | None = None
        self._begun = Event()
        work = (parameters, cases, items, concurrency, settings)
        self._thread = Thread(target=self._play, args=work, daemon=True)
        self._thread.start()
        self._begun.wait()
        if self._batch is None:
            self._thread.join()
            raise InputError(self.error)

    @property
    def progress(self) -> Progress:
        return self._batch.progress

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Lets what is being said end; what is missing can be gone on with."""
        self._batch.stop()

    def _play(self, parameters, cases, items, concurrency, settings) -> None:
        at_once = parameters.at_once(concurrency)
        threads = Threads(at_once)
        try:
            with writing(self.folder, parameters, cases, items) as run:
                self._batch = Batch(run, items, threads, at_once, settings)
                self._begun.set()
                self._batch.play()
        except PatientSimError as error:
            self.error = str(error)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            self._begun.set()


class Batches:
    """All that play, or played, since the server was started."""

    def __init__(self) -> None:
        self._all: dict[Path, Playing] = {}
        self._lock = Lock()

    def start(self, folder: Path, *work, **named) -> Playing:
        """Begins a batch, or goes on with one; arguments as of `Playing`. Raises InputError where it cannot
        begin, or `MOST` are playing."""
        with self._lock:
            if len(self.playing()) >= MOST:
                raise InputError(f"{MOST} batches are playing. Wait for one of them, or stop one.")
            playing = Playing(folder, *work, **named)
            self._all.pop(folder, None)
            self._all[folder] = playing
        return playing

    def playing(self) -> list[Playing]:
        return [one for one in self._all.values() if not one.is_over]

    def forget(self, one: Playing) -> None:
        """Takes one that is over off the list; its run stays."""
        with self._lock:
            if one.is_over:
                self._all.pop(one.folder, None)

    def all(self) -> list[Playing]:
        """The newest first."""
        return list(self._all.values())[::-1]


def folder_of(name: str) -> Path:
    """Where a run of this name is kept. Raises InputError for a name that could lie elsewhere."""
    name = name.strip()
    if not _NAME.fullmatch(name):
        raise InputError(
            f"name {name!r}: must begin with a letter or a digit, and have letters, digits, - _ and . only."
        )
    return runs_folder() / name


def free_name(today: date) -> str:
    """`2026-11-25-1`: today, and a number that no run has yet."""
    return next(name for number in count(1) if not (runs_folder() / (name := f"{today}-{number}")).exists())
