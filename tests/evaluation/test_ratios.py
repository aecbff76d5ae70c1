"""The published ratios, against examples worked out by hand."""

import pytest

from patientsim_core.evaluation.ratios import Item, Sentence, consistency, factuality
from patientsim_core.evaluation.summary import dialogue_scores
from patientsim_core.evaluation.verdict import Metric, Verdict

ENTAILED = Sentence(informs=True, score=1.0, adds=False, permitted=False, plausibility=None)
BOTH = ENTAILED._replace(adds=True, plausibility=4)
WRONG = ENTAILED._replace(score=0.0)
BENT = WRONG._replace(permitted=True)
NEW = ENTAILED._replace(score=None, adds=True, plausibility=3)
BARE = ENTAILED._replace(score=None)
POLITE = Sentence(informs=False, score=None, adds=False, permitted=False, plausibility=None)


def test_ten_sentences_by_hand():
    ten = [ENTAILED, ENTAILED, ENTAILED, BOTH, WRONG, BENT, NEW, BARE, POLITE, POLITE]
    assert factuality(ten) == {
        "info": 8 / 10,  # all but the two polite ones
        "supported": 6 / 8,  # 3 + 1 + 1 + 1
        "unsupported": 3 / 8,  # one that adds beside, one that adds alone, one that relates to nothing
        "entail": 4 / 6,
        "contradict": 2 / 6,
        "permitted": 1 / 6,
        "wrong": 1 / 6,
        "plausibility": 3.5,  # of 4 and 3; the bare one has none
    }


def test_supported_and_unsupported_overlap_and_entail_and_contradict_sum_to_one():
    found = factuality([BOTH, WRONG, NEW])
    assert found["supported"] + found["unsupported"] == pytest.approx(4 / 3)
    assert found["entail"] + found["contradict"] == 1


@pytest.mark.parametrize("sentences", [[], [POLITE]])
def test_nothing_to_divide_by_is_none_and_no_error(sentences):
    found = factuality(sentences)
    assert found.pop("info") == (0.0 if sentences else None)
    assert set(found.values()) == {None}


def test_coverage_and_consistency_by_hand_and_by_group():
    items = [
        Item("tobacco", True, 4),
        Item("alcohol", False, None),
        Item("allergies", True, 2),
        Item("pain", True, 3),
        Item("medication", False, None),
        Item("age", False, None),
    ]
    assert consistency(items) == {
        "icov": 3 / 6,
        "icon": 3.0,
        "icov_social": 1 / 2,
        "icon_social": 4.0,
        "icov_previous": 1.0,
        "icon_previous": 2.0,
        "icov_visit": 1 / 2,
        "icon_visit": 3.0,
    }


def item(field: str, **detail) -> Verdict:
    usual = {"covered": True, "extracted": "x", "true": "y"}
    return Verdict(
        dialogue_id="d", metric=Metric.profile, field=field, judge="j", score=3, detail=usual | detail
    )


def test_items_that_the_record_does_not_know_or_a_patient_cannot_tell_count_for_nothing():
    assert Item.of(item("tobacco")) == Item("tobacco", True, 3)
    assert Item.of(item("present_illness_positive")).item == "present_illness"
    assert Item.of(item("tobacco", true=None)) is None
    assert Item.of(item("disposition")) is None
    judged = [item("tobacco"), item("alcohol", covered=False), item("race", true=None, covered=False)]
    icov = [one.score for one in dialogue_scores(judged) if one.field == "icov"]
    assert icov == [0.5]


def test_labels_of_plausibility_alone_count_for_that_and_nothing_else():
    label = Sentence(True, None, True, False, 2, bare=True)
    found = factuality([label, label._replace(plausibility=4)])
    assert found.pop("plausibility") == 3
    assert set(found.values()) == {None}


def verdict(field: str, id: str = "d1", **about) -> Verdict:
    kind = about.pop("kind", "information")
    detail = {"kind": kind, "items": {}, "adds": False, "plausibility": None, "permitted": ""}
    return Verdict(dialogue_id=id, metric=Metric.facts, field=field, judge="j", detail=detail, **about)


def test_what_a_detail_leaves_out_counts_as_empty():
    full = verdict("1.0", score=1.0)
    assert Sentence.of(full) == Sentence.of(full.model_copy(update={"detail": {"kind": "information"}}))


def test_ratios_are_by_dialogue_and_unscored_sentences_stay_out_and_are_counted():
    found = dialogue_scores(
        [
            verdict("1.0", score=1.0),
            verdict("1.1", score=0.0),
            verdict("3.0", unscored="no JSON"),
            verdict("1.0", "d2", score=1.0),
            verdict("1.0", "d3", unscored="no JSON"),
        ]
    )
    entail = {one.dialogue_id: (one.score, one.unscored) for one in found if one.field == "entail"}
    assert entail == {"d1": (0.5, 1), "d2": (1.0, 0), "d3": (None, 1)}


def test_repeats_are_averaged_and_their_spread_is_kept():
    found = dialogue_scores([verdict("1.0", score=1.0), verdict("1.0", score=0.0, repeat=2)])
    (entail,) = [one for one in found if one.field == "entail"]
    assert (entail.score, entail.repeats) == (0.5, 2)
    assert entail.spread == pytest.approx(0.7071, abs=1e-4)
