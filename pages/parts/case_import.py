"""Cases from files and to files: this project's JSON, the release's, and CSV."""

from collections.abc import Sequence

import streamlit as st

from pages.parts.stores import own_cases
from patientsim_core import Case, PatientSimError
from patientsim_core.case_csv import template, to_csv
from patientsim_core.case_file import read_cases, to_json
from patientsim_core.export import literal

MOST_MB = 50
WHAT = (
    "JSON, this project's or the release's `patient_profile.json`, or CSV with a row a case and the items as "
    "its header. Nothing is added before you say so."
)
state = st.session_state


def imports(taken: Sequence[Case]) -> None:
    """Reads a file, says what is in it or what is wrong with it, and adds its cases to the own ones."""
    with st.expander("Import cases", icon=":material/upload:", key="import cases", on_change="rerun"):
        st.caption(WHAT)
        about = {"on_click": "ignore", "icon": ":material/download:", "type": "tertiary"}
        st.download_button("Template as CSV", template(), "cases.csv", "text/csv", **about)
        number = state.setdefault("import number", 0)  # a new field after each import
        file = st.file_uploader(
            "File", type=["json", "csv"], key=f"cases file {number}", max_upload_size=MOST_MB
        )
        if done := state.pop("imported", None):
            st.success(done)
        if not file:
            return
        try:
            cases = read_cases(file.getvalue(), file.name)
        except PatientSimError as error:
            st.error(literal(str(error)))
            return
        st.markdown("\n".join(f"- {literal(case.title)}" for case in cases[:10]))
        if len(cases) > 10:
            st.caption(f"and {len(cases) - 10:,} more")
        if fault := state.pop("import fault", None):
            st.error(literal(fault))
        label = f"Add {len(cases):,} case{'' if len(cases) == 1 else 's'}"
        st.button(label, type="primary", on_click=_add, args=[cases, [case.hadm_id for case in taken]])


def exports(cases: Sequence[Case]) -> None:
    """The cases as they are listed, in both formats, with their diagnoses."""
    if not cases:
        return
    with st.container(horizontal=True):
        about = {"on_click": "ignore", "icon": ":material/download:", "type": "tertiary"}
        st.download_button("JSON", lambda: to_json(cases), "cases.json", "application/json", **about)
        st.download_button("CSV", lambda: to_csv(cases), "cases.csv", "text/csv", **about)


def _add(cases: Sequence[Case], taken: Sequence[str]) -> None:
    try:
        own_cases().add(cases, taken)
        state["imported"] = f"{len(cases):,} added."
        state["import number"] += 1
    except PatientSimError as error:
        state["import fault"] = str(error)
