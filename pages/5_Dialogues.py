"""Dialogues: what was said in a run, sentence by sentence, with what judges say of it."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts.address import addressed, put
from pages.parts.debriefing import debriefing
from pages.parts.dialogue_list import dialogue_list, open_dialogue, page_of, sorting
from pages.parts.filters import filters
from pages.parts.nav import navigation
from pages.parts.opened import beside, header, load
from pages.parts.runs import chosen_runs, rows_of, why_nothing
from pages.parts.transcript import transcript
from patientsim_core import PatientSimError
from patientsim_core.export import literal
from patientsim_core.tables import filtered
from patientsim_core.tables.dialogues import order, place_of

ROOT = Path(__file__).parents[1]
NOTHING_ASKED = "No dialogue has what is asked for under “Only those with” or “Worst first by” at the side."


VIEWS = ("Sentences", "Debrief")


def page() -> None:
    with st.sidebar:
        navigation()
        names = chosen_runs()
        rows = rows_of(names)
        wanted = filters(rows)
        sort, flag = sorting(rows)
    shown = filtered(rows, wanted)
    places = order(shown, sort, flag)
    if name := st.query_params.get("dialogue"):
        return one_dialogue(name, rows, shown, places)
    st.header("Dialogues", anchor=False)
    if len(places):
        dialogue_list(shown, places, sort, flag)
    else:
        st.info(why_nothing(names, rows) if shown.empty else NOTHING_ASKED)


def one_dialogue(name: str, rows: pd.DataFrame, shown: pd.DataFrame, places: np.ndarray) -> None:
    """The dialogue of the address. One that cannot be read says why; the way back is there in any case."""
    run, _, id = name.partition("/")
    here = place_of(shown[["run", "id"]].iloc[places], run, id) if len(places) else None
    steps(shown, places, here)
    try:
        opened = load(run, id, rows)
    except PatientSimError as error:
        st.error(literal(str(error)))
        return
    header(opened)
    view = st.segmented_control(
        "View", VIEWS, required=True, label_visibility="collapsed", **addressed("view", VIEWS, VIEWS[0])
    )
    if view == "Debrief":
        return debriefing(opened.marked.dialogue, opened.marked.verdicts, name)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        judge = transcript(opened.marked, opened.was_played, name)
    with right:
        beside(opened, judge)


def steps(shown: pd.DataFrame, places: np.ndarray, here: int | None) -> None:
    """Back to the list, and on to its neighbours."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        back = {"dialogue": None, "sentence": None, "page": page_of(here)}
        st.button("Back to the list", icon=":material/arrow_back:", on_click=put, kwargs=back)
        st.space("stretch")
        if here is None:
            st.caption("Not among the dialogues that are listed now", width="content")
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            st.caption(f"{here + 1:,} of {len(places):,}", width="content")
            for label, icon, there in (("Previous", "left", here - 1), ("Next", "right", here + 1)):
                known = 0 <= there < len(places)
                name = "/".join(shown[["run", "id"]].iloc[places[there]]) if known else ""
                about = {"icon": f":material/chevron_{icon}:", "disabled": not known, "args": [name]}
                st.button(label, on_click=open_dialogue, **about)


st.set_page_config(
    "Dialogues · PatientSim", ROOT / ".streamlit" / "icon.png", layout="wide", initial_sidebar_state=340
)
try:
    page()
except PatientSimError as error:
    st.error(literal(str(error)))
