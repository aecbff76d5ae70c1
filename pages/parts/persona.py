"""The four persona sliders."""

import random

import streamlit as st

from patientsim_core import ALL_PERSONAS, Persona
from patientsim_core.persona import AXES

AXIS_LABELS = dict(zip(AXES, ("Personality", "Language (CEFR)", "Recall", "Confusion"), strict=True))
state = st.session_state


def persona() -> Persona:
    return Persona(**{axis: state[axis] for axis in AXES})


def move_sliders(to: Persona | None = None) -> None:
    state.update(zip(AXES, (to or random.choice(ALL_PERSONAS)).levels, strict=True))


def sliders() -> None:
    """A slider an axis with its meaning below, and a draw from the 37."""
    st.subheader("Persona", anchor=False)
    standard = "One of" if persona().is_standard else "Outside"
    st.caption(f"{standard} the 37 standard personas.")
    for axis, levels in AXES.items():
        options = {"key": axis, "persist_state": "session", "format_func": lambda level: level.label}
        with st.container(gap="xxsmall"):
            level = st.select_slider(AXIS_LABELS[axis], list(levels), **options)
            st.markdown(f":small[{level.description}]")
    st.button("Random standard persona", icon=":material/casino:", on_click=move_sliders, width="stretch")
