"""Two tries at the same case beside each other."""

import streamlit as st

from pages.parts.debriefs import made
from pages.parts.opened import load
from pages.parts.stores import consultations
from patientsim_core import Dialogue, PatientSimError
from patientsim_core.debrief import Debrief, compare
from patientsim_core.debrief.shown import changed
from patientsim_core.export import literal


def tries(dialogue: Dialogue, found: Debrief, name: str) -> None:
    """What this try brought that another one had not; first that which it took up again."""
    store = consultations()
    origin = store.about(dialogue.id).again_of if name.startswith("/") else None
    others = {one.id: one.label for one in store.ended(dialogue.case.hadm_id) if one.id != dialogue.id}
    if origin and "/" in origin:
        others = {origin: f"run {origin.partition('/')[0]}"} | others
    if not others:
        return
    st.subheader("Another try at this case", anchor=False)
    given = st.selectbox(
        "Compare with",
        list(others),
        index=list(others).index(origin) if origin in others else None,
        format_func=lambda one: others[one] + (" · taken up again here" if one == origin else ""),
        placeholder="Choose an earlier try",
        key="compare with",
    )
    if given:
        try:
            before = _of_run(given) if "/" in given else store.load(given)
            st.markdown(changed(compare(made(before), found)))
        except PatientSimError as error:
            st.error(literal(str(error)))


def _of_run(name: str) -> Dialogue:
    run, _, id = name.partition("/")
    return load(run, id).marked.dialogue
