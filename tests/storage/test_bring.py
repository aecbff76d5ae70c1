"""Runs and results from elsewhere: what is one comes whole or not at all, what is none is refused with the
reason, and an upload writes nowhere but where it should."""

import errno
import json
import os
import shutil
import stat
import tempfile
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest

from patientsim_core import InputError, StorageError
from patientsim_core.__main__ import main
from patientsim_core.dialogue import EndReason, Failure
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.job import Job, Parameters, play
from patientsim_core.playing import folder_of
from patientsim_core.selection import select
from patientsim_core.storage import bring, run_copying, upload
from patientsim_core.storage.bring import bring_folder, bring_upload, fitting
from patientsim_core.storage.index import INDEX
from patientsim_core.storage.official import UNREAD
from patientsim_core.storage.run_list import list_runs
from patientsim_core.storage.run_writing import judging, writing
from patientsim_core.storage.runs import open_run
from tests.cases import HEART

FORMAT = Path(__file__).parents[1] / "official_format"
SAMPLE = FORMAT / "2026-11-22-10-11-17_sample"
JUDGE = "vllm-llama3.3-70b-instruct"
ITEMS = select([HEART], "all")[:3]
LOGS = ["dialogues.jsonl", "failures.jsonl", "verdicts.jsonl"]
VERDICT = Verdict(dialogue_id=ITEMS[0].id, metric=Metric.fidelity, field="realism", score=3, judge="m")


@pytest.fixture
def runs(tmp_path) -> Path:
    return tmp_path / "runs"


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch) -> Path:
    """Where uploads are unpacked; whatever a test does, nothing may be left there, or half a run seen."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    assert not list(place.iterdir())
    assert not list(tmp_path.glob("runs/.bring*"))


def make_run(folder: Path, seed: int = 42) -> Path:
    """Two dialogues, one that failed twice, and a verdict."""
    by = Parameters(max_turns=2, seed=seed)
    with writing(folder, by, [HEART], ITEMS) as run:
        *done, failed = (play(Job(item, HEART, by)) for item in ITEMS)
        broken = {"end_reason": EndReason.model_failure, "failure": Failure(kind="rate", text="m: is busy.")}
        failed = failed.model_copy(update=broken)
        for one in (*done, failed, failed):
            run.keep(one)
        run.keep_verdicts([VERDICT])
    return folder


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    return tmp_path / "elsewhere"


@pytest.fixture
def one(elsewhere) -> Path:
    return make_run(elsewhere / "one")


@pytest.fixture
def results(elsewhere) -> Path:
    return Path(shutil.copytree(SAMPLE, elsewhere / "results" / "sample"))


def content(folder: Path, *names: str) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names or [*LOGS, "run.json", "cases.json"]}


def names(runs: Path) -> list[str]:
    return sorted(path.name for path in runs.iterdir()) if runs.exists() else []


def add_line(path: Path, line: str, before: bool = False) -> None:
    """Adds a line at the end, or as the second of what is then three or more."""
    lines = path.read_text().splitlines(keepends=True)
    lines.insert(1 if before else len(lines), f"{line}\n")
    path.write_text("".join(lines))


def zipped(files: dict[str, bytes] | Path, method: int = ZIP_DEFLATED) -> BytesIO:
    """A zip of files by path, or of a folder."""
    if isinstance(files, Path):
        found = [path for path in sorted(files.rglob("*")) if path.is_file()]
        files = {path.relative_to(files).as_posix(): path.read_bytes() for path in found}
    made = BytesIO()
    with ZipFile(made, "w", method) as file:
        for path, data in files.items():
            file.writestr(path, data)
    return made


def sent(folder: Path) -> list[tuple[str, BytesIO]]:
    """A folder as a browser sends it."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [(path.relative_to(folder.parent).as_posix(), BytesIO(path.read_bytes())) for path in found]


# Runs


def test_a_run_comes_whole_under_its_own_name_and_nothing_else_with_it(one, runs):
    (one / "notes.txt").write_text("mine")
    (one / UNREAD).write_text("{}\n")
    assert bring_folder(one, runs) == (
        ["one"],
        [f"{runs / 'one'}: 2 dialogues, 1 failure and 1 verdict."],
    )
    assert content(runs / "one") == content(one)
    assert names(runs / "one") == sorted([*LOGS, "cases.json", "run.json", INDEX, UNREAD])
    (summary,) = list_runs(runs)
    assert (summary.planned, summary.finished, summary.fault) == (3, 2, "")
    assert list(open_run(runs / "one").verdicts()) == [VERDICT]


def test_others_than_this_user_may_read_a_run_that_was_brought(one, runs):
    bring_folder(one, runs)
    runs.joinpath("plain").mkdir()
    assert (runs / "one").stat().st_mode == (runs / "plain").stat().st_mode


def test_runs_are_found_however_deep_and_hidden_folders_passed_over(one, elsewhere, runs):
    make_run(elsewhere / "deep" / "deeper" / "two", seed=2)
    make_run(elsewhere / ".trash" / "three", seed=3)
    make_run(one / "inner", seed=4)
    assert sorted(bring_folder(elsewhere, runs).names) == names(runs) == ["one", "two"]


def test_a_name_that_is_given_counts_and_tells_several_apart(one, elsewhere, runs):
    assert bring_folder(one, runs, " mine ").names == ["mine"]
    make_run(elsewhere / "two", seed=2)
    assert bring_folder(elsewhere, runs, "mine").names == ["mine.one", "mine.two"]


def test_the_home_folder_is_understood(one, elsewhere, runs, monkeypatch):
    monkeypatch.setenv("HOME", str(elsewhere))
    assert bring_folder(Path("~/one"), runs).names == ["one"]


@pytest.mark.parametrize("judged_since", [False, True])
def test_a_run_that_is_there_already_is_said_to_be(one, runs, judged_since):
    bring_folder(one, runs)
    if judged_since:
        with judging(runs / "one") as run:
            run.keep_verdicts([VERDICT.model_copy(update={"judge": "n"})])
    before = content(runs / "one")
    assert bring_folder(one, runs) == (
        ["one"],
        [f"{runs / 'one'}: is there already, with all of this; nothing was copied."],
    )
    assert names(runs) == ["one"]
    assert content(runs / "one") == before


def test_another_run_of_the_same_name_gets_the_next_one(one, elsewhere, runs):
    bring_folder(one, runs)
    other = make_run(elsewhere / "other" / "one", seed=2)
    found = bring_folder(other, runs)
    assert found.names == ["one-2"]
    assert found.notes[0] == "one: is the name of another run here; this one is one-2."
    assert content(runs / "one") == content(one)
    assert bring_folder(other, runs).names == ["one-2"]
    add_line(one / "verdicts.jsonl", VERDICT.model_copy(update={"judge": "n"}).model_dump_json())
    assert bring_folder(one, runs).names == ["one-3"]
    runs.joinpath("mine").mkdir()
    assert bring_folder(one, runs, "mine").names == ["mine-2"]


@pytest.mark.parametrize("changed", ["run.json", "cases.json", *LOGS])
def test_a_run_is_the_same_only_if_all_of_its_files_are(one, runs, changed):
    bring_folder(one, runs)
    text = (one / changed).read_text()
    new = {
        "run.json": text.replace('"seed": 42', '"seed": 43'),
        "cases.json": text.replace('"synthetic"', '"unknown"'),
        "verdicts.jsonl": text.replace("3.0", "2.0"),
    }.get(changed, text.replace('"text":"', '"text":"So. '))
    assert new != text
    (one / changed).write_text(new)
    assert bring_folder(one, runs).names == ["one-2"]


def test_a_run_is_another_one_if_it_was_made_at_another_time_or_judged_meanwhile(one, runs):
    path = one / "verdicts.jsonl"
    path.rename(one / "later")
    bring_folder(one, runs)
    (one / "later").rename(path)
    assert bring_folder(one, runs).names == ["one-2"]
    about = json.loads((one / "run.json").read_text())
    (one / "run.json").write_text(json.dumps(about | {"created": "2020-02-02T20:20:20Z"}))
    assert bring_folder(one, runs).names == ["one-3"]


def test_a_name_that_is_taken_at_the_last_moment_is_left_to_who_was_faster(one, runs, monkeypatch):
    rename = Path.rename

    def slow(self, target):
        if target.name == "one":
            target.mkdir()
            target.joinpath("theirs").write_text("")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", slow)
    assert bring_folder(one, runs).names == ["one-2"]
    assert names(runs / "one") == ["theirs"]


@pytest.mark.parametrize("name", LOGS)
def test_a_torn_last_line_is_left_out_and_told(one, runs, name):
    before = content(one)
    with (one / name).open("a") as file:
        file.write('{"id": "secret')
    found = bring_folder(one, runs)
    assert found.notes[1:] == [f"{one / name}: its last line was not written to the end and is left out."]
    assert content(runs / "one") == before


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("secret", "is not a JSON object"),
        ('["secret"]', "is not a JSON object"),
        ("[" * 100_000, "is nested too deeply"),
        ("{}", ""),
        ('{"id": 7, "dialogue_id": 7, "metric": "secret"}', ""),
        ('{"id": "a", "case": "synthetic-01", "persona": "plain,B,high,normal", "turns": "secret"}', ""),
    ],
)
def test_a_broken_line_is_refused_by_file_and_number_without_its_content(one, runs, name, line, said):
    number = len((one / name).read_text().splitlines()) + 1
    add_line(one / name, line)
    with pytest.raises(InputError) as error:
        bring_folder(one, runs)
    text = str(error.value)
    assert text.startswith(f"{one / name}, line {number}: ")
    assert text.count(name) == 1
    assert said in text
    assert "secret" not in text
    assert names(runs) == []


def test_a_broken_line_in_the_middle_has_its_number(one, runs):
    add_line(one / "dialogues.jsonl", "{", before=True)
    with pytest.raises(InputError, match=r"dialogues.jsonl, line 2: is not a JSON object"):
        bring_folder(one, runs)


@pytest.mark.parametrize(
    ("missing", "where"),
    [*((key, ", line 3: ") for key in ("id", "persona", "turns", "models")), ("end_reason", ": ")],
)
def test_a_dialogue_that_lacks_something_is_refused(one, runs, missing, where):
    path = one / "dialogues.jsonl"
    line = json.loads(path.read_text().splitlines()[0])
    del line[missing]
    add_line(path, json.dumps(line))
    with pytest.raises(InputError) as error:
        bring_folder(one, runs)
    assert str(error.value).startswith(f"{path}{where}")
    assert names(runs) == []


def test_verdicts_that_pages_could_not_count_are_refused_by_file(one, runs):
    odd = VERDICT.model_copy(update={"metric": Metric.facts, "field": "1.0", "detail": {"by_turn": 7}})
    add_line(one / "verdicts.jsonl", odd.model_dump_json())
    with pytest.raises(InputError) as error:
        bring_folder(one, runs)
    assert str(one) in str(error.value)
    assert str(runs) not in str(error.value)
    assert names(runs) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda one: put(one, '"schema_version": 1', '"schema_version": 0'), "schema version 0.* reads 1"),
        (lambda one: put(one, '"schema_version": 1', '"schema_version": 9'), "schema version 9.* reads 1"),
        (lambda one: (one / "run.json").write_text("{"), "run.json: is not the description of a run"),
        (lambda one: (one / "run.json").write_text("{}"), "run.json: is not the description of a run"),
        (lambda one: (one / "cases.json").unlink(), "cases.json: cannot be read"),
        (lambda one: (one / "cases.json").write_text("[]"), "cases.json: must be a list of cases"),
    ],
)
def test_a_run_of_another_version_or_without_its_files_is_refused(one, runs, spoil, said):
    spoil(one)
    with pytest.raises(InputError, match=said):
        bring_folder(one, runs)
    with pytest.raises(InputError, match=said):
        bring_upload([("x.zip", zipped(one))], runs)
    assert names(runs) == []


def put(one: Path, old: str, new: str) -> None:
    text = (one / "run.json").read_text()
    assert old in text
    (one / "run.json").write_text(text.replace(old, new))


def test_of_several_runs_the_readable_ones_come_and_of_the_others_the_reason(one, elsewhere, runs):
    two = make_run(elsewhere / "two", seed=2)
    put(two, '"schema_version": 1', '"schema_version": 0')
    found = bring_folder(elsewhere, runs)
    assert found.names == names(runs) == ["one"]
    assert "schema version 0" in found.notes[-1]


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_a_copy_that_is_interrupted_leaves_nothing(one, runs, monkeypatch, fault):
    calls = []

    def full(_file):
        calls.append(names(runs))
        if len(calls) == 3:
            raise fault

    monkeypatch.setattr(run_copying.os, "fsync", full)
    expected = StorageError if isinstance(fault, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        bring_folder(one, runs)
    assert [name for found in calls for name in found if not name.startswith(".bring")] == []
    assert len(calls) == 3
    assert names(runs) == []
    monkeypatch.undo()
    assert bring_folder(one, runs).names == ["one"]


def test_what_is_being_copied_is_in_no_list(one, runs, monkeypatch):
    seen, read = [], run_copying.read_index
    monkeypatch.setattr(run_copying, "read_index", lambda run: (seen.append(list_runs(runs)), read(run)))
    bring_folder(one, runs)
    assert seen == [[]]


def test_runs_that_are_in_the_list_are_not_brought_again(one, runs, tmp_path, monkeypatch):
    bring_folder(one, runs)
    (tmp_path / "link").symlink_to(runs)
    monkeypatch.chdir(tmp_path)
    for path in (runs, runs / "one", Path("runs/one"), tmp_path / "link"):
        with pytest.raises(InputError, match="is in the list already"):
            bring_folder(path, runs)
    shutil.rmtree(one)
    make_run(tmp_path / "elsewhere" / "two", seed=2)
    assert bring_folder(tmp_path, runs).names == ["two"]


@pytest.mark.parametrize(
    "path", ["nowhere", "file", "~nobody-at-all/runs", "a\0b", "x" * 5_000, "elsewhere/one/run.json"]
)
def test_what_is_no_folder_is_refused(one, runs, tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")
    with pytest.raises(InputError, match="is no folder on this machine"):
        bring_folder(Path(path), runs)
    assert names(runs) == []


def test_no_path_is_not_the_folder_in_which_the_server_runs(one, runs, monkeypatch):
    monkeypatch.chdir(one)
    with pytest.raises(InputError, match="No folder is named"):
        bring_folder(Path(), runs)


def test_a_tree_that_is_too_large_is_not_searched(one, elsewhere, runs, monkeypatch):
    monkeypatch.setattr(bring, "MOST_FOLDERS", 1)
    with pytest.raises(InputError, match="more than 1 folders"):
        bring_folder(elsewhere, runs)
    assert bring_folder(one, runs).names == ["one"]


def test_what_is_neither_is_refused_with_the_reason_for_each_kind(elsewhere, runs):
    elsewhere.mkdir()
    (elsewhere / "cases.json").write_text("[]")
    with pytest.raises(InputError) as error:
        bring_folder(elsewhere, runs)
    assert str(error.value) == (
        f"{elsewhere}: is neither a run of this project (no run.json) nor a result folder of the published "
        "system (holds no dialogues, such as outputs/dialogue.jsonl)."
    )
    assert names(runs) == []


@pytest.mark.parametrize("name", ["../out", "a/b", ".hidden", "-x", "a b", "x" * 81])
def test_a_name_that_no_run_may_have_is_refused(one, runs, name):
    with pytest.raises(InputError, match="must begin with a letter or a digit"):
        bring_folder(one, runs, name)
    assert names(runs) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2026-11-22_run.1", "2026-11-22_run.1"),
        ("my run (2)", "my-run-2"),
        ("../../etc", "etc"),
        (".hidden", "hidden"),
        ("Übung", "Übung"),
        ("x" * 300, "x" * 80),
        ("???", "run"),
        ("", "run"),
        ("a\nb\0c", "a-b-c"),
    ],
)
def test_a_strange_name_becomes_one_that_a_run_may_have(text, name):
    assert fitting(text) == name
    assert folder_of(name).name == name


def test_a_run_with_a_strange_name_is_brought_and_a_long_one_stays_short(elsewhere, runs):
    assert bring_folder(make_run(elsewhere / "my run (2)"), runs).names == ["my-run-2"]
    long = "x" * 80
    bring_folder(make_run(elsewhere / long), runs)
    (name,) = bring_folder(make_run(elsewhere / "y" / long, seed=2), runs).names
    assert name == "x" * 78 + "-2"


def test_cases_of_a_run_out_of_a_release_stay_credentialed(one, elsewhere, runs):
    (elsewhere / "SHA256SUMS.txt").write_text("")
    bring_folder(elsewhere, runs)
    bring_upload([("two.zip", zipped(elsewhere))], runs, "two")
    for name in ("one", "two"):
        assert {case.provenance for case in open_run(runs / name).cases.values()} == {"credentialed"}
        assert len(list(open_run(runs / name).dialogues())) == 2
    assert bring_folder(one, runs).names == ["one"]


# Results of the published system


def test_results_become_a_run_and_are_told_as_the_import_command_tells_them(results, runs, capsys):
    shutil.copy(FORMAT / "patient_profile.json", results.parent)
    found = bring_folder(results.parent, runs)
    assert found.names == names(runs) == ["sample"]
    assert main(["import", str(results.parent), "--out", str(runs / "other")]) == 0
    assert found.notes == capsys.readouterr().out.replace("other", "sample").splitlines()
    assert content(runs / "sample", *LOGS[::2], "cases.json") == content(
        runs / "other", *LOGS[::2], "cases.json"
    )


def test_results_have_a_name_that_is_given_and_say_what_is_missing(results, runs):
    found = bring_folder(results, runs, "published")
    assert found.names == ["published"]
    assert "2 of 2 cases have no file of cases (patient_profile.json in the folder)" in found.notes[-1]


def test_the_same_results_are_there_already_also_when_judged_since(results, runs):
    bring_folder(results, runs)
    with judging(runs / "sample") as run:
        run.keep_verdicts([VERDICT])
    about = json.loads((runs / "sample" / "run.json").read_text())
    (runs / "sample" / "run.json").write_text(json.dumps(about | {"created": "2020-02-02T20:20:20Z"}))
    before = content(runs / "sample", "run.json", "verdicts.jsonl")
    found = bring_folder(results, runs)
    assert found.names == names(runs) == ["sample"]
    assert "is there already" in found.notes[0]
    assert "0 and 0 are new" in found.notes[1]
    assert content(runs / "sample", "run.json", "verdicts.jsonl") == before
    (results / f"{JUDGE}_nli.json").unlink()
    assert bring_folder(results, runs).names == ["sample-2"]


def test_faults_of_results_are_told_by_their_place_and_kept(results, runs):
    add_line(results / "outputs" / "dialogue.jsonl", "secret words")
    (results.parent / "stray").mkdir()
    (results.parent / "stray" / "notes.json").write_text("{}")
    found = bring_folder(results.parent, runs)
    assert "- outputs/dialogue.jsonl: is no JSON object: line 3" in found.notes
    assert f"All with what stood there: {runs / 'sample' / UNREAD}" in found.notes
    assert "- stray/notes.json: has no dialogues beside it" in found.notes
    assert "secret" not in " ".join(found.notes)
    assert "secret words" in (runs / "sample" / UNREAD).read_text()


def test_each_set_of_results_becomes_a_run_of_its_own(results, runs):
    shutil.copytree(results, results.parent / "second")
    shutil.copytree(results, results.parent / "third")
    (results.parent / "third" / "outputs" / "dialogue.jsonl").write_text("torn")
    found = bring_folder(results.parent, runs)
    assert found.names == names(runs) == ["results.sample", "results.second"]
    assert "third: makes no run." in found.notes
    assert bring_folder(results.parent, runs, "mine").names == ["mine.sample", "mine.second"]


def test_runs_and_results_in_one_folder_are_both_brought(one, results, elsewhere, runs):
    assert bring_folder(elsewhere, runs).names == ["one", "sample"]
    (one / "run.json").write_text("{")
    found = bring_folder(elsewhere, runs)
    assert found.names == ["sample"]
    assert "is not the description of a run" in found.notes[-1]
    (results / "outputs" / "dialogue.jsonl").write_text("torn")
    with pytest.raises(InputError, match=r"(?s)not the description of a run.*no dialogue that can be read"):
        bring_folder(elsewhere, runs)


def test_results_without_a_dialogue_that_can_be_read_are_refused(results, runs):
    (results / "outputs" / "dialogue.jsonl").write_text("secret")
    with pytest.raises(InputError, match="no dialogue that can be read; the first fault: outputs/") as error:
        bring_folder(results, runs)
    assert "secret" not in str(error.value)
    assert names(runs) == []


def test_an_import_that_is_interrupted_leaves_nothing(results, runs, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("patientsim_core.storage.official_import.keep_unread", killed)
    with pytest.raises(KeyboardInterrupt):
        bring_folder(results, runs)
    assert names(runs) == []


def test_cases_in_an_upload_are_credentialed_where_the_release_lies_with_them(tmp_path, runs):
    tree = Path(shutil.copytree(FORMAT, tmp_path / "tree"))
    bring_upload(sent(tree), runs, "plain")
    assert {case.provenance for case in open_run(runs / "plain").cases.values()} != {"credentialed"}
    (tree / "SHA256SUMS.txt").write_text("")
    bring_upload(sent(tree), runs, "release")
    assert {case.provenance for case in open_run(runs / "release").cases.values()} == {"credentialed"}


# Uploads


def test_a_folder_that_was_uploaded_is_as_good_as_one_that_is_here(one, results, runs):
    files = sent(one)
    for _, file in files:
        file.read()  # as a page does that looked at it before
    assert bring_upload(files, runs) == (
        ["one"],
        [f"{runs / 'one'}: 2 dialogues, 1 failure and 1 verdict."],
    )
    assert content(runs / "one") == content(one)
    assert bring_upload(sent(results), runs).names == ["sample"]
    loose = [(path.partition("/")[2], file) for path, file in sent(results)]
    assert bring_upload(loose, runs).names == ["upload"]


@pytest.mark.parametrize("method", [ZIP_DEFLATED, ZIP_BZIP2])
def test_a_zip_names_its_run_by_its_folder_or_else_by_itself(one, elsewhere, runs, method):
    assert bring_upload([("some.zip", zipped(elsewhere, method))], runs).names == ["one"]
    assert bring_upload([("My runs.ZIP", zipped(one, method))], runs).names == ["My-runs"]
    assert content(runs / "one") == content(runs / "My-runs") == content(one)


def test_two_runs_in_a_zip_are_two_runs_and_the_same_twice_is_one(one, elsewhere, runs):
    make_run(elsewhere / "deep" / "two", seed=2)
    shutil.copytree(one, elsewhere / "deep" / "one")
    found = bring_upload([("some.zip", zipped(elsewhere))], runs)
    assert sorted(found.names) == names(runs) == ["one", "two"]
    assert sum("is there already" in note for note in found.notes) == 1


def test_results_in_a_zip_keep_their_settings_and_lose_what_is_hidden(results, runs):
    (results / ".DS_Store").write_text("x")
    files = {f"sample/{path.partition('/')[2]}": file.read() for path, file in sent(results)}
    files |= {f"__MACOSX/sample/._{n}.json": b"\0" for n in range(3)}
    files |= {"sample/.git/dialogue.jsonl": b"{}", "sample/.git/.hydra/config.yaml": b""}
    assert bring_upload([("some.zip", zipped(files))], runs).names == ["sample"]
    run = open_run(runs / "sample")
    assert (run.parameters.seed, run.parameters.options.temperature) == (42, 0.7)
    assert run.about.imported.source == "sample"
    assert ".hydra/config.yaml" in run.about.imported.files


def test_only_what_is_wanted_is_unpacked(tmp_path):
    wanted = ["a/.hydra/config.yaml", "a/b.json"]
    hidden = ["a/.git/.hydra/config.yaml", "a/.hydra/hydra.yaml", ".env", "a/.b/c.json", "__MACOSX/a/b.json"]
    upload.unpack([("some.zip", zipped(dict.fromkeys([*wanted, *hidden], b"x")))], tmp_path / "new")
    found = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    assert sorted(path.relative_to(tmp_path / "new").as_posix() for path in found) == wanted


def test_a_file_of_cases_is_found_past_folders_that_hold_nothing_else(runs):
    files = {f"./a/b/{path.partition('/')[2]}": file.read() for path, file in sent(FORMAT)}
    found = bring_upload([("some.zip", zipped(files))], runs)
    assert found.notes[0] == "patient_profile.json: 2 cases of it are used."


def test_paths_as_windows_writes_them_are_understood(one, runs):
    files = {f"runs\\{path}".replace("/", "\\"): file.read() for path, file in sent(one)}
    assert bring_upload([("some.zip", zipped(files))], runs).names == ["one"]


def refused(files, runs: Path, said: str) -> str:
    """An upload is refused, in words that do not name the place where it was unpacked, and leaves nothing."""
    with pytest.raises(InputError, match=said) as error:
        bring_upload(files, runs)
    assert tempfile.gettempdir() not in str(error.value)
    assert names(runs) == []
    return str(error.value)


@pytest.mark.parametrize(
    "path",
    ["../evil", "a/../../evil", "/tmp/evil", "..", "..\\evil", "\\evil", "C:\\evil", "c:evil", "./../evil"],
)
def test_a_path_that_leads_out_of_an_upload_is_refused_and_nothing_written(one, runs, tmp_path, path):
    before = sorted(tmp_path.rglob("*"))
    files = {"one/run.json": (one / "run.json").read_bytes(), path: b"x"}
    refused([("some.zip", zipped(files))], runs, "some.zip: holds the path .*, which leads out of it")
    refused([(name, BytesIO(data)) for name, data in files.items()], runs, "The upload: holds the path")
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("/tmp/evil").exists()


def test_a_path_with_a_null_or_far_too_deep_is_refused(runs):
    refused([("a\0b", BytesIO(b""))], runs, "leads out of it")
    refused([("a/" * 2_000 + "b", BytesIO(b""))], runs, "more than 32 deep")
    refused([("some.zip", zipped({"a/" * 2_000 + "b": b""}))], runs, "more than 32 deep")


def test_a_link_in_a_zip_is_refused(runs):
    made, link = BytesIO(), ZipInfo("sample/dialogue.jsonl")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(made, "w") as file:
        file.writestr(link, "/etc/passwd")
    refused([("some.zip", made)], runs, "some.zip: holds a link, 'sample/dialogue.jsonl'")


def test_more_than_is_bearable_is_not_unpacked(one, runs, monkeypatch):
    bomb = zipped({"dialogue.jsonl": bytes(5_000_000)})
    assert len(bomb.getvalue()) < 10_000
    monkeypatch.setattr(upload, "MOST_BYTES", 2_000_000)
    refused([("some.zip", bomb)], runs, "some.zip: has more than .* GB unpacked")
    refused([("dialogue.jsonl", BytesIO(bytes(2_000_001)))], runs, "The upload: has more than")
    several = {f"{number}.json": bytes(1_000_000) for number in range(3)}
    refused([("some.zip", zipped(several))], runs, "has more than")
    monkeypatch.setattr(upload, "MOST_FILES", 4)
    refused([("some.zip", zipped(one))], runs, "some.zip: holds more than 4 files")
    refused(sent(one), runs, "The upload: holds more than 4 files")
    monkeypatch.setattr(upload, "MOST_FILES", 5)
    assert bring_upload([("some.zip", zipped(content(one)))], runs).names == ["some"]


def patched(made: BytesIO, at: int, *values: int) -> BytesIO:
    """A zip whose directory says something else of its only file, in numbers of 4 bytes from a place on."""
    data = bytearray(made.getvalue())
    start = data.index(b"PK\x01\x02") + at
    new = b"".join(value.to_bytes(4, "little") for value in values)
    data[start : start + len(new)] = new
    return BytesIO(bytes(data))


def test_the_size_that_a_zip_claims_is_not_trusted(runs, monkeypatch):
    monkeypatch.setattr(upload, "MOST_BYTES", 2_000_000)
    bomb = zipped({"dialogue.jsonl": bytes(5_000_000)})
    refused([("some.zip", patched(bomb, 24, 10))], runs, "is no zip that can be read")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: BytesIO(b"{}"), "is no zip that can be read"),
        (lambda: BytesIO(b""), "is no zip that can be read"),
        (lambda: BytesIO(zipped({"a": bytes(9_999)}).getvalue()[:-30]), "is no zip that can be read"),
        (lambda: BytesIO(zipped({"a": os.urandom(9_999)}).getvalue()[500:]), "is no zip that can be read"),
        (lambda: spoilt(ZIP_DEFLATED), "is no zip that can be read"),
        (lambda: spoilt(ZIP_BZIP2), "is no zip that can be read"),
        (lambda: spoilt(ZIP_LZMA), "is no zip that can be read"),
        (lambda: patched(zipped({"a": b"x"}, ZIP_STORED), 20, 999, 999), "is no zip that can be read"),
        (lambda: patched(zipped({"abcd": b"x"}), 46, 0), "is no zip that can be read"),
        (lambda: patched(zipped({"a": b"x"}), 8, 1 | ZIP_DEFLATED << 16), "is encrypted"),
        (lambda: patched(zipped({"a": b"x"}), 8, 99 << 16), "is no zip that can be read"),
        (lambda: zipped({}), "some.zip: holds no file"),
        (lambda: zipped({".DS_Store": b"x", "__MACOSX/a.json": b"x"}), "some.zip: holds no file"),
        (lambda: zipped({"empty/": b""}), "some.zip: holds no file"),
        (lambda: zipped({"photos/cat.jpg": b"x", "notes.json": b"{}"}), "some: is neither a run"),
        (lambda: zipped({"a": b"x", "a/b": b"x"}), "holds 'a/b' twice"),
    ],
)
def test_a_zip_that_is_damaged_locked_empty_or_of_something_else_is_refused(runs, made, said):
    refused([("some.zip", made())], runs, said)


def spoilt(method: int) -> BytesIO:
    """A zip with a hole in what it holds."""
    data = bytearray(zipped({"dialogue.jsonl": b"abc" * 50_000 + os.urandom(999)}, method).getvalue())
    data[60:90] = bytes(30)
    return BytesIO(bytes(data))


def test_a_zip_whose_beginning_is_lost_is_refused_from_a_file_too(runs, tmp_path):
    (tmp_path / "some.zip").write_bytes(zipped({"a": os.urandom(9_999)}).getvalue()[500:])
    with (tmp_path / "some.zip").open("rb") as file:
        refused([("some.zip", file)], runs, "is no zip that can be read")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_stands_twice_in_a_zip_is_refused(runs):
    made = BytesIO()
    with ZipFile(made, "w") as file:
        file.writestr("a.json", "1")
        file.writestr("a.json", "2")
    refused([("some.zip", made)], runs, "holds 'a.json' twice")


def test_an_upload_of_nothing_or_of_one_other_file_is_refused(runs):
    refused([], runs, "The upload: holds no file")
    refused([("cases.json", BytesIO(b"[]"))], runs, "upload: is neither a run")
    refused([(".hidden", BytesIO(b""))], runs, "The upload: holds no file")


def test_an_uploaded_run_with_a_broken_line_is_refused_by_its_path_in_the_upload(one, runs):
    add_line(one / "verdicts.jsonl", "{")
    said = refused([("some.zip", zipped(one))], runs, "line 2")
    assert said == "some/verdicts.jsonl, line 2: is not a JSON object."


def test_notes_on_an_upload_do_not_name_where_it_was_unpacked(one, elsewhere, runs):
    two = make_run(elsewhere / "two", seed=2)
    put(two, '"schema_version": 1', '"schema_version": 0')
    with (one / "verdicts.jsonl").open("a") as file:
        file.write("torn")
    found = bring_upload([("some.zip", zipped(elsewhere))], runs)
    assert found.notes[1:] == [
        "some/one/verdicts.jsonl: its last line was not written to the end and is left out.",
        "some/two/run.json: has schema version 0; this version of the project reads 1.",
    ]


def test_a_full_disk_while_unpacking_is_said(one, runs, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(upload, "_new", full)
    with pytest.raises(StorageError, match="cannot be unpacked \\(No space left on device\\)"):
        bring_upload([("some.zip", zipped(one))], runs)
    assert names(runs) == []
