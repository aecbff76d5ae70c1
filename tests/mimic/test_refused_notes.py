"""What a service refuses for one note, or sends instead of answers, and what stands in the command's way."""

import json
from pathlib import Path

import pytest
from problems import Problem
from service import Answer as Served

from patientsim_core.mimic.record import OF_READING
from tests.mimic.made import hadm, write
from tests.mimic.test_prepare_mimic_command import files, prepare
from tests.mimic.test_readers import ANSWERS, Model, read, visit

VLLM = ("--model", "vllm:reader", "--concurrency", "1")
WELL = [Served(json.dumps(ANSWERS[step])) for step in ("extract", "fit", "impute")]
REFUSALS = (Problem.flagged(), Problem.context_overflow(), Served(refusal="I cannot help with that."))


@pytest.fixture
def three(tmp_path) -> Path:
    return write(tmp_path / "three", *[{"social_history": f"Works as baker {n}."} for n in range(3)])


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "out" / "cases.json"


@pytest.fixture
def asked(service, monkeypatch):
    """The service of the tests, which the command asks; it wants no key."""
    service.key = None
    monkeypatch.setenv("VLLM_BASE_URL", service.url)
    return service


def step(said: str, rule: str) -> list[str]:
    """How many a rule kept and dropped."""
    (line,) = [line for line in said.splitlines() if line.startswith(rule)]
    return line.removeprefix(rule).split()


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_note_that_the_service_refuses_is_dropped_by_a_rule_and_the_rest_is_written(
    three, out, capsys, asked, refusal
):
    asked.answers(*WELL, refusal, *WELL)
    assert prepare(three, out, *VLLM) == 0
    said = capsys.readouterr().out
    assert {row["hadm_id"] for row in json.loads(out.read_text())} == {hadm(1), hadm(3)}
    assert step(said, "the service took the note") == ["2", "1"]
    assert step(said, "the note could be read") == ["2", "0"]
    assert "1 answers were refused by the service" in said
    (kept,) = [row for row in rows(out) if row.get("fault")]
    assert (kept["hadm_id"], kept["step"], "value" in kept) == (hadm(2), "extract", False)
    assert kept["unscored"]


def test_a_refusal_is_asked_for_again_only_when_it_is_taken_out_of_the_file(three, out, capsys, asked):
    asked.answers(*WELL, Problem.flagged(), *WELL)
    prepare(three, out, *VLLM)
    before, count = files(out), len(asked.requests)
    assert prepare(three, out, *VLLM) == 0
    assert (files(out), len(asked.requests)) == (before, count)
    kept = out.with_name("cases.answers.jsonl")
    kept.write_text("".join(line for line in kept.open() if '"fault"' not in line))
    asked.answers(*WELL)
    assert prepare(three, out, *VLLM) == 0
    assert len(json.loads(out.read_text())) == 3


def test_a_refused_score_drops_the_visit_and_a_refused_imagination_does_not(service, tmp_path):
    extract, fit, _ = WELL
    service.answers(extract, Problem.flagged())
    outcome = read(visit(), Model(service, tmp_path / "a.jsonl").reader)
    assert (outcome.refused, OF_READING[0].keeps(outcome)) == ("filter", False)
    service.answers(extract, fit, Problem.flagged())
    outcome = read(visit(), Model(service, tmp_path / "b.jsonl").reader)
    assert (outcome.refused, outcome.fit, outcome.case.imputed) == ("", 4, "")


def test_half_a_character_in_an_answer_that_cannot_be_read_is_no_obstacle(service, tmp_path):
    message = {"role": "assistant", "content": "I would rather \ud800 not."}
    choices = [{"index": 0, "finish_reason": "stop", "message": message}]
    service.answers(
        Problem.raw(200, json.dumps({"id": "c", "object": "chat.completion", "choices": choices}))
    )
    model = Model(service, tmp_path / "a.jsonl")
    outcome = read(visit(), model.reader)
    assert (outcome.case, outcome.failure, len(service.requests)) == (None, None, 3)
    assert json.loads((tmp_path / "a.jsonl").read_text())["raw"] == "I would rather � not."


@pytest.mark.parametrize("problem", [Problem.wrong_key(), Problem.unknown_model(), Problem.quota_exhausted()])
def test_a_fault_of_the_set_up_still_stops_the_command_and_is_kept_of_no_note(three, out, asked, problem):
    asked.answers(*WELL, problem)
    assert prepare(three, out, *VLLM) == 1
    assert not out.exists()
    assert len(rows(out)) == 3


def test_an_address_that_sends_web_pages_is_given_up_after_a_few_requests(
    tmp_path, out, capsys, asked, monkeypatch
):
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
    asked.answers(Problem.web_page(200))
    many = write(tmp_path / "many", *[{"social_history": f"Works as baker {n}."} for n in range(8)])
    assert prepare(many, out, "--model", "vllm:never-answers", "--concurrency", "1") == 1
    assert len(asked.requests) <= 15  # three of three, and what was begun meanwhile
    assert "Check that the address is a model service's." in capsys.readouterr().out


def rows(out: Path) -> list[dict]:
    return [json.loads(line) for line in out.with_name("cases.answers.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("what", ["json", "funnel.csv", "funnel.html", "answers.jsonl"])
def test_a_folder_in_the_way_is_found_before_anything_is_asked(three, out, capsys, asked, what):
    name = f"cases.{what}"
    out.with_name(name).mkdir(parents=True)
    assert prepare(three, out, *VLLM) == 2
    said = capsys.readouterr().err
    assert len(said.strip().splitlines()) == 1
    assert str(out.with_name(name)) in said
    assert asked.requests == []
    assert [path.name for path in out.parent.iterdir() if not path.name.startswith(".")] == [name]


def test_a_folder_that_may_not_be_entered_is_one_line(three, out, capsys, monkeypatch):
    def refused(path, *args, **more):
        if path.is_relative_to(three):
            raise PermissionError(13, "Permission denied", str(path))
        return True

    monkeypatch.setattr(Path, "is_file", refused)
    assert prepare(three, out) == 2
    said = capsys.readouterr().err
    assert len(said.strip().splitlines()) == 1
    assert str(three) in said
    assert "cannot be read (Permission denied)" in said


def test_answers_that_cannot_be_read_are_one_line(three, out, capsys, asked):
    out.parent.mkdir()
    answers = out.with_name("cases.answers.jsonl")
    answers.symlink_to(answers)  # a link to itself: root cannot read it either
    assert prepare(three, out, *VLLM) == 2
    said = capsys.readouterr().err
    assert "cases.answers.jsonl: cannot be read" in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "splits",
    ['{persona = "x"}', "{foo = 1}", "{persona = 1, info = 1}",
     "{persona = 1, info = 1, valid = 1, more = 1}",
     "{persona = 1.5, info = 1, valid = 1}", "{persona = true, info = 1, valid = 1}", "[1, 2, 3]", "3",
     "{persona = -1, info = 1, valid = 1}"],
)  # fmt: skip
def test_splits_of_a_file_need_a_whole_number_for_each(three, out, tmp_path, capsys, splits):
    config = tmp_path / "c.toml"
    config.write_text(f"splits = {splits}\n")
    assert prepare(three, out, "--config", str(config)) == 2
    assert "splits: needs the sizes of persona, info, valid" in capsys.readouterr().err
    assert not out.exists()


def test_the_order_of_splits_in_a_file_decides_nothing(three, out, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text("splits = {valid = 1, info = 1, persona = 1}\n")
    assert prepare(three, out, "--config", str(config)) == 0
    assert [row["split"] for row in json.loads(out.read_text())] == ["persona", "info", "valid"]
