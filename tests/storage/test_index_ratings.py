"""Clinicians' ratings in the rows of a run: columns of their own, of which its files know nothing."""

import pandas as pd

from patientsim_core.evaluation.facts import sentences_of
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.models.prices import load_prices
from patientsim_core.storage.index import INDEX, read_index, verdicts_at, with_verdicts
from patientsim_core.storage.index_rows import NONE, Column
from patientsim_core.study import Rating, Target, verdict_of
from patientsim_core.tables import judges_of, rows_of
from tests import played

FIRST, SECOND = played.dialogues()[:2]
PERSONALITY = Target(Metric.fidelity, "personality")
COLUMN = "fidelity/clinician Ana/personality"


def said(dialogue, *ratings: tuple, rater="Ana", repeat=1) -> dict:
    found = [verdict_of(Rating(0, rater, target, score), dialogue.id, repeat) for target, score in ratings]
    return {dialogue.id: found}


def one(found: pd.DataFrame, dialogue) -> pd.Series:
    return found.set_index("id").loc[dialogue.id]


def test_ratings_are_columns_of_the_clinician_in_the_rows_that_have_them(tmp_path):
    run = played.copy(tmp_path / "run")
    index = read_index(run)
    found = with_verdicts(run, index, said(FIRST, (PERSONALITY, 3)))
    assert one(found, FIRST)[COLUMN] == 3
    assert found[COLUMN].notna().sum() == 1
    assert sorted(found["id"]) == sorted(index["id"])
    kept = found.drop(columns=[COLUMN]).sort_values("id").reset_index(drop=True)
    same = {"check_dtype": False, "check_like": True}
    pd.testing.assert_frame_equal(kept, index.sort_values("id").reset_index(drop=True), **same)


def test_repeats_of_a_clinician_are_averaged(tmp_path):
    run = played.copy(tmp_path / "run")
    more = said(FIRST, (PERSONALITY, 1))[FIRST.id] + said(FIRST, (PERSONALITY, 4), repeat=2)[FIRST.id]
    assert one(with_verdicts(run, read_index(run), {FIRST.id: more}), FIRST)[COLUMN] == 2.5


def test_plausibility_stands_at_the_sentences_of_other_judges(tmp_path):
    run = played.copy(tmp_path / "run")
    fields = [sentence.field for sentence in sentences_of(FIRST)]
    last = Target(Metric.facts, fields[-1])
    row = one(with_verdicts(run, read_index(run), said(FIRST, (last, 2))), FIRST)
    marks, plausible = (row[f"facts/clinician Ana/{name}"] for name in ("marks", "plausible"))
    assert plausible == NONE * (len(fields) - 1) + "2"
    assert marks == NONE * len(fields)  # it says nothing of whether it is so
    assert len(row["facts/rules/marks"]) == len(fields)
    assert row["facts/clinician Ana/plausibility"] == 2


def test_a_clinician_who_rated_sentences_has_no_share_of_wrong_ones(tmp_path):
    run = played.copy(tmp_path / "run")
    target = Target(Metric.facts, sentences_of(FIRST)[0].field)
    row = one(with_verdicts(run, read_index(run), said(FIRST, (target, 1))), FIRST)
    for name in ("wrong", "contradict", "entail", "info"):
        assert pd.isna(row.get(f"facts/clinician Ana/{name}"))


def test_what_is_kept_beside_the_run_stays_without_them(tmp_path):
    run = played.copy(tmp_path / "run")
    index = read_index(run)
    before = (run.folder / INDEX).read_bytes()
    with_verdicts(run, index, said(FIRST, (PERSONALITY, 3)))
    assert (run.folder / INDEX).read_bytes() == before
    assert COLUMN not in read_index(run)
    assert COLUMN not in index


def test_the_verdicts_of_the_run_are_still_found_by_the_row(tmp_path):
    run = played.copy(tmp_path / "run")
    row = one(with_verdicts(run, read_index(run), said(SECOND, (PERSONALITY, 3))), SECOND)
    assert verdicts_at(run, row) == played.verdicts()[SECOND.id]


def test_ratings_of_dialogues_that_are_gone_change_nothing(tmp_path):
    run = played.write(tmp_path / "run", ids=1)
    index = read_index(run)
    assert with_verdicts(run, index, said(SECOND, (PERSONALITY, 3))) is index
    assert with_verdicts(run, index, {}) is index
    empty = played.write(tmp_path / "empty", ids=0)
    assert with_verdicts(empty, read_index(empty), said(FIRST, (PERSONALITY, 3))).empty


def test_a_run_without_other_judges_has_the_clinicians_alone(tmp_path):
    run = played.write(tmp_path / "run", ids=2, judged=False)
    found = with_verdicts(run, read_index(run), said(FIRST, (PERSONALITY, 3)))
    assert judges_of(rows_of("run", found, load_prices())) == ["clinician Ana"]


def test_a_name_with_slashes_and_signs_is_still_one_judge(tmp_path):
    run = played.copy(tmp_path / "run")
    found = with_verdicts(run, read_index(run), said(FIRST, (PERSONALITY, 3), rater="Dr. A/B #spread"))
    column = Column("fidelity", "clinician Dr. A/B #spread", "personality")
    assert Column.of(column.name) == column
    assert one(found, FIRST)[column.name] == 3
    assert column.judge in judges_of(rows_of("run", found, load_prices()))
