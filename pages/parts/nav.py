"""The way from page to page; Streamlit's own list is off because it can lose the sidebar."""

import streamlit as st

PAGES = {
    "demo.py": ("Consult", ":material/stethoscope:"),
    "pages/3_Simulate.py": ("Simulate", ":material/conveyor_belt:"),
    "pages/4_Results.py": ("Results", ":material/monitoring:"),
    "pages/5_Dialogues.py": ("Dialogues", ":material/forum:"),
}


def navigation() -> None:
    """The project's name and a link to each page."""
    st.title("PatientSim", anchor=False)
    with st.container(gap="xxsmall"):
        for path, (label, icon) in PAGES.items():
            st.page_link(path, label=label, icon=icon)
