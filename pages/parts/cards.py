"""The patients of a comparison before it begins: a card for each, or a preset for all."""

import streamlit as st

from pages.parts.cases import cases_by_title
from pages.parts.model import cast
from pages.parts.persona import AXIS_LABELS
from patientsim_core import Case, Dialogue, Persona
from patientsim_core.comparison import MOST, presets
from patientsim_core.consultation import Cast
from patientsim_core.models import OFFLINE, warm
from patientsim_core.persona import AXES
from patientsim_core.text import clean

SAME = "the same"
state = st.session_state


def cards(fewest: int) -> None:
    """The presets, a card a patient, and buttons for one more or one less."""
    most = MOST if fewest > 1 else MOST - 1  # beside the dialogue that is replayed
    state["cards"] = count = min(max(state.get("cards", 2), fewest), most)
    st.caption("Quick choices")
    with st.container(horizontal=True, gap="xsmall"):
        for key, preset in presets().items():
            if len(preset.patients) <= most:
                about = {"icon": ":material/bolt:", "on_click": _deal, "args": [key]}
                st.button(preset.label, key=f"preset {key}", **about)
    for start in range(0, count, 3):
        for place, column in zip(range(start, min(start + 3, count)), st.columns(3), strict=False):
            with column, st.container(border=True, gap="xsmall"):
                _card(place)
    with st.container(horizontal=True):
        for label, icon, change in (("One more patient", "add", 1), ("One less", "remove", -1)):
            about = {"icon": f":material/{icon}:", "disabled": not fewest <= count + change <= most}
            st.button(label, on_click=state.update, args=[{"cards": count + change}], **about)


def dealt_questions() -> list[str]:
    """The questions that belong to the preset that was chosen last."""
    return list(presets()[state["dealt"]].questions) if state.get("dealt") else []


def patients_of(case: Case) -> list[Dialogue]:
    """The patients of the cards; `case` is that of cards which name none. Raises InputError where who plays
    one is not settled."""
    cases, found = cases_by_title(), []
    for place in range(state["cards"]):
        persona = Persona(**{axis: state[f"card {place} {axis}"] for axis in AXES})
        own = cases.get(state[f"card {place} case"], case)
        found.append(Dialogue(case=own, persona=persona, **_cast(state[f"card {place} model"])._asdict()))
    return found


def _card(place: int) -> None:
    st.markdown(f"**Patient {place + 1}**")
    for axis, levels in AXES.items():
        state.setdefault(f"card {place} {axis}", getattr(Persona(), axis))
        about = {"format_func": lambda level: level.label, "persist_state": "session"}
        st.selectbox(AXIS_LABELS[axis], list(levels), key=f"card {place} {axis}", **about)
    with st.expander("Another case or model"):
        st.selectbox("Case", [SAME, *cases_by_title()], key=f"card {place} case")
        about = {"accept_new_options": True, "help": "`openai:gpt-4o-mini`, for example: service and name"}
        warm(st.selectbox("Model", [SAME, OFFLINE], key=f"card {place} model", **about))


def _deal(key: str) -> None:
    """Sets the cards to a preset."""
    personas = presets()[key].personas
    state.update(cards=len(personas), dealt=key)
    for place, persona in enumerate(personas):
        state.update({f"card {place} {axis}": getattr(persona, axis) for axis in AXES})


def _cast(name: str) -> Cast:
    """Who plays the patient of a card; of the model at the side all its settings, too."""
    at_side = cast()
    return at_side if name == SAME else Cast(clean(name), at_side.seed)
