"""Results of the published system: the counts and means of its files, and nothing lost of what is broken."""

import json
import shutil
from pathlib import Path
from statistics import fmean

import pytest

from patientsim_core import EndReason, InputError, load_cases
from patientsim_core.case_file import is_release
from patientsim_core.evaluation.ratios import Item, Sentence, consistency, factuality
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.storage.official import (
    UNREAD,
    find_cases,
    find_sources,
    keep,
    keep_unread,
    read_source,
)
from patientsim_core.storage.official_dialogues import differential, has_record
from patientsim_core.storage.official_files import Listing, known_id, rated, whole
from patientsim_core.storage.run_writing import writing
from patientsim_core.storage.runs import open_run

FORMAT = Path(__file__).parents[1] / "official_format"
SAMPLE = FORMAT / "2026-11-22-10-11-17_sample"
PROFILES = FORMAT / "patient_profile.json"
JUDGE = "vllm-llama3.3-70b-instruct"
FIRST, SECOND = "910000001", "910000002"
NAMES = {
    "persona": f"{JUDGE}_persona_quality_Patient.json",
    "doctor": f"{JUDGE}_doc_quality_Patient.json",
    "ddx": f"{JUDGE}_ddx_Patient.json",
    "profile": f"{JUDGE}_profile_consistency_Patient.json",
    "scores": f"{JUDGE}_profile_consistency_LLMscore_Patient.json",
    "nli": f"{JUDGE}_nli.json",
    "dialogues": "outputs/dialogue.jsonl",
}
CRITERIA = {
    "Personality": "personality",
    "CEFR": "language",
    "Recall_level": "recall",
    "Dazed_level": "confused",
    "Realism_w_Profile": "realism",
    "Presenting_Complaint": "presenting_complaint",
    "Systems_Review": "systems_review",
    "Past_Medical_History": "past_history",
    "Family_History": "family_history",
    "Medication_History": "medication_history",
    "Managing_Patient_Concerns": "managing_concerns",
    "Empathy": "empathy",
    "Maintaining_Patient_Welfare": "patient_welfare",
}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the sample, to be broken."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "results" / "sample"))


class Read:
    """What comes of importing a folder: the run, and what could not be read."""

    def __init__(self, folder: Path, out: Path, cases: Path | None = None, credentialed: bool = False):
        self.listing = Listing()
        (source,) = find_sources(folder, self.listing)
        known = find_cases(folder, cases, self.listing, credentialed)
        found = read_source(source, known, self.listing, credentialed)
        self.new = keep(found, out)
        keep_unread(self.listing, out)
        self.out, self.run = out, open_run(out)
        self.dialogues, self.verdicts = list(self.run.dialogues()), list(self.run.verdicts())

    def of(self, metric: str, field: str | None = None, hadm_id: str = ""):
        return [
            one
            for one in self.verdicts
            if one.metric == metric and field in (None, one.field) and one.dialogue_id.startswith(hadm_id)
        ]

    def one(self, metric: str, field: str, hadm_id: str = FIRST):
        (found,) = self.of(metric, field, hadm_id)
        return found

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        return [fault[:3] for fault in self.listing.faults]

    @property
    def unread(self) -> list[dict]:
        path = self.out / UNREAD
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def imported(folder, tmp_path):
    def read(cases: Path | None = PROFILES, name: str = "run", credentialed: bool = False) -> Read:
        return Read(folder, tmp_path / "runs" / name, cases, credentialed)

    return read


def change(folder: Path, what: str, edit) -> None:
    """Edits the content of a JSON file in place; a value that is returned takes its place."""
    path = folder / NAMES[what]
    content = json.loads(path.read_text())
    content = edit(content) or content
    path.write_text(json.dumps(content))


def rows(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / NAMES["dialogues"]).read_text().splitlines()]


def put_rows(folder: Path, *changed: object) -> None:
    lines = [one if isinstance(one, str) else json.dumps(one) for one in changed]
    (folder / NAMES["dialogues"]).write_text("\n".join(lines) + "\n")


def table(what: str) -> dict:
    return json.loads((SAMPLE / NAMES[what]).read_text())


def number(text: str) -> int:
    return int(text.rsplit(": ", 1)[1])


# The same figures as from the files by hand


@pytest.mark.parametrize(("what", "metric"), [("persona", "fidelity"), ("doctor", "doctor")])
def test_criteria_have_the_counts_and_means_of_their_file(imported, what, metric):
    found = imported()
    by_hand = {
        CRITERIA[key]: [number(text) for text in entries.values()] for key, entries in table(what).items()
    }
    assert len(found.of(metric)) == sum(map(len, by_hand.values()))
    for field, numbers in by_hand.items():
        scores = [one.score for one in found.of(metric, field)]
        assert (len(scores), fmean(scores)) == (len(numbers), fmean(numbers))


def test_diagnoses_have_the_accuracy_of_their_file(imported):
    answers = [entry["answer"] for entry in table("ddx").values()]
    scores = [one.score for one in imported().of("ddx", "differential")]
    assert (len(scores), fmean(scores)) == (len(answers), answers.count("Y") / len(answers))


def test_the_profile_has_the_coverage_and_likeness_of_its_files(imported):
    found = imported()
    flat = {}
    for hadm_id, entry in table("profile").items():
        groups = [entry["demographics"], entry["social_history"], entry["current_visit"]]
        flat[hadm_id] = {key: text for group in groups for key, text in group.items()}
        flat[hadm_id] |= {key: text for key, text in entry.items() if isinstance(text, str)}
        flat[hadm_id] |= {f"present_illness_{key}": text for key, text in entry["present_illness"].items()}
    assert len(found.of("profile")) == sum(map(len, flat.values())) == 48
    for hadm_id, items in flat.items():
        scores = {item: number(text) for item, text in table("scores")[hadm_id].items()}
        verdicts = {one.field: one for one in found.of("profile", None, hadm_id)}
        assert {item: one.detail["extracted"] for item, one in verdicts.items()} == items
        covered = {item for item, one in verdicts.items() if one.detail["covered"]}
        assert covered == {item for item, text in items.items() if text != "Not recorded"} == scores.keys()
        assert {item: verdicts[item].score for item in covered} == scores
        assert fmean(verdicts[item].score for item in covered) == fmean(scores.values())


def test_sentences_have_the_counts_and_ratios_of_their_file(imported):
    found = imported()
    steps = {
        (hadm_id, utterance, sentence): one
        for hadm_id, utterances in table("nli").items()
        for utterance, sentences in utterances.items()
        for sentence, one in sentences.items()
    }
    told = {key: one for key, one in steps.items() if one["step0"]["prediction"] == "information"}
    relations = {
        key: [entry["entailment_prediction"] for entry in one.get("step2-2", [])] for key, one in told.items()
    }
    supported = {key: found for key, found in relations.items() if any(found)}
    entailed = [1 in found for found in supported.values()]
    plausible = [one["step2-1"]["likelihood_rating"] for one in told.values() if "step2-1" in one]

    verdicts = found.of("facts")
    informing = [one for one in verdicts if one.detail["kind"] == "information"]
    scores = [one.score for one in informing if one.score is not None]
    rated_ = [one.detail["plausibility"] for one in informing if one.detail["plausibility"]]
    assert (
        (len(verdicts), len(informing), len(scores))
        == (len(steps), len(told), len(supported))
        == (22, 16, 14)
    )
    assert fmean(scores) == fmean(entailed)
    assert (len(rated_), fmean(rated_)) == (len(plausible), fmean(plausible))
    adding = [one for one in told.values() if one["step1-2"]["prediction"] == 1]
    assert sum(one.detail["adds"] for one in informing) == len(adding)
    for word, relation in ((1, "entailed"), (0, "neutral"), (-1, "contradicted")):
        by_hand = sum(found.count(word) for found in relations.values())
        assert sum([*one.detail["items"].values()].count(relation) for one in informing) == by_hand
    assert {one.judge for one in found.verdicts} == {JUDGE}
    assert not found.faults


def test_this_projects_ratios_of_the_verdicts_are_those_of_the_files(imported):
    found = imported()
    for hadm_id, utterances in table("nli").items():
        steps = [one for sentences in utterances.values() for one in sentences.values()]
        told = [one for one in steps if one["step0"]["prediction"] == "information"]
        relations = [[entry["entailment_prediction"] for entry in one.get("step2-2", [])] for one in told]
        supported = [found for found in relations if any(found)]
        ratios = factuality([Sentence.of(one) for one in found.of("facts", None, hadm_id)])
        assert ratios["info"] == len(told) / len(steps)
        assert ratios["supported"] == len(supported) / len(told)
        assert ratios["entail"] == sum(1 in found for found in supported) / len(supported)
        unsupported = [one for one in told if "step2-1" in one]
        assert ratios["unsupported"] == len(unsupported) / len(told)
        assert ratios["plausibility"] == fmean(one["step2-1"]["likelihood_rating"] for one in unsupported)
        read = filter(None, map(Item.of, found.of("profile", None, hadm_id)))
        likeness = consistency(list(read))["icon"]
        assert likeness == fmean(number(text) for text in table("scores")[hadm_id].values())


def test_a_verdict_on_a_sentence_says_where_it_stands_and_what_it_is_about(imported):
    found = imported()
    turns = {one.id: one.turns for one in found.dialogues}
    for one in found.of("facts"):
        turn, _ = map(int, one.field.split("."))
        assert turn == one.turn
        assert one.text in turns[one.dialogue_id][turn].text
    age = found.one("facts", "11.0")
    assert (age.text, age.score) == ("I am 30 years old.", 0)
    assert age.detail == {
        "kind": "information",
        "items": {"age": "contradicted"},
        "mentions": ["age"],
        "adds": True,
        "plausibility": 3,
    }
    assert "compared" in age.rationale


# Dialogues


def test_a_dialogue_keeps_persona_models_differential_tokens_and_time(imported):
    first, second = imported().dialogues
    assert (first.persona.key, second.persona.key) == ("impatient,B,high,normal", "plain,B,high,high")
    assert first.model == first.doctor == "vllm:llama3.3-70b-instruct"
    assert first.differential[0] == "Myocardial infarction"
    assert len(first.differential) == 5
    assert first.end_reason is EndReason.concluded
    assert [turn.text for turn in first.turns] == [
        one["content"] for one in rows(SAMPLE)[0]["dialog_history"]
    ]
    for role in ("doctor", "patient"):
        assert (first.usage(role).prompt_tokens, first.usage(role).completion_tokens) == (5400, 180)
    assert first.turns[0].question.usage.prompt_tokens == 0  # the greeting asks no model
    spoken = [turn.question or turn.reply for turn in first.turns]
    assert sum(one.seconds for one in spoken) == pytest.approx(rows(SAMPLE)[0]["elapsed_time"])
    assert not any(turn.reply.disclosures for turn in first.turns if turn.reply)


def test_settings_of_the_run_are_those_of_its_configuration(imported, folder):
    by = imported().run.parameters
    assert (by.seed, by.max_turns, by.options.temperature) == (42, 30, 0.7)
    shutil.rmtree(folder / ".hydra")
    assert imported(name="other").run.parameters.options.temperature is None


@pytest.mark.parametrize(
    ("service", "name", "model"),
    [
        ("gpt_azure", "gpt-4o-mini", "azure:gpt-4o-mini"),
        ("azure", "gpt-4o-mini", "azure:gpt-4o-mini"),
        ("genai", "gemini-2.5-flash", "gemini:gemini-2.5-flash"),
        ("vertex", "gemini-2.5-flash", "vertex:gemini-2.5-flash"),
        ("openai", "gpt-5-nano", "openai:gpt-5-nano"),
        (None, "vllm-qwen2.5-72b-instruct", "vllm:qwen2.5-72b-instruct"),
        ("something", "model-x", "model-x"),
        (7, "model-x", "model-x"),
        ("vllm", None, "unknown"),
    ],
)
def test_a_model_has_this_projects_name_where_its_service_is_known(folder, imported, service, name, model):
    row = rows(folder)[0] | {"patient_api_type": service, "patient_engine_name": name}
    put_rows(folder, row)
    assert imported().dialogues[0].model == model


@pytest.mark.parametrize(
    ("text", "first", "number"),
    [
        ("[DDX] 1. Gout 2. Angina 3. Flu 4. GERD 5. Anxiety", "Gout", 5),
        ("[ddx]\n1) Gout\n2) Angina", "Gout", 2),
        ("My top five: 1. Gout 2. Angina 3. Flu 4. GERD 5. Anxiety", "Gout", 5),
    ],
)
def test_a_differential_is_read_from_what_doctors_write(text, first, number):
    assert (differential(text)[0], len(differential(text))) == (first, number)


@pytest.mark.parametrize(
    "text", ["", "Do you smoke?", "1. Rest 2. Drink", "I ask 1. that and 5. this", "[DDX]"]
)
def test_what_lists_no_diagnoses_has_no_differential(text):
    assert differential(text) == []


def test_a_dialogue_that_names_no_diagnoses_ended_by_the_turn_limit(folder, imported):
    row = rows(folder)[0]
    row["dialog_history"][-1]["content"] = "Maximum inferences reached"
    put_rows(folder, row)
    (dialogue,) = imported().dialogues
    assert (dialogue.end_reason, dialogue.differential) == (EndReason.turn_limit, [])


def test_dialogues_alike_are_repeats_and_the_files_speak_of_the_last(folder, imported):
    put_rows(folder, rows(folder)[0], rows(folder)[0])
    found = imported()
    assert [one.repeat for one in found.dialogues] == [1, 2]
    assert [one.unscored for one in found.of("ddx")] == ["is missing", ""]


# Cases


def test_without_a_case_file_cases_are_stubs_marked_as_without_record(imported):
    found = imported(cases=None)
    assert [case.diagnosis for case in found.run.cases.values()] == [
        "Myocardial infarction",
        "Urinary tract infection",
    ]
    assert not any(has_record(case) for case in found.run.cases.values())
    assert not any("true" in one.detail for one in found.of("profile"))
    assert len(found.verdicts) == 94


def test_with_a_case_file_the_record_stands_beside_what_was_extracted(imported):
    found = imported()
    assert found.run.cases == {case.hadm_id: case for case in load_cases(PROFILES)}
    assert all(has_record(case) for case in found.run.cases.values())
    assert found.one("profile", "age").detail["true"] == "52"
    assert found.one("profile", "pain").detail["true"] == "8"
    assert found.one("profile", "sexual_history").detail["true"] is None


def test_a_case_that_the_file_lacks_is_a_stub_among_records(tmp_path, imported):
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(json.loads(PROFILES.read_text())[:1]))
    assert [has_record(case) for case in imported(cases=path).run.cases.values()] == [True, False]


def test_ids_of_the_credentialed_database_make_a_case_credentialed(folder, imported):
    first, second = rows(folder)
    put_rows(folder, first | {"hadm_id": 20000000}, second | {"hadm_id": "30000000"})
    cases = imported(cases=None).run.cases
    assert [cases[id].provenance for id in ("20000000", "30000000")] == ["credentialed", "unknown"]
    assert imported(cases=None).new == (0, 0)


def test_cases_of_a_release_and_those_marked_are_credentialed(folder, imported):
    assert not is_release(folder)
    (folder.parent / "SHA256SUMS.txt").write_text("")
    assert is_release(folder)
    assert {c.provenance for c in imported(None, credentialed=True).run.cases.values()} == {"credentialed"}


# Again, and other content


def test_the_same_again_repeats_nothing_and_keeps_verdicts_of_others(imported):
    found = imported()
    with writing(found.out, found.run.parameters, [], [], found.run.about.imported) as run:
        run.keep_verdicts([found.verdicts[0].model_copy(update={"judge": "rules"})])
    again = imported()
    assert (again.new, len(again.dialogues), len(again.verdicts)) == ((0, 0), 2, 95)


def test_what_a_kill_left_unwritten_is_added(imported):
    found = imported()
    for name in ("dialogues.jsonl", "verdicts.jsonl"):
        path = found.out / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    again = imported()
    assert sorted(again.verdicts, key=repr) == sorted(found.verdicts, key=repr)
    assert {one.id for one in again.dialogues} == {one.id for one in found.dialogues}


def test_other_content_is_refused_and_nothing_changes(folder, imported):
    found = imported()
    before = {path.name: path.read_bytes() for path in found.out.iterdir()}
    change(folder, "ddx", lambda content: content[FIRST].update(answer="N"))
    with pytest.raises(InputError, match=r"other files were imported \(.*_ddx_Patient.json\)"):
        imported()
    assert {path.name: path.read_bytes() for path in found.out.iterdir()} == before


def test_a_run_inside_the_folder_is_no_part_of_it(folder):
    for _ in range(2):
        found = Read(folder, folder / "runs" / "one", PROFILES)
        assert (found.faults, found.run.about.words) == ([], "")
    assert found.new == (0, 0)


def test_a_run_played_here_and_an_imported_one_do_not_mix(imported):
    found = imported()
    with (
        pytest.raises(InputError, match="its dialogues were imported"),
        writing(found.out, found.run.parameters, [], []),
    ):
        pass


def test_an_import_with_other_records_is_refused_in_one_line(imported):
    imported(cases=None)
    with pytest.raises(InputError, match="case 910000001 has changed") as error:
        imported()
    assert "\n" not in str(error.value)


# Broken entries


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (None, "is null"),
        (True, "is no text"),
        ([3], "is no text"),
        ("", "has no result"),
        ("[REASON]: fits, [RESULT]: 9", "has a result outside the scale of 1 to 4"),
        ("[REASON]: fits, [RESULT]: 0", "has a result outside the scale of 1 to 4"),
        ("[REASON]: fits, [RESULT]: -3", "has a result outside the scale of 1 to 4"),
        ("[REASON]: fits, [RESULT]: 3.5", "has a result outside the scale of 1 to 4"),
        ("[REASON]: fits, [RESULT]: good", "has no number as its result"),
        ("[REASON]: fits, [RESULT]:", "has no number as its result"),
        ("[REASON]: fits, [RESULT]: 2-3", "has no single number as its result"),
        ("[REASON]: fits, [RESULT]: 3/5", "has no single number as its result"),
        ("[REASON]: fits in 3 turns", "has no result"),
        (5, "has a result outside the scale of 1 to 4"),
        (float("nan"), "has a result outside the scale of 1 to 4"),
    ],
)
def test_an_unreadable_score_is_unscored_with_its_text_and_listed(folder, imported, entry, why):
    change(folder, "persona", lambda content: content["CEFR"].update({FIRST: entry}))
    found = imported()
    verdict = found.one("fidelity", "language")
    assert (verdict.score, verdict.unscored) == (None, why)
    assert verdict.raw == (entry if isinstance(entry, str) else json.dumps(entry))
    assert found.faults == [(NAMES["persona"], f"cefr, hadm_id {FIRST}", why)]
    assert found.unread[0]["raw"] == verdict.raw
    assert len(found.of("fidelity")) == 6


@pytest.mark.parametrize(
    ("entry", "score", "rationale"),
    [
        ("[REASON]: Fits, mostly, [RESULT]: 3", 3, "Fits, mostly"),
        ("[RESULT]: 3\n[REASON]: It fits.", 3, "It fits."),
        ("[reason] it fits [result] **4**.", 4, "it fits"),
        ("[REASON]: 2 of 9, [RESULT]: [2] points", 2, "2 of 9"),
        ("[REASON]: [RESULT]: 1 first, no, [RESULT]: 2/4", 2, "[RESULT]: 1 first, no"),
        ("Result: 4", 4, ""),
        ("3", 3, ""),
        (" **3**. ", 3, ""),
        (3.0, 3, ""),
    ],
)
def test_scores_are_read_with_patience(entry, score, rationale):
    assert rated(entry)[:2] == (
        score,
        rationale if entry not in ("3", " **3**. ") else rated(entry).rationale,
    )


def test_missing_entries_are_unscored_only_where_the_criterion_applies(folder, imported):
    change(folder, "persona", lambda content: {"Personality": content["Personality"], "CEFR": None})
    found = imported()
    unscored = {(one.field, one.dialogue_id[:9]) for one in found.of("fidelity") if one.unscored}
    first = {("language", FIRST), ("recall", FIRST), ("realism", FIRST)}
    assert unscored == first | {("confused", SECOND), ("realism", SECOND)}
    assert len(found.of("fidelity")) == 6


def test_a_criterion_that_is_none_and_an_unknown_case_are_listed_and_kept(folder, imported):
    change(folder, "doctor", lambda content: content.update(Overall={FIRST: "[RESULT]: 4"}))
    change(folder, "ddx", lambda content: content.update({"77": {"gt": "Gout", "answer": "Y"}}))
    found = imported()
    assert {fault[2] for fault in found.faults} == {
        "is not a criterion of the protocol",
        "belongs to no dialogue that is there",
    }
    assert [one["raw"] for one in found.unread if "77" in one["raw"]] == [
        '{"77": {"gt": "Gout", "answer": "Y"}}'
    ]
    assert len(found.verdicts) == 94


@pytest.mark.parametrize(
    ("entry", "score"),
    [
        ({"answer": "yes."}, 1),
        ({"answer": " n "}, 0),
        ({"answer": "Maybe"}, None),
        ({"answer": None}, None),
        ({}, None),
        (None, None),
        ("Y", None),
    ],
)
def test_an_answer_on_the_diagnosis_is_yes_or_no_or_unscored(folder, imported, entry, score):
    change(folder, "ddx", lambda content: content.update({FIRST: entry}))
    found = imported()
    assert found.one("ddx", "differential").score == score
    assert bool(found.faults) == (score is None) == bool(found.one("ddx", "differential").unscored)


@pytest.mark.parametrize("entry", [None, [], "{'age': 58", 5])
def test_an_extraction_that_is_none_leaves_every_item_unscored(folder, imported, entry):
    change(folder, "profile", lambda content: content.update({FIRST: entry}))
    found = imported()
    verdicts = found.of("profile", None, FIRST)
    assert len(verdicts) == 24
    assert all(one.unscored and one.raw and one.score is None for one in verdicts)
    assert not any(one.unscored for one in found.of("profile", None, SECOND))
    assert sum(fault[2] == "scores what was not extracted" for fault in found.faults) == 10


def test_items_that_are_null_foreign_twice_or_missing_are_told_apart(folder, imported):
    def edit(content):
        entry = content[FIRST]
        entry["allergies"] = None
        entry["medical_device"] = {"left": "pacemaker"}
        entry["current_visit"]["medication"] = ["Aspirin", "Metformin"]
        entry["current_visit"]["symptom"] = "secret words"
        entry["current_visit"]["tobacco"] = "secret words"
        del entry["demographics"]["race"]

    change(folder, "profile", edit)
    found = imported()
    said = {one.field: one for one in found.of("profile", None, FIRST)}
    assert said["allergies"].unscored == "is null"
    assert said["medical_device"].unscored == "is no text"
    assert said["race"].unscored == "is missing"
    assert said["medication"].detail["extracted"] == "Aspirin; Metformin"
    assert said["tobacco"].detail["extracted"] == "Half a pack per day"
    whys = [fault[2] for fault in found.faults]
    assert whys.count("is not an item of the record") == whys.count("stands there a second time") == 1
    assert "scores what was not extracted" in whys  # the allergies' score has nothing to stand by
    assert "secret words" not in repr(found.faults)
    assert "secret words" in repr(found.unread)


def test_an_item_that_was_extracted_and_not_scored_is_covered_and_unscored(folder, imported):
    change(folder, "scores", lambda content: content[FIRST].pop("age"))
    age = imported().one("profile", "age")
    assert (age.score, age.unscored) == (None, "was extracted and not scored")
    assert age.detail["covered"] is True


def test_a_score_of_what_was_not_extracted_is_none(folder, imported):
    change(folder, "scores", lambda content: content[FIRST].update(race="[RESULT]: 4"))
    race = imported().one("profile", "race")
    assert (race.score, race.unscored, race.raw) == (None, "is scored and was not extracted", "[RESULT]: 4")
    assert race.detail["covered"] is False


def test_scores_go_with_the_profile_of_the_same_name(folder, imported):
    for what in ("profile", "scores"):
        other = table(what)
        if what == "scores":
            other[FIRST]["age"] = "[RESULT]: 1"
        (folder / NAMES[what].replace("Patient", "Again")).write_text(json.dumps(other))
    ages = [(one.repeat, one.score) for one in imported().of("profile", "age", FIRST)]
    assert ages == [(1, 1), (2, 4)]


def test_scores_are_not_taken_from_the_profile_whose_name_they_have(folder, imported):
    shutil.copy(folder / NAMES["profile"], folder / NAMES["profile"].replace("Patient", "Again"))
    ages = [(one.repeat, one.score) for one in imported().of("profile", "age", FIRST)]
    assert ages == [(1, None), (2, 4)]


def test_profiles_without_a_file_of_scores_and_scores_without_profiles_are_listed(folder, imported):
    (folder / NAMES["scores"]).rename(folder / f"other_{NAMES['scores'].partition('_')[2]}")
    whys = {fault[2] for fault in imported().faults}
    assert {"has no file of scores beside it", "has no file of extracted items beside it"} <= whys


@pytest.mark.parametrize(
    ("change_steps", "why"),
    [
        (lambda steps: steps.update({"step0": None}), "step0 names no kind of sentence"),
        (lambda steps: steps.update({"step0": {"prediction": "song"}}), "step0 names no kind of sentence"),
        (lambda steps: steps.pop("step1-1"), "step1-1 is no list"),
        (lambda steps: steps["step1-1"].append(7), "step1-1 has an entry without a prediction of 0 or 1"),
        (
            lambda steps: steps["step1-1"].append({"category": "mood", "prediction": 1}),
            "step1-1 names what is no item of the record",
        ),
        (lambda steps: steps.update({"step1-2": {}}), "step1-2 has no prediction of 0 or 1"),
        (lambda steps: steps.update({"step2-2": None}), "step2-2 is no list"),
        (lambda steps: steps.update({"step2-2": []}), "step2-2 is empty"),
        (
            lambda steps: steps["step2-2"][0].update(entailment_prediction="perhaps"),
            "step2-2 has an entry without a prediction of -1, 0 or 1",
        ),
    ],
)
def test_a_sentence_with_an_unreadable_step_is_unscored_with_all_of_them(folder, imported, change_steps, why):
    steps = {}

    def edit(content):
        steps.update(content[FIRST]["Yes, I am allergic to sulfa."]["Yes, I am allergic to sulfa."])
        change_steps(steps)
        content[FIRST]["Yes, I am allergic to sulfa."]["Yes, I am allergic to sulfa."] = steps

    change(folder, "nli", edit)
    found = imported()
    verdict = found.one("facts", "3.0")
    assert (verdict.score, verdict.unscored, verdict.detail) == (None, why, {})
    assert json.loads(verdict.raw) == steps
    assert found.faults == [(NAMES["nli"], f"turn 3, sentence 0, hadm_id {FIRST}", why)]
    assert len(found.of("facts")) == 22


def test_a_plausibility_that_cannot_be_read_leaves_the_rest_of_the_sentence(folder, imported):
    said = "My mother had a stroke. I smoke half a pack a day."
    key = "My mother had a stroke."
    change(
        folder, "nli", lambda content: content[FIRST][said][key].update({"step2-1": {"likelihood_rating": 7}})
    )
    found = imported()
    verdict = found.one("facts", "7.0")
    assert (verdict.score, verdict.detail["plausibility"], verdict.unscored) == (1, None, "")
    assert '"likelihood_rating": 7' in verdict.raw
    assert [fault[2] for fault in found.faults] == ["step2-1 has no rating of 1 to 4"]


def test_several_items_of_a_sentence_count_by_the_published_rule(folder, imported):
    key = "Yes, I am allergic to sulfa."

    def edit(content):
        steps = content[FIRST][key][key]
        steps["step1-1"] += [
            {"category": "chief_complaint", "prediction": "1"},
            {"category": "diagnosis", "prediction": True},
        ]
        steps["step2-2"] = [
            {"profile": "Allergies: Codeine (nausea)", "entailment_prediction": -1},
            {"profile": "ED chief complaint: Chest pain", "entailment_prediction": "0"},
            {"profile": "something else", "entailment_prediction": 1},
        ]

    change(folder, "nli", edit)
    verdict = imported().one("facts", "3.0")
    assert verdict.detail["items"] == {
        "allergies": "contradicted",
        "chiefcomplaint": "neutral",
        "diagnosis": "entailed",  # the one that is left
    }
    assert verdict.score == 1


@pytest.mark.parametrize(
    ("relations", "kept"),
    [((1, 0), "entailed"), ((-1, 1), "entailed"), ((1, -1), "entailed"), ((-1, 0), "contradicted")],
)
def test_of_several_answers_about_an_item_the_strongest_counts(folder, imported, relations, kept):
    key = "Yes, I am allergic to sulfa."
    entries = [{"profile": "Allergies: Codeine", "entailment_prediction": one} for one in relations]
    change(folder, "nli", lambda content: content[FIRST][key][key].update({"step2-2": entries}))
    assert imported().one("facts", "3.0").detail["items"] == {"allergies": kept}


def test_an_answer_that_tells_no_item_stands_by_itself_and_counts(folder, imported):
    key = "Yes, I am allergic to sulfa."
    entries = [{"profile": "Allergies: none", "entailment_prediction": 0}, {"entailment_prediction": 1}]
    change(folder, "nli", lambda content: content[FIRST][key][key].update({"step2-2": entries}))
    verdict = imported().one("facts", "3.0")
    assert (verdict.score, verdict.detail["items"]) == (1, {"allergies": "neutral", "unnamed 2": "entailed"})


def test_an_utterance_that_stands_twice_is_listed_and_read_once(folder, imported):
    key = "Yes, I am allergic to sulfa."
    change(folder, "nli", lambda content: content[FIRST].update({f"{key} ": content[FIRST][key]}))
    found = imported()
    assert [fault[2] for fault in found.faults] == ["stands there a second time"]
    assert len(found.of("facts")) == 22


def test_turns_without_an_entry_and_entries_without_a_turn_are_told_apart(folder, imported):
    def edit(content):
        content[FIRST]["Words that nobody said."] = content[FIRST].pop("Yes, I am allergic to sulfa.")
        content[FIRST]["I take metformin. I am worried, doctor."] = None
        del content[SECOND]

    change(folder, "nli", edit)
    found = imported()
    unscored = {one.field: one.unscored for one in found.of("facts", None, FIRST) if one.unscored}
    assert unscored == {"3.0": "is missing", "5.0": "is null"}
    assert [one.unscored for one in found.of("facts", None, SECOND)] == ["is missing"] * 6
    assert (
        NAMES["nli"],
        f"utterance 6, hadm_id {FIRST}",
        "belongs to no dialogue that is there",
    ) in found.faults
    assert "nobody said" not in repr(found.faults)


@pytest.mark.parametrize("what", ["persona", "doctor", "ddx", "profile", "scores", "nli"])
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"910000001": {"a', "is not JSON, nothing of the file is read"),
        (b"[]", "is no JSON object"),
        (b"null", "is no JSON object"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"[" * 100_000, "is not JSON that can be read"),
        (b"", "is not JSON, nothing of the file is read"),
    ],
)
def test_a_broken_file_is_listed_and_its_verdicts_are_unscored(folder, imported, what, content, why):
    (folder / NAMES[what]).write_bytes(content)
    found = imported()
    assert (NAMES[what], why) in [(file, reason) for file, _, reason in found.faults]
    metric = {"persona": "fidelity", "scores": "profile", "nli": "facts"}.get(what, what)
    expected = {"fidelity": 6, "doctor": 16, "ddx": 2, "profile": 48, "facts": 12}[metric]
    assert len(found.of(metric)) == expected
    assert sum(bool(one.unscored) for one in found.of(metric)) == (20 if what == "scores" else expected)


def test_a_key_that_stands_twice_is_listed(folder, imported):
    path = folder / NAMES["ddx"]
    path.write_text(path.read_text().replace(f'"{FIRST}"', f'"{SECOND}"'))
    assert (
        NAMES["ddx"],
        "1 keys",
        "stand twice in one object; the last of each is read",
    ) in imported().faults


# Broken dialogues


@pytest.mark.parametrize(
    ("change_row", "why"),
    [
        (lambda row: row.pop("hadm_id"), "has no hadm_id"),
        (lambda row: row.update(hadm_id=["1"]), "has no hadm_id"),
        (lambda row: row.update(dialog_history=None), "has no dialog_history"),
        (lambda row: row.update(dialog_history=[]), "has no dialog_history"),
        (lambda row: row.update(dialog_history="Hello"), "has no dialog_history"),
        (
            lambda row: row["dialog_history"][1].update(content=None),
            "turn 1 has no text, or no role of Doctor or Patient",
        ),
        (
            lambda row: row["dialog_history"][2].update(role="Nurse"),
            "turn 2 has no text, or no role of Doctor or Patient",
        ),
        (
            lambda row: row["dialog_history"].append("secret words"),
            "turn 13 has no text, or no role of Doctor or Patient",
        ),
        (lambda row: row.update(cefr_type="secret words"), "cefr_type is not one of A, B, C"),
        (lambda row: row.update(recall_level_type=3), "recall_level_type is not one of low, high"),
    ],
)
def test_a_row_that_is_no_dialogue_is_listed_and_kept_with_all_that_is_said_of_it(
    folder, imported, change_row, why
):
    row = rows(folder)[0]
    change_row(row)
    put_rows(folder, row, rows(folder)[1])
    found = imported()
    assert [one.case.hadm_id for one in found.dialogues] == [SECOND]
    assert (NAMES["dialogues"], "line 1", why) == found.faults[0]
    assert json.loads(found.unread[0]["raw"]) == row
    assert "secret words" not in repr(found.faults)
    lost = [one for one in found.unread if one["why"] == "belongs to no dialogue that is there"]
    assert len(lost) == 4 + 8 + 1 + 2 + 1  # persona, doctor, diagnosis, profile and its scores, sentences
    assert len(found.verdicts) == 2 + 8 + 1 + 24 + 11


def test_a_persona_that_the_row_lacks_is_the_cases_own_or_none(folder, imported):
    first, second = rows(folder)
    for key in ("personality_type", "cefr_type", "recall_level_type", "dazed_level_type"):
        first.pop(key)
    put_rows(folder, first, second)
    assert imported().dialogues[0].persona.key == "impatient,B,high,normal"
    found = imported(cases=None, name="other")
    assert len(found.dialogues) == 1
    assert found.faults[0][2] == "has no personality_type, and no case file assigns one"


@pytest.mark.parametrize("line", ["not JSON", "[1, 2]", "null", '{"hadm_id": "910000002", "dialog_his'])
def test_a_torn_or_strange_line_is_listed_and_the_others_are_read(folder, imported, line):
    put_rows(folder, rows(folder)[0], "", line)
    found = imported()
    assert len(found.dialogues) == 1
    assert (NAMES["dialogues"], "line 3", "is no JSON object") in found.faults


@pytest.mark.parametrize(
    "log", [None, [], {"prompt_tokens": [1]}, {"prompt_tokens": [1], "completion_tokens": ["x"]}]
)
def test_a_token_log_that_cannot_be_read_costs_only_the_tokens(folder, imported, log):
    row = rows(folder)[0] | {"patient_token_log": log, "elapsed_time": "long"}
    put_rows(folder, row)
    found = imported()
    assert found.dialogues[0].usage("patient").prompt_tokens == 0
    assert found.dialogues[0].usage("doctor").prompt_tokens == 5400
    listed = {fault[2] for fault in found.faults if fault[0] == NAMES["dialogues"]}
    assert listed == {
        f"{key} cannot be read and is left out" for key in ("patient_token_log", "elapsed_time")
    }


def test_tokens_of_more_calls_than_turns_are_all_counted(folder, imported):
    log = {"prompt_tokens": [10] * 9, "completion_tokens": [1] * 9}
    put_rows(folder, rows(folder)[0] | {"patient_token_log": log})
    assert imported().dialogues[0].usage("patient").prompt_tokens == 90


def test_characters_that_cannot_be_written_do_not_stop_an_import(folder, imported):
    row = rows(folder)[0]
    row["dialog_history"][1]["content"] = "It hurts\ud800\x00."
    put_rows(folder, row)
    assert imported().dialogues[0].turns[1].text == "It hurts."


# Where there is nothing to read


def test_what_is_no_folder_and_what_holds_no_dialogues_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    for path, why in ((tmp_path / "file", "is no folder"), (tmp_path / "none", "is no folder")):
        with pytest.raises(InputError, match=why):
            find_sources(path, Listing())
    with pytest.raises(InputError, match="holds no dialogues"):
        find_sources(tmp_path / "empty", Listing())


def test_a_set_of_which_no_dialogue_can_be_read_makes_no_run(folder):
    put_rows(folder, "torn")
    listing = Listing()
    assert read_source(find_sources(folder, listing)[0], {}, listing) is None
    assert listing.faults[-1].why == "has no dialogue that can be read"


@pytest.mark.parametrize(
    ("value", "id"),
    [
        (20000001, "20000001"),
        ("7.0", "7"),
        (7.0, "7"),
        (" x1 ", "x1"),
        (True, ""),
        (None, ""),
        ("", ""),
        (1.5, ""),
    ],
)
def test_a_number_of_a_case_is_read_as_text_or_number(value, id):
    assert known_id(value) == id


@pytest.mark.parametrize(
    ("value", "read"),
    [(1, 1), ("-1", -1), (4.0, 4), ("4.0", 4), (True, 1), (4.5, None), ("x", None), (None, None)],
)
def test_a_whole_number_is_read_as_text_or_number(value, read):
    assert whole(value) == read


# The tree of the release, made up after its description


@pytest.fixture
def release(tmp_path) -> Path:
    """Every kind of file that the release's own description names, of two made-up patients."""
    root = tmp_path / "release"
    first, second = rows(SAMPLE)
    for row in (first, second):
        for key in (
            "doctor_api_type",
            "patient_api_type",
            "patient_token_log",
            "doctor_token_log",
            "elapsed_time",
        ):
            row.pop(key)

    def put(name: str, content: object) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = content if isinstance(content, list) and name.endswith("jsonl") else [content]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    put("patient_profile.json", json.loads(PROFILES.read_text()))
    judge = "gemini-2.5-flash-preview-04-17"
    for model in ("qwen2.5-72b-instruct", "llama3.3-70b-instruct"):
        home = f"persona_test/llm_simulation/{model}"
        put(f"{home}/llm_dialogue.json", [{k: v for k, v in first.items() if k != "patient_engine_name"}])
        put(f"{home}/{judge}_ddx.json", {FIRST: table("ddx")[FIRST]})
        put(f"{home}/{judge}_profile_consistency_Patient.json", {FIRST: table("profile")[FIRST]})
        put(f"{home}/{judge}_profile_consistency_LLMscore.json", {FIRST: table("scores")[FIRST]})
    expert = {
        "labeler_name": "labeler_1",
        "hadm_id": FIRST,
        "dialogue_history": first["dialog_history"][:-1],
        "doc_ddx": ["Angina", "Gout"],
        "personality": 4,
        "cefr": "3",
        "recall": 4,
        "confused": None,
        "realism": 3,
        "realism_reason": "Sounds real.",
        "realism_other": None,
        "tool_usefulness": 4,
        "llm_result": {"CEFR": "[REASON]: ok, [RESULT]: 2", "Realism": "[RESULT]: 1", "Realism_w_Profile": 4},
    }
    put("persona_test/expert_dialogue.jsonl", [expert, expert | {"labeler_name": "labeler_2", "cefr": 6}])
    put("info_test/dialogue.jsonl", [first, second])
    put("info_test/sentence_label.json", table("nli"))
    labels = [
        {
            "labeler_name": "labeler_1",
            "hadm_id": FIRST,
            "utterance_id": f"plaus_{FIRST}_utter_0_0",
            "score": 4,
        },
        {
            "labeler_name": "labeler_1",
            "hadm_id": FIRST,
            "utterance_id": f"plaus_{FIRST}_utter_3_0",
            "score": 9,
        },
        {"labeler_name": "labeler_1", "hadm_id": "77", "utterance_id": "plaus_77_utter_0_0", "score": 4},
    ]
    put("info_test/expert_plausibility_label.jsonl", labels)
    put("sentence_cls_valid/dialogue.jsonl", [second])
    put("sentence_cls_valid/sentence_label_gpt-4o.json.json", {SECOND: table("nli")[SECOND]})
    put("notes.json", {})
    return root


def read_all(root: Path, out: Path) -> dict[str, Read]:
    found = {}
    cases = find_cases(root, None, Listing(), False)
    for source in find_sources(root, Listing()):
        listing = Listing()
        keep(read_source(source, cases, listing), out / source.name)
        read = found[source.name] = Read.__new__(Read)
        read.listing, read.out, read.run = listing, out / source.name, open_run(out / source.name)
        read.dialogues, read.verdicts = list(read.run.dialogues()), list(read.run.verdicts())
    return found


def test_every_set_of_a_release_is_a_run_of_its_own(release, tmp_path):
    found = read_all(release, tmp_path / "runs")
    assert set(found) == {
        "persona_test",
        "persona_test.llm_simulation.qwen2.5-72b-instruct",
        "persona_test.llm_simulation.llama3.3-70b-instruct",
        "info_test",
        "sentence_cls_valid",
    }
    simulated = found["persona_test.llm_simulation.qwen2.5-72b-instruct"]
    assert simulated.dialogues[0].model == "qwen2.5-72b-instruct"
    assert (len(simulated.of("ddx")), len(simulated.of("profile"))) == (1, 24)
    assert not simulated.faults


def test_clinicians_scores_are_verdicts_of_theirs_on_one_dialogue(release, tmp_path):
    found = read_all(release, tmp_path / "runs")["persona_test"]
    (dialogue,) = found.dialogues
    assert (dialogue.doctor, dialogue.differential) == ("human", ["Angina", "Gout"])
    assert dialogue.persona.key == "impatient,B,high,normal"
    one = {v.field: (v.score, v.rationale) for v in found.verdicts if v.judge == "labeler_1"}
    assert one == {
        "personality": (4, ""),
        "language": (3, ""),
        "recall": (4, ""),
        "realism": (3, "Sounds real."),
        "usefulness": (4, ""),
    }
    (two,) = [v for v in found.verdicts if v.judge == "labeler_2" and v.unscored]
    assert (two.field, two.raw) == ("language", "6")
    beside = [(v.field, v.score) for v in found.verdicts if v.judge == "llm_result" and v.repeat == 1]
    assert beside == [("language", 2), ("realism", 4)]


def test_judges_files_beside_clinicians_dialogues_are_of_the_others(release):
    home = release / "persona_test"
    shutil.copy(release / "info_test" / "dialogue.jsonl", home / "llm_dialogue.jsonl")
    (home / "judge_ddx.json").write_text(json.dumps(table("ddx")))
    files = {one.name: [path.name for path in one.files] for one in find_sources(release, Listing())}
    assert files["persona_test.llm_dialogue"] == ["judge_ddx.json"]
    assert files["persona_test.expert_dialogue"] == []


def test_labels_of_sentences_are_verdicts_of_who_gave_them(release, tmp_path):
    found = read_all(release, tmp_path / "runs")
    info = found["info_test"]
    labels = [one for one in info.of("facts") if one.judge == "labeler_1"]
    assert [(one.field, one.detail.get("plausibility"), bool(one.unscored)) for one in labels] == [
        ("utter_0_0", 4, False),
        ("utter_3_0", None, True),
    ]
    assert (len(info.of("facts")), len(info.faults)) == (24, 2)
    valid = found["sentence_cls_valid"]
    assert {one.judge for one in valid.verdicts} == {"gpt-4o"}
    assert len(valid.of(Metric.facts)) == 11


def test_files_of_results_without_dialogues_beside_them_are_listed(release):
    listing = Listing()
    find_sources(release, listing)
    assert [fault[:3] for fault in listing.faults] == [("notes.json", "", "has no dialogues beside it")]
