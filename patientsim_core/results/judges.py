"""Judge against judge, and judges against clinicians: how far they agree, and where they do not."""

from collections.abc import Iterator

import pandas as pd

from patientsim_core.charts import Chart, dots, squares
from patientsim_core.marked import MARKS
from patientsim_core.measures import measure
from patientsim_core.published import agreement as published_agreement
from patientsim_core.results.view import View, drawn, said
from patientsim_core.storage.index_rows import SPREAD, Column
from patientsim_core.tables import agreement, confusion_table, estimates, judges_of
from patientsim_core.tables.estimates import with_interval
from patientsim_core.tables.judges import KIND, PLAUSIBILITY


def named(name: str) -> str:
    """What judges are compared on, for people."""
    if name in (KIND, PLAUSIBILITY):
        return {KIND: "Sentences: relation to the record", PLAUSIBILITY: "Sentences: plausibility"}[name]
    metric, _, field = name.partition("/")
    one = measure(metric, field)
    return f"{one.title}: {one.label}"


def charts(view: View) -> Iterator[Chart]:
    others = [view.second] if view.second else [one for one in judges_of(view.rows) if one != view.first]
    if view.first and view.first not in others:
        yield from _agreement(view, others)
        if view.second and view.name:
            yield from _confusion(view)
    yield from _spread(view)


def _agreement(view: View, others: list[str]) -> Iterator[Chart]:
    found = agreement(view.rows, view.first, others)
    for label, what in (("AC1", "the same score"), ("AC2", "scores near each other")):
        own = found[found["coefficient"] == label]
        if own.empty:
            continue
        table = own.assign(
            row=[named(one.name) for one in own.itertuples()],
            series=own["judge"],
            run=[view.look.runs[place % len(view.look.runs)] for place in _places(own["judge"])],
            hover=[
                f"{named(one.name)}\n{view.first} and {one.judge}\n{label} {_between(one)}, "
                f"{one.percent:.0%} the same, n {one.n:,}"
                for one in own.itertuples()
            ],
        )
        yield Chart(
            f"agreement {label}",
            f"How far judges agree with {view.first} beyond chance: {what} ({label})",
            dots(
                table,
                view.look,
                f"Gwet's {label}",
                published=_published(label),
                source="Published: clinicians and judge",
            ),
            own,
            "; ".join(f"{one.row}, {one.judge}: {_between(one)}" for one in table.head(8).itertuples()),
            "1 is full agreement, 0 is what chance gives. Intervals of 95% resample dialogues.",
        )


def _places(judges: pd.Series) -> list[int]:
    order = list(dict.fromkeys(judges))
    return [order.index(one) for one in judges]


def _between(one) -> str:
    return with_interval(one.mean, one.low, one.high)


def _published(label: str) -> pd.DataFrame:
    """Agreement of the published judge with clinicians, on the same criteria."""
    own = published_agreement()
    own = own[own["coefficient"] == label]
    rows = [
        named(PLAUSIBILITY) if one.field.startswith("plausibility") else named(f"fidelity/{one.field}")
        for one in own.itertuples()
    ]
    hovers = [
        f"{row}\nPublished: clinicians and Gemini-2.5-Flash\n{label} {_between(one)}"
        for row, one in zip(rows, own.itertuples(), strict=True)
    ]
    return own.assign(row=rows, hover=hovers)


def _confusion(view: View) -> Iterator[Chart]:
    found = confusion_table(view.rows, view.first, view.second, view.name)
    if found.empty:
        return
    names = [_label(one) for one in dict.fromkeys(found["first"])]
    most = max(1, int(found["count"].max()))
    some = found[found["count"] > 0]
    table = pd.DataFrame(
        {
            "column": [_label(one) for one in some["second"]],
            "row": [_label(one) for one in some["first"]],
            "value": some["count"],
            "text": [f"{one:,}" for one in some["count"]],
            "hover": [
                f"{view.first}: {_label(one.first)}\n{view.second}: {_label(one.second)}\n{one[3]:,}"
                for one in some.itertuples()
            ],
        }
    )
    same = int(found[found["first"] == found["second"]]["count"].sum())
    yield Chart(
        "confusion",
        f"Where they differ on {named(view.name)}: {view.first} down, {view.second} across",
        squares(table, names, names, (view.second, view.first), "How often", (0, most)),
        found,
        f"{same:,} of {int(found['count'].sum()):,} are the same.",
    )


def _label(category: object) -> str:
    return MARKS[category].word if category in MARKS else str(category)


def _spread(view: View) -> Iterator[Chart]:
    names = [name for name in view.rows.columns if name.endswith(SPREAD) and view.rows[name].notna().any()]
    columns = [Column.of(name.removesuffix(SPREAD)) for name in names]
    columns = [one for one in columns if not view.judges or one.judge in view.judges]
    if not columns:
        return
    table = view.rows[["run", "case", "failed"]].join(
        pd.DataFrame({one.name: view.rows[one.name + SPREAD] for one in columns})
    )
    for scores, title, unit in (
        (
            True,
            "How much a judge's repeated scores of one dialogue differ",
            "Standard deviation, points of 1 to 4",
        ),
        (False, "How much a judge's repeated shares of one dialogue differ", "Standard deviation of shares"),
    ):
        own = [one for one in columns if (measure(one.metric, one.field).ends == (1, 4)) is scores]
        found = estimates(table, own)
        if len(found):
            table_ = drawn(found, lambda one: named(f"{one.metric}/{one.field}"))
            yield Chart(
                f"spread {unit[-6:]}", title, dots(table_, view.look, unit, (0, None)), found, said(table_)
            )
