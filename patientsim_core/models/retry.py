"""The one place where a model is asked again: bounded in attempts and in time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_exponential_jitter

from patientsim_core.errors import ModelError
from patientsim_core.models.faults import Fault

Result = TypeVar("Result")

STRANGE = 3
"""So often an address is asked that never answered, while what comes cannot be read: it may be no model
service's, and each request has a record in it."""


@dataclass(frozen=True)
class Limits:
    """How long a model is waited for: `attempts` in all, `seconds` for everything together, and pauses
    that grow from `pause` seconds to at most `longest`, with jitter."""

    attempts: int = 5
    seconds: float = 120.0
    pause: float = 0.5
    longest: float = 20.0


def retrying(
    ask: Callable[[], Result], limits: Limits, known: Callable[[], bool] = lambda: True
) -> tuple[Result, int]:
    """What `ask` returns, and after how many attempts; only passing faults are tried again.

    `known` says whether the service ever answered; one that did not, and sends what cannot be read, is soon
    given up. A wait that the service asks for is kept, unless it does not fit into the time left. Raises the
    last ModelError, which then says how often it was tried.
    """
    started = time.monotonic()
    backoff = wait_exponential_jitter(initial=limits.pause, max=limits.longest, jitter=limits.pause)

    def wait(state: RetryCallState) -> float:
        asked = getattr(state.outcome.exception(), "after", None) or 0.0
        return max(backoff(state), asked)

    strange = 0

    def again(error: BaseException) -> bool:
        nonlocal strange
        if not (isinstance(error, ModelError) and error.passing):
            return False
        strange += error.fault == Fault.malformed
        return strange < STRANGE or known()

    loop = Retrying(
        stop=stop_after_attempt(limits.attempts) | stop_before_delay(limits.seconds),
        wait=wait,
        retry=retry_if_exception(again),
        reraise=True,
    )
    try:
        return loop(ask), loop.statistics["attempt_number"]
    except ModelError as error:
        last = error.tried(loop.statistics["attempt_number"], time.monotonic() - started)
    raise last
