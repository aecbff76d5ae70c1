"""Marks in a grid: what a row and a column have in common is one of a few kinds, not a number."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from patientsim_core.charts.look import LEGEND, figure, plain, titled

ROW = 20
"""Pixels of a row."""

PHONE = 200
"""Pixels that a phone leaves the columns beside the names of the rows."""


class Kind(NamedTuple):
    """How a kind is drawn: the colour and the symbol tell it apart, each by itself."""

    name: str
    color: str
    symbol: str


def marks(
    table: pd.DataFrame,
    kinds: Sequence[Kind],
    rows: Sequence[str],
    columns: int,
    x: Mapping[str, object],
    head: int = 0,
    width: int = 20,
) -> go.Figure:
    """A mark for each line of the table (x, row, kind, hover, query), a legend entry for each kind that is
    in it. `rows` are the names from top to bottom, cut at `width` characters; `columns` is how many there
    are, which gives the marks their size; `x` is the axis, and `head` the pixels that its names take above
    the grid."""
    size = max(6, min(15, PHONE // max(1, columns) - 1))
    plot = ROW * len(rows)
    drawn = [(kind, table[table["kind"] == kind.name]) for kind in kinds]
    traces = [_marks(own, kind, rows, size) for kind, own in drawn if len(own)]
    y = {"tickvals": [*range(len(rows))], "ticktext": [plain(_cut(one, width)) for one in rows]}
    return figure(
        traces,
        130 + head + plot,
        x,
        y | {"range": [len(rows) - 0.4, -0.6]},
        showlegend=len(traces) > 1,
        legend=LEGEND | {"y": 1 + head / plot if plot else 1},
    )


def upright_names(names: Sequence[str], title: str) -> tuple[dict[str, object], int]:
    """The axis of columns with names that are read from bottom to top and stand above, and how many pixels
    they and the title take."""
    size = 11 if len(names) < 20 else 9
    axis = titled(title, 4) | {
        "tickvals": [*range(len(names))],
        "ticktext": [plain(one) for one in names],
        "tickangle": -90,
        "tickfont": {"size": size},
        "side": "top",
        "range": [-0.7, len(names) - 0.3],
    }
    return axis, 30 + round(0.55 * size * max(map(len, names), default=0))


def _cut(name: str, width: int) -> str:
    return name if len(name) <= width else name[: width - 1] + "…"


def _marks(own: pd.DataFrame, kind: Kind, rows: Sequence[str], size: int) -> go.Scatter:
    line = {"width": 1.5, "color": kind.color}
    return go.Scatter(
        x=own["x"],
        y=[rows.index(row) for row in own["row"]],
        mode="markers",
        name=plain(kind.name),
        marker={"color": kind.color, "symbol": kind.symbol, "size": size, "line": line},
        unselected={"marker": {"opacity": 1}},
        customdata=own["query"],
        hovertext=[plain(text) for text in own["hover"]],
        hoverinfo="text",
    )
