"""Files of cases: this project's JSON, the release's folder or `patient_profile.json`, and tables."""

import json
import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from patientsim_core.case import Case
from patientsim_core.case_csv import parse_csv
from patientsim_core.case_rows import read_rows, shown
from patientsim_core.errors import InputError

MAX_BYTES = 50 * 1024 * 1024

RELEASE_FILE = "SHA256SUMS.txt"
"""What lies in the folder of every release of PhysioNet's."""

CASE_FILE = "patient_profile.json"
"""The release's file of cases."""

_DIGITS = 20
_TABLES = (".csv", ".tsv", ".txt")


def load_cases(path: str | Path, credentialed: bool = False) -> list[Case]:
    """All cases of a JSON file: this project's or the release's `patient_profile.json`. Of a folder, such as
    the release's download, it is the one file of this name in it, however deep.

    They count as credentialed if so marked here or in the file, by their numbers (`CREDENTIALED_IDS`), or
    by lying in a release (`is_release`). Raises InputError, naming every fault of the file at once; no case
    is returned then.
    """
    path = Path(path)
    path = _profiles(path) if path.is_dir() else path
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(f"{path}: {size / 2**20:.0f} MB is too large; a case file has at most 50 MB.")
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    cases = parse_cases(content, str(path))
    if credentialed or is_release(path.parent):
        cases = [case.model_copy(update={"provenance": "credentialed"}) for case in cases]
    return cases


def is_release(folder: Path) -> bool:
    """Whether a folder is, or lies in, a release of credentialed data."""
    return any((one / RELEASE_FILE).exists() for one in (folder.resolve(), *folder.resolve().parents))


def _profiles(folder: Path) -> Path:
    found = sorted(folder.rglob(CASE_FILE))
    if len(found) != 1:
        many = f"{len(found)} files called {CASE_FILE}; name one of them"
        raise InputError(f"{folder}: has {many if found else f'no {CASE_FILE}'}.")
    return found[0]


def read_cases(content: bytes, name: str) -> list[Case]:
    """The cases in a file that someone gives to be kept, JSON or CSV: by the ending of its name, else by how
    it begins.

    Raises InputError as `load_cases` does.
    """
    ending = Path(name).suffix.lower()
    if content.startswith(b"PK\x03\x04") or ending in (".xlsx", ".xls", ".ods", ".zip"):
        raise InputError(
            f"{name}: is a workbook or an archive. Save its sheet as `CSV UTF-8 (comma delimited)`."
        )
    begins = content[:100].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    is_json = ending == ".json" or (ending not in _TABLES and begins in (b"[", b"{"))
    if is_json:
        return parse_cases(content, name, to_keep=True)
    _check_size(content, name)
    return parse_csv(content, name)


def parse_cases(content: bytes, name: str, to_keep: bool = False) -> list[Case]:
    """The cases in the bytes of a JSON file; `name` stands for it in errors, `to_keep` as in `read_rows`."""
    _check_size(content, name)
    try:
        rows, repeated = _json(content.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not UTF-8 text; save it as JSON in UTF-8.") from error
    except json.JSONDecodeError as error:
        where = f"{error.msg.removesuffix(' at')}, character {error.colno}"
        raise InputError(f"{name}, line {error.lineno}: is not JSON ({where}).") from error
    except RecursionError as error:
        raise InputError(f"{name}: is nested too deeply; a case file must be a list of objects.") from error
    if not isinstance(rows, list) or not rows:
        raise InputError(f"{name}: must be a list of cases, [{{…}}, {{…}}], with at least one.")
    placed = ((f"case {number}", row) for number, row in enumerate(rows, 1))
    return read_rows(placed, name, faults=repeated, to_keep=to_keep)


def to_json(cases: Iterable[Case]) -> str:
    """Cases as a file that `load_cases` reads back as the same; what was never set is left out."""
    rows = [case.model_dump(mode="json", exclude_unset=True) for case in cases]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _check_size(content: bytes, name: str) -> None:
    if len(content) > MAX_BYTES:
        raise InputError(f"{name}: is too large; a case file has at most 50 MB.")


def _json(text: str, name: str) -> tuple[object, list[str]]:
    """What a JSON text holds, and a fault for each key that stands twice in one object. Raises InputError for
    numbers that JSON does not have or that are beyond all measure."""
    repeated = []

    def whole(pairs: list[tuple[str, object]]) -> dict:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            at = f"hadm_id {shown(found['hadm_id'])}" if "hadm_id" in found else "an object"
            repeated.extend(
                f"{at}, field {shown(key)}: stands {n} times; keep one." for key, n in counts.items() if n > 1
            )
        return found

    def integer(digits: str) -> int:
        if len(digits) > _DIGITS:
            raise InputError(f"{name}: has a number of {len(digits)} digits; write ids as text, in quotes.")
        return int(digits)

    def decimal(digits: str) -> float:
        if not math.isfinite(float(digits)):
            raise InputError(f"{name}: has a number that is too large, {shown(digits)}; write it as text.")
        return float(digits)

    def constant(word: str) -> None:
        raise InputError(f"{name}: has {word} as a number, which JSON does not know; write null for unknown.")

    hooks = {"parse_int": integer, "parse_float": decimal, "parse_constant": constant}
    return json.loads(text, object_pairs_hook=whole, **hooks), repeated
