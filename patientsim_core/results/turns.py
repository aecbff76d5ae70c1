"""How dialogues go: how long they are, how much is out by turn k, and how confusion clears."""

from collections.abc import Iterator

import plotly.graph_objects as go

from patientsim_core.charts import Chart, dots, lines, upright
from patientsim_core.guard import WORDS, sentence_limit
from patientsim_core.measures import MEASURES
from patientsim_core.persona import AXES, Persona
from patientsim_core.published import published
from patientsim_core.results.persona import in_order, level_row
from patientsim_core.results.view import View, beside, drawn, query, said
from patientsim_core.storage.index_rows import Column
from patientsim_core.tables import as_text, by_level, over_turns, phases

LENGTHS = ("turns", "patient_sentences", "patient_words", "doctor_sentences", "doctor_words")


def charts(view: View) -> Iterator[Chart]:
    yield from _out(view)
    yield from _clearing(view)
    for field in LENGTHS:
        yield from _length(view, field)


def _out(view: View) -> Iterator[Chart]:
    by = view.name if view.name in AXES else None
    found = over_turns(view.rows, view.judges, by)
    if found.empty:
        return
    groups = list(AXES[by]) if by else [""]
    found = found[found["group"].isin(groups)]
    several = found["judge"].nunique() > 1
    lines_of = [*found.itertuples()]
    table = found.assign(
        series=[
            one.run + (f" · {one.judge}" if several else "") + (f", {one.group}" if by else "")
            for one in lines_of
        ],
        dash=[groups.index(one.group) for one in lines_of],
        hover=[f"{one.run} {one.group}\nafter turn {one.turn}: {as_text(one)}" for one in lines_of],
        query=[
            query(one.run, Column("disclosure", one.judge, "told"), **({by: [one.group]} if by else {}))
            for one in lines_of
        ],
    )
    last = table[table["turn"] == table.groupby("series")["turn"].transform("max")]
    yield Chart(
        "disclosure",
        "How much of the record is out by the patient's turn",
        lines(table, view.look, "Share of the record's facts told"),
        found,
        "; ".join(f"{one.series}: {one.mean:.0%} after turn {one.turn}" for one in last.itertuples()),
    )


def _clearing(view: View) -> Iterator[Chart]:
    found = phases(view.rows)
    if found.empty:
        return
    order = [level.label for level in AXES["dazed"]][::-1]
    confused = sorted(set(view.rows["dazed"]) - {"normal"})
    table = found.assign(
        series=[f"{one.run}, {one.phase.lower()}" for one in found.itertuples()],
        mean=found["share"],
        dash=[order.index(one.phase) for one in found.itertuples()],
        hover=[
            f"{one.run}\nturn {one.turn}: {one.share:.0%} of {one.n} {one.phase.lower()}"
            for one in found.itertuples()
        ],
        query=[query(one.run, dazed=confused) for one in found.itertuples()],
    )
    yield Chart(
        "phases",
        "How confusion clears: the phase of confused patients by turn",
        lines(table, view.look, "Share of dialogues that last so long"),
        found,
        "; ".join(f"{one.series}, turn 1: {one.share:.0%}" for one in table[table["turn"] == 1].itertuples()),
    )


def _length(view: View, field: str) -> Iterator[Chart]:
    found = by_level(view.rows, dict.fromkeys(AXES, ("dynamics", field)), view.judges)
    if found.empty:
        return
    one = MEASURES["dynamics", field]
    table = in_order(drawn(found, level_row, lambda one: {one.axis: [one.group]}))
    own = published()
    own = own[(own["metric"] == "dynamics") & (own["field"] == field)]
    made = dots(table, view.look, f"Mean number of {one.unit}", (0, None), beside(own, level_row))
    note = _limits(made, field)
    yield Chart(
        f"length {field}", f"{one.label}, by the patient's persona", made, found, said(table, 14), note
    )


def _limits(made: go.Figure, field: str) -> str:
    """Draws the limits of the protocol; says them."""
    usual, verbose = sentence_limit(Persona()), sentence_limit(Persona(personality="verbose"))
    limits = {"patient_sentences": (usual, verbose), "patient_words": (WORDS,)}.get(field, ())
    made.update_layout(shapes=[upright(limit) for limit in limits])
    if field == "patient_sentences":
        return f"Dashed: at most {usual} sentences a reply, {verbose} of a verbose patient."
    return f"Dashed: at most {WORDS} words a sentence." if limits else ""
