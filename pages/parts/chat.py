"""A dialogue as a chat, and its downloads."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from patientsim_core import Dialogue, PatientSimError
from patientsim_core import consultation as consult
from patientsim_core.debrief.shown import anchor
from patientsim_core.export import effort, literal, to_json, to_markdown

state = st.session_state
SPEAKERS = {
    "doctor": {"name": "user", "avatar": ":material/stethoscope:"},  # Streamlit shades what a "user" says
    "patient": {"name": "patient", "avatar": ":material/personal_injury:"},
}


def conversation(dialogue: Dialogue, upcoming: consult.Voice | None = None) -> DeltaGenerator:
    """The turns, with a mark where the patient changed or is about to; once it has ended, with the numbers
    by which the result names its questions. Gives their container: an answer in the making goes to where it
    will stand, so that the one replaces the other."""
    moved, number = consult.changes(dialogue, upcoming), 0
    chat = st.container(gap="xsmall")
    with chat:
        for index, turn in enumerate(dialogue.turns):
            if index in moved:
                _mark(moved[index])
            with st.chat_message(**SPEAKERS[turn.role]):
                number += turn.role == "doctor"
                if dialogue.end_reason and turn.role == "doctor":
                    st.subheader(f":small[:gray[Question {number}]]", anchor=anchor(number))
                st.text(turn.text)
                if turn.stopped:
                    st.caption("Stopped here.")
                elif turn.reply and (line := effort(turn.reply)):
                    st.caption(literal(line))
        if coming := moved.get(len(dialogue.turns)):
            _mark(coming)
    return chat


def _mark(what: str) -> None:
    with st.container(horizontal_alignment="center"):
        st.badge(f"From here: {literal(what)}", icon=":material/tune:", color="primary")


def downloads(dialogue: Dialogue, help: str | None = None) -> None:
    for kind, text, suffix in (("JSON", to_json, "json"), ("Markdown", to_markdown, "md")):
        options = {"help": help, "on_click": "ignore", "icon": ":material/download:", "width": "stretch"}
        file = f"consultation-{dialogue.id[:8]}.{suffix}"
        st.download_button(f"Download {kind}", text(dialogue), file, **options)


def listen(heard: consult.Listening, chat: DeltaGenerator) -> None:
    """Shows the answer while it is made. Another button or a slider only interrupts the showing."""
    with chat, st.chat_message(**SPEAKERS["patient"]):
        place, stop, before = st.empty(), st.empty(), None
        try:
            for text in heard:
                _ = place.text(text) if text else place.caption("The patient is thinking …")
                if text == before and stop:  # it takes a while
                    stop = stop.button("Stop", icon=":material/stop_circle:", on_click=interrupt)
                before = text
        except PatientSimError as error:
            state.fault = str(error)
    state.heard = None
    st.rerun()


def interrupt() -> None:
    try:
        state.heard.stop()
    except PatientSimError as error:
        state.fault = str(error)
    state.heard = None
