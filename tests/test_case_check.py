"""The check of a case: each rule with a record just inside of it and one just outside."""

import pytest

from patientsim_core import Case
from patientsim_core.case_check import KINDS, Finding, check
from patientsim_core.case_check.finding import rules
from patientsim_core.case_check.substances import substances
from patientsim_core.case_form import example
from patientsim_core.offline.lexicon import brands, concepts
from tests.cases import CASES, HEART


def made(**changes: object) -> Case:
    return HEART.model_copy(update={"medication": "None", "medical_history": "None", **changes})


def about(case: Case, kind: str, *items: str) -> list[Finding]:
    return [found for found in check(case) if found.kind == kind and set(items) <= set(found.items)]


@pytest.mark.parametrize("case", [*CASES.values(), example()], ids=lambda case: case.hadm_id)
def test_the_sample_cases_have_no_fault_but_items_that_they_do_not_record(case):
    unknown = {
        "synthetic-03": ("exercise",),
        "synthetic-09": ("insurance",),
        "synthetic-11": ("family_medical_history",),
    }
    found = check(case)
    assert [finding.kind for finding in found] == ["hint"] * (case.hadm_id in unknown)
    assert [finding.items for finding in found] == [unknown.get(case.hadm_id)] * len(found)


@pytest.mark.parametrize(
    ("allergy", "drug", "kind"),
    [
        ("Penicillin (rash)", "Penicillin V 500 mg", "contradiction"),
        ("Penicillin (rash)", "Amoxicillin 500 mg three times a day", "contradiction"),
        ("Penicillin (rash)", "Augmentin 875 mg", "contradiction"),
        ("amoxicillin-clavulanate", "Ampicillin 500 mg", "contradiction"),
        ("Penicilin (rash)", "Amoxicillin 500 mg", "contradiction"),
        ("Penicillin (rash)", "Cephalexin 500 mg", "hint"),
        ("Penicillin (rash)", "Azithromycin 250 mg", None),
        ("Sulfa drugs (rash)", "Bactrim DS twice a day", "contradiction"),
        ("Sulfa drugs (rash)", "Furosemide 40 mg daily", None),
        ("Trimethoprim (rash)", "Trimethoprim-sulfamethoxazole twice a day", "contradiction"),
        ("Aspirin (hives)", "Ibuprofen 400 mg as needed", "contradiction"),
        ("NSAIDs (bleeding)", "Naproxen 220 mg", "contradiction"),
        ("Aspirin (hives)", "Acetaminophen 500 mg", None),
        ("Clopidogrel (hives)", "Aspirin 81 mg daily", None),
        ("Acetaminophen (rash)", "Percocet 5/325", "contradiction"),
        ("Lisinopril (lip swelling)", "Enalapril 5 mg", "contradiction"),
        ("ACE inhibitors (cough)", "Lisinopril 10 mg", "contradiction"),
        ("ACE inhibitors (cough)", "Losartan 50 mg for blood pressure", None),
        ("Atorvastatin (muscle pain)", "Lipitor 20 mg", "contradiction"),
        ("Codeine (nausea)", "Morphine 15 mg", "contradiction"),
        ("Codeine (nausea)", "Tramadol 50 mg", None),
        ("Zorblexin (rash)", "Zorblexin 5 mg daily", "contradiction"),
        ("Zorblexin injections", "Zorblexin 5 mg daily", "contradiction"),
        ("Vitamin K (flushing)", "Vitamin D 1000 units", None),
        ("Vitamin B12 (flushing)", "Vitamin B6 50 mg", None),
        ("Calcium channel blockers (swelling)", "Calcium 600 mg", None),
        ("Calcium channel blockers (swelling)", "Norvasc 5 mg daily", "contradiction"),
        ("Beta blockers (wheezing)", "Metoprolol succinate 25 mg daily", "contradiction"),
        ("No known drug allergies", "Amoxicillin 500 mg", None),
        ("Penicillin (treated with prednisone)", "Prednisone 5 mg", None),
        ("Penicillin (rash), tolerates cephalexin", "Cephalexin 500 mg", None),
        ("Aspirin (hives), tolerates ibuprofen", "Tylenol 500 mg", None),
        ("Penicillin (rash)", "Amoxicillin stopped last week", None),
        ("Peanuts (hives)", "Fish oil 1 g daily", None),
        ("Ibuprofen (hives)", "does not take ibuprofen", None),
        ("Ibuprofen (hives)", "doesn't take ibuprofen", None),
        ("NSAIDs (bleeding)", "avoids ibuprofen", None),
        ("NSAIDs (bleeding)", "acetaminophen (not ibuprofen)", None),
        ("NSAIDs (bleeding)", "acetaminophen instead of ibuprofen", None),
        ("NSAIDs (bleeding)", "avoids ibuprofen but takes naproxen", "contradiction"),
        ("NSAIDs (bleeding)", "ibuprofen 400 mg, but not every day", "contradiction"),
        ("Not allergic to aspirin", "Aspirin 81 mg", None),
        ("Not allergic to anything except aspirin", "Aspirin 81 mg", "contradiction"),
        ("Penicillin; tolerates amoxicillin", "Amoxicillin 500 mg", None),
        ("Penicillin; tolerates amoxicillin", "Amoxil 500 mg", None),
        ("Penicillin; tolerates amoxicillin", "Augmentin 875 mg", None),
        ("Penicillin; tolerates amoxicillin", "Ampicillin 500 mg", "contradiction"),
        ("Penicillin; does not tolerate amoxicillin", "Amoxicillin 500 mg", "contradiction"),
        ("Penicillin (tolerates cephalexin)", "Amoxicillin 500 mg", "contradiction"),
        ("Penicillin; tolerates cephalosporins", "Cefazolin 1 g", None),
        ("Penicillin; tolerates cephalexin", "Cefazolin 1 g", "hint"),
        ("Amoxicillin; tolerates penicillins", "Amoxicillin 500 mg", "contradiction"),
        ("Aspirin; tolerates acetaminophen", "Excedrin", "contradiction"),
        ("Allergic to penicillin but had amoxicillin without reaction", "Amoxicillin 500 mg", None),
        ("Metronidazole (rash)", "Flagyl 500 mg", "contradiction"),
        ("Cleocin (rash)", "Clindamycin 300 mg", "contradiction"),
        ("Reglan (restless)", "Metoclopramide 10 mg", "contradiction"),
        ("Prochlorperazine (restless)", "Compazine 10 mg", "contradiction"),
        ("Codeine (nausea)", "Tylenol #3", "contradiction"),
        ("Codeine (nausea)", "Tylenol no. 3 as needed", "contradiction"),
        ("Codeine (nausea)", "Tylenol 3 times a day", None),
        ("PCN (rash)", "amox-clav 875 mg", "contradiction"),
        ("Sulfa (rash)", "Co-trimoxazole twice a day", "contradiction"),
        ("Lantus (rash)", "Insulin glargine 10 units", "contradiction"),
    ],
)
def test_an_allergy_is_held_against_the_drugs_that_are_taken(allergy, drug, kind):
    found = about(made(allergies=allergy, medication=f"Omeprazole 20 mg daily; {drug}"), "contradiction")
    found += about(made(allergies=allergy, medication=drug), "hint", "allergies")
    assert {finding.kind for finding in found} == ({kind} if kind else set())
    assert {finding.items for finding in found} <= {("allergies", "medication")}


@pytest.mark.parametrize(
    ("positive", "negative", "contradicts"),
    [
        ("fever", "no fever", True),
        ("fever", "denies chills, cough, or fever", True),
        ("fever", "no chills", False),
        ("pleuritic chest pain", "no chest pain", True),
        ("shortness of breath", "no shortness of breath when lying flat", False),
        ("headache", "no severe headache", False),
        ("mild headache", "no headache", True),
        ("weakness of the left arm", "no weakness", True),
        ("weakness of the left arm", "no weakness of the right arm", False),
        ("worse: when coughing", "no cough", False),
        ("previous: had a cough before", "no cough", False),
        ("chest tightness, never with cough", "no cough", False),
        ("vomiting twice", "no blood in the vomit", False),
        ("vomiting of blood", "no vomiting", True),
        ("fever last month", "no fever", False),
        ("fever last week", "no fever", False),
        ("fever since last week", "no fever", True),
        ("fever for the last week", "no fever", True),
        ("family members have fever", "no fever", False),
        ("her son is sick with fever", "no fever", False),
        ("fever measured by his wife", "no fever", True),
        ("fever", "afebrile", True),
        ("fever", "denies chills, afebrile", True),
        ("cough", "afebrile", False),
        ("afebrile", "no fever", False),
        ("shortness of breath when walking", "no shortness of breath at rest", False),
    ],
)
def test_a_symptom_is_not_reported_and_denied(positive, negative, contradicts):
    case = made(
        chiefcomplaint="Malaise", present_illness_positive=positive, present_illness_negative=negative
    )
    assert bool(about(case, "contradiction", "present_illness_negative")) is contradicts


def test_names_of_drugs_in_the_rules_lead_to_generic_names():
    others = [other for names in rules()["names"].values() for other in names]
    assert len(others) == len(set(others))
    assert set(others).isdisjoint([*rules()["contains"], *brands()])
    for other in (*others, *rules()["contains"]):
        assert substances(other)
        assert substances(other).isdisjoint([*others, *rules()["contains"], *brands()])
    for family in rules()["families"].values():
        assert all(substances(drug) == {drug} for drug in family["drugs"])
    assert set(rules()["absent"].values()) <= {name for one in concepts().values() for name in one.names}


def test_a_denied_chief_complaint_contradicts():
    case = made(present_illness_negative="no cough; no chest pain")
    (found,) = about(case, "contradiction")
    assert found.items == ("present_illness_negative", "chiefcomplaint")
    assert "no chest pain" in found.text


@pytest.mark.parametrize(
    ("pain", "changes", "kind"),
    [
        (8, {"present_illness_negative": "denies pain"}, "contradiction"),
        (1, {"present_illness_negative": "denies any pain"}, "contradiction"),
        (0, {"present_illness_negative": "denies pain"}, None),
        (8, {"present_illness_negative": "denies back pain"}, None),
        (8, {"present_illness_positive": "onset: an hour ago; pain free"}, "contradiction"),
        (3, {"present_illness_positive": "severe belly pain"}, "contradiction"),
        (4, {"present_illness_positive": "severe belly pain"}, None),
        (7, {"present_illness_positive": "mild dull headache"}, "contradiction"),
        (6, {"present_illness_positive": "mild dull headache"}, None),
        (9, {"present_illness_positive": "severity: mild"}, "contradiction"),
        (9, {"present_illness_positive": "mild headache; chest pain"}, None),
        (9, {"present_illness_positive": "mild headache; severity: mild; chest pain"}, "contradiction"),
        (9, {"present_illness_positive": "headache 4/10", "chiefcomplaint": "Chest pain"}, None),
        (9, {"present_illness_positive": "headache 4/10", "chiefcomplaint": "Headache"}, "contradiction"),
        (2, {"present_illness_positive": "severe pain at first"}, None),
        (2, {"present_illness_positive": "severe pain, mild pain now"}, None),
        (5, {"present_illness_positive": "pain 8/10"}, "contradiction"),
        (6, {"present_illness_positive": "pain 8/10"}, None),
        (3, {"present_illness_positive": "pain was 9 out of 10, now 4/10"}, None),
        (8, {"present_illness_positive": "pain 11/10"}, "range"),
        (8, {"present_illness_positive": "pain since 8/10/24"}, None),
        (0, {"chiefcomplaint": "Chest pain"}, "hint"),
        (1, {"chiefcomplaint": "Chest pain"}, None),
        (0, {"chiefcomplaint": "Left arm weakness"}, None),
        (None, {"present_illness_negative": "denies pain"}, None),
    ],
)
def test_the_pain_number_agrees_with_the_words(pain, changes, kind):
    case = made(**{"chiefcomplaint": "Weakness", "pain": pain, **changes})
    found = [
        finding
        for finding in check(case)
        if finding.kind in ("contradiction", "range") or (finding.kind == "hint" and "pain" in finding.items)
    ]
    assert [finding.kind for finding in found] == ([kind] if kind else [])
    assert all({"pain", *changes} & {*finding.items} for finding in found)


@pytest.mark.parametrize(
    ("age", "changes", "kind"),
    [
        (15, {"occupation": "Retired miner"}, "contradiction"),
        (16, {"occupation": "Retired miner"}, "hint"),
        (39, {"occupation": "Retired soldier"}, "hint"),
        (40, {"occupation": "Retired soldier"}, None),
        (15, {"marital_status": "Married"}, "contradiction"),
        (16, {"marital_status": "Married"}, None),
        (9, {"marital_status": "Never married"}, None),
        (12, {"children": "Two sons"}, "contradiction"),
        (13, {"children": "Two sons"}, None),
        (5, {"children": "None"}, None),
        (14, {"living_situation": "Lives with wife"}, "contradiction"),
        (14, {"living_situation": "Lives with parents"}, None),
        (9, {"tobacco": "One pack a day"}, "hint"),
        (9, {"tobacco": "Never; parents smoke cigarettes"}, None),
        (14, {"occupation": "Kindergarten child"}, "contradiction"),
        (50, {"occupation": "Kindergarten teacher"}, None),
        (29, {"medical_history": "Dementia"}, "hint"),
        (30, {"medical_history": "Dementia"}, None),
        (30, {"tobacco": "One pack a day for 31 years"}, "contradiction"),
        (31, {"tobacco": "One pack a day for 31 years"}, None),
        (49, {"tobacco": "Quit 20 years ago, a pack a day for 30 years before"}, "contradiction"),
        (50, {"tobacco": "Quit 20 years ago, a pack a day for 30 years before"}, None),
        (40, {"medical_history": "Migraine since age 41"}, "contradiction"),
        (41, {"medical_history": "Migraine since age 41"}, None),
        (40, {"family_medical_history": "Mother: stroke at age 80"}, None),
        (54, {"present_illness_positive": "55-year-old man with chest pressure"}, "contradiction"),
        (55, {"present_illness_positive": "55-year-old man with chest pressure"}, None),
        (54, {"present_illness_positive": "worse: when lifting a 6-year-old boy"}, None),
        (105, {}, None),
        (106, {}, "range"),
    ],
)
def test_age_fits_what_the_record_tells(age, changes, kind):
    plain = {"occupation": "Not recorded", "children": "None", "marital_status": "Single", "tobacco": "None"}
    plain |= {"living_situation": "Lives alone", "alcohol": "None"}
    found = [one for one in check(made(**(plain | changes), age=age)) if "age" in one.items]
    assert [one.kind for one in found] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("gender", "changes", "kind"),
    [
        ("Female", {"medical_history": "Benign prostatic hyperplasia"}, "contradiction"),
        ("Male", {"medical_history": "Benign prostatic hyperplasia"}, None),
        ("F", {"medical_history": "Prostate cancer in 2020"}, "contradiction"),
        ("Male", {"medical_history": "Pregnancy in 2020"}, "contradiction"),
        ("Male", {"present_illness_positive": "20 weeks pregnant"}, "contradiction"),
        ("Female", {"present_illness_positive": "20 weeks pregnant"}, None),
        ("Male", {"present_illness_positive": "stress since his wife is pregnant"}, None),
        ("Male", {"medical_device": "Hormonal intrauterine device"}, "contradiction"),
        ("M", {"medical_history": "Hysterectomy in 2019"}, "contradiction"),
        ("Male", {"medical_history": "Breast cancer in 2019"}, None),
        ("Male", {"present_illness_negative": "no vaginal bleeding"}, "hint"),
        ("Female", {"present_illness_negative": "no pain in the testicles"}, "hint"),
        ("Female", {"family_medical_history": "Father: prostate cancer"}, None),
        ("Female", {"family_medical_history": "Mother: prostate cancer"}, "contradiction"),
        (
            "Female",
            {"present_illness_positive": "54-year-old gentleman with chest pressure"},
            "contradiction",
        ),
        ("Transgender man", {"medical_history": "Hysterectomy in 2019"}, None),
    ],
)
def test_gender_fits_the_history(gender, changes, kind):
    found = check(made(gender=gender, **changes))
    found = [one for one in found if {"gender", "family_medical_history"} & set(one.items)]
    assert [one.kind for one in found] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("changes", "contradicts"),
    [
        ({"tobacco": "Never smoked", "medical_history": "Lifelong non-smoker"}, False),
        ({"tobacco": "Never smoked", "medical_history": "Heavy smoker"}, True),
        ({"tobacco": "Never smoked", "present_illness_positive": "smokes half a pack a day"}, True),
        ({"tobacco": "Never smoked; smokes a pack a day"}, True),
        ({"tobacco": "Never smoked, smokes a pack a day"}, True),
        ({"tobacco": "Never smoked", "medical_history": "Former smoker"}, True),
        ({"tobacco": "Never smoked", "medical_history": "Not a heavy smoker"}, False),
        ({"tobacco": "None", "medical_history": "Former smoker"}, False),
        ({"tobacco": "Denies", "medical_history": "Nicotine dependence"}, True),
        ({"tobacco": "Never smoked", "medical_history": "Husband is a heavy smoker"}, False),
        ({"tobacco": "Never smoked", "illicit_drug": "Smokes marijuana daily"}, False),
        ({"tobacco": "Never smoked", "present_illness_positive": "cough near smoking neighbours"}, False),
        ({"tobacco": "Half a pack a day", "medical_history": "Heavy smoker"}, False),
        ({"alcohol": "None", "medical_history": "Alcohol abuse"}, True),
        ({"alcohol": "None", "medical_history": "Alcohol use disorder in remission"}, False),
        ({"alcohol": "Quit drinking in 2020", "medical_history": "Alcohol abuse"}, False),
        ({"illicit_drug": "Denies", "present_illness_positive": "used cocaine last night"}, True),
        ({"illicit_drug": "None", "medical_history": "History of opioid use disorder"}, False),
    ],
)
def test_a_habit_is_not_denied_and_told(changes, contradicts):
    (item, *_) = changes
    assert bool(about(made(**changes), "contradiction", item)) is contradicts


@pytest.mark.parametrize(
    ("changes", "leaks"),
    [
        ({"chiefcomplaint": "Heart attack"}, True),
        ({"present_illness_positive": "crushing pain, thinks it is a heart attack"}, True),
        ({"present_illness_negative": "no myocardial infarction"}, True),
        ({"present_illness_positive": "previous: had a heart attack in 2015"}, False),
        ({"present_illness_positive": "fears the heart attack that his father had"}, False),
        ({"medical_history": "Myocardial infarction in 2015"}, False),
        ({"present_illness_positive": "recent heart attack, treated with a stent"}, False),
        ({"chiefcomplaint": "Chest pain"}, False),
        ({"diagnosis": "Chest pain"}, False),
        ({"diagnosis": "Zorb fever syndrome", "chiefcomplaint": "Zorb fever syndrome"}, True),
        ({"diagnosis": "Pyelonephritis", "chiefcomplaint": "Pyelonephritis"}, True),
    ],
)
def test_the_visit_does_not_name_the_diagnosis(changes, leaks):
    assert bool(about(made(**changes), "hint", "diagnosis")) is leaks


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("fever up to 110 degrees", False),
        ("fever up to 111 degrees", True),
        ("temperature of 43 C", False),
        ("temperature of 44 C", True),
        ("fever for 60 days", False),
        ("turned the oven to 200 degrees", False),
    ],
)
def test_a_temperature_is_one_of_a_living_patient(text, wrong):
    assert bool(about(made(present_illness_positive=text), "range")) is wrong


@pytest.mark.parametrize(("age", "pain"), [(-1, 5), (121, 5), (50, -1), (50, 11)])
def test_a_number_out_of_range_is_found_however_it_came_there(age, pain):
    (found,) = about(made(age=age, pain=pain), "range")
    assert found.items in (("age",), ("pain",))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"allergies": "Not recorded"}, "missing"),
        ({"medication": "Not recorded"}, "missing"),
        ({"medical_history": "Not recorded"}, "missing"),
        ({"arrival_transport": "Not recorded"}, "missing"),
        ({"present_illness_negative": "Not recorded"}, "missing"),
        ({"tobacco": "Not recorded"}, "missing"),
        ({"tobacco": "Not recorded", "chiefcomplaint": "Burning urination"}, "hint"),
        ({"sexual_history": "Not recorded"}, None),
        ({"sexual_history": "Not recorded", "chiefcomplaint": "Burning urination"}, "missing"),
        ({"alcohol": "Not recorded"}, "hint"),
        ({"alcohol": "Not recorded", "chiefcomplaint": "Abdominal pain"}, "missing"),
        ({"pain": None}, "missing"),
        ({"pain": None, "chiefcomplaint": "Shortness of breath"}, None),
        ({"exercise": "Not recorded"}, "hint"),
        ({"present_illness_positive": "quality: dull; timing: constant"}, "missing"),
        ({"present_illness_positive": "onset: an hour ago; timing: constant"}, "hint"),
        ({"present_illness_positive": "onset: an hour ago", "chiefcomplaint": "Malaise"}, None),
    ],
)
def test_what_a_history_of_this_complaint_needs_is_missed(changes, kind):
    (item, *_) = changes
    kinds = [one.kind for one in check(made(**changes)) if item in one.items]
    assert kinds == ([kind] if kind else [])


def test_findings_come_by_weight_and_without_repetition():
    case = made(
        allergies="Penicillin",
        medication="Amoxicillin",
        present_illness_negative="no chest pain; no chest pain",
        tobacco="Not recorded",
        exercise="Not recorded",
        age=110,
    )
    kinds = [found.kind for found in check(case)]
    assert kinds == sorted(kinds, key=KINDS.index)
    assert set(kinds) == set(KINDS)
    assert len(check(case)) == len(set(check(case)))


def test_a_finding_quotes_no_more_than_a_line():
    case = made(medication="Amoxicillin " + "x" * 5000)
    (found,) = about(case, "contradiction")
    assert len(found.text) < 300
