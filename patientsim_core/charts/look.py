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

_CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
SYMBOLS = ("circle", "square", "triangle-up", "cross", "star", "hexagon")
PUBLISHED = "diamond-open"
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
    """Colours of a theme, and the runs in the order in which they get theirs."""

    runs: tuple[str, ...]
    colors: tuple[str, ...]
    text: str
    muted: str
    line: str
    ground: str

    def color(self, run: str) -> str:
        return self.colors[self.runs.index(run) % len(self.colors)]

    def symbol(self, run: str) -> str:
        return SYMBOLS[self.runs.index(run) % len(SYMBOLS)]


def look(runs: Sequence[str], dark: bool = False) -> Look:
    """The look for some runs, in the light or the dark theme of `.streamlit/config.toml`."""
    theme = _themes()["dark" if dark else "light"]
    colors = theme["chartCategoricalColors"]
    parts = [theme[one] for one in ("textColor", "grayColor", "borderColor", "backgroundColor")]
    return Look(tuple(runs), tuple(colors), *parts)


@cache
def _themes() -> Mapping:
    return tomllib.loads(_CONFIG.read_text(encoding="utf-8"))["theme"]


def plain(text: object, width: int = 0) -> str:
    """Text that a figure shows as it is: plotly would take tags and links in it for its own. With a `width`,
    in lines of about so many characters."""
    lines = wrap(str(text), width) if width else str(text).split("\n")
    return "<br>".join(escape(line, quote=False) for line in lines)


def figure(look: Look, height: int, x: str = "", y: str = "") -> go.Figure:
    """An empty figure with titles on its axes."""
    axis = {"gridcolor": look.line, "linecolor": look.line, "zeroline": False, "automargin": True}
    axis |= {"title": {"standoff": 8, "font": {"color": look.muted}}, "tickfont": {"color": look.text}}
    made = go.Figure()
    made.update_layout(
        height=height,
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": look.text, "size": 13},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
        hoverlabel={"align": "left"},
        dragmode=False,
        clickmode="event+select",
    )
    made.update_xaxes(**axis, title_text=x)
    made.update_yaxes(**axis, title_text=y)
    return made
