"""A batch as a progress bar while it runs."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from tqdm import tqdm

from patientsim_core.models.prices import Prices
from patientsim_core.report import so_far
from patientsim_core.work import Progress


@contextmanager
def bar(progress: Progress, prices: Prices) -> Iterator[None]:
    """Shows how far a batch is, until the block is left: once a second in a terminal, else twice a minute."""
    over, pause = Event(), 1.0 if sys.stderr.isatty() else 30.0
    form = "{percentage:3.0f}%|{bar:20}| {desc}"
    line = tqdm(total=progress.planned, initial=progress.earlier, bar_format=form, file=sys.stderr)

    def show() -> None:
        line.n = progress.done
        line.set_description_str(so_far(progress, prices))

    def follow() -> None:
        while not over.wait(pause):
            show()

    thread = Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        show()
        line.close()


def say(text: str) -> None:
    """A line above the bar. Once nobody reads the output any more, as after `| head`, it is lost, and the
    work goes on."""
    try:
        tqdm.write(text, file=sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 (until the program ends)
