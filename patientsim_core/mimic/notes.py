"""The discharge notes of chosen visits: the file is gigabytes, and only what is needed of it stays."""

from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from pathlib import Path

import pandas as pd

from patientsim_core.errors import InputError
from patientsim_core.mimic.cohort import Visit
from patientsim_core.mimic.headings import normal
from patientsim_core.mimic.sections import split
from patientsim_core.mimic.tables import Tell, find_table, rows_of
from patientsim_core.storage.files import write_whole

SHOWN = 5
"""So many places are named."""

NOTE = "DS"
"""The type of a discharge summary; `AD` are additions to one."""

Places = Mapping[int, str]
"""Lines of the file, with the heading on each."""


def read_notes(
    folder: Path,
    visits: Mapping[str, Visit],
    headings: Mapping[str, str],
    pass_over: bool,
    tell: Tell,
    listed: Path | None = None,
) -> None:
    """Gives each visit, by hadm_id, the sections of its note, that with the lowest number of several.

    Raises InputError with file and line for a heading that is not known, unless these are passed over: then
    what stands under them is left out, and `tell` hears of it. Either way `listed` becomes a table of them.
    """
    path = find_table(folder, "note/discharge")
    kept: dict[str, int] = {}
    unknown: dict[str, Places] = {}
    late: dict[str, Places] = {}
    for line, visit, values in rows_of(visits, "hadm_id", folder, "note/discharge", tell):
        subject, hadm, kind, text, number = values
        order = int(number) if number.isdecimal() else 0
        if kind != NOTE or order >= kept.get(hadm, order + 1):
            continue
        if subject != visit.subject_id:
            raise InputError(f"{path}, line {line}: the note is of another patient than its admission.")
        kept[hadm] = order
        visit.sections, *found = split(text, headings)
        for places, where in zip((unknown, late), found, strict=True):
            places[hadm] = {line + at: heading for at, heading in where.items()}
    if places := _merged(late.values()):
        where = f"{path}, line {_shown(places)}"
        tell(f"{where}: a section after exam, results or hospital course; it is not read.")
    _report(path, _merged(unknown.values()), pass_over, tell, listed)


def _report(path: Path, places: Places, pass_over: bool, tell: Tell, listed: Path | None) -> None:
    """Says where headings are not known, and which in a table alone: they are words of a note."""
    if listed:
        listed.unlink(missing_ok=True)
    if not places:
        return
    table = _table(places)
    what = "a heading" if len(places) == 1 else "headings"
    found = f"{path}, line {_shown(table['line'])}: {what} not known"
    if len(places) > len(table):
        found += f", at {len(places):,} places"
    if listed:
        write_whole(listed, table.to_csv(index=False))
        found += f". {listed} has them, to be kept like the notes"
    if pass_over:
        tell(f"{found}; what stands there is left out.")
        return
    raise InputError(
        f"{found}. Add them to a file for --headings, or leave out what stands under them with "
        "--skip-unknown-headings. Nothing was asked of a model, and no case written."
    )


def _merged(found: Iterable[Places]) -> Places:
    """All places, in the order of the file."""
    return dict(sorted(place for places in found for place in places.items()))


def _shown(lines: Collection[int]) -> str:
    first, more = ", ".join(f"{line:,}" for line in islice(lines, SHOWN)), len(lines) - SHOWN
    return f"{first} and {more:,} more" if more > 0 else first


def _table(places: Places) -> pd.DataFrame:
    """The different headings in the order of their first lines, with how often each came."""
    rows: dict[str, dict] = {}
    for line, heading in places.items():
        row = rows.setdefault(normal(heading), {"heading": heading, "times": 0, "line": line})
        row["times"] += 1
    return pd.DataFrame(rows.values())
