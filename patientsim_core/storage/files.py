"""Files that survive a kill: whole ones are replaced at once, logs grow by whole lines."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from patientsim_core.errors import InputError, StorageError


def write_whole(path: Path, text: str) -> None:
    """Replaces a file at once: readers see the old content or the new, never a part."""
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error.strerror}).") from error


@contextmanager
def locked(what: Path, lock: Path) -> Iterator[None]:
    """Keeps other processes from writing `what`, by a file beside or in it. Raises InputError where one does
    already, or nothing can be written there."""
    held = FileLock(lock, timeout=0)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held.acquire()
    except Timeout:
        raise InputError(
            f"{what}: another command is writing here. Wait for it, or choose another name."
        ) from None
    except OSError as error:
        raise InputError(f"{what}: cannot be written ({error.strerror}).") from None
    try:
        yield
    finally:
        held.release()


class Log:
    """A file of JSON objects, one a line, that only grows. A last line without its end is torn: it was not
    written to the end, and does not count."""

    def __init__(self, path: Path):
        self.path = path

    def append(self, line: str) -> None:
        """Adds a line, which is on disk when this returns. Raises StorageError where it cannot be."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StorageError(f"{self.path}: cannot be written ({error.strerror}).") from error

    def mend(self) -> None:
        """Cuts a torn last line off, so that the next one does not run into it."""
        whole = self.whole_bytes()
        try:
            if self.path.exists() and whole < self.path.stat().st_size:
                with self.path.open("r+b") as file:
                    file.truncate(whole)
        except OSError as error:
            raise StorageError(f"{self.path}: cannot be written ({error.strerror}).") from error

    def whole_bytes(self) -> int:
        """How much of the file is whole lines."""
        try:
            with self.path.open("rb") as file:
                end = file.seek(0, os.SEEK_END)
                while end > 0:
                    start = max(0, end - 65_536)
                    file.seek(start)
                    newline = file.read(end - start).rfind(b"\n")
                    if newline >= 0:
                        return start + newline + 1
                    end = start
        except FileNotFoundError:
            pass
        except OSError as error:
            raise StorageError(f"{self.path}: cannot be read ({error.strerror}).") from error
        return 0

    def lines(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Each whole line from an offset on, with the offset where it begins."""
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                for line in file:
                    if line.endswith(b"\n"):
                        yield start, line
                    start += len(line)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StorageError(f"{self.path}: cannot be read ({error.strerror}).") from error

    def count(self) -> int:
        """How many whole lines there are."""
        return sum(1 for _ in self.lines())

    def objects(self, start: int = 0) -> Iterator[tuple[int, dict]]:
        """The same as objects. Raises InputError that names the line which is none."""
        for offset, line in self.lines(start):
            yield offset, self.parse(line, offset)

    def parse(self, line: bytes, offset: int) -> dict:
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise InputError(f"{self.path}, line {self._number(offset)}: is not a JSON object.")
        return found

    def at(self, offset: int) -> bytes:
        """The line that begins at an offset."""
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.readline()

    def piece(self, offset: int, size: int) -> bytes:
        """So many bytes from an offset on, or as many as there are."""
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def _number(self, offset: int) -> int:
        with self.path.open("rb") as file:
            return 1 + file.read(offset).count(b"\n")
