"""Prints what prepare-mimic takes on a large file of discharge notes, and after a kill.

    python tests/benchmarks/mimic_notes.py [--notes 300000] [--folder DIR]

Invented tables with so many notes are written to a folder of its own (300,000 notes are 2 GB, not compressed)
and removed at the end. Three commands are measured, each in a process of its own: the whole way by the rules
of this project; the same with a model server on this machine, killed by SIGKILL when it has answered half of
what 300 visits ask; and the same command again. Exit status 1 only where an answer was asked for twice.
"""

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from patientsim_core.case_file import load_cases  # noqa: E402
from patientsim_core.mimic.synthetic import FLAWS, write_tables  # noqa: E402
from tests.model_server import calls, running  # noqa: E402

FITTING = 0.02
"""This share of the visits passes every rule. With those that have a history of another illness, a twelfth of
all notes are read: far more than of the real file."""

VISITS, REQUESTS = 300, 3
"""So many visits are read by the model, each by so many requests."""


class Run:
    """A command while it runs: how long, and how much memory at most, of it alone."""

    def __init__(self, tables: Path, out: Path, *more: str, address: str = ""):
        places = [text for name in ("mimic", "ed", "notes") for text in (f"--{name}", str(tables))]
        command = [
            sys.executable,
            "-m",
            "patientsim_core",
            "prepare-mimic",
            *places,
            "--out",
            str(out),
            *more,
        ]
        env = os.environ | ({"VLLM_BASE_URL": address} if address else {})
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, **quiet)

    def end(self) -> str:
        """Waits, and says what it took."""
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - self.started
        return (
            f"{seconds:.0f} s, at most {used.ru_maxrss / 1024:.0f} MB, exit status {self.process.returncode}"
        )


def measure(folder: Path, notes: int) -> bool:
    """Prints all figures; whether no answer was asked for twice."""
    tables, started = folder / "tables", time.monotonic()
    patients = round(notes / (1 - (1 - FITTING) / len(FLAWS)))
    write_tables(tables, patients, fitting=FITTING, compressed=False)
    size = (tables / "note" / "discharge.csv").stat().st_size
    print(f"about {notes:,} notes, {size / 1e9:.2f} GB, written in {time.monotonic() - started:.0f} s, "
          f"by a process of {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")  # fmt: skip

    out = folder / "rules" / "cases.json"
    print(f"by rules: {Run(tables, out).end()}; {len(load_cases(out))} cases of {_read(out)} notes read")

    out = folder / "model" / "cases.json"
    kept = out.with_name("cases.answers.jsonl")
    more = ("--model", "vllm:reader", "--limit", str(VISITS))
    with running("--latency", "0.05") as address:
        run = Run(tables, out, *more, address=address)
        while _lines(kept) < VISITS * REQUESTS // 2 and run.process.poll() is None:
            time.sleep(0.02)
        run.process.send_signal(signal.SIGKILL)
        print(f"by a model of 0.05 s a request, killed: {run.end()}")
    there = _lines(kept)
    with running("--latency", "0.05") as address:
        print(f"the same again: {Run(tables, out, *more, address=address).end()}")
        asked = calls(address)["answered"]
    repeated = there + asked - _lines(kept)
    print(f"answers kept before the kill: {there:,}; asked for after it: {asked:,}; twice: {repeated:,}")
    return repeated == 0


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _read(out: Path) -> str:
    """How many notes were read, by the funnel."""
    lines = out.with_name("cases.funnel.csv").read_text().splitlines()
    return next(f"{int(line.split(',')[-2]):,}" for line in lines if line.startswith("past history"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--notes", type=int, default=300_000)
    parser.add_argument("--folder", type=Path, help="where the tables are written (default: the system's)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        sys.exit(0 if measure(Path(name), given.notes) else 1)
