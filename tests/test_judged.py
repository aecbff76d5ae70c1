"""A dialogue's verdicts as a list: every field, every judge, and what could not be read."""

import pytest

from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.judged import judged, opinion
from patientsim_core.measures import MEASURES
from tests import played


def verdict(metric: str, field: str, score: float | None = None, judge: str = "j", **about) -> Verdict:
    return Verdict(dialogue_id="d", metric=metric, field=field, score=score, judge=judge, **about)


def of(*verdicts: Verdict) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Heading -> label -> judge and score of each opinion."""
    return {
        title: {one.label: [(said.judge, said.score) for said in one.opinions] for one in fields}
        for title, fields in judged(verdicts).items()
    }


def test_nothing_judged_is_an_empty_list():
    assert judged([]) == {}


def test_each_metric_has_a_heading_and_each_field_all_judges():
    found = of(
        verdict("doctor", "empathy", 2),
        verdict("fidelity", "realism", 3),
        verdict("fidelity", "personality", 4),
        verdict("fidelity", "personality", 1, "clinician 1"),
    )
    assert found == {
        "Persona fidelity": {
            "Personality": [("j", "4 of 4"), ("clinician 1", "1 of 4")],
            "Realism": [("j", "3 of 4")],
        },
        "Doctor": {"Empathy": [("j", "2 of 4")]},
    }
    assert list(found["Persona fidelity"]) == ["Personality", "Realism"]


def test_nothing_of_what_the_rules_say_of_a_dialogue_is_lost():
    verdicts = played.verdicts()[played.dialogues()[0].id]
    found = judged(verdicts)
    for metric in set(Metric) - {Metric.facts, Metric.profile}:
        own = [one for one in verdicts if one.metric is metric]
        fields = found[MEASURES[metric, own[0].field].title]
        assert [one.opinions[0].rationale for one in fields] == [one.rationale for one in own]
    assert set(found) == {
        "Persona fidelity", "Factuality", "Record", "Diagnosis", "Doctor", "Language", "Disclosure"
    }  # fmt: skip


def test_sentences_are_given_as_the_published_ratios():
    detail = {"kind": "information", "items": {"pain": "entailed"}}
    found = of(
        verdict("facts", "1.0", 1.0, detail=detail), verdict("facts", "1.1", detail={"kind": "emotion"})
    )
    assert found["Factuality"]["Entailed, of supported"] == [("j", "100%")]
    assert found["Factuality"]["Informing, of all"] == [("j", "50%")]
    assert "Plausibility of unsupported" not in found["Factuality"]


def test_sentences_that_could_not_be_read_are_counted_beside_the_ratios():
    (fields,) = judged([verdict("facts", "1.0", unscored="is null")]).values()
    assert {one.opinions[0].rationale for one in fields} == {"1 unscored"}


def test_items_come_in_the_order_of_the_record_with_what_was_told_of_them():
    found = of(
        verdict("profile", "pain", 4.0, detail={"covered": True, "extracted": "8", "true": "8"}),
        verdict("profile", "tobacco", detail={"covered": False, "true": "One pack"}),
        verdict("profile", "children", detail={"covered": True, "true": "Two"}),
        verdict("profile", "present_illness_positive", 2.0, detail={"covered": True, "true": "x"}),
        verdict("profile", "no item", 2.0, detail={"covered": True, "true": "x"}),
    )["Record"]
    assert found["Coverage"] == [("j", "80%")]
    items = {label: scores[0][1] for label, scores in found.items() if label[:5] not in ("Cover", "Consi")}
    assert list(items.items()) == [
        ("Tobacco", "not told"),
        ("Children", "told"),
        ("Present illness", "2 of 4"),
        ("Pain (0-10)", "4 of 4"),
        ("no item", "2 of 4"),
    ]


@pytest.mark.parametrize(("score", "said"), [(1.0, "named"), (0.0, "not named"), (None, "no score")])
def test_a_diagnosis_is_named_or_not(score, said):
    assert opinion(verdict("ddx", "differential", score, detail={"rank": None})).score == said


def test_an_unscored_verdict_says_why_and_what_came():
    one = verdict("fidelity", "realism", unscored="is no JSON object", raw="I think 3")
    assert opinion(one)[1:] == ("unscored", "is no JSON object", (("answered", "I think 3"),))


def test_what_else_a_verdict_tells_is_put_into_words():
    detail = {
        "inferred": True,
        "by_turn": [1, 2],
        "levels": {"A1": 3, "?": 1},
        "covered": True,
        "own_thing": "x",
    }
    assert opinion(verdict("disclosure", "told", 0.5, detail=detail)).details == (
        ("read from the text", "yes"),
        ("facts out after each reply", "1, 2"),
        ("words by level", "A1 3, ? 1"),
        ("own thing", "x"),
    )


def test_empty_details_are_left_out():
    detail = {"rank": None, "predicted": [], "inferred": False, "levels": {}, "extracted": ""}
    assert opinion(verdict("ddx", "differential", 0.0, detail=detail)).details == ()


def test_a_rank_of_nought_is_no_empty_detail():
    assert opinion(verdict("ddx", "differential", 1.0, detail={"rank": 0})).details == (("rank", "0"),)


def test_repeated_judgements_are_told_apart():
    found = of(verdict("fidelity", "realism", 3), verdict("fidelity", "realism", 4, repeat=2))
    assert found["Persona fidelity"]["Realism"] == [("j", "3 of 4"), ("j (judgement 2)", "4 of 4")]


@pytest.mark.parametrize(
    ("scores", "apart"),
    [
        ([("j", 4, 1), ("k", 2.5, 1)], True),
        ([("j", 4, 1), ("k", 3, 1)], False),
        ([("j", 4, 1), ("j", 1, 2)], False),
        ([("j", 4, 1), ("j", 2, 2), ("k", 2, 1)], False),
        ([("j", 4, 1), ("k", None, 1)], False),
        ([("j", None, 1)], False),
    ],
)
def test_judges_differ_by_the_means_of_their_judgements(scores, apart):
    verdicts = [
        verdict("fidelity", "realism", score, judge, repeat=repeat) for judge, score, repeat in scores
    ]
    ((field,),) = judged(verdicts).values()
    assert field.apart is apart


def test_only_scores_of_1_to_4_are_said_to_differ():
    detail = {"covered": True, "true": "8"}
    both = [("j", 1.0), ("k", 4.0)]
    found = judged(
        [verdict("language", "words_per_sentence", score, judge) for judge, score in both]
        + [verdict("profile", "pain", score, judge, detail=detail) for judge, score in both]
    )
    apart = {one.label: one.apart for fields in found.values() for one in fields}
    assert (apart["Words a sentence"], apart["Pain (0-10)"]) == (False, True)


def test_a_criterion_that_is_not_known_comes_last_under_its_own_name():
    found = of(verdict("fidelity", "charm", 2), verdict("fidelity", "realism", 3))
    assert found == {"Persona fidelity": {"Realism": [("j", "3 of 4")], "Charm": [("j", "2")]}}
