"""A result folder of the published system, read whole: what makes runs of it, and what is to be told."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from patientsim_core.case_file import is_release
from patientsim_core.errors import InputError
from patientsim_core.storage.official import (
    UNREAD,
    Import,
    Source,
    find_cases,
    find_sources,
    keep,
    keep_unread,
    read_source,
)
from patientsim_core.storage.official_dialogues import has_record
from patientsim_core.storage.official_files import Fault, Listing
from patientsim_core.storage.official_verdicts import counts
from patientsim_core.text import clean

SHOWN = 5
"""So many places of one kind of fault are listed; the file has all."""


class Reading(NamedTuple):
    """A set of dialogues, read: what makes a run of it, if anything does, and what could not be read."""

    source: Source
    found: Import | None
    listing: Listing

    def keep(self, out: Path) -> tuple[int, int]:
        """Writes it into a run's folder, beside it what could not be read; how many dialogues and verdicts
        are new. Without anything to make a run of, nothing is written."""
        if not self.found:
            return 0, 0
        new = keep(self.found, out)
        keep_unread(self.listing, out)
        return new

    def told(self, out: Path, new: tuple[int, int], bare: str) -> list[str]:
        """What is in the run now, and what could not be read. `bare` says why the records of cases are not
        known, where they are not."""
        notes, faults = self.listing.notes, self.listing.faults
        if not self.found:
            return [f"{self.source.name}: makes no run.", *notes, *listed(faults)]
        return [*_counted(self.found, out, new, bare), *notes, *listed(faults, str(out / UNREAD))]


class ResultFolder(NamedTuple):
    """Every set of dialogues of a folder. The listing is of the folder itself; `has_cases` says whether a
    file of cases was given or found."""

    sets: list[Reading]
    listing: Listing
    has_cases: bool

    @property
    def is_whole(self) -> bool:
        """Whether all could be read."""
        return not any(one.faults for one in (self.listing, *(one.listing for one in self.sets)))


def read_folder(folder: Path, cases: Path | None = None, credentialed: bool = False) -> ResultFolder:
    """All results in a folder, with the records of a file of cases. They count as credentialed if so marked
    here, or if the folder lies in a release. Raises InputError where there is nothing that can be read."""
    listing = Listing()
    sources = find_sources(folder, listing)
    credentialed = credentialed or is_release(folder)
    known = find_cases(folder, cases, listing, credentialed)
    lists = [Listing() for _ in sources]
    sets = [
        Reading(source, read_source(source, known, own, credentialed), own)
        for source, own in zip(sources, lists, strict=True)
    ]
    if not any(one.found for one in sets):
        faults = [fault for own in lists for fault in own.faults]
        first = " ".join(part for part in faults[0][:3] if part)
        raise InputError(f"{folder}: has no dialogue that can be read; the first fault: {first}.")
    return ResultFolder(sets, listing, bool(known))


def _counted(found: Import, out: Path, new: tuple[int, int], bare: str) -> list[str]:
    """What is in a run now, and what is new; what each judge said, by metric."""
    dialogues, verdicts = found.judged.dialogues, found.judged.verdicts
    unscored = sum(bool(one.unscored) for one in verdicts)
    lines = [
        f"{out}: {many(len(dialogues), 'dialogue')} and {many(len(verdicts), 'verdict')}, "
        f"{unscored:,} of them unscored; {new[0]:,} and {new[1]:,} are new."
    ]
    for (judge, metric), (total, without) in sorted(counts(verdicts).items()):
        lines.append(f"{clean(judge)}, {metric}: {many(total, 'verdict')}, {without:,} unscored.")
    if unknown := sum(not has_record(case) for case in found.cases.values()):
        of_all = f"{unknown:,} of {many(len(found.cases), 'case')}"
        lines.append(f"{of_all} {bare}: their records are not known.")
    return lines


def listed(faults: Iterable[Fault], where: str = "") -> list[str]:
    """What could not be read, by file and kind; `where` names the file that has all of it."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        kinds.setdefault((fault.file, fault.why), []).append(fault.where)
    total = sum(map(len, kinds.values()))
    lines = [f"{many(total, 'entry', 'entries')} could not be read as they should be:"] if total else []
    for (file, why), places in kinds.items():
        more = f" and {len(places) - SHOWN:,} more" if len(places) > SHOWN else ""
        shown = "; ".join(place for place in places[:SHOWN] if place)
        count = f" ({many(len(places), 'place')})" if len(places) > 1 else ""
        lines.append(f"- {clean(file)}: {why}{count}{': ' if shown else ''}{shown}{more}")
    return [*lines, f"All with what stood there: {where}"] if total and where else lines


def many(count: int, noun: str, nouns: str = "") -> str:
    """`1 verdict`, `1,200 verdicts`."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"
