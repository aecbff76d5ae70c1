"""How far raters agree, beyond chance: Gwet's AC1 (nominal) and AC2 (ordinal), and percent agreement.

    AC = (pa - pe) / (1 - pe)
    pa = mean over items with two or more ratings of  sum_k r_ik (r*_ik - 1) / (r_i (r_i - 1))
    pe = T / (q (q - 1)) sum_k pi_k (1 - pi_k),   pi_k = mean over rated items of r_ik / r_i

r_ik of the r_i raters of item i chose category k of q; r*_ik is the sum over l of w_kl r_il; T is the sum of
the weights w_kl. AC1: Gwet 2008, British Journal of Mathematical and Statistical Psychology 61:29-48. Weights
(AC2) and missing ratings: Gwet 2014, Handbook of Inter-Rater Reliability, 4th edition.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Literal, NamedTuple

import numpy as np

from patientsim_core.errors import InputError
from patientsim_core.evaluation.bootstrap import numbered, percentiles, resampled, summed

Weights = Literal["identity", "linear", "quadratic"]

_POWERS: dict[str, float] = {"linear": 1, "quadratic": 2}


class Interval(NamedTuple):
    """A figure with its bootstrap interval; without one where fewer than two units show agreement."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Agreement:
    """`coefficient` is the AC: 1 is full agreement, 0 what chance gives. `percent` is the agreement itself
    (0-1), by the same weights, `chance` what of it is expected by chance. `items` were rated by two or more;
    `single` by one, which says something of how common a category is and nothing of agreement."""

    coefficient: Interval
    percent: Interval
    chance: float
    items: int
    single: int


def ac1(ratings: Sequence[Sequence], categories: Sequence[Hashable] | None = None, **bootstrap) -> Agreement:
    """Gwet's AC1, for categories without an order, and the plain percent agreement; see `gwet`."""
    return gwet(ratings, categories, "identity", **bootstrap)


def ac2(
    ratings: Sequence[Sequence],
    categories: Sequence[Hashable] | None = None,
    weights: Weights = "quadratic",
    **bootstrap,
) -> Agreement:
    """Gwet's AC2, for categories with an order, and the weighted percent agreement; see `gwet`."""
    return gwet(ratings, categories, weights, **bootstrap)


def gwet(
    ratings: Sequence[Sequence],
    categories: Sequence[Hashable] | None = None,
    weights: Weights = "identity",
    *,
    units: Sequence[Hashable] | None = None,
    level: float = 0.95,
    draws: int = 1_000,
    seed: int = 42,
) -> Agreement:
    """The agreement in `ratings`, shape (items, raters), with None or NaN where a rater did not rate.

    `categories` is the whole scale. A level that nobody used counts in q all the same, so give the scale
    wherever it is known; without it, it is what was used.

    `units` has for each item what it belongs to, such as the dialogue of a sentence. Items of one unit are
    alike, so intervals are seeded percentile bootstraps over units, each drawn with all of its items, and
    with the same categories in each draw; as if the items were independent, intervals would be too narrow.
    Without `units` every item is its own. A draw in which no item has two ratings is left out.

    Raises InputError where no item has two ratings, for a rating that is not among the categories, for rows
    or units of unequal length, for weights over words whose order is not given, and for fewer than two
    categories: the formula divides by q - 1, so nothing can be said if only one is in use and no scale is
    given. With the scale, ratings that are all of one category are full agreement: pe = 0, AC = 1.
    """
    table = _table(ratings)
    scale = _scale(table, categories, ordered=weights != "identity")
    if len(scale) < 2:
        known = f"only the category {scale[0]!r}" if scale else "none"
        raise InputError(f"ratings: there is {known}. Give all categories of the scale, two or more.")
    matrix = weight_matrix(scale, weights)
    counts = _counts(table, scale)
    if units is not None and len(units) != len(counts):
        raise InputError(f"units: there are {len(units)} of them for {len(counts)} items.")
    rated = counts.any(axis=1)
    shares = _shares(counts[rated], matrix)
    items = int(shares[:, 1].sum())
    if not items:
        raise InputError("ratings: no item has ratings by two raters, so no agreement can be measured.")
    factor = matrix.sum() / (len(scale) * (len(scale) - 1))
    # Sorted, so that rounding does not depend on the order of the items.
    found = _figures(np.sort(shares, axis=0).sum(axis=0)[None], factor)[:, 0].tolist()
    ends = [(None, None)] * 2
    sums = shares if units is None else summed(shares, numbered(units)[rated])
    if (sums[:, 1] > 0).sum() > 1:
        ends = [percentiles(one, level) for one in _figures(resampled(sums, draws, seed), factor)[:2]]
    coefficient, percent = (Interval(value, *pair) for value, pair in zip(found, ends, strict=False))
    return Agreement(coefficient, percent, found[2], items, len(shares) - items)


def confusion(
    first: Sequence, second: Sequence, categories: Sequence[Hashable] | None = None
) -> tuple[list[Hashable], np.ndarray]:
    """The categories, and how often the first rater (rows) and the second (columns) chose each pair of them:
    integers of shape (q, q). Items that either did not rate are left out. Raises InputError as `gwet`."""
    if len(first) != len(second):
        raise InputError(f"ratings: the first rater has {len(first)} of them, the second {len(second)}.")
    table = _table(list(zip(first, second, strict=True)))
    scale = _scale(table, categories)
    codes = _codes(table, scale)
    both = codes[(codes >= 0).all(axis=1)]
    size = len(scale)
    return scale, np.bincount(both[:, 0] * size + both[:, 1], minlength=size**2).reshape(size, size)


def weight_matrix(scale: Sequence[Hashable], weights: Weights) -> np.ndarray:
    """How much each pair of categories agrees, from 1 (the same) to 0: shape (q, q). By the distance of their
    values where they are numbers, else of their places: 1 - (distance / longest)^p, p = 1 linear, 2
    quadratic (Gwet 2014, chapter 3)."""
    if weights == "identity":
        return np.eye(len(scale))
    if weights not in _POWERS:
        raise ValueError(f"weights: {weights!r} is not known; they are identity, linear or quadratic")
    numbers = all(isinstance(one, Real) for one in scale)
    places = np.array(scale if numbers else range(len(scale)), dtype=float)
    return 1 - (np.abs(places[:, None] - places) / np.ptp(places)) ** _POWERS[weights]


def _figures(totals: np.ndarray, factor: float) -> np.ndarray:
    """AC, percent and chance agreement, shape (3, draws), from totals of `_shares`, shape (draws, q + 2)."""
    with np.errstate(invalid="ignore"):  # a draw can lack an item with two ratings: NaN, left out later
        percent = totals[:, 0] / totals[:, 1]
    common = totals[:, 2:] / totals[:, 2:].sum(axis=1, keepdims=True)
    chance = factor * (common * (1 - common)).sum(axis=1)
    return np.stack([(percent - chance) / (1 - chance), percent, chance])


def _shares(counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Each rated item's part of the figures, shape (items, q + 2): its agreement, whether it has any (two
    ratings), and the share of each category in its ratings."""
    raters = counts.sum(axis=1)
    pairs = raters * (raters - 1)
    agreeing = (counts * (counts @ weights - 1)).sum(axis=1)
    agreement = np.where(pairs > 0, agreeing / np.maximum(pairs, 1), 0)
    return np.column_stack([agreement, pairs > 0, counts / raters[:, None]])


def _counts(table: np.ndarray, scale: Sequence[Hashable]) -> np.ndarray:
    """How many raters chose each category for each item: shape (items, q)."""
    codes = _codes(table, scale)
    return np.stack([(codes == code).sum(axis=1) for code in range(len(scale))], axis=1)


def _codes(table: np.ndarray, scale: Sequence[Hashable]) -> np.ndarray:
    """Each rating as the place of its category, -1 where there is none."""
    places = {category: place for place, category in enumerate(scale)}
    codes = np.array([places.get(rating, -1) for rating in table.flat], int).reshape(table.shape)
    unknown = (codes < 0) & (table == table) & np.not_equal(table, None)
    for at in map(tuple, np.argwhere(unknown)):
        raise InputError(
            f"ratings: {table[at]!r} (item {at[0] + 1}, rater {at[1] + 1}) is not one of the categories "
            f"{', '.join(map(repr, scale))}."
        )
    return codes


def _scale(table: np.ndarray, categories: Sequence[Hashable] | None, ordered: bool = False) -> list[Hashable]:
    """The categories: those given, in that order, or those in use, sorted."""
    if categories is not None:
        if len(set(categories)) != len(categories):
            raise InputError(f"categories: one is given twice in {', '.join(map(repr, categories))}.")
        return list(categories)
    used = {rating for rating in table.flat if not _is_missing(rating)}
    if all(isinstance(one, Real) for one in used):
        return sorted(used)
    if ordered:
        raise InputError("categories: give them in their order, which cannot be told from words.")
    return sorted(used, key=str)


def _table(ratings: Sequence[Sequence]) -> np.ndarray:
    """The ratings as objects, shape (items, raters)."""
    table = np.asarray(ratings, dtype=object) if len(ratings) else np.empty((0, 2), object)
    if table.ndim != 2:
        raise InputError("ratings: must be rows, one an item, each with an entry for every rater, or None.")
    return table


def _is_missing(rating: object) -> bool:
    return rating is None or rating != rating
