"""Dots with intervals: means of several runs row by row, with published figures beside them."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from patientsim_core.charts.look import MUTED, PUBLISHED, Look, figure, plain, titled

ROW, LINE, STEP, WIDTH = 30, 18, 13, 22
"""Pixels of a row, of each line of its label, and of each further series in it; characters of such a line."""

VARIANTS = ("", "-open", "-dot", "-open-dot")
"""Of a run's symbol, for one judge after the other."""


def dots(
    table: pd.DataFrame,
    look: Look,
    x: str,
    ends: Sequence[float | None] = (),
    published: pd.DataFrame | None = None,
    source: str = "Published, each model",
    zero: bool = False,
) -> go.Figure:
    """A row for each `row` of the table, in the order first seen, and in it a dot for each `series` with its
    interval. `table`: row, series, run (its colour), variant (of its symbol), mean, low, high, hover, query.
    `published`: row, mean, hover; `source` names it. `x` is the axis' title, `ends` the ends of the scale;
    `zero` draws a line at 0."""
    rows = list(dict.fromkeys(table["row"]))
    series = list(dict.fromkeys(table["series"]))
    many = max(1, len(series))
    names = [plain(row, WIDTH) for row in rows]
    lines = max((name.count("<br>") + 1 for name in names), default=1)
    traces = []
    if published is not None and len(published := published[published["row"].isin(rows)]):
        traces.append(_published(published, rows, source))
    for place, name in enumerate(series):
        offset = (place - (many - 1) / 2) * 0.6 / many
        traces.append(_series(table[table["series"] == name], name, rows, offset, look))
    ticks = {"tickvals": [*range(len(rows))], "ticktext": names, "showgrid": False}
    return figure(
        traces,
        90 + len(rows) * max(ROW + STEP * (many - 1), LINE * lines + 4),
        titled(x) | _range(ends, table, published),
        ticks | {"range": [len(rows) - 0.5, -0.5]},
        showlegend=len(traces) > 1,
        shapes=[upright(0, "dot")] if zero else [],
    )


def upright(x: float, dash: str = "dash") -> dict[str, object]:
    """A line from bottom to top."""
    line = {"color": MUTED, "width": 1, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "y domain", "line": line}


def _range(
    ends: Sequence[float | None], table: pd.DataFrame, published: pd.DataFrame | None
) -> dict[str, object]:
    """The range of the axis, with a little room for the dots at its ends."""
    if not ends:
        return {}
    if None in ends:
        known = [table[["mean", "high"]].max(), *([] if published is None else [published["mean"]])]
        low, high = 0.0, float(pd.concat(known).max()) or 1.0
    else:
        low, high = ends
    return {"range": [low - 0.04 * (high - low), high + 0.06 * (high - low)]}


def _series(own: pd.DataFrame, name: str, rows: list[str], offset: float, look: Look) -> go.Scatter:
    run = own["run"].iloc[0]
    mean, low, high = (own[one].astype(float) for one in ("mean", "low", "high"))
    errors = {"array": high - mean, "arrayminus": mean - low, "thickness": 1.5, "width": 3}
    return go.Scatter(
        x=mean,
        y=[rows.index(row) + offset for row in own["row"]],
        error_x={"type": "data", "symmetric": False, "color": look.color(run), **errors},
        mode="markers",
        name=plain(name, 40),
        marker={"color": look.color(run), "symbol": look.symbol(run) + _variant(own), "size": 10},
        customdata=own.get("query"),
        hovertext=[plain(text) for text in own["hover"]],
        hoverinfo="text",
    )


def _variant(own: pd.DataFrame) -> str:
    return VARIANTS[int(own["variant"].iloc[0]) % len(VARIANTS)] if "variant" in own else ""


def _published(found: pd.DataFrame, rows: list[str], source: str) -> go.Scatter:
    return go.Scatter(
        x=found["mean"].astype(float),
        y=[rows.index(row) for row in found["row"]],
        mode="markers",
        name=source,
        legendrank=2_000,  # last
        marker={"color": MUTED, "symbol": PUBLISHED, "size": 8, "opacity": 0.8},
        hovertext=[plain(text) for text in found["hover"]],
        hoverinfo="text",
    )
