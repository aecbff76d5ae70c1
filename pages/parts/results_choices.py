"""What a section of the results lets choose: two runs, two judges, a criterion, an axis."""

import streamlit as st

from pages.parts.persona import AXIS_LABELS
from patientsim_core.measures import measure
from patientsim_core.results import View
from patientsim_core.results.judges import named
from patientsim_core.results.overview import CRITERIA
from patientsim_core.tables import pairs_of, rated_by_both

BOUND = {"bind": "query-params"}


def choices(section: str, view: View) -> View:
    """The view with what is chosen for this section."""
    draw = {"persona": _criterion, "turns": _axis, "pairs": _two_runs, "judges": _two_judges}.get(section)
    return draw(view) if draw else view


def _criterion(view: View) -> View:
    there = [one for one in CRITERIA if view.columns("fidelity", one)]
    name = st.selectbox(
        "Score of the map of personas",
        ["", *there],
        format_func=lambda one: measure("fidelity", one).label if one else "Mean of all criteria",
        key="criterion",
        **BOUND,
    )
    return view._replace(name=name)


def _axis(view: View) -> View:
    name = st.selectbox(
        "Disclosure by",
        ["", *AXIS_LABELS],
        format_func=lambda one: AXIS_LABELS[one] if one else "Run alone",
        key="by",
        **BOUND,
    )
    return view._replace(name=name)


def _two_runs(view: View) -> View:
    runs = list(view.look.runs)
    if len(runs) < 2:
        return view
    left, right = st.columns(2)
    first = left.selectbox("From", runs, key="first", **BOUND)
    second = right.selectbox("To", runs, index=1, key="second", **BOUND)
    if first == second:
        st.info("Choose two different runs.")
    return view._replace(first=first, second=second)


def _two_judges(view: View) -> View:
    there = pairs_of(view.rows)
    if len(there) < 2:
        return view
    left, middle, right = st.columns(3)
    first = left.selectbox("Judge", there, key="judge one", **BOUND)
    others = [one for one in there if one != first]
    second = middle.selectbox("Other judge", others, key="judge two", **BOUND)
    both = list(rated_by_both(view.rows, first, second))
    name = right.selectbox("Where they differ on", both, format_func=named, key="on", **BOUND) if both else ""
    return view._replace(first=first, second=second, name=name)
