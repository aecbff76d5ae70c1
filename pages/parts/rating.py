"""What a rater sees: a dialogue, what was asked of its patient, and what is to be rated."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from pages.parts.address import put
from pages.parts.chat import SPEAKERS
from pages.parts.persona import AXIS_LABELS
from pages.parts.stores import studies
from patientsim_core import Dialogue, PatientSimError
from patientsim_core.evaluation import facts
from patientsim_core.evaluation.judge import spoken
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.export import literal, record_text, triage
from patientsim_core.study import MAX_REASON, NEEDS_REASON, SCORES, Rating, Study, Target, finished, targets

HEIGHT = 700
"""Of the conversation, in pixels: it stays in sight while one rates."""
state = st.session_state


class Sheet(NamedTuple):
    """What one rater says of one dialogue."""

    study: Study
    rater: str
    place: int
    said: dict[Target, Rating]

    def key(self, target: Target) -> str:
        return f"{self.study.id} {self.rater} {self.place} {target.metric} {target.field}"


def rating(study: Study, rater: str) -> None:
    """The dialogue of the address, else the first that is not finished."""
    places = study.order[rater]
    if not places:
        return st.info(f"There is no dialogue for {literal(rater)} in this study.")
    given = st.query_params.get("number", "")
    number = int(given) if given.isdecimal() and 0 < int(given) <= len(places) else _unfinished(study, rater)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(literal(study.name), anchor=False)
        st.caption(f"{literal(rater)} rates. Every click is saved.", width="content")
    if study.closed:
        st.info("This study is closed: its ratings stand as they are.")
    _rate(study, rater, number, studies().dialogue(study.id, places[number - 1]))


@st.fragment
def _rate(study: Study, rater: str, number: int, dialogue: Dialogue) -> None:
    """All of it in a part of its own: what a click saves is shown, and nothing around it is drawn again."""
    place, ratings = study.order[rater][number - 1], studies().ratings(study.id, rater)
    sheet = Sheet(study, rater, place, {one.target: one for one in ratings if one.place == place})
    _progress(number, finished(study, rater, ratings))
    if fault := state.pop("rating fault", None):
        st.error(literal(fault))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _persona(dialogue)
        with st.container(height=HEIGHT, autoscroll=False):
            st.markdown(triage(dialogue.case))
            _conversation(dialogue)
    with right:
        rate, about = st.tabs(["Rate", "Record"])
        with rate:
            _targets(sheet, dialogue)
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


def _targets(sheet: Sheet, dialogue: Dialogue) -> None:
    """The criteria with the meaning of each step, then the sentences whose plausibility is asked for."""
    wanted = targets(sheet.study, sheet.place)
    left = sum(not (one in sheet.said and sheet.said[one].is_complete) for one in wanted)
    st.caption(f"{left} of {len(wanted)} still to rate" if left else "All rated")
    for target in (one for one in wanted if one.metric is Metric.fidelity):
        about = target.criterion
        steps = dict(zip(SCORES, about.steps, strict=True))
        choice = {"format_func": lambda score, steps=steps: f"{score} · {steps[score]}", "index": None}
        st.markdown(f"**{about.label}**\\\n:small[{about.question}]")
        _score(sheet, target, st.radio, about.label, choice)
    sentences = [one for one in wanted if one.metric is Metric.facts]
    if sentences:
        about = sentences[0].criterion
        steps = " · ".join(f"{score} {step}" for score, step in zip(SCORES, about.steps, strict=True))
        st.markdown(f"**{about.label} of single sentences**\\\n:small[{about.question} {steps}.]")
    texts = {one.field: one.text for one in facts.sentences_of(dialogue)}
    for target in sentences:
        with st.container(border=True, gap="xxsmall"):
            st.text(texts[target.field])
            _score(sheet, target, st.segmented_control, f"Plausibility of {target.field}", {})


def _score(sheet: Sheet, target: Target, widget: Callable, label: str, choice: dict[str, object]) -> None:
    """A choice of 1 to 4 that saves itself, and the field for its reason, which a low score needs. The
    database has the truth: fields show what is kept."""
    key, said = sheet.key(target), sheet.said.get(target)
    common = {"on_change": _save, "disabled": sheet.study.closed}
    state[f"score {key}"] = said.score if said else None
    args = [sheet, target, "score", f"score {key}"]
    widget(label, SCORES, key=f"score {key}", label_visibility="collapsed", args=args, **choice, **common)
    if not said or (said.score not in NEEDS_REASON and not said.reason):
        return
    state[f"reason {key}"] = said.reason
    args = [sheet, target, "reason", f"reason {key}"]
    st.text_input("Reason", key=f"reason {key}", max_chars=MAX_REASON, args=args, **common)
    if not said.reason:
        st.caption(":orange[A low score needs a reason.]")


def _save(sheet: Sheet, target: Target, what: str, key: str) -> None:
    """Keeps what was clicked or typed. What could not be kept is said."""
    try:
        studies().rate(sheet.study.id, sheet.place, sheet.rater, target, **{what: state[key]})
    except PatientSimError as error:
        state["rating fault"] = f"This was not saved. {error}"


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
