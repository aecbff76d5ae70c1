"""Waiting for what other threads do."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier


def until(condition: Callable[[], object]) -> bool:
    """Whether something becomes true within half a minute."""
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return bool(condition())


def threads(*acts: Callable[[], object]) -> list[object]:
    """What each gives, or its fault, all begun at the same moment."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        ready.wait()
        try:
            return act()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
