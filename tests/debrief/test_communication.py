import pytest

from patientsim_core.debrief import debrief
from patientsim_core.debrief.bands import band_of
from patientsim_core.debrief.communication import Kind
from patientsim_core.evaluation.rules import by_rules
from patientsim_core.evaluation.verdict import Metric, Verdict
from tests.debrief.scripted import named, talk

PLAIN = "plain,B,high,normal"


def communication(lines: str, persona: str = PLAIN, case: str = "synthetic-01"):
    return debrief(talk(case, persona, lines)).communication


def kinds(lines: str, persona: str = PLAIN, case: str = "synthetic-01") -> list[Kind]:
    return [one.kind for one in communication(lines, persona, case).observations]


@pytest.mark.parametrize(
    ("question", "is_open"),
    [
        ("What brings you in today?", True),
        ("Tell me more about the pain.", True),
        ("How can I help?", True),
        ("How would you describe it?", True),
        ("Anything else?", True),
        ("What are you most afraid of?", True),
        ("What matters most to you right now?", True),
        ("How are things at home?", True),
        ("How is the pain?", True),
        ("How have you been feeling?", True),
        ("Can you walk me through it?", True),
        ("What else?", True),
        ("What else is going on?", True),
        ("What other symptoms have you noticed?", True),
        ("How has this affected your day-to-day life?", True),
        ("You're in the hospital and we're looking after you. What has been bothering you?", True),
        ("Go on.", True),
        ("Do you smoke?", False),
        ("When did it start?", False),
        ("How bad is it, from 0 to 10?", False),
        ("How many pills do you take?", False),
        ("Is it sharp or dull?", False),
        ("Tell me, do you smoke?", False),
        ("Could you tell me whether you have a fever?", False),
        ("I understand that you had a stroke in 2019, is that right?", False),
        ("How about alcohol?", False),
        ("Have you tried any laxatives or anything else?", False),
        ("On a scale of 0 to 10, how would you rate the pain?", False),
        ("Are you safe at home?", False),
        ("How is your appetite?", False),
        ("How has your weight been?", False),
        ("How are you related?", False),
        ("Can you walk?", False),
        ("Can you walk straight?", False),
        ("Can you talk normally?", False),
        ("What else are you on?", False),
        ("Anything else you take?", False),
    ],
)
def test_open_questions_invite_and_closed_ones_do_not(question, is_open):
    found = communication(f"D: {question}\nP: Well.")
    assert (len(found.open), len(found.closed)) == (int(is_open), int(not is_open))


def test_what_asks_nothing_is_neither_open_nor_closed():
    found = communication("D: Thank you.\nP: Sure.\nD: Okay.\nP: Yes.\nD: [DDX] 1. Stroke?")
    assert (found.open, found.closed) == ((), ())


@pytest.mark.parametrize(
    "words",
    [
        "Any questions?",
        "Do you have any questions for me?",
        "What questions do you have?",
        "Any more questions?",
    ],
)
def test_asking_for_the_patients_own_questions_is_neither(words):
    found = communication(f"D: {words}\nP: No.")
    assert (found.open, found.closed) == ((), ())


def test_asking_for_questions_beside_a_question_leaves_that_one():
    assert len(communication("D: Do you smoke? Any questions?\nP: No.").closed) == 1
    assert len(communication("D: Do you have any questions or worries?\nP: No.").closed) == 1


@pytest.mark.parametrize("words", ["Just a few more questions.", "I have some questions for you."])
def test_announcing_questions_asks_for_none(words):
    found = communication(f"D: {words} Do you smoke?\nP: No.")
    assert (len(found.open), len(found.closed)) == (0, 1)


LET_TELL = "You let the patient tell it first."


@pytest.mark.parametrize(
    ("lines", "praised"),
    [
        (["What brings you in today?"], 1),
        (["Hello, are you Mrs. Ellis?", "What happened?"], 2),
        (["Do you smoke?", "Any pain?", "What brings you in today?"], None),
        (["How are things at home?"], None),
        (["Do you take aspirin?", "What else are you on?"], None),
        (["Do you smoke?", "Any questions?"], None),
        (["When did it start?"], None),
    ],
)
def test_only_an_invitation_to_tell_of_the_complaint_at_the_start_is_praised(lines, praised):
    made = debrief(talk("synthetic-16", PLAIN, "\n".join(f"D: {one}\nP: Well." for one in lines)))
    found = [one.quote.question for one in made.strengths if one.text == LET_TELL]
    assert found == ([praised] if praised else [])


def test_a_late_list_question_does_not_hide_that_all_were_closed():
    lines = "D: Do you take aspirin?\nP: Yes.\nD: What else are you on?\nP: Nothing."
    made = communication(lines, case="synthetic-16")
    assert (len(made.open), len(made.closed)) == (0, 2)


@pytest.mark.parametrize(
    "question",
    [
        "Do you smoke, drink or use drugs?",
        "Where is it and does it go anywhere?",
        "When did it start? Do you take any pills?",
        "Do you have fever, cough, or vomiting?",
    ],
)
def test_several_questions_at_once_are_noticed(question):
    assert Kind.double in kinds(f"D: {question}\nP: Yes.")


@pytest.mark.parametrize(
    "question",
    [
        "What makes it better or worse?",
        "Any fever or chills?",
        "Do you live with your daughter?",
        "Have you ever had bleeding, such as a stomach ulcer?",
        "Do you smoke? Do you smoke at all?",
    ],
)
def test_a_usual_pair_or_one_question_in_two_is_not(question):
    assert Kind.double not in kinds(f"D: {question}\nP: Yes.")


def test_a_hard_word_is_jargon_only_where_it_was_not_understood():
    lost = "D: Do you have dyspnea?\nP: What is this word? I not understand."
    (one,) = communication(lost, "plain,A,high,normal").of(Kind.jargon)
    assert (one.note, one.doctor.question) == ("dyspnea", 1)
    assert one.patient.text == "What is this word? I not understand."
    assert Kind.jargon not in kinds("D: Do you have dyspnea?\nP: Yes, no air.", "plain,A,high,normal")
    assert Kind.jargon not in kinds("D: Do you have dyspnea?\nP: Yes, quite.", "plain,C,high,normal")


def test_a_worry_is_met_or_passed_over():
    worry = "D: What brings you in?\nP: My chest hurts. Am I going to die?\n"
    met = communication(worry + "D: We will look after you. When did it start?\nP: Two hours ago.")
    assert met.of(Kind.comforted)[0].patient.text == "Am I going to die?"
    passed = communication(worry + "D: When did it start?\nP: Two hours ago.")
    assert passed.of(Kind.passed_over)[0].doctor.question == 2


def test_kind_words_that_nobody_asked_for_are_empathy():
    assert kinds("D: Hi.\nP: Hello.\nD: That must be very hard for you. Do you smoke?\nP: No.") == [
        Kind.empathy
    ]


@pytest.mark.parametrize(
    "words",
    [
        "You must be frightened.",
        "No wonder you're worried.",
        "That sounds miserable.",
        "I'm sorry to hear that, when did it start?",
        "I can see you're uncomfortable.",
        "You look to be in a lot of pain.",
        "I realise this is a lot to take in.",
        "It's understandable to be frightened.",
        "You're safe with us.",
        "You did the right thing to come.",
        "Don't worry, we can treat it.",
    ],
)
def test_words_for_a_feeling_or_a_promise_of_care_are_empathy(words):
    assert Kind.empathy in kinds(f"D: Hi.\nP: Hello.\nD: {words}\nP: Yes.")


NOT_KIND = [
    "Does it hurt when you take a deep breath?",
    "I understand you take an inhaler?",
    "I understand you take an inhaler.",
    "Did I get your name right?",
    "Sorry, what was that?",
    "You look like a smoker.",
    "Are you safe at home?",
    "Is it hard to swallow?",
    "Sorry to keep asking.",
    "Thank you for telling me.",
]


@pytest.mark.parametrize("words", [*NOT_KIND, "I'll be quick."])
def test_a_question_or_a_politeness_is_no_empathy(words):
    assert Kind.empathy not in kinds(f"D: Hi.\nP: Hello.\nD: {words}\nP: Yes.")


@pytest.mark.parametrize("words", NOT_KIND)
def test_it_meets_no_worry_either(words):
    lines = f"D: What brings you in?\nP: I am terrified that I will die.\nD: {words}\nP: No."
    made = debrief(talk("synthetic-10", "overanxious,C,high,normal", lines))
    assert [one.kind for one in made.communication.observations] == [Kind.passed_over]
    assert "You answered a worry when it was voiced." not in [one.text for one in made.strengths]


@pytest.mark.parametrize(
    "words",
    ["What worries you most?", "You must be frightened.", "We will do an X-ray now to see what it is."],
)
def test_a_worry_is_met_by_asking_after_it_by_kind_words_and_by_what_will_be_done(words):
    lines = f"D: What brings you in?\nP: I am terrified that I will die.\nD: {words}\nP: Yes."
    assert Kind.comforted in kinds(lines)


def test_a_confused_patients_talk_is_no_worry():
    assert Kind.passed_over not in [
        one.kind for one in debrief(named("built-in: catheter infection")).communication.observations
    ]


def test_a_refusal_is_unexplained_until_it_is_explained():
    refused = "D: Do you smoke?\nP: None of your business.\n"
    persona = "distrust,B,high,normal"
    assert Kind.unexplained in kinds(refused + "D: Any pain?\nP: Yes.", persona)
    explained = kinds(refused + "D: I ask because it can change which medicine is safe.\nP: Fine.", persona)
    assert Kind.unexplained not in explained
    assert Kind.explained in explained


def test_only_a_distrustful_patient_needs_to_be_told_why():
    assert Kind.unexplained not in kinds("D: Do you smoke?\nP: None of your business.", PLAIN)


@pytest.mark.parametrize(
    "words",
    [
        "Let me summarize what you told me.",
        "Let me check that I got this.",
        "Did I get that right?",
    ],
)
def test_a_summary_is_noticed(words):
    found = communication(f"D: Any pain?\nP: Yes.\nD: {words}\nP: Yes.")
    assert found.summary
    assert not found.safety_net


@pytest.mark.parametrize(
    "words",
    [
        "If the pain gets worse, tell the nurse at once.",
        "Come back right away if you get a fever.",
        "Call me if anything changes.",
    ],
)
def test_a_safety_net_is_noticed(words):
    assert communication(f"D: Any pain?\nP: Yes.\nD: {words}\nP: Okay.").safety_net


def test_a_question_for_what_makes_it_worse_is_no_safety_net():
    found = communication("D: Does it get worse if you walk?\nP: Yes.\nD: What makes it worse?\nP: Steps.")
    assert not found.safety_net
    assert not found.summary


# --- a judge's scores -----------------------------------------------------------------------------


def verdict(dialogue, **about) -> Verdict:
    given = {"dialogue_id": dialogue.id, "metric": Metric.doctor, "field": "empathy", "judge": "m"} | about
    return Verdict(**given)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (1, "needs work"),
        (2, "needs work"),
        (2.5, "adequate"),
        (3, "adequate"),
        (3.5, "strong"),
        (4, "strong"),
    ],
)
def test_scores_are_shown_as_bands(score, band):
    assert band_of(score) == band


def test_bands_are_by_judge_over_its_repeats_and_never_a_number():
    dialogue = named("plain, a full history of the pain")
    verdicts = [
        verdict(dialogue, score=4.0),
        verdict(dialogue, score=2.0, repeat=2),
        verdict(dialogue, score=1.0, judge="n"),
        verdict(dialogue, unscored="no answer", field="past_history"),
    ]
    found = {(one.criterion, one.judge): one.band for one in debrief(dialogue, verdicts).communication.bands}
    assert found == {
        ("empathy", "m"): "adequate",
        ("empathy", "n"): "needs work",
        ("past_history", "m"): "not scored",
    }


def test_verdicts_on_another_dialogue_or_of_another_metric_are_left_out():
    dialogue = named("plain, a full history of the pain")
    verdicts = [
        verdict(dialogue, score=4.0, dialogue_id="another"),
        verdict(dialogue, score=4.0, metric=Metric.fidelity),
        verdict(dialogue, score=4.0, field="no such criterion"),
    ]
    assert debrief(dialogue, verdicts).communication.bands == ()


def test_the_rules_own_scores_give_all_eight_bands():
    dialogue = named("plain, a full history of the pain")
    bands = debrief(dialogue, list(by_rules(dialogue, Metric.doctor))).communication.bands
    assert len(bands) == 8
    assert {one.judge for one in bands} == {"rules"}
