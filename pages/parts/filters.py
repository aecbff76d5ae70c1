"""Which dialogues are looked at, and by whose judgement; all of it stands in the address."""

import pandas as pd
import streamlit as st

from pages.parts.address import addressed_list
from patientsim_core.persona import AXES
from patientsim_core.tables import FILTERS, judges_of


def filters(rows: pd.DataFrame) -> dict[str, list[str]]:
    """The fields, one a column; gives the wanted values of each. They are drawn when they are seen: a browser
    takes longer for a field than for most of what is on these pages."""
    box = st.expander(
        "Filter dialogues", icon=":material/filter_alt:", expanded=_any(), key="filters", on_change="rerun"
    )
    with box:
        return {name: _field(name, label, rows, box.open) for name, label in FILTERS.items()}


def judges(rows: pd.DataFrame) -> list[str]:
    """The choice of judges, where there are several; none chosen means all."""
    found = judges_of(rows)
    if len(found) < 2:
        return []
    return st.multiselect("Judges", found, placeholder="All", **addressed_list("judge", found))


def _field(name: str, label: str, rows: pd.DataFrame, is_open: bool) -> list[str]:
    there = set(rows[name].unique()) if name in rows else set()
    options = [str(level) for level in AXES[name] if level in there] if name in AXES else sorted(there)
    about = addressed_list(parameter(name), options)
    return (
        st.multiselect(label, options, placeholder="All", **about)
        if is_open
        else st.session_state[about["key"]]
    )


def _any() -> bool:
    return any(parameter(name) in st.query_params for name in FILTERS)


def parameter(name: str) -> str:
    """A filter's name in the address. Not the column's alone: other pages' fields have such keys, and the
    session would mix them up."""
    return f"only_{name}"
