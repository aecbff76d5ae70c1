"""Files of cases: this project's JSON, and the release's `patient_profile.json` or the folder it lies in."""

import json
from collections import Counter
from pathlib import Path

from pydantic import ValidationError
from rapidfuzz import fuzz, process

from patientsim_core.case import Case
from patientsim_core.errors import InputError
from patientsim_core.persona import Cefr, Dazed, Personality, Recall
from patientsim_core.words import LISTS

MAX_BYTES = 50 * 1024 * 1024
CREDENTIALED_IDS = range(20_000_000, 30_000_000)
"""hadm_id of MIMIC-IV: a case with such an id counts as credentialed."""

RELEASE_FILE = "SHA256SUMS.txt"
"""What lies in the folder of every release of PhysioNet's."""

CASE_FILE = "patient_profile.json"
"""The release's file of cases."""


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


def parse_cases(content: bytes, name: str) -> list[Case]:
    """The cases in the bytes of a JSON file; `name` stands for it in errors."""
    if len(content) > MAX_BYTES:
        raise InputError(f"{name}: is too large; a case file has at most 50 MB.")
    try:
        rows = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not UTF-8 text; save it as JSON in UTF-8.") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{name}, line {error.lineno}: is not JSON ({error.msg}).") from error
    except RecursionError as error:
        raise InputError(f"{name}: is nested too deeply; a case file is a list of objects.") from error
    if not isinstance(rows, list) or not rows:
        raise InputError(f"{name}: must be a list of cases, [{{…}}, {{…}}], with at least one.")
    cases, faults = [], []
    for number, row in enumerate(rows, 1):
        case, found = _read(row)
        where = f"case {number}"
        if isinstance(row, dict) and isinstance(row.get("hadm_id"), str | int):
            where += f" (hadm_id {str(row['hadm_id'])[:40]})"
        faults += [f"{where}, {fault}" for fault in found]
        cases.append(case)
    ids = Counter(case.hadm_id for case in cases if case)
    faults += [f"hadm_id {id}: stands {n} times; each case needs its own." for id, n in ids.items() if n > 1]
    if faults:
        raise InputError(f"{name}: {len(faults)} fault(s), nothing was loaded.\n" + "\n".join(faults))
    return cases


def _read(row: object) -> tuple[Case | None, list[str]]:
    """A case, or what is wrong with it."""
    if not isinstance(row, dict):
        return None, ["must be an object with the record's items."]
    try:
        case = Case.model_validate(row)
    except ValidationError as error:
        faults = [f"field {fault['loc'][0]}: {_allowed(fault)}" for fault in error.errors()]
        return None, list(dict.fromkeys(faults))
    faults = [
        f"field {key[:40]}: is not an item; did you mean {near}?" for key in row if (near := _misspelt(key))
    ]
    if case.hadm_id.isdecimal() and int(case.hadm_id) in CREDENTIALED_IDS:
        case = case.model_copy(update={"provenance": "credentialed"})
    return case, faults


def _misspelt(key: str) -> str | None:
    """The field that an unknown key nearly spells; None for known keys and for strange ones."""
    if key in Case.model_fields:
        return None
    near = process.extractOne(key, list(Case.model_fields), scorer=fuzz.ratio, score_cutoff=85)
    return near[0] if near else None


def _allowed(fault: dict) -> str:
    """What pydantic found wrong, as what is allowed; never the record's content."""
    field = str(fault["loc"][0])
    rules = {
        "age": "must be a whole number from 0 to 120.",
        "pain": "must be a number from 0 to 10, or null where unknown.",
        "provenance": "must be synthetic, credentialed or unknown.",
    }
    levels = {"personality": Personality, "cefr": Cefr, "recall_level": Recall, "dazed_level": Dazed}
    if field in levels:
        return f"must be one of {', '.join(levels[field])}."
    if field in LISTS:
        return "must be words separated by commas, or a list of words."
    if fault["type"] == "missing" or "needs a text" in fault["msg"]:
        return rules.get(field, "is missing; every case needs a text here.")
    if fault["type"].endswith("too_long"):
        return "is too long; an item has at most 20,000 characters."
    return rules.get(field, "must be a text.")
