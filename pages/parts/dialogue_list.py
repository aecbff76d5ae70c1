"""Dialogues to choose from, the worst first."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.parts.address import addressed, put
from patientsim_core.export import literal
from patientsim_core.storage.index_rows import Column
from patientsim_core.tables.dialogues import FLAGS, listed, sorts

PER_PAGE = 20
state = st.session_state


def sorting(rows: pd.DataFrame) -> tuple[Column | None, str]:
    """What the list is sorted by, None for the order in which they were played, and the flag it is for."""
    labels = sorts(rows)
    about = {"index": None, "placeholder": "As they were played", "format_func": lambda name: labels[name]}
    named = st.selectbox("Worst first by", list(labels), **about, **addressed("sort", labels))
    asked = st.query_params.get("sort")
    if asked and asked not in labels and len(rows):
        st.caption(f"There are no figures of {literal(asked[:80])} in these runs.")
    about = {"format_func": lambda flag: FLAGS[flag].label}
    flag = st.pills("Only those with", list(FLAGS), **about, **addressed("flag", FLAGS))
    return Column.of(named) if named else None, flag or ""


def dialogue_list(rows: pd.DataFrame, places: Sequence[int], sort: Column | None, flag: str) -> None:
    """A page of the list, a card a dialogue, and the way to the others."""
    st.caption(f"{len(places):,} of {len(rows):,} dialogues" if len(places) < len(rows) else _all(rows))
    pages = max(1, -(-len(places) // PER_PAGE))
    shown = min(_page(), pages)
    start = (shown - 1) * PER_PAGE
    with st.container(gap="xsmall"):
        for one in listed(rows, places[start : start + PER_PAGE], sort, flag).itertuples():
            _card(one)
    if pages > 1:
        with st.container(horizontal_alignment="center"):
            key = f"page {shown}"  # another page is another widget: the address alone says which one it is
            st.pagination(pages, default=shown, key=key, on_change=lambda: put(page=state[key]))


def page_of(place: int | None) -> int | None:
    """The page on which a dialogue stands, by its place in the list from 0 on; None for the first one."""
    return place // PER_PAGE + 1 if place and place >= PER_PAGE else None


def open_dialogue(name: str) -> None:
    put(dialogue=name, sentence=None)


def _all(rows: pd.DataFrame) -> str:
    return f"{len(rows):,} dialogue{'' if len(rows) == 1 else 's'}"


def _page() -> int:
    """The page that the address asks for, 1 where that is no page."""
    given = st.query_params.get("page", "1")
    return max(1, int(given)) if given.isdecimal() and len(given) < 7 else 1


def _card(one) -> None:
    """A dialogue: a button that opens it, where it comes from, and what is wrong with it."""
    name = f"{one.run}/{one.id}"
    turns = f"{one.turns} turn{'' if one.turns == 1 else 's'}"
    where = literal(" · ".join([one.case, one.run, turns, str(one.end)]))
    with st.container(border=True, gap=None):
        about = {"key": f"open {name}", "type": "tertiary", "wrap": True}
        label = f"**{literal(one.diagnosis)}** · {literal(one.persona)}"
        st.button(label, on_click=open_dialogue, args=[name], **about)
        st.markdown(f"{_badges(one)} :small[:gray[{where}]]")


def _badges(one) -> str:
    found = [f":primary-badge[{literal(one.value)}]"] if one.value else []
    if one.failed:
        found.append(":red-badge[:material/error: failed]")
    if one.wrong:
        found.append(f":red-badge[:material/close: {one.wrong} wrong]")
    if one.unscored:
        found.append(f":gray-badge[:material/question_mark: {one.unscored} unscored]")
    return " ".join(found)
