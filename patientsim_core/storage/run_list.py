"""The runs in a folder, each in a few words; a run that cannot be read says why."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from patientsim_core.errors import InputError, PatientSimError
from patientsim_core.storage.files import Log
from patientsim_core.storage.runs import DIALOGUES, read_about

SAMPLES = Path(__file__).parents[2] / "data_samples" / "runs"
"""Runs that come with the project."""


class RunSummary(NamedTuple):
    """A run: how many dialogues were planned and are there. `play_as` is the persona that all patients of a
    control were played as, for people; `fault` says why a run cannot be read."""

    folder: Path
    created: datetime | None = None
    patient: str = ""
    doctor: str = ""
    planned: int = 0
    finished: int = 0
    play_as: str = ""
    fault: str = ""


def list_runs(folder: Path, most: int = 200) -> list[RunSummary]:
    """The runs of a folder, the newest first."""
    found = [one for one in folder.iterdir() if (one / "run.json").exists()] if folder.is_dir() else []
    newest = sorted(found, key=lambda one: (one / "run.json").stat().st_mtime, reverse=True)
    return [_summary(one) for one in newest[:most]]


def named_runs(folder: Path) -> dict[str, RunSummary]:
    """The runs of a folder by name, then those that come with the project, unless one has the same name."""
    found = {one.folder.name: one for one in list_runs(folder)}
    samples = sorted(list_runs(SAMPLES), key=lambda one: one.folder.name)
    return found | {one.folder.name: one for one in samples if one.folder.name not in found}


def folder_named(folder: Path, name: str) -> Path:
    """Where the run of a name is, as in `named_runs`, however many there are. The name is looked up and made
    no path, so whatever is in it, it leads nowhere else. Raises InputError where there is none."""
    for place in (folder, SAMPLES):
        names = {one.name for one in place.iterdir()} if place.is_dir() else ()
        if name in names and (place / name / "run.json").exists():
            return place / name
    raise InputError(f"There is no run {name[:80]!r} (any more).")


def told(run: RunSummary) -> str:
    """A run in one line: `111 of 111 dialogues · patient offline · doctor offline`."""
    if run.fault:
        return run.fault
    parts = [
        f"{run.finished:,} of {run.planned:,} dialogues",
        f"patient {run.patient}",
        f"doctor {run.doctor}",
    ]
    return " · ".join(parts + ([f"all played as {run.play_as}"] if run.play_as else []))


def _summary(folder: Path) -> RunSummary:
    about, dialogues = folder / "run.json", folder / DIALOGUES
    state = about.stat()
    size = dialogues.stat().st_size if dialogues.exists() else 0
    return _read(folder, state.st_mtime_ns, state.st_size, size)


@lru_cache(maxsize=1_000)
def _read(folder: Path, *state: int) -> RunSummary:
    """What a run's files say; the same as long as they do not change."""
    try:
        about = read_about(folder)
        by, done = about.parameters, Log(folder / DIALOGUES).count()
        control = by.play_as.label if by.play_as else ""
        return RunSummary(folder, about.created, by.patient, by.doctor, len(about.planned), done, control)
    except PatientSimError as error:
        return RunSummary(folder, fault=str(error))
