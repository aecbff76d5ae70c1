"""Agreement between raters, on published worked examples and by hand."""

import math
import random

import numpy as np
import pytest

from patientsim_core import InputError
from patientsim_core.evaluation.agreement import ac1, ac2, confusion, gwet, weight_matrix

NAN = float("nan")

RATERS = [
    (1, 1, None, 1),
    (2, 2, 3, 2),
    (3, 3, 3, 3),
    (3, 3, 3, 3),
    (2, 2, 2, 2),
    (1, 2, 3, 4),
    (4, 4, 4, 4),
    (1, 1, 2, 1),
    (2, 2, 2, 2),
    (None, 5, 5, 5),
    (None, None, 1, 1),
    (None, None, 3, None),
]
"""Four raters, 12 units, five categories, with missing ratings: cac.raw4raters of Gwet's own R package irrCAC
1.0, which follows his Handbook of Inter-Rater Reliability (4th edition, 2014). Its vignettes `overview` (AC1)
and `weighting` (AC2) print the figures below.
https://cran.r-project.org/web/packages/irrCAC/vignettes/overview.html and weighting.html"""

ABSTRACTORS = (
    [("Ectopic", "Ectopic")] * 13
    + [("AIU", "AIU")] * 20
    + [("AIU", "NIU")] * 7
    + [("NIU", "AIU")] * 4
    + [("NIU", "NIU")] * 56
)
"""Two abstractors, 100 records: cont3x3abstractors of the same package, in the same vignettes."""

PSYCHIATRISTS = [
    (0, 0, 0, 6, 0),
    (0, 3, 0, 0, 3),
    (0, 1, 4, 0, 1),
    (0, 0, 0, 0, 6),
    (0, 3, 0, 3, 0),
    (2, 0, 4, 0, 0),
    (0, 0, 4, 0, 2),
    (2, 0, 3, 1, 0),
    (2, 0, 0, 4, 0),
    (0, 0, 0, 0, 6),
    (1, 0, 0, 5, 0),
    (1, 1, 0, 4, 0),
    (0, 3, 3, 0, 0),
    (1, 0, 0, 5, 0),
    (0, 2, 0, 3, 1),
]
"""How many of six psychiatrists gave each of 15 patients each of five diagnoses (from Fleiss 1971):
distrib.6raters of the same package, in the same vignettes."""

SIX = [[code for code, count in enumerate(row) for _ in range(count)] for row in PSYCHIATRISTS]


def test_ac1_of_the_handbooks_example_with_missing_ratings():
    found = ac1(RATERS)
    assert found.coefficient.value == pytest.approx(0.77544, abs=5e-6)
    assert found.percent.value == pytest.approx(0.8181818, abs=5e-8)
    assert found.chance == pytest.approx(0.1903212, abs=5e-8)
    assert (found.items, found.single) == (11, 1)


def test_ac2_of_the_handbooks_example_with_missing_ratings():
    found = ac2(RATERS)
    assert found.coefficient.value == pytest.approx(0.914, abs=5e-6)
    assert found.percent.value == pytest.approx(0.9753788, abs=5e-8)
    assert found.chance == pytest.approx(0.7137044, abs=5e-8)


def test_two_raters_of_the_published_table():
    scale = ["Ectopic", "AIU", "NIU"]
    nominal, ordinal = ac1(ABSTRACTORS, scale), ac2(ABSTRACTORS, scale)
    assert nominal.coefficient.value == pytest.approx(0.8493305, abs=5e-8)
    assert nominal.percent.value == pytest.approx(0.89)
    assert ordinal.coefficient.value == pytest.approx(0.9402369, abs=5e-8)
    assert ordinal.percent.value == pytest.approx(0.9725)


def test_six_raters_of_the_published_distribution():
    nominal, ordinal = ac1(SIX), ac2(SIX)
    assert nominal.coefficient.value == pytest.approx(0.4448007, abs=5e-8)
    assert (nominal.percent.value, nominal.chance) == pytest.approx((0.5511111, 0.1914815), abs=5e-8)
    assert ordinal.coefficient.value == pytest.approx(0.4837438, abs=5e-8)
    assert (ordinal.percent.value, ordinal.chance) == pytest.approx((0.8544444, 0.7180556), abs=5e-8)


def test_two_raters_by_hand():
    # They agree on 3 of 4; shares 5/8 and 3/8; T = q = 2, so chance is 2 x 5/8 x 3/8.
    found = ac1([(1, 1), (1, 1), (2, 2), (1, 2)])
    assert found.percent.value == 0.75
    assert found.chance == pytest.approx(15 / 32)
    assert found.coefficient.value == pytest.approx((3 / 4 - 15 / 32) / (1 - 15 / 32))


def test_linear_weights_by_hand():
    # Weights 1, 1/2, 0 sum to 5 over three categories; shares 1/2, 1/4, 1/4.
    found = ac2([(1, 1), (1, 3), (2, 3), (1, 2)], weights="linear")
    assert found.percent.value == pytest.approx((1 + 0 + 1 / 2 + 1 / 2) / 4)
    assert found.chance == pytest.approx(5 / 6 * (1 / 2 * 1 / 2 + 2 * 1 / 4 * 3 / 4))


def test_a_single_rating_counts_for_how_common_a_category_is_and_not_for_agreement():
    pairs = [(1, 1), (2, 2), (1, 2)]
    alone = ac1([*pairs, (1, None)])
    assert alone.percent.value == ac1(pairs).percent.value
    assert alone.chance == pytest.approx(2 * 5 / 8 * 3 / 8)  # shares (1 + 0 + 1/2 + 1)/4 and (1 + 1/2)/4
    assert (alone.items, alone.single) == (3, 1)


def test_an_item_that_nobody_rated_changes_nothing():
    assert ac2([*RATERS, (None, None, None, NAN)], range(1, 6)) == ac2(RATERS)


@pytest.mark.parametrize("missing", [None, NAN, np.nan])
def test_missing_is_none_or_nan(missing):
    same = [tuple(missing if rating is None else rating for rating in row) for row in RATERS]
    assert ac1(same) == ac1(RATERS)
    assert ac1(np.array(RATERS, dtype=float)) == ac1(RATERS)


def test_the_order_of_items_and_of_raters_does_not_matter():
    for seed in range(10):
        shuffled = [row[::-1] for row in random.Random(seed).sample(RATERS, len(RATERS))]
        assert ac2(shuffled) == ac2(RATERS)


def test_a_level_that_nobody_used_counts_in_the_scale():
    pairs = [(1, 1), (1, 1), (2, 2), (1, 2)]
    assert ac1(pairs, [1, 2, 3, 4]).chance == pytest.approx(ac1(pairs).chance / 3)  # 1 / (q - 1)
    assert ac1(pairs, [1, 2, 3, 4]).coefficient.value > ac1(pairs).coefficient.value


def test_full_agreement_is_one_and_constant_disagreement_is_below_chance():
    assert ac1([(1, 1), (2, 2), (3, 3)]).coefficient == (1, 1, 1)
    assert ac1([(1, 2), (2, 1)]).coefficient.value == pytest.approx(-1)


def test_all_of_one_category_is_full_agreement_where_the_scale_is_known():
    found = ac2([(4, 4), (4, 4), (4, None)], [1, 2, 3, 4])
    assert (found.coefficient.value, found.chance) == (1, 0)


def test_weights_go_by_value_for_numbers_and_by_place_for_words():
    assert weight_matrix([1, 2, 5], "linear")[0].tolist() == [1, 0.75, 0]
    assert weight_matrix(["low", "mid", "high"], "linear")[0].tolist() == [1, 0.5, 0]
    assert weight_matrix(["low", "mid", "high"], "quadratic")[0].tolist() == [1, 0.75, 0]
    assert weight_matrix([1, 2, 5], "identity").tolist() == np.eye(3).tolist()


def test_ac2_with_identity_weights_is_ac1():
    assert ac2(RATERS, weights="identity") == ac1(RATERS)


def test_an_interval_is_seeded_and_holds_its_figure():
    found = ac2(SIX)
    assert found == ac2(SIX)
    assert found.coefficient != ac2(SIX, seed=7).coefficient
    for figure in (found.coefficient, found.percent):
        assert figure.low < figure.value < figure.high


def test_the_interval_is_near_that_of_the_published_standard_error():
    # 0.4448 with standard error 0.0842 (vignette `overview`); the bootstrap need not be the same.
    found = ac1(SIX, draws=4_000).coefficient
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(0.0842, rel=0.15)


def test_a_higher_level_and_fewer_items_make_intervals_wider():
    wide, usual = (ac1(SIX, level=level).coefficient for level in (0.99, 0.8))
    assert wide.low < usual.low < usual.high < wide.high
    more = ac1(SIX * 10).coefficient
    assert more.high - more.low < (usual.high - usual.low) * 0.7


def test_draws_without_a_pair_are_left_out():
    found = ac1([(1, 1), (2, 1), *[(1, None)] * 20])
    assert found.items == 2
    assert not any(math.isnan(end) for end in (*found.coefficient, *found.percent))


def test_one_item_with_two_ratings_has_no_interval():
    found = ac1([(1, 2), (1, None), (2, None)])
    assert found.coefficient[1:] == found.percent[1:] == (None, None)


def test_items_of_one_unit_are_drawn_together():
    # What was rated of a dialogue three times, all alike, says as much of other dialogues as one of it does.
    for measure in (ac1, ac2):
        thrice = measure(SIX * 3, units=[*range(len(SIX))] * 3)
        assert thrice.coefficient == pytest.approx(measure(SIX).coefficient)
        assert thrice.items == 3 * measure(SIX).items
        alone = measure(SIX * 3).coefficient
        assert alone.high - alone.low < 0.7 * (thrice.coefficient.high - thrice.coefficient.low)


@pytest.mark.parametrize("units", [range(12), np.arange(12), list("abcdefghijkl")])
def test_with_one_item_a_unit_the_figures_are_those_without_units(units):
    assert ac2(RATERS, units=units) == ac2(RATERS)


def test_units_do_not_move_the_figure_nor_does_their_order():
    units = ["a", "b", "c", "a", "b", "c", "a", "b", "c", "d", "d", "d"]
    found = ac1(RATERS, units=units)
    assert found.coefficient.value == ac1(RATERS).coefficient.value
    for seed in range(10):
        order = random.Random(seed).sample(range(12), 12)
        assert ac1([RATERS[one] for one in order], units=[units[one] for one in order]) == found


def test_an_interval_over_units_holds_the_truth_as_often_as_it_says():
    # 20 dialogues of 10 sentences; in each the two agree as often as that dialogue lets them, 0.6 on average.
    chance, held = np.random.default_rng(1), 0
    for _ in range(200):
        often = np.repeat(chance.beta(0.6, 0.4, 20), 10)
        first = chance.integers(2, size=200)
        second = np.where(chance.random(200) < often, first, 1 - first)
        found = ac1([*zip(first, second, strict=True)], (0, 1), units=np.arange(200) // 10, draws=200)
        held += found.percent.low <= 0.6 <= found.percent.high
    assert 0.88 < held / 200 < 0.98


def test_one_unit_with_many_items_has_no_interval():
    found = ac1([(1, 2), (1, 1), (2, None)], units=["a", "a", "b"])
    assert found.coefficient[1:] == found.percent[1:] == (None, None)
    assert (found.items, found.single) == (2, 1)


def test_an_item_that_nobody_rated_changes_nothing_of_its_unit():
    units = [one // 2 for one in range(12)]
    assert ac2([(None,) * 4, *RATERS], units=[99, *units]) == ac2(RATERS, units=units)


@pytest.mark.parametrize("units", [[], [1], range(13)])
def test_units_for_other_items_are_refused(units):
    with pytest.raises(InputError, match=f"units: there are {len(units)} of them for 12 items"):
        ac1(RATERS, units=units)


def test_a_confusion_table_has_the_first_rater_in_rows():
    scale, table = confusion(*zip(*ABSTRACTORS, strict=True), categories=["Ectopic", "AIU", "NIU"])
    assert scale == ["Ectopic", "AIU", "NIU"]
    assert table.tolist() == [[13, 0, 0], [0, 20, 7], [0, 4, 56]]


def test_categories_that_are_not_given_are_sorted():
    assert confusion([10, 2], [33, 2])[0] == [2, 10, 33]
    assert confusion(list("hgfedcba"), list("hhhhhhhh"))[0] == list("abcdefgh")


def test_a_confusion_table_leaves_out_what_either_did_not_rate():
    scale, table = confusion([1, 2, None, 2], [1, 3, 1, NAN])
    assert scale == [1, 2, 3]
    assert table.tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert confusion([], [])[1].shape == (0, 0)
    assert confusion([], [], ["a", "b"])[1].tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("ratings", "categories", "words"),
    [
        ([(1, None), (None, 2)], None, "no item has ratings by two raters"),
        ([(1,), (2,)], None, "no item has ratings by two raters"),
        ([], [1, 2], "no item has ratings by two raters"),
        ([], None, "there is none"),
        ([(None, NAN)], None, "there is none"),
        ([(1, 2), (2, 7)], [1, 2, 3, 4], r"7 \(item 2, rater 2\) is not one of the categories 1, 2, 3, 4"),
        ([("1", "2")], [1, 2], "'1' .*not one of the categories 1, 2"),
        ([(3, 3), (3, 3)], None, "only the category 3.*two or more"),
        ([(3, 3)], [3], "only the category 3"),
        ([(1, 1)], [1, 2, 1], "given twice"),
        ([(1, 2), (1,)], None, "must be rows"),
        ([1, 2, 3], None, "must be rows"),
    ],
)
def test_ratings_without_an_agreement_are_refused_in_words(ratings, categories, words):
    with pytest.raises(InputError, match=words):
        gwet(ratings, categories)


def test_words_have_no_order_of_their_own():
    ratings = [("low", "high"), ("mid", "mid")]
    with pytest.raises(InputError, match="give them in their order"):
        ac2(ratings)
    assert ac2(ratings, ["low", "mid", "high"]).percent.value == 0.5
    assert ac1(ratings).percent.value == 0.5


def test_raters_of_different_items_have_no_confusion_table():
    with pytest.raises(InputError, match="first rater has 2 of them, the second 1"):
        confusion([1, 2], [1])
    with pytest.raises(InputError, match="not one of the categories"):
        confusion([1, 9], [1, 2], [1, 2])


@pytest.mark.parametrize("wrong", [{"level": 0}, {"level": 1}, {"level": 95}, {"draws": 0}])
def test_settings_that_give_no_interval_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ac1(RATERS, **wrong)
    with pytest.raises(ValueError, match="identity, linear or quadratic"):
        gwet(RATERS, weights="cubic")
