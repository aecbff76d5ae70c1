"""The way to end a consultation: by a differential diagnosis."""

from collections.abc import Callable, Sequence

import streamlit as st

from patientsim_core.consultation import MAX_DIAGNOSIS
from patientsim_core.export import literal
from patientsim_core.storage.consultations import MAX_NAME

RANKS = ("1 (most likely)", "2", "3", "4", "5")
NAME = {"placeholder": "may stay empty", "persist_state": "session"}
state = st.session_state


@st.dialog("End consultation", on_dismiss=lambda: state.update(ending=False))
def ending(finish: Callable[[Sequence[str], str], bool]) -> None:
    """Asks for up to five diagnoses and the trainee's name, and hands them to `finish`, which says whether it
    took them."""
    st.markdown("Your differential diagnosis: up to five, the most likely first. Then comes the debrief.")
    with st.form("differential", border=False, enter_to_submit=False):  # there is no way back
        ranked = [st.text_input(f"Diagnosis {rank}", max_chars=MAX_DIAGNOSIS) for rank in RANKS]
        trainee = st.text_input("Your name, for your teacher", key="trainee", max_chars=MAX_NAME, **NAME)
        if st.form_submit_button("End and debrief", type="primary", width="stretch"):
            if finish(ranked, trainee):
                state.ending = False
                st.rerun()
            st.error(literal(state.pop("fault")))
