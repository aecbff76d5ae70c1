"""The rules that sort a present illness: what was denied is no symptom, and the other way round."""

import pytest

from patientsim_core.case import UNKNOWN
from patientsim_core.mimic.illness import present_illness
from patientsim_core.mimic.rules import RulesReader
from tests.mimic.test_readers import read, visit

CORE = "Presents with crushing chest pain for two hours and nausea since then. "


@pytest.mark.parametrize(
    ("told", "lacks"),
    [
        ("ROS: Denies fever, chills, night sweats.", ["no fever", "no chills", "no night sweats"]),
        ("Review of systems:\n(+) Per HPI\n(-) Denies fever, chills.", ["no fever", "no chills"]),
        ("(-) fever, chills", ["no fever", "no chills"]),
        ("Currently denies chest pain.", ["no chest pain"]),
        ("On review of systems, he denies fever, cough.", ["no fever", "no cough"]),
        ("Ms. ___ also denies fever or chills.", ["no fever", "no chills"]),
        ("There was no vomiting.", ["no vomiting"]),
        ("Has had no diarrhea.", ["no diarrhea"]),
        ("He has not had any fevers.", ["no fevers"]),
        ("She never had chest pain.", ["no chest pain"]),
        ("She reports that she has no fever, cough or chills.", ["no fever", "no cough", "no chills"]),
        ("Pertinent negatives include fever and chills.", ["no fever", "no chills"]),
        ("ROS: negative for fever.", ["no fever"]),
        ("Pt w/o fever.", ["no fever"]),
        ("There were no sick contacts, and he has had no travel.", ["no sick contacts", "no travel"]),
    ],
)
def test_what_is_denied_is_denied_wherever_the_sentence_says_so(told, lacks):
    assert present_illness(told) == ([], lacks)


@pytest.mark.parametrize(
    ("told", "has", "lacks"),
    [
        ("Pt denies nausea but endorses sweating.", ["sweating"], ["no nausea"]),
        ("Endorses chills; denies fever.", ["chills"], ["no fever"]),
        ("He denies cough, although he notes chest pain.", ["chest pain"], ["no cough"]),
        ("He denies fever, chills, and has cough.", ["has cough"], ["no fever", "no chills"]),
        ("She denies fever or chills, reports nausea.", ["nausea"], ["no fever", "no chills"]),
        ("Nausea but no vomiting.", ["Nausea"], ["no vomiting"]),
        ("Chest pain for two hours, without radiation.", ["Chest pain for two hours"], ["no radiation"]),
        ("Presents with chest pain with no radiation.", ["chest pain"], ["no radiation"]),
        ("Presents with cough for a week, denying fever.", ["cough for a week"], ["no fever"]),
        ("(+) fever, chills (-) cough, nausea.", ["fever", "chills"], ["no cough", "no nausea"]),
        ("ROS is positive for chills, negative for cough.", ["chills"], ["no cough"]),
        ("He has cough, otherwise denies fever.", ["He has cough"], ["no fever"]),
        ("Though she denies cough, she has fever.", ["she has fever"], ["no cough"]),
        ("She was without cough until today, when she had chills.", [], ["no cough until today"]),
        ("Of note, he denies cough. Mr. Smith denies this.", [], ["no cough"]),
        ("He has fever, but not cough.", ["He has fever"], []),
        ("He had chills. However, he denied cough.", ["He had chills"], ["no cough"]),
    ],
)
def test_a_sentence_is_taken_apart_where_it_turns(told, has, lacks):
    assert present_illness(told) == (has, lacks)


@pytest.mark.parametrize(
    "told",
    ["10 point ROS otherwise negative.", "Fever was denied.", "Patient notes neither fever nor cough.",
     "He denies any symptoms except mild cough.", "He denies that the pain moves.", "ROS: + fevers, - cough.",
     "He was not short of breath.", "Pain with and without exertion.", "He didn't have fever.",
     "(+) Per HPI"],
)  # fmt: skip
def test_what_says_both_or_denies_in_another_way_is_dropped(told):
    assert present_illness(told) == ([], [])


@pytest.mark.parametrize(
    "told",
    ["He has not passed gas since yesterday", "Pain not relieved by rest", "Two tablets did not help",
     "Took tums without relief", "Unable to sleep", "The pain goes to the left arm",
     "Known fever at home, notable chills"],
)  # fmt: skip
def test_what_somebody_could_not_do_or_did_not_help_is_told_as_it_is(told):
    assert present_illness(f"{told}.") == ([told], [])


def test_a_review_of_systems_of_a_note_makes_no_symptoms():
    told = CORE + "\n\nROS: Denies fever, chills, night sweats.\n\nHe currently denies cough."
    case = read(visit(present_illness=told)).case
    assert case.present_illness_positive == "crushing chest pain for two hours; nausea since then"
    assert case.present_illness_negative == "no fever; no chills; no night sweats; no cough"


def test_allergies_between_strokes_are_several():
    one = visit()
    one.sections["allergies"] = "Penicillins / Codeine / Sulfa (Sulfonamide Antibiotics)\nHMG/CoA drugs"
    found = RulesReader(42).extract(one)["allergies"]
    assert found == ["Penicillins", "Codeine", "Sulfa (Sulfonamide Antibiotics)", "HMG/CoA drugs"]


@pytest.mark.parametrize("text", ["No Known Allergies / Adverse Drug Reactions", "nka / nkda"])
def test_no_known_allergies_are_none(text):
    one = visit()
    one.sections["allergies"] = text
    assert RulesReader(42).extract(one)["allergies"] == ["None"]


@pytest.mark.parametrize(
    "piece", ["has had ", "mr x ", ", and ", "(-) ", "not ", "with no ", "denies a, ", "+ "]
)
def test_long_and_odd_sentences_end(piece):
    present_illness(piece * 1_000)


@pytest.mark.parametrize("text", ["Unknown", "not known", "Not documented"])
def test_allergies_that_nobody_knows_are_not_recorded(text):
    one = visit()
    one.sections["allergies"] = text
    assert read(one).case.allergies == UNKNOWN
