"""The rows of runs: a dialogue each, with all figures of it as columns."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from patientsim_core.measures import MEASURES
from patientsim_core.models.prices import Prices
from patientsim_core.storage.index_rows import EFFORT, Column
from patientsim_core.usage import Usage

FILTERS = {
    "case": "Case",
    "diagnosis": "Diagnosis",
    "personality": "Personality",
    "cefr": "Language level",
    "recall": "Recall",
    "dazed": "Confusion",
    "end": "End of the dialogue",
}
"""The columns by which dialogues are chosen."""

_TEXTS = ("marks", "plausible", "by_turn")


def rows_of(name: str, index: pd.DataFrame, prices: Prices) -> pd.DataFrame:
    """A run's index with its name as `run`, and with what follows from it: lengths, effort, cost."""
    if index.empty:
        return index
    found = {"run": name, **_dynamics(index), **_effort(index, prices)}
    raw = [column for column in index if column.startswith("effort/") and column.endswith(EFFORT)]
    return pd.concat([index.drop(columns=raw), pd.DataFrame(found, index=index.index)], axis=1)


def joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The rows of several runs."""
    parts = [part for part in parts if not part.empty]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"run": [], "failed": []})


def filtered(rows: pd.DataFrame, wanted: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The rows that have one of the wanted values in each column; no value wants all."""
    keep = np.ones(len(rows), bool)
    for column, values in wanted.items():
        if values and column in rows:
            keep &= rows[column].isin(values).to_numpy()
    return rows[keep]


def columns_of(
    rows: pd.DataFrame, judges: Sequence[str] = (), metrics: Sequence[str] | None = None
) -> list[Column]:
    """The columns of figures in the order of `measures`, by some judges (none: all) and of some metrics. What
    is counted, by no judge or by rules, is there whoever is chosen."""
    order = {key: place for place, key in enumerate(MEASURES)}
    found = []
    for name in rows.columns:
        column = Column.of(name)
        if (
            column is None
            or "#" in name
            or column.field in _TEXTS
            or (metrics and column.metric not in metrics)
        ):
            continue
        if not judges or column.judge in judges or column.metric in ("dynamics", "effort", "language"):
            found.append(column)
    return sorted(found, key=lambda one: (order.get((one.metric, one.field), 999), one.judge))


def judges_of(rows: pd.DataFrame) -> list[str]:
    """Who judged, in the order first seen."""
    found = (Column.of(name) for name in rows.columns)
    return list(dict.fromkeys(one.judge for one in found if one and one.judge and one.metric != "effort"))


def numbers(rows: pd.DataFrame, name: str) -> np.ndarray:
    """A column as numbers, all missing if there is none."""
    return rows[name].to_numpy(float) if name in rows else np.full(len(rows), np.nan)


def _dynamics(index: pd.DataFrame) -> dict[str, pd.Series]:
    found = {"dynamics//turns": index["doctor_turns"]}
    for role in ("patient", "doctor"):
        said = index[f"{role}_sentences"]
        found[f"dynamics//{role}_sentences"] = _ratio(said, index[f"{role}_turns"])
        found[f"dynamics//{role}_words"] = _ratio(index[f"{role}_words"], said)
    return found


def _effort(index: pd.DataFrame, prices: Prices) -> dict[str, pd.Series]:
    """Tokens, seconds, requests and cost, of those who play and of each judge."""
    found = {}
    for role in ("patient", "doctor"):
        found[f"effort//{role}_tokens"] = index[f"{role}_prompt_tokens"] + index[f"{role}_completion_tokens"]
        found[f"effort//{role}_seconds"] = _ratio(index[f"{role}_seconds"], index[f"{role}_turns"])
    turns = index["patient_turns"] + index["doctor_turns"]
    found["effort//attempts"] = _ratio(index["patient_attempts"] + index["doctor_attempts"], turns)
    found["effort//cost"] = sum(
        _cost(index[role], index[f"{role}_prompt_tokens"], index[f"{role}_completion_tokens"], prices)
        for role in ("patient", "doctor")
    )
    for judge in {Column.of(one).judge for one in index if one.startswith("effort/")}:
        attempts, sent, made = (index[f"effort/{judge}/{field}"] for field in EFFORT)
        found[f"effort/{judge}/judge_attempts"] = attempts
        found[f"effort/{judge}/judge_tokens"] = sent + made
        models = pd.Series(judge, index=index.index)
        found[f"effort/{judge}/judge_cost"] = _cost(models, sent, made, prices)
    return found


def _cost(models: pd.Series, sent: pd.Series, made: pd.Series, prices: Prices) -> pd.Series:
    """US dollars a dialogue; missing where a model's price is not known."""
    million = Usage(prompt_tokens=1_000_000), Usage(completion_tokens=1_000_000)
    known = {model: [prices.cost(model, one) for one in million] for model in models.unique()}
    dear = {model: [np.nan if one is None else one for one in pair] for model, pair in known.items()}
    return (sent * models.map(lambda one: dear[one][0]) + made * models.map(lambda one: dear[one][1])) / 1e6


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0)
