"""What is rated of a dialogue: fields that save themselves and show what is kept."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from pages.parts.stores import studies
from patientsim_core import Dialogue, PatientSimError
from patientsim_core.evaluation import facts
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.study import MAX_REASON, NEEDS_REASON, SCORES, Rating, Study, Target, targets

FAULT = "rating fault"
"""Where the session has what could not be saved, until it is said."""
state = st.session_state


class Sheet(NamedTuple):
    """What one rater says of one dialogue."""

    study: Study
    rater: str
    place: int
    said: dict[Target, Rating]

    def key(self, target: Target) -> str:
        return f"{self.study.id} {self.rater} {self.place} {target.metric} {target.field}"


def rating_sheet(sheet: Sheet, dialogue: Dialogue) -> None:
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
    _show(f"score {key}", said.score if said else None)
    args = [sheet, target, "score", f"score {key}"]
    widget(label, SCORES, key=f"score {key}", label_visibility="collapsed", args=args, **choice, **common)
    if not said or (said.score not in NEEDS_REASON and not said.reason):
        return
    _show(f"reason {key}", said.reason)
    args = [sheet, target, "reason", f"reason {key}"]
    st.text_input("Reason", key=f"reason {key}", max_chars=MAX_REASON, args=args, **common)
    if not said.reason:
        st.caption(":orange[A low score needs a reason.]")


def _show(key: str, kept: int | str | None) -> None:
    """Puts into a field what is kept, if it has anything else: that would take away what is being typed."""
    if state.get(key) != kept:
        state[key] = kept


def _save(sheet: Sheet, target: Target, what: str, key: str) -> None:
    """Keeps what was clicked or typed. What could not be kept is said, a reason with its words."""
    try:
        studies().rate(sheet.study.id, sheet.place, sheet.rater, target, **{what: state[key]})
    except PatientSimError as error:
        words = f" Your words were: {state[key]}" if what == "reason" and state[key] else ""
        state[FAULT] = f"This was not saved. {error}{words}"
