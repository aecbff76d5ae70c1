"""Bare questions, that mean what was spoken of before or what the patient came with."""

import pytest

from patientsim_core import Persona
from patientsim_core.offline.follow import understand
from tests.cases import CASES, HEART, consult, told

COUGHS, VOMITS = CASES["synthetic-04"], CASES["synthetic-13"]


def asked(*turns: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(ask.topic, ask.about) for ask in understand(turns)[-1].asks]


@pytest.mark.parametrize("before", ["Is it worse when you breathe in?", "Any pain when you breathe in?"])
@pytest.mark.parametrize(
    "text", ["Is it worse when you walk?", "Does it get worse lying down?", "Is it worse with exercise?"]
)
def test_the_circumstance_of_one_question_is_not_that_of_the_next(before, text):
    assert asked(before, text) == [("worse", ())]


@pytest.mark.parametrize("text", ["And when you lie down?", "With exercise?", "What about after meals?"])
def test_a_bare_circumstance_asks_the_aspect_asked_before(text):
    assert asked("Is it worse when you breathe in?", text) == [("worse", ())]
    assert asked("Is it better when you sit up?", text) == [("better", ())]


def test_what_does_not_follow_a_change_is_no_bare_circumstance():
    assert asked("Where does it hurt?", "With exercise?") == [("exercise", ())]
    assert asked("Is it worse when you walk?", "On what tablets are you?") == [("medication", ())]
    assert asked("Is it worse when you walk?", "After that we are done.") == []
    assert asked("Is it worse when you walk?", "With") == []


def test_a_circumstance_gives_no_time_to_what_follows():
    assert asked("Is it worse when you cough?", "When did it start?") == [("onset", ())]
    assert asked("Does coughing make it worse?", "How long does it last?") == [("timing", ())]
    assert asked("Is the pain worse when you cough?", "When did it start?") == [("onset", ("pain",))]


def test_the_thing_asked_about_is_still_meant():
    assert asked("Does the cough get worse at night?", "What makes it better?") == [("better", ("cough",))]
    assert asked("Any cough?", "Is it worse at night?", "When did it start?") == [("onset", ("cough",))]


def test_the_second_circumstance_gets_an_answer_of_its_own():
    replies = consult(HEART, Persona(), "Is it worse when you breathe in?", "Is it worse when you walk?")
    assert any("any effort" in fact for fact in told(replies[-1]))


@pytest.mark.parametrize(
    ("before", "blood"),
    [
        ("Do you have a cough?", "hemoptysis"),
        ("Any phlegm?", "hemoptysis"),
        ("Have you vomited?", "hematemesis"),
        ("When did you last open your bowels?", "blood_in_stool"),
        ("Does it burn when you pee?", "hematuria"),
    ],
)
@pytest.mark.parametrize("text", ["Any blood?", "is there blood", "Have you seen any blood at all?"])
def test_bare_blood_is_in_what_was_asked_before(before, blood, text):
    assert asked(before, text) == [("symptom", (blood,))]


@pytest.mark.parametrize("text", ["Any blood clots?", "Is your blood pressure high?", "Do you give blood?"])
def test_blood_of_another_kind_is_not_in_it(text):
    assert ("symptom", ("hemoptysis",)) not in asked("Do you have a cough?", text)


def test_blood_after_nothing_that_bleeds_is_not_placed():
    assert asked("Any headache?", "Any blood?") == []
    assert asked("Any blood?") == []


@pytest.mark.parametrize(
    "text", ["Are you bringing anything up?", "Have you brought anything up?", "Do you bring up anything?"]
)
def test_what_comes_up_is_phlegm_for_one_who_coughs_and_else_vomit(text):
    (coughs,) = consult(COUGHS, Persona(), text)
    (vomits,) = consult(VOMITS, Persona(), text)
    assert any("green phlegm" in fact for fact in told(coughs))
    assert any("vomiting" in fact for fact in told(vomits))


def test_what_comes_up_is_what_was_spoken_of():
    up = "Are you bringing anything up?"
    assert not told(consult(VOMITS, Persona(), "Any cough?", up)[-1])
    nausea = consult(COUGHS, Persona(), "Any nausea?", "Have you brought anything up?")[-1]
    assert not any("phlegm" in fact for fact in told(nausea))


def test_blood_in_what_comes_up_follows_it():
    questions = ("Are you bringing anything up?", "Any blood?")
    assert "no blood in the phlegm" in denied(COUGHS, *questions)
    assert "no blood in the vomit" in denied(VOMITS, *questions)


def denied(case, *questions: str) -> str:
    return " ".join(disclosed.fact for disclosed in consult(case, Persona(), *questions)[-1].disclosures)
