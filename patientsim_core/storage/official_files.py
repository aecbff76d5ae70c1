"""Files of the published system: read as they are, with a list of what in them cannot be read."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from patientsim_core.errors import InputError
from patientsim_core.text import clean

SCALE = range(1, 5)
_MARK = r"\[\s*{0}\s*\]\s*[:=]?|\b{0}\s*[:=]"
_RESULT = re.compile(_MARK.format("RESULT"), re.IGNORECASE)
_REASON = re.compile(_MARK.format("REASON"), re.IGNORECASE)
_NUMBER = re.compile(r"[\s*_\"'`(\[<]*([+-]?\d{1,9}(?:\.\d{1,9})?)(?P<after>.{0,12})", re.DOTALL)
_UNSURE = re.compile(r"\s*(?:[-–—~]|to\b|or\b)\s*\d|\s*/\s*(?!4\b)\d|\d|\.\d", re.IGNORECASE)
"""What behind a number makes another of it: a range, or a part of something else than four."""


class Fault(NamedTuple):
    """What of a file cannot be read: where and why, never what stands there; that is `raw`."""

    file: str
    where: str
    why: str
    raw: str = ""


@dataclass
class Listing:
    """What is to be told of an import: what could not be read, and what is only to be known."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, file: str, where: str, why: str, raw: str = "") -> None:
        self.faults.append(Fault(file, where, why, raw))


class Rated(NamedTuple):
    """A score and the reason that a judge gave for it; without a score `why` says what is wrong."""

    score: float | None
    rationale: str = ""
    why: str = ""


def as_text(value: object) -> str:
    """An entry as it came: text as text, everything else as JSON."""
    if isinstance(value, str):
        return clean(value)
    try:
        return clean(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return "(nested too deeply)"


def known_id(value: object) -> str:
    """An hadm_id, which files have as text or as a number; empty for what is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = clean(str(value)).removesuffix(".0")
    return text if len(text) <= 80 and "\n" not in text else ""


def whole(value: object) -> int | None:
    """A whole number, which files have as one, as `4.0`, as `"4"` or as true."""
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d{1,9}(\.0+)?\s*", value):
        value = float(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return int(value) if isinstance(value, int) else None


def rated(entry: object) -> Rated:
    """The score of `[REASON]: …, [RESULT]: 3`, or of a bare number. Only 1 to 4 is a score."""
    if entry is None:
        return Rated(None, why="is null")
    if isinstance(entry, int | float) and not isinstance(entry, bool):
        return _on_scale(whole(entry))
    if not isinstance(entry, str):
        return Rated(None, why="is no text")
    text = clean(entry)
    marks = [*_RESULT.finditer(text)]
    rationale = _reason(text, marks[-1].span()) if marks else ""
    found = _NUMBER.match(text[marks[-1].end() :] if marks else text)
    if not found or (not marks and not re.fullmatch(r"[\s*_\"'`)\].>]*", found["after"])):
        return Rated(None, rationale, "has no result" if not marks else "has no number as its result")
    if _UNSURE.match(found["after"]):
        return Rated(None, rationale, "has no single number as its result")
    return _on_scale(whole(found[1]), rationale)


def _on_scale(score: int | None, rationale: str = "") -> Rated:
    if score in SCALE:
        return Rated(float(score), rationale)
    return Rated(None, rationale, "has a result outside the scale of 1 to 4")


def _reason(text: str, result: tuple[int, int]) -> str:
    """What is said for the score, before or behind it."""
    parts = [text[: result[0]], text[result[1] :]]
    found = next((part[mark.end() :] for part in parts if (mark := _REASON.search(part))), parts[0])
    return found.strip(" ,;\n")


def read_json(path: Path, name: str, listing: Listing) -> object:
    """What a JSON file holds; None, and a fault, where it cannot be read. Of a key that stands twice the last
    counts; that is a fault, too."""
    twice = []

    def pairs(found: list[tuple[str, object]]) -> dict:
        taken = dict(found)
        twice.extend(range(len(found) - len(taken)))
        return taken

    try:
        value = json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=pairs)
    except OSError as error:
        return listing.add(name, "", f"cannot be opened ({error.strerror})")
    except UnicodeDecodeError:
        return listing.add(name, "", "is not UTF-8 text")
    except json.JSONDecodeError as error:
        return listing.add(name, f"line {error.lineno}", "is not JSON, nothing of the file is read")
    except (ValueError, RecursionError):
        return listing.add(name, "", "is not JSON that can be read")
    if twice:
        listing.add(name, f"{len(twice)} keys", "stand twice in one object; the last of each is read")
    return value


def read_table(path: Path, name: str, listing: Listing) -> dict:
    """The object that a JSON file holds; an empty one, and a fault, where it holds something else."""
    before, value = len(listing.faults), read_json(path, name, listing)
    if isinstance(value, dict):
        return value
    if len(listing.faults) == before:
        listing.add(name, "", "is no JSON object")
    return {}


def read_rows(path: Path, name: str, listing: Listing) -> list[tuple[str, dict]]:
    """The objects of a file, each with its place: one a line, or a JSON list of them."""
    try:
        content = path.read_bytes()
    except OSError as error:
        listing.add(name, "", f"cannot be opened ({error.strerror})")
        return []
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        listed = read_json(path, name, listing)
        entries: Iterable = ((f"entry {n}", one) for n, one in enumerate(listed or [], 1))
    else:
        lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        entries = ((f"line {n}", _parsed(line)) for n, line in enumerate(lines, 1) if line.strip())
    rows = []
    for where, entry in entries:
        if isinstance(entry, dict):
            rows.append((where, entry))
        else:
            listing.add(name, where, "is no JSON object", as_text(entry))
    return rows


def _parsed(line: bytes) -> object:
    """The JSON of a line; what is none comes back as text."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return line.decode(errors="replace")


def digest(path: Path) -> str:
    """A hash of a file's content. Raises InputError where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from None
