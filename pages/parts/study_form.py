"""The form of a new study: who rates, which dialogues, and what of them."""

from collections.abc import Mapping

import streamlit as st

from pages.parts.address import put
from pages.parts.runs import open_named
from pages.parts.stores import consultations, studies
from patientsim_core import Dialogue, InputError, PatientSimError
from patientsim_core.evaluation.verdict import Verdict
from patientsim_core.export import literal
from patientsim_core.playing import runs_folder
from patientsim_core.storage.index import dialogue_at, read_index, verdicts_at
from patientsim_core.storage.run_list import named_runs
from patientsim_core.study import MAX_DIALOGUES, MAX_NAME, plan, spread

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
        dialogues, verdicts = _drawn(state["study from"], state["study count"], state["study seed"])
        study = plan(
            state["study name"],
            state["study raters"].splitlines(),
            [dialogue for _, dialogue in dialogues],
            state["study each"],
            state["study seed"],
            state["study asked"],
            verdicts,
        )
        studies().begin(study, dialogues)
        put(study=study.id, organise=1)
    except PatientSimError as error:
        state["study fault"] = str(error)


def _drawn(
    source: str, count: int, seed: int
) -> tuple[list[tuple[str, Dialogue]], Mapping[str, list[Verdict]]]:
    """Dialogues, each with the name of its run, and their verdicts by id."""
    if source == CONSULTATIONS:
        ended = [one.id for one in consultations().recent(MAX_DIALOGUES) if one.ended]
        kept = [consultations().load(id) for id in ended]
        if not kept:
            raise InputError("No consultation has ended yet.")
        return [("", kept[place]) for place in spread([one.persona.key for one in kept], count, seed)], {}
    run = open_named(source)
    rows = read_index(run)
    if rows.empty or rows["failed"].all():
        raise InputError(f"There is no finished dialogue in {source} yet.")
    rows = rows[~rows["failed"].astype(bool)].sort_values("id")
    drawn = rows.iloc[spread(rows["persona"].tolist(), count, seed)]
    found = [dialogue_at(run, row) for _, row in drawn.iterrows()]
    verdicts = {row["id"]: verdicts_at(run, row) for _, row in drawn.iterrows()}
    return [(source, one) for one in found], verdicts
