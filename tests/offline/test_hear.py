"""What a doctor hears in answers of all kinds."""

import pytest

from patientsim_core.offline.hear import Heard, hear
from patientsim_core.offline.lexicon import concepts, find_concepts
from patientsim_core.offline.names import concept_names
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import read_alone


def heard(answer: str, question: str = "What brings you in today?") -> Heard:
    return hear(answer, question, read_alone(question).asks)


@pytest.mark.parametrize(
    ("answer", "present", "denied"),
    [
        ("I have a cough and a fever.", {"cough", "fever"}, set()),
        ("I have a dry cough, but no fever.", {"dry_cough", "cough"}, {"fever"}),
        ("No fever, chills or cough. I have night sweats.", {"night_sweats"}, {"fever", "chills", "cough"}),
        ("I no have cough.", set(), {"cough"}),
        ("There's been no vomiting, I feel nauseous.", {"nausea"}, {"vomiting"}),
        ("I can't stop vomiting.", {"vomiting"}, set()),
        ("Constipation since yesterday, without passing gas.", {"constipation", "no_flatus"}, set()),
        ("And feeling vomiting.", {"nausea"}, {"vomiting"}),
        ("I hit my head, but I have not fainted.", {"head_injury"}, {"loss_of_consciousness"}),
        ("I didn't hit my head. There's blood in my poo.", {"blood_in_stool"}, {"head_injury"}),
    ],
)
def test_symptoms_are_told_apart_from_denials(answer, present, denied):
    told = heard(answer)
    assert present <= told.present
    assert not present & told.denied
    assert denied <= told.denied | {"vomiting"} - told.present
    assert not denied & told.present


@pytest.mark.parametrize(
    ("answer", "present", "denied"),
    [
        ("Yes, a little.", {"fever"}, set()),
        ("No.", set(), {"fever"}),
        ("Not that I noticed.", set(), {"fever"}),
        ("Is my case a bad one, doctor?", set(), set()),
    ],
)
def test_a_bare_yes_or_no_answers_what_was_asked(answer, present, denied):
    told = heard(answer, "Do you have a fever?")
    assert (told.present, told.denied) == (present, denied)


def test_no_to_a_healthy_function_is_a_finding():
    question = "Are you still passing gas?"
    assert "no_flatus" in heard("No, not since yesterday.", question).present
    assert "no_flatus" in heard("Yes, I am passing gas.", question).denied
    assert "no_flatus" in heard("That's been as usual.", question).denied


@pytest.mark.parametrize(
    "answer", ["Could it be a heart attack?", "What if it's cancer?", "I feel as if I'm about to collapse."]
)
def test_what_is_feared_or_asked_is_no_finding(answer):
    told = heard(answer)
    assert not told.present
    assert not told.past


def test_relatives_and_the_past_are_kept_apart_from_now():
    assert heard("My father had a heart attack at 57.", "Any illness in your family?").family >= {
        "myocardial_infarction"
    }
    told = heard("I've had asthma in childhood, but no diabetes.", "Do you have any other illnesses?")
    assert "asthma" in told.past
    assert "diabetes" in told.denied
    fever = heard("I've had a fever like this before.", "Have you ever had this before?")
    assert "fever" in fever.past
    assert "fever" not in fever.present


@pytest.mark.parametrize(
    ("answer", "pain"),
    [
        ("I'd say 9 out of 10.", 9),
        ("Only 6, not more.", 6),
        ("Seven out of ten.", 7),
        ("No pain, zero out of 10.", 0),
        ("For two hours it has been terrible.", None),
        ("For 2 hours it has been terrible.", None),
        ("About 103 degrees.", None),
    ],
)
def test_the_number_for_the_pain_is_read(answer, pain):
    assert heard(answer, "How bad is it, from 0 to 10?").pain == pain


def test_a_number_is_no_pain_where_none_was_asked_for():
    assert heard("I have 3 kids.", "Do you have children?").pain is None


@pytest.mark.parametrize(
    ("answer", "question", "mood"),
    [
        ("What does allergic mean?", "Are you allergic to anything?", "lost"),
        ("Allergic, what is this?", "Are you allergic to anything?", "lost"),
        ("What, I no understand.", "When did it start?", "lost"),
        ("Too many words for me.", "When did it start?", "lost"),
        ("Me duele mucho el pecho desde ayer por la noche.", "When did it start?", "lost"),
        ("Why do you need to know about smoking?", "Do you smoke?", "refused"),
        ("I'm not talking about drinking until you tell me why it matters.", "Do you drink?", "refused"),
        ("The light… it's too bright in here.", "When did it start?", "confused"),
        ("Where did they put my shoes?", "When did it start?", "confused"),
        ("I'm so scared, doctor.", "When did it start?", "frightened"),
        ("I already told you that!", "When did it start?", "irritated"),
        ("Hurry it up, will you?", "When did it start?", "impatient"),
        ("I take something, but the name is gone.", "What medicine do you take?", "forgot"),
        ("It start yesterday.", "When did it start?", "broken"),
        ("Maybe 3, is okay.", "How bad is it, from 0 to 10?", "plays_down"),
        ("I could tell you a story. " * 20, "When did it start?", "rambling"),
    ],
)
def test_how_a_question_is_taken_is_noticed(answer, question, mood):
    assert mood in heard(answer, question).moods


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("It began two hours ago while unloading boxes.", "When did it start?"),
        ("I take lisinopril and atorvastatin.", "What medicine do you take?"),
        ("I'm a retired postal worker.", "What is your job?"),
        ("No, I don't have a cough.", "Do you have a cough?"),
    ],
)
def test_a_plain_answer_shows_no_trouble(answer, question):
    told = heard(answer, question)
    assert told.fits
    assert not told.moods


@pytest.mark.parametrize(
    ("answer", "fits"),
    [
        ("It's… hold on, it's coming. I'd say 9 out of 10.", True),
        ("My chest pain… just make it stop. What day is it?", False),
        ("Where's my coat, I had it right here.", False),
    ],
)
def test_a_confused_answer_fits_only_with_what_was_asked_in_it(answer, fits):
    assert heard(answer, "How bad is it, from 0 to 10?").fits is fits


def test_a_refusal_after_an_answer_is_none():
    told = heard("It started yesterday. Why do you ask?", "When did it start?")
    assert told.fits
    assert "refused" not in told.moods


def test_what_a_word_means_is_no_symptom():
    told = heard("I don't know the word vomiting.", "Have you been vomiting?")
    assert not told.tells
    assert not told.fits


@pytest.mark.parametrize(
    ("answer", "side"),
    [
        ("I have chest pain since yesterday.", "onset"),
        ("I have a stabbing pain.", "quality"),
        ("It is constant.", "timing"),
        ("It hurts more when I walk.", "worse"),
    ],
)
def test_sides_told_unasked_are_noticed(answer, side):
    assert side in heard(answer).sides


def test_the_time_of_another_symptom_is_not_that_of_the_complaint():
    assert not heard("A cough since yesterday.", "Have you noticed anything else?").sides


@pytest.mark.parametrize("answer", ["", "   ", "...", "?!", "😀😀", "\x00", "x" * 10_000, "no " * 4_000])
def test_junk_is_heard_without_harm(answer):
    told = heard(answer)
    assert not told.present


def test_names_are_found_as_the_lexicon_finds_them():
    texts = [
        normalise(f"i have {name} and a cough .") for concept in concepts().values() for name in concept.names
    ]
    for text in texts[::7]:
        assert [m.id for m in concept_names().find(text)] == [m.id for m in find_concepts(text)], text


def test_plurals_and_the_longest_name_win():
    found = concept_names().find("chest pains and shaking chills")
    assert [mention.id for mention in found] == ["chest_pain", "rigors"]


def test_a_cry_of_one_who_is_lost_is_no_impatience():
    assert "impatient" not in heard("Somebody has moved the door. Do something about my pain.").moods
