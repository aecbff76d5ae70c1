"""The form of an own case: a new one, a copy, or one that is changed."""

from collections.abc import Collection

import streamlit as st

from pages.parts.address import put
from pages.parts.stores import own_cases
from patientsim_core import Case, PatientSimError
from patientsim_core.case_form import FIELDS, FORM, Field, case_from_form, form_values
from patientsim_core.export import literal
from patientsim_core.storage.own_cases import CHANGED, DELETED, new_number

TITLES = {"new": "New case", "copy": "New case, from another one", "edit": "Change a case"}
ORIGINS = {
    "synthetic": "Synthetic: made up, of no real person",
    "unknown": "Unknown",
    "credentialed": "Credentialed: from data under an agreement, for local models only",
}
FOR_GOOD = "A case that is saved as credentialed stays so, and so does what is made from it."
KEYS = [f"form {key}" for key in (*FIELDS, "origin")]
state = st.session_state


def case_form(now: Case | None, action: str, id: str | None, taken: Collection[str]) -> None:
    """The fields by group. `now` is the case as it is kept, None for a new one or one that is gone. What does
    not fit is said above the fields, and nothing that was typed is lost."""
    if not under_way(action, id):
        _fill(now, action, id)
    base = state["form base"]
    st.header(TITLES[action], anchor=False)
    st.caption("A field that is left empty is not recorded. Fields with a star are needed.")
    moved = action == "edit" and now != base and (CHANGED if now else DELETED)
    for fault in dict.fromkeys(filter(None, (moved, state.pop("form fault", None)))):
        st.error(literal(fault))
    if moved:
        st.markdown("What you typed is still here, and can be saved as a new case.")
    if moved and now:
        how = {"on_click": _fill, "args": [now, action, id], "icon": ":material/refresh:"}
        st.button("Load the new version", help="What you typed is lost then.", **how)
    with st.form("case", border=False, enter_to_submit=False):
        for group, fields in FORM.items():
            st.subheader(group, anchor=False)
            for field in fields:
                _field(field)
        st.subheader("Origin", anchor=False)
        fixed = base is not None and base.provenance == "credentialed"
        about = {"format_func": ORIGINS.get, "key": "form origin", "disabled": fixed}
        st.radio("Where the case is from", list(ORIGINS), **about)
        st.caption(FOR_GOOD)
        with st.container(horizontal=True):
            label, how = ("Save as new", "copy") if moved else ("Save", action)
            st.form_submit_button(label, type="primary", on_click=_save, args=[how, taken])
            st.form_submit_button("Cancel", on_click=_leave, args=[action])


def under_way(action: str | None, id: str | None) -> bool:
    """Whether this form is filled in just now: Streamlit forgets the fields where they are not drawn."""
    return state.get("form of") == (action, id) and all(key in state for key in KEYS)


def keep_typed() -> None:
    """Keeps the fields where they cannot be drawn, such as while the database is away."""
    for key in KEYS:
        if key in state:
            state[key] = state[key]


def leave_form() -> None:
    state["form of"] = None


def _fill(base: Case | None, action: str, id: str | None) -> None:
    """Fills the fields, and keeps what they were filled with: a change is a change of that."""
    state["form of"], state["form base"] = (action, id), base
    values = form_values(base) if base else {}
    for key, field in FIELDS.items():
        empty = "" if field.kind in ("text", "long text") else None
        given = values.get(key)
        state[f"form {key}"] = empty if given in ("", None) else given
    state["form origin"] = base.provenance if base else "synthetic"


def _field(field: Field) -> None:
    label = field.label + (" *" if field.needed else "")
    about = {"key": f"form {field.key}", "help": literal(field.help)}
    about |= {"placeholder": f"for example {field.example}"}
    if field.kind == "number":
        about |= {"step": field.step, "format": "%g" if isinstance(field.step, float) else None}
        st.number_input(label, field.least, field.most, value=None, **about)
    elif field.kind == "choice":
        chosen = state.get(f"form {field.key}")
        options = list(dict.fromkeys([*field.choices, *([chosen] if chosen else [])]))
        st.selectbox(label, options, index=None, accept_new_options=True, **about)
    elif field.kind == "long text":
        st.text_area(label, height=100, max_chars=20_000, **about)
    else:
        st.text_input(label, max_chars=20_000, **about)


def _save(action: str, taken: Collection[str]) -> None:
    base = state["form base"]
    try:
        number = base.hadm_id if action == "edit" else new_number()
        values = {key: state.get(f"form {key}") for key in FIELDS}
        case = case_from_form(values, number, state["form origin"], base)
        if action == "edit":
            own_cases().change(base, case)
        else:
            own_cases().add([case], taken)
        leave_form()
        put(case=case.hadm_id, do=None)
    except PatientSimError as error:
        state["form fault"] = str(error)


def _leave(action: str) -> None:
    leave_form()
    put(do=None, **({"case": None} if action == "new" else {}))
