"""Waiting for what another thread does."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object]) -> bool:
    """Whether something becomes true within half a minute."""
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return bool(condition())
