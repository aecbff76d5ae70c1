"""What is asked twice, and what only looks like it."""

import pytest

from patientsim_core.debrief.account import account_of
from patientsim_core.debrief.course import repeats
from tests.debrief.scripted import talk


def asked_twice(case: str, lines: str) -> list[str]:
    dialogue = talk(case, "plain,B,high,normal", lines)
    return [one.key for one in repeats(dialogue, account_of(dialogue))]


@pytest.mark.parametrize(
    ("case", "first", "answer", "second"),
    [
        (
            "synthetic-07",
            "What's brought you in?",
            "Shortness of breath.",
            "Walk me through what happened, from the beginning.",
        ),
        (
            "synthetic-05",
            "Have you had any operations on your tummy?",
            "I had a right hip replacement in 2014.",
            "What about other operations?",
        ),
        (
            "synthetic-01",
            "What medication do you take?",
            "Lisinopril 20 mg, atorvastatin 40 mg and omeprazole 20 mg.",
            "And how often do you use the white one?",
        ),
        (
            "synthetic-11",
            "Do you cough?",
            "Yes, a wet cough with yellow phlegm, bad-smelling.",
            "What comes up when you cough?",
        ),
        (
            "synthetic-01",
            "Are you allergic to anything?",
            "Penicillin gives me a rash.",
            "Any other allergies?",
        ),
        ("synthetic-01", "Are you allergic to anything?", "Penicillin gives me a rash.", "Are you sure?"),
    ],
)
def test_a_follow_up_is_not_the_same_question(case, first, answer, second):
    assert asked_twice(case, f"D: {first}\nP: {answer}\nD: {second}\nP: {answer}") == []


@pytest.mark.parametrize(
    ("first", "answer", "second", "key"),
    [
        ("When did it start?", "Two hours ago while shoveling snow.", "When did the pain begin?", "onset"),
        ("What are you allergic to?", "Penicillin gives me a rash.", "Do you have allergies?", "allergies"),
        ("Do you smoke?", "One pack a day for 32 years.", "Are you a smoker?", "tobacco"),
        (
            "Do you use cocaine or other drugs?",
            "No, never.",
            "Do you use cocaine or other drugs?",
            "illicit_drug",
        ),
    ],
)
def test_the_same_question_in_other_words_is_asked_twice(first, answer, second, key):
    lines = f"D: {first}\nP: {answer}\nD: {second}\nP: {answer}"
    assert asked_twice("synthetic-01", lines) == [key]
