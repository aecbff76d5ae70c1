"""The tables of a MIMIC download, row by row: nothing is held in memory, and every fault has its place."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import TextIO, TypeVar

from patientsim_core.errors import InputError

LAYOUT: dict[str, tuple[str, ...]] = {
    "ed/edstays": (
        "subject_id", "hadm_id", "stay_id", "intime", "outtime", "gender", "race", "arrival_transport",
        "disposition",
    ),
    "ed/diagnosis": ("subject_id", "stay_id", "icd_code", "icd_version", "icd_title"),
    "ed/triage": ("stay_id", "chiefcomplaint", "pain"),
    "ed/medrecon": ("stay_id", "name"),
    "hosp/admissions": ("subject_id", "hadm_id", "admittime", "insurance", "marital_status"),
    "hosp/patients": ("subject_id", "anchor_age", "anchor_year"),
    "note/discharge": ("subject_id", "hadm_id", "note_type", "text"),
}  # fmt: skip
"""Table -> the columns that are read of it (MIMIC-IV 3.1, MIMIC-IV-ED 2.2, MIMIC-IV-Note 2.2)."""

OPTIONAL: dict[str, tuple[str, ...]] = {"note/discharge": ("note_seq",)}
"""Columns that come after these, empty where a table has none."""

WHOLE = {"subject_id", "hadm_id", "stay_id", "anchor_age", "anchor_year", "icd_version", "note_seq"}
"""Columns of whole numbers. Programs that write a column with gaps as fractions make `20000001.0` of them."""

LONGEST = 16 * 2**20
"""So many characters a field may have; the longest notes have some 60,000."""

Tell = Callable[[str], None]
One = TypeVar("One")


def find_table(folder: Path, name: str) -> Path:
    """A table's file in a folder: the module's, or the one above it; compressed or not. Raises InputError
    that says what was looked for."""
    module, table = name.split("/")
    looked = [folder / part / f"{table}{kind}" for part in (module, "") for kind in (".csv", ".csv.gz")]
    found = next((path for path in looked if path.is_file()), None)
    if found is None:
        raise InputError(
            f"{folder}: has no {name}.csv or {name}.csv.gz. Give the folder that holds {module}/."
        )
    return found


def rows(path: Path, name: str, tell: Tell) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each row of a table: the line on which it begins, and the columns of `LAYOUT` and `OPTIONAL`.

    `tell` hears of what is odd and does no harm. Raises InputError with file and line for a column that is
    missing, a row of another length, and a file that is broken, cut off or not UTF-8.
    """
    usual = csv.field_size_limit(LONGEST)  # of the whole process: put back at the end
    line = 1
    try:
        with _opened(path) as text:
            reader = csv.reader(text, strict=True)
            header = next(reader, [])
            if header and header[0].startswith("\ufeff"):
                header[0] = header[0].lstrip("\ufeff").strip('"')
                tell(f"{path}, line 1: begins with a byte-order mark, which is passed over.")
            pick = _columns(path, header, name)
            line = reader.line_num + 1
            for row in reader:
                if len(row) == len(header):
                    yield line, pick(row)
                elif row:
                    raise InputError(
                        f"{path}, line {line}: has {len(row)} fields where the header has {len(header)}."
                    )
                line = reader.line_num + 1
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(
            f"{path}, line {line}: the compressed file is cut off or broken from here on. Download it again."
        ) from None
    except csv.Error as error:
        raise InputError(f"{path}, line {line}: is not CSV ({error}). Download it again.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}, line {line} or soon after: is not UTF-8 text.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from None
    finally:
        csv.field_size_limit(usual)


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _columns(path: Path, header: Sequence[str], name: str) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """What takes the columns of a table out of a row."""
    wanted = LAYOUT[name]
    missing = [column for column in wanted if column not in header]
    if missing:
        raise InputError(
            f"{path}, line 1: has no column {', '.join(missing)}. Needed are {', '.join(wanted)}."
        )
    wanted += OPTIONAL.get(name, ())
    there = [column for column in wanted if column in header]
    pick = itemgetter(*(header.index(column) for column in there))
    empty = ("",) * (len(wanted) - len(there))
    whole = [place for place, column in enumerate(there) if column in WHOLE]

    def take(row: Sequence[str]) -> tuple[str, ...]:
        found = pick(row)
        for place in whole:
            if found[place].endswith(".0"):
                found = tuple(_whole(one) if at in whole else one for at, one in enumerate(found))
                break
        return found + empty

    return take


def _whole(text: str) -> str:
    """`20000001.0` as `20000001`."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdecimal() else text


def rows_of(
    wanted: Mapping[str, One], column: str, folder: Path, name: str, tell: Tell
) -> Iterator[tuple[int, One, tuple[str, ...]]]:
    """The rows of a table that belong to what is wanted, by the value of a column: line, what it belongs to,
    and columns, as `rows` has them. `tell` hears of it where there is none at all: then the tables are hardly
    of one download."""
    path, place, found = find_table(folder, name), LAYOUT[name].index(column), False
    for line, values in rows(path, name, tell):
        if (one := wanted.get(values[place])) is not None:
            found = True
            yield line, one, values
    if wanted and not found:
        tell(f"{path}: has no {column} of the {len(wanted):,} looked for; are all tables of one download?")
