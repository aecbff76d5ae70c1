"""Results from elsewhere: uploaded, or pointed to on the machine that the app runs on."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from pages.parts.runs import look_at
from patientsim_core import PatientSimError
from patientsim_core.export import literal
from patientsim_core.playing import runs_folder
from patientsim_core.storage.bring import Brought, bring_folder, bring_upload

WHAT = (
    "A run of this project, or a result folder of the published system. It is copied; the original stays as "
    "it is."
)
ZIP, FOLDER, PATH = "Zip file", "Folder", "Path"
state = st.session_state


def add_results() -> None:
    """The button that opens the fields, and what came of it."""
    st.button("Add results", icon=":material/upload:", on_click=_open, width="stretch")
    if notes := state.pop("brought", None):
        st.success("\n\n".join(literal(line) for line in notes))


def _open() -> None:
    """Opens the fields, empty: under its old key a field would still have the file of the last time."""
    state.openings = state.get("openings", 0) + 1
    _fields()


@st.dialog("Add results")
def _fields() -> None:
    st.caption(WHAT)
    way = st.segmented_control(
        "From", [ZIP, FOLDER, PATH], default=ZIP, required=True, label_visibility="collapsed"
    )
    if way == PATH:
        path = st.text_input("Folder on the machine that runs the app", max_chars=1_000).strip()
        _button(lambda: bring_folder(Path(path), runs_folder()), bool(path))
        return
    several = {"accept_multiple_files": "directory"} if way == FOLDER else {"type": "zip"}
    given = st.file_uploader(way, key=f"{way} {state.openings}", label_visibility="collapsed", **several)
    files = given if isinstance(given, list) else [given] if given else []
    _button(lambda: bring_upload([(one.name, one) for one in files], runs_folder()), bool(files))


def _button(bring: Callable[[], Brought], ready: bool) -> None:
    """Brings them in, and looks at them from then on; what is wrong is said, and can be mended."""
    if not st.button("Add", type="primary", icon=":material/add:", disabled=not ready):
        return
    try:
        with st.spinner("Reading …"):
            brought = bring()
    except PatientSimError as error:
        st.error(literal(str(error)))
        return
    state.brought = brought.notes or brought.names
    look_at(brought.names)
    st.rerun()
