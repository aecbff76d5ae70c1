"""The index of a run: the same as the files say, whenever and however it was made."""

import pandas as pd
import pytest

from patientsim_core import EndReason, InputError
from patientsim_core.dialogue import Failure
from patientsim_core.evaluation.summary import dialogue_scores, figures
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.models.prices import load_prices
from patientsim_core.storage import index, index_rows
from patientsim_core.storage.index import INDEX, dialogue_at, read_index, verdicts_at
from patientsim_core.storage.index_rows import Column, mark_of
from patientsim_core.storage.runs import open_run
from patientsim_core.tables import estimates, rows_of
from tests import played


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """The same rows in whatever order of rows and columns."""
    a, b = (one.sort_values("id").reset_index(drop=True)[sorted(one.columns)] for one in (a, b))
    pd.testing.assert_frame_equal(a, b, check_dtype=False)


def anew(run) -> pd.DataFrame:
    (run.folder / INDEX).unlink()
    return read_index(run)


def test_there_is_a_row_for_each_dialogue_with_the_scores_of_its_verdicts(tmp_path):
    run = played.copy(tmp_path / "run")
    found = read_index(run)
    assert sorted(found["id"]) == sorted(one.id for one in played.dialogues())
    for row in found.to_dict("records"):
        for one in dialogue_scores(played.verdicts()[row["id"]]):
            value = row[Column(one.metric, one.judge, one.field).name]
            assert value == one.score or (one.score is None and value != value)


def test_its_means_are_those_that_evaluate_prints(tmp_path):
    run = played.copy(tmp_path / "run")
    rows = rows_of("run", read_index(run), load_prices())
    known = figures(run)
    columns = [Column(metric, judge, field) for metric, judge, field in known]
    found = {(one.metric, one.judge, one.field): one for one in estimates(rows, columns).itertuples()}
    assert len(found) > 40
    for key, one in found.items():
        expected = known[Metric(key[0]), *key[1:]].estimate
        assert (one.mean, one.n) == (pytest.approx(expected.mean), expected.n)
        assert one.low == pytest.approx(expected.low) or expected.low is None


def test_a_dialogue_and_its_verdicts_are_read_by_their_places(tmp_path):
    run = played.copy(tmp_path / "run")
    row = read_index(run).iloc[5]
    assert dialogue_at(run, row).model_dump(exclude={"created"}) == next(
        one.model_dump(exclude={"created"}) for one in played.dialogues() if one.id == row["id"]
    )
    assert verdicts_at(run, row) == played.verdicts()[row["id"]]


def test_what_is_new_is_added_and_gives_what_an_index_made_anew_gives(tmp_path):
    run = played.write(tmp_path / "run", ids=3)
    assert len(read_index(run)) == 3
    run = played.write(tmp_path / "run", ids=7)
    added = read_index(run)
    assert len(added) == 7
    same(added, anew(run))


def test_verdicts_that_come_later_reach_dialogues_that_are_in_it(tmp_path):
    run = played.write(tmp_path / "run", ids=4, judged=False)
    assert not any(column.startswith("fidelity/") for column in read_index(run))
    for one in played.dialogues()[:2]:
        run.keep_verdicts(played.verdicts()[one.id])
    found = read_index(open_run(run.folder))
    assert found["fidelity/rules/personality"].notna().sum() == 2
    second = [one.model_copy(update={"judge": "vllm:a/b"}) for one in played.verdicts()[found["id"][0]]]
    run.keep_verdicts(second)
    found = read_index(run)
    assert found["fidelity/vllm:a/b/personality"].notna().sum() == 1
    same(found, anew(run))


def test_only_what_is_new_is_read_again(tmp_path, monkeypatch):
    run = played.write(tmp_path / "run", ids=5)
    read_index(run)
    made = []

    def row_of(line, *more):
        made.append(line["id"])
        return index_rows.row_of(line, *more)

    monkeypatch.setattr(index, "row_of", row_of)
    read_index(open_run(run.folder))
    assert made == []
    read_index(played.write(tmp_path / "run", ids=6))
    assert made == [played.dialogues()[5].id]


def test_a_line_without_its_end_counts_once_it_has_one(tmp_path):
    run = played.write(tmp_path / "run", ids=3)
    log = run.folder / "dialogues.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole[:-200])
    assert len(read_index(run)) == 2
    log.write_bytes(whole)
    assert len(read_index(open_run(run.folder))) == 3


def test_files_that_were_replaced_are_read_anew(tmp_path):
    run = played.write(tmp_path / "run", ids=3)
    read_index(run)
    log = run.folder / "dialogues.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[1:] + lines[:1]))
    run = open_run(run.folder)
    row = read_index(run).iloc[0]
    assert dialogue_at(run, row).id == row["id"]


@pytest.mark.parametrize("rubbish", [b"", b"PAR1 no table", b"\x00" * 5_000])
def test_an_index_that_cannot_be_read_is_made_anew(tmp_path, rubbish):
    run = played.write(tmp_path / "run", ids=2)
    (run.folder / INDEX).write_bytes(rubbish)
    assert len(read_index(run)) == 2
    assert len(pd.read_parquet(run.folder / INDEX)) == 2


def test_where_it_cannot_be_kept_it_is_made_all_the_same(tmp_path):
    run = played.write(tmp_path / "run", ids=2)
    (run.folder / f".{INDEX}.new").mkdir()
    assert len(read_index(run)) == 2
    assert not (run.folder / INDEX).exists()


def test_failures_are_rows_until_they_have_finished(tmp_path):
    run = played.write(tmp_path / "run", ids=3)
    failed = played.dialogues()[3].model_copy(
        update={"end_reason": EndReason.model_failure, "failure": Failure(kind="timeout", text="Late.")}
    )
    run.keep(failed)
    found = read_index(run)
    assert found["failed"].tolist() == [False, False, False, True]
    assert found["failure"].iloc[3] == "timeout"
    assert dialogue_at(run, found.iloc[3]).failure.kind == "timeout"
    assert estimates(rows_of("run", found, load_prices()), [Column("fidelity", "rules", "realism")])[
        ["n", "failed"]
    ].values.tolist() == [[3, 1]]
    found = read_index(played.write(tmp_path / "run", ids=4))
    assert not found["failed"].any()


def test_an_empty_run_has_no_rows(tmp_path):
    run = played.write(tmp_path / "run", ids=0)
    assert read_index(run).empty
    assert rows_of("run", read_index(run), load_prices()).empty


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("dialogues.jsonl", b"no JSON\n"),
        ("dialogues.jsonl", b"[1]\n"),
        ("dialogues.jsonl", b'{"id": "x", "case": "nobody"}\n'),
        ("dialogues.jsonl", b'{"case": "nobody"}\n'),
        ("verdicts.jsonl", b"no JSON\n"),
        ("verdicts.jsonl", b'{"dialogue_id":"%s","metric":"no such"}\n' % played.ITEMS[0].id.encode()),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path, name, line):
    run = played.write(tmp_path / "run", ids=2)
    with (run.folder / name).open("ab") as file:
        file.write(line)
    with pytest.raises(InputError, match=name):
        read_index(run)
    assert not (run.folder / INDEX).exists()


def test_a_verdict_on_no_dialogue_of_the_run_is_left_out(tmp_path):
    run = played.write(tmp_path / "run", ids=1)
    run.keep_verdicts([Verdict(dialogue_id="nobody's", metric="ddx", field="differential", judge="rules")])
    assert len(read_index(run)) == 1


def test_progress_goes_from_nothing_to_all(tmp_path):
    told = []
    read_index(played.write(tmp_path / "run", ids=3), told.append)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("mark", "about"),
    [
        ("-", {"detail": {"kind": "emotion"}}),
        ("e", {"score": 1.0, "detail": {"kind": "information"}}),
        ("c", {"score": 0.0, "detail": {"kind": "information"}}),
        ("p", {"score": 0.0, "detail": {"kind": "information", "permitted": "forgotten"}}),
        ("u", {"detail": {"kind": "information", "adds": True}}),
        ("?", {"unscored": "no JSON", "detail": {"kind": "information"}}),
        (".", {"detail": {"kind": "information", "only": "plausibility", "plausibility": 4}}),
    ],
)
def test_a_sentence_has_the_mark_of_its_verdict(mark, about):
    assert mark_of(Verdict(dialogue_id="d", metric="facts", field="1.0", judge="j", **about)) == mark


def test_a_judge_may_have_slashes_in_its_name():
    column = Column("facts", "vllm:meta/llama", "wrong")
    assert Column.of(column.name) == column
    assert Column.of("case") is None
