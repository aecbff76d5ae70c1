"""What a browser sends, the files of a folder or one zip, written into a folder of this machine.

Nothing that comes with it is trusted: neither its paths nor the sizes that a zip claims.
"""

import errno
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from lzma import LZMAError
from pathlib import Path
from stat import S_ISLNK
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from patientsim_core.errors import InputError, StorageError
from patientsim_core.text import clean

MOST_FILES = 10_000
MOST_BYTES = 2 * 2**30
MOST_DEEP = 32
"""So many folders may lie in each other."""

_PIECE = 2**20
_ENCRYPTED = 0x1
_SETTINGS = (".hydra", "config.yaml")
"""The one hidden file that belongs to a result."""

# What reading a zip raised with bytes of it changed at random
_DAMAGE = (
    BadZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    IndexError,  # a file without a name
    NotImplementedError,  # a way of packing that Python does not know
    ValueError,
)


def is_zip(files: Sequence[tuple[str, BinaryIO]]) -> bool:
    return len(files) == 1 and files[0][0].lower().endswith(".zip")


def unpack(files: Sequence[tuple[str, BinaryIO]], into: Path) -> Path:
    """Writes uploaded files (path in the upload, content) or what is in the one zip into a new folder;
    returns the innermost folder that has all of them. Hidden files are left out. Raises InputError for what
    is not safe to write, too much, damaged or empty, StorageError where it cannot be written."""
    label = clean(files[0][0])[:80] if is_zip(files) else "The upload"
    try:
        count = _unzip(files[0][1], label, into) if is_zip(files) else _write(_sent(files), label, into)
    except OSError as error:
        raise StorageError(f"{label}: cannot be unpacked ({error.strerror}).") from error
    if not count:
        raise InputError(f"{label}: holds no file. Give the folder of a run or of results, or a zip of it.")
    return _innermost(into)


def _sent(files: Sequence[tuple[str, BinaryIO]]) -> Iterator[tuple[str, BinaryIO]]:
    for path, content in files:
        content.seek(0)  # it may have been read before
        yield path, content


def _unzip(file: BinaryIO, label: str, into: Path) -> int:
    damaged = InputError(f"{label}: is no zip that can be read. It may be damaged; make it anew.")
    try:
        with ZipFile(file) as whole:
            return _write(_entries(whole, label), label, into)
    except _DAMAGE:
        raise damaged from None
    except OSError as error:
        if error.errno in (None, errno.EINVAL):  # of bzip2, and of places before the file's start
            raise damaged from None
        raise


def _entries(whole: ZipFile, label: str) -> Iterator[tuple[str, BinaryIO]]:
    """The files of a zip. Raises InputError for one that is encrypted or a link."""
    for entry in whole.infolist():
        if entry.is_dir() or not _is_wanted(_parts(entry.filename, label)):
            continue
        if entry.flag_bits & _ENCRYPTED:
            raise InputError(f"{label}: is encrypted. Make a zip without a password.")
        if S_ISLNK(entry.external_attr >> 16):
            raise InputError(f"{label}: holds a link, {_shown(entry.filename)}. Put the file itself there.")
        with whole.open(entry) as content:
            yield entry.filename, content


def _write(entries: Iterable[tuple[str, BinaryIO]], label: str, into: Path) -> int:
    """Writes the files that are wanted, as long as they are not too much; how many there are."""
    count = size = 0
    for path, content in entries:
        parts = _parts(path, label)
        if not _is_wanted(parts):
            continue
        count += 1
        if count > MOST_FILES:
            raise InputError(f"{label}: holds more than {MOST_FILES:,} files. Give one folder of results.")
        with _new(into.joinpath(*parts), path, label) as kept:
            while piece := content.read(_PIECE):
                size += len(piece)
                if size > MOST_BYTES:
                    most = f"{MOST_BYTES / 2**30:g} GB"
                    raise InputError(f"{label}: has more than {most} unpacked. Point to its folder instead.")
                kept.write(piece)
    return count


def _new(target: Path, path: str, label: str) -> BinaryIO:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return target.open("xb")
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"{label}: holds {_shown(path)} twice.") from None


def _parts(path: str, label: str) -> list[str]:
    """A path in an upload as folders and a name. Raises InputError for one that could lead elsewhere."""
    plain = path.replace("\\", "/")  # as some programs on Windows write it
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    absolute = plain.startswith("/") or re.match("[A-Za-z]:", plain)
    if absolute or not parts or ".." in parts or "\0" in plain:
        raise InputError(f"{label}: holds the path {_shown(path)}, which leads out of it.")
    if len(parts) > MOST_DEEP:
        raise InputError(f"{label}: holds folders in each other, more than {MOST_DEEP} deep.")
    return parts


def _is_wanted(parts: Sequence[str]) -> bool:
    """Whether a file is neither hidden nor what macOS puts beside the files of a zip."""
    seen = parts[:-2] if tuple(parts[-2:]) == _SETTINGS else parts
    return not any(part.startswith(".") or part == "__MACOSX" for part in seen)


def _shown(path: str) -> str:
    return repr(clean(path)[:80])


def _innermost(folder: Path) -> Path:
    """Past folders that hold one folder and nothing else."""
    here = list(folder.iterdir())
    if len(here) == 1 and here[0].is_dir():
        return _innermost(here[0])
    return folder
