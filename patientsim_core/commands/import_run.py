"""import: the results of the published system as a run, with all that its judges said."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from patientsim_core.commands.bar import say
from patientsim_core.errors import InputError
from patientsim_core.storage.official import (
    UNREAD,
    Import,
    find_cases,
    find_sources,
    is_release,
    keep,
    keep_unread,
    read_source,
)
from patientsim_core.storage.official_dialogues import has_record
from patientsim_core.storage.official_files import Fault, Listing
from patientsim_core.storage.official_verdicts import counts
from patientsim_core.text import clean

HELP = "read a result folder of the published system"
SHOWN = 5
"""So many places of one kind of fault are listed; the file has all."""


def add_flags(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", type=Path, metavar="FOLDER", help="result folder, or the tree of the release")
    one.add_argument("--out", type=Path, metavar="FOLDER", required=True, help="the run's folder")
    one.add_argument("--cases", type=Path, help="file of cases, so that the records are known, too")
    one.add_argument("--credentialed", action="store_true", help="treat the cases as credentialed data")


def run(given: argparse.Namespace) -> int:
    """Makes a run of each set of dialogues; exit status 0 if all could be read, else 1. What could not is
    listed by its place, never by its content, and kept in the run's folder."""
    whole = Listing()
    sources = find_sources(given.folder, whole)
    credentialed = given.credentialed or is_release(given.folder)
    cases = find_cases(given.folder, given.cases, whole, credentialed)
    lists = [Listing() for _ in sources]
    read = [read_source(one, cases, own, credentialed) for one, own in zip(sources, lists, strict=True)]
    if not any(read):
        faults = [fault for own in lists for fault in own.faults]
        first = " ".join(part for part in faults[0][:3] if part)
        raise InputError(f"{given.folder}: has no dialogue that can be read; the first fault: {first}.")
    for note in whole.notes:
        say(note)
    for found, own, source in zip(read, lists, sources, strict=True):
        out = given.out if len(sources) == 1 else given.out.with_name(f"{given.out.name}.{source.name}")
        if found:
            new = keep(found, out)
            keep_unread(own, out)
            lines = _told(found, out, new, bool(cases))
        else:
            lines = [f"{source.name}: makes no run."]
        say("\n".join([*lines, *own.notes, *_listed(own.faults, str(out / UNREAD) if found else "")]))
    if whole.faults:
        say("\n".join(_listed(whole.faults)))
    return 1 if any(own.faults for own in (whole, *lists)) else 0


def _told(found: Import, out: Path, new: tuple[int, int], by_file: bool) -> list[str]:
    """What is in a run now, and what is new; what each judge said, by metric."""
    dialogues, verdicts = found.judged.dialogues, found.judged.verdicts
    unscored = sum(bool(one.unscored) for one in verdicts)
    lines = [
        f"{out}: {_many(len(dialogues), 'dialogue')} and {_many(len(verdicts), 'verdict')}, "
        f"{unscored:,} of them unscored; {new[0]:,} and {new[1]:,} are new."
    ]
    for (judge, metric), (total, without) in sorted(counts(verdicts).items()):
        lines.append(f"{clean(judge)}, {metric}: {_many(total, 'verdict')}, {without:,} unscored.")
    if bare := sum(not has_record(case) for case in found.cases.values()):
        why = "are not in the file of cases" if by_file else "have no file of cases (--cases)"
        lines.append(f"{bare:,} of {_many(len(found.cases), 'case')} {why}: their records are not known.")
    return lines


def _listed(faults: Iterable[Fault], where: str = "") -> list[str]:
    """What could not be read, by file and kind."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        kinds.setdefault((fault.file, fault.why), []).append(fault.where)
    total = sum(map(len, kinds.values()))
    lines = [f"{_many(total, 'entry', 'entries')} could not be read as they should be:"] if total else []
    for (file, why), places in kinds.items():
        more = f" and {len(places) - SHOWN:,} more" if len(places) > SHOWN else ""
        shown = "; ".join(place for place in places[:SHOWN] if place)
        count = f" ({_many(len(places), 'place')})" if len(places) > 1 else ""
        lines.append(f"- {clean(file)}: {why}{count}{': ' if shown else ''}{shown}{more}")
    return [*lines, f"All with what stood there: {where}"] if total and where else lines


def _many(count: int, noun: str, nouns: str = "") -> str:
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"
