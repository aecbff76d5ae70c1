"""What is measured of a dialogue, in words for people: label, unit, scale, and which end is better."""

import tomllib
from pathlib import Path
from typing import NamedTuple

from patientsim_core.case import ITEMS


class Measure(NamedTuple):
    """A field of a metric. `ends` are the ends of its scale, the upper one None where it has none; `better`
    is `high`, `low`, or empty where neither is."""

    metric: str
    field: str
    title: str
    label: str
    unit: str
    ends: tuple[float, float | None]
    better: str

    @property
    def key(self) -> str:
        """`fidelity/personality`."""
        return f"{self.metric}/{self.field}"


def _load() -> dict[tuple[str, str], Measure]:
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    found = {}
    for metric, about in tables.items():
        common = {name: value for name, value in about.items() if not isinstance(value, dict)}
        for field, own in about.items():
            if isinstance(own, dict):
                given = {"better": "", **common, **own}
                given["ends"] = (*given["ends"], None)[:2]
                found[metric, field] = Measure(metric, field, **given)
    return found


MEASURES = _load()
"""By metric and field, in the order in which they are shown."""


def measure(metric: str, field: str) -> Measure:
    """The measure of a field; of one that is not known, its own name. `covered:pain` and the like are of an
    item of the record."""
    if found := MEASURES.get((metric, field)):
        return found
    kind, _, item = field.partition(":")
    label = ITEMS.get(item, item or field)
    if kind == "similar":
        return Measure(metric, field, "Record", label, "score, 1 to 4", (1, 4), "high")
    if kind == "covered":
        return Measure(metric, field, "Record", label, "share of dialogues", (0, 1), "high")
    if kind in ("wrong", "permitted"):
        return Measure(metric, field, "Factuality", label, "sentences a dialogue", (0, None), "low")
    return Measure(
        metric, field, metric.capitalize(), label.replace("_", " ").capitalize(), "", (0, None), ""
    )
