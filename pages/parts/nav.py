"""The way from page to page; Streamlit's own list is off because it can lose the sidebar."""

import streamlit as st

COMPARE = "pages/1_Compare.py"
PAGES = {
    "demo.py": ("Consult", ":material/stethoscope:"),
    COMPARE: ("Compare", ":material/compare:"),
    "pages/2_Cases.py": ("Cases", ":material/clinical_notes:"),
    "pages/3_Simulate.py": ("Simulate", ":material/conveyor_belt:"),
    "pages/4_Results.py": ("Results", ":material/monitoring:"),
    "pages/5_Dialogues.py": ("Dialogues", ":material/forum:"),
    "pages/6_Rate.py": ("Rate", ":material/grading:"),
    "pages/7_Class.py": ("Class", ":material/school:"),
}
OF_RUNS = ("pages/4_Results.py", "pages/5_Dialogues.py")


def navigation() -> None:
    """The project's name and a link to each page."""
    st.title("PatientSim", anchor=False)
    with st.container(gap="xxsmall"):
        for path, (label, icon) in PAGES.items():
            kept = _kept() if path in OF_RUNS else None
            st.page_link(path, label=label, icon=icon, query_params=kept)


def replayed(name: str) -> dict[str, str]:
    """The address by which Compare replays a dialogue: `RUN/ID`, or `/ID` for a consultation."""
    return {"mode": "replay", "dialogue": name}


def _kept() -> dict[str, list[str]]:
    """The runs and filters of the address, which the pages of runs share."""
    return {
        name: st.query_params.get_all(name)
        for name in st.query_params
        if name == "run" or name.startswith("only_")
    }
