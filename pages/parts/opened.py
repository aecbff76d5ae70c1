"""One dialogue of a run: what it is, and what stands beside it."""

from typing import NamedTuple

import pandas as pd
import streamlit as st

from pages.parts.nav import COMPARE, replayed
from pages.parts.runs import open_named
from pages.parts.sentence import sign
from pages.parts.stores import studies
from patientsim_core import Dialogue, EndReason, InputError
from patientsim_core.export import literal, record_text
from patientsim_core.judged import Field, Opinion, judged
from patientsim_core.marked import Marked, to_json
from patientsim_core.storage.index import dialogue_at, read_index, verdicts_at
from patientsim_core.storage.runs import Run
from patientsim_core.tables.dialogues import place_of

MISSING = "There is no dialogue {id!r} in {run!r} (any more). Choose another one from the list."
CHANGED = "{run}: its files have changed meanwhile. Load the page again."


class Opened(NamedTuple):
    """A dialogue with its verdicts, and the run that it is from."""

    run: Run
    marked: Marked

    @property
    def was_played(self) -> bool:
        """Whether this project played it, as opposed to a release that was imported."""
        return self.run.about.imported is None


def load(name: str, id: str, rows: pd.DataFrame | None = None) -> Opened:
    """A dialogue by its run and id, whether or not its run is among the chosen ones, whose `rows` are known.
    Raises InputError that says why it cannot be shown."""
    run = open_named(name)
    place = None if rows is None else place_of(rows, name, id)
    if place is None:
        rows = read_index(run).assign(run=name)
        place = place_of(rows, name, id)
    if place is None:
        raise InputError(MISSING.format(id=id[:80], run=name[:80]))
    try:
        dialogue, verdicts = dialogue_at(run, rows.iloc[place]), verdicts_at(run, rows.iloc[place])
        verdicts += studies().verdicts(name).get(id, [])
    except OSError:
        raise InputError(CHANGED.format(run=name)) from None
    if dialogue.id != id or any(one.dialogue_id != id for one in verdicts):
        raise InputError(CHANGED.format(run=name))
    return Opened(run, Marked(dialogue, verdicts))


def header(opened: Opened) -> None:
    """Whose dialogue it is, by whom it was played, and how it ended."""
    dialogue = opened.marked.dialogue
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(literal(dialogue.case.title), anchor=False, width="stretch")
        name = f"{opened.run.name}/{dialogue.id}"
        st.page_link(COMPARE, label="Replay", icon=":material/replay:", query_params=replayed(name))
        about = {"on_click": "ignore", "icon": ":material/download:", "help": "The dialogue and its verdicts"}
        file = f"{opened.run.name}-{dialogue.id}.json"
        st.download_button(
            "JSON", lambda: to_json(dialogue, opened.marked.verdicts), file, "application/json", **about
        )
    ended = dialogue.end_reason or "not ended"
    color = "green" if ended == EndReason.concluded else "orange"
    who = [dialogue.persona.label, *(f"played as {label}" for label in _played(dialogue))]
    who += [f"run {opened.run.name}", f"patient {dialogue.model}"]
    who += [f"doctor {dialogue.doctor}"] if dialogue.doctor else []
    st.markdown(f":{color}-badge[{literal(str(ended))}] {literal(' · '.join(who))}")
    if dialogue.failure:
        st.error(literal(f"{dialogue.failure.kind}: {dialogue.failure.text}"))
    if dialogue.differential:
        st.caption(f"Differential: {literal('; '.join(dialogue.differential))}")


def _played(dialogue: Dialogue) -> list[str]:
    """The personas of the replies that are not the assigned one."""
    heard = dict.fromkeys(turn.persona.label for turn in dialogue.turns if turn.persona)
    return [label for label in heard if label != dialogue.persona.label]


def beside(opened: Opened, judge: str) -> None:
    """The case's record, with what one judge found of it, and all that was judged of the whole dialogue."""
    first, second = st.tabs(["Record", "Verdicts"], key="beside", bind="query-params")
    if first.open:
        with first:
            _record(opened.marked, judge)
        return
    with second:
        found = judged(opened.marked.verdicts)
        if not found:
            st.caption("Nothing was judged yet: `python -m patientsim_core evaluate runs/NAME`.")
        for title, fields in found.items():
            with st.expander(literal(title)):
                st.markdown("\n\n".join(map(_field, fields)))


def _record(marked: Marked, judge: str) -> None:
    """Every item by group, the diagnosis too: this page is for those who look into what was played. Beside
    an item, how many sentences are so or not so, by the judge whose marks are shown."""
    signs = {
        item: "".join(f" {sign(key)} {count}" for key, count in sorted(counts.items()))
        for item, counts in marked.against(judge).items()
    }
    st.markdown(record_text(marked.dialogue.case, beside=signs))


def _field(one: Field) -> str:
    apart = " :orange-badge[:material/call_split: judges differ]" if one.apart else ""
    return f"**{literal(one.label)}**{apart}\\\n" + "\\\n".join(map(opinion_text, one.opinions))


def opinion_text(one: Opinion) -> str:
    """`4 of 4 rules` and the reason; what else the judge says in a line of its own each."""
    lines = [f"**{literal(one.score)}** :gray[{literal(one.judge)}]"]
    lines += [literal(one.rationale)] if one.rationale else []
    lines += [f":small[{literal(name)}: {literal(value)}]" for name, value in one.details]
    return "\\\n".join(lines)
