"""What a doctor says without asking, and what that leaves alone in the rest of the debrief."""

import pytest

from patientsim_core.debrief import debrief
from patientsim_core.debrief.communication import Kind
from patientsim_core.debrief.speech import Sort, asking, sorted_sentences
from tests.debrief.scripted import talk

PLAIN = "plain,B,high,normal"


def sorts(text: str) -> list[Sort]:
    return [sort for _, sort in sorted_sentences(text)]


def after(
    case: str, words: str, answer: str = "Okay.", before: str = "D: What brings you in?\nP: I feel ill."
):
    return debrief(talk(case, PLAIN, f"{before}\nD: {words}\nP: {answer}"))


def flag(made, name: str):
    (found,) = {
        (one.asked, one.heard)
        for table in made.differential.red_flags
        for one in table.flags
        if one.name == name
    }
    return found


NET = "If you get a fever, back pain or vomiting, come straight back."
RECAP = (
    "So to summarise, your belly has been swelling since yesterday, you haven't been to the toilet for four "
    "days, and you feel sick. Did I get that right?"
)


def test_a_safety_net_asks_for_nothing():
    made = after("synthetic-17", NET, "No, I don't have fever or back pain.")
    assert flag(made, "Vomiting") == (False, False)
    assert made.history.entry("medical_history").status == "missed"
    assert [one.kind for one in made.communication.observations] == [Kind.safety_net]
    assert len(made.communication.closed) == 0


def test_a_safety_net_asks_for_nothing_twice():
    before = "D: Any sickness or vomiting?\nP: I feel sick, but I have not vomited.\n"
    words = "If you start vomiting or the pain changes, let the nurse know immediately."
    assert after("synthetic-05", words, before=before).history.repeats == ()


def test_a_summary_is_neither_several_questions_nor_kind_words():
    talked = after("synthetic-05", RECAP, "Yes.").communication
    assert [one.kind for one in talked.observations] == [Kind.summary]
    assert [one.question for one in (*talked.open, *talked.closed)] == [1]


def test_what_the_answer_to_a_summary_adds_is_told():
    made = after(
        "synthetic-01", "So to recap, you have chest pain. Is that right?", "Yes, and I smoke a pack a day."
    )
    assert made.history.entry("tobacco").status in ("volunteered", "partly")


def test_what_was_missed_in_a_summary_is_asked_for():
    words = "To recap, you have chest pain. Have I missed anything?"
    made = after("synthetic-01", words, "I am allergic to penicillin, it gives me a rash.")
    assert made.history.entry("allergies").status == "elicited"
    assert made.communication.open[-1].question == 2


def test_a_question_beside_a_statement_is_asked_still():
    made = after("synthetic-17", f"{NET} Do you smoke?", "No, never.")
    assert asking(f"{NET} Do you smoke?") == "Do you smoke?"
    assert made.history.entry("tobacco").status == "elicited"
    assert [one.question for one in made.communication.closed] == [2]


@pytest.mark.parametrize(
    "words",
    [
        "I think you have an infection from the catheter.",
        "I suspect the bowel is blocked by scar tissue from your operations.",
        "OK, it's most likely a bladder infection.",
        "I'm concerned there's a blockage in the bowel.",
        "We need to move fast - you're going to the cath lab.",
        "Smoking can hurt the heart.",
        "Fever and vomiting would mean the infection has spread to your kidneys.",
        "Because of your allergies, we will use another antibiotic.",
        "The blood thinner makes bleeding more likely.",
        "It's a heart attack.",
        "You may need surgery.",
        "Don't drink alcohol with these tablets.",
        "Thank you for telling me about your smoking.",
        "You probably have a hernia that is stuck.",
        "You most likely have a kidney stone.",
        "You will probably need an operation.",
        "A surgeon will come to see you now and talk to you about the operation.",
    ],
)
def test_what_the_doctor_thinks_or_will_do_is_no_question(words):
    assert sorts(words) == [Sort.statement]
    made = after("synthetic-19", f"{words} Does that make sense?")
    assert [one.question for one in (*made.communication.open, *made.communication.closed)] == [1]


@pytest.mark.parametrize(
    "words",
    [
        "If you pass out or the pain comes back, go straight to the emergency department",
        "Press the button straight away if the pain returns",
        "Tell the nurse if you feel worse.",
        "If the pain gets worse, press the call bell, okay?",
        "Should the pain return, call us.",
        "Please come back to the ED if your symptoms worsen or you develop fever.",
        "Let me know if the pain gets worse.",
        "If you notice blood in your stool, you need to come back.",
        "If you feel worse come back",
        "If your breathing gets worse, hit the red button.",
    ],
)
def test_a_safety_net_is_a_condition_and_what_to_do(words):
    assert sorts(words) == [Sort.advice]


@pytest.mark.parametrize(
    "words",
    [
        "Did the pain return to your arm?",
        "If you have pain, does it come back at night?",
        "When you feel the pain, does it go to your arm?",
        "If I press here, does it hurt?",
        "Tell me if you smoke.",
        "Tell me if you have ever had surgery",
        "Tell me if it gets worse when you walk.",
        "If you take any pills, tell me which.",
        "when you cough does it come back up",
        "Any pain when you press here",
    ],
)
def test_a_question_with_a_condition_is_no_safety_net(words):
    assert sorts(words) == [Sort.other]
    assert not after("synthetic-01", words).communication.safety_net


def test_a_safety_net_after_a_summary_counts_as_one():
    words = "To summarise, you have a fever and a cough. If you feel worse, tell the nurse."
    assert sorts(words) == [Sort.recap, Sort.advice]


@pytest.mark.parametrize(
    "words",
    [
        "Can I just check what I've heard: fever since Monday and vomiting twice.",
        "So what I'm hearing is that the pain is worse when you walk.",
        "If I've understood correctly, the pain began at six and you vomited.",
        "From what you've told me, the pain started yesterday and is getting worse.",
        "To make sure I have understood: three days of fever, cough and no appetite.",
        "Let me check I've got this right: fever since yesterday, and cloudy urine.",
    ],
)
def test_what_says_that_it_sums_up_is_a_summary(words):
    made = after("synthetic-01", words, "Yes.")
    assert [one.kind for one in made.communication.observations] == [Kind.summary]


TOLD = """
D: What brings you in?
P: I have not been able to poop for five days.
D: Have you lost weight?
P: Yes, fifteen pounds in two months.
D: Did anyone in your family have cancer?
P: My father had colon cancer.
"""


@pytest.mark.parametrize(
    "words",
    [
        "So you've been constipated for five days, you've lost weight, and your dad had colon cancer.",
        "Just to be clear: you have lost fifteen pounds, and your father had colon cancer. Correct?",
        "You've been constipated for five days, you've lost fifteen pounds, and your dad had colon cancer.",
    ],
)
def test_what_repeats_two_facts_to_the_patient_is_a_summary(words):
    talked = after("synthetic-18", words, "Yes.", before=TOLD.strip()).communication
    assert [one.kind for one in talked.observations] == [Kind.summary]
    assert len(talked.closed) == 2


@pytest.mark.parametrize(
    "words",
    [
        "So you have lost weight, and your father had cancer?",
        "So, do you smoke, and do you drink?",
        "So it is time for a scan, and then we will talk.",
        "Let me repeat the question: do you smoke?",
        "You mentioned cancer in the family.",
    ],
)
def test_a_question_or_what_was_not_told_is_no_summary(words):
    assert not after("synthetic-18", words, "Yes.", before=TOLD.strip()).communication.summary


def test_checking_a_fact_is_no_explanation_of_a_question():
    words = (
        "Just to be clear: this came on an hour ago at breakfast, with weakness of the right arm. Correct?"
    )
    made = after(
        "synthetic-03", words, "Yes.", before="D: When were you last well?\nP: At breakfast, an hour ago."
    )
    assert Kind.explained not in [one.kind for one in made.communication.observations]
    assert made.history.repeats == ()


@pytest.mark.parametrize(
    "words",
    [
        "Take your time and tell me when it started.",
        "Don't worry, and tell me if you smoke.",
        "You are safe here and I want to know about your allergies",
        "I would like to start with your medications.",
        "Now I would like to go over your past medical history.",
        "I can see from your chart that you have asthma.",
        "It says here that you take warfarin.",
        "Your mother had diabetes.",
        "drink alcohol",
        "take any pills",
        "I think we should talk about your smoking.",
        "Give me a number for the pain, 0 to 10.",
        "So it started yesterday and how bad is it",
        "You have pain in chest",
        "It is sharp or dull",
        "When start",
        "You probably have pain, too?",
        "From your chart I can see you could have asthma.",
        "The nurse says you might have asthma.",
    ],
)
def test_what_asks_in_other_ways_than_with_a_question_mark_is_heard(words):
    assert sorts(words) == [Sort.other]
