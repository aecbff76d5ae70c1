"""What a reader of the dialogue would put into the record, by group and by item."""

from collections.abc import Iterator

from patientsim_core.case import GROUPS, ITEMS
from patientsim_core.charts import Chart, dots
from patientsim_core.published import published
from patientsim_core.results.view import View, beside, drawn, said

GROUPED = {
    "": "All items",
    "_social": "Social history",
    "_previous": "Previous history",
    "_visit": "Current visit",
}
SHOWN = (
    (
        "icov",
        "covered",
        "coverage",
        "How much of the record comes out",
        "Share of known items, 0 to 1",
        (0, 1),
    ),
    (
        "icon",
        "similar",
        "consistency",
        "How well what comes out agrees with the record",
        "Score, 1 to 4",
        (1, 4),
    ),
)


def charts(view: View) -> Iterator[Chart]:
    for name, _, key, title, axis, ends in SHOWN:
        fields = [name + ending for ending in GROUPED]
        found = view.estimates("profile", *fields)
        if len(found):
            own = published()
            own = own[(own["metric"] == "profile") & own["field"].isin(fields)]
            table = drawn(found, _group)
            figure = dots(table, view.look, axis, ends, beside(own, _group))
            yield Chart(key, f"{title}, by group of items", figure, found, said(table))
    for _, kind, key, title, axis, ends in SHOWN:
        found = view.estimates("profile", *(f"{kind}:{item}" for item in ITEMS))
        if len(found):
            table = drawn(found, lambda one: ITEMS[one.field.partition(":")[2]])
            order = {label: place for place, label in enumerate(_labels())}
            table = table.assign(order=table["row"].map(order)).sort_values("order", kind="stable")
            figure = dots(table, view.look, axis.replace("known items", "dialogues"), ends)
            yield Chart(f"{key} items", f"{title}, item by item", figure, found, said(table))


def _group(one) -> str:
    return GROUPED[one.field[4:]]


def _labels() -> list[str]:
    return [label for group in GROUPS.values() for label in group.values()]
