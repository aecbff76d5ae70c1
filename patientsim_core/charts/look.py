"""How charts look: the app's own colours, and the same colour and symbol for the same run everywhere."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
from plotly.basedatatypes import BaseTraceType

_CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
SYMBOLS = ("circle", "square", "triangle-up", "cross", "star", "hexagon")
PUBLISHED = "diamond-open"
MUTED = "#7f8c92"
"""What is not a run of ours: a grey that is seen on light and on dark ground."""

SCALE = "Cividis"
"""From low to high, told apart with any kind of colour vision."""


class Chart(NamedTuple):
    """A figure with what goes with it: a title that says what is seen, the data behind it, what it shows in
    words for those who do not see it, and a remark. `key` is short and stays."""

    key: str
    title: str
    figure: go.Figure
    data: pd.DataFrame
    alt: str
    note: str = ""


class Look(NamedTuple):
    """The runs in the order in which they get their colours, the colours, and that of text. Whoever shows a
    figure colours its text and ground by the theme."""

    runs: tuple[str, ...]
    colors: tuple[str, ...]
    ink: str = MUTED

    def color(self, run: str) -> str:
        return self.colors[self.runs.index(run) % len(self.colors)]

    def symbol(self, run: str) -> str:
        return SYMBOLS[self.runs.index(run) % len(SYMBOLS)]


def look(runs: Sequence[str], dark: bool = False) -> Look:
    """The look for some runs, in the light or the dark theme of `.streamlit/config.toml`."""
    theme = _themes()["dark" if dark else "light"]
    return Look(tuple(runs), tuple(theme["chartCategoricalColors"]), theme["textColor"])


@cache
def _themes() -> Mapping:
    return tomllib.loads(_CONFIG.read_text(encoding="utf-8"))["theme"]


def plain(text: object, width: int = 0) -> str:
    """Text that a figure shows as it is: plotly would take tags and links in it for its own. With a `width`,
    in lines of about so many characters."""
    lines = wrap(str(text), width) if width else str(text).split("\n")
    return "<br>".join(escape(line, quote=False) for line in lines)


def upon(color: str) -> str:
    """The colour of text on a ground of this colour (#rrggbb): near white or near black, whichever has more
    contrast (WCAG 2.2, relative luminance)."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if light < 0.18 else "#06151a"


def figure(traces: Sequence[BaseTraceType], height: int, x: Mapping, y: Mapping, **layout) -> go.Figure:
    """A figure of traces, so many pixels high; `x` and `y` are what is particular to its axes. All at once:
    plotly takes its time for each change of a figure that is there."""
    return go.Figure(
        traces,
        {
            "height": height,
            "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hoverlabel": {"align": "left"},
            "dragmode": False,
            "clickmode": "event+select",
            "xaxis": {**_AXIS, "showgrid": True, **x},
            "yaxis": {**_AXIS, **y},
            "legend": LEGEND,
            **layout,
        },
    )


LEGEND = {
    "orientation": "h",
    "x": 0,
    "xanchor": "left",
    "y": 1,
    "yanchor": "bottom",
    "traceorder": "normal",
}
"""Above the figure, in the order in which it is drawn."""

_AXIS = {
    "zeroline": False,
    "automargin": True,
    "tickfont": {"size": 13},
    "gridcolor": "rgba(127, 140, 146, 0.25)",
}


def titled(text: str, standoff: int = 8) -> dict[str, object]:
    """The title of an axis, so many pixels away from it."""
    return {"title": {"text": text, "standoff": standoff}}
