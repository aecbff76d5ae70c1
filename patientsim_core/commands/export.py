"""export: a run's figures as a table, a row a dialogue, or as a report to look at."""

import argparse
from pathlib import Path

import pandas as pd

from patientsim_core.charts import look
from patientsim_core.commands.bar import say
from patientsim_core.errors import InputError, StorageError
from patientsim_core.models.prices import load_prices
from patientsim_core.results import View
from patientsim_core.results.document import document
from patientsim_core.storage.files import write_whole
from patientsim_core.storage.index import read_index
from patientsim_core.storage.runs import open_run
from patientsim_core.tables import joined, rows_of
from patientsim_core.tables.spreadsheet import as_csv

HELP = "write runs as a table (.csv, .parquet) or as a report (.html)"


def add_flags(one: argparse.ArgumentParser) -> None:
    one.add_argument("runs", type=Path, nargs="+", metavar="FOLDER", help="the runs' folders")
    one.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .csv, .parquet or .html file")


def run(given: argparse.Namespace) -> int:
    """Writes the file; exit status 0."""
    kind = given.out.suffix.lower()
    if kind not in (".csv", ".parquet", ".html"):
        raise InputError(f"--out: {given.out.name} must end with .csv, .parquet or .html.")
    names = [folder.resolve().name for folder in given.runs]
    if len(set(names)) < len(names):
        raise InputError("runs: two of them have the same name. Rename one, or export them one by one.")
    parts = [read_index(open_run(folder)) for folder in given.runs]
    prices = load_prices()
    rows = joined(rows_of(name, index, prices) for name, index in zip(names, parts, strict=True))
    if rows.empty:
        raise InputError(f"{', '.join(map(str, given.runs))}: no dialogue has finished or failed.")
    table = rows.drop(columns=["at", "verdicts_at", "verdicts_bytes"])
    if kind == ".html":
        write_whole(given.out, document(View(rows, look(names))))
    else:
        try:
            _write(table, given.out, kind)
        except OSError as error:
            raise StorageError(f"{given.out}: cannot be written ({error.strerror}).") from None
    say(f"{given.out}: {len(rows):,} dialogue{'' if len(rows) == 1 else 's'}.")
    return 0


def _write(table: pd.DataFrame, out: Path, kind: str) -> None:
    if kind == ".csv":
        out.write_text(as_csv(table), encoding="utf-8", newline="")
    else:
        table.to_parquet(out, index=False)
