"""Fidelity by the levels of each axis, and for each of the 37 personas."""

from collections.abc import Iterator

import pandas as pd

from patientsim_core.charts import Chart, dots, squares
from patientsim_core.persona import ALL_PERSONAS, AXES, Persona
from patientsim_core.published import published
from patientsim_core.results.overview import CRITERIA
from patientsim_core.results.view import View, beside, drawn, query, said
from patientsim_core.tables import as_text, by_level, persona_map

CRITERION = {"personality": "personality", "cefr": "language", "recall": "recall", "dazed": "confused"}
"""Each axis with the criterion that judges it."""


def charts(view: View) -> Iterator[Chart]:
    yield from levels(view)
    yield from maps(view)


def level_row(one) -> str:
    """`Recall: low`."""
    name = {"cefr": "Language", "dazed": "Confusion"}.get(one.axis, one.axis.capitalize())
    level = one.group if "group" in one._fields else one.level
    return (
        f"{name}: {AXES[one.axis](level).label.partition(' · ')[0].lower() if name != 'Language' else level}"
    )


def levels(view: View) -> Iterator[Chart]:
    found = by_level(view.rows, {axis: ("fidelity", one) for axis, one in CRITERION.items()}, view.judges)
    if len(found):
        table = drawn(found, level_row, lambda one: {one.axis: [one.group]})
        own = published()
        own = own[(own["metric"] == "fidelity") & (own["axis"] != "")]
        yield Chart(
            "levels",
            "Fidelity to each level of the persona: each axis by its own criterion",
            dots(in_order(table), view.look, "Score, 1 to 4", (1, 4), beside(own, level_row)),
            found,
            said(table, 12),
        )


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    order = {(axis, level): place for axis, all in AXES.items() for place, level in enumerate(all)}
    axes = [*AXES]
    keys = [axes.index(one.axis) * 10 + order[one.axis, one.group] for one in table.itertuples()]
    return table.assign(order=keys).sort_values("order", kind="stable")


def maps(view: View) -> Iterator[Chart]:
    """A map of the 37 for each run: personality down, language and recall across; the confused one apart."""
    columns = view.columns("fidelity", *([view.name] if view.name in CRITERIA else CRITERIA))
    found = persona_map(view.rows, columns)
    standard = {persona.key: persona for persona in ALL_PERSONAS}
    for run, own in found[found["group"].isin(standard)].groupby("run", sort=False):
        cells = [_cell(one, standard[one.group]) for one in own.itertuples() if one.mean == one.mean]
        if not cells:
            continue
        across = list(dict.fromkeys(_across(persona) for persona in ALL_PERSONAS))
        down = [level.label for level in AXES["personality"]]
        yield Chart(
            f"map {run}",
            f"Fidelity of each of the 37 personas: {run}",
            squares(
                pd.DataFrame(cells),
                across,
                down,
                ("Language level and recall", ""),
                "Score, 1 to 4",
                (1, 4),
                width=0,
            ),
            own,
            f"{len(cells)} of 37 personas have scores, "
            f"from {own['mean'].min():.2f} to {own['mean'].max():.2f}.",
        )


def _across(persona: Persona) -> str:
    return "B\ndazed" if persona.dazed != "normal" else f"{persona.cefr}\n{persona.recall}"


def _cell(one, persona: Persona) -> dict[str, object]:
    return {
        "column": _across(persona),
        "row": persona.personality.label,
        "value": one.mean,
        "text": f"{one.mean:.1f}",
        "hover": f"{persona.label}\n{as_text(one)}",
        "query": query(
            one.run, **{axis: [str(level)] for axis, level in zip(AXES, persona.levels, strict=True)}
        ),
    }
