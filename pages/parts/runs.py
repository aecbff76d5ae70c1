"""The runs that are looked at, and their dialogues as rows."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from pages.parts.address import addressed_list
from pages.parts.stores import studies
from patientsim_core import PatientSimError
from patientsim_core.export import literal
from patientsim_core.models.prices import load_prices
from patientsim_core.playing import runs_folder
from patientsim_core.storage.index import read_index, with_verdicts
from patientsim_core.storage.run_list import SAMPLES, folder_named, named_runs, told
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
    if "run" not in st.query_params:
        samples = [name for name, one in runs.items() if one.folder.parent == SAMPLES]
        st.query_params["run"] = samples[::-1][:2] or [*runs][:1]
    kept = {**addressed_list("run", runs), "on_change": _keep_runs, "args": []}
    names = st.multiselect("Runs", list(runs), max_selections=MOST, placeholder="Choose up to six", **kept)
    for name in names:
        st.caption(f"**{literal(name)}** {literal(told(runs[name]))}")
    return tuple(names)


def look_at(names: Sequence[str]) -> None:
    """Adds runs to the choice."""
    st.query_params["run"] = list(dict.fromkeys([*names, *st.query_params.get_all("run")]))[:MOST]


def _keep_runs() -> None:
    """The choice as an address; that none is chosen stands there, too, or else there would be a default."""
    st.query_params["run"] = state["run in address"] or ""


def rows_of(names: tuple[str, ...]) -> pd.DataFrame:
    """The rows of the runs; one that cannot be read is left out, and said why."""
    runs = named_runs(runs_folder())
    found = []
    for name in names:
        folder = runs[name].folder
        try:
            found.append(_rows(name, str(folder), _stamp_of(name, folder)))
        except PatientSimError as error:
            st.error(f"{literal(name)}: {literal(str(error))}")
    return (
        _joined(found, tuple((name, _stamp_of(name, runs[name].folder)) for name in names))
        if found
        else joined([])
    )


def why_nothing(names: Sequence[str], rows: pd.DataFrame) -> str:
    """Why there is no dialogue to look at."""
    if not names:
        return "Choose a run at the side, or play one on the Simulate page."
    if rows.empty:
        return "There is no dialogue in these runs yet, or none that can be read."
    return "No dialogue is left. Take a filter away at the side."


def open_named(name: str) -> Run:
    """A run by its name. Raises InputError where there is none."""
    folder = folder_named(runs_folder(), name)
    return _opened(str(folder), _stamp(folder))


def _stamp_of(name: str, folder: Path) -> Stamp:
    """What changes when the rows of a run do: its files, and clinicians' ratings of it."""
    return (*_stamp(folder), studies().stamp(name))


def _stamp(folder: Path) -> Stamp:
    """What changes when a run does."""
    files = sorted(one for one in folder.glob("*.json*") if not one.name.startswith("."))
    return tuple(f"{one.name} {one.stat().st_size} {one.stat().st_mtime_ns}" for one in files)


@st.cache_resource(max_entries=12, show_spinner=False)
def _opened(folder: str, stamp: Stamp) -> Run:
    return open_run(folder)


@st.cache_resource(max_entries=12, show_spinner=False)
def _rows(name: str, folder: str, stamp: Stamp) -> pd.DataFrame:
    bar = st.progress(0.0, "Reading what is new …")
    try:
        run = _opened(folder, stamp[:-1])
        index = read_index(run, lambda share: bar.progress(share, f"Reading {literal(name)} …"))
        index = with_verdicts(run, index, studies().verdicts(name))
    finally:
        bar.empty()
    return of_index(name, index, load_prices())


@st.cache_resource(max_entries=3, show_spinner=False)
def _joined(_parts: list[pd.DataFrame], stamps: tuple) -> pd.DataFrame:
    return joined(_parts)
