"""Each rule of the cohort: what is just inside stays, what is just outside goes, and the funnel says so."""

from itertools import pairwise
from pathlib import Path

import pytest

from patientsim_core.mimic.cohort import OF_DIAGNOSIS, OF_NOTES, OF_TABLES, Step, diagnosis_of, table
from patientsim_core.mimic.prepare import Sources, read_cohort
from patientsim_core.mimic.record import BEFORE_READING
from tests.mimic.made import hadm, write

MI = ("10", "I214", "Non-ST elevation (NSTEMI) myocardial infarction")
UTI = ("9", "5990", "URIN TRACT INFECTION NOS")


def cohort(folder: Path, *visits: dict) -> tuple[list[str], list[Step]]:
    """The admissions that are left, and the funnel."""
    write(folder, *visits)
    steps: list[Step] = []
    found = read_cohort(Sources(folder, folder, folder), steps, lambda text: None)
    return [visit.hadm_id for visit in found], steps


def words(count: int) -> str:
    return " ".join(["word"] * count)


@pytest.mark.parametrize(
    ("rule", "inside", "outside"),
    [
        ("one ED stay of the admission", {"stays": 1}, {"stays": 2}),
        ("a single diagnosis", {"codes": [MI, MI]}, {"codes": [MI, UTI]}),
        ("a single diagnosis", {"codes": [MI]}, {"codes": []}),
        ("one of the five diagnoses", {"codes": [UTI]}, {"codes": [("9", "5921", "CALCULUS OF URETER")]}),
        ("age known", {"anchor_age": "18"}, {"anchor_age": ""}),
        ("age known", {"anchor_age": "119"}, {"anchor_age": "120"}),
        ("marital status known", {"marital_status": "SINGLE"}, {"marital_status": ""}),
        ("insurance known", {"insurance": "Other"}, {"insurance": " "}),
        ("race known", {"race": "OTHER"}, {"race": "UNABLE TO OBTAIN"}),
        ("race known", {"race": "ASIAN - KOREAN"}, {"race": "PATIENT DECLINED TO ANSWER"}),
        ("chief complaint known", {"chiefcomplaint": "Dyspnea"}, {"chiefcomplaint": "___"}),
        ("arrival transport known", {"arrival_transport": "HELICOPTER"}, {"arrival_transport": "UNKNOWN"}),
        ("numeric pain, 0-10", {"pain": "0"}, {"pain": "-1"}),
        ("numeric pain, 0-10", {"pain": "10"}, {"pain": "10.5"}),
        ("numeric pain, 0-10", {"pain": "7.5"}, {"pain": "unable"}),
        ("numeric pain, 0-10", {"pain": "10.0"}, {"pain": "11"}),
        ("at most 15 medications", {"medications": [str(n) for n in range(15)] * 2}, {}),
        ("left later than came", {"outtime": "2151-03-01 10:00:01"}, {"outtime": "2151-03-01 10:00:00"}),
        ("left later than came", {}, {"outtime": ""}),
        ("a discharge note", {}, {"note_type": ""}),
        ("a discharge note", {}, {"note_type": "AD"}),
        ("a discharge note", {}, {"text": "No headings here."}),
        ("present illness of 11-349 words", {"present_illness": words(11)}, {"present_illness": words(10)}),
        ("present illness of 11-349 words", {"present_illness": words(349)}, {"present_illness": words(350)}),
        ("past history under 80 words", {"past_history": words(79)}, {"past_history": words(80)}),
        ("past history under 80 words", {"past_history": ""}, {"past_history": words(400)}),
    ],
)
def test_a_rule_keeps_what_is_just_inside_and_drops_what_is_just_outside(tmp_path, rule, inside, outside):
    if rule == "at most 15 medications":
        outside = {"medications": [str(n) for n in range(16)]}
    left, steps = cohort(tmp_path, inside, outside)
    assert left == [hadm(1)]
    assert [step.rule for step in steps if step.dropped] == [rule]


@pytest.mark.parametrize(
    ("told", "not_told"),
    [
        ("Comfort", "Coma"),
        ("Dizziness", "Stupor"),
        ("Weakness", "Altered mental status"),
        ("Headache", "Confusion"),
        ("Headache, Facial droop", "Headache, CONFUSED"),
        ("Speech difficulty", "Slurred speech"),
        ("Arthralgia", "Dysarthria"),
        ("Dysphagia", "Aphasia"),
        ("Abd pain", "Transfer"),
        ("Trauma", "s/p TRANSFERRED"),
        ("Normal labs", "Abnormal labs"),
        ("Not normal", "Abnormal EKG"),
    ],
)
def test_complaints_that_leave_no_history_to_take_are_dropped(tmp_path, told, not_told):
    left, steps = cohort(tmp_path, {"chiefcomplaint": told}, {"chiefcomplaint": not_told})
    assert left == [hadm(1)]
    assert {step.rule: step.dropped for step in steps if step.dropped} == {"a complaint that can be told": 1}


@pytest.mark.parametrize(
    ("version", "code", "title", "diagnosis"),
    [
        ("9", "41091", "AMI NOS, INITIAL", "Myocardial infarction"),
        ("9", "41092", "AMI NOS, SUBSEQUENT", ""),
        ("9", "412", "OLD MYOCARDIAL INFARCT", ""),
        ("10", "I21.4", "Non-ST elevation (NSTEMI) myocardial infarction", "Myocardial infarction"),
        ("10", "I252", "Old myocardial infarction", ""),
        ("10", "I214", "Pneumonia, unspecified organism", ""),
        ("9", "486", "PNEUMONIA,ORGANISM UNSPECIFIED", "Pneumonia"),
        ("10", "J189", "Pneumonia, unspecified organism", "Pneumonia"),
        ("10", "J690", "Pneumonitis due to inhalation of food and vomit", ""),
        ("9", "5990", "URIN TRACT INFECTION NOS", "Urinary tract infection"),
        ("10", "N10", "Acute pyelonephritis", "Urinary tract infection"),
        ("10", "N301", "Interstitial cystitis (chronic)", ""),
        ("9", "5609", "INTESTINAL OBSTRUCT NOS", "Intestinal obstruction"),
        ("9", "5601", "PARALYTIC ILEUS", ""),
        ("10", "K5650", "Intestinal adhesions [bands], unspecified as to partial versus complete obstruction",
         "Intestinal obstruction"),
        ("10", "K567", "Ileus, unspecified", ""),
        ("9", "43491", "CRBL ART OCL NOS W INFRC", "Cerebral infarction"),
        ("9", "43490", "CRBL ART OCL NOS WO INFRC", ""),
        ("10", "I639", "Cerebral infarction, unspecified", "Cerebral infarction"),
        ("10", "486", "PNEUMONIA,ORGANISM UNSPECIFIED", ""),
        ("11", "BA41", "Acute myocardial infarction", ""),
    ],
)  # fmt: skip
def test_codes_and_titles_say_the_diagnosis_together(version, code, title, diagnosis):
    assert diagnosis_of(version, code, title) == diagnosis


def test_every_invented_code_has_the_diagnosis_of_its_illness():
    data = table("synthetic")
    found = [{diagnosis_of(*code) for code in illness["codes"]} for illness in data["illness"]]
    assert sorted(map(tuple, found)) == sorted((entry["name"],) for entry in table("diagnoses")["diagnosis"])
    assert {diagnosis_of(*code) for code in data["others"]["codes"]} == {""}


def test_the_funnel_has_every_rule_and_its_numbers_add_up(tmp_path):
    flawed = [{"stays": 2}, {"race": "UNKNOWN"}, {"pain": "?"}, {"note_type": ""}, {"race": "UNKNOWN"}]
    left, steps = cohort(tmp_path, {}, *flawed, {"ids": {"hadm_id": ""}})
    assert left == [hadm(1)]
    rules = [rule.name for rule in (*OF_DIAGNOSIS, *OF_TABLES, *OF_NOTES, *BEFORE_READING)]
    assert [step.rule for step in steps] == ["ED stays that led to an admission", *rules]
    assert (steps[0].kept, steps[0].dropped) == (7, 1)  # one has two stays
    for before, after in pairwise(steps):
        assert before.kept == after.kept + after.dropped


def test_the_age_is_that_at_the_admission(tmp_path):
    write(tmp_path, {"anchor_age": "60", "anchor_year": "2149", "admittime": "2151-12-31 23:59:00"})
    (visit,) = read_cohort(Sources(tmp_path, tmp_path, tmp_path), [], print)
    assert visit.age == 62


def test_rows_that_a_table_lacks_leave_the_item_unknown(tmp_path):
    write(tmp_path, {}, {})
    for name in ("admissions", "patients", "triage"):
        path = next(tmp_path.rglob(f"{name}.csv"))
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines[:2]))
    assert [one.hadm_id for one in read_cohort(Sources(tmp_path, tmp_path, tmp_path), [], print)] == [hadm(1)]


@pytest.mark.parametrize(
    ("ids", "provenance"),
    [
        ({}, "synthetic"),
        ({"subject_id": "10000032", "hadm_id": "22595853", "stay_id": "33258284"}, "credentialed"),
        ({"hadm_id": "22595853"}, "credentialed"),
        ({"subject_id": "10000032"}, "credentialed"),
        ({"stay_id": "33258284"}, "credentialed"),
        ({"hadm_id": "930000001"}, "credentialed"),
        ({"hadm_id": "H-1"}, "credentialed"),
    ],
)
def test_whatever_the_generator_did_not_make_counts_as_credentialed(tmp_path, ids, provenance):
    write(tmp_path, {"ids": ids})
    (visit,) = read_cohort(Sources(tmp_path, tmp_path, tmp_path), [], print)
    assert visit.arrival.provenance == provenance
