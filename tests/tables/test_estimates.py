"""Tables over runs: the figures are those of the dialogues, what is missing is counted, filters filter."""

import numpy as np
import pandas as pd
import pytest

from patientsim_core.models.prices import load_prices
from patientsim_core.persona import Persona
from patientsim_core.storage.index_rows import Column
from patientsim_core.tables import (
    agreement,
    as_text,
    by_level,
    columns_of,
    confusion_table,
    contradicted_items,
    differences,
    estimates,
    filtered,
    joined,
    judges_of,
    leaderboard,
    over_turns,
    pairs_of,
    persona_map,
    phases,
    plausibility,
    rows_of,
)
from tests import played

SCORE = Column("fidelity", "j", "realism")


def table(**columns) -> pd.DataFrame:
    """Rows of a made-up run; what is not given is the same for all."""
    size = len(next(iter(columns.values())))
    usual = {"run": "r", "case": [f"c{place}" for place in range(size)], "failed": False, "persona": "p"}
    usual |= {"repeat": 1, "dazed": "normal"}
    return pd.DataFrame(
        {
            **{name: [value] * size if np.isscalar(value) else value for name, value in usual.items()},
            **columns,
        }
    )


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """A run, and its control where nobody plays a persona."""
    folder = tmp_path_factory.mktemp("runs")
    return played.rows(played.copy(folder / "personas"), played.copy(folder / "control", play_as=Persona()))


def test_a_mean_leaves_out_what_failed_and_counts_it():
    found = estimates(
        table(
            **{SCORE.name: [1, 3, 4, np.nan], SCORE.name + "#unscored": [0, 0, 0, 2]},
            failed=[False, False, True, False],
        ),
        [SCORE],
    ).iloc[0]
    assert (found["mean"], found["n"], found["failed"], found["unscored"]) == (2, 2, 1, 2)


def test_what_nobody_could_judge_is_shown_as_unscored_without_a_mean():
    found = estimates(table(**{SCORE.name: [np.nan], SCORE.name + "#unscored": [1]}), [SCORE])
    assert found["n"].item() == 0
    assert found["unscored"].item() == 1
    assert as_text(next(found.itertuples())) == "– n 0, 1 unscored"


def test_what_was_never_judged_has_no_row():
    assert estimates(table(**{SCORE.name: [np.nan]}), [SCORE]).empty
    assert estimates(table(case=["a"]), [SCORE]).empty
    assert estimates(joined([]), [SCORE]).empty


def test_dialogues_of_one_case_make_the_interval_wider_than_as_many_cases():
    values = [1, 1, 1, 4, 4, 4]
    few = estimates(table(**{SCORE.name: values}, case=["a"] * 3 + ["b"] * 3), [SCORE]).iloc[0]
    many = estimates(table(**{SCORE.name: values}), [SCORE]).iloc[0]
    assert few["high"] - few["low"] > many["high"] - many["low"]


def test_each_run_has_its_own_means(rows):
    found = estimates(rows, [Column("fidelity", "rules", "personality")]).set_index("run")["mean"]
    assert found["personas"] > 3.5
    assert found["control"] < 3


def test_levels_have_the_means_of_their_dialogues(rows):
    found = by_level(rows, {"cefr": ("fidelity", "language")}, [])
    own = rows[(rows["run"] == "personas") & (rows["cefr"] == "C")]["fidelity/rules/language"]
    assert found[(found["run"] == "personas") & (found["group"] == "C")]["mean"].item() == pytest.approx(
        own.mean()
    )
    assert set(found["axis"]) == {"cefr"}


def test_a_map_has_every_persona_of_a_run(rows):
    found = persona_map(rows, columns_of(rows, metrics=["fidelity"]))
    assert len(found) == 2 * len(played.PERSONAS)


def test_filters_keep_what_is_wanted(rows):
    kept = filtered(rows, {"cefr": ["A", "C"], "case": [], "end": ["concluded"]})
    assert set(kept["cefr"]) == {"A", "C"}
    assert filtered(rows, {"case": ["nobody"]}).empty
    assert len(filtered(rows, {})) == len(rows)
    assert len(filtered(rows, {"no such column": ["x"]})) == len(rows)


def test_a_difference_is_over_the_same_case_persona_and_repeat(rows):
    column = Column("fidelity", "rules", "personality")
    one = differences(rows, "personas", "control", [column]).iloc[0]
    a, b = (rows[rows["run"] == run].set_index("id")[column.name] for run in ("personas", "control"))
    assert one["mean"] == pytest.approx((b - a).mean())
    assert (one["n"], one["left_a"], one["left_b"]) == (len(a), 0, 0)
    assert one["high"] < 0


def test_dialogues_without_a_partner_are_left_out_of_a_difference_and_counted():
    both = table(**{SCORE.name: [1, 2, 4, 3]}, run=["a", "a", "b", "b"], case=["x", "y", "y", "z"])
    one = differences(both, "a", "b", [SCORE]).iloc[0]
    assert (one["mean"], one["n"], one["left_a"], one["left_b"]) == (2, 1, 1, 1)
    assert differences(both, "a", "nobody", [SCORE]).empty


def test_the_leaderboard_has_a_column_for_each_run_and_judge():
    both = table(**{"fidelity/j/realism": [3.0], "fidelity/k/realism": [1.0], "dynamics//turns": [7]})
    board = leaderboard(estimates(both, columns_of(both)))
    assert list(board.columns) == ["r · j", "r · k"]
    assert board.loc["Persona fidelity: realism", "r · k"] == "1.00 n 1"
    assert board.loc["Dynamics: turns of the doctor", "r · j"] == "7.00 n 1"
    assert leaderboard(estimates(table(case=["a"]), [])).empty


def test_what_is_out_by_turn_k_only_grows_and_ends_with_the_share_told(rows):
    found = over_turns(rows)
    for run, own in found.groupby("run"):
        assert own["mean"].is_monotonic_increasing
        told = rows[rows["run"] == run]["disclosure/rules/told"].mean()
        assert own["mean"].iloc[-1] == pytest.approx(told)
    assert over_turns(table(case=["a"])).empty


def test_a_dialogue_that_is_over_keeps_what_is_out():
    two = table(**{"disclosure/j/by_turn": ["1,2", "0,0,0,4"]}, facts=[2, 4])
    assert over_turns(two)["mean"].tolist() == [0.25, 0.5, 0.5, 1.0]


def test_phases_are_of_confused_patients_alone(rows):
    found = phases(rows)
    first = found[(found["turn"] == 1) & (found["run"] == "personas")].set_index("phase")["share"]
    assert first["High"] == 1
    assert found.groupby(["run", "turn"])["share"].sum().tolist() == pytest.approx(
        [1] * len(found.groupby(["run", "turn"]))
    )
    assert phases(rows[rows["dazed"] == "normal"]).empty


def test_plausibility_is_counted_sentence_by_sentence():
    found = plausibility(table(**{"facts/j/plausible": ["4.43", None, "1"]}))
    assert found["count"].tolist() == [1, 0, 1, 2]
    assert found["share"].sum() == 1
    assert plausibility(table(**{"facts/j/plausible": ["..."]})).empty
    assert plausibility(table(**{"facts/j/plausible": ["4"]}), judges=["k"]).empty


def test_contradicted_items_are_for_a_hundred_judged_dialogues():
    found = contradicted_items(
        table(**{"facts/j/wrong:pain": [2, np.nan, np.nan, np.nan], "facts/j/marks": ["cc", "e", "e", None]})
    ).iloc[0]
    assert (found["item"], found["kind"], found["count"], found["n"]) == ("pain", "wrong", 2, 3)
    assert found["per_100"] == pytest.approx(100 * 2 / 3)


def test_judges_who_say_the_same_agree_and_others_less():
    scores = [1, 2, 3, 4, 4, 2]
    both = table(
        **{
            "fidelity/a/realism": scores,
            "fidelity/b/realism": scores,
            "fidelity/c/realism": [4, 4, 1, 1, 3, 3],
            "facts/a/marks": ["ec-.u"] * 6,
            "facts/b/marks": ["ee-e?"] * 6,
        }
    )
    found = agreement(both, "a", ["b", "c"]).set_index(["judge", "name", "coefficient"])
    assert found.loc[("b", "fidelity/realism", "AC1"), "mean"] == 1
    assert found.loc[("c", "fidelity/realism", "AC2"), "mean"] < 0.5
    assert found.loc[("b", "facts/marks", "AC1"), "n"] == 18  # neither NONE nor what could not be read
    assert ("b", "facts/marks", "AC2") not in found.index
    assert pairs_of(both) == ["a", "b", "c"]


def test_agreement_of_judges_on_sentences_draws_dialogues_with_all_of_theirs():
    marks = {"facts/a/marks": ["ec", "uu", "ee"], "facts/b/marks": ["ee", "u.", "cc"]}
    thrice = {name: [one * 3 for one in column] for name, column in marks.items()}
    found = [agreement(table(**one), "a", ["b"]).iloc[0] for one in (marks, thrice)]
    assert [one["n"] for one in found] == [5, 15]
    for name in ("mean", "low", "high"):
        assert found[0][name] == pytest.approx(found[1][name])


def test_a_confusion_table_has_every_pair():
    both = table(**{"fidelity/a/realism": [1, 1, 4], "fidelity/b/realism": [1, 2, 4]})
    found = confusion_table(both, "a", "b", "fidelity/realism")
    assert found["count"].sum() == 3
    assert len(found) == 16
    assert found[(found["first"] == 1) & (found["second"] == 2)]["count"].item() == 1
    assert confusion_table(both, "a", "b", "fidelity/language").empty


def test_a_judge_alone_has_nobody_to_agree_with(rows):
    assert pairs_of(rows) == []
    assert judges_of(rows) == ["rules"]


def test_tokens_cost_what_the_table_of_prices_says(tmp_path):
    prices = tmp_path / "prices.toml"
    prices.write_text("[vllm.models.m]\ninput = 2.0\noutput = 10.0\n")
    index = played.rows(played.write(tmp_path / "run", ids=1)).drop(columns=["run"])
    index = index[[one for one in index if not one.startswith(("effort/", "dynamics/"))]]
    index = index.assign(patient="vllm:m", patient_prompt_tokens=500_000, patient_completion_tokens=100_000)
    row = rows_of("r", index, load_prices(prices)).iloc[0]
    assert row["effort//cost"] == pytest.approx(2.0)
    assert row["effort//patient_tokens"] == 600_000
    unknown = rows_of("r", index.assign(patient="vllm:other"), load_prices(prices)).iloc[0]
    assert np.isnan(unknown["effort//cost"])


def test_columns_are_chosen_by_judge_and_what_is_counted_stays():
    both = table(
        **{
            "fidelity/a/realism": [1],
            "fidelity/b/realism": [1],
            "language/rules/leaks": [0],
            "facts/a/marks": ["e"],
        }
    )
    assert [one.judge for one in columns_of(both, ["b"])] == ["b", "rules"]
    assert columns_of(both, metrics=["facts"]) == []
