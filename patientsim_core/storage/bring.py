"""Results from elsewhere become runs in the runs' folder: runs of this project, and results of the published
system, from a folder of this machine or from an upload."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, NamedTuple

from patientsim_core.errors import InputError, PatientSimError
from patientsim_core.playing import folder_of
from patientsim_core.storage.official import NoResults
from patientsim_core.storage.official_import import listed, many, read_folder
from patientsim_core.storage.run_copying import ABOUT, beside, copy_run, settle
from patientsim_core.storage.runs import Run, open_run
from patientsim_core.storage.upload import is_zip, unpack

MOST_FOLDERS = 10_000
NO_RECORDS = "have no file of cases (patient_profile.json in the folder)"


class Brought(NamedTuple):
    """The names of the runs that are there now, and what is to be told, a line each: how much there is, what
    was there already, and what could not be read or is no run."""

    names: list[str]
    notes: list[str]


def bring_folder(folder: Path, runs: Path, name: str = "") -> Brought:
    """Copies every run and every set of results in a folder, however deep, into the runs' folder, under its
    own name or one that is given. Raises InputError where there is none that can be read, or the folder or
    the name is none; StorageError where it cannot be written."""
    name = folder_of(name).name if name.strip() else ""
    folder = _there(folder, runs)
    homes = _homes(folder, runs)
    brought, refused = Brought([], []), []
    for home in homes:
        wanted = f"{name}.{home.name}" if name and len(homes) > 1 else name or home.name
        with _noted(refused):
            _bring_run(home, runs, fitting(wanted), brought)
    try:
        with _noted(refused):
            _bring_results(folder, runs, name, brought)
    except NoResults:
        if not homes:
            raise InputError(
                f"{folder}: is neither a run of this project (no {ABOUT}) nor a result folder of the "
                "published system (holds no dialogues, such as outputs/dialogue.jsonl)."
            ) from None
    if not brought.names:
        raise InputError("\n".join(refused))
    brought.notes.extend(refused)
    return brought


def bring_upload(files: Sequence[tuple[str, BinaryIO]], runs: Path, name: str = "") -> Brought:
    """The same with what a browser sent: files, each with its path in the upload, or one zip. Raises
    InputError, too, for an upload that cannot be unpacked safely."""
    title = Path(files[0][0]).stem if is_zip(files) else "upload"
    with TemporaryDirectory(prefix="patientsim-") as made:
        base = Path(made).resolve()
        try:
            brought = bring_folder(unpack(files, base / fitting(title)), runs, name)
        except PatientSimError as error:
            raise type(error)(_within(base, str(error))) from None
        return Brought(brought.names, [_within(base, note) for note in brought.notes])


def fitting(text: str) -> str:
    """A name that a run may have (`folder_of`), as like a text as can be."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-.")[:80] or "run"


def _within(base: Path, text: str) -> str:
    """A text without the folder in which an upload lies for a moment: nobody knows it."""
    return text.replace(f"{base}{os.sep}", "")


@contextmanager
def _noted(refused: list[str]) -> Iterator[None]:
    """Of several in a folder those that can be read are brought, and of the others the reason is kept."""
    try:
        yield
    except NoResults:
        raise
    except InputError as error:
        refused.append(str(error))


def _there(folder: Path, runs: Path) -> Path:
    """The folder that is meant. Raises InputError where there is none, or its runs are in the list."""
    if folder == Path():
        raise InputError("No folder is named. Give the path of a run or of a result folder.")
    try:
        found = folder.expanduser().resolve()
        is_folder = found.is_dir()
    except (OSError, RuntimeError, ValueError):  # may not be looked at; no such user; no path at all
        is_folder = False
    if not is_folder:
        raise InputError(f"{folder}: is no folder on this machine. Check the path, or upload what you have.")
    if found.is_relative_to(runs.resolve()):
        raise InputError(f"{folder}: is in the list already; it is where runs are kept.")
    return found


def _homes(folder: Path, runs: Path) -> list[Path]:
    """The folders of runs in a folder, without hidden ones and those that are in the list. Raises InputError
    where there is too much to look through."""
    homes, known = [], runs.resolve()
    for number, (path, folders, files) in enumerate(os.walk(folder), 1):
        if number > MOST_FOLDERS:
            raise InputError(f"{folder}: holds more than {MOST_FOLDERS:,} folders. Give that of the results.")
        home = Path(path)
        if ABOUT in files:
            homes.append(home)
            folders.clear()
        folders[:] = sorted(one for one in folders if not one.startswith(".") and home / one != known)
    return homes


def _bring_run(home: Path, runs: Path, wanted: str, brought: Brought) -> None:
    with beside(runs) as new:
        torn = copy_run(home, new)
        name, is_new = settle(new, runs, wanted)
    _take(brought, runs, wanted, name, is_new)
    if is_new:
        brought.notes.extend([_counted(open_run(runs / name)), *torn])


def _bring_results(folder: Path, runs: Path, name: str, brought: Brought) -> None:
    found = read_folder(folder)
    several = len(found.sets) > 1
    bare = "are not in the file of cases" if found.has_cases else NO_RECORDS
    brought.notes.extend(found.listing.notes)
    for one in found.sets:
        called = name or (folder if several else one.source.home).name
        wanted, out = fitting(f"{called}.{one.source.name}" if several else called), runs
        new = (0, 0)
        if one.found:
            with beside(runs) as fresh:
                kept = one.keep(fresh)
                settled, is_new = settle(fresh, runs, wanted)
            _take(brought, runs, wanted, settled, is_new)
            out, new = runs / settled, kept if is_new else (0, 0)
        brought.notes.extend(one.told(out, new, bare))
    brought.notes.extend(listed(found.listing.faults))


def _take(brought: Brought, runs: Path, wanted: str, name: str, is_new: bool) -> None:
    """Notes under which name a run is there now."""
    if name not in brought.names:
        brought.names.append(name)
    if not is_new:
        brought.notes.append(f"{runs / name}: is there already, with all of this; nothing was copied.")
    elif name != wanted:
        brought.notes.append(f"{wanted}: is the name of another run here; this one is {name}.")


def _counted(run: Run) -> str:
    finished, _, verdicts = (log.count() for log in run.logs)
    failed = f"{many(len(run.failures()), 'failure')} and {many(verdicts, 'verdict')}"
    return f"{run.folder}: {many(finished, 'dialogue')}, {failed}."
