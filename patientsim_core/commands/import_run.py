"""import: the results of the published system as a run, with all that its judges said."""

import argparse
from pathlib import Path

from patientsim_core.commands.bar import say
from patientsim_core.storage.official_import import listed, read_folder

HELP = "read a result folder of the published system"


def add_flags(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", type=Path, metavar="FOLDER", help="result folder, or the tree of the release")
    one.add_argument("--out", type=Path, metavar="FOLDER", required=True, help="the run's folder")
    one.add_argument("--cases", type=Path, help="file of cases, so that the records are known, too")
    one.add_argument("--credentialed", action="store_true", help="treat the cases as credentialed data")


def run(given: argparse.Namespace) -> int:
    """Makes a run of each set of dialogues; exit status 0 if all could be read, else 1. What could not is
    listed by its place, never by its content, and kept in the run's folder."""
    found = read_folder(given.folder, given.cases, given.credentialed)
    for note in found.listing.notes:
        say(note)
    bare = "are not in the file of cases" if found.has_cases else "have no file of cases (--cases)"
    for one in found.sets:
        several = len(found.sets) > 1
        out = given.out.with_name(f"{given.out.name}.{one.source.name}") if several else given.out
        new = one.keep(out)
        say("\n".join(one.told(out, new, bare)))
    if found.listing.faults:
        say("\n".join(listed(found.listing.faults)))
    return 0 if found.is_whole else 1
