"""Bars, beside or upon each other."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from patientsim_core.charts.look import MUTED, SCALE, Look, figure, plain, titled, upon

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


def parts(table: pd.DataFrame, x: str, colors: Sequence[str] = (), share: bool = True) -> go.Figure:
    """A bar for each `row`, made of parts: `table` has row, part (a number, which gives the colour), name,
    value, hover, and where it is to be written on the bar `text`. Values are shares (0-1) or, without
    `share`, numbers; `colors` are those of the parts in order, else from low to high."""
    rows = list(dict.fromkeys(table["row"]))
    known = sorted(table["part"].unique())
    shades = colors or _shades(len(known))
    traces = [_part(table[table["part"] == part], shades[place]) for place, part in enumerate(known)]
    axis = {"tickformat": ".0%", "range": [0, 1]} if share else {"rangemode": "tozero"}
    order = {"categoryorder": "array", "categoryarray": [plain(row, 24) for row in rows]}
    return figure(
        traces,
        110 + 40 * len(rows),
        titled(x) | axis,
        order | {"autorange": "reversed"},
        barmode="stack",
        uniformtext={"minsize": 11, "mode": "show"},
    )


def _part(own: pd.DataFrame, color: str) -> go.Bar:
    return go.Bar(
        x=own["value"].astype(float),
        y=[plain(row, 24) for row in own["row"]],
        orientation="h",
        name=plain(own["name"].iloc[0]),
        marker={"color": color, "line": {"width": 1, "color": MUTED}},
        text=own.get("text"),
        textangle=0,
        insidetextfont={"color": upon(color)} if "text" in own else None,
        hovertext=[plain(text) for text in own["hover"]],
        hoverinfo="text",
    )


def _shades(many: int) -> list[str]:
    return sample_colorscale(SCALE, [place / max(1, many - 1) for place in range(many)])
