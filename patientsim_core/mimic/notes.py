"""The discharge notes of chosen visits: the file is gigabytes, and only what is needed of it stays."""

from collections.abc import Mapping
from pathlib import Path

from patientsim_core.errors import InputError
from patientsim_core.mimic.cohort import Visit
from patientsim_core.mimic.sections import split
from patientsim_core.mimic.tables import Tell, find_table, rows

SHOWN = 5
"""So many places of unknown headings are named."""

NOTE = "DS"
"""The type of a discharge summary; `AD` are additions to one."""


def read_notes(
    folder: Path, visits: Mapping[str, Visit], headings: Mapping[str, str], pass_over: bool, tell: Tell
) -> None:
    """Gives each visit, by hadm_id, the sections of its note, the first if there are several.

    Raises InputError with file and line for a heading that is not known, unless these are passed over: then
    what stands under them is left out, and `tell` hears of it.
    """
    path = find_table(folder, "note/discharge")
    places: list[int] = []
    for line, (subject, hadm, kind, text) in rows(path, "note/discharge", tell):
        visit = visits.get(hadm)
        if visit is None or visit.sections or kind != NOTE:
            continue
        if subject != visit.subject_id:
            raise InputError(f"{path}, line {line}: the note is of another patient than its admission.")
        visit.sections, unknown = split(text, headings)
        places += [line + number for number in unknown]
    if places:
        shown = ", ".join(f"{place:,}" for place in places[:SHOWN])
        more = f" and {len(places) - SHOWN:,} more" if len(places) > SHOWN else ""
        found = f"{path}, line {shown}{more}: {'a heading' if len(places) == 1 else 'headings'} not known"
        if not pass_over:
            raise InputError(
                f"{found}. Add to a file for --headings what the lines say, or leave out what stands under "
                "them with --skip-unknown-headings. Nothing was asked of a model, and nothing written."
            )
        tell(f"{found}; what stands there is left out.")
