"""Class: what a teacher settles for a case, and what a class elicited and missed in it."""

from datetime import date
from pathlib import Path

import streamlit as st

from pages.parts.address import addressed, put
from pages.parts.cases import cases_by_title
from pages.parts.class_view import class_view
from pages.parts.debriefing import debriefing
from pages.parts.lesson import lesson
from pages.parts.nav import navigation
from pages.parts.stores import consultations
from patientsim_core import PatientSimError
from patientsim_core.export import literal

ROOT = Path(__file__).parents[1]
WHAT = (
    "Consultations of one case beside each other. Whoever opens this page sees the diagnosis: there are no "
    "passwords here."
)
state = st.session_state


def page() -> None:
    with st.sidebar:
        navigation()
        names = case_names()
        about = {
            "format_func": names.get,
            **addressed("case", names, next(iter(names), None)),
        }
        case_id = st.selectbox("Case", list(names), **about)
        since = since_day()
    if id := st.query_params.get("consultation"):
        return debrief_of(id)
    st.header("Class", anchor=False)
    st.caption(WHAT)
    lesson(case_id)
    class_view(consultations().ended(case_id, since))


def debrief_of(id: str) -> None:
    """The debrief of one consultation, held back or not."""
    back = {"on_click": put, "kwargs": {"consultation": None}, "icon": ":material/arrow_back:"}
    st.button("Back to the class", **back)
    about, dialogue = consultations().about(id), consultations().load(id)
    st.header(literal(f"{about.label} · {about.title}"), anchor=False)
    debriefing(dialogue, consultations().verdicts(id), f"/{id}")


def case_names() -> dict[str, str]:
    """The cases that were consulted on, the last one first, then all others: number -> title."""
    had = {one.case_id: one.title for one in consultations().ended()}
    return had | {case.hadm_id: title for title, case in cases_by_title().items() if case.hadm_id not in had}


def since_day() -> date | None:
    """The day of the address from which on consultations count."""
    try:
        given = date.fromisoformat(st.query_params.get("since", ""))
    except ValueError:
        given = None
    state.since = given
    keep = {"on_change": lambda: put(since=state.since.isoformat() if state.since else None)}
    return st.date_input("Since", key="since", help="Consultations ended on this day or later", **keep)


st.set_page_config(
    "Class · PatientSim", ROOT / ".streamlit" / "icon.png", layout="wide", initial_sidebar_state=340
)
try:
    page()
except PatientSimError as error:
    st.error(literal(str(error)))
