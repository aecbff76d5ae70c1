"""Sentences against the record: what is so, what is not, and what nobody can know."""

from collections.abc import Iterator

import pandas as pd

from patientsim_core.case import ITEMS
from patientsim_core.charts import Chart, bars, dots, parts
from patientsim_core.measures import measure
from patientsim_core.published import CONTRADICTIONS_IN, CONTRADICTIONS_OF, contradictions, published
from patientsim_core.results.view import View, beside, drawn, query, said
from patientsim_core.storage.index_rows import Column
from patientsim_core.tables import contradicted_items, plausibility

RATIOS = ("info", "supported", "unsupported", "entail", "contradict", "permitted", "wrong")
KINDS = {"wrong": "wrong", "permitted": "permitted"}
"""By the persona: it may play down, exaggerate, forget."""


def charts(view: View) -> Iterator[Chart]:
    found = view.estimates("facts", *RATIOS)
    if len(found):
        table = drawn(found)
        own = published()
        own = own[(own["metric"] == "facts") & own["field"].isin(RATIOS)]
        yield Chart(
            "facts",
            "What sentences are to the record: shares of a dialogue's sentences",
            dots(table, view.look, "Share of sentences", (0, 1), beside(own, _label)),
            found,
            said(table, 7),
            "Permitted by the persona: it may play pain down or up, forget, or be confused.",
        )
    yield from _plausible(view)
    yield from _items(view)


def _label(one) -> str:
    return measure(one.metric, one.field).label


def _plausible(view: View) -> Iterator[Chart]:
    found = plausibility(view.rows, view.judges)
    if found.empty:
        return
    table = found.assign(
        row=[f"{one.run}, by {one.judge}" for one in found.itertuples()],
        part=found["score"],
        name=found["score"].astype(str),
        value=found["share"],
        hover=[
            f"{one.run}, {one.judge}\nplausibility {one.score}: {one.count:,} sentences ({one.share:.1%})"
            for one in found.itertuples()
        ],
    )
    yield Chart(
        "plausibility",
        "How plausible unsupported sentences are, from 1 to 4",
        parts(table, "Share of unsupported sentences"),
        found,
        "; ".join(f"{one.row}, {one.score}: {one.share:.0%}" for one in table.itertuples()),
    )


def _items(view: View) -> Iterator[Chart]:
    found = contradicted_items(view.rows, view.judges)
    if found.empty:
        return
    judges = found["judge"].nunique()
    lines = [
        {
            "row": ITEMS.get(one.item, one.item),
            "series": f"{one.run}{f' · {one.judge}' if judges > 1 else ''}, {KINDS[one.kind]}",
            "run": one.run,
            "hatch": [*KINDS].index(one.kind),
            "value": one.per_100,
            "hover": f"{ITEMS.get(one.item, one.item)}\n{one.run}, {KINDS[one.kind]}\n"
            f"{one.count:,} sentences in {one.n:,} dialogues",
            "query": query(one.run, Column("facts", one.judge, f"{one.kind}:{one.item}")),
        }
        for one in found.itertuples()
    ]
    lines += [
        {
            "row": ITEMS.get(item, item),
            "series": f"Published: {CONTRADICTIONS_OF}",
            "run": "",
            "hatch": 0,
            "value": 100 * count / CONTRADICTIONS_IN,
            "hover": f"{ITEMS.get(item, item)}\nPublished: {CONTRADICTIONS_OF}\n{count} sentences in "
            f"{CONTRADICTIONS_IN} dialogues",
            "query": None,
        }
        for item, count in contradictions().items()
    ]
    table = pd.DataFrame(lines)
    most = table.groupby("row")["value"].max().sort_values(ascending=False)
    table = table.assign(most=table["row"].map(most)).sort_values("most", ascending=False, kind="stable")
    yield Chart(
        "contradicted",
        "Which items of the record patients contradict, in 100 dialogues",
        bars(table, view.look, "Contradicting sentences in 100 dialogues"),
        found,
        "; ".join(f"{one.row}, {one.series}: {one.value:.1f}" for one in table.head(8).itertuples()),
    )
