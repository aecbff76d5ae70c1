"""What short answers tell, by how the question was put, in the words of people and of models."""

import pytest

from patientsim_core.debrief import Status, debrief
from patientsim_core.debrief.history import FactLine
from tests.debrief.scripted import talk

PLAIN = "plain,B,high,normal"
LIST = ("no fever", "no blood in the stool", "no weight loss")


def listed(lines: str) -> dict[str, Status]:
    """What came of each thing that there is not; the patient made no error."""
    told = debrief(talk("synthetic-13", PLAIN, f"D: {lines}"))
    assert not told.fairness.errors
    return {one.text: one.status for one in told.history.entry("denied").facts}


def fact(case: str, question: str, answer: str, words: str, persona: str = PLAIN) -> FactLine:
    told = debrief(talk(case, persona, f"D: {question}\nP: {answer}"))
    (found,) = [one for entry in told.history.entries for one in entry.facts if one.text.startswith(words)]
    return found


@pytest.mark.parametrize(
    ("question", "answer", "status"),
    [
        ("No fever?", "No.", Status.elicited),
        ("No fever?", "Right.", Status.elicited),
        ("You don't have a fever, do you?", "No.", Status.elicited),
        ("Any fever?", "No.", Status.elicited),
        ("No fever?", "Yes, I do.", Status.wrong),
        ("Any fever?", "Yes.", Status.wrong),
        ("No fever?", "I don't know.", Status.unanswered),
    ],
)
def test_a_no_agrees_with_a_question_that_supposes_there_is_none(question, answer, status):
    assert fact("synthetic-13", question, answer, "no fever").status is status


@pytest.mark.parametrize("ending", ["Is that right?\nP: Yes, that's right.", "Right?\nP: Right."])
def test_a_list_of_what_there_is_not_is_confirmed_by_a_yes(ending):
    lines = f"D: Just to check: no fever, no blood in the stool, no weight loss. {ending}"
    told = debrief(talk("synthetic-13", PLAIN, lines))
    found = {one.text: one.status for one in told.history.entry("denied").facts}
    assert {found[one] for one in ("no fever", "no blood in the stool", "no weight loss")} == {
        Status.elicited
    }
    assert not told.fairness.errors


@pytest.mark.parametrize(
    ("case", "question", "answer", "words", "status"),
    [
        ("synthetic-09", "Can you walk straight?", "No, I can't.", "trouble walking", Status.elicited),
        (
            "synthetic-03",
            "Is your speech normal?",
            "No, I can't find the words.",
            "trouble finding",
            Status.elicited,
        ),
        ("synthetic-13", "Have your bowels opened normally?", "No.", "constipation", Status.elicited),
        ("synthetic-13", "Are your bowels normal?", "Yes.", "constipation", Status.wrong),
        ("synthetic-13", "Any trouble with your bowels?", "Yes.", "constipation", Status.elicited),
    ],
)
def test_a_no_to_a_healthy_function_tells_the_finding(case, question, answer, words, status):
    assert fact(case, question, answer, words).status is status


def test_a_no_to_a_question_for_no_number_is_no_pain_of_zero():
    told = debrief(talk("synthetic-09", PLAIN, "D: Can you walk?\nP: No."))
    assert told.history.entry("pain").status is Status.missed
    told = debrief(talk("synthetic-12", PLAIN, "D: Have you had the lump before?\nP: Yes. No pain before."))
    assert told.history.entry("pain").status is Status.missed
    assert fact(
        "synthetic-12", "Have you had the lump before?", "No pain before.", "no chest pain"
    ).status is (Status.missed)


@pytest.mark.parametrize("answer", ["I don't want to talk about this.", "Pass.", "No comment.", "Skip that."])
def test_who_does_not_want_to_talk_of_it_refuses(answer):
    assert fact("synthetic-01", "Do you smoke?", answer, "One pack a day").status is Status.refused


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        ("Any headache?", "A little one, dull.", "mild dull headache"),
        ("What happened?", "My left arm and leg just wouldn't do as they were told.", "weakness of the left"),
    ],
)
def test_the_records_own_wording_and_a_mere_just_make_nothing_small(question, answer, words):
    found = fact("synthetic-16", question, answer, words, "pleasing,C,low,normal")
    assert found.status is Status.elicited


def test_a_pleasing_patient_who_makes_little_of_it_is_still_told_from_one_who_does_not():
    about = ("synthetic-16", "Any weakness?", "Just a bit in the left arm and leg.", "weakness of the left")
    assert fact(*about, "pleasing,C,low,normal").status is Status.wrong
    assert fact(*about).status is Status.elicited


@pytest.mark.parametrize(
    ("case", "question", "answer", "words"),
    [
        ("synthetic-16", "Who do you live with?", "I'm on my own. My daughter lives nearby.", "Lives alone"),
        ("synthetic-10", "Any allergies?", "I can't have Bactrim, I get a rash.", "Trimethoprim"),
        ("synthetic-04", "Are you breathless now?", "Yes, even doing nothing.", "shortness of breath"),
        ("synthetic-10", "Have you had a fever?", "Yes, 102.", "fever up to"),
    ],
)
def test_what_is_told_in_other_words_is_heard(case, question, answer, words):
    assert fact(case, question, answer, words).status.heard


@pytest.mark.parametrize(
    ("question", "answer", "status"),
    [
        ("Any change in your speech?", "No, my speech is fine.", Status.wrong),
        ("Any change in your speech?", "I can't find the words.", Status.elicited),
        ("Can you speak normally?", "Yes, my speech is fine.", Status.wrong),
    ],
)
def test_a_function_that_is_fine_is_no_finding(question, answer, status):
    assert fact("synthetic-03", question, answer, "trouble finding words").status is status


@pytest.mark.parametrize("answer", ["No.", "No, none of those.", "Yes.", "Right."])
def test_a_list_of_what_there_is_not_is_confirmed_by_a_no_and_a_yes_alike(answer):
    told = listed(f"No fever, no blood in the stool, no weight loss, right?\nP: {answer}")
    assert {told[one] for one in LIST} == {Status.elicited}


@pytest.mark.parametrize("answer", ["I don't know.", "No, I have lost some weight.", "What do you mean?"])
def test_but_not_by_an_answer_that_leaves_it_open(answer):
    told = listed(f"No fever, no blood in the stool, no weight loss, right?\nP: {answer}")
    assert told["no fever"] is not Status.elicited
