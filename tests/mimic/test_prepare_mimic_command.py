"""python -m patientsim_core prepare-mimic, from invented tables to cases that play."""

import csv
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from service import KEY, Answer

from patientsim_core import Turn, load_cases, make_patient
from patientsim_core.__main__ import main
from patientsim_core.mimic.splits import SIZES
from patientsim_core.mimic.synthetic import write_tables
from tests import model_server
from tests.mimic.made import write
from tests.waiting import until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Invented tables of 400 patients."""
    folder = tmp_path_factory.mktemp("made") / "tables"
    write_tables(folder, 400, fitting=0.8)
    return folder


@pytest.fixture
def tables(made, tmp_path) -> Path:
    """The same, to be spoilt."""
    return Path(shutil.copytree(made, tmp_path / "tables"))


@pytest.fixture
def few(tmp_path) -> Path:
    """Tables of 12 visits, all of the cohort."""
    return write(tmp_path / "few", *[{"social_history": f"Works as baker {n}."} for n in range(12)])


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "out" / "cases.json"


def flags(folder: Path, out: Path, *more: str) -> list[str]:
    places = [text for name in ("mimic", "ed", "notes") for text in (f"--{name}", str(folder))]
    return ["prepare-mimic", *places, "--out", str(out), *more]


def prepare(folder: Path, out: Path, *more: str) -> int:
    return main(flags(folder, out, *more))


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.parent.iterdir() if not path.name.startswith(".")}


def test_invented_tables_become_cases_that_load_and_answer(made, out, capsys):
    assert prepare(made, out) == 0
    cases = load_cases(out)
    assert len(cases) == sum(SIZES.values())
    assert {case.provenance for case in cases} == {"synthetic"}
    assert "__" not in out.read_text()
    for case in cases:
        reply = make_patient(case, case.persona).reply(
            [Turn(role="doctor", text="What brings you in today?")]
        )
        assert reply.text
    assert f"{out}: 170 cases." in capsys.readouterr().out


def test_the_funnel_is_printed_and_written_as_a_table_and_as_a_page(made, out, capsys):
    prepare(made, out)
    said = capsys.readouterr().out
    with out.with_name("cases.funnel.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["rule"] for row in rows[:2]] == [
        "ED stays that led to an admission", "one ED stay of the admission",
    ]  # fmt: skip
    assert (rows[-1]["rule"], rows[-1]["kept"]) == ("in the splits", "170")
    for row in rows:
        assert [row["rule"], f"{int(row['kept']):,}", f"{int(row['dropped']):,}"] in [
            [line[:43].strip(), *line[43:].split()] for line in said.splitlines()
        ]
    page = out.with_name("cases.funnel.html").read_text()
    assert all(row["rule"] in page for row in rows)


def test_the_same_tables_give_the_same_bytes_and_another_seed_another_file(made, out, tmp_path):
    prepare(made, out)
    again, other = tmp_path / "again" / "cases.json", tmp_path / "other" / "cases.json"
    prepare(made, again)
    prepare(made, other, "--seed", "43")
    names = ("cases.json", "cases.funnel.csv")
    assert [files(again)[name] for name in names] == [files(out)[name] for name in names]
    assert files(other)["cases.json"] != files(out)["cases.json"]


def test_the_order_of_the_rows_decides_nothing(tables, out, tmp_path):
    prepare(tables, out, "--limit", "30")
    for name in ("ed/edstays", "note/discharge", "hosp/admissions"):
        path = tables / f"{name}.csv.gz"
        with gzip.open(path, "rt", newline="") as file:
            head, *rows = csv.reader(file)
        with gzip.open(path, "wt", newline="") as file:
            csv.writer(file).writerows([head, *reversed(rows)])
    prepare(tables, tmp_path / "again" / "cases.json", "--limit", "30")
    assert files(tmp_path / "again" / "cases.json") == files(out)


def test_sizes_and_limit_are_as_asked_for(made, out, capsys):
    assert prepare(made, out, "--splits", "4,2,0", "--limit", "20") == 0
    assert [case.split for case in load_cases(out)] == ["persona"] * 4 + ["info"] * 2
    assert "the first 20" in capsys.readouterr().out
    assert prepare(made, out, "--limit", "20") == 0
    assert "are fewer than the 170 of the splits" in capsys.readouterr().out


def spoil_column(path: Path) -> None:
    text = gzip.decompress(path.read_bytes()).replace(b"chiefcomplaint", b"complaint", 1)
    path.write_bytes(gzip.compress(text))


def spoil_end(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2_000])


def spoil_mark(path: Path) -> None:
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + gzip.decompress(path.read_bytes())))


def spoil_heading(path: Path) -> None:
    text = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(text.replace(b"Physical Exam:", b"Look at the Patient:")))


@pytest.mark.parametrize(
    ("name", "spoil", "words"),
    [
        ("ed/triage", spoil_column, "line 1: has no column chiefcomplaint"),
        ("note/discharge", spoil_end, "the compressed file is cut off or broken from here on"),
        ("ed/medrecon", spoil_end, "the compressed file is cut off or broken from here on"),
        ("note/discharge", spoil_heading, "headings not known"),
        ("ed/edstays", Path.unlink, "has no ed/edstays.csv"),
    ],
)
def test_a_fault_is_one_line_with_file_and_line_and_leaves_the_earlier_output(
    tables, out, capsys, name, spoil, words
):
    prepare(tables, out)
    before = files(out)
    spoil(tables / f"{name}.csv.gz")
    capsys.readouterr()
    assert prepare(tables, out, "--seed", "43") == 2
    said = capsys.readouterr().err
    assert len(said.strip().splitlines()) == 1
    assert str(tables / name if spoil is not Path.unlink else tables) in said
    assert words in said
    assert "line " in said or spoil is Path.unlink
    listed = {out.with_suffix(".headings.csv").name} if spoil is spoil_heading else set()
    assert set(files(out)) == {*before, *listed}
    assert before.items() <= files(out).items()


def test_a_byte_order_mark_is_told_and_changes_nothing(tables, out, capsys):
    prepare(tables, out)
    before = files(out)
    for name in ("hosp/patients", "note/discharge"):
        spoil_mark(tables / f"{name}.csv.gz")
    capsys.readouterr()
    assert prepare(tables, out) == 0
    said = capsys.readouterr().out
    for name in ("hosp/patients", "note/discharge"):
        assert f"{tables / name}.csv.gz, line 1: begins with a byte-order mark" in said
    assert files(out) == before


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--splits", "1,2"], "--splits: needs the sizes of persona, info, valid"),
        (["--splits", "0,0,0"], "--splits: needs the sizes"),
        (["--splits", "a,b,c"], "--splits: needs the sizes"),
        (["--limit", "0"], "--limit"),
        (["--model", "gpt"], "is not known"),
        (["--model", "openai:gpt-4o"], "OPENAI_API_KEY"),
        (["--headings", "none.toml"], "--headings none.toml: cannot be read"),
    ],
)
def test_wrong_flags_are_one_line_and_nothing_is_written(few, out, capsys, more, words):
    assert prepare(few, out, *more) == 2
    said = capsys.readouterr().err
    assert len(said.strip().splitlines()) == 1
    assert words in said
    assert not out.exists()


def test_an_output_that_is_no_json_is_refused(few, tmp_path, capsys):
    assert prepare(few, tmp_path / "cases.csv") == 2
    assert "must end with .json" in capsys.readouterr().err


def test_where_nobody_is_left_nothing_is_written(tmp_path, out, capsys):
    assert prepare(write(tmp_path / "none", {"race": "UNKNOWN"}), out) == 2
    told = capsys.readouterr()
    assert "no visit passed every rule" in told.err
    assert "race known" in told.out
    assert not out.exists()


def test_two_commands_do_not_write_one_file(few, out, capsys, tmp_path):
    out.parent.mkdir()
    with FileLock(out.parent / ".cases.json.lock"):
        assert prepare(few, out) == 2
    assert "another command is writing here" in capsys.readouterr().err


@pytest.mark.parametrize("model", ["openai:gpt-4o", "gemini:gemini-2.5-flash"])
def test_credentialed_notes_go_to_no_service_that_may_not_have_them(
    tmp_path, out, capsys, monkeypatch, model, service
):
    monkeypatch.setenv("OPENAI_API_KEY", "test-key")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{service.url}/v1")
    monkeypatch.setenv("GENAI_API_KEY", "test-key")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", service.url)
    real = write(tmp_path / "real", {"ids": {"subject_id": "10000032", "hadm_id": "22595853"}})
    assert prepare(real, out, "--model", model) == 2
    assert "credentialed data" in capsys.readouterr().err
    assert service.requests == []
    assert not out.exists()


def test_credentialed_cases_come_out_as_credentialed(tmp_path, out):
    ids = {"subject_id": "10000032", "hadm_id": "22595853", "stay_id": "33258284"}
    assert prepare(write(tmp_path / "real", {"ids": ids}, {"ids": {"stay_id": "1"}}), out) == 0
    assert {row["provenance"] for row in json.loads(out.read_text())} == {"credentialed"}
    assert {case.provenance for case in load_cases(out)} == {"credentialed"}


def test_a_model_reads_the_notes_over_http(few, out, monkeypatch, capsys):
    with model_server.running("--latency", "0") as address:
        monkeypatch.setenv("VLLM_BASE_URL", address)
        assert prepare(few, out, "--model", "vllm:reader") == 0
        assert prepare(few, out, "--model", "vllm:reader") == 0
        assert model_server.calls(address)["answered"] == 36
    case = load_cases(out)[0]
    assert case.present_illness_positive == "onset: two hours ago; crushing chest pain"
    assert (case.medical_history, case.occupation) == ("Hypertension", "Baker")
    assert (case.alcohol, case.exercise) == ("A beer on weekends", "Not recorded")
    assert case.imputed == "alcohol; occupation"
    assert "12 of 12 notes are there" in capsys.readouterr().out


def test_unreadable_answers_are_counted_and_dropped_by_name(few, out, monkeypatch, capsys):
    with model_server.running("--latency", "0", "--garbage", "0.3") as address:
        monkeypatch.setenv("VLLM_BASE_URL", address)
        assert prepare(few, out, "--model", "vllm:reader") == 0
    said = capsys.readouterr().out
    lines = out.with_name("cases.answers.jsonl").read_text().splitlines()
    unread = sum("unscored" in json.loads(line) for line in lines)
    assert unread
    assert f"{unread} answers could not be read; {out.with_name('cases.answers.jsonl')} has them" in said


def test_while_a_service_fails_nothing_is_written_and_then_only_the_rest_is_asked(
    few, out, monkeypatch, capsys, service
):
    monkeypatch.setenv("VLLM_BASE_URL", service.url)
    monkeypatch.setenv("VLLM_API_KEY", "wrong")
    out.parent.mkdir()
    out.write_text("earlier")
    assert prepare(few, out, "--model", "vllm:reader", "--concurrency", "1") == 1
    said = capsys.readouterr().out
    assert "VLLM_API_KEY" in said
    assert f"{out}: not written, as notes are missing." in said
    assert out.read_text() == "earlier"
    monkeypatch.setenv("VLLM_API_KEY", KEY)
    service.answers(*[Answer(json.dumps(model_server.READ[form])) for form in model_server.READ] * 12)
    refused = len(service.requests)
    assert prepare(few, out, "--model", "vllm:reader", "--concurrency", "1") == 0
    assert len(service.requests) == refused + 36


def test_a_killed_command_asks_nothing_twice_that_was_answered(few, out):
    more = ("--model", "vllm:reader", "--concurrency", "2")
    command = [sys.executable, "-m", "patientsim_core", *flags(few, out, *more)]
    quiet = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    kept = out.with_name("cases.answers.jsonl")
    with model_server.running("--latency", "0.05") as address:
        process = subprocess.Popen(command, env=os.environ | {"VLLM_BASE_URL": address}, **quiet)
        assert until(lambda: kept.exists() and kept.read_bytes().count(b"\n") >= 8)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not out.exists()
    before = kept.read_bytes()
    whole = before[: before.rfind(b"\n") + 1]
    with model_server.running("--latency", "0") as address:
        assert subprocess.run(command, env=os.environ | {"VLLM_BASE_URL": address}, **quiet).returncode == 0
        assert model_server.calls(address)["answered"] == 36 - whole.count(b"\n")
    assert kept.read_bytes().startswith(whole)
    asked = [json.loads(line)["asked"] for line in kept.read_text().splitlines()]
    assert len(asked) == len(set(asked)) == 36
    assert len(load_cases(out)) == 12


def test_the_generator_writes_the_same_bytes_for_the_same_numbers(tmp_path, capsys):
    for name in ("one", "two"):
        assert main(["synthetic-mimic", "--out", str(tmp_path / name), "--patients", "30"]) == 0
    one, two = ({p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*.gz")}
                for name in ("one", "two"))  # fmt: skip
    assert len(one) == 7
    assert one == two
    assert main(["synthetic-mimic", "--out", str(tmp_path / "one")]) == 2
    assert "is there already" in capsys.readouterr().err


def test_the_generator_has_every_flaw_and_each_is_dropped(made, out, tmp_path):
    write_tables(tmp_path / "flawed", 600, fitting=0)
    prepare(tmp_path / "flawed", out)
    with out.with_name("cases.funnel.csv").open() as file:
        dropped = {row["rule"] for row in csv.DictReader(file) if int(row["dropped"])}
    assert dropped >= {
        "one ED stay of the admission", "a single diagnosis", "one of the five diagnoses",
        "marital status known", "insurance known", "race known", "chief complaint known",
        "arrival transport known", "numeric pain, 0-10", "at most 15 medications", "left later than came",
        "a complaint that can be told", "a discharge note", "present illness of 11-349 words",
        "past history under 80 words", "history fits the diagnosis, 3 or more of 5",
    }  # fmt: skip
