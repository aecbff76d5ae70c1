"""Each rule of the cohort: what is just inside stays, what is just outside goes, and the funnel says so."""

from itertools import pairwise
from pathlib import Path

import pytest

from patientsim_core.mimic.cohort import OF_DIAGNOSIS, OF_NOTES, OF_TABLES, Step, diagnosis_of, table
from patientsim_core.mimic.prepare import Sources, read_cohort
from patientsim_core.mimic.record import BEFORE_READING
from tests.mimic.made import hadm, write

SPACED = ("10 ", " I214 ", "NON-ST elevation  (NSTEMI) myocardial infarction ")
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
        ("a single diagnosis", {"codes": [MI, SPACED]}, {"codes": [SPACED, UTI]}),
        ("one of the five diagnoses", {}, {"codes": [("9", "41092  ", "AMI NOS, SUBSEQUENT")]}),
        ("one of the five diagnoses", {}, {"codes": [("9", "43490 ", "CRBL ART OCL NOS WO INFRC")]}),
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


TITLES = {
    "Myocardial infarction": [
        ("9", "41011", "AMI ANTERIOR WALL, INIT"),
        (
            "10",
            "I2102",
            "ST elevation (STEMI) myocardial infarction of anterior wall",
        ),
        ("10", "I220", "Subsequent ST elevation (STEMI) myocardial infarction of anterior wall"),
    ],
    "Pneumonia": [
        ("9", "4809", "VIRAL PNEUMONIA NOS"),
        ("9", "481", "PNEUMOCOCCAL PNEUMONIA"),
        ("9", "48284", "LEGIONNAIRES' DISEASE"),
        ("9", "48242", "METH RES PNEU D/T STAPH"),
        ("9", "4830", "PNEU MYCPLSM PNEUMONIAE"),
        ("9", "4838", "PNEUMON OTH SPEC ORGNSM"),
        ("9", "4846", "PNEUM IN ASPERGILLOSIS"),
        ("9", "485", "BRONCHOPNEUMONIA ORG NOS"),
        ("9", "486", "PNEUMONIA, ORGANISM NOS"),
        ("10", "J129", "Viral pneumonia, unspecified"),
        ("10", "J13", "Pneumonia due to Streptococcus pneumoniae"),
        ("10", "J14", "Pneumonia due to Hemophilus influenzae"),
        ("10", "J159", "Unspecified bacterial pneumonia"),
        ("10", "J168", "Pneumonia due to other specified infectious organisms"),
        ("10", "J17", "Pneumonia in diseases classified elsewhere"),
        ("10", "J180", "Bronchopneumonia, unspecified organism"),
    ],
    "Urinary tract infection": [
        ("9", "5990", "URIN TRACT INFECTION NOS"),
        ("9", "5950", "ACUTE CYSTITIS"),
        ("9", "5959", "CYSTITIS NOS"),
        ("9", "59011", "AC PYELONEPHR W MED NECR"),
        ("9", "59080", "PYELONEPHRITIS NOS"),
        ("9", "59089", "INFECTION OF KIDNEY NEC"),
        ("10", "N390", "Urinary tract infection, site not specified"),
        ("10", "N3001", "Acute cystitis with hematuria"),
        ("10", "N3090", "Cystitis, unspecified without hematuria"),
        ("10", "N10", "Acute tubulo-interstitial nephritis"),
        ("10", "N12", "Tubulo-interstitial nephritis, not specified as acute or chronic"),
    ],
    "Intestinal obstruction": [
        ("9", "5600", "INTUSSUSCEPTION"),
        ("9", "5602", "VOLVULUS OF INTESTINE"),
        ("9", "56031", "GALLSTONE ILEUS"),
        ("9", "56081", "INTESTINAL ADHES W OBSTR"),
        ("9", "5609", "INTESTINAL OBSTRUCT NOS"),
        ("10", "K561", "Intussusception"),
        ("10", "K562", "Volvulus"),
        ("10", "K563", "Gallstone ileus"),
        ("10", "K5652", "Intestinal adhesions [bands] with complete obstruction"),
        ("10", "K56600", "Partial intestinal obstruction, unspecified as to cause"),
        ("10", "K913", "Postprocedural intestinal obstruction"),
    ],
    "Cerebral infarction": [
        ("9", "43301", "OCL BSLR ART W INFRCT"),
        ("9", "43311", "OCL CRTD ART W INFRCT"),
        ("9", "43321", "OCL VRTB ART W INFRCT"),
        ("9", "43331", "OCL MLT BI ART W INFRCT"),
        ("9", "43381", "OCL SPCF ART W INFRCT"),
        ("9", "43391", "OCL ART NOS W INFRCT"),
        ("9", "43401", "CRBL THRMBS W INFRCT"),
        ("9", "43411", "CRBL EMBLSM W INFRCT"),
        ("9", "43491", "CRBL ART OCL NOS W INFRC"),
        ("10", "I6350", "Cerebral infrc due to unsp occls or stenos of unsp cerebral artery"),
    ],
}
"""A title, shortened as the tables have them, for every beginning of a code."""


@pytest.mark.parametrize("entry", table("diagnoses")["diagnosis"], ids=lambda entry: entry["name"])
def test_every_beginning_of_a_code_takes_the_title_of_its_codes(entry):
    titles = TITLES[entry["name"]]
    assert {one: diagnosis_of(*one) for one in titles} == dict.fromkeys(titles, entry["name"])
    for version in ("9", "10"):
        codes = tuple(code for of, code, _ in titles if of == version)
        unused = [
            start for start in entry[f"icd{version}"] if not any(one.startswith(start) for one in codes)
        ]
        assert unused == []


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


def test_a_column_of_numbers_that_was_written_as_fractions_is_joined_all_the_same(tmp_path):
    odd = {"anchor_age": "60.0", "anchor_year": "2150.0"}
    write(tmp_path, odd, odd)
    path = tmp_path / "ed" / "edstays.csv"
    path.write_text(path.read_text().replace(hadm(1), f"{hadm(1)}.0").replace(hadm(2), f"{hadm(2)}.0"))
    visits = read_cohort(Sources(tmp_path, tmp_path, tmp_path), [], print)
    assert [(one.hadm_id, one.age) for one in visits] == [(hadm(1), 61), (hadm(2), 61)]


def test_tables_of_different_downloads_are_told(tmp_path):
    write(tmp_path / "ed", {})
    write(tmp_path / "mimic", {"ids": {"subject_id": 1, "hadm_id": 2, "stay_id": 3}})
    said = []
    read_cohort(Sources(tmp_path / "mimic", tmp_path / "ed", tmp_path / "ed"), [], said.append)
    found = [text.split(": ")[1] for text in said if "has no" in text]
    assert [text.split(" of the ")[0] for text in found] == ["has no hadm_id", "has no subject_id"]


def test_the_order_of_the_rows_of_medications_decides_nothing(tmp_path):
    write(tmp_path, {"medications": ["b", "a", "c"]}, {"medications": ["c", "b", "a"]})
    visits = read_cohort(Sources(tmp_path, tmp_path, tmp_path), [], print)
    assert [one.medications for one in visits] == [("a", "b", "c")] * 2


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
