"""Dialogues as a list: who is on it, in what order, and in what words."""

import numpy as np
import pandas as pd
import pytest

from patientsim_core import InputError
from patientsim_core.storage.index_rows import Column
from patientsim_core.tables import joined
from patientsim_core.tables.dialogues import (
    FLAGS,
    disagreement,
    listed,
    order,
    place_of,
    sort_label,
    sorts,
    unscored,
    value_text,
    wrong_sentences,
)
from tests import played

FIDELITY = Column("fidelity", "j", "personality")
OVER = Column("language", "rules", "over_words")
WRONG = Column("facts", "j", "wrong:medication")


def table(**columns) -> pd.DataFrame:
    """Rows of a made-up run; what is not given is the same for all."""
    size = len(next(iter(columns.values())))
    usual = {"run": "r", "case": "c", "diagnosis": "Pneumonia", "persona": "plain,B,high,normal"}
    usual |= {"end": "concluded", "failed": False, "doctor_turns": 12}
    same = {name: [value] * size for name, value in usual.items()}
    return pd.DataFrame({"id": [f"d{place}" for place in range(size)], **same, **columns})


def named(rows: pd.DataFrame, *wanted) -> list[str]:
    return rows["id"].iloc[order(rows, *wanted)].tolist()


@pytest.fixture(scope="module")
def rows(tmp_path_factory) -> pd.DataFrame:
    return played.rows(played.copy(tmp_path_factory.mktemp("runs") / "run"))


def test_where_more_is_better_the_lowest_score_comes_first_and_none_last():
    rows = table(**{FIDELITY.name: [4.0, np.nan, 1.0, 3.0]})
    assert named(rows, FIDELITY) == ["d2", "d3", "d0", "d1"]


def test_where_less_is_better_the_highest_comes_first_and_none_last():
    rows = table(**{OVER.name: [0.1, np.nan, 0.9, 0.0]})
    assert named(rows, OVER) == ["d2", "d0", "d3", "d1"]


def test_equal_ones_keep_the_order_in_which_they_were_played():
    rows = table(**{FIDELITY.name: [2.0, 1.0] * 50, "facts/j/marks": ["c", "cc"] * 50})
    places = [*range(1, 100, 2), *range(0, 100, 2)]
    assert order(rows, FIDELITY).tolist() == places
    assert order(rows, None, "contradicted").tolist() == places


@pytest.mark.parametrize("kind", ["wrong", "permitted"])
def test_by_sentences_against_an_item_only_dialogues_with_some_are_listed_most_first(kind):
    column = Column("facts", "j", f"{kind}:medication")
    assert named(table(**{column.name: [1.0, np.nan, 3.0, 0.0]}), column) == ["d2", "d0"]


def test_without_a_measure_or_a_flag_they_stand_as_they_were_played(rows):
    assert order(rows).tolist() == list(range(len(rows)))


def test_a_measure_that_is_not_there_leaves_the_order_as_it_is():
    assert named(table(x=[1, 2]), FIDELITY) == ["d0", "d1"]


def test_contradicted_are_those_with_a_contradicting_sentence_by_any_judge_most_first():
    marks = {"facts/j/marks": ["eec", "e-p", None, "?ue"], "facts/k/marks": ["e", "ppp", "cuc", None]}
    rows = table(**marks)
    assert named(rows, None, "contradicted") == ["d2", "d0"]
    assert wrong_sentences(rows).tolist() == [1, 0, 2, 0]


def test_what_two_judges_contradict_is_not_counted_twice():
    assert wrong_sentences(table(**{"facts/j/marks": ["cc"], "facts/k/marks": ["cec"]})).tolist() == [2]


def test_a_judge_who_looked_at_no_dialogue_here_counts_for_nothing():
    rows = table(**{"facts/j/marks": [np.nan, np.nan]})
    assert named(rows, None, "contradicted") == []
    assert unscored(rows).tolist() == [0, 0]


def test_leaked_are_those_with_replies_that_name_the_diagnosis():
    rows = table(**{"language/rules/leaks": [0.0, 0.5, np.nan, 0.1]})
    assert named(rows, None, "leaked") == ["d1", "d3"]


def test_unscored_verdicts_are_counted_once_each():
    rows = table(
        **{
            "fidelity/j/personality#unscored": [1.0, np.nan, 0.0],
            "fidelity/j/realism#unscored": [1.0, np.nan, 0.0],
            "facts/j/info#unscored": [2.0, np.nan, 0.0],
            "facts/j/entail#unscored": [2.0, np.nan, 0.0],
            "facts/j/marks": ["e??", "e", "e"],
            "profile/k/icov#unscored": [3.0, 1.0, 0.0],
            "profile/k/icon#unscored": [3.0, 1.0, 0.0],
        }
    )
    assert unscored(rows).tolist() == [7, 1, 0]
    assert named(rows, None, "unscored") == ["d0", "d1"]


def test_a_sentence_that_could_not_be_read_is_enough():
    assert named(table(**{"facts/j/marks": ["e?", "e.", "e-"]}), None, "unscored") == ["d0"]


def test_failed_are_those_that_failed():
    assert named(table(failed=[False, True, False]), None, "failed") == ["d1"]


def test_judges_disagree_from_one_and_a_half_points_on_the_furthest_apart_first():
    rows = table(
        **{
            "fidelity/j/personality": [1.0, 3.0, 2.0, 1.0, np.nan],
            "fidelity/k/personality": [2.0, 1.5, np.nan, 1.0, 4.0],
            "fidelity/clinician 1/realism": [4.0, 4.0, 4.0, 4.0, 1.0],
            "fidelity/k/realism": [4.0, 4.0, np.nan, 1.0, np.nan],
        }
    )
    assert disagreement(rows).tolist() == [0, 1.5, 0, 3, 0]
    assert named(rows, None, "disagreement") == ["d3", "d1"]
    assert listed(rows, [3, 1], None, "disagreement")["value"].tolist() == ["3 apart", "1.5 apart"]


def test_different_criteria_are_not_set_against_each_other():
    rows = table(**{"fidelity/j/personality": [1.0], "fidelity/k/realism": [4.0], "doctor/k/empathy": [1.0]})
    assert disagreement(rows).tolist() == [0]


def test_a_measure_orders_those_with_a_flag():
    marks = {"facts/j/marks": ["c", "e", "ccc"], FIDELITY.name: [1.0, 0.0, 2.0]}
    assert named(table(**marks), FIDELITY, "contradicted") == ["d0", "d2"]


@pytest.mark.parametrize("flag", FLAGS)
def test_flags_of_what_was_never_judged_find_nothing(flag):
    assert named(table(x=[1, 2]), None, flag) == []


@pytest.mark.parametrize("flag", ["wrong", "Contradicted", "__class__"])
def test_a_flag_that_is_none_is_refused(flag):
    with pytest.raises(InputError, match=r"is not known\. It is one of contradicted, leaked"):
        order(table(x=[1]), None, flag)


def test_rows_of_no_run_are_an_empty_list():
    rows = joined([])
    for flag in ("", *FLAGS):
        assert order(rows, FIDELITY, flag).tolist() == []
        assert listed(rows, [], FIDELITY, flag).empty
    assert place_of(rows, "r", "d0") is None
    assert sorts(rows) == {}


def test_a_line_of_the_list_says_what_a_person_wants_to_know():
    rows = table(**{FIDELITY.name: [2.5], "facts/j/marks": ["cce?"], "end": ["turn limit"]})
    (line,) = listed(rows, [0], FIDELITY).to_dict("records")
    assert line == {
        "run": "r",
        "id": "d0",
        "case": "c",
        "diagnosis": "Pneumonia",
        "persona": "Plain · B · high recall",
        "end": "turn limit",
        "failed": False,
        "turns": 12,
        "value": "2.5 of 4",
        "wrong": 2,
        "unscored": 1,
    }


def test_only_the_wanted_lines_are_made_in_the_wanted_order(rows):
    assert listed(rows, [7, 2])["id"].tolist() == rows["id"].iloc[[7, 2]].tolist()


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (FIDELITY, 3.0, "3 of 4"),
        (FIDELITY, 8 / 3, "2.67 of 4"),
        (FIDELITY, np.nan, "no score"),
        (FIDELITY, None, "no score"),
        (OVER, 0.333, "33%"),
        (WRONG, 1.0, "1 sentence"),
        (WRONG, 2.0, "2 sentences"),
        (Column("profile", "j", "covered:pain"), 1.0, "100%"),
        (Column("profile", "j", "similar:pain"), 4.0, "4 of 4"),
        (Column("effort", "", "cost"), 0.00213, "0.00213 US dollars"),
        (Column("effort", "", "patient_tokens"), 12_345.6, "12,346 tokens"),
        (Column("strange", "j", "thing"), 7.0, "7"),
    ],
)
def test_a_value_is_said_in_its_unit(column, value, text):
    assert value_text(column, value) == text


def test_what_can_be_sorted_by_is_what_is_there_and_named_apart(rows):
    found = sorts(rows)
    assert found["fidelity/rules/personality"] == "Persona fidelity: Personality · rules"
    assert found["dynamics//turns"] == "Dynamics: Turns of the doctor"
    assert len(set(found.values())) == len(found)
    assert not [name for name in found if "marks" in name or "#" in name]
    for name in found:
        order(rows, Column.of(name))


def test_items_are_labelled_by_what_is_counted_of_them():
    labels = [
        sort_label(Column("facts", "j", "wrong:pain")),
        sort_label(Column("facts", "j", "permitted:pain")),
        sort_label(Column("profile", "j", "covered:pain")),
        sort_label(Column("profile", "j", "similar:pain")),
    ]
    assert len(set(labels)) == 4
    assert all(label.endswith(": Pain (0-10) · j") for label in labels)


def test_a_dialogue_is_found_by_run_and_id(rows):
    both = joined([rows, rows.assign(run="other")])
    id = rows["id"].iloc[3]
    assert place_of(both, "run", id) == 3
    assert place_of(both, "other", id) == 3 + len(rows)
    assert place_of(both, "third", id) is None
    assert place_of(both, "run", "nobody") is None
