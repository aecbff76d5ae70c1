"""Bars, beside or upon each other."""

import pandas as pd
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from patientsim_core.charts.look import MUTED, SCALE, Look, figure, plain, titled

HATCHES = ("", "/", "x", ".")


def bars(table: pd.DataFrame, look: Look, x: str) -> go.Figure:
    """A group of bars for each `row`; `table` has row, series, run (colour), hatch (which pattern), value,
    hover, query. Without a run it is not ours, and grey."""
    rows = list(dict.fromkeys(table["row"]))
    many = table["series"].nunique()
    traces = []
    for name, own in table.groupby("series", sort=False):
        run = own["run"].iloc[0]
        color = look.color(run) if run else MUTED
        pattern = {"shape": HATCHES[int(own["hatch"].iloc[0])], "size": 6}
        traces.append(
            go.Bar(
                x=own["value"].astype(float),
                y=[plain(row, 24) for row in own["row"]],
                orientation="h",
                name=plain(name, 40),
                marker={"color": color, "pattern": pattern},
                customdata=own.get("query"),
                hovertext=[plain(text) for text in own["hover"]],
                hoverinfo="text",
            )
        )
    order = {"categoryorder": "array", "categoryarray": [plain(row, 24) for row in rows]}
    return figure(
        traces,
        90 + len(rows) * (18 + 14 * many),
        titled(x),
        order | {"autorange": "reversed"},
        showlegend=many > 1,
        barmode="group",
    )


def parts(table: pd.DataFrame, x: str) -> go.Figure:
    """A bar for each `row`, made of parts: `table` has row, part (a number, which gives the colour), name,
    value (share, 0-1), hover."""
    rows = list(dict.fromkeys(table["row"]))
    traces = []
    known = sorted(table["part"].unique())
    shades = _shades(len(known))
    for place, part in enumerate(known):
        own = table[table["part"] == part]
        traces.append(
            go.Bar(
                x=own["value"].astype(float),
                y=[plain(row, 24) for row in own["row"]],
                orientation="h",
                name=plain(own["name"].iloc[0]),
                marker={"color": shades[place], "line": {"width": 1, "color": MUTED}},
                hovertext=[plain(text) for text in own["hover"]],
                hoverinfo="text",
            )
        )
    return figure(
        traces,
        110 + 40 * len(rows),
        titled(x) | {"tickformat": ".0%", "range": [0, 1]},
        {"autorange": "reversed"},
        barmode="stack",
    )


def _shades(many: int) -> list[str]:
    return sample_colorscale(SCALE, [place / max(1, many - 1) for place in range(many)])
