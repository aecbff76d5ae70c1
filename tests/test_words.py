"""How hard words are."""

import pytest

from patientsim_core import Cefr
from patientsim_core.offline.comprehend import hard_word, too_long, words_explained
from patientsim_core.words import LISTS, cefr_level, computed_lists, medical_level, medical_words
from tests.cases import HEART, release


def test_medical_words_stand_on_one_list_each():
    lists = medical_words()
    assert not lists["A"] & lists["B"]
    assert not (lists["A"] | lists["B"]) & lists["C"]


@pytest.mark.parametrize(
    ("word", "level"),
    [("pain", "A"), ("dyspnea", "C"), ("surgery", "B"), ("surgeries", "B"), ("table", None)],
)
def test_a_medical_word_has_the_level_from_which_it_is_known(word, level):
    assert medical_level(word) == level


def test_general_words_of_a_list_have_its_cefr_level():
    for name, words in computed_lists("any").items():
        if name.startswith("cefr"):
            assert {cefr_level(word) for word in words} == {name.removeprefix("cefr_")}
    assert set(computed_lists("any")) == set(LISTS)


@pytest.mark.parametrize(
    ("text", "cefr", "word"),
    [
        ("Do you have any dyspnea?", "A", "dyspnea"),
        ("Do you have any dyspnea?", "B", "dyspnea"),
        ("Do you have any dyspnea?", "C", None),
        ("Any surgery?", "A", "surgery"),
        ("Any surgery?", "B", None),
        ("Any allergies?", "A", None),
        ("Do you have high cholesterol?", "A", "cholesterol"),
        ("Where does it hurt?", "A", None),
        ("Do you smoke?", "A", None),
        ("What pills do you take?", "A", None),
        ("When did the chest pain start?", "A", None),
        ("My name is Dr. Abernathy.", "A", None),
        ("", "A", None),
    ],
)
def test_the_word_that_is_too_hard_is_named(text, cefr, word):
    assert hard_word(text, Cefr(cefr), HEART) == word


def test_one_sentence_of_more_than_16_words_is_too_long_but_two_short_ones_are_not():
    assert too_long("one " * 17)
    assert not too_long("I know this hurts and we will help you. Please tell me now when did it all start?")


@pytest.mark.parametrize(
    "text",
    [
        "Any dyspnea (shortness of breath)?",
        "Dyspnea means that it is hard to breathe.",
        "Dyspnea is when you can't breathe well.",
        "Do you have dyspnea, I mean, is it hard to breathe?",
        "By dyspnea I mean trouble with your breath.",
        "What I call “dyspnea” means being out of breath.",
    ],
)
def test_a_word_that_the_doctor_explains_is_known(text):
    assert "dyspnea" in words_explained([text])
    assert hard_word(text, Cefr.B, HEART) is None


@pytest.mark.parametrize("text", ["Any dyspnea?", "What is dyspnea like for you?", "Dyspnea (a)?", ""])
def test_a_word_that_is_only_used_is_not_explained(text):
    assert "dyspnea" not in words_explained([text])


def test_an_explained_word_stays_known():
    assert hard_word("Any dyspnea at night?", Cefr.B, HEART, frozenset({"dyspnea"})) is None


def test_a_patient_knows_the_words_of_its_own_record_unless_they_are_specialist_terms():
    case = release(medical_device="Insulin pump; Catheters", medical_history="Hypertension")
    for word in ("insulin", "catheter", "catheters"):
        assert hard_word(f"Tell me about the {word}.", Cefr.A, case) is None
    assert hard_word("Do you have hypertension?", Cefr.A, case) == "hypertension"
    assert hard_word("Do you have chills?", Cefr.A, release(present_illness_negative="no chills")) == "chills"
