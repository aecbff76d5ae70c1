"""Lines over the turns of a dialogue."""

import pandas as pd
import plotly.graph_objects as go

from patientsim_core.charts.look import Look, figure, plain, titled

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def lines(table: pd.DataFrame, look: Look, y: str) -> go.Figure:
    """A line for each `series`: `table` has series, run (colour), dash (which way to draw), turn, mean
    (0-1) and hover, and where they are known low and high, drawn as a band."""
    traces = []
    for name, own in table.groupby("series", sort=False):
        run = own["run"].iloc[0]
        color, dash = look.color(run), DASHES[int(own["dash"].iloc[0]) % len(DASHES)]
        if "low" in own and own["low"].notna().any():
            traces.append(_band(own, color))
        traces.append(
            go.Scatter(
                x=own["turn"],
                y=own["mean"].astype(float),
                mode="lines+markers",
                name=plain(name, 40),
                line={"color": color, "dash": dash, "width": 2},
                marker={"size": 5, "color": color, "symbol": look.symbol(run)},
                customdata=own.get("query"),
                hovertext=[plain(text) for text in own["hover"]],
                hoverinfo="text",
            )
        )
    return figure(
        traces,
        380,
        titled("Turn of the patient"),
        titled(y) | {"range": [-0.03, 1.03], "tickformat": ".0%"},
        showlegend=table["series"].nunique() > 1,
    )


def _band(own: pd.DataFrame, color: str) -> go.Scatter:
    known = own[own["low"].notna()]
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return go.Scatter(
        x=[*known["turn"], *known["turn"][::-1]],
        y=[*known["low"].astype(float), *known["high"].astype(float)[::-1]],
        fill="toself",
        fillcolor=f"rgba({red},{green},{blue},0.15)",
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
