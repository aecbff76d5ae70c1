"""The sentence that was chosen: what each judge says of it, and what the record has."""

from collections.abc import Iterator

import streamlit as st

from pages.parts.address import put
from patientsim_core.case import Case
from patientsim_core.evaluation.verdict import Verdict
from patientsim_core.export import literal
from patientsim_core.judged import opinion
from patientsim_core.marked import MARKS, Sentence, Spoken, items_of
from patientsim_core.storage.index_rows import CONTRADICTED, ENTAILED, PERMITTED, mark_of

ANCHOR = "sentence"
"""Where the page's own link to the box leads."""


def badge(key: str, words: str = "") -> str:
    """A mark as a badge, by its key: with its word, or with other ones."""
    mark = MARKS[key]
    icon = f":material/{mark.icon}: " if mark.icon else ""
    return f":{mark.color or 'gray'}-badge[{icon}{words or mark.word}]"


def sign(key: str) -> str:
    """A mark as its icon in its colour."""
    return f":{MARKS[key].color}[:material/{MARKS[key].icon}:]"


def sentence_box(sentence: Sentence, case: Case) -> None:
    """All that judges say of a sentence, and what the record has of the items that it speaks of."""
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"Sentence {sentence.field}", anchor=ANCHOR, width="stretch")
            about = {"type": "tertiary", "icon": ":material/close:", "key": "close sentence"}
            st.button("Close", on_click=put, kwargs={"sentence": None}, **about)
        st.markdown(literal(sentence.text))
        for verdict in sentence.verdicts:
            st.markdown(verdict_text(verdict, case))
        if not sentence.verdicts:
            st.caption("No judge said anything of this sentence.")
        if spoken := {one.label: one for verdict in sentence.verdicts for one in items_of(case, verdict)}:
            st.markdown("In the record\\\n" + "\\\n".join(map(_recorded, spoken.values())))


def verdict_text(verdict: Verdict, case: Case) -> str:
    """One judge on a sentence: the mark and what it rests on, the items, and the reason."""
    key, said = mark_of(verdict), opinion(verdict)
    about = "".join(f" · {literal(one)}" for one in _about(verdict))
    lines = [f"{badge(key)} **{literal(said.judge)}**{about}"]
    if items := items_of(case, verdict):
        lines.append(" ".join(_item(one, key) for one in items))
    if said.rationale:
        lines.append(literal(said.rationale))
    if verdict.raw:
        lines.append(f":small[The answer as it came: {literal(verdict.raw)}]")
    return "\\\n".join(lines)


def _about(verdict: Verdict) -> Iterator[str]:
    about = verdict.detail
    if about.get("kind"):
        yield f"kind: {about['kind']}"
    if about.get("adds"):
        yield "adds to the record"
    if about.get("plausibility"):
        yield f"plausibility {about['plausibility']} of 4"
    if about.get("permitted"):
        yield f"permitted: {about['permitted']}"
    if verdict.attempts > 1:
        yield f"{verdict.attempts} requests"


def _item(one: Spoken, key: str) -> str:
    """An item with its relation, as a badge."""
    against = PERMITTED if key == PERMITTED else CONTRADICTED
    mark = {"entailed": ENTAILED, "contradicted": against}.get(one.relation)
    words = f"{literal(one.label)}: {literal(one.relation)}"
    return badge(mark, words) if mark else f":gray-badge[{words}]"


def _recorded(one: Spoken) -> str:
    return f":gray[{literal(one.label)}] &ensp;{literal(one.recorded or 'Not recorded')}"
