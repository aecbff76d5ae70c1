"""What is looked at: the chosen dialogues of the chosen runs, and by which judges."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from patientsim_core.charts import Look
from patientsim_core.measures import measure
from patientsim_core.storage.index_rows import Column
from patientsim_core.tables import as_text, columns_of, estimates


class View(NamedTuple):
    """`rows` as of `tables.rows_of`, filtered by `wanted`; `judges` chosen, none: all. `first` and `second`
    are what is set against each other where two are: runs, or judges; `name` is what they are compared on."""

    rows: pd.DataFrame
    look: Look
    judges: Sequence[str] = ()
    wanted: Mapping[str, Sequence[str]] = {}
    first: str = ""
    second: str = ""
    name: str = ""

    def columns(self, metric: str, *fields: str) -> list[Column]:
        """The columns of a metric that are there; with `fields` only those."""
        found = columns_of(self.rows, self.judges, [metric])
        return [one for one in found if not fields or one.field in fields]

    def estimates(self, metric: str, *fields: str, by: str | None = None) -> pd.DataFrame:
        return estimates(self.rows, self.columns(metric, *fields), by)


def query(run: str, sort: Column | None = None, **more: Sequence[str]) -> str:
    """The dialogues behind a point, as the address of the Dialogues page has it."""
    found = {"run": [run], **{name: [*values] for name, values in more.items()}}
    if sort:
        found["sort"] = [sort.name]
    return json.dumps(found)


def drawn(
    found: pd.DataFrame,
    row: Callable[[object], str] | None = None,
    more: Callable[[object], Mapping[str, Sequence[str]]] | None = None,
) -> pd.DataFrame:
    """Estimates with what `charts.dots` wants: `row` names the row of each (its measure, unless said
    otherwise), `more` says which of the run's dialogues are behind it."""
    judges = [one for one in dict.fromkeys(found["judge"]) if one]
    several = len(judges) > 1
    lines = [*found.itertuples()]
    rows = [row(one) if row else measure(one.metric, one.field).label for one in lines]
    series = [f"{one.run} · {one.judge}" if several and one.judge else one.run for one in lines]
    queries = [
        query(one.run, Column(one.metric, one.judge, one.field), **(more(one) if more else {}))
        for one in lines
    ]
    hovers = [
        f"{row}\n{name}{_by(one)}\n{as_text(one)}" for one, row, name in zip(lines, rows, series, strict=True)
    ]
    variants = [judges.index(one.judge) if one.judge else 0 for one in lines]
    return found.assign(row=rows, series=series, variant=variants, hover=hovers, query=queries)


def _by(one) -> str:
    return f", judged by {one.judge}" if one.judge else ""


def beside(published: pd.DataFrame, row: Callable[[object], str]) -> pd.DataFrame:
    """Published figures with what `charts.dots` wants of them."""
    lines = [*published.itertuples()]
    return published.assign(
        row=[row(one) for one in lines],
        hover=[
            f"{row(one)}\nPublished: {one.engine}, judged by {one.judge}\n{one.mean:.2f}" for one in lines
        ],
    )


def said(found: pd.DataFrame, most: int = 6) -> str:
    """What a chart of estimates shows, in words."""
    lines = [f"{one.row}, {one.series}: {as_text(one)}" for one in found.head(most).itertuples()]
    more = f"; and {len(found) - most} more" if len(found) > most else ""
    return "; ".join(lines) + more
