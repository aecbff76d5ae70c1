"""The list of past consultations."""

from collections.abc import Sequence

import streamlit as st

from patientsim_core.export import literal
from patientsim_core.storage import Summary


def past(consultations: Sequence[Summary], open_id: str | None) -> None:
    """A button for each, which leads to it by the page's address."""
    if consultations:
        st.subheader("Past consultations", anchor=False)
    for one in consultations:
        with st.container(gap=None):
            go = {"on_click": st.query_params.update, "args": [{"consultation": one.id}]}
            st.button(literal(one.title), key=one.id, type="tertiary", disabled=one.id == open_id, **go)
            st.caption(one.when)
