"""The way to end a consultation: by a differential diagnosis."""

from collections.abc import Callable, Sequence

import streamlit as st

from patientsim_core.consultation import MAX_DIAGNOSIS
from patientsim_core.export import literal

RANKS = ("1 (most likely)", "2", "3", "4", "5")
state = st.session_state


@st.dialog("End consultation", on_dismiss=lambda: state.update(ending=False))
def ending(finish: Callable[[Sequence[str]], bool]) -> None:
    """Asks for up to five diagnoses and hands them to `finish`, which says whether it took them."""
    st.markdown("Your differential diagnosis: up to five, the most likely first. The record is shown then.")
    with st.form("differential", border=False, enter_to_submit=False):  # there is no way back
        ranked = [st.text_input(f"Diagnosis {rank}", max_chars=MAX_DIAGNOSIS) for rank in RANKS]
        if st.form_submit_button("End and show the record", type="primary", width="stretch"):
            if finish(ranked):
                state.ending = False
                st.rerun()
            st.error(literal(state.pop("fault")))
