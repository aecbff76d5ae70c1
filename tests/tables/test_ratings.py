"""What clinicians said as tables: agreement is that of the pure function, from the table or from its CSV."""

import math
import random

import numpy as np
import pandas as pd
import pytest

from patientsim_core import InputError
from patientsim_core.evaluation.aggregate import mean_interval
from patientsim_core.evaluation.agreement import ac1, ac2
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.storage.studies import Source
from patientsim_core.study import SCORES, Rating, Study, Target, targets
from patientsim_core.tables import ratings as tables
from patientsim_core.tables.ratings import (
    EVERYBODY,
    beside_judges,
    completion,
    disagreements,
    means,
    means_by_rater,
    rater_agreement,
    rating_table,
    read_ratings,
    side_by_side,
)
from patientsim_core.tables.spreadsheet import as_csv

PERSONALITY, REALISM = Target(Metric.fidelity, "personality"), Target(Metric.fidelity, "realism")
ANA, BEN, CY = "Ana", "Ben", "Cy"
HOSTILE = [
    "NA", "1", "1.0", "Ana, Dr.", 'O"Neil', "null", "=1+1", " Zoë ", "True", "001", "@SUM(A1)", "-2+3", "'=1",
    "''+1", "\t=1", "a;=1", "＝1", "- as I said",
]  # fmt: skip
"""Names that a spreadsheet would take for something else."""

GOLDEN = [
    (4, 4, 3),
    (1, 2, 1),
    (3, 3, None),
    (2, None, 4),
    (None, None, 1),
    (4, 4, 4),
]
"""Six dialogues, three raters; by hand below for the first two of them."""


def study(count: int, raters, sentences: int = 0) -> Study:
    fields = [[f"1.{number}" for number in range(sentences)]] * count
    order = {rater: list(range(count)) for rater in raters}
    about = {"personas": ["plain,B,high,normal"] * count, "sentences": fields}
    return Study(name="Pilot", each=len(order), seed=1, order=order, **about)


def sources(count: int, run: str = "run") -> list[Source]:
    return [Source(place, run, f"d{place}") for place in range(count)]


def ratings(matrix, raters=(ANA, BEN, CY), target=PERSONALITY, reason="") -> list[Rating]:
    """A row a dialogue, a column a rater."""
    return [
        Rating(place, rater, target, score, reason)
        for place, row in enumerate(matrix)
        for rater, score in zip(raters, row, strict=True)
    ]


def table(*found: Rating, run: str = "run") -> pd.DataFrame:
    raters = dict.fromkeys(one.rater for one in found)
    count = 1 + max(one.place for one in found)
    return rating_table(study(count, raters), found, sources(count, run))


def figures(found: pd.DataFrame, criterion: str, raters: str) -> dict[str, tuple]:
    own = found[(found["criterion"] == criterion) & (found["raters"] == raters)].set_index("coefficient")
    return {name: tuple(row) for name, row in own[["value", "low", "high", "percent", "n"]].iterrows()}


def expected(matrix, units=None) -> dict[str, tuple]:
    found = {"AC1": ac1(matrix, SCORES, units=units), "AC2": ac2(matrix, SCORES, units=units)}
    return {name: (*one.coefficient, one.percent.value, one.items) for name, one in found.items()}


def test_the_table_has_a_row_for_each_score_with_where_it_is_from():
    found = table(Rating(1, ANA, PERSONALITY, 2, "why"), Rating(0, ANA, REALISM, None, "later"))
    assert found.to_dict("records") == [
        {
            "place": 1,
            "run": "run",
            "dialogue": "d1",
            "persona": "plain,B,high,normal",
            "rater": ANA,
            "metric": "fidelity",
            "field": "personality",
            "score": 2,
            "reason": "why",
        }
    ]


def test_agreement_is_that_of_the_pure_function_for_all_and_for_each_pair():
    found = rater_agreement(table(*ratings(GOLDEN)))
    assert figures(found, "Personality", EVERYBODY) == expected(GOLDEN)
    for pair, columns in {"Ana and Ben": (0, 1), "Ana and Cy": (0, 2), "Ben and Cy": (1, 2)}.items():
        matrix = [[row[column] for column in columns] for row in GOLDEN]
        assert figures(found, "Personality", pair) == expected(matrix)
    assert len(found) == 8


def test_agreement_of_two_raters_by_hand():
    # The same on 2 of 4; shares 4 2/8, 1 2/8, 3 2/8, 2 2/8: chance 4 (1/4 3/4) / 3 = 1/4.
    matrix = [(4, 4), (1, 1), (3, 2), (2, 3)]
    found = figures(rater_agreement(table(*ratings(matrix, (ANA, BEN)))), "Personality", "Ana and Ben")
    assert found["AC1"][0] == pytest.approx((2 / 4 - 1 / 4) / (1 - 1 / 4))
    # Quadratic weights 1, 8/9, 5/9, 0 sum to 4 + 6 8/9 + 4 5/9 + 2 0 = 104/9, over 12 and times 3/4.
    percent, chance = (1 + 1 + 8 / 9 + 8 / 9) / 4, 104 / 9 / 12 * 3 / 4
    assert found["AC2"][0] == pytest.approx((percent - chance) / (1 - chance))
    assert found["AC2"][3] == pytest.approx(percent)
    assert found["AC2"][4] == 4


def test_each_criterion_has_figures_of_its_own_in_the_order_of_the_questions():
    other = [(1, 4, 2), (4, 1, None)]
    found = rater_agreement(table(*ratings(other, target=REALISM), *ratings(GOLDEN)))
    assert list(dict.fromkeys(found["criterion"])) == ["Personality", "Realism"]
    assert figures(found, "Realism", EVERYBODY) == expected(other)
    assert figures(found, "Personality", EVERYBODY) == expected(GOLDEN)


def test_pairs_are_left_out_where_they_are_not_wanted():
    found = table(*ratings(GOLDEN))
    whole = rater_agreement(found)
    alone = whole[whole["raters"] == EVERYBODY].reset_index(drop=True)
    pd.testing.assert_frame_equal(rater_agreement(found, pairs=False), alone)


def test_sentences_are_one_criterion_and_an_item_each_and_intervals_draw_dialogues_with_theirs():
    first, second = (Target(Metric.facts, field) for field in ("1.0", "1.1"))
    one, other = [(1, 2), (3, 3), (4, 1)], [(4, 4), (2, 1), (2, None)]
    found = rater_agreement(table(*ratings(one, (ANA, BEN), first), *ratings(other, (ANA, BEN), second)))
    exact = expected([*one, *other], units=[0, 1, 2] * 2)
    assert figures(found, "Plausibility", EVERYBODY) == exact
    assert figures(found, "Plausibility", "Ana and Ben") == exact
    assert exact != expected([*one, *other])


def test_sentences_of_one_dialogue_have_no_interval():
    first, second = (Target(Metric.facts, field) for field in ("1.0", "1.1"))
    found = rater_agreement(
        table(*ratings([(1, 2)], (ANA, BEN), first), *ratings([(4, 4)], (ANA, BEN), second))
    )
    assert found["n"].tolist() == [2] * 4
    assert found[["low", "high"]].isna().all(axis=None)


def test_one_rater_alone_agrees_with_nobody():
    assert rater_agreement(table(Rating(0, ANA, PERSONALITY, 4))).empty
    assert side_by_side(rater_agreement(table(Rating(0, ANA, PERSONALITY, 4)))).empty


def test_two_who_rated_different_dialogues_are_no_pair():
    found = rater_agreement(table(*ratings([(4, None, 4), (None, 3, 3)])))
    assert set(found["raters"]) == {EVERYBODY, "Ana and Cy", "Ben and Cy"}
    one = figures(found, "Personality", "Ana and Cy")["AC1"]
    assert one[4] == 1
    assert one[1] is None or math.isnan(one[1])  # one dialogue has no interval


@pytest.mark.parametrize("run", ["", "NA", "7"])
@pytest.mark.parametrize("seed", range(4))
def test_the_exported_table_comes_back_exactly_whatever_the_names(seed, run):
    chance = random.Random(seed)
    raters = chance.sample(HOSTILE, 4)
    said = [
        one._replace(reason=chance.choice([*HOSTILE, "", "two\nlines, and 'quotes'", "nan"]))
        for target in (PERSONALITY, Target(Metric.facts, "3.10"))
        for one in ratings([chance.choices([1, 2, 3, 4, None], k=4) for _ in range(9)], raters, target)
    ]
    where = [Source(place, run, chance.choice(["007", "1e5", "NA", "d"]) + str(place)) for place in range(9)]
    found = rating_table(study(9, raters, 20), said, where)
    text = as_csv(found)
    for csv in (text, text.encode()):
        pd.testing.assert_frame_equal(read_ratings(csv), found)
        pd.testing.assert_frame_equal(rater_agreement(read_ratings(csv)), rater_agreement(found))
        pd.testing.assert_frame_equal(means(read_ratings(csv)), means(found))


def test_an_empty_table_comes_back_and_has_no_figures():
    empty = rating_table(study(1, [ANA]), [], sources(1))
    back = read_ratings(as_csv(empty))
    for found in (empty, back):
        assert list(found) == tables.COLUMNS
        assert not len(found)
        assert rater_agreement(found).empty
        assert means(found).empty
        assert disagreements(found).empty
        assert beside_judges(found, {}).empty


GOOD = as_csv(table(*ratings([(4, 1)], (ANA, BEN))))


@pytest.mark.parametrize(
    ("csv", "says"),
    [
        ("", "no table of ratings"),
        (b"\xff\xfe\x00 nothing", "no table of ratings"),
        ('"never ends\n', "no table of ratings"),
        ("a,b\n1,2\n", "lacks place, run, dialogue, persona, rater, metric, field, score, reason"),
        (GOOD.replace("score", "points"), "lacks score"),
        (GOOD.replace(",4,", ",x,"), "Rating 1 of the table lacks a place, or a score of 1 to 4"),
        (GOOD.replace(",1,", ",7,"), "Rating 2 of the table lacks"),
        (GOOD.replace(",1,", ",,"), "Rating 2 of the table lacks"),
        (GOOD.replace(",1,", ",1.5,"), "Rating 2 of the table lacks"),
        (GOOD.replace("\n0,", "\nzero,", 1), "Rating 1 of the table lacks a place"),
        (GOOD.replace("\n0,", "\n-1,", 1), "Rating 1 of the table lacks a place"),
        (GOOD[:-12], "Rating 2 of the table lacks"),
        (GOOD + GOOD.split("\n")[1] + "\n", "Rating 3 of the table is there twice"),
    ],
)
def test_what_is_no_whole_table_of_ratings_is_said(csv, says):
    with pytest.raises(InputError, match=says):
        read_ratings(csv)


def test_completion_tells_how_far_each_rater_is():
    one = study(2, [ANA, BEN, CY], sentences=1)
    asked = targets(one, 0)
    said = [Rating(0, ANA, target, 4) for target in asked]
    said += [Rating(1, ANA, asked[0], 1), Rating(1, ANA, asked[1], 2, "why"), Rating(1, ANA, asked[2], None)]
    said += [Rating(0, BEN, asked[0], 3)]
    found = completion(one, said).set_index("rater")
    assert list(found.columns) == ["dialogues", "of", "ratings", "of ratings", "reasons missing", "share"]
    assert len(asked) == 6
    assert found.loc[ANA].tolist() == [1, 2, 7, 12, 1, pytest.approx(7 / 12)]
    assert found.loc[BEN].tolist() == [0, 2, 1, 12, 0, pytest.approx(1 / 12)]
    assert found.loc[CY].tolist() == [0, 2, 0, 12, 0, 0.0]


def test_who_has_no_dialogue_is_done():
    one = study(1, [ANA]).model_copy(update={"order": {ANA: [0], BEN: []}})
    assert completion(one, []).set_index("rater")["share"].to_dict() == {ANA: 0.0, BEN: 1.0}


def test_means_are_over_all_ratings_and_intervals_resample_dialogues():
    found = means(table(*ratings(GOLDEN))).set_index("rater")
    scores = [(place, one) for place, row in enumerate(GOLDEN) for one in row if one]
    whole = mean_interval([one for _, one in scores], [place for place, _ in scores])
    assert found.loc[EVERYBODY, ["mean", "low", "high", "n"]].tolist() == [
        whole.mean,
        whole.low,
        whole.high,
        14,
    ]
    assert found.loc[ANA, ["mean", "n"]].tolist() == [np.mean([4, 1, 3, 2, 4]), 5]
    assert list(found.index) == [EVERYBODY, ANA, BEN, CY]


def test_means_for_people_have_a_column_a_rater_and_no_interval_for_one_dialogue():
    found = means_by_rater(table(*ratings([(4, 3)], (ANA, BEN)), Rating(0, ANA, REALISM, 1)))
    assert found.to_dict("records")[0] == {
        "Criterion": "Personality",
        EVERYBODY: "3.50",
        ANA: "4.00",
        BEN: "3.00",
    }
    assert found[ANA].tolist() == ["4.00", "1.00"]
    several = means_by_rater(table(*ratings(GOLDEN)))
    one = mean_interval([4, 1, 3, 2, 4], [0, 1, 2, 3, 5])
    assert several[ANA][0] == f"2.80 [{one.low:.2f}, {one.high:.2f}]"


def test_agreement_for_people_has_a_row_for_whom_it_is_about():
    found = rater_agreement(table(*ratings(GOLDEN)))
    shown = side_by_side(found).set_index("Raters")
    assert list(shown) == ["Criterion", "AC1", "AC2", "The same", "Rated by both"]
    one, other = ac1(GOLDEN, SCORES), ac2(GOLDEN, SCORES)
    for name, exact in (("AC1", one), ("AC2", other)):
        value, low, high = exact.coefficient
        assert shown.loc[EVERYBODY, name] == f"{value:.2f} [{low:.2f}, {high:.2f}]"
    assert shown.loc[EVERYBODY, "The same"] == f"{one.percent.value:.0%}"
    assert shown.loc[EVERYBODY, "Rated by both"] == one.items


def test_disagreements_are_two_steps_or_more_with_the_furthest_first():
    matrix = [(4, 3, 3), (1, 3, None), (1, 4, 2), (2, None, 4), (None, 1, 4)]
    found = disagreements(table(*ratings(matrix)))
    assert found["place"].tolist() == [2, 4, 1, 3]
    assert found["apart"].tolist() == [3, 3, 2, 2]
    assert found["scores"].tolist() == ["Ana 1, Ben 4, Cy 2", "Ben 1, Cy 4", "Ana 1, Ben 3", "Ana 2, Cy 4"]
    assert found.iloc[0][["run", "dialogue", "metric", "field"]].tolist() == [
        "run",
        "d2",
        "fidelity",
        "personality",
    ]


def test_different_criteria_of_one_dialogue_are_no_disagreement():
    assert disagreements(table(Rating(0, ANA, PERSONALITY, 1), Rating(0, BEN, REALISM, 4))).empty


def judged(field: str, score, judge="vllm:j", metric=Metric.fidelity, **about) -> Verdict:
    return Verdict(dialogue_id="d", judge=judge, metric=metric, field=field, score=score, **about)


def test_a_judge_is_laid_beside_every_rater_of_a_dialogue():
    matrix = [(4, 3), (1, None), (2, 2)]  # the last one was not judged
    verdicts = {0: [judged("personality", 4.0)], 1: [judged("personality", 2.0)], 7: [judged("realism", 1)]}
    found = beside_judges(table(*ratings(matrix, (ANA, BEN))), verdicts).set_index("coefficient")
    pairs = [(4, 4), (3, 4), (1, 2)]
    assert set(found["judge"]) == {"vllm:j"}
    for name, exact in expected(pairs, units=[0, 0, 1]).items():
        assert tuple(found.loc[name, ["value", "low", "high", "percent", "n"]]) == exact
        assert found.loc[name, "n"] == 3
    assert found["mean of raters"].tolist() == [pytest.approx(8 / 3)] * 2
    assert found["mean of judge"].tolist() == [pytest.approx(10 / 3)] * 2
    shown = side_by_side(found.reset_index())
    assert shown[["Judge", "Mean of raters", "Mean of judge"]].values.tolist() == [["vllm:j", "2.67", "3.33"]]


def test_a_judge_beside_three_raters_who_say_the_same_is_as_uncertain_as_beside_one():
    scores, verdicts = [4, 1, 3, 2, 4, 3], [4, 2, 3, 4, 4, 1]
    said = {place: [judged("personality", float(one))] for place, one in enumerate(verdicts)}
    columns = ["value", "low", "high"]
    alone = beside_judges(table(*ratings([(one,) for one in scores], (ANA,))), said)
    three = beside_judges(table(*ratings([(one,) * 3 for one in scores])), said)
    assert three[columns].to_numpy() == pytest.approx(alone[columns].to_numpy())
    assert alone[columns].to_numpy().tolist() == [
        [*one.coefficient] for one in (m([*zip(scores, verdicts, strict=True)], SCORES) for m in (ac1, ac2))
    ]


def test_of_a_judge_the_first_judgement_counts_that_could_be_read():
    verdicts = {
        0: [judged("personality", 1.0), judged("personality", 4.0, repeat=2)],
        1: [judged("personality", None, unscored="no JSON")],
    }
    found = beside_judges(table(*ratings([(4,), (4,)], (ANA,))), verdicts)
    assert found["n"].tolist() == [1, 1]
    assert found["mean of judge"].tolist() == [1.0, 1.0]


def test_judges_and_raters_are_compared_on_plausibility_not_on_whether_a_sentence_is_so():
    sentence = Target(Metric.facts, "1.0")
    detail = {"kind": "information", "adds": True, "plausibility": 3}
    verdicts = {0: [judged("1.0", 0.0, metric=Metric.facts, detail=detail)]}
    verdicts[1] = [judged("1.0", 1.0, metric=Metric.facts, detail={"kind": "information"})]
    found = beside_judges(table(*ratings([(3,), (3,)], (ANA,), sentence)), verdicts)
    assert found["criterion"].tolist() == ["Plausibility"] * 2
    assert found["mean of judge"].tolist() == [3.0, 3.0]


def test_each_judge_has_figures_of_its_own():
    verdicts = {0: [judged("personality", 4.0), judged("personality", 1.0, judge="rules")]}
    found = beside_judges(table(*ratings([(4,)], (ANA,))), verdicts)
    assert found.groupby("judge")["percent"].first().to_dict() == {"rules": 0.0, "vllm:j": 1.0}
