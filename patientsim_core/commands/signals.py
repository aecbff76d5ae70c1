"""Ctrl-C while work is under way."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from patientsim_core.work import Stage, Work


@contextmanager
def stopped_by_signals(work: Work) -> Iterator[None]:
    """Ctrl-C, or an end asked for by the system, stops work in order; a second one at once."""

    def stop(number: int, frame: object) -> None:
        if work.progress.stage is not Stage.running:
            os._exit(128 + number)
        work.stop("Stopping: what is under way may end; once more stops at once.")

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
