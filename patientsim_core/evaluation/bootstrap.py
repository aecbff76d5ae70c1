"""The seeded bootstrap: what a figure would have been for other cases, or other items, like these."""

from collections.abc import Hashable, Sequence
from functools import lru_cache

import numpy as np

_AT_ONCE = 1_000_000
"""So many picks are held in memory: draws are made in blocks of about this size."""


def numbered(units: Sequence[Hashable]) -> np.ndarray:
    """A number for each unit, the same for the same one; numbers stay as they are."""
    if isinstance(units, np.ndarray) and units.dtype.kind == "i":
        return units
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) for one in units], dtype=int)


def summed(rows: np.ndarray, units: np.ndarray) -> np.ndarray:
    """The sum of each unit's rows: (rows, k), and the number of each row's unit, to (units, k)."""
    numbers, of = np.unique(units, return_inverse=True)
    order = np.lexsort(rows.T[::-1])  # rounding must not depend on the order of the rows
    sums = [np.bincount(of[order], weights=column, minlength=len(numbers)) for column in rows[order].T]
    return np.stack(sums, axis=1)


def resampled(sums: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Totals over units drawn with replacement, as many as there are: (units, k) to (draws, k).

    A unit is what is independent of the others: a case with all of its dialogues, or a dialogue with all that
    was rated of it. The
    figure of interest is then a function of each row, such as one total divided by another (Efron and
    Tibshirani 1993, An Introduction to the Bootstrap, chapter 8: the unit is resampled whole).
    """
    if draws < 1:
        raise ValueError(f"draws: must be 1 or more, not {draws}")
    # Sorted, so that the same data gives the same interval in whatever order its dialogues finished.
    units = sums[np.lexsort(sums.T[::-1])]
    count, random = len(units), np.random.default_rng(seed)
    kinds = np.flatnonzero(np.r_[True, (units[1:] != units[:-1]).any(axis=1)])
    if 4 * len(kinds) < count:  # many alike, as ratings are: how often each kind is drawn says it all
        many = np.diff(np.r_[kinds, count])
        return random.multinomial(count, many / count, size=draws) @ units[kinds]
    if count * draws <= _AT_ONCE:  # the usual case, and often the same for one figure after the other
        return _times(count, draws, seed) @ units
    found = np.empty((draws, units.shape[1]))
    block = max(1, _AT_ONCE // count)
    for start in range(0, draws, block):
        size = min(block, draws - start)
        found[start : start + size] = _drawn(random, count, size) @ units
    return found


@lru_cache(maxsize=8)
def _times(count: int, draws: int, seed: int) -> np.ndarray:
    """How often each of the units is in each draw."""
    return _drawn(np.random.default_rng(seed), count, draws)


def _drawn(random: np.random.Generator, count: int, draws: int) -> np.ndarray:
    picks = random.integers(count, size=(draws, count)) + count * np.arange(draws)[:, None]
    return np.bincount(picks.ravel(), minlength=draws * count).reshape(draws, count).astype(float)


def percentiles(figures: np.ndarray, level: float) -> tuple[float, float]:
    """The middle `level` of the figures, shape (draws,): the percentile interval. Draws for which the figure
    is not defined (NaN) are left out."""
    if not 0 < level < 1:
        raise ValueError(f"level: must lie between 0 and 1, not {level}")
    tail = (1 - level) / 2
    low, high = np.nanquantile(figures, [tail, 1 - tail])
    return float(low), float(high)
