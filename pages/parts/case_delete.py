"""Deleting own cases, those that can be read and those that cannot."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.parts.address import put
from pages.parts.stores import own_cases
from patientsim_core import Case, PatientSimError
from patientsim_core.export import literal

CONFIRM = "Delete this case? Consultations and runs keep it as it was."
UNREADABLE = "{title} cannot be read: it is damaged or of another version. It was left as it is."
FOR_GOOD = "Delete this case? What is stored of it is lost."
state = st.session_state


def deletes(case: Case) -> None:
    """The button for an own case."""
    _button("delete", CONFIRM, partial(own_cases().delete, case))


def unreadable() -> None:
    """Own cases that nothing can be done with but to delete them."""
    for number, title in own_cases().unreadable().items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(literal(UNREADABLE.format(title=title)))
            _button(f"delete {number}", FOR_GOOD, partial(own_cases().delete_unreadable, number))


def _button(key: str, question: str, delete: Callable[[], None]) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(question)
        st.button("Delete it", type="primary", key=key, on_click=_delete, args=[delete])


def _delete(delete: Callable[[], None]) -> None:
    try:
        delete()
        put(case=None)
    except PatientSimError as error:
        state["case fault"] = str(error)
