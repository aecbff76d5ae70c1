"""How hard words are."""

import pytest

from patientsim_core import Cefr
from patientsim_core.offline.comprehend import hard_word, too_long
from patientsim_core.words import LISTS, cefr_level, computed_lists, medical_level, medical_words
from tests.cases import HEART


def test_medical_words_stand_on_one_list_each():
    lists = medical_words()
    assert not lists["A"] & lists["B"]
    assert not (lists["A"] | lists["B"]) & lists["C"]


@pytest.mark.parametrize(
    ("word", "level"), [("pain", "A"), ("dyspnea", "C"), ("allergies", "B"), ("table", "A")]
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
        ("Any allergies?", "A", "allergies"),
        ("Any allergies?", "B", None),
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
