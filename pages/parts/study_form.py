"""The form of a new study: who rates, which dialogues, and what of them."""

import streamlit as st

from pages.parts.address import put
from pages.parts.runs import open_named
from pages.parts.stores import consultations, studies
from patientsim_core import PatientSimError
from patientsim_core.export import literal
from patientsim_core.playing import runs_folder
from patientsim_core.storage.run_list import named_runs
from patientsim_core.study import MAX_DIALOGUES, MAX_NAME, plan
from patientsim_core.study_sources import Drawn, drawn, drawn_consultations

CONSULTATIONS = "Consultations that have ended"
ASKED = {
    "none": "No",
    "unsupported": "Those that a judge found no support for in the record",
    "all": "All that the patient said",
}
state = st.session_state


def study_form() -> None:
    """Begins a study and leads to its organiser's view; what does not fit is said, and nothing is lost."""
    with st.expander("New study", icon=":material/add:", key="new study", on_change="rerun"):
        st.text_input("Name", key="study name", max_chars=MAX_NAME)
        st.text_area("Raters, a name a line", key="study raters", height=120)
        runs = list(named_runs(runs_folder()))
        st.selectbox("Dialogues from", [*runs, CONSULTATIONS], key="study from")
        with st.container(horizontal=True):
            about = {"min_value": 1, "value": 12, "key": "study count", "max_value": MAX_DIALOGUES}
            st.number_input("How many, spread over the personas", **about)
            st.number_input("Raters of each dialogue", min_value=1, value=2, key="study each")
            st.number_input("Seed of the draw and the orders", min_value=0, value=42, key="study seed")
        st.radio("Plausibility of sentences too?", list(ASKED), key="study asked", format_func=ASKED.get)
        st.button("Begin the study", type="primary", on_click=_begin)
        if fault := state.pop("study fault", None):
            st.error(literal(fault))


def _begin() -> None:
    try:
        found = _drawn(state["study from"], state["study count"], state["study seed"])
        study = plan(
            state["study name"],
            state["study raters"].splitlines(),
            [dialogue for _, dialogue in found.dialogues],
            state["study each"],
            state["study seed"],
            state["study asked"],
            found.verdicts,
        )
        studies().begin(study, found.dialogues)
        put(study=study.id, organise=1)
    except PatientSimError as error:
        state["study fault"] = str(error)


def _drawn(source: str, count: int, seed: int) -> Drawn:
    if source == CONSULTATIONS:
        return drawn_consultations(consultations(), count, seed)
    return drawn(open_named(source), count, seed)
