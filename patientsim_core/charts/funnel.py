"""A funnel: how many are left after each rule."""

import math

import pandas as pd
import plotly.graph_objects as go

from patientsim_core.charts.look import Look, figure, plain, titled


def funnel(table: pd.DataFrame, look: Look, x: str) -> go.Figure:
    """A bar for each `rule` as long as what it `kept`, which is written on it; `dropped` is in the hover
    text. The axis is logarithmic, from 1 on: the first bar may have a thousand times the last."""
    rules = [plain(rule) for rule in table["rule"]]
    hover = [
        f"{rule}<br>{kept:,} kept, {dropped:,} dropped"
        for rule, kept, dropped in zip(rules, table["kept"], table["dropped"], strict=True)
    ]
    bars = go.Bar(
        x=table["kept"],
        y=rules,
        orientation="h",
        text=[f"{kept:,}" for kept in table["kept"]],
        textposition="auto",
        marker={"color": look.colors[0]},
        hovertext=hover,
        hoverinfo="text",
    )
    axis = {"type": "log", "range": [0, math.log10(max(table["kept"].max(), 1)) + 0.1], "dtick": 1}
    height = 90 + 30 * len(rules)
    return figure([bars], height, titled(x) | axis, {"autorange": "reversed"}, showlegend=False)
