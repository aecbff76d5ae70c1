"""python -m patientsim_core import: what it takes, what it says, and its exit status."""

import json
import shutil
from pathlib import Path

import pytest

from patientsim_core.__main__ import main
from patientsim_core.storage.official import UNREAD
from patientsim_core.storage.run_list import list_runs
from patientsim_core.storage.runs import open_run

FORMAT = Path(__file__).parent / "official_format"
SAMPLE = FORMAT / "2026-11-22-10-11-17_sample"
PROFILES = FORMAT / "patient_profile.json"
JUDGE = "vllm-llama3.3-70b-instruct"


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "runs" / "published"


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample"))


def bring(folder: Path, out: Path, *flags: str) -> int:
    return main(["import", str(folder), "--out", str(out), *flags])


def test_it_makes_a_run_and_says_what_is_in_it(out, capsys):
    assert bring(SAMPLE, out, "--cases", str(PROFILES)) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{out}: 2 dialogues and 94 verdicts, 0 of them unscored; 2 and 94 are new.",
        f"{JUDGE}, ddx: 2 verdicts, 0 unscored.",
        f"{JUDGE}, doctor: 16 verdicts, 0 unscored.",
        f"{JUDGE}, facts: 22 verdicts, 0 unscored.",
        f"{JUDGE}, fidelity: 6 verdicts, 0 unscored.",
        f"{JUDGE}, profile: 48 verdicts, 0 unscored.",
    ]
    assert not (out / UNREAD).exists()
    (summary,) = list_runs(out.parent)
    assert (summary.patient, summary.planned, summary.finished) == ("vllm:llama3.3-70b-instruct", 2, 2)


def test_without_a_case_file_it_says_that_records_are_not_known(out, capsys):
    assert bring(SAMPLE, out) == 0
    assert (
        "2 of 2 cases have no file of cases (--cases): their records are not known."
        in capsys.readouterr().out
    )


def test_a_case_file_in_the_folder_is_used_and_named(out, capsys):
    assert bring(FORMAT, out) == 0
    said = capsys.readouterr().out
    assert said.startswith("patient_profile.json: 2 cases of it are used.\n")
    assert open_run(out).cases["910000001"].age == 52


def test_a_broken_case_file_in_the_folder_is_passed_over_and_listed(tmp_path, out, capsys):
    folder = Path(shutil.copytree(FORMAT, tmp_path / "format"))
    (folder / "patient_profile.json").write_text("[")
    assert bring(folder, out) == 1
    assert "patient_profile.json: cannot be read as a file of cases" in capsys.readouterr().out
    assert open_run(out).finished()


def test_the_same_again_repeats_nothing(out, capsys):
    bring(SAMPLE, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert bring(SAMPLE, out) == 0
    assert "; 0 and 0 are new." in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_what_cannot_be_read_is_listed_by_its_place_and_kept_with_its_content(folder, out, capsys):
    path = folder / f"{JUDGE}_doc_quality_Patient.json"
    content = json.loads(path.read_text())
    content["Empathy"]["910000001"] = "secret words"
    content["Empathy"]["910000002"] = None
    content["secret words"] = {}
    path.write_text(json.dumps(content))
    with (folder / "outputs" / "dialogue.jsonl").open("a") as file:
        file.write('{"hadm_id": "910000003", "secret words')
    assert bring(folder, out) == 1
    said = capsys.readouterr()
    assert "94 verdicts, 2 of them unscored" in said.out
    assert "4 entries could not be read as they should be:" in said.out
    assert "- outputs/dialogue.jsonl: is no JSON object: line 3\n" in said.out
    assert f"- {path.name}: has no result: empathy, hadm_id 910000001\n" in said.out
    assert f"- {path.name}: is null: empathy, hadm_id 910000002\n" in said.out
    assert f"All with what stood there: {out / UNREAD}" in said.out
    assert "secret" not in said.out + said.err
    assert (out / UNREAD).read_text().count("secret words") == 2


def test_many_faults_of_one_kind_are_counted_and_a_few_places_shown(folder, out, capsys):
    (folder / f"{JUDGE}_doc_quality_Patient.json").write_text("{}")
    assert bring(folder, out) == 1
    assert "is missing (16 places): presenting_complaint, hadm_id 910000001; " in capsys.readouterr().out


def test_a_folder_with_several_results_makes_several_runs(tmp_path, folder, out, capsys):
    shutil.move(folder, tmp_path / "results" / "one")
    shutil.copytree(SAMPLE, tmp_path / "results" / "two")
    (tmp_path / "results" / "two" / "outputs" / "dialogue.jsonl").write_text("torn")
    assert bring(tmp_path / "results", out) == 1
    assert [path.name for path in out.parent.iterdir()] == ["published.one"]
    assert "two: makes no run." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "is no folder"),
        (lambda path: path.write_text("{}"), "is no folder"),
        (lambda path: path.mkdir(), "holds no dialogues"),
        (
            lambda path: (path.mkdir(), (path / "dialogue.jsonl").write_text("")),
            "no dialogue that can be read",
        ),
        (
            lambda path: (path.mkdir(), (path / "dialogue.jsonl").write_text("x")),
            "no dialogue that can be read",
        ),
    ],
)
def test_what_is_no_result_is_refused_in_one_line(tmp_path, out, capsys, make, said):
    make(tmp_path / "given")
    assert bring(tmp_path / "given", out) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert not out.exists()


@pytest.mark.parametrize(
    "flags", [["--cases", "nowhere.json"], ["--cases", str(SAMPLE / "outputs/dialogue.jsonl")]]
)
def test_a_case_file_that_is_none_is_refused(out, capsys, flags):
    assert bring(SAMPLE, out, *flags) == 2
    assert capsys.readouterr().err
    assert not out.exists()


def test_a_folder_that_holds_something_else_is_refused(folder, out, capsys):
    assert bring(SAMPLE, folder) == 2
    assert "is no run" in capsys.readouterr().err
    bring(SAMPLE, out)
    (folder / f"{JUDGE}_nli.json").unlink()
    assert bring(folder, out) == 2
    assert f"other files were imported ({JUDGE}_nli.json)" in capsys.readouterr().err


def test_cases_are_credentialed_where_the_flag_or_the_release_says_so(tmp_path, out):
    assert bring(SAMPLE, out, "--credentialed") == 0
    assert {case.provenance for case in open_run(out).cases.values()} == {"credentialed"}
    folder = Path(shutil.copytree(FORMAT, tmp_path / "release"))
    (folder / "SHA256SUMS.txt").write_text("")
    assert bring(folder, out.with_name("second"), "--cases", str(PROFILES)) == 0
    assert {case.provenance for case in open_run(out.with_name("second")).cases.values()} == {"credentialed"}
