"""The form of a batch: cases, personas, models, and how they generate."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from pages.parts.keys import KEPT, settings_for
from pages.parts.persona import AXIS_LABELS
from pages.parts.role import keys_of, played_by, role
from patientsim_core import Case, Persona
from patientsim_core.job import Parameters
from patientsim_core.models import Options, Settings
from patientsim_core.models.options import EFFORTS, parse_option
from patientsim_core.persona import ALL_PERSONAS, AXES
from patientsim_core.selection import Item, combinations, select

ASSIGNED, ALL, CHOSEN = "Each case's own", "All 37", "By level"
DEFAULT = "service's default"
CONTROL = (
    "A control: every patient is played as plain · B · high recall, and judged against the persona that it "
    "was assigned."
)
state = st.session_state


class Wanted(NamedTuple):
    """What the form asks for."""

    parameters: Parameters
    cases: list[Case]
    items: list[Item]
    concurrency: int
    settings: Settings


def batch_form(cases: dict[str, Case]) -> None:
    """The fields. `cases` by their titles."""
    state.setdefault("repeats", 1)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Who", anchor=False)
        every = f"All {len(cases)} cases"
        st.multiselect("Cases", list(cases), key="batch cases", placeholder=every, **KEPT)
        _personas()
        st.number_input("Repeats of each", 1, 1000, key="repeats", **KEPT)
    with right:
        st.subheader("Played by", anchor=False)
        keys_of(role("patient"), role("doctor"))
        _advanced()


def wanted(cases: dict[str, Case]) -> Wanted:
    """What the fields ask for. Raises InputError for what cannot be played."""
    chosen = [cases[title] for title in state["batch cases"] or cases]
    extra = dict(parse_option(line) for line in (state["batch extra"] or "").splitlines() if line.strip())
    parameters = Parameters(
        patient=played_by("patient"),
        doctor=played_by("doctor"),
        seed=state["batch seed"],
        max_turns=state["batch turns"],
        options=Options(
            temperature=state["batch temperature"],
            max_tokens=state["batch tokens"],
            reasoning_effort=state["batch effort"],
            extra=extra,
        ),
        play_as=Persona() if state["batch control"] else None,
    )
    settings = settings_for(state["patient service"], state["doctor service"])
    each = None if state["batch personas"] == ASSIGNED else state["batch cases each"]
    items = select(chosen, _chosen_personas(), state["repeats"], each)
    return Wanted(parameters, chosen, items, state["batch at once"], settings)


def _personas() -> None:
    st.segmented_control(
        "Personas", [ASSIGNED, ALL, CHOSEN], default=ASSIGNED, required=True, key="batch personas", **KEPT
    )
    if state["batch personas"] == CHOSEN:
        _levels()
    if state["batch personas"] != ASSIGNED:
        st.number_input(
            "Cases for each persona",
            1,
            value=None,
            key="batch cases each",
            placeholder="all",
            help="So many, taken in turn: every case is met about equally often.",
            **KEPT,
        )


def _levels() -> None:
    for axis, levels in AXES.items():
        plain = [next(iter(levels))] if axis == "personality" else None
        about = {"format_func": lambda level: level.label, "key": f"batch {axis}", **KEPT}
        st.multiselect(AXIS_LABELS[axis], list(levels), default=plain, placeholder=_plain(axis), **about)
    found = _combined()
    outside = sum(persona not in ALL_PERSONAS for persona in found)
    count = f"{len(found)} combination{'' if len(found) == 1 else 's'}"
    st.caption(count + (f", {outside} outside the 37 standard ones." if outside else "."))


def _plain(axis: str) -> str:
    """What an axis is where no level is chosen."""
    return f"only {getattr(combinations({})[0], axis).label}"


def _combined() -> list:
    return combinations({axis: state.get(f"batch {axis}") or [] for axis in AXES})


def _chosen_personas() -> str | Sequence:
    return {ASSIGNED: "assigned", ALL: "all"}.get(state["batch personas"]) or _combined()


def _advanced() -> None:
    with st.expander("Advanced", icon=":material/tune:"):
        st.number_input("Dialogues at once", 1, 256, 16, key="batch at once", **KEPT)
        st.number_input("Most turns of the doctor", 1, 200, 30, key="batch turns", **KEPT)
        st.number_input("Seed", value=42, step=1, key="batch seed", **KEPT)
        st.checkbox("Without persona behaviour", key="batch control", help=CONTROL, **KEPT)
        none = {"placeholder": DEFAULT, **KEPT}
        st.number_input(
            "Temperature, 0 to 2", 0.0, 2.0, 0.7, 0.1, format="%.2g", key="batch temperature", **none
        )
        st.number_input("Most tokens of an answer", 1, 200_000, None, 50, key="batch tokens", **none)
        st.selectbox("Reasoning effort", EFFORTS, index=None, key="batch effort", **none)
        st.text_area(
            "Other options of the service",
            key="batch extra",
            placeholder="one NAME=VALUE a line, as top_p=0.9",
            **KEPT,
        )
