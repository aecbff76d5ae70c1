"""The doctor's side: whether the diagnosis is among the five named, and how the history was taken."""

from collections.abc import Iterator

from patientsim_core.charts import Chart, dots
from patientsim_core.persona import AXES
from patientsim_core.published import published
from patientsim_core.results.persona import in_order, level_row
from patientsim_core.results.view import View, beside, drawn, said
from patientsim_core.tables import by_level


def charts(view: View) -> Iterator[Chart]:
    axis = "Share of dialogues, 0 to 1"
    found = view.estimates("ddx", by="diagnosis")
    if len(found):
        table = drawn(found, lambda one: one.group, lambda one: {"diagnosis": [one.group]})
        title = "How often the diagnosis is among the five named, by diagnosis"
        yield Chart("ddx", title, dots(table, view.look, axis, (0, 1)), found, said(table))
    found = by_level(view.rows, dict.fromkeys(AXES, ("ddx", "differential")), view.judges)
    if len(found):
        table = in_order(drawn(found, level_row, lambda one: {one.axis: [one.group]}))
        own = published()
        own = own[own["metric"] == "ddx"]
        title = "How often the diagnosis is among the five named, by the patient's persona"
        figure = dots(table, view.look, axis, (0, 1), beside(own, level_row))
        yield Chart("ddx persona", title, figure, found, said(table, 14))
    found = view.estimates("doctor")
    if len(found):
        table = drawn(found)
        title = "How well the doctor takes the history, by criterion"
        yield Chart("doctor", title, dots(table, view.look, "Score, 1 to 4", (1, 4)), found, said(table, 8))
