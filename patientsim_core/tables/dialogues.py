"""Dialogues as a list: those that have something to look at, the worst first.

Which ones and in what order is worked out on whole columns; words are made of the few that are shown.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from patientsim_core.errors import InputError
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.measures import measure
from patientsim_core.persona import Persona
from patientsim_core.storage.index_rows import CONTRADICTED, UNREAD, UNSCORED, Column
from patientsim_core.tables.rows import columns_of, numbers

APART = 1.5
"""Judges whose scores (1-4) of a dialogue are so far apart, or more, disagree."""

_BY_PARTS = (Metric.facts, Metric.profile)
"""Metrics whose every figure has the same number of unscored verdicts: those on its sentences or items."""

_PARTS = {
    "wrong": "Sentences against the record",
    "permitted": "Sentences against the record with permission",
    "covered": "Record, told",
    "similar": "Record, consistent",
}
_COUNTED = ("wrong", "permitted")


def wrong_sentences(rows: pd.DataFrame) -> np.ndarray:
    """How many sentences of each dialogue contradict the record without the persona's permission, by the
    judge that found the most."""
    return _most([_count(rows, name, CONTRADICTED) for name in _marks(rows)], len(rows))


def unscored(rows: pd.DataFrame) -> np.ndarray:
    """How many verdicts on each dialogue could not be read."""
    found: dict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
    for name in rows.columns:
        if name.endswith(UNSCORED) and (column := Column.of(name)):
            found[column.metric, column.judge].append(np.nan_to_num(numbers(rows, name)))
    for name in _marks(rows):  # an index without the figures of the metric has at least the marks
        found[Metric.facts, Column.of(name).judge].append(_count(rows, name, UNREAD))
    total = np.zeros(len(rows))
    for (metric, _), counts in found.items():
        total += _most(counts, len(rows)) if metric in _BY_PARTS else np.sum(counts, axis=0)
    return total


def disagreement(rows: pd.DataFrame) -> np.ndarray:
    """How far two judges are apart, at most, on a criterion of persona fidelity; 0 below `APART`."""
    by_field: dict[str, list[np.ndarray]] = defaultdict(list)
    for one in columns_of(rows, metrics=[Metric.fidelity]):
        by_field[one.field].append(numbers(rows, one.name))
    most = np.zeros(len(rows))
    for scores in by_field.values():
        stacked = np.array(scores)
        known = ~np.isnan(stacked)
        high = np.where(known, stacked, -np.inf).max(axis=0)
        low = np.where(known, stacked, np.inf).min(axis=0)
        most = np.maximum(most, high - low)  # nothing apart where one has scored, or none
    return np.where(most >= APART, most, 0)


def _leaks(rows: pd.DataFrame) -> np.ndarray:
    columns = [one for one in columns_of(rows, metrics=[Metric.language]) if one.field == "leaks"]
    return _most([np.nan_to_num(numbers(rows, one.name)) for one in columns], len(rows))


def _failed(rows: pd.DataFrame) -> np.ndarray:
    return rows["failed"].to_numpy(bool).astype(float)


class Flag(NamedTuple):
    """Something that some dialogues have: a label, how much of it each has (0 for none), and that in words,
    empty where the list says it anyway."""

    label: str
    amount: Callable[[pd.DataFrame], np.ndarray]
    words: str = ""


FLAGS = {
    "contradicted": Flag("Contradicts the record", wrong_sentences),
    "leaked": Flag("Leaks the diagnosis", _leaks, "{:.0%} of replies leak"),
    "unscored": Flag("Unscored verdicts", unscored),
    "failed": Flag("Failed", _failed),
    "disagreement": Flag("Judges disagree", disagreement, "{:.3g} apart"),
}
"""By the name in the page's address."""


def sorts(rows: pd.DataFrame) -> dict[str, str]:
    """What dialogues can be sorted by, of what is there: the column's name and its label."""
    return {one.name: sort_label(one) for one in columns_of(rows)}


def sort_label(column: Column) -> str:
    """`Persona fidelity: Personality · rules`."""
    one, (kind, colon, _) = measure(column.metric, column.field), column.field.partition(":")
    title = _PARTS.get(kind, one.title) if colon else one.title
    return f"{title}: {one.label}" + (f" · {column.judge}" if column.judge else "")


def order(rows: pd.DataFrame, sort: Column | None = None, flag: str = "") -> np.ndarray:
    """The places of the rows that have the flag, worst first: by the measure, whose missing scores come last;
    without one by how much each has of the flag; without either as they stand.

    What counts sentences is only listed where there are some. Raises InputError for a flag that is none.
    """
    places = np.arange(len(rows))
    amounts = np.zeros(len(rows))
    if flag:
        if flag not in FLAGS:
            raise InputError(f"flag {flag!r}: is not known. It is one of {', '.join(FLAGS)}.")
        amounts = FLAGS[flag].amount(rows)
        places = np.flatnonzero(amounts > 0)
    if sort is None:
        return places[np.argsort(-amounts[places], kind="stable")]
    values = numbers(rows, sort.name)[places]
    if _is_counted(sort):
        places, values = places[values > 0], values[values > 0]
    falling = measure(sort.metric, sort.field).better == "low"
    worst = np.where(np.isnan(values), np.inf, -values if falling else values)
    return places[np.argsort(worst, kind="stable")]


def listed(
    rows: pd.DataFrame, places: Sequence[int], sort: Column | None = None, flag: str = ""
) -> pd.DataFrame:
    """Some of the rows for people: `run`, `id`, `case`, `diagnosis`, `persona` (its label), `end`, `failed`,
    `turns` (of the doctor), `value` (what they are sorted by, as text), `wrong` and `unscored` (counts)."""
    part = rows.iloc[list(places)]
    if part.empty:
        return pd.DataFrame()
    values = [""] * len(part)
    if sort:
        values = [value_text(sort, value) for value in numbers(part, sort.name)]
    elif flag and FLAGS[flag].words:
        values = [FLAGS[flag].words.format(amount) for amount in FLAGS[flag].amount(part)]
    found = {name: part[name].tolist() for name in ("run", "id", "case", "diagnosis", "end", "failed")}
    found |= {
        "persona": [Persona.from_key(key).label for key in part["persona"]],
        "turns": part["doctor_turns"].astype(int).tolist(),
        "value": values,
        "wrong": wrong_sentences(part).astype(int).tolist(),
        "unscored": unscored(part).astype(int).tolist(),
    }
    return pd.DataFrame(found)


def value_text(column: Column, value: float | None) -> str:
    """A figure in its unit: `2.5 of 4`, `33%`, `2 sentences`, `0.0021 US dollars`; `no score` for none."""
    if value is None or np.isnan(value):
        return "no score"
    one = measure(column.metric, column.field)
    if _is_counted(column):
        return f"{value:g} sentence{'' if value == 1 else 's'}"
    if one.ends == (1, 4):
        return f"{round(value, 2):g} of 4"
    if one.ends == (0, 1):
        return f"{value:.0%}"
    return f"{value:,.4g} {one.unit}".strip() if abs(value) < 1_000 else f"{value:,.0f} {one.unit}".strip()


def place_of(rows: pd.DataFrame, run: str, id: str) -> int | None:
    """Where a dialogue stands among the rows; None if it is not there."""
    if rows.empty:
        return None
    found = np.flatnonzero((rows["id"] == id).to_numpy(bool) & (rows["run"] == run).to_numpy(bool))
    return int(found[0]) if len(found) else None


def _is_counted(column: Column) -> bool:
    kind, colon, _ = column.field.partition(":")
    return bool(colon) and column.metric == Metric.facts and kind in _COUNTED


def _marks(rows: pd.DataFrame) -> list[str]:
    return [name for name in rows.columns if name.startswith(f"{Metric.facts}/") and name.endswith("/marks")]


def _count(rows: pd.DataFrame, name: str, mark: str) -> np.ndarray:
    """How many sentences have a mark; 0 where none was judged."""
    return rows[name].astype("str").str.count(re.escape(mark)).fillna(0).to_numpy(float)


def _most(counts: Sequence[np.ndarray], length: int) -> np.ndarray:
    return np.max(counts, axis=0) if len(counts) else np.zeros(length)
