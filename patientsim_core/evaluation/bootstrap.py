"""The seeded bootstrap: what a figure would have been for other cases, or other items, like these."""

import numpy as np

_AT_ONCE = 1_000_000
"""So many picks are held in memory: draws are made in blocks of about this size."""


def resampled(sums: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Totals over units drawn with replacement, as many as there are: (units, k) to (draws, k).

    A unit is what is independent of the others: a case with all of its dialogues, or a rated item. The
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
    found = np.empty((draws, units.shape[1]))
    block = max(1, _AT_ONCE // count)
    for start in range(0, draws, block):
        size = min(block, draws - start)
        picks = random.integers(count, size=(size, count)) + count * np.arange(size)[:, None]
        times = np.bincount(picks.ravel(), minlength=size * count).reshape(size, count)
        found[start : start + size] = times @ units
    return found


def percentiles(figures: np.ndarray, level: float) -> tuple[float, float]:
    """The middle `level` of the figures, shape (draws,): the percentile interval. Draws for which the figure
    is not defined (NaN) are left out."""
    if not 0 < level < 1:
        raise ValueError(f"level: must lie between 0 and 1, not {level}")
    tail = (1 - level) / 2
    low, high = np.nanquantile(figures, [tail, 1 - tail])
    return float(low), float(high)
