"""Threads that end with the program: one that is stopped does not wait for a model that takes minutes."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from queue import SimpleQueue
from threading import Thread


class Threads(Executor):
    """`count` threads with the interface of ThreadPoolExecutor. Those of the library are waited for when
    Python ends, whatever they do; these are not, so nothing may rest on their last words."""

    def __init__(self, count: int):
        self._work: SimpleQueue[tuple[Future, Callable] | None] = SimpleQueue()
        self._threads = [Thread(target=self._serve, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable, /, *arguments, **named) -> Future:
        future: Future = Future()
        self._work.put((future, partial(fn, *arguments, **named)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """No thread takes new work; what waits is done first, or is cancelled."""
        while cancel_futures and not self._work.empty():
            if waiting := self._work.get():
                waiting[0].cancel()
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _serve(self) -> None:
        while work := self._work.get():
            future, call = work
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(call())
                except BaseException as error:
                    future.set_exception(error)
            del future, work  # else the last result stays in memory until the next one comes
