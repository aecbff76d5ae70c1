"""All runs at a glance, beside the published figures."""

import json
from collections.abc import Iterator
from functools import cache

import pandas as pd

from patientsim_core.charts import Chart, dots
from patientsim_core.measures import MEASURES, measure
from patientsim_core.published import published
from patientsim_core.results.view import View, beside, drawn, query, said
from patientsim_core.storage.index_rows import Column
from patientsim_core.tables import contestants, estimates, leaderboard

HEADLINES = [key for key in MEASURES if key[0] not in ("effort", "doctor", "language")]
CRITERIA = ("personality", "language", "recall", "confused", "realism")


def board(view: View) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The leaderboard as text to read, and its figures as numbers. Published ones are a column of their own:
    the range over eight models, by the published judge."""
    columns = [one for metric in dict(HEADLINES) for one in view.columns(metric)]
    found = estimates(view.rows, [one for one in columns if (one.metric, one.field) in MEASURES])
    table = leaderboard(found)
    if len(table):
        order = dict.fromkeys((one.metric, one.field) for one in found.itertuples())
        table["Published, 8 models"] = [_ranges().get(key, "") for key in order]
    return table, found


def cell(found: pd.DataFrame, row: int, column: str) -> dict[str, list[str]]:
    """The dialogues behind a cell of the leaderboard, as an address; nothing for one that is not ours."""
    keys = list(dict.fromkeys((one.metric, one.field) for one in found.itertuples()))
    if row >= len(keys):
        return {}  # of a longer table that was there before
    for one, who in zip(found.itertuples(), contestants(found), strict=True):
        if (one.metric, one.field) == keys[row] and who == column:
            return json.loads(query(one.run, Column(one.metric, one.judge, one.field)))
    return {}


@cache
def _ranges() -> dict[tuple[str, str], str]:
    """The least and the most of the published means, by metric and field."""
    own = published()
    means = own[own["axis"] == ""].groupby(["metric", "field"])["mean"]
    return {key: f"{one.min():.2f} to {one.max():.2f}" for key, one in means}


def published_rows() -> pd.DataFrame:
    """The published figures over all dialogues: a row for each model, a column for each measure."""
    own = published()
    own = own[own["axis"] == ""]
    own = own.assign(
        Patient=own["engine"], Judge=own["judge"], column=[_titled(one) for one in own.itertuples()]
    )
    return own.pivot_table(
        index=["Patient", "Judge"], columns="column", values="mean", sort=False
    ).reset_index()


def _titled(one) -> str:
    found = measure(one.metric, one.field)
    return f"{found.title}: {found.label}"


def charts(view: View) -> Iterator[Chart]:
    found = view.estimates("fidelity", *CRITERIA, "usefulness")
    if len(found):
        own = published()
        own = own[(own["metric"] == "fidelity") & (own["axis"] == "")]
        table = drawn(found)
        yield Chart(
            "fidelity",
            "How well patients keep to their personas, by criterion",
            dots(table, view.look, "Score, 1 to 4", (1, 4), beside(own, _label)),
            found,
            said(table),
        )


def _label(one) -> str:
    return measure(one.metric, one.field).label
