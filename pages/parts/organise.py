"""What the organiser of a study sees: how far it is, how far the raters agree, and what to talk about."""

import streamlit as st

from pages.parts.address import addressed, put
from pages.parts.stores import studies
from pages.parts.study_tables import agreement, beside_judges, disagreements, progress, show
from patientsim_core import PatientSimError
from patientsim_core.export import literal
from patientsim_core.study import Study
from patientsim_core.tables import ratings as tables
from patientsim_core.tables.spreadsheet import as_csv

VIEWS = {
    "progress": "Progress",
    "agreement": "Agreement",
    "means": "Means",
    "talk": "Disagreements",
    "judges": "Judges",
}
EVERY = 10
"""Seconds after which the figures are looked up again."""
state = st.session_state


def organise(study: Study) -> None:
    """The head, and below it figures that follow the raters."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "All studies",
            icon=":material/arrow_back:",
            on_click=put,
            kwargs={"study": None, "organise": None},
        )
        st.space("stretch")
        label, closed = ("Open again", False) if study.closed else ("Close and show in Results", True)
        help = "Closed, ratings stand as they are and appear in Results and Dialogues as those of clinicians."
        st.button(label, on_click=_close, args=[study.id, closed], help=help)
    if fault := state.pop("organise fault", None):
        st.error(literal(fault))
    badge = ":gray-badge[closed]" if study.closed else ":green-badge[open]"
    st.subheader(f"{literal(study.name)} {badge}", anchor=False)
    with st.expander("Links for the raters", icon=":material/link:"):
        st.caption("Each opens the rater's own dialogues, and nothing of the others.")
        for rater in study.raters:
            st.page_link(
                "pages/6_Rate.py", label=literal(rater), query_params={"study": study.id, "rater": rater}
            )
    _follow(study)


def _close(id: str, closed: bool) -> None:
    try:
        studies().close(id, closed)
    except PatientSimError as error:
        state["organise fault"] = str(error)


@st.fragment(run_every=EVERY)
def _follow(study: Study) -> None:
    try:
        _figures(study)
    except PatientSimError as error:
        st.error(literal(str(error)))


def _figures(study: Study) -> None:
    ratings, sources = studies().ratings(study.id), studies().sources(study.id)
    table = tables.rating_table(study, ratings, sources)
    usual = addressed("view", list(VIEWS), "progress")
    view = st.segmented_control(
        "View", list(VIEWS), format_func=VIEWS.get, label_visibility="collapsed", required=True, **usual
    )
    csv = as_csv(table)
    about = {"on_click": "ignore", "icon": ":material/download:", "type": "tertiary"}
    st.download_button("All ratings as CSV", csv, "ratings.csv", "text/csv", **about)
    if view == "progress":
        progress(tables.completion(study, ratings))
    elif table.empty:
        st.info("Nothing is rated yet.")
    elif view == "agreement":
        st.caption(
            "Gwet's AC1 (the same score) and AC2 (scores near each other, quadratic weights): 1 is full "
            "agreement, 0 what chance gives. Intervals of 95% resample dialogues."
        )
        found = agreement(csv, st.toggle("Each pair of raters", key="pairs of raters"))
        if found.empty:
            return st.info("No two raters have rated the same yet.")
        show(tables.side_by_side(found), "Agreement by criterion and pair of raters")
    elif view == "means":
        show(tables.means_by_rater(table), "Mean score by criterion and rater")
    elif view == "talk":
        disagreements(study, tables.disagreements(table))
    else:
        beside_judges(study, table, sources)
