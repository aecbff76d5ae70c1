"""Means with intervals, over whatever is asked for.

An interval resamples cases (see `evaluation.aggregate`); dialogues that failed and verdicts that could not be
read are counted beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from patientsim_core.evaluation.aggregate import Difference, mean_interval, paired_difference
from patientsim_core.measures import measure
from patientsim_core.persona import AXES
from patientsim_core.storage.index_rows import SPREAD, UNSCORED, Column
from patientsim_core.tables.rows import columns_of, numbers

KEYS = ("run", "judge", "metric", "field", "group")


def estimates(rows: pd.DataFrame, columns: Iterable[Column], by: str | None = None) -> pd.DataFrame:
    """The mean of each column in each run, and in each group of the column `by`: `run`, `judge`, `metric`,
    `field`, `group`, then `mean`, `low`, `high`, `n`, `unscored`, `failed` and `spread` of repeats."""
    found = []
    for run, part in rows.groupby("run", sort=False):
        groups = part[by].to_numpy() if by else np.zeros(len(part), int)
        cases = pd.factorize(part["case"])[0].astype(int)
        failed = part["failed"].to_numpy(bool)
        for group in pd.unique(groups):
            here = groups == group
            for column in columns:
                if column.name not in part or not (values := numbers(part, column.name)[here]).size:
                    continue
                unscored = numbers(part, column.name + UNSCORED)[here]
                if np.isnan(values).all() and not np.nansum(unscored):
                    continue
                one = mean_interval(
                    values, cases[here], unscored=np.nan_to_num(unscored).astype(int), failed=failed[here]
                )
                spread = _mean(numbers(part, column.name + SPREAD)[here])
                about = {"run": run, **column._asdict(), "group": group if by else ""}
                found.append({**about, **asdict(one), "spread": spread})
    names = [*KEYS, "mean", "low", "high", "n", "unscored", "failed", "spread"]
    return pd.DataFrame(found, columns=names).astype(dict.fromkeys(("mean", "low", "high", "spread"), float))


def by_level(
    rows: pd.DataFrame, fields: Mapping[str, tuple[str, str]], judges: Sequence[str]
) -> pd.DataFrame:
    """Estimates for every level of every axis: `fields` names the metric and field for each axis. `axis` is
    added; `group` is the level."""
    parts = []
    for axis, (metric, field) in fields.items():
        columns = [one for one in columns_of(rows, judges, [metric]) if one.field == field]
        found = estimates(rows, columns, by=axis)
        parts.append(found[found["group"].isin(list(AXES[axis]))].assign(axis=axis))
    return pd.concat(parts, ignore_index=True)


def persona_map(rows: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """The mean of some columns (each dialogue's own mean over them first) for each persona of each run."""
    if rows.empty:
        return estimates(rows, [])
    values = rows[[one.name for one in columns if one.name in rows]].mean(axis=1)
    table = rows[["run", "case", "failed", "persona"]].assign(**{"map//score": values})
    return estimates(table, [Column("map", "", "score")], by="persona")


def differences(rows: pd.DataFrame, first: str, second: str, columns: Iterable[Column]) -> pd.DataFrame:
    """`second` minus `first` on the same case, persona and repeat: `judge`, `metric`, `field`, `mean`, `low`,
    `high`, `n`, `left_a`, `left_b`."""
    found = []
    sides = [rows[(rows["run"] == run) & ~rows["failed"]] for run in (second, first)]
    keys = [[*zip(one["case"], one["persona"], one["repeat"], strict=True)] for one in sides]
    for column in columns:
        values = [
            {
                one: value
                for one, value in zip(key, numbers(side, column.name).tolist(), strict=True)
                if value == value
            }
            for side, key in zip(sides, keys, strict=True)
        ]
        if all(values):
            one: Difference = paired_difference(*values)
            found.append({**column._asdict(), **asdict(one)})
    return pd.DataFrame(found, columns=["metric", "judge", "field", *Difference.__dataclass_fields__])


def contestants(found: pd.DataFrame) -> list[str]:
    """Whose each estimate is: the run's, and where there are several judges the judge's, too. What no judge
    said stands with the first one's."""
    several = found["judge"].replace("", None).nunique() > 1
    first = {one.run: one.judge for one in found[found["judge"] != ""][::-1].itertuples()}
    judges = [one.judge or first.get(one.run, "") for one in found.itertuples()]
    return [
        f"{run} · {judge}" if several and judge else run
        for run, judge in zip(found["run"], judges, strict=True)
    ]


def leaderboard(found: pd.DataFrame) -> pd.DataFrame:
    """Estimates as text to read, measure by measure with a column for each contestant."""
    if found.empty:
        return pd.DataFrame()
    table = found.assign(
        Measure=[_titled(one.metric, one.field) for one in found.itertuples()],
        who=contestants(found),
        text=[as_text(one) for one in found.itertuples()],
    )
    order = {"index": "Measure", "columns": "who", "values": "text", "aggfunc": "first", "sort": False}
    return table.pivot_table(**order).fillna("")


def _titled(metric: str, field: str) -> str:
    one = measure(metric, field)
    return f"{one.title}: {one.label[0].lower()}{one.label[1:]}"


def with_interval(value: float | None, low: float | None, high: float | None) -> str:
    """`3.92 [3.90, 3.95]`; without the interval where there is none, a dash where there is no figure."""
    if value is None or value != value:
        return "–"
    known = low is not None and low == low
    return f"{value:.2f}" + (f" [{low:.2f}, {high:.2f}]" if known else "")


def as_text(one) -> str:
    """`3.92 [3.90, 3.95] n 740, 2 unscored` of an estimate."""
    beside = [f"{one.unscored:,} unscored"] if one.unscored else []
    beside += [f"{one.failed:,} failed"] if one.failed else []
    return ", ".join([f"{with_interval(one.mean, one.low, one.high)} n {one.n:,}", *beside])


def _mean(values: np.ndarray) -> float | None:
    return float(np.nanmean(values)) if not np.isnan(values).all() else None
