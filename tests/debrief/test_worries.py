"""How a voiced worry is met: by anything that is told, by kind words or by asking after it."""

import pytest

from patientsim_core.debrief import debrief
from patientsim_core.debrief.communication import Kind
from patientsim_core.debrief.speech import Sort, questions, sorted_sentences
from tests.debrief.scripted import talk

PLAIN = "plain,B,high,normal"


def after_a_worry(words: str):
    lines = "D: Is there anything that worries you?\nP: I just don't want to end up with sepsis."
    return debrief(talk("synthetic-10", PLAIN, f"{lines}\nD: {words}\nP: No."))


def met(made) -> bool:
    (found,) = [
        one.kind for one in made.communication.observations if one.kind in (Kind.comforted, Kind.passed_over)
    ]
    return found is Kind.comforted


@pytest.mark.parametrize(
    "words",
    [
        "I understand. We are early and we'll watch you closely. Any questions?",
        "I hear you. That is exactly what I want to prevent. When did it start?",
        "I hear you, but when did it start?",
        "That's why we start treatment right now. When did it start?",
        "It isn't sepsis at this point, your blood pressure is normal. When did it start?",
        "Sepsis is very unlikely. Do you smoke?",
        "Your heart tracing is normal. Do you smoke?",
        "So you are worried about sepsis.",
        "No. When did it start?",
    ],
)
def test_a_worry_is_met_by_whatever_is_told_before_the_question(words):
    made = after_a_worry(words)
    assert met(made)
    assert not [one for one in made.suggestions if "voiced a worry" in one.text]


@pytest.mark.parametrize(
    "words",
    [
        "When did it start?",
        "Okay. When did it start?",
        "I see. And do you smoke?",
        "Of course. Do you smoke?",
        "Next question. Do you smoke?",
        "Let's move on. Do you smoke?",
        "I need to ask you some questions first. Do you smoke?",
        "I'm Dr. Lee. Where does it hurt?",
        "On a scale of 0 to 10, how bad is it?",
        "I understand you take an inhaler, is that right?",
        "It says here that you take warfarin.",
        "drink alcohol",
    ],
)
def test_a_turn_that_only_asks_passes_it_over_whatever_its_politenesses(words):
    assert not met(after_a_worry(words))


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("We are early. When did it start?", "When did it start?"),
        ("Okay. I need to ask you some questions first. Do you smoke?", "Do you smoke?"),
        ("Thank you for telling me.", ""),
        ("Now I would like to go over your allergies.", "Now I would like to go over your allergies."),
        ("", ""),
    ],
)
def test_the_questions_of_a_turn_are_without_what_it_tells(words, asked):
    assert questions(words) == asked


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("Okay. I need to ask you some questions first. Do you smoke?", "after you. Do you smoke?"),
        ("Thank you for telling me.", "We will look after you."),
    ],
)
def test_better_words_for_a_passed_over_worry_keep_only_the_question(words, end):
    (found,) = [one for one in after_a_worry(words).suggestions if "voiced a worry" in one.text]
    assert found.better.endswith(end)


def test_saying_what_it_is_not_asks_for_no_illness():
    words = "It isn't sepsis at this point, your blood pressure is normal. When did it start?"
    made = after_a_worry(words)
    assert Kind.double not in [one.kind for one in made.communication.observations]
    assert sorted_sentences(words)[0][1] is Sort.statement


@pytest.mark.parametrize("words", ["It is not sharp or dull", "It's not getting worse.", "Is it not sharp?"])
def test_what_may_ask_of_how_it_is_not_is_no_statement(words):
    assert sorted_sentences(words)[0][1] is Sort.other
