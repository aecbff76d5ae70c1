"""Consult: a clinician takes a history from a simulated patient."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from pages.parts.cases import cases_by_title
from pages.parts.chat import conversation, downloads, listen
from pages.parts.ending import ending
from pages.parts.model import cast, model, move_picker, picker, settings
from pages.parts.nav import navigation
from pages.parts.past import past
from pages.parts.persona import move_sliders, persona, sliders
from pages.parts.result import result
from pages.parts.stores import consultations as store
from patientsim_core import Dialogue, PatientSimError, Persona
from patientsim_core import consultation as consult
from patientsim_core.export import literal, triage
from patientsim_core.models import OFFLINE

ICON = Path(__file__).parent / ".streamlit" / "icon.png"  # icons by name come from afar
HINT = "Greet the patient and ask what is wrong."
CHOOSE = "Choose case and persona at the side (» on a phone)."
SCRIPTED = "The built-in patient is scripted: short, plain questions work best."
state = st.session_state


def act(dialogue: Dialogue, action, *arguments) -> Dialogue | None:
    """Saves what the clinician does; what cannot be done is said, and None comes back."""
    try:
        dialogue = store().change(dialogue, action, *arguments)
    except PatientSimError as error:
        state.fault = str(error)
        return None
    st.query_params["consultation"] = state.open = dialogue.id
    state.editing = False
    return dialogue


def ask(dialogue: Dialogue, action) -> None:
    """Saves a question and whom it is for, and has it answered. One that is not saved stays in the input."""
    question = state.get("question")
    if saved := act(dialogue, lambda shown: action(shown, question, cast())):
        hear(saved)
    else:
        state.question = question


def ask_again(dialogue: Dialogue) -> None:
    """Has the question that waits answered by whoever is chosen now."""
    if saved := act(dialogue, lambda shown: consult.recast(shown, cast())):
        hear(saved)


def finish(dialogue: Dialogue, ranked: Sequence[str], trainee: str) -> bool:
    """Ends the consultation, under the trainee's name if one is given. Says whether it did."""
    try:
        store().sign(dialogue.id, trainee)
    except PatientSimError as error:
        state.fault = str(error)
        return False
    return act(dialogue, consult.end, ranked) is not None


def edit_last(dialogue: Dialogue | None) -> None:
    """Puts the last question into the input, to be asked in other words; None leaves it as it was."""
    state.editing = dialogue is not None
    state.question = consult.last_question(dialogue) if dialogue else ""


def sidebar(dialogue: Dialogue | None) -> Dialogue:
    """What can be chosen, and past consultations. Gives the dialogue to go on with."""
    navigation()
    if dialogue:
        st.button("New consultation", icon=":material/add:", on_click=st.query_params.clear, width="stretch")
    else:
        cases = cases_by_title()
        case = cases[st.selectbox("Case", list(cases), key="case", persist_state="session")]
        dialogue = Dialogue(case=case, persona=persona())
    if not dialogue.end_reason:
        sliders()
        picker(dialogue.case)
    if dialogue.turns and not dialogue.end_reason:
        downloads(dialogue, "The record is left out until the consultation has ended.")
    past(store().recent(), state.open)
    return dialogue


def hear(dialogue: Dialogue) -> None:
    state.heard = consult.Listening(dialogue, persona(), store().change, settings())


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
                row.button("Ask again", type="primary", on_click=ask_again, args=[dialogue])
            edit = {"on_click": edit_last, "args": [None if editing else dialogue], "icon": ":material/edit:"}
            row.button("Keep as it was" if editing else "Edit", disabled=busy, **edit)
            undo = {"on_click": act, "args": [dialogue, consult.take_back], "icon": ":material/undo:"}
            row.button("Take back", disabled=busy, **undo)
            row.space("stretch")
            go = {"on_click": state.update, "args": [{"ending": True}]}
            row.button("End consultation", disabled=busy, **go)
    action, prompt = (consult.edit, "Edit your question") if editing else (consult.ask, "Ask the patient")
    st.chat_input(prompt, key="question", submit_mode="disable", on_submit=ask, args=[dialogue, action])
    if state.ending:
        ending(lambda ranked, trainee: finish(dialogue, ranked, trainee))


def page() -> None:
    id = st.query_params.get("consultation") or None
    try:
        dialogue = store().load(id) if id else None
    except PatientSimError:
        st.button("New consultation", on_click=st.query_params.clear)
        raise
    if state.get("open", "") != id:
        state.update(open=id, editing=False, ending=False, heard=None)
        if dialogue or "cefr" not in state:
            move_sliders(consult.last_persona(dialogue) if dialogue else Persona())
            move_picker(consult.last_cast(dialogue) if dialogue else consult.Cast())
    with st.sidebar:
        dialogue = sidebar(dialogue)
    st.container(border=True).markdown(triage(dialogue.case))
    if dialogue.end_reason:
        st.set_page_config(layout="wide")
        return result(dialogue)
    upcoming = state.heard.voice if state.heard else consult.Voice(persona(), model())
    chat = conversation(dialogue, upcoming)
    if not dialogue.turns:
        st.caption(f"{'' if id else CHOOSE} {HINT} {SCRIPTED if model() == OFFLINE else ''}")
    steps(dialogue)
    if state.heard:
        listen(state.heard, chat)


st.set_page_config("Consult · PatientSim", ICON, initial_sidebar_state=370)
try:
    page()
except PatientSimError as error:
    st.error(literal(str(error)))
