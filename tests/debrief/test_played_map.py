"""What the map makes of answers of the built-in patient, which keeps an account of what it discloses."""

import pytest

from patientsim_core import Persona, Turn, make_patient
from patientsim_core.debrief import Debrief, Status, debrief
from patientsim_core.debrief.document import to_markdown
from patientsim_core.debrief.history import Entry, FactLine
from tests.cases import CASES
from tests.debrief.scripted import talk


def made(case: str, persona: str, *questions: str) -> Debrief:
    """The debrief after the questions were answered."""
    played, turns = talk(case, persona, ""), []
    for question in questions:
        turns.append(Turn(role="doctor", text=question))
        reply = make_patient(CASES[case], Persona.from_key(persona)).reply(turns)
        turns.append(Turn(role="patient", text=reply.text, persona=played.persona, reply=reply))
    return debrief(played.model_copy(update={"turns": turns}))


def entry(case: str, persona: str, key: str, *questions: str) -> Entry:
    return made(case, persona, *questions).history.entry(key)


def fact(case: str, persona: str, words: str, *questions: str) -> FactLine:
    """The fact of the record with these words."""
    entries = made(case, persona, *questions).history.entries
    (found,) = [one for entry in entries for one in entry.facts if words in one.text]
    return found


@pytest.mark.parametrize(
    ("case", "persona", "question", "words"),
    [
        ("synthetic-11", "plain,B,high,high", "Did you choke on something?", "trouble swallowing"),
        ("synthetic-19", "plain,B,high,high", "Do you smoke?", "Quit 30 years ago"),
        (
            "synthetic-09",
            "overanxious,A,low,normal",
            "Is one side of your face numb?",
            "numbness of the left",
        ),
    ],
)
def test_what_a_patient_did_not_take_in_is_not_read_from_how_it_talks(case, persona, question, words):
    assert fact(case, persona, words, question).status is Status.unanswered


@pytest.mark.parametrize(
    ("case", "persona", "questions", "answered", "passed_over"),
    [
        (
            "synthetic-13",
            "impatient,C,high,normal",
            ["What's brought you in?", "No fever, no diarrhoea, no weight loss?"],
            "no fever",
            ["no diarrhea", "no weight loss"],
        ),
        (
            "synthetic-01",
            "distrust,A,low,normal",
            ["Did you feel sick, sweat, or have trouble breathing?"],
            "nausea",
            ["shortness of breath"],
        ),
    ],
)
def test_an_answer_to_one_of_a_list_leaves_the_others_open(case, persona, questions, answered, passed_over):
    assert fact(case, persona, answered, *questions).status is Status.elicited
    for words in passed_over:
        assert fact(case, persona, words, *questions).status is Status.unanswered


def test_a_bare_no_to_a_list_answers_all_of_it():
    told = talk("synthetic-13", "plain,B,high,normal", "D: Any fever, diarrhea or weight loss?\nP: No.")
    found = {one.text: one.status for entry in debrief(told).history.entries for one in entry.facts}
    assert {found[one] for one in ("no fever", "no diarrhea", "no weight loss")} == {Status.elicited}


@pytest.mark.parametrize(
    ("case", "persona", "words", "questions"),
    [
        (
            "synthetic-13",
            "impatient,C,high,normal",
            "no blood in the vomit",
            ["What's brought you in?", "What does the vomit look like? Any blood in it?"],
        ),
        (
            "synthetic-10",
            "overanxious,C,high,normal",
            "no blood in the urine",
            ["What's brought you in?", "Any dysuria, frequency, haematuria?"],
        ),
    ],
)
def test_what_was_asked_by_name_and_passed_over_is_not_called_missed(case, persona, words, questions):
    assert fact(case, persona, words, *questions).status is Status.unanswered


@pytest.mark.parametrize(
    ("case", "answer", "words"),
    [
        ("synthetic-03", "It began while reading the newspaper.", "trouble reading"),
        ("synthetic-09", "I have a dizzy head.", "mild headache"),
        ("synthetic-09", "What is numb?", "numbness of the left side of the face"),
        ("synthetic-16", "It's my left arm and my left leg.", "numbness of the left arm and leg"),
        ("synthetic-14", "No pain when pressing on my chest.", "no pain when taking a deep breath"),
        ("synthetic-18", "I have bloating and constipation.", "thin stools"),
        ("synthetic-05", "I've had a swollen belly like this once before.", "bloated belly"),
    ],
)
def test_words_of_another_thing_tell_no_symptom(case, answer, words):
    told = talk(case, "plain,B,high,normal", f"D: Hello, I'm the doctor.\nP: {answer}")
    (found,) = [one for e in debrief(told).history.entries for one in e.facts if words in one.text]
    assert found.status is Status.missed


@pytest.mark.parametrize(
    ("case", "answer", "words"),
    [
        ("synthetic-16", "My left arm and leg are numb.", "numbness of the left arm and leg"),
        ("synthetic-09", "My head aches a bit at the back.", "mild headache"),
        ("synthetic-14", "No pain when I take a deep breath.", "no pain when taking a deep breath"),
        ("synthetic-14", "I have no pain at all on breathing in.", "no pain when taking a deep breath"),
        ("synthetic-05", "My belly got bloated yesterday.", "bloated belly"),
    ],
)
def test_the_same_thing_in_other_words_tells_it(case, answer, words):
    told = talk(case, "plain,B,high,normal", f"D: Hello, I'm the doctor.\nP: {answer}")
    (found,) = [one for e in debrief(told).history.entries for one in e.facts if words in one.text]
    assert found.status.heard


def test_a_symptom_known_by_no_more_than_the_complaint_is_known_in_part():
    opener = "What's brought you in?"
    words = "vomiting since midnight, six times"
    assert fact("synthetic-13", "impatient,C,high,normal", words, opener).status is Status.partly
    found = fact("synthetic-13", "impatient,C,high,normal", words, opener, "How often did you vomit?")
    assert found.status is Status.elicited


@pytest.mark.parametrize(
    ("case", "persona", "question", "words", "quoted"),
    [
        (
            "synthetic-05",
            "verbose,B,high,normal",
            "Have you lost weight lately, or noticed blood in your stools?",
            "no blood in the stool",
            "There's been no blood in the stool.",
        ),
        (
            "synthetic-07",
            "verbose,C,low,normal",
            "Do you take a water tablet?",
            "Furosemide",
            "I am on furosemide 40 mg daily.",
        ),
    ],
)
def test_the_sentence_with_the_facts_own_words_is_quoted(case, persona, question, words, quoted):
    (telling,) = fact(case, persona, words, question).tellings
    assert telling.patient.text == quoted


def test_a_no_to_tobacco_is_not_quoted_for_alcohol():
    verbose = ("synthetic-05", "verbose,B,high,normal")
    tobacco = fact(*verbose, "Never smoked", "Do you smoke or drink?")
    alcohol = entry(*verbose, "alcohol", "Do you smoke or drink?")
    assert tobacco.tellings[0].patient.text == "No cigarettes, never."
    assert alcohol.facts[0].tellings[0].patient.text == "No, I don't drink."


@pytest.mark.parametrize(
    ("case", "lines", "words", "lacks"),
    [
        ("synthetic-01", "D: Do you take any medicines?\nP: Lisinopril.", "Lisinopril", "the dose"),
        ("synthetic-01", "D: Any allergies?\nP: Penicillin.", "Penicillin", "the reaction"),
        ("synthetic-01", "D: Do you take any medicines?\nP: Lisinopril 20 mg.", "Lisinopril", ""),
        (
            "synthetic-13",
            "D: What is wrong?\nP: Belly pain and vomiting.",
            "midnight",
            "more than the complaint",
        ),
    ],
)
def test_what_is_known_in_part_says_what_did_not_come_out(case, lines, words, lacks):
    told = debrief(talk(case, "plain,B,high,normal", lines))
    (found,) = [one for e in told.history.entries for one in e.facts if words in one.text]
    assert found.lacks == lacks
    assert (f"(not told: {lacks})" in to_markdown(told)) is bool(lacks)


@pytest.mark.parametrize(
    "answer", ["I have to go, they are waiting for me.", "I am so tired of this.", "It is loud."]
)
def test_a_sentence_that_only_begins_like_a_yes_is_none(answer):
    told = talk("synthetic-11", "plain,B,high,normal", f"D: Do you have trouble swallowing?\nP: {answer}")
    (found,) = [
        one for e in debrief(told).history.entries for one in e.facts if one.text == "trouble swallowing"
    ]
    assert found.status is Status.unanswered


RECAP = "So you have pain that goes to the left arm and the jaw, and no fever. Is that right?"


@pytest.mark.parametrize(
    ("before", "answer", "radiation", "fever"),
    [
        ("Here.", "Yes, that's right.", Status.elicited, Status.elicited),
        ("Here.", "No.", Status.missed, Status.missed),
        ("Here.", "I don't know.", Status.missed, Status.missed),
        ("Here, and it goes to my left arm and my jaw.", "Yes.", Status.volunteered, Status.elicited),
        ("Here, and it goes to my left arm and my jaw.", "No.", Status.volunteered, Status.missed),
    ],
)
def test_a_yes_to_a_recap_tells_what_it_supposes(before, answer, radiation, fever):
    lines = f"D: Where does it hurt?\nP: {before}\nD: {RECAP}\nP: {answer}"
    told = debrief(talk("synthetic-01", "plain,B,high,normal", lines))
    found = {one.text: one.status for entry in told.history.entries for one in entry.facts}
    assert told.history.entry("radiation").status is radiation
    assert found["no fever"] is fever
