"""synthetic-mimic: invented tables and notes in the layout of MIMIC-IV, to try prepare-mimic on."""

import argparse
from pathlib import Path

from patientsim_core.commands.bar import say
from patientsim_core.errors import InputError
from patientsim_core.mimic.synthetic import write_tables

HELP = "write invented tables and notes in MIMIC-IV's layout"


def add_flags(one: argparse.ArgumentParser) -> None:
    one.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder that is not there yet")
    one.add_argument("--patients", type=int, default=500, metavar="N", help="(default: 500)")
    one.add_argument("--seed", type=int, default=42, help="(default: 42)")


def run(given: argparse.Namespace) -> int:
    """Writes the tables; exit status 0."""
    if not 1 <= given.patients <= 1_000_000:
        raise InputError("--patients: must be from 1 to 1,000,000.")
    write_tables(given.out, given.patients, given.seed)
    say(f"{given.out}: {given.patients:,} invented patients. Their numbers begin with 91, 92 and 93.")
    return 0
