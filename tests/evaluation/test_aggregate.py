"""From verdicts to means with intervals, and differences."""

import random

import numpy as np
import pytest

from patientsim_core import Persona
from patientsim_core.evaluation.aggregate import (
    Estimate,
    Scores,
    mean_interval,
    paired_difference,
    per_dialogue,
)
from patientsim_core.evaluation.bootstrap import percentiles, resampled
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.selection import Item

NAN = float("nan")
ALIKE = [value for value in (1.0, 2.0, 3.0, 4.0, 2.5, 1.5) for _ in range(8)]
CASES = [f"case-{number}" for number in range(6) for _ in range(8)]
"""Six cases of eight dialogues, of which each case's have the same value."""


def verdict(dialogue: str = "one", field: str = "Realism", score: float | None = None, **about) -> Verdict:
    about = {"metric": Metric.fidelity, "judge": "judge"} | about
    return Verdict(dialogue_id=dialogue, field=field, score=score, **about)


def width(estimate) -> float:
    return estimate.high - estimate.low


def test_a_mean_and_its_interval():
    found = mean_interval([1, 2, 3, 4])
    assert (found.mean, found.n) == (2.5, 4)
    assert 1 <= found.low < 2.5 < found.high <= 4


def test_the_interval_is_near_the_normal_one_for_many_independent_values():
    values = np.random.default_rng(5).normal(3, 1, 2_000)
    found = mean_interval(values)
    half = 1.96 * values.std(ddof=1) / 2_000**0.5
    assert (found.low, found.high) == pytest.approx((found.mean - half, found.mean + half), abs=0.1 * half)


def test_two_cases_give_the_ends_that_can_be_told_by_hand():
    # A quarter of the draws has only the first case, a quarter only the second, so these are the ends; the
    # mean is over dialogues: case b weighs three times as much.
    found = mean_interval([1, 2, 2, 5], ["a", "b", "b", "b"])
    assert (found.mean, found.low, found.high, found.n) == (2.5, 1, 3, 4)


def test_dialogues_of_a_case_that_are_alike_are_no_more_evidence_than_one():
    naive, clustered = mean_interval(ALIKE), mean_interval(ALIKE, CASES)
    assert clustered.mean == pytest.approx(naive.mean)
    assert width(clustered) > 2 * width(naive)
    one_each = mean_interval(ALIKE[::8])
    assert (clustered.low, clustered.high) == pytest.approx((one_each.low, one_each.high))


def test_the_same_seed_gives_the_same_interval_and_another_does_not():
    values = np.random.default_rng(1).random(100)
    assert mean_interval(values) == mean_interval(values)
    assert mean_interval(values, seed=43) != mean_interval(values)


def test_the_order_in_which_dialogues_finished_does_not_matter():
    values = np.random.default_rng(2).random(48).tolist()
    rows = list(zip(values, CASES, strict=True))
    for seed in range(10):
        shuffled = random.Random(seed).sample(rows, len(rows))
        assert mean_interval(*zip(*shuffled, strict=True)) == mean_interval(values, CASES)


def test_a_higher_level_is_wider():
    assert width(mean_interval(ALIKE, CASES, level=0.99)) > width(mean_interval(ALIKE, CASES, level=0.8))


def test_nothing_to_average_is_no_mean():
    nothing = Estimate(mean=None, low=None, high=None, n=0)
    assert mean_interval([]) == mean_interval([None, NAN], ["a", "b"]) == nothing


def test_one_value_or_one_case_has_no_interval():
    assert mean_interval([3.5]) == Estimate(mean=3.5, low=None, high=None, n=1)
    assert mean_interval([3, 4], ["a", "a"]) == Estimate(mean=3.5, low=None, high=None, n=2)
    assert mean_interval([3, 4, None], ["a", "a", "b"]) == mean_interval([3, 4], ["a", "a"])


def test_missing_values_are_left_out():
    assert mean_interval([1, None, 2, NAN], ["a", "a", "b", "c"]) == mean_interval([1, 2], ["a", "b"])


def test_what_failed_or_could_not_be_read_is_counted_beside_the_mean():
    found = mean_interval(
        [1, 2, None, None, 4], unscored=[0, 2, 1, 0, 5], failed=[False, False, False, True, True]
    )
    assert (found.mean, found.n, found.unscored, found.failed) == (1.5, 2, 3, 2)


def test_a_ratio_is_averaged_over_dialogues_and_not_over_sentences():
    one = [verdict("one", f"{turn}.0", float(turn == 1)) for turn in range(1, 10)]
    other = [verdict("other", "1.0", 1.0)]
    scores = per_dialogue([*one, *other], lambda verdict: "entailed")
    assert [found.score for found in scores] == pytest.approx([1 / 9, 1])
    assert mean_interval([found.score for found in scores]).mean == pytest.approx((1 / 9 + 1) / 2)


def test_scores_are_kept_apart_by_dialogue_metric_judge_and_field():
    found = per_dialogue(
        [
            verdict("two", "Realism", 3),
            verdict("one", "Realism", 4),
            verdict("one", "Language", 2),
            verdict("one", "Realism", 1, judge="rules"),
            verdict("one", "Realism", 2, metric=Metric.doctor),
        ]
    )
    assert found == [
        Scores("two", Metric.fidelity, "judge", "Realism", 3, None, 1, 0),
        Scores("one", Metric.fidelity, "judge", "Realism", 4, None, 1, 0),
        Scores("one", Metric.fidelity, "judge", "Language", 2, None, 1, 0),
        Scores("one", Metric.fidelity, "rules", "Realism", 1, None, 1, 0),
        Scores("one", Metric.doctor, "judge", "Realism", 2, None, 1, 0),
    ]


def test_repeats_are_averaged_and_their_spread_is_told():
    (found,) = per_dialogue(verdict(score=score, repeat=repeat) for repeat, score in enumerate((2, 4, 3), 1))
    assert (found.score, found.spread, found.repeats) == (3, 1, 3)
    (one,) = per_dialogue([verdict(score=2)])
    assert (one.score, one.spread, one.repeats) == (2, None, 1)


def test_each_repeat_weighs_the_same_however_many_verdicts_it_has():
    marks = [verdict(field=field, score=1.0) for field in "abc"] + [verdict(field="a", score=0.0, repeat=2)]
    (found,) = per_dialogue(marks, lambda verdict: "all")
    assert (found.score, found.repeats) == (0.5, 2)
    assert found.spread == pytest.approx(0.5**0.5)


def test_unscored_verdicts_are_counted_and_those_that_do_not_apply_are_not():
    read, unread = per_dialogue(
        [
            verdict("one", score=4),
            verdict("one", repeat=2, unscored="no JSON", raw="??"),
            verdict("two", unscored="no JSON"),
            verdict("three"),
        ]
    )
    assert (read.score, read.repeats, read.unscored, read.spread) == (4, 1, 1, None)
    assert (unread.dialogue_id, unread.score, unread.repeats, unread.unscored) == ("two", None, 0, 1)


def test_an_unscored_verdict_counts_as_unscored_whatever_score_it_has():
    (found,) = per_dialogue([verdict(score=4, unscored="out of range")])
    assert (found.score, found.unscored) == (None, 1)


def test_a_column_of_none_leaves_a_verdict_out():
    marks = [verdict(field="Realism", score=4), verdict(field="Language", score=1)]
    (found,) = per_dialogue(marks, lambda one: {"Realism": "kept"}.get(one.field))
    assert (found.field, found.score) == ("kept", 4)


def test_differences_take_the_settings_of_an_interval():
    settings = {"level": 0.5, "draws": 300, "seed": 7}
    expected = mean_interval(ALIKE, CASES, **settings)
    keys = [(case, number) for number, case in enumerate(CASES)]
    found = paired_difference(dict(zip(keys, ALIKE, strict=True)), dict.fromkeys(keys, 0.0), **settings)
    assert (found.low, found.high) == (expected.low, expected.high)


class Labelled(list):
    """A column as of pandas, whose square brackets ask for a label and not for a place."""

    def __getitem__(self, label):
        raise KeyError(label)


def test_columns_of_a_table_are_taken_by_place_and_not_by_label():
    values, cases = [1.0, 2.0, NAN], ["x", "y", "y"]
    assert mean_interval(Labelled(values), Labelled(cases)) == mean_interval(values, cases)


def test_a_difference_is_over_what_both_have():
    a = {("x", "plain", 1): 4.0, ("y", "plain", 1): 3.0, ("z", "plain", 1): 1.0, ("w", "plain", 1): None}
    b = {("x", "plain", 1): 1.0, ("y", "plain", 1): 2.0, ("w", "plain", 1): 2.0, ("x", "plain", 2): 9.0}
    found = paired_difference(a, b)
    assert (found.mean, found.n, found.left_a, found.left_b) == (2, 2, 2, 2)
    assert (found.low, found.high) == (1, 3)
    turned = paired_difference(b, a)
    assert (turned.mean, turned.low, turned.high) == (-2, -3, -1)


def test_pairing_takes_out_what_makes_a_case_hard():
    hard = dict.fromkeys([(case, "plain", 1) for case in "abcdefgh"], 0.0)
    b = {key: number + 0.1 * (number % 2) for number, key in enumerate(hard)}
    a = {key: number + 1.0 for number, key in enumerate(hard)}
    found = paired_difference(a, b)
    assert found.mean == pytest.approx(0.95)
    assert width(found) < 0.1
    assert width(mean_interval(list(a.values()))) > 2


def test_differences_are_clustered_by_case_unless_said_otherwise():
    keys = [Item(case, Persona(), repeat) for case in "abcd" for repeat in range(1, 11)]
    a, b = {key: float("abcd".index(key.case)) for key in keys}, dict.fromkeys(keys, 0.0)
    by_case, by_key = paired_difference(a, b), paired_difference(a, b, clusters=lambda key: key)
    assert by_case.mean == by_key.mean == 1.5
    assert width(by_case) > 2 * width(by_key)


def test_nothing_shared_is_no_difference():
    found = paired_difference({("a", 1): 1.0}, {("b", 1): 1.0, ("c", 1): 2.0})
    assert (found.mean, found.low, found.n, found.left_a, found.left_b) == (None, None, 0, 1, 2)
    assert paired_difference({}, {}).n == 0


def test_draws_are_whole_units_and_as_many_as_there_are():
    units = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    found = resampled(units, 200, seed=1)
    assert found.shape == (200, 2)
    assert (found[:, 1] == 10 * found[:, 0]).all()
    assert set(found[:, 0]) == {3, 4, 5, 6, 7, 8, 9, 10, 12}
    assert found[:, 0].mean() == pytest.approx(7, abs=0.5)


def test_draws_in_blocks_are_as_good_as_at_once(monkeypatch):
    monkeypatch.setattr("patientsim_core.evaluation.bootstrap._AT_ONCE", 100)
    found = resampled(np.ones((48, 1)), 2_001, seed=1)
    assert (found == 48).all()
    assert width(mean_interval(ALIKE, CASES)) > 0.8


def test_percentiles_leave_out_draws_without_a_figure():
    assert percentiles(np.array([NAN, *range(101)]), 0.9) == pytest.approx((5, 95))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mean_interval([1, 2], ["a"]), "same length"),
        (lambda: mean_interval([1, 2], unscored=[1]), "same length"),
        (lambda: mean_interval([1, 2], failed=[True]), "same length"),
        (lambda: mean_interval([1, float("inf")]), "must be finite"),
        (lambda: mean_interval([1, 2], level=95), "level: must lie between 0 and 1, not 95"),
        (lambda: mean_interval([1, 2], level=0), "level"),
        (lambda: mean_interval([1, 2], draws=0), "draws: must be 1 or more, not 0"),
        (lambda: mean_interval(["good", "bad"]), "good"),
        (lambda: paired_difference({"a.plain.1": 1.0}, {"a.plain.1": 2.0}), "must be tuples .*'a.plain.1'"),
    ],
)
def test_wrong_input_is_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
