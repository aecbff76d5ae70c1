"""Where dialogues are played: on threads of this machine, or on a Dask cluster by the same interface."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from patientsim_core.errors import InputError
from patientsim_core.threads import Threads

CONNECT_SECONDS = 10


@contextmanager
def executor(dask: str | None, concurrency: int) -> Iterator[Executor]:
    """`concurrency` threads, or the workers of the Dask scheduler at an address (`tcp://host:8786`). Raises
    InputError where none answers, or Dask is not installed. Nothing is waited for at the end."""
    if dask is None:
        threads = Threads(concurrency)
        try:
            yield threads
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
        return
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--dask: needs a package. Install it with: pip install distributed") from None
    try:
        client = Client(dask, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        raise InputError(f"--dask {dask}: no Dask scheduler answers there.") from None
    with client:
        workers = client.get_executor()
        try:
            yield workers
        finally:
            workers.shutdown(wait=False)
