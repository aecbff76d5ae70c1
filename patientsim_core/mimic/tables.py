"""The tables of a MIMIC download, row by row: nothing is held in memory, and every fault has its place."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import TextIO

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

LONGEST = 16 * 2**20
"""So many characters a field may have; the longest notes have some 60,000."""

Tell = Callable[[str], None]


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
    """Each row of a table: the line on which it begins, and the columns of `LAYOUT`.

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
            pick = _columns(path, header, LAYOUT[name])
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


def _columns(path: Path, header: Sequence[str], wanted: Sequence[str]) -> Callable:
    missing = [name for name in wanted if name not in header]
    if missing:
        raise InputError(
            f"{path}, line 1: has no column {', '.join(missing)}. Needed are {', '.join(wanted)}."
        )
    return itemgetter(*(header.index(name) for name in wanted))
