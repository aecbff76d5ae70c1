"""What came of an ended consultation."""

import streamlit as st

from pages.parts.chat import conversation, downloads
from pages.parts.nav import COMPARE, replayed
from patientsim_core import Dialogue
from patientsim_core.export import outcome, record


def result(dialogue: Dialogue) -> None:
    first, second = st.tabs(["Result", "Conversation"])
    with first:
        st.markdown(outcome(dialogue))
        for group, text in record(dialogue).items():
            st.expander(group).markdown(text)
        with st.container(horizontal=True):
            downloads(dialogue)
        about = {"icon": ":material/replay:", "query_params": replayed(f"/{dialogue.id}")}
        st.page_link(COMPARE, label="Replay to another persona", **about)
    with second:
        conversation(dialogue)
