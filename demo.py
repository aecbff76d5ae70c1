"""Consult: a clinician takes a history from a simulated patient."""

import os
from pathlib import Path

import streamlit as st

from pages.parts.chat import conversation, downloads, listen, mark
from pages.parts.persona import move_sliders, persona, sliders
from patientsim_core import Dialogue, PatientSimError, Persona, load_cases
from patientsim_core import consultation as consult
from patientsim_core.export import literal, outcome, record, triage
from patientsim_core.storage import VARIABLE, Consultations

CASES = Path(__file__).parent / "data_samples" / "cases.json"
ICON = Path(__file__).parent / ".streamlit" / "icon.png"  # icons by name come from afar
MODEL = (
    "**Built-in patient** (offline)\\\n:small[Scripted: it answers from the record by rules, with no key and "
    "no network. Free conversation needs a language model.]"
)
HINT = (
    "Choose case and persona at the side (» on a phone), then greet the patient and ask what is wrong. "
    "The built-in patient is scripted: short, plain questions work best."
)
RANKS = ("1 (most likely)", "2", "3", "4", "5")
state = st.session_state
read_cases = st.cache_data(lambda path: consult.by_title(load_cases(path)))
open_store = st.cache_resource(validate=lambda kept: isinstance(kept, Consultations))(Consultations)


def store() -> Consultations:
    return open_store(os.environ.get(VARIABLE))


def act(dialogue: Dialogue, action, *arguments) -> None:
    """Saves what the clinician does. What cannot be done is said; a question typed is kept."""
    asks, question = action in (consult.ask, consult.edit), state.get("question")
    try:
        dialogue = store().change(dialogue, action, *([question] if asks else arguments))
        st.query_params["consultation"] = state.open = dialogue.id
        state.editing = False
        if asks:
            hear(dialogue)
    except PatientSimError as error:
        state.fault = str(error)
        if asks:
            state.question = question


def edit_last(dialogue: Dialogue | None) -> None:
    """Puts the last question into the input, to be asked in other words; None leaves it as it was."""
    state.editing = dialogue is not None
    if dialogue:
        state.question = consult.last_question(dialogue)


def sidebar(dialogue: Dialogue | None) -> Dialogue:
    """What can be chosen, and past consultations. Gives the dialogue to go on with."""
    st.title("PatientSim", anchor=False)
    if dialogue:
        st.button("New consultation", icon=":material/add:", on_click=st.query_params.clear, width="stretch")
    else:
        cases = read_cases(CASES)
        case = cases[st.selectbox("Case", list(cases), key="case", persist_state="session")]
        dialogue = Dialogue(case=case, persona=persona())
    if not dialogue.end_reason:
        sliders()
        st.subheader("Model", anchor=False)
        st.markdown(MODEL)
    if dialogue.turns and not dialogue.end_reason:
        downloads(dialogue, "The record is left out until the consultation has ended.")
    if past := store().recent():
        st.subheader("Past consultations", anchor=False)
    for one in past:
        with st.container(gap=None):
            go = {"on_click": st.query_params.update, "args": [{"consultation": one.id}]}
            st.button(literal(one.title), key=one.id, type="tertiary", disabled=one.id == state.open, **go)
            st.caption(one.when)
    return dialogue


def hear(dialogue: Dialogue) -> None:
    state.heard = consult.Listening(dialogue, persona(), store().change)


@st.dialog("End consultation", on_dismiss=lambda: state.update(ending=False))
def end(dialogue: Dialogue) -> None:
    st.markdown("Your differential diagnosis: up to five, the most likely first.")
    with st.form("differential", border=False):
        ranked = [st.text_input(f"Diagnosis {rank}", max_chars=consult.MAX_DIAGNOSIS) for rank in RANKS]
        if st.form_submit_button("End and show the record", type="primary", width="stretch"):
            state.ending = False
            act(dialogue, consult.end, ranked)
            st.rerun()


def steps(dialogue: Dialogue) -> None:
    """What can be done with an open consultation: ask, edit, take back, ask again, end."""
    waiting, editing, busy = consult.is_waiting(dialogue), state.editing, state.heard is not None
    with st.bottom:  # always as many parts: were the input to move, it would lose the keyboard's focus
        notice, row = st.container(), st.container(horizontal=True, gap="xsmall")
        if fault := state.pop("fault", None):
            notice.error(literal(fault))
        elif waiting and not busy:
            notice.warning("The patient has not answered the last question.")
        if dialogue.turns:
            if waiting and not busy:
                row.button("Ask again", type="primary", on_click=hear, args=[dialogue])
            edit = {"on_click": edit_last, "args": [None if editing else dialogue], "icon": ":material/edit:"}
            row.button("Keep as it was" if editing else "Edit", disabled=busy, **edit)
            undo = {"on_click": act, "args": [dialogue, consult.take_back], "icon": ":material/undo:"}
            row.button("Take back", disabled=busy, **undo)
            row.space("stretch")
            go = {"on_click": state.update, "args": [{"ending": True}]}
            row.button("End consultation", disabled=busy, **go)
    action, prompt = (consult.edit, "Edit your question") if editing else (consult.ask, "Ask the patient")
    st.chat_input(prompt, key="question", submit_mode="disable", on_submit=act, args=[dialogue, action])
    if state.ending:
        end(dialogue)


def result(dialogue: Dialogue) -> None:
    first, second = st.tabs(["Result", "Conversation"])
    with first:
        st.markdown(outcome(dialogue))
        for group, text in record(dialogue).items():
            st.expander(group).markdown(text)
        with st.container(horizontal=True):
            downloads(dialogue)
    with second:
        conversation(dialogue)


def page() -> None:
    id = st.query_params.get("consultation")
    try:
        dialogue = store().load(id) if id else None
    except PatientSimError:
        st.button("New consultation", on_click=st.query_params.clear)
        raise
    if state.get("open", "") != id:
        state.update(open=id, editing=False, ending=False, heard=None)
        if dialogue or "cefr" not in state:
            move_sliders(consult.last_persona(dialogue) if dialogue else Persona())
    with st.sidebar:
        dialogue = sidebar(dialogue)
    st.container(border=True).markdown(triage(dialogue.case))
    if dialogue.end_reason:
        return result(dialogue)
    conversation(dialogue)
    if not dialogue.turns:
        st.caption(HINT)
    elif persona() != consult.last_persona(dialogue):
        mark(persona())
    steps(dialogue)
    if state.heard:
        listen(state.heard)


st.set_page_config("Consult · PatientSim", ICON, initial_sidebar_state=370)
try:
    page()
except PatientSimError as error:
    st.error(literal(str(error)))
