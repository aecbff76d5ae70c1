"""The index of a run: a row for each dialogue, with where it and its verdicts stand in the run's files.

It is made from the files, which alone are the truth, and kept beside them as index.parquet. What was written
since is read from there on: dialogues that are new or newly judged get new rows. Anything that does not fit
(another version, files that were replaced) has it made anew.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from threading import Lock

import pandas as pd
from pyarrow import ArrowException
from pydantic import ValidationError

from patientsim_core.dialogue import Dialogue
from patientsim_core.errors import InputError
from patientsim_core.evaluation.verdict import Verdict
from patientsim_core.storage.files import Log
from patientsim_core.storage.index_rows import row_of
from patientsim_core.storage.runs import Run

INDEX = "index.parquet"
_VERSION = 1
_FIRST = b'{"dialogue_id":"'
_AT_ONCE = 500
"""So many rows are made before they become columns, which take less memory."""
_lock = Lock()

Told = Callable[[float], None]


def read_index(run: Run, told: Told | None = None) -> pd.DataFrame:
    """A row for each dialogue of a run that has finished or failed, as of now; `told` hears of progress, 0 to
    1. Besides the columns of `index_rows.row_of`: `failed`, and `at`, `verdicts_at` and `verdicts_bytes`,
    which say where it stands. Raises InputError that names the file and line which cannot be read.
    """
    with _lock:
        kept = _kept(run)
        read = dict(kept.attrs["read"])
        now = {log.path.name: log.whole_bytes() for log in run.logs}
        if all(read[name]["bytes"] == whole for name, whole in now.items()):
            return kept
        index = _brought_up(run, kept, read, told or (lambda share: None))
        index.attrs["read"] = {
            "version": _VERSION,
            "begun": _begun(run),
            **{
                log.path.name: {"bytes": now[log.path.name], "end": _end(log, now[log.path.name])}
                for log in run.logs
            },
        }
        _keep(run.folder / INDEX, index)
        return index


def with_verdicts(run: Run, index: pd.DataFrame, more: Mapping[str, Sequence[Verdict]]) -> pd.DataFrame:
    """The index with further verdicts by dialogue that stand elsewhere, as clinicians' ratings do. What is
    kept beside the run stays without them."""
    if index.empty or not (touched := index["id"].isin(more) & ~index["failed"]).any():
        return index
    todo = [
        (run.logs[0], row.at, [*zip(row.verdicts_at, row.verdicts_bytes, strict=True)], False, more[row.id])
        for row in index[touched].itertuples()
    ]
    return _joined([index[~touched], *_frames(run, todo, lambda share: None)])


def dialogue_at(run: Run, row: Mapping) -> Dialogue:
    """The dialogue of a row."""
    return run.read_dialogue(int(row["at"]), failed=bool(row["failed"]))


def verdicts_at(run: Run, row: Mapping) -> list[Verdict]:
    """All verdicts on the dialogue of a row."""
    return _verdicts(run.verdict_log, zip(row["verdicts_at"], row["verdicts_bytes"], strict=True))


def _brought_up(run: Run, kept: pd.DataFrame, read: Mapping, told: Told) -> pd.DataFrame:
    """The kept rows with those that are new, or have new verdicts, made anew."""
    finished, failures, verdicts = run.logs
    places = {} if kept.empty else {row.id: row for row in kept[~kept["failed"]].itertuples()}
    at = {id: row.at for id, row in places.items()}
    parts = {id: [*zip(row.verdicts_at, row.verdicts_bytes, strict=True)] for id, row in places.items()}
    fresh: dict[str, None] = {}
    for offset, id in _ids(finished, read[finished.path.name]["bytes"]):
        at[id] = offset
        fresh[id] = None
    for id in _new_parts(verdicts, read[verdicts.path.name]["bytes"], parts):
        fresh[id] = None
    todo = [(finished, at[id], parts.get(id, []), False) for id in fresh if id in at]
    lost = {id: offset for offset, id in _ids(failures) if id not in at}
    todo += [(failures, offset, [], True) for offset in lost.values()]
    old = kept if kept.empty else kept[~kept["failed"] & ~kept["id"].isin(fresh)]
    return _joined([old, *_frames(run, todo, told)])


def _ids(log: Log, start: int = 0) -> Iterator[tuple[int, str]]:
    """The offset and the id of each line of dialogues."""
    for offset, line in log.objects(start):
        if not isinstance(line.get("id"), str):
            raise InputError(f"{log.path}: a dialogue has no id.")
        yield offset, line["id"]


def _frames(run: Run, todo: list[tuple], told: Told) -> Iterator[pd.DataFrame]:
    rows = (_row(run, *one) for one in todo)
    done = 0
    while some := [*islice(rows, _AT_ONCE)]:
        yield pd.DataFrame.from_records(some)
        done += len(some)
        told(done / len(todo))


def _row(
    run: Run,
    log: Log,
    offset: int,
    parts: list[tuple[int, int]],
    failed: bool,
    more: Sequence[Verdict] = (),
) -> dict[str, object]:
    line = log.parse(log.at(offset), offset)
    try:
        row = row_of(line, run.cases[line["case"]], [*_verdicts(run.verdict_log, parts), *more])
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{log.path}: dialogue {str(line.get('id'))[:80]} cannot be read ({error!r})."
        ) from None
    where = {"verdicts_at": [start for start, _ in parts], "verdicts_bytes": [size for _, size in parts]}
    return {**row, "failed": failed, "at": offset, **where}


def _new_parts(log: Log, start: int, parts: dict[str, list[tuple[int, int]]]) -> Iterable[str]:
    """Adds to the parts of the verdicts' file that belong to each dialogue; the dialogues that have more."""
    touched: dict[str, None] = {}
    for offset, line in log.lines(start):
        id = _dialogue_of(log, line, offset)
        own = parts.setdefault(id, [])
        if own and sum(own[-1]) == offset:
            own[-1] = (own[-1][0], own[-1][1] + len(line))
        else:
            own.append((offset, len(line)))
        touched[id] = None
    return touched


def _dialogue_of(log: Log, line: bytes, offset: int) -> str:
    """The dialogue that a verdict is about; without parsing the line, if it is written as usual."""
    if line.startswith(_FIRST):
        id = line[len(_FIRST) : line.index(b'"', len(_FIRST))]
        if b"\\" not in id:
            return id.decode()
    return str(log.parse(line, offset).get("dialogue_id"))


def _verdicts(log: Log, parts: Iterable[tuple[int, int]]) -> list[Verdict]:
    found = []
    for start, size in parts:
        for line in log.piece(int(start), int(size)).splitlines():
            try:
                found.append(Verdict.model_validate_json(line))
            except ValidationError as error:
                fields = ", ".join(str(fault["loc"][0]) for fault in error.errors() if fault["loc"])
                raise InputError(f"{log.path}: a verdict cannot be read ({fields or 'no JSON'}).") from None
    return found


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    frames = [frame for frame in frames if not frame.empty]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _kept(run: Run) -> pd.DataFrame:
    """What was kept and still fits, else nothing."""
    nothing = pd.DataFrame()
    nothing.attrs["read"] = {log.path.name: {"bytes": 0} for log in run.logs}
    try:
        kept = pd.read_parquet(run.folder / INDEX)
    except (OSError, ArrowException, ValueError):  # none, or a part of one
        return nothing
    read = kept.attrs.get("read") or {}
    if read.get("version") != _VERSION or read.get("begun") != _begun(run):
        return nothing
    fits = all(_end(log, read[log.path.name]["bytes"]) == read[log.path.name]["end"] for log in run.logs)
    return kept if fits else nothing


def _begun(run: Run) -> str:
    """What tells this run from another one in the same place. Its cases may become more."""
    return f"{run.about.created.isoformat()} {run.about.words}"


def _end(log: Log, size: int) -> str:
    """A hash of the last bytes before an offset: another file would have others there."""
    start = max(0, size - 4_096)
    try:
        return hashlib.sha256(log.piece(start, size - start)).hexdigest()[:16]
    except FileNotFoundError:
        return ""


def _keep(path: Path, index: pd.DataFrame) -> None:
    """Replaces the file at once. Where it cannot be written, as in a folder that is not ours, it is made
    again each time."""
    new = path.with_name(f".{path.name}.new")
    try:
        index.to_parquet(new, index=False)
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
