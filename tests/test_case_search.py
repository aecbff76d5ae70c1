"""Finding cases by words."""

import pytest

from patientsim_core.case_search import find
from tests.cases import CASES, release

ALL = list(CASES.values())


def ids(words: str, **how) -> list[str]:
    return [case.hadm_id for case in find(ALL, words, **how)]


def test_no_words_find_all_cases_in_their_order():
    assert find(ALL, "  ") == ALL


@pytest.mark.parametrize("words", ["chest pain", "CHEST pain", "  Pain   chest "])
def test_all_words_must_occur_whatever_their_case_and_order(words):
    found = find(ALL, words)
    assert found
    for case in found:
        text = case.model_dump_json().lower()
        assert "chest" in text
        assert "pain" in text
    assert not ids(f"{words} xylophone")


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("volvulus", "synthetic-05"),
        ("Parkinson's", "synthetic-11"),
        ("levodopa", "synthetic-11"),
        ("synthetic-17", "synthetic-17"),
        ("widowed librarian", "synthetic-16"),
        ("woman 92", "synthetic-05"),
        ("man groin 10/10", "synthetic-12"),
    ],
)
def test_any_item_is_searched(words, id):
    assert ids(words) == [id]


def test_a_word_is_found_by_its_beginning_only():
    assert ids("volvu") == ["synthetic-05"]
    assert not ids("olvulus")
    assert {case.gender for case in find(ALL, "man")} <= {"Male", "Female"}
    assert "synthetic-05" not in ids("male")


def test_the_diagnosis_is_found_only_when_it_is_asked_for():
    infarctions = {case.hadm_id for case in ALL if case.diagnosis == "Cerebral infarction"}
    assert not ids("cerebral infarction")
    assert set(ids("cerebral infarction", diagnosis=True)) == infarctions
    assert ids("intestinal") == []


def test_what_became_of_the_patient_is_found_only_with_the_diagnosis():
    admitted = {case.hadm_id for case in ALL if case.disposition == "ADMITTED"}
    assert not ids("admitted")
    assert set(ids("admitted", diagnosis=True)) == admitted


def test_what_is_not_recorded_is_not_found_by_these_words():
    assert not ids("recorded")


def test_a_chief_complaint_counts_more_than_a_mention_and_ties_keep_their_order():
    mention = release(hadm_id="1", chiefcomplaint="Weakness", medical_history="Migraine")
    mention = mention.model_copy(update={"family_medical_history": "Mother: migraine"})
    complaint = release(hadm_id="2", chiefcomplaint="Migraine", medical_history="None")
    again = complaint.model_copy(update={"hadm_id": "3"})
    assert [case.hadm_id for case in find([mention, again, complaint], "migraine")] == ["3", "2", "1"]
    assert [case.hadm_id for case in find([complaint, mention, again], "migraine")] == ["2", "3", "1"]


@pytest.mark.parametrize("words", [")(", "a.*", "[", "\\", "naïve(", "*"])
def test_signs_are_no_patterns(words):
    assert ids(words) == []


def test_accents_do_not_matter():
    case = release(occupation="Café owner in Zürich")
    assert find([case], "cafe zurich") == find([case], "CAFÉ ZÜRICH") == [case]
