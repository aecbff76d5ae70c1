"""A chart with its title, its data to download, and the way to the dialogues behind a point."""

import json
from collections.abc import Mapping, Sequence

import streamlit as st

from pages.parts.filters import parameter
from patientsim_core.charts import Chart
from patientsim_core.export import literal
from patientsim_core.tables import FILTERS
from patientsim_core.tables.spreadsheet import as_csv

DIALOGUES = "pages/5_Dialogues.py"
HINT = "Click a point to see its dialogues."


def show_chart(chart: Chart, wanted: Mapping[str, Sequence[str]]) -> None:
    """The chart; a point that is clicked leads to its dialogues, filtered as here."""
    for point in draw(chart):
        if address := _address(point):
            open_dialogues(address, wanted)


def draw(chart: Chart, leads: bool = True) -> list[object]:
    """The chart; gives what the points that were clicked stand for, if they lead anywhere."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{literal(chart.title)}**", width="stretch")
            st.download_button(
                "CSV",
                lambda: as_csv(chart.data),
                f"{chart.key.replace(' ', '-')}.csv",
                "text/csv",
                key=f"csv {chart.key}",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
                help="The figures of this chart",
            )
        event = st.plotly_chart(
            chart.figure,
            key=f"chart {chart.key}",
            on_select="rerun" if leads else "ignore",
            selection_mode="points",
            config={"displayModeBar": False, "scrollZoom": False},
            alt=f"{chart.title}. {chart.alt}",
        )
        if chart.note:
            st.caption(literal(chart.note))
    return [_single(point.get("customdata")) for point in event.selection.points] if leads else []


def open_dialogues(address: Mapping[str, Sequence[str]], wanted: Mapping[str, Sequence[str]]) -> None:
    """Goes to the page of dialogues, filtered as here and by the address."""
    given = {name: values for name, values in {**wanted, **address}.items() if values}
    named = {parameter(name) if name in FILTERS else name: values for name, values in given.items()}
    st.switch_page(DIALOGUES, query_params=named)


def _address(data: object) -> dict[str, list[str]]:
    """Which dialogues are behind a point; nothing where that is not told, as of published figures."""
    return json.loads(data) if isinstance(data, str) else {}


def _single(data: object) -> object:
    return data[0] if isinstance(data, list) and data else data
