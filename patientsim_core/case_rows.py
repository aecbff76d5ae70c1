"""Rows of a file of cases, of whichever format: the cases in them, or everything that is wrong."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from pydantic import ValidationError
from rapidfuzz import fuzz, process

from patientsim_core.case import LABELS, Case
from patientsim_core.errors import InputError
from patientsim_core.persona import Cefr, Dazed, Personality, Recall
from patientsim_core.text import clean
from patientsim_core.words import LISTS

CREDENTIALED_IDS = range(20_000_000, 30_000_000)
"""hadm_id of MIMIC-IV: a case with such an id counts as credentialed."""

LONGEST_ID = 64
"""So long is a hadm_id at most that the app's database has room for; runs on disk may have longer ones."""

MOST_FAULTS = 30
"""So many faults are told of one file; the rest are counted."""

MOST_KEYS = 200
MOST_DEEP = 10
"""So many lists and objects may stand in each other."""

_MOST_PARTS = 10_000
_LONGEST = 20_000
_HALF = re.compile("[\ud800-\udfff]")
_ID = re.compile(r"0*(\d{1,9})(\.0+)?")


def is_of_mimic(hadm_id: str) -> bool:
    """Whether an id is one of MIMIC-IV's, also where a spreadsheet made `20000001.0` of it."""
    match = _ID.fullmatch(hadm_id)
    return bool(match) and int(match[1]) in CREDENTIALED_IDS


def unfit_id(hadm_id: str) -> str | None:
    """What is wrong with an id that a case may have but the database has no room for."""
    long = len(hadm_id) > LONGEST_ID
    return f"is too long; a number has at most {LONGEST_ID} characters." if long else None


def read_rows(
    rows: Iterable[tuple[str, object]],
    name: str,
    called: Callable[[str], str] = "field {}".format,
    faults: Iterable[str] = (),
    to_keep: bool = False,
) -> list[Case]:
    """The cases of rows, each given with its place (`case 2`); `called` words a field's key for errors, and
    with `to_keep` an id must fit into the database.

    Raises InputError that names the file and every fault, those found before (`faults`) first.
    """
    cases, faults = [], list(faults)
    for place, row in rows:
        case, found = _read(row)
        if to_keep and case and (fault := unfit_id(case.hadm_id)):
            found = [*found, ("hadm_id", fault)]
        where = place + _numbered(row)
        faults += [f"{where}, {called(key)}: {fault}" if key else f"{where}, {fault}" for key, fault in found]
        cases.append(case)
    ids = Counter(case.hadm_id for case in cases if case)
    faults += [
        f"hadm_id {shown(id)}: stands {n} times; each case needs its own." for id, n in ids.items() if n > 1
    ]
    if faults:
        raise refusal(name, faults)
    return cases


def refusal(name: str, faults: list[str]) -> InputError:
    """The error of a file of which nothing was loaded."""
    lines = [f"{name}: {len(faults)} fault(s), nothing was loaded.", *faults[:MOST_FAULTS]]
    if len(faults) > MOST_FAULTS:
        lines.append(f"… and {len(faults) - MOST_FAULTS} more.")
    return InputError("\n".join(lines))


def shown(text: object) -> str:
    """A name out of a file as an error can show it: one short line."""
    return " ".join(clean(str(text)[:200]).split())[:40]


def misspelt(key: str) -> str | None:
    """The field that an unknown key nearly spells; None for known keys and for strange ones."""
    if key in Case.model_fields:
        return None
    if field := FOLDED.get(folded(key)):
        return field
    near = process.extractOne(key[:60], list(Case.model_fields), scorer=fuzz.ratio, score_cutoff=85)
    return near[0] if near else None


def folded(name: str) -> str:
    """A field's name or label without case, blanks and signs: `Chief complaint` is `chiefcomplaint`."""
    return re.sub(r"[\W_]+", "", name).casefold()


FOLDED = {folded(label): key for key, label in LABELS.items() if key in Case.model_fields}
FOLDED |= {folded(key): key for key in Case.model_fields}
"""Folded name or label of a field -> its key."""


def allowed(fault: dict) -> str:
    """What pydantic found wrong, as what is allowed; never the record's content."""
    field = str(fault["loc"][0])
    rules = {
        "age": "must be a whole number from 0 to 120.",
        "pain": "must be a number from 0 to 10, or left out where unknown.",
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


def _numbered(row: object) -> str:
    id = row.get("hadm_id") if isinstance(row, dict) else None
    return f" (hadm_id {shown(id)})" if isinstance(id, str | int) and shown(id) else ""


def _read(row: object) -> tuple[Case | None, list[tuple[str, str]]]:
    """A case, or what is wrong with it: the field's key, empty for the whole row, and the fault."""
    if not isinstance(row, dict):
        return None, [("", "must be an object with the record's items.")]
    if len(row) > MOST_KEYS:
        return None, [("", f"has {len(row):,} fields; a case has at most {MOST_KEYS}.")]
    if unfit := [(shown(key), fault) for key, value in row.items() if (fault := _unfit(key, value))]:
        return None, unfit
    try:
        case = Case.model_validate(row)
    except ValidationError as error:
        faults = [(str(fault["loc"][0]), allowed(fault)) for fault in error.errors()]
        return None, list(dict.fromkeys(faults))
    faults = [(shown(key), f"is not an item; did you mean {near}?") for key in row if (near := misspelt(key))]
    if is_of_mimic(case.hadm_id):
        case = case.model_copy(update={"provenance": "credentialed"})
    return case, faults


def _unfit(key: str, value: object) -> str | None:
    """What no field can have, whatever it is for; None where there is nothing of it."""
    for count, (part, depth) in enumerate(_parts([(key, 0), (value, 0)])):
        if count > _MOST_PARTS:
            return f"has more than {_MOST_PARTS:,} values."
        if depth > MOST_DEEP:
            return f"has lists or objects in each other, more than {MOST_DEEP} deep."
        if isinstance(part, str):
            if len(part) > _LONGEST:
                return "is too long; an item has at most 20,000 characters."
            if _HALF.search(part):
                return "has a broken character (half of a pair); save the file again in UTF-8."
            if "\0" in part and key not in Case.model_fields:  # items are cleaned, other keys are not
                return "has a null character; take it out."
    return None


def _parts(stack: list[tuple[object, int]]) -> Iterator[tuple[object, int]]:
    """Every value inside of values, with how deep it lies; those on the stack first."""
    while stack:
        part, depth = stack.pop()
        yield part, depth
        if isinstance(part, dict):
            stack += [(inner, depth + 1) for pair in part.items() for inner in pair]
        elif isinstance(part, list):
            stack += [(inner, depth + 1) for inner in part]
