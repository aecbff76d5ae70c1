"""Sentences, counted: how plausible the unsupported are, and which items of the record others are against."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from patientsim_core.storage.index_rows import Column
from patientsim_core.tables.rows import numbers


def plausibility(rows: pd.DataFrame, judges: Sequence[str] = ()) -> pd.DataFrame:
    """How often each plausibility 1-4 was given to unsupported sentences: `run`, `judge`, `score`, `count`,
    `share`."""
    found = []
    for name in [one for one in rows.columns if one.startswith("facts/") and one.endswith("/plausible")]:
        judge = Column.of(name).judge
        if judges and judge not in judges:
            continue
        for run, part in rows.groupby("run", sort=False):
            texts = "".join(text for text in part[name] if isinstance(text, str))
            counts = [texts.count(str(score)) for score in range(1, 5)]
            total = sum(counts)
            for score, count in enumerate(counts, 1):
                if total:
                    about = {"run": run, "judge": judge, "score": score, "count": count}
                    found.append({**about, "share": count / total})
    return pd.DataFrame(found, columns=["run", "judge", "score", "count", "share"])


def contradicted_items(rows: pd.DataFrame, judges: Sequence[str] = ()) -> pd.DataFrame:
    """Sentences against each item of the record, for each 100 judged dialogues: `wrong` ones, and those that
    the persona is to say; `run`, `judge`, `item`, `kind`, `count`, `per_100`, `n`."""
    found = []
    for run, part in rows[~rows["failed"]].groupby("run", sort=False) if len(rows) else ():
        for column in (Column.of(name) for name in part.columns):
            if column is None or column.metric != "facts" or ":" not in column.field:
                continue
            kind, _, item = column.field.partition(":")
            judged = int(part.get(f"facts/{column.judge}/marks", pd.Series(dtype=str)).notna().sum())
            count = int(np.nansum(numbers(part, column.name)))
            if count and judged and (not judges or column.judge in judges):
                about = {"run": run, "judge": column.judge, "item": item, "kind": kind, "count": count}
                found.append({**about, "per_100": 100 * count / judged, "n": judged})
    return pd.DataFrame(found, columns=["run", "judge", "item", "kind", "count", "per_100", "n"])
