"""Tables of cases: CSV with a row a case, as spreadsheets read and write it."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable

from patientsim_core.case import LABELS, Case
from patientsim_core.case_form import example
from patientsim_core.case_rows import FOLDED, folded, misspelt, read_rows, refusal, shown
from patientsim_core.errors import InputError
from patientsim_core.formulas import harmless, written
from patientsim_core.words import LISTS

_LONGEST = 131_072
"""Characters of a cell: more is no text of an item, but marks that do not match."""
_DELIMITERS = (",", ";", "\t")
_EXPORT = "export it as `CSV UTF-8 (comma delimited)`, in Excel under Save As"
_ALWAYS = ("hadm_id", "provenance", *LABELS)
_NEEDED = [name for name, field in Case.model_fields.items() if field.is_required()]


def parse_csv(content: bytes, name: str) -> list[Case]:
    """The cases of a table: the first row names the columns, by items' names or labels in any case; delimited
    by commas, semicolons or tabs. An empty cell is an item not recorded; other columns are kept as text.

    Raises InputError that names the file and all faults with row (as a spreadsheet counts) and column, first
    those of the header alone, as they decide what the rows mean.
    """
    rows = list(enumerate(_rows(_text(content, name), name), 1))
    rows = [(number, [written(cell) for cell in row]) for number, row in rows if any(map(str.strip, row))]
    if len(rows) < 2:
        raise InputError(f"{name}: has no case. The first row names the columns, every other is a case.")
    header, *rest = [cells for _, cells in rows]
    keys = [FOLDED.get(folded(cell), cell.strip()) for cell in header]
    if faults := _header_faults(keys, rest):
        raise refusal(name, faults)
    if uneven := [_uneven(number, row, keys) for number, row in rows[1:] if len(row) != len(keys)]:
        raise refusal(name, uneven)
    headed = dict(zip(keys, header, strict=True))
    cases = [
        (f"row {number}", {key: cell for key, cell in zip(keys, row, strict=True) if key and cell.strip()})
        for number, row in rows[1:]
    ]
    return read_rows(cases, name, lambda key: f"column {shown(headed.get(key, key))}", to_keep=True)


def to_csv(cases: Iterable[Case]) -> str:
    """Cases as a table that `parse_csv` reads back as the same. It begins with a byte order mark, without
    which Excel takes UTF-8 for something else, and no cell of it is a formula to a spreadsheet.

    Of keys that the protocol does not name, text comes back as it is and other values as their JSON text;
    words of the word lists come back unless they have commas.
    """
    rows = [_cells(case) for case in cases]
    used = {key for row in rows for key in row}
    known = [name for name in Case.model_fields if name in used or name in _ALWAYS]
    names = [*known, *sorted(used - set(known))]
    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(map(harmless, names))
    table.writerows([harmless(row.get(name, "")) for name in names] for row in rows)
    return "\ufeff" + file.getvalue()


def template() -> str:
    """A table to begin with: the columns, and one made-up case that shows how they are filled in."""
    return to_csv([example()])


def _text(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise InputError(f"{name}: is not UTF-8 text but UTF-16 or no text at all; {_EXPORT}.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"{name}, line {line}: is not UTF-8 text, perhaps Latin-1 as Excel's plain CSV is; {_EXPORT}."
        ) from error


def _rows(text: str, name: str) -> list[list[str]]:
    """The rows by the delimiter that makes most known columns of the first one. Raises InputError where
    quotation marks do not match."""
    first = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    delimiter = max(_DELIMITERS, key=lambda sign: sum(folded(cell) in FOLDED for cell in first.split(sign)))
    csv.field_size_limit(_LONGEST)  # one for the whole process, which others set, too
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for row in reader:
            rows.append(row)
    except csv.Error as error:
        raise InputError(
            f"{name}, row {len(rows) + 1} (line {reader.line_num}): cannot be read. A cell is far too long,"
            " or its quotation marks do not match: a text with quotation marks, delimiters or lines in it"
            ' stands in "…", and a mark inside is doubled: "".'
        ) from error
    return rows


def _header_faults(keys: list[str], rows: list[list[str]]) -> list[str]:
    """What is wrong with the names of the columns."""
    faults = []
    if missing := [key for key in _NEEDED if key not in keys]:
        faults.append(f"row 1: has no column {', '.join(missing)}; the first row names the columns.")
    counts = Counter(key for key in keys if key)
    faults += [
        f"row 1, column {shown(key)}: stands {n} times; keep one." for key, n in counts.items() if n > 1
    ]
    faults += [
        f"row 1, column {shown(key)}: is not an item; did you mean {near}?"
        for key in counts
        if (near := misspelt(key))
    ]
    faults += [
        f"row 1: column {place + 1} has no name, but there is text in it."
        for place, key in enumerate(keys)
        if not key and any(row[place : place + 1] not in ([], [""]) for row in rows)
    ]
    return faults


def _uneven(number: int, row: list[str], keys: list[str]) -> str:
    return (
        f"row {number}: has {len(row)} cells where the first row has {len(keys)}; an empty cell needs its"
        ' delimiter, and a text with delimiters in it stands in "…".'
    )


def _cells(case: Case) -> dict[str, str]:
    """What of a case stands in cells."""
    found = case.model_dump(mode="json", exclude_none=True)
    return {key: _cell(key, value) for key, value in found.items()}


def _cell(key: str, value: object) -> str:
    if key in LISTS:
        return ", ".join(value)
    if key == "pain":
        return repr(value).removesuffix(".0")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
