"""What the buttons of Compare do: begin, ask, hear, stop, leave out."""

from collections.abc import Callable

import streamlit as st

from pages.parts.address import put
from pages.parts.keys import settings_for
from pages.parts.stores import comparisons
from patientsim_core import Dialogue, PatientSimError
from patientsim_core import comparison as compare
from patientsim_core.comparison import Comparison
from patientsim_core.hearing import Hearing

state = st.session_state


def doing(action: Callable, *arguments: object) -> None:
    """What a button does; what cannot be done is said, and a question that was not asked stays."""
    question = state.get("question")
    try:
        action(*arguments)
    except PatientSimError as error:
        state["compare fault"], state.question = str(error), question


def start(comparison: Comparison, patients: list[Dialogue], questions: list[str]) -> None:
    """Keeps a new comparison with its first questions, and has them answered."""
    comparison = compare.asking(comparison, questions) if questions else comparison
    comparisons().begin(comparison, patients)
    put(mode=None, dialogue=None)
    state.compared = st.query_params["comparison"] = comparison.id
    hear(comparison)


def ask(comparison: Comparison, questions: list[str]) -> None:
    hear(comparisons().ask(comparison, questions))


def hear(comparison: Comparison) -> None:
    """Has all patients answer what they have not answered yet."""
    store = comparisons()
    _, patients = store.load(comparison.id)
    state.faults = {}
    state.hearing = Hearing(
        patients,
        comparison.questions,
        lambda place, patient: store.save_patient(comparison.id, place, patient),
        [settings_for(one.model.partition(":")[0]) for one in patients],
    )


def stop() -> None:
    hearing = state.hearing
    hearing.stop()
    state.update(faults=dict(hearing.errors), hearing=None)


def leave_out(comparison: Comparison, patients: list[Dialogue]) -> None:
    """Goes on without the answers that some have not given."""
    for place, patient in enumerate(patients):
        if compare.is_behind(patient, comparison.questions):
            left = compare.leave_out(patient, comparison.questions)
            comparisons().save_patient(comparison.id, place, left)
    state.faults = {}
