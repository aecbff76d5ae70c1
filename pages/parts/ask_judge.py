"""A judge model's look at a consultation, on request."""

import streamlit as st

from pages.parts.keys import settings_for
from pages.parts.role import keys_of, played_by, role
from pages.parts.stores import consultations
from patientsim_core import Dialogue, PatientSimError
from patientsim_core.debrief.judging import ask_judge
from patientsim_core.export import literal

WHAT = (
    "A language model reads the conversation beside the record: it scores eight skills, shown as bands, and "
    "looks at every sentence of the patient. What it says is kept with the consultation."
)


def judge_form(dialogue: Dialogue) -> None:
    """Chooses a model and has it judge; what came before a fault is kept."""
    with st.expander(
        "Ask a judge model", icon=":material/gavel:", key="ask a judge", on_change="rerun"
    ) as box:
        if not box.open:
            return
        st.caption(WHAT)
        keys_of(role("judge", built_in=False))
        if st.button("Judge this consultation", key="judge it"):
            _judge(dialogue)


def _judge(dialogue: Dialogue) -> None:
    store = consultations()
    known = store.verdicts(dialogue.id)
    try:
        model = played_by("judge")
        with st.status("The judge reads …"):
            for number, verdicts in enumerate(
                ask_judge(dialogue, model, settings_for(model.partition(":")[0]), known), 1
            ):
                store.keep_verdicts(dialogue.id, verdicts)
                st.write(f"{number} answers")
    except PatientSimError as error:
        st.error(literal(str(error)))
        return
    st.rerun()
