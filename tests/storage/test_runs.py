"""Runs on disk: what is kept comes back, what was made differently is not mixed."""

import json

import pytest

from patientsim_core import ALL_PERSONAS, Dialogue, Disclosure, EndReason, InputError, Persona, Reply, Turn
from patientsim_core.dialogue import Failure, Question
from patientsim_core.job import Job, Parameters, play
from patientsim_core.models import Options
from patientsim_core.selection import Item, select
from patientsim_core.storage import run_writing
from patientsim_core.storage.run_list import SAMPLES, folder_named, list_runs
from patientsim_core.storage.run_writing import writing
from patientsim_core.storage.runs import open_run
from patientsim_core.usage import Usage
from tests.cases import CASES, HEART, release

ITEMS = select([HEART], "all")[:3]
MODELS = Parameters(patient="vllm:p", doctor="azure:d", seed=7, options=Options(max_tokens=90))


def dialogue(item: Item = ITEMS[0], by: Parameters = MODELS, **about) -> Dialogue:
    used = Usage(prompt_tokens=100, completion_tokens=9)
    turns = [
        Turn(
            role="doctor",
            text="What brings you in?",
            model=by.doctor,
            question=Question(
                text="What brings you in?", model=by.doctor, usage=used, seconds=0.5, attempts=2
            ),
        ),
        Turn(
            role="patient",
            text="My chest “hurts”.\nBad.",
            model=by.patient,
            persona=item.persona,
            reply=Reply(
                text="My chest “hurts”.\nBad.",
                model=by.patient,
                usage=used,
                disclosures=[Disclosure(item="chiefcomplaint", fact="Chest pain", how="told")],
                ignored=["seed"],
            ),
        ),
    ]
    usual = {
        "id": item.id,
        "case": HEART,
        "persona": item.persona,
        "model": by.patient,
        "doctor": by.doctor,
        "seed": by.seed + item.repeat - 1,
        "options": by.options,
        "repeat": item.repeat,
        "turns": turns,
        "differential": ["Gastritis"],
        "end_reason": EndReason.concluded,
    }
    return Dialogue.model_validate(usual | about)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "runs" / "one"


def begin(folder, by=MODELS, cases=(HEART,), items=ITEMS):
    with writing(folder, by, cases, items) as run:
        return run


def test_a_dialogue_comes_back_whole(folder):
    run = begin(folder)
    kept = dialogue(ITEMS[1], created=run.about.created)
    run.keep(kept)
    assert list(open_run(folder).dialogues()) == [kept]


def test_dialogues_of_the_built_in_engine_come_back_whole(folder):
    items = select([CASES["synthetic-02"]], [ALL_PERSONAS[-1], ALL_PERSONAS[20]], repeats=2)
    run = begin(folder, Parameters(max_turns=6), [CASES["synthetic-02"]], items)
    played = [play(Job(item, CASES["synthetic-02"], run.parameters)) for item in items]
    for one in played:
        run.keep(one)
    again = list(open_run(folder).dialogues())
    assert [one.model_copy(update={"created": played[0].created}) for one in again] == [
        one.model_copy(update={"created": played[0].created}) for one in played
    ]
    assert {one.seed for one in again} == {42, 43}


def test_dialogues_and_failures_played_as_another_persona_come_back_with_both(folder):
    control = Parameters(max_turns=2, play_as=Persona(personality="pleasing"))
    run = begin(folder, control)
    finished, failed = (play(Job(item, HEART, control)) for item in ITEMS[:2])
    broken = {"end_reason": EndReason.model_failure, "failure": Failure(kind="rate", text="m: is busy.")}
    failed = failed.model_copy(update=broken)
    for one in (finished, failed):
        run.keep(one)
    again = open_run(folder)
    for kept, read in zip((finished, failed), (*again.dialogues(), *again.failures().values()), strict=True):
        assert read == kept.model_copy(update={"created": run.about.created})
    assert {turn.persona for turn in finished.turns} == {None, control.play_as}
    assert [one.persona for one in (finished, failed)] == [item.persona for item in ITEMS[:2]]


def test_a_run_from_before_there_was_play_as_reads_and_goes_on_as_it_was(folder):
    run = begin(folder)
    kept = dialogue(ITEMS[1], created=run.about.created)
    run.keep(kept)
    about = json.loads((folder / "run.json").read_text())
    del about["parameters"]["play_as"]
    (folder / "run.json").write_text(json.dumps(about))
    assert list(open_run(folder).dialogues()) == [kept]
    assert begin(folder).planned == ITEMS


def test_a_control_is_not_gone_on_with_as_another_or_as_none(folder):
    begin(folder, Parameters(play_as=Persona()))
    with pytest.raises(InputError, match="play as was plain,B,high,normal, now the persona assigned"):
        begin(folder, Parameters())
    with pytest.raises(InputError, match="play as was plain,B,high,normal, now distrust,B,high,normal"):
        begin(folder, Parameters(play_as=Persona(personality="distrust")))


def test_a_line_has_each_text_once_and_nothing_that_is_as_usual(folder):
    run = begin(folder)
    run.keep(dialogue())
    (line,) = (folder / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()
    assert line.startswith('{"id":"synthetic-01.plain-A-low-normal.1"')
    assert line.count("hurts") == 1
    for redundant in ("null", '"model":', "first_seconds", "Penicillin", '"stopped"'):
        assert redundant not in line
    found = json.loads(line)
    assert found["usage"]["patient"] == {"prompt_tokens": 100, "completion_tokens": 9}
    assert found["models"] == {"patient": "vllm:p", "doctor": "azure:d"}


def test_run_json_says_who_and_what_was_planned_and_by_which_words(folder):
    begin(folder)
    found = json.loads((folder / "run.json").read_text())
    assert found["schema_version"] == 1
    assert found["parameters"]["seed"] == 7
    assert [tuple(one) for one in found["planned"]] == [(i.case, i.persona.key, 1) for i in ITEMS]
    assert found["words"] == run_writing.words_hash()


def test_what_failed_is_kept_with_its_turns_until_it_is_done(folder):
    run = begin(folder)
    failure = Failure(kind="rate", text="vllm:p: is busy.")
    failed = dialogue(end_reason="model failure", failure=failure, differential=[], created=run.about.created)
    run.keep(failed.model_copy(update={"turns": failed.turns[:1]}))
    run.keep(failed)
    run.keep(dialogue(ITEMS[1]))
    again = open_run(folder)
    assert again.failures() == {failed.id: failed}
    assert again.finished() == {ITEMS[1].id}
    again.keep(dialogue())
    assert open_run(folder).failures() == {}


def test_the_same_again_changes_nothing_and_new_items_and_cases_are_added(folder):
    begin(folder)
    before = (folder / "run.json").read_text()
    begin(folder)
    assert (folder / "run.json").read_text() == before
    other = CASES["synthetic-02"]
    run = begin(folder, cases=[other], items=select([other]))
    assert run.planned == [*ITEMS, *select([other])]
    assert set(open_run(folder).cases) == {HEART.hadm_id, other.hadm_id}
    begin(folder, items=ITEMS[:1])
    assert len(open_run(folder).planned) == 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": 8}, "seed was 7, now 8"),
        ({"patient": "offline"}, "patient was vllm:p, now offline"),
        ({"max_turns": 5}, "max turns was 30, now 5"),
        ({"options": Options(temperature=0, max_tokens=90)}, "temperature was 0.7, now 0.0"),
        ({"patient_prompt": "Be ill."}, "patient prompt was the project's, now your own"),
        ({"doctor_prompt": "Be kind."}, "doctor prompt was the project's, now your own"),
        ({"play_as": Persona()}, "play as was the persona assigned, now plain,B,high,normal"),
    ],
)
def test_what_was_made_differently_is_refused_with_what_differs(folder, change, words):
    begin(folder)
    before = (folder / "run.json").read_text()
    with pytest.raises(InputError, match=words):
        begin(folder, MODELS.model_copy(update=change))
    assert (folder / "run.json").read_text() == before


def test_a_changed_case_is_refused_by_the_name_of_the_field_not_its_content(folder):
    begin(folder)
    changed = HEART.model_copy(update={"allergies": "Latex (hives)"})
    with pytest.raises(InputError, match=r"synthetic-01 has changed \(allergies\)") as error:
        begin(folder, cases=[changed])
    assert "Latex" not in str(error.value)


def test_changed_prompts_of_the_project_are_refused(folder, monkeypatch):
    begin(folder)
    monkeypatch.setattr(run_writing, "words_hash", lambda: "other")
    with pytest.raises(InputError, match="prompts or word data have changed"):
        begin(folder)


def test_a_case_keeps_where_it_comes_from_and_what_its_file_had(folder):
    case = release(provenance="credentialed", note="own key")
    begin(folder, cases=[case], items=[Item(case.hadm_id, Persona())])
    (again,) = open_run(folder).cases.values()
    assert again.model_dump() == case.model_dump()


def test_two_writers_at_once_are_refused(folder):
    with (
        writing(folder, MODELS, [HEART], ITEMS),
        pytest.raises(InputError, match="another command is writing"),
    ):
        begin(folder)
    begin(folder)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_place_that_holds_something_else_is_left_alone(folder, kind):
    folder.parent.mkdir()
    if kind == "file":
        folder.write_text("mine")
    else:
        folder.mkdir()
        (folder / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is no run"):
        begin(folder)
    assert (folder if kind == "file" else folder / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not the description of a run"),
        ("[]", "is not the description of a run"),
        ("{}", "is not the description of a run"),
        ('{"schema_version": 99}', "schema version 99"),
        ('{"schema_version": 1}', "is not the description of a run"),
        (None, "no run.json"),
    ],
)
def test_a_folder_that_is_no_run_says_why(folder, content, words):
    begin(folder)
    (folder / "run.json").unlink()
    if content:
        (folder / "run.json").write_text(content)
    with pytest.raises(InputError, match=words):
        open_run(folder)


@pytest.mark.parametrize("key", ["persona", "case", "turns", "models"])
def test_a_dialogue_that_lacks_something_is_named(folder, key):
    run = begin(folder)
    run.keep(dialogue())
    line = json.loads((folder / "dialogues.jsonl").read_text())
    del line[key]
    (folder / "dialogues.jsonl").write_text(json.dumps(line) + "\n")
    with pytest.raises(InputError, match=f"synthetic-01.plain-A-low-normal.1: has no {key}"):
        list(run.dialogues())


@pytest.mark.parametrize(
    ("key", "value"), [("turns", [1]), ("turns", None), ("persona", "x"), ("models", [])]
)
def test_a_dialogue_that_is_malformed_is_an_error_for_the_user(folder, key, value):
    run = begin(folder)
    run.keep(dialogue())
    line = json.loads((folder / "dialogues.jsonl").read_text())
    (folder / "dialogues.jsonl").write_text(json.dumps(line | {key: value}) + "\n")
    with pytest.raises(InputError):
        list(run.dialogues())


def test_the_list_of_runs_is_newest_first_and_says_why_one_cannot_be_read(folder):
    begin(folder).keep(dialogue())
    broken = folder.parent / "broken"
    begin(broken)
    (broken / "run.json").write_text("{")
    (folder.parent / "other").mkdir()
    found = list_runs(folder.parent)
    assert [one.folder.name for one in found] == ["broken", "one"]
    assert "is not the description" in found[0].fault
    assert (found[1].planned, found[1].finished, found[1].patient) == (3, 1, "vllm:p")
    assert list_runs(folder / "nowhere") == []


def test_a_run_is_found_by_its_name_however_many_there_are(tmp_path):
    for number in range(210):
        (tmp_path / f"run-{number}").mkdir()
        (tmp_path / f"run-{number}" / "run.json").write_text("{}")
    for number in (0, 209):
        assert folder_named(tmp_path, f"run-{number}") == tmp_path / f"run-{number}"


def test_a_run_that_comes_with_the_project_is_found_unless_one_has_its_name(tmp_path):
    own = tmp_path / next(one.name for one in SAMPLES.iterdir() if one.is_dir())
    sample = SAMPLES / own.name
    assert folder_named(tmp_path / "nowhere", own.name) == sample
    own.mkdir()
    assert folder_named(tmp_path, own.name) == sample  # it is no run yet
    (own / "run.json").write_text("{}")
    assert folder_named(tmp_path, own.name) == own


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../one", "one/", "/", "one/../one", "ONE\x00", "x" * 20_000, "no run", "a file"]
)
def test_a_name_that_is_of_no_run_is_said_and_leads_nowhere(tmp_path, name):
    runs = tmp_path / "runs"
    for folder in (tmp_path, runs, runs / "one", runs / "no run"):
        folder.mkdir(exist_ok=True)
    for folder in (tmp_path, runs / "one"):
        (folder / "run.json").write_text("{}")
    (runs / "a file").touch()
    with pytest.raises(InputError, match=r"There is no run '.{0,90}' \(any more\)"):
        folder_named(runs, name)
