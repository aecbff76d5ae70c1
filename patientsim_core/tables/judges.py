"""How far those who judge agree: on criteria of a dialogue, and on single sentences."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from patientsim_core.evaluation.agreement import ac1, ac2, confusion
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.storage.index_rows import (
    CONTRADICTED,
    ENTAILED,
    INFORMS_NOT,
    NONE,
    PERMITTED,
    UNREAD,
    UNSUPPORTED,
    Column,
)
from patientsim_core.tables.rows import columns_of, judges_of, numbers

SCORES, MARKS = (1, 2, 3, 4), (ENTAILED, CONTRADICTED, PERMITTED, UNSUPPORTED, INFORMS_NOT)
RATED = (Metric.fidelity, Metric.doctor)
KIND, PLAUSIBILITY = "facts/marks", "facts/plausible"
"""What is rated of sentences: what they are to the record, and how plausible they are (1-4)."""


class Ratings(NamedTuple):
    """What two judges said of the same, and which dialogue, by its row, each of it is of."""

    first: list
    second: list
    dialogues: list[int]


def rated_by_both(rows: pd.DataFrame, first: str, second: str) -> dict[str, Ratings]:
    """By `metric/field`: what each of the two said, of all that both rated. Means of repeats are rounded."""
    found = {}
    done = rows[~rows["failed"].astype(bool)]
    fields = [(one.metric, one.field) for one in columns_of(done, [first], RATED) if one.judge == first]
    for metric, field in sorted(fields, key=lambda one: RATED.index(one[0])):
        pair = [numbers(done, Column(metric, judge, field).name) for judge in (first, second)]
        both = np.flatnonzero(~np.isnan(pair).any(axis=0))
        if both.size:
            said = [[int(one + 0.5) for one in side[both]] for side in pair]
            found[f"{metric}/{field}"] = Ratings(*said, both.tolist())
    for name in (KIND, PLAUSIBILITY):
        if pair := _sentences(done, first, second, name.partition("/")[2]):
            found[name] = pair
    return found


def scale_of(name: str) -> Sequence:
    return MARKS if name == KIND else SCORES


def agreement(rows: pd.DataFrame, reference: str, others: Sequence[str]) -> pd.DataFrame:
    """AC1 of each of the others with the reference, and AC2 where the scale has an order: `judge`, `name`,
    `coefficient`, `mean`, `low`, `high`, `n` and `percent` that are the same (0-1). Intervals resample
    dialogues, each with all of its sentences."""
    found = []
    for judge in others:
        for name, (first, second, dialogues) in rated_by_both(rows, reference, judge).items():
            pairs = [*zip(first, second, strict=True)]
            for label, measure in (("AC1", ac1), ("AC2", ac2)):
                if label == "AC2" and name == KIND:
                    continue
                one = measure(pairs, scale_of(name), units=dialogues)
                mean, low, high = one.coefficient
                about = {"judge": judge, "name": name, "coefficient": label, "n": one.items}
                found.append({**about, "mean": mean, "low": low, "high": high, "percent": one.percent.value})
    columns = ["judge", "name", "coefficient", "mean", "low", "high", "n", "percent"]
    return pd.DataFrame(found, columns=columns)


def confusion_table(rows: pd.DataFrame, first: str, second: str, name: str) -> pd.DataFrame:
    """How often the two chose each pair of categories: `first`, `second`, `count`; empty if nothing was rated
    by both."""
    both = rated_by_both(rows, first, second).get(name)
    if not both:
        return pd.DataFrame(columns=["first", "second", "count"])
    scale, counts = confusion(both.first, both.second, categories=scale_of(name))
    cells = [(a, b, int(counts[i, j])) for i, a in enumerate(scale) for j, b in enumerate(scale)]
    return pd.DataFrame(cells, columns=["first", "second", "count"])


def pairs_of(rows: pd.DataFrame) -> list[str]:
    """Judges who rated something that another one rated, too."""
    judges = judges_of(rows)
    return [one for one in judges if any(rated_by_both(rows, one, other) for other in judges if other != one)]


def _sentences(rows: pd.DataFrame, first: str, second: str, field: str) -> Ratings | None:
    """The characters that both gave to the same sentences."""
    names = [Column(Metric.facts, judge, field).name for judge in (first, second)]
    if any(name not in rows for name in names):
        return None
    both = rows[names].reset_index(drop=True).dropna()
    pairs = [
        (a, b, row)
        for row, *texts in both.itertuples(name=None)
        for a, b in zip(*texts, strict=True)
        if not {a, b} & {NONE, UNREAD}
    ]
    if not pairs:
        return None
    kind = str if field == "marks" else int
    return Ratings([kind(a) for a, _, _ in pairs], [kind(b) for _, b, _ in pairs], [row for *_, row in pairs])
