"""Simulate: dialogues between a doctor and patients who are both played, many at once."""

from datetime import date
from pathlib import Path

import streamlit as st

from pages.parts.batch_cards import playing, saved_runs
from pages.parts.batch_form import Wanted, batch_form, wanted
from pages.parts.cases import cases_by_title
from pages.parts.nav import navigation
from patientsim_core import PatientSimError
from patientsim_core.estimate import plan
from patientsim_core.export import literal
from patientsim_core.models.prices import load_prices
from patientsim_core.playing import Batches, folder_of, free_name, runs_folder
from patientsim_core.report import planned
from patientsim_core.storage.run_list import list_runs

ROOT = Path(__file__).parents[1]
WHAT = (
    "A doctor who is played takes a history from each patient and names five diagnoses. Dialogues are kept "
    "one by one as they finish; a run that was stopped goes on from there."
)
state = st.session_state
open_batches = st.cache_resource(validate=lambda kept: isinstance(kept, Batches))(Batches)


def start(batches: Batches, asked: Wanted) -> None:
    """Begins the batch; what is wrong with it is said above the form."""
    try:
        asked.parameters.check(asked.cases, asked.settings)
        folder = folder_of(state["run name"] or "")
        batches.start(folder, asked.parameters, asked.cases, asked.items, asked.concurrency, asked.settings)
        state["run name"] = free_name(date.today())
    except PatientSimError as error:
        state["batch fault"] = str(error)


def form(batches: Batches) -> None:
    """The form with its plan, and the button that starts it."""
    cases = cases_by_title()
    with st.container(border=True):
        batch_form(cases)
        state.setdefault("run name", free_name(date.today()))
        st.text_input("Name of the run", key="run name", max_chars=80, persist_state="session")
        try:
            asked = wanted(cases)
            plan_of = plan(asked.parameters, {case.hadm_id: case for case in asked.cases}, asked.items)
            st.info("\n\n".join(literal(line) for line in planned(plan_of, load_prices())))
        except PatientSimError as error:
            asked = None
            st.warning(literal(str(error)))
        about = {"type": "primary", "icon": ":material/play_arrow:", "disabled": asked is None}
        st.button("Start", on_click=start, args=[batches, asked], **about)


st.set_page_config("Simulate · PatientSim", ROOT / ".streamlit" / "icon.png", initial_sidebar_state=370)
with st.sidebar:
    navigation()
st.header("Simulate", anchor=False)
st.caption(WHAT)
batches = open_batches()
try:
    if fault := state.pop("batch fault", None):
        st.error(literal(fault))
    playing(batches, load_prices())
    form(batches)
    saved_runs(list_runs(runs_folder()), batches)
except PatientSimError as error:
    st.error(literal(str(error)))
