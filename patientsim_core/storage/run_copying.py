"""A run's folder copied beside other runs: read to its last line first, and in its place only when whole."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from patientsim_core.case_file import is_release
from patientsim_core.errors import InputError, StorageError
from patientsim_core.evaluation.verdict import Verdict
from patientsim_core.storage.files import Log
from patientsim_core.storage.index import read_index
from patientsim_core.storage.official import UNREAD
from patientsim_core.storage.runs import DIALOGUES, FAILURES, VERDICTS, Run, open_run

ABOUT, CASES = "run.json", "cases.json"
FILES = (VERDICTS, FAILURES, DIALOGUES, UNREAD, CASES, ABOUT)
"""What belongs to a run, in the order in which it is copied: what is named comes after what names it, so that
the copy of a run that goes on meanwhile has no verdict without its dialogue."""

_PIECE = 2**20


@contextmanager
def beside(runs: Path) -> Iterator[Path]:
    """A place for a new run among others, hidden from them; gone afterwards, unless it was settled."""
    try:
        runs.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".bring-", dir=runs) as made:
            yield Path(made) / "run"  # one below, which others than this user may read, too
    except OSError as error:
        where = error.filename or runs
        raise StorageError(f"{where}: cannot be read or written ({error.strerror}).") from error


def copy_run(home: Path, new: Path) -> list[str]:
    """Copies what belongs to a run, without torn last lines; which of its files had one. Raises InputError
    that names the file and line which cannot be read."""
    open_run(home)
    new.mkdir()
    for name in FILES:
        if (home / name).is_file():
            with (home / name).open("rb") as old, (new / name).open("wb") as kept:
                shutil.copyfileobj(old, kept)
                kept.flush()
                os.fsync(kept.fileno())
    if is_release(home):
        _mark_credentialed(new / CASES)
    run, torn = open_run(new), []
    for log in run.logs:
        if log.path.exists() and log.whole_bytes() < log.path.stat().st_size:
            log.mend()
            torn.append(f"{home / log.path.name}: its last line was not written to the end and is left out.")
    _check(run, home)
    return torn


def settle(new: Path, runs: Path, wanted: str) -> tuple[str, bool]:
    """Puts a run in its place under the wanted name, or NAME-2 and so on where that is another run's; the
    name, and False where everything of the run was there already."""
    for number in count(1):
        suffix = f"-{number}" if number > 1 else ""
        name = wanted[: 80 - len(suffix)] + suffix
        there = runs / name
        if not there.exists():
            try:
                new.rename(there)
                return name, True
            except OSError:
                if not there.exists():  # else somebody else was faster
                    raise
        if _has_all(there, new):
            return name, False


def _mark_credentialed(path: Path) -> None:
    """Cases out of a release stay credentialed where nothing beside them says so any more."""
    rows = json.loads(path.read_text(encoding="utf-8-sig"))
    marked = [{**row, "provenance": "credentialed"} for row in rows]
    path.write_text(json.dumps(marked, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _check(run: Run, home: Path) -> None:
    """Reads every line of a run, and all of them together as the pages do. Raises InputError that names the
    file as it is called at home."""
    for log in run.logs:
        for number, (offset, line) in enumerate(log.lines(), 1):
            if fault := _fault(run, log, offset, line):
                where = f", line {number}: "
                fault = fault.removeprefix(f"{log.path}{where}")
                raise InputError(f"{home / log.path.name}{where}{fault}")
    try:
        read_index(run)
    except InputError as error:
        raise InputError(str(error).replace(str(run.folder), str(home))) from None


def _fault(run: Run, log: Log, offset: int, line: bytes) -> str:
    """Why a line is not what its file should have; nothing if it is."""
    try:
        found = log.parse(line, offset)
        if log is run.verdict_log:
            Verdict.model_validate_json(line)
        elif not isinstance(found.get("id"), str):
            return "is a dialogue without an id."
        else:
            run.read_dialogue(offset, failed=log.path.name == FAILURES)
    except InputError as error:
        return str(error)
    except ValidationError as error:
        fields = ", ".join(str(fault["loc"][0]) for fault in error.errors() if fault["loc"])
        return f"is no verdict that can be read ({fields or 'no JSON'})."
    except RecursionError:
        return "is nested too deeply."
    return ""


def _has_all(there: Path, new: Path) -> bool:
    """Whether a folder holds a run, and all that is in it. It may have been judged, or gone on, since."""
    logs = (VERDICTS, FAILURES, DIALOGUES)
    return _described(there) == _described(new) and all(_begins_with(there / x, new / x) for x in logs)


def _described(folder: Path) -> tuple[object, object] | None:
    """What tells a run from others, for which the time of an import does not count; None for what is none."""
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if about.get("imported"):
            del about["created"]
        return about, json.loads((folder / CASES).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, AttributeError, KeyError):
        return None


def _begins_with(path: Path, other: Path) -> bool:
    """Whether a file begins with all of another one; one that is not there is empty."""
    if not other.exists():
        return True
    if not path.exists():
        return not other.stat().st_size
    with path.open("rb") as file, other.open("rb") as start:
        while piece := start.read(_PIECE):
            if file.read(len(piece)) != piece:
                return False
    return True
