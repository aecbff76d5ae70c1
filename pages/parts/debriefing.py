"""A debrief beside its conversation: what came out, what was made of it, how one talked, and next time."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import streamlit as st

from pages.parts.ask_judge import judge_form
from pages.parts.chat import conversation
from pages.parts.debriefs import made
from pages.parts.nav import COMPARE, replayed
from pages.parts.show_chart import draw
from pages.parts.stores import consultations, lessons
from pages.parts.tries import tries
from patientsim_core import Dialogue
from patientsim_core import consultation as consult
from patientsim_core.charts import look
from patientsim_core.debrief import Debrief, charts
from patientsim_core.debrief.checklist import check
from patientsim_core.debrief.document import to_html, to_json, to_markdown
from patientsim_core.debrief.shown import checked, quoted, shown
from patientsim_core.debrief.text import NOT_A_SCORE, Section, sections
from patientsim_core.evaluation.verdict import Verdict
from patientsim_core.export import ended, literal

FEW = 3
"""Quotations up to which all are shown at once."""

FILES = (
    ("HTML, to print", to_html, "html", "text/html"),
    ("Markdown", to_markdown, "md", "text/markdown"),
    ("JSON", to_json, "json", "application/json"),
)


def debriefing(dialogue: Dialogue, verdicts: Sequence[Verdict], name: str) -> None:
    """The debrief of a dialogue; `name` is where it is found: `/ID` for a consultation, or `RUN/ID`."""
    found = made(dialogue, verdicts)
    st.markdown(ended(dialogue))
    _files(found, name)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.caption(NOT_A_SCORE)
        _next_time(dialogue, found, name)
        tries(dialogue, found, name)
        _all(dialogue, found, name)
    with right:
        st.subheader("Conversation", anchor=False)
        conversation(dialogue)


def _files(found: Debrief, name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, write, suffix, mime in FILES:
            file = f"debrief-{found.dialogue_id[:8]}.{suffix}"
            about = {"on_click": "ignore", "icon": ":material/download:", "key": f"debrief as {suffix}"}
            st.download_button(label, lambda write=write: write(found), file, mime, **about)
        way = {"icon": ":material/compare:", "query_params": replayed(name)}
        st.page_link(COMPARE, label="Replay to another persona", **way)


def _next_time(dialogue: Dialogue, found: Debrief, name: str) -> None:
    st.subheader("Next time", anchor=False)
    if not found.suggestions:
        st.caption("Nothing to suggest.")
    for place, one in enumerate(found.suggestions):
        with st.container(border=True):
            said = "" if one.added else f"\n\n{quoted(one.quote)}"
            st.markdown(f"{literal(one.text)}\n\n:material/lightbulb: “{literal(one.better)}”{said}")
            label, question = f"Take it again from question {one.quote.question}", one.quote.question
            if st.button(label, key=f"again {place}", icon=":material/replay:", disabled=not question):
                take_again(dialogue, question, name)
    with st.popover("From another question", icon=":material/replay:"):
        question = st.number_input("Question", 1, max(dialogue.questions, 1), key="again from")
        st.caption("A new consultation begins there; this one stays as it is.")
        if st.button("Take it again", key="again", disabled=not dialogue.questions):
            take_again(dialogue, question, name)


def take_again(dialogue: Dialogue, question: int, name: str) -> None:
    """Opens the consultation anew, as it was before a question."""
    new = consult.again_from(dialogue, question)
    consultations().save(new, again_of=name.removeprefix("/"))
    st.switch_page("demo.py", query_params={"consultation": new.id})


def _all(dialogue: Dialogue, found: Debrief, name: str) -> None:
    """Every section in the order of the documents, but what stands above."""
    parts = {one.title: one for one in sections(found)}
    _section(parts["What went well"])
    _history(parts["History"], found)
    _checklist(dialogue)
    _section(parts["Asked twice"])
    _section(parts["Differential"])
    _red_flags(parts["Red flags"])
    _section(parts["Communication"])
    if name.startswith("/"):
        judge_form(dialogue)
    _section(parts["What the patient was allowed"])
    _section(parts["Where the patient erred"])


def _section(section: Section) -> None:
    """A section with what there is to say; one without anything is left to the documents."""
    if not section.lines and not section.parts and section.title != "Communication":
        return
    st.subheader(section.title, anchor=False)
    if section.note:
        st.caption(literal(section.note))
    for few, lines in groupby(section.lines, lambda line: len(line.quotes) <= FEW):
        if few:
            st.markdown(shown(lines))
        for line in () if few else lines:
            st.markdown(shown([replace(line, quotes=())]))
            with st.expander(f"Where it was said · {len(line.quotes)}"):
                st.markdown(quoted(*line.quotes))


def _history(history: Section, found: Debrief) -> None:
    """The map, a group at a time, between its two figures."""
    _section(history)
    dress = look([], st.context.theme.type == "dark")
    draw(charts.coverage(found, dress), leads=False)
    covered = {one.group: f" · {one.heard} of {one.total}" for one in found.history.coverage if one.total}
    for group in history.parts:
        with st.expander(f"**{literal(group.title)}**{covered.get(group.title, '')}"):
            st.markdown(shown(group.lines))
    draw(charts.timeline(found, dress), leads=False)


def _red_flags(flags: Section) -> None:
    """A table at a time, with its sources."""
    _section(flags)
    for table in flags.parts:
        with st.expander(f"**{literal(table.title)}**"):
            st.caption(literal(table.note))
            st.markdown(shown(table.lines))


def _checklist(dialogue: Dialogue) -> None:
    """The teacher's own points for this case, where there are any."""
    if points := lessons().checklist(dialogue.case.hadm_id):
        found = check(points, dialogue)
        st.subheader("Checklist", anchor=False)
        st.caption(f"{sum(one.done for one in found)} of {len(found)} points of your teacher's list.")
        st.markdown(checked(found))
