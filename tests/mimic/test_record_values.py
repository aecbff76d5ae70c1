"""What may stand in a case: no blank, no word for nothing, not the diagnosis, nothing too long."""

import json

import pytest
from service import Answer as Served

from patientsim_core.case import UNKNOWN
from patientsim_core.mimic.record import draft, joined, with_imputed
from patientsim_core.mimic.rules import RulesReader
from tests.mimic.made import write
from tests.mimic.test_prepare_mimic_command import prepare
from tests.mimic.test_readers import ANSWERS, FOUND, Model, answers, read, visit

CODES = {
    "Myocardial infarction": ("10", "I214", "Non-ST elevation (NSTEMI) myocardial infarction"),
    "Pneumonia": ("10", "J189", "Pneumonia, unspecified organism"),
    "Urinary tract infection": ("10", "N390", "Urinary tract infection, site not specified"),
    "Intestinal obstruction": ("10", "K56609", "Unspecified intestinal obstruction"),
    "Cerebral infarction": ("10", "I639", "Cerebral infarction, unspecified"),
}


@pytest.mark.parametrize(
    "blank",
    ["\\_\\_\\_", "_ _ _", "＿＿＿", "\\_ \\_", "﹏﹏", "Dr. _", "[redacted]", "[Redacted]", "REDACTED",
     "<hospital>", "[**Hospital 1**]", "[de-identified]", "［redacted］", "[name]", "[location removed]"],
)  # fmt: skip
def test_a_blank_is_one_however_it_is_written(blank):
    assert joined([f"Worked at {blank}", "baker"]) == "baker"
    assert draft(visit(), FOUND | {"occupation": [f"Worked at {blank}"]}).occupation == UNKNOWN


@pytest.mark.parametrize(
    "text",
    ["aspirin [Adult Low Dose]", "gallbladder (removed)", "removed gallbladder", "Lives in a city",
     "half-brother: gout"],
)  # fmt: skip
def test_brackets_and_words_that_hide_nothing_stay(text):
    assert joined([text]) == text


@pytest.mark.parametrize(
    "text",
    ["Not documented", "not recorded", "Unknown", "N/A", "n/a.", "None given", "Not mentioned",
     "not available", "not stated in the note", "Tobacco use: not documented", "Living situation unknown",
     "(not specified)", "NA", "-", "?", "Unable to obtain", "No information available"],
)  # fmt: skip
def test_a_word_for_nothing_is_no_value(text):
    assert joined([text]) == UNKNOWN
    assert joined([text, "quit"]) == "quit"


@pytest.mark.parametrize(
    "text",
    ["None", "Never smoked", "Denies", "No known drug allergies", "Father: died, cause unknown",
     "infarction, date not recorded", "low Na", "Unknown powder inhaled at work"],
)  # fmt: skip
def test_what_says_something_stays(text):
    assert joined([text]) == text


def test_words_for_nothing_are_imagined_anew_and_never_pose_as_imagined(service, tmp_path):
    told = FOUND | {"tobacco": ["Not documented"], "exercise": ["Unknown"], "occupation": ["N/A"]}
    new = [("tobacco", "Unknown"), ("exercise", "not recorded"), ("occupation", "Cook")]
    answers(service, extract=told, impute={"items": [{"item": item, "value": value} for item, value in new]})
    case = read(visit(), Model(service, tmp_path / "a.jsonl").reader).case
    assert (case.tobacco, case.exercise, case.occupation) == (UNKNOWN, UNKNOWN, "Cook")
    assert case.imputed == "occupation"


@pytest.mark.parametrize(
    ("diagnosis", "named", "kept"),
    [
        ("Myocardial infarction", "told of a non-ST elevation myocardial infarction", "crushing chest pain"),
        ("Myocardial infarction", "found to have an NSTEMI", "pain while in Miami"),
        ("Myocardial infarction", "thinks of a heart attack", "cold sweats"),
        ("Pneumonia", "was treated for PNA", "cough with green sputum"),
        ("Pneumonia", "CAP", "took a cap of cough medicine"),
        ("Urinary tract infection", "UTI by the family doctor", "burning with urination"),
        ("Urinary tract infection", "told of pyelonephritis", "urinary frequency"),
        ("Intestinal obstruction", "transferred for SBO", "cramping abdominal pain"),
        ("Cerebral infarction", "called for a stroke", "sudden weakness of the right arm"),
    ],
)  # fmt: skip
def test_what_names_the_diagnosis_is_no_part_of_the_present_illness(diagnosis, named, kept):
    told = {"present_illness_positive": [named, kept], "present_illness_negative": [f"no earlier {named}"]}
    case = draft(visit(codes=[CODES[diagnosis]]), FOUND | told | {"medical_history": [f"{named}, 2010"]})
    assert case.diagnosis == diagnosis
    assert (case.present_illness_positive, case.present_illness_negative) == (kept, UNKNOWN)
    assert case.medical_history == f"{named}, 2010"


def test_another_diagnosis_may_be_named():
    told = {"present_illness_positive": ["crushing chest pain", "had pneumonia last month"]}
    assert draft(visit(), FOUND | told).present_illness_positive == "; ".join(*told.values())


def test_rules_leave_the_diagnosis_out_too():
    told = "Presents with crushing chest pain for two hours. He was at a clinic and was told of an NSTEMI."
    assert read(visit(present_illness=told)).case.present_illness_positive == (
        "crushing chest pain for two hours"
    )


def test_where_only_the_diagnosis_is_told_there_is_no_case():
    assert draft(visit(), FOUND | {"present_illness_positive": ["NSTEMI"]}) is None


def test_an_imagined_value_that_is_too_long_is_unscored_and_leaves_the_item_out(service, tmp_path):
    long = {"items": [{"item": "alcohol", "value": "x" * 25_000}]}
    answers(service, impute=long)
    outcome = read(visit(), Model(service, tmp_path / "a.jsonl").reader)
    assert (outcome.failure, outcome.case.alcohol, outcome.case.imputed) == (None, UNKNOWN, "")
    kept = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert "value" not in kept[-1]
    assert "1000 characters" in kept[-1]["unscored"]


def test_a_value_of_the_note_that_is_too_long_is_asked_for_again(service, tmp_path):
    first = Served(json.dumps(FOUND | {"tobacco": ["x" * 25_000]}))
    service.answers(first, *[Served(json.dumps(ANSWERS[step])) for step in ("extract", "fit", "impute")])
    assert read(visit(), Model(service, tmp_path / "a.jsonl").reader).case.tobacco == "quit"
    assert len(service.requests) == 4


def test_a_kept_answer_that_is_no_value_any_more_is_asked_for_again(service, tmp_path):
    answers(service)
    path = tmp_path / "a.jsonl"
    first = read(visit(), Model(service, path).reader)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[-1]["value"]["items"][0]["value"] = "x" * 25_000
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    service.answers(Served(json.dumps(ANSWERS["impute"])))
    assert read(visit(), Model(service, path).reader) == first
    assert len(service.requests) == 4


def test_what_cannot_stand_in_a_case_is_not_imagined_whoever_gives_it():
    class Long(RulesReader):
        def impute(self, case, missing):
            return {**super().impute(case, missing), "alcohol": "x" * 25_000}

    case = with_imputed(draft(visit(), FOUND), Long(1))
    assert case.alcohol == UNKNOWN
    assert "alcohol" not in case.imputed
    assert "tobacco" in case.imputed


def test_a_gender_that_is_not_known_is_dropped_by_a_rule_before_anything_is_asked(tmp_path, capsys):
    out = tmp_path / "out" / "cases.json"
    folder = write(tmp_path / "few", {"gender": "___"}, {"gender": ""}, {})
    assert prepare(folder, out) == 0
    assert [row["gender"] for row in json.loads(out.read_text())] == ["Female"]
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("gender known")]
    assert line.split()[-2:] == ["1", "2"]


def test_a_blank_in_any_field_makes_no_case():
    assert draft(visit(gender="___"), FOUND) is None
