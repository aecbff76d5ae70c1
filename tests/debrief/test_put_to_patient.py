"""What a doctor states and asks to have confirmed: a recap of several things, or one leading question."""

import pytest

from patientsim_core import Persona, make_patient
from patientsim_core.debrief import Status, debrief
from patientsim_core.debrief.communication import Kind
from patientsim_core.debrief.speech import Sort, sorted_sentences
from patientsim_core.dialogue import Turn
from tests.debrief.scripted import talk

PLAIN = "plain,B,high,normal"
CHECKED = "Just to check: no fever, no blood in the stool, no weight loss. Is that right?"


def sorts(text: str) -> list[Sort]:
    return [sort for _, sort in sorted_sentences(text)]


def denied(lines: str) -> dict[str, Status]:
    return statuses(debrief(talk("synthetic-13", PLAIN, lines)))


def statuses(made) -> dict[str, Status]:
    return {one.text: one.status for one in made.history.entry("denied").facts}


@pytest.mark.parametrize(
    ("words", "sort"),
    [
        (CHECKED, [Sort.recap, Sort.check]),
        ("You have no fever and no weight loss, correct?", [Sort.recap]),
        ("No fever, no weight loss, right?", [Sort.recap]),
        ("So no fever. And no weight loss. Is that correct?", [Sort.recap, Sort.recap, Sort.check]),
        ("You take lisinopril and metformin, is that right?", [Sort.recap]),
        ("Hello. No fever and no cough. Am I right?", [Sort.other, Sort.recap, Sort.check]),
    ],
)
def test_several_things_put_to_be_agreed_to_are_a_recap(words, sort):
    assert sorts(words) == sort


@pytest.mark.parametrize(
    "words",
    [
        "No fever?",
        "No fever, no cough, no weight loss?",
        "Any fever, cough, right?",
        "Do you have fever and cough, right?",
        "You take lisinopril, right?",
        "Is the pain on the left, or on the right?",
        "You have pain in the chest and the arm, on the right?",
        "When did the fever and the cough start, correct?",
        "Right?",
    ],
)
def test_a_question_or_one_thing_alone_still_asks(words):
    assert sorts(words) == [Sort.other]


def test_a_check_of_a_question_makes_no_recap_of_what_came_before_it():
    assert sorts("No fever, no cough. Do you smoke? Is that right?") == [Sort.other] * 3


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (CHECKED, "Yes, that's right."),
        ("You have no fever, no blood in the stool and no weight loss, correct?", "Correct."),
    ],
)
def test_a_yes_to_a_list_of_denials_tells_them_and_is_no_contradiction(words, answer):
    made = debrief(talk("synthetic-13", PLAIN, f"D: {words}\nP: {answer}"))
    for name in ("no fever", "no blood in the stool", "no weight loss"):
        assert statuses(made)[name] is Status.elicited
    assert not made.fairness.errors
    assert Kind.double not in [one.kind for one in made.communication.observations]


def test_what_is_told_anew_in_answer_to_what_was_put_is_not_volunteered():
    found = denied(f"D: {CHECKED}\nP: No fever, no blood. And I did not travel.")
    assert found["no fever"] is Status.elicited
    assert found["no recent travel"] is Status.volunteered


def test_the_built_in_patient_that_repeats_what_was_put_elicits_it():
    dialogue = talk("synthetic-13", PLAIN, f"D: {CHECKED}\nP: Well.")
    turns = [Turn(role="doctor", text=CHECKED)]
    reply = make_patient(dialogue.case, Persona.from_key(PLAIN)).reply(turns)
    turns.append(Turn(role="patient", text=reply.text, persona=dialogue.persona, reply=reply))
    found = statuses(debrief(dialogue.model_copy(update={"turns": turns})))
    assert found["no weight loss"] is Status.elicited
