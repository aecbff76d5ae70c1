"""What never reaches the chat."""

import pytest

from patientsim_core import Persona
from patientsim_core.guard import WORDS, Guard, sentence_limit
from patientsim_core.text import words
from tests.cases import HEART, release


def admitted(*sentences: str, persona: Persona | None = None, doctor: tuple[str, ...] = (), case=HEART):
    guard = Guard(case, persona or Persona(), doctor)
    return [guard.admit(sentence) for sentence in sentences], [action.action for action in guard.actions]


def test_a_plain_sentence_passes_as_it_is():
    assert admitted("I have chest pain.") == (["I have chest pain."], [])


@pytest.mark.parametrize("text", ["*winces* It hurts.", "It (sighs) hurts.", "[looks away] It hurts."])
def test_stage_directions_are_removed(text):
    assert admitted(text) == (["It hurts."], ["removed"])


def test_a_sentence_of_nothing_but_a_stage_direction_vanishes():
    assert admitted("*stares at the wall*") == ([""], ["removed"])


@pytest.mark.parametrize("name", ["myocardial infarction", "heart attack", "Heart Attack", "MI"])
def test_the_diagnosis_is_withheld_by_any_name(name):
    assert admitted(f"I think I am having a {name}.") == ([""], ["withheld"])


@pytest.mark.parametrize("text", ["So it is a heart attack?", "A myocardial infarction, really?"])
@pytest.mark.parametrize("named", ["You are having a myocardial infarction.", "This is a heart attack."])
def test_the_diagnosis_may_be_said_once_the_doctor_named_it(text, named):
    assert admitted(text, doctor=(named,))[0] == [text]


def test_the_same_disease_of_the_family_may_be_told():
    assert admitted("My father had a heart attack at 57.")[0] == ["My father had a heart attack at 57."]


def test_a_disease_of_the_family_is_no_licence_to_name_ones_own():
    assert admitted("I think I have had a heart attack.")[0] == [""]


def test_the_same_disease_in_the_past_may_be_told():
    case = release(medical_history="Myocardial infarction in 2015", family_medical_history="None")
    assert admitted("I had a heart attack in 2015.", "It is a heart attack.", case=case)[0] == [
        "I had a heart attack in 2015.",
        "",
    ]


def test_the_same_disease_of_a_family_that_had_none_is_withheld():
    case = release(family_medical_history="None", medical_history="None")
    assert admitted("My father had a heart attack.", case=case)[0] == [""]


@pytest.mark.parametrize("text", ["As an AI, I can't feel pain.", "I'm a language model.", "I am an AI."])
def test_speaking_as_an_ai_is_withheld(text):
    assert admitted(text) == ([""], ["withheld"])


def test_the_fourth_sentence_is_withheld_and_the_ninth_of_a_verbose_patient():
    said, actions = admitted("One.", "Two.", "Three.", "Four.")
    assert (said, actions) == (["One.", "Two.", "Three.", ""], ["withheld"])
    verbose = Persona(personality="verbose")
    said, _ = admitted(*(f"Number {n}." for n in range(9)), persona=verbose)
    assert [bool(text) for text in said] == [True] * 8 + [False]
    assert (sentence_limit(Persona()), sentence_limit(verbose)) == (3, 8)


def test_a_sentence_over_20_words_ends_at_a_natural_break():
    long = (
        "It started in the morning when I was carrying the heavy boxes up the stairs, "
        "and then it went on through lunch and all of the afternoon"
    )
    (short,), actions = admitted(long)
    assert actions == ["shortened"]
    assert len(words(short)) <= WORDS
    assert long.startswith(short.rstrip("."))
    (short,), _ = admitted(" ".join(["word"] * 50))
    assert len(words(short)) == WORDS
