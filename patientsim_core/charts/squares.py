"""Grids of squares: they can be clicked, which the cells of a heat map cannot."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from patientsim_core.charts.look import MUTED, SCALE, figure, plain, titled

CELL = 40


def squares(
    table: pd.DataFrame,
    columns: Sequence[str],
    rows: Sequence[str],
    titles: tuple[str, str],
    bar: str,
    ends: tuple[float, float],
    width: int = 12,
) -> go.Figure:
    """A square for each line of the table (column, row, value, text, hover, query), coloured by value from
    one end to the other; `titles` are those of the axes, `bar` that of the colours; names of
    columns have lines of so many characters (`width`; 0 for their own)."""
    value = table["value"].astype(float)
    low, high = ends
    middle = (low + high) / 2
    trace = go.Scatter(
        x=[columns.index(one) for one in table["column"]],
        y=[rows.index(one) for one in table["row"]],
        mode="markers+text",
        text=table["text"],
        textfont={"size": 11, "color": ["#ffffff" if one < middle else "#06151a" for one in value]},
        marker={
            "symbol": "square",
            "size": CELL - 8,
            "color": value,
            "colorscale": SCALE,
            "cmin": low,
            "cmax": high,
            "line": {"width": 1, "color": MUTED},
            "colorbar": {
                "title": {"text": bar, "side": "top"},
                "orientation": "h",  # at the side it would leave a phone no room
                "y": 1.02,
                "yanchor": "bottom",
                "thickness": 10,
                "outlinewidth": 0,
            },
        },
        unselected={"marker": {"opacity": 1}},
        customdata=table.get("query"),
        hovertext=[plain(text) for text in table["hover"]],
        hoverinfo="text",
        showlegend=False,
    )
    x, y = titles
    return figure(
        [trace],
        230 + CELL * len(rows),
        titled(x, 44)  # below the names: plotly does not always leave them their room
        | _ticks([plain(one, width) for one in columns])
        | {"range": [-0.6, len(columns) - 0.4], "tickangle": 0},
        titled(y) | _ticks([plain(one, 16) for one in rows]) | {"range": [len(rows) - 0.4, -0.6]},
    )


def _ticks(names: Sequence[str]) -> dict[str, object]:
    return {"tickvals": [*range(len(names))], "ticktext": names, "showgrid": False}
