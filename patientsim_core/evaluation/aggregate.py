"""From verdicts to figures: per dialogue first, then the mean over dialogues, with bootstrap intervals.

Dialogues of one case resemble each other, so intervals resample cases, each with all of its dialogues; as if
they were independent, intervals would be too narrow. What failed or could not be read is in no mean: it is
counted beside it.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from patientsim_core.evaluation.bootstrap import numbered, percentiles, resampled, summed
from patientsim_core.evaluation.verdict import Metric, Verdict

LEVEL, DRAWS, SEED = 0.95, 2_000, 42

Values = Sequence[float | None] | np.ndarray


@dataclass(frozen=True)
class Estimate:
    """A mean over `n` values with its interval, in the unit of the values. Without any value all three are
    None; with one, or with one cluster, which shows no spread, only the interval is.

    `unscored` judgements could not be read, `failed` dialogues did not finish: neither is in the mean.
    """

    mean: float | None
    low: float | None
    high: float | None
    n: int
    unscored: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Difference:
    """The mean of `a` minus `b` over the `n` keys for which both have a value, with its interval as in
    Estimate; `left_a` and `left_b` of their keys are not part of it."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    left_a: int
    left_b: int


@dataclass(frozen=True)
class Scores:
    """What one judge says of one field of one dialogue: the mean of `repeats` judgements, and their standard
    deviation (n - 1 in the denominator), None for fewer than two. `unscored` verdicts could not be read;
    with no other the score is None."""

    dialogue_id: str
    metric: Metric
    judge: str
    field: str
    score: float | None
    spread: float | None
    repeats: int
    unscored: int


def mean_interval(
    values: Values,
    clusters: Sequence[Hashable] | None = None,
    *,
    unscored: Sequence[int] | None = None,
    failed: Sequence[bool] | None = None,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """The mean of one value a dialogue, shape (rows,), with a percentile interval of a seeded bootstrap.

    `clusters` has each row's case; without it every row is its own. Cases are drawn with replacement, each
    with all of its rows, and the mean is over rows (Davison and Hinkley 1997, Bootstrap Methods, section
    3.8, resampling of whole clusters). Rows without a value (None, NaN) are left out. `unscored` says how
    many judgements of a row could not be read, `failed` which rows are of dialogues that did not finish:
    a failed row counts as failed and as nothing else, whatever value it has.

    The order of the rows does not matter. Raises ValueError for columns of different lengths and for
    infinite values.
    """
    found = np.asarray(values, dtype=float)
    lost = np.zeros(len(found), bool) if failed is None else np.asarray(failed, dtype=bool)
    unread = np.zeros(len(found), int) if unscored is None else np.asarray(unscored, dtype=int)
    cases = np.arange(len(found)) if clusters is None else numbered(clusters)
    if not len(found) == len(cases) == len(lost) == len(unread):
        raise ValueError("values, clusters, unscored and failed: must be of the same length")
    if np.isinf(found).any():
        raise ValueError("values: must be finite, or None where there is none")
    used = ~(lost | np.isnan(found))
    sums = summed(np.column_stack([found[used], np.ones(used.sum())]), cases[used])
    mean, low, high = _mean_of(sums, level, draws, seed)
    return Estimate(mean, low, high, int(used.sum()), int(unread[~lost].sum()), int(lost.sum()))


def paired_difference(
    a: Mapping[tuple, float | None],
    b: Mapping[tuple, float | None],
    clusters: Callable[[tuple], Hashable] = lambda key: key[0],
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Difference:
    """How much higher `a` is than `b` on what both have, such as two runs of the same cases.

    The values go by keys (case, persona, repeat), of which `clusters` tells the case: the first part, unless
    said otherwise. Only keys with a value on both sides count. Pairing takes out what makes one case or
    persona harder than another, so the interval is narrower than that of two separate means.
    """
    wrong = next((key for key in (*a, *b) if not isinstance(key, tuple)), None)
    if wrong is not None:
        raise ValueError(f"keys: must be tuples such as (case, persona, repeat), not {wrong!r}")
    values = {key: _gap(a[key], b[key]) for key in a if key in b}
    found = mean_interval(
        list(values.values()), [clusters(key) for key in values], level=level, draws=draws, seed=seed
    )
    return Difference(found.mean, found.low, found.high, found.n, len(a) - found.n, len(b) - found.n)


def per_dialogue(
    verdicts: Iterable[Verdict], column: Callable[[Verdict], str | None] = attrgetter("field")
) -> list[Scores]:
    """The scores of each dialogue, metric, judge and field, in the order first seen.

    `column` names what a verdict counts for, None for nothing; given one name for many fields, such as every
    sentence or every item of a group, the score is their mean in the dialogue: of scores 0 and 1, the ratio.
    Repeats are averaged one by one first, so that each weighs the same. A verdict that is neither scored
    nor unscored does not apply and is left out.
    """
    sums: dict[tuple, dict[int, tuple[float, int]]] = {}
    unread: Counter[tuple] = Counter()
    for one in verdicts:
        name = column(one)
        if name is None or (one.score is None and not one.unscored):
            continue
        key = (one.dialogue_id, one.metric, one.judge, name)
        repeats = sums.setdefault(key, {})
        if one.unscored:
            unread[key] += 1
        else:
            total, count = repeats.get(one.repeat, (0.0, 0))
            repeats[one.repeat] = total + one.score, count + 1
    return [_scores(key, repeats, unread[key]) for key, repeats in sums.items()]


def _scores(key: tuple, repeats: Mapping[int, tuple[float, int]], unscored: int) -> Scores:
    means = [total / count for total, count in repeats.values()]
    score = float(np.mean(means)) if means else None
    spread = float(np.std(means, ddof=1)) if len(means) > 1 else None
    return Scores(*key, score, spread, len(means), unscored)


def _gap(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _mean_of(
    sums: np.ndarray, level: float, draws: int, seed: int
) -> tuple[float | None, float | None, float | None]:
    if not len(sums):
        return None, None, None
    total, count = np.sort(sums, axis=0).sum(axis=0)
    if len(sums) == 1:
        return float(total / count), None, None
    totals = resampled(sums, draws, seed)
    return float(total / count), *percentiles(totals[:, 0] / totals[:, 1], level)
