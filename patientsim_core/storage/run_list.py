"""The runs in a folder, each in a few words; a run that cannot be read says why."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from patientsim_core.errors import PatientSimError
from patientsim_core.storage.files import Log
from patientsim_core.storage.runs import DIALOGUES, read_about


class RunSummary(NamedTuple):
    """A run: how many dialogues were planned and are there. `fault` says why it cannot be read."""

    folder: Path
    created: datetime | None = None
    patient: str = ""
    doctor: str = ""
    planned: int = 0
    finished: int = 0
    fault: str = ""


def list_runs(folder: Path, most: int = 200) -> list[RunSummary]:
    """The runs of a folder, the newest first."""
    found = [one for one in folder.iterdir() if (one / "run.json").exists()] if folder.is_dir() else []
    newest = sorted(found, key=lambda one: (one / "run.json").stat().st_mtime, reverse=True)
    return [_summary(one) for one in newest[:most]]


def _summary(folder: Path) -> RunSummary:
    try:
        about = read_about(folder)
        done, by = Log(folder / DIALOGUES).count(), about.parameters
        return RunSummary(folder, about.created, by.patient, by.doctor, len(about.planned), done)
    except PatientSimError as error:
        return RunSummary(folder, fault=str(error))
