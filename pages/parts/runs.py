"""The runs that are looked at, and their dialogues as rows."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from patientsim_core import PatientSimError
from patientsim_core.export import literal
from patientsim_core.models.prices import load_prices
from patientsim_core.playing import runs_folder
from patientsim_core.storage.index import read_index
from patientsim_core.storage.run_list import SAMPLES, named_runs, told
from patientsim_core.storage.runs import Run, open_run
from patientsim_core.tables import joined
from patientsim_core.tables import rows_of as of_index

MOST = 6
"""So many runs are looked at together: as many as there are colours."""

Stamp = tuple[str, ...]
state = st.session_state


def chosen_runs() -> tuple[str, ...]:
    """The choice of runs; at first those that come with the project, else the newest. It stands in the
    address even then, so that the address means the same to everybody."""
    runs = named_runs(runs_folder())
    if fresh := state.pop("runs to look at", None):
        state.run = list(dict.fromkeys([*fresh, *state.get("run", [])]))[:MOST]
    elif "run" not in st.query_params and not state.get("run"):
        samples = [name for name, one in runs.items() if one.folder.parent == SAMPLES]
        state.run = st.query_params["run"] = samples[::-1][:2] or [*runs][:1]
    names = st.multiselect(
        "Runs",
        list(runs),
        key="run",
        bind="query-params",
        max_selections=MOST,
        placeholder="Choose up to six",  # no format_func: the address would have its text, which changes
    )
    for name in names:
        st.caption(f"**{literal(name)}** {literal(told(runs[name]))}")
    return tuple(names)


def look_at(names: Sequence[str]) -> None:
    """Adds to the choice when the page is drawn next."""
    state["runs to look at"] = names


def rows_of(names: tuple[str, ...]) -> pd.DataFrame:
    """The rows of the runs; one that cannot be read is left out, and said why."""
    runs = named_runs(runs_folder())
    found = []
    for name in names:
        folder = runs[name].folder
        try:
            found.append(_rows(name, str(folder), _stamp(folder)))
        except PatientSimError as error:
            st.error(f"{literal(name)}: {literal(str(error))}")
    return _joined(found, tuple((name, _stamp(runs[name].folder)) for name in names)) if found else joined([])


def open_named(name: str) -> Run:
    """A run by its name. Raises InputError where there is none."""
    summary = named_runs(runs_folder()).get(name)
    return open_run(summary.folder if summary else runs_folder() / Path(name).name)


def _stamp(folder: Path) -> Stamp:
    """What changes when a run does."""
    files = sorted(one for one in folder.glob("*.json*") if not one.name.startswith("."))
    return tuple(f"{one.name} {one.stat().st_size} {one.stat().st_mtime_ns}" for one in files)


@st.cache_resource(max_entries=12, show_spinner=False)
def _rows(name: str, folder: str, stamp: Stamp) -> pd.DataFrame:
    bar = st.progress(0.0, "Reading what is new …")
    try:
        index = read_index(open_run(folder), lambda share: bar.progress(share, f"Reading {literal(name)} …"))
    finally:
        bar.empty()
    return of_index(name, index, load_prices())


@st.cache_resource(max_entries=3, show_spinner=False)
def _joined(_parts: list[pd.DataFrame], stamps: tuple) -> pd.DataFrame:
    return joined(_parts)
