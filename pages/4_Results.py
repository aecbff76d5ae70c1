"""Results: runs as figures, from the leaderboard down to the dialogues behind a point."""

from pathlib import Path

import streamlit as st

from pages.parts.add_results import add_results
from pages.parts.filters import filters, judges
from pages.parts.nav import navigation
from pages.parts.results_choices import choices
from pages.parts.runs import chosen_runs, rows_of, why_nothing
from pages.parts.show_chart import HINT, open_dialogues, show_chart
from patientsim_core import PatientSimError
from patientsim_core.charts import look
from patientsim_core.export import literal
from patientsim_core.results import SECTIONS, View
from patientsim_core.results.document import PUBLISHED, document, told
from patientsim_core.results.overview import board, cell, published_rows
from patientsim_core.tables import filtered, judges_of
from patientsim_core.tables.spreadsheet import as_csv

ROOT = Path(__file__).parents[1]


def page() -> None:
    with st.sidebar:
        navigation()
        names = chosen_runs()
        rows = rows_of(names)
        by = judges(rows)
        wanted = filters(rows)
        add_results()
    shown = filtered(rows, wanted)
    st.header("Results", anchor=False)
    if shown.empty:
        return st.info(why_nothing(names, rows))
    view = View(shown, look(names, st.context.theme.type == "dark"), by, wanted)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(literal(told(view)), width="stretch")
        st.download_button(
            "Report",
            lambda: document(view),
            "results.html",
            "text/html",
            on_click="ignore",
            icon=":material/download:",
            help="All sections as one HTML file",
        )
    section = st.segmented_control(
        "What to see",
        list(SECTIONS),
        format_func=lambda key: SECTIONS[key][0],
        default="overview",
        required=True,
        key="show",
        bind="query-params",
        label_visibility="collapsed",
    )
    section = section or "overview"  # an address with an empty one chooses nothing
    view = choices(section, view)
    if section == "overview":
        overview(view)
    found = False
    for chart in SECTIONS[section][1](view):
        found = True
        show_chart(chart, wanted)
    if found:
        st.caption(HINT)
    elif section != "overview":
        st.info(MISSING.get(section, "Nothing of this was judged in these dialogues."))


MISSING = {
    "pairs": "Choose two runs of the same cases and personas at the side.",
    "judges": "Agreement needs two judges of the same dialogues. Judge a run by a second one: "
    "`python -m patientsim_core evaluate runs/NAME --judge MODEL`.",
}


def overview(view: View) -> None:
    """The leaderboard, and the published figures under a heading of their own."""
    table, found = board(view)
    if not judges_of(view.rows):
        st.info("These dialogues are not judged yet: `python -m patientsim_core evaluate runs/NAME`.")
    picked = st.dataframe(
        table,
        key="leaderboard",  # by which the browser keeps it, and changes what it shows
        height="content",
        on_select="rerun",
        selection_mode="single-cell",
        alt="Mean, interval and number of dialogues by measure and run",
    )
    for row, column in picked.selection.cells:
        address = cell(found, row, column)
        if address:
            open_dialogues(address, view.wanted)
    about = {"on_click": "ignore", "icon": ":material/download:", "type": "tertiary", "mime": "text/csv"}
    st.download_button("CSV", lambda: as_csv(found), "leaderboard.csv", **about)
    more = st.expander("Published figures, model by model", icon=":material/menu_book:", on_change="rerun")
    if more.open:
        more.caption(PUBLISHED)
        more.dataframe(published_rows(), hide_index=True, alt="Published figures of eight models")


st.set_page_config(
    "Results · PatientSim", ROOT / ".streamlit" / "icon.png", layout="wide", initial_sidebar_state=340
)
try:
    page()
except PatientSimError as error:
    st.error(literal(str(error)))
