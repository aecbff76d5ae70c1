"""The form of an own case: a new one, a copy, or one that is changed."""

from collections.abc import Collection

import streamlit as st

from pages.parts.address import put
from pages.parts.stores import own_cases
from patientsim_core import Case, PatientSimError
from patientsim_core.case_form import FORM, Field, case_from_form, form_values
from patientsim_core.export import literal
from patientsim_core.storage.own_cases import new_number

TITLES = {"new": "New case", "copy": "New case, from another one", "edit": "Change a case"}
ORIGINS = {
    "synthetic": "Synthetic: made up, of no real person",
    "unknown": "Unknown",
    "credentialed": "Credentialed: from data under an agreement, for local models only",
}
state = st.session_state


def case_form(base: Case | None, action: str, taken: Collection[str]) -> None:
    """The fields by group. What does not fit is said above them, and nothing that was typed is lost."""
    _begin(base, action)
    st.header(TITLES[action], anchor=False)
    st.caption("A field that is left empty is not recorded. Fields with a star are needed.")
    if fault := state.pop("form fault", None):
        st.error(literal(fault))
    with st.form("case", border=False, enter_to_submit=False):
        for group, fields in FORM.items():
            st.subheader(group, anchor=False)
            for field in fields:
                _field(field)
        st.subheader("Origin", anchor=False)
        st.radio("Where the case is from", list(ORIGINS), format_func=ORIGINS.get, key="form origin")
        with st.container(horizontal=True):
            st.form_submit_button("Save", type="primary", on_click=_save, args=[base, action, taken])
            st.form_submit_button("Cancel", on_click=_leave, args=[action])


def _begin(base: Case | None, action: str) -> None:
    """Fills the fields once for each case that the form is opened with."""
    of = (action, base.hadm_id if base else "")
    if state.get("form of") == of:
        return
    state["form of"] = of
    values = form_values(base) if base else {field.key: None for fields in FORM.values() for field in fields}
    for field in (field for fields in FORM.values() for field in fields):
        value = values[field.key]
        state[f"form {field.key}"] = (value or None) if field.kind == "choice" else value
        if field.kind in ("text", "long text"):
            state[f"form {field.key}"] = value or ""
    state["form origin"] = base.provenance if base else "synthetic"


def _field(field: Field) -> None:
    label = field.label + (" *" if field.needed else "")
    about = {"key": f"form {field.key}", "help": literal(field.help)}
    about |= {"placeholder": f"for example {field.example}"}
    if field.kind == "number":
        st.number_input(label, field.least, field.most, step=field.step, value=None, **about)
    elif field.kind == "choice":
        chosen = state.get(f"form {field.key}")
        options = list(dict.fromkeys([*field.choices, *([chosen] if chosen else [])]))
        st.selectbox(label, options, index=None, accept_new_options=True, **about)
    elif field.kind == "long text":
        st.text_area(label, height=100, max_chars=20_000, **about)
    else:
        st.text_input(label, max_chars=20_000, **about)


def _save(base: Case | None, action: str, taken: Collection[str]) -> None:
    values = {field.key: state.get(f"form {field.key}") for fields in FORM.values() for field in fields}
    try:
        number = base.hadm_id if action == "edit" else new_number()
        case = case_from_form(values, number, state["form origin"], base)
        if action == "edit":
            own_cases().change(base, case)
        else:
            own_cases().add([case], taken)
        state["form of"] = None
        put(case=case.hadm_id, do=None)
    except PatientSimError as error:
        state["form fault"] = str(error)


def _leave(action: str) -> None:
    state["form of"] = None
    put(do=None, **({"case": None} if action == "new" else {}))
