"""What a rater sees: a dialogue, what was asked of its patient, and beside it what is to be rated."""

from collections.abc import Sequence

import streamlit as st

from pages.parts.address import put
from pages.parts.chat import SPEAKERS
from pages.parts.persona import AXIS_LABELS
from pages.parts.rating_sheet import FAULT, Sheet, rating_sheet
from pages.parts.stores import studies
from patientsim_core import Dialogue, PatientSimError
from patientsim_core.evaluation.judge import spoken
from patientsim_core.export import literal, record_text, triage
from patientsim_core.study import Study, finished

HEIGHT = 700
"""Of the conversation, in pixels: it stays in sight while one rates."""
state = st.session_state


def rating(study: Study, rater: str) -> None:
    """The dialogue of the address, else the first that is not finished."""
    places = study.order[rater]
    if not places:
        return st.info(f"There is no dialogue for {literal(rater)} in this study.")
    if not _number(places):
        put(number=_unfinished(study, rater))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(literal(study.name), anchor=False)
        st.caption(f"{literal(rater)} rates. Every click is saved.", width="content")
    _rate(study.id, rater)


@st.fragment
def _rate(id: str, rater: str) -> None:
    """All of it in a part of its own: what a click saves is shown, and nothing around it is drawn again."""
    if fault := state.pop(FAULT, None):
        st.error(literal(fault))
    try:
        _dialogue(studies().load(id), rater)
    except PatientSimError as error:
        st.error(literal(str(error)))
        st.button("Try again")


def _dialogue(study: Study, rater: str) -> None:
    number = _number(study.order[rater])
    place, ratings = study.order[rater][number - 1], studies().ratings(study.id, rater)
    dialogue = studies().dialogue(study.id, place)
    sheet = Sheet(study, rater, place, {one.target: one for one in ratings if one.place == place})
    if study.closed:
        st.info("This study is closed: its ratings stand as they are.")
    _progress(number, finished(study, rater, ratings))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _persona(dialogue)
        with st.container(height=HEIGHT, autoscroll=False):
            st.markdown(triage(dialogue.case))
            _conversation(dialogue)
    with right:
        rate, about = st.tabs(["Rate", "Record"])
        with rate:
            rating_sheet(sheet, dialogue)
        with about:
            st.markdown(record_text(dialogue.case))


def _progress(number: int, done: list[bool]) -> None:
    """How far the rater is, and the way to the other dialogues."""
    total = len(done)
    st.progress(sum(done) / total, f"{sum(done)} of {total} dialogues finished")
    with st.container(horizontal=True, vertical_alignment="center"):
        mark = " :green-badge[:material/check: all rated]" if done[number - 1] else ""
        st.markdown(f"**Dialogue {number} of {total}**{mark}", width="stretch")
        for label, icon, there in (("Back", "left", number - 1), ("Next", "right", number + 1)):
            about = {"icon": f":material/chevron_{icon}:", "disabled": not 0 < there <= total}
            st.button(label, on_click=put, kwargs={"number": there}, **about)


def _number(places: Sequence[int]) -> int | None:
    """The number of the dialogue that the address asks for, from 1 on; None where there is none such."""
    given = st.query_params.get("number", "")
    number = int(given) if given.isdecimal() and len(given) < 7 else 0
    return number if 0 < number <= len(places) else None


def _unfinished(study: Study, rater: str) -> int:
    """The number of the first dialogue that is not finished, else of the first."""
    done = finished(study, rater, studies().ratings(study.id, rater))
    return next((number for number, one in enumerate(done, 1) if not one), 1)


def _persona(dialogue: Dialogue) -> None:
    """What was asked of whoever plays the patient."""
    st.markdown("Whoever played the patient was asked for")
    levels = {label: getattr(dialogue.persona, axis) for axis, label in AXIS_LABELS.items()}
    st.markdown("\n".join(f"- {label}: **{one.label}**. {one.description}" for label, one in levels.items()))


def _conversation(dialogue: Dialogue) -> None:
    """The words alone: nothing of the model, of its account of itself, or of the differential."""
    number = 0
    for turn in dialogue.turns:
        if turn.question and turn.question.differential:
            continue
        number += turn.role == "doctor"
        with st.chat_message(**SPEAKERS[turn.role]):
            if turn.role == "doctor":
                st.caption(f"Question {number}")
            st.text(spoken(turn))
