"""What came of an ended consultation: its debrief, once it may be seen."""

import streamlit as st

from pages.parts.chat import conversation, downloads
from pages.parts.debriefing import debriefing
from pages.parts.stores import consultations, lessons
from patientsim_core import Dialogue

HELD = (
    "Your teacher shows the debrief later. Come back to this address, or choose the consultation at the side."
)


def result(dialogue: Dialogue) -> None:
    if lessons().is_held(dialogue.case.hadm_id):
        st.info(HELD, icon=":material/hourglass_empty:")
        conversation(dialogue)
        return
    with st.sidebar:
        downloads(dialogue)
    debriefing(dialogue, consultations().verdicts(dialogue.id), f"/{dialogue.id}")
