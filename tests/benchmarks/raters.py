"""Prints what becomes of the clicks of 20 raters who save all at once, for a minute.

    python tests/benchmarks/raters.py [--seconds 60]

Each rater scores dialogue after dialogue of one study without a pause, over and over, as no human does. Once
in one process with a thread a rater, as one server works, and once in four processes, as several servers on
one database do; against SQLite, and against a PostgreSQL server that forgets nothing when the power fails.
Saved are the clicks; lost are those of which the database has not the last one in the end; doubled are rows
beyond one for each thing rated. Measures and prints; exit status 1 only where something was lost or doubled.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, product
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import postgres  # noqa: E402

from patientsim_core.storage import Database  # noqa: E402
from patientsim_core.storage.studies import Studies  # noqa: E402
from patientsim_core.study import SCORES, plan, targets  # noqa: E402
from tests import played  # noqa: E402

RATERS = [f"Rater {number}" for number in range(1, 21)]
TIMES = 3
"""The study has each dialogue of the sample so often: 60 in all."""
PROCESSES = 4


class Clicks(NamedTuple):
    """What one rater said last of each place and target, and the seconds that each click took."""

    last: dict[tuple, int]
    seconds: list[float]


def click(store: Studies, id: str, rater: str, until: float) -> Clicks:
    """Scores everything in turn until the last moment."""
    study = store.load(id)
    asked = [(place, one) for place in study.order[rater] for one in targets(study, place)]
    clicks = Clicks({}, [])
    for score, (place, target) in cycle(product(SCORES, asked)):
        if time.monotonic() > until:
            return clicks
        start = time.perf_counter()
        store.rate(id, place, rater, target, score=score)
        clicks.seconds.append(time.perf_counter() - start)
        clicks.last[rater, place, target] = score


def server(url: str, id: str, raters: list[str], seconds: float, ready: Barrier) -> list[Clicks]:
    """One process with a thread for each of its raters; it begins once all of them are ready."""
    store = Studies(Database(url))
    ready.wait()
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(len(raters)) as threads:
        return list(threads.map(lambda rater: click(store, id, rater, until), raters))


def rate(url: str, processes: int, seconds: float) -> bool:
    """A study and its minute; whether nothing was lost or doubled."""
    dialogues = [("run", one) for one in played.dialogues()] * TIMES
    study = plan("Benchmark", RATERS, [one for _, one in dialogues], each=len(RATERS))
    study = study.model_copy(update={"name": f"{processes} processes"})
    store = Studies(Database(url))
    store.begin(study, dialogues)
    if processes == 1:
        found = server(url, study.id, RATERS, seconds, Barrier(1))
    else:
        spawn = get_context("spawn")
        with spawn.Manager() as manager, ProcessPoolExecutor(processes, spawn) as pool:
            ready = manager.Barrier(processes)
            shares = [(url, study.id, RATERS[one::processes], seconds, ready) for one in range(processes)]
            found = [clicks for own in pool.map(server, *zip(*shares, strict=True)) for clicks in own]
    last = {key: score for one in found for key, score in one.last.items()}
    kept = store.ratings(study.id)
    there = {(one.rater, one.place, one.target): one.score for one in kept}
    lost = sum(there.get(key) != score for key, score in last.items())
    doubled = len(kept) - len(last)
    taken = sorted(1000 * second for one in found for second in one.seconds)
    middle, most = statistics.median(taken), taken[-1]
    late = taken[int(0.95 * len(taken))]
    print(
        f"  processes {processes}   saved {len(taken):7,}   lost {lost}   doubled {doubled}   "
        f"a save: median {middle:5.1f} ms   95% {late:6.1f} ms   most {most:6.0f} ms",
        flush=True,
    )
    return not lost and not doubled


@contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/raters.db"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--seconds", type=float, default=60)
    seconds = arguments.parse_args().seconds
    print(f"{len(RATERS)} raters for {seconds:g} s; load of the machine before: {os.getloadavg()[0]:.1f}")
    well = True
    for name, database in (("SQLite", sqlite), ("PostgreSQL", postgres.server)):
        print(name)
        with database() as url:
            for processes in (1, PROCESSES):
                well = rate(url, processes, seconds) and well
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
