import pytest

from patientsim_core.debrief.account import account_of
from patientsim_core.debrief.evidence import evidence_of
from patientsim_core.debrief.red_flags import red_flags
from tests.debrief.scripted import talk


def flag(name: str, case: str, lines: str, persona: str = "plain,B,high,normal"):
    dialogue = talk(case, persona, lines)
    account = account_of(dialogue)
    tables = red_flags(dialogue, account, evidence_of(dialogue, account))
    return next(one for table in tables for one in table.flags if one.name == name)


def state(*args: str) -> str:
    one = flag(*args)
    return "asked" if one.asked else "told" if one.heard else "open" if one.open else "missed"


THINNERS, OTHER = "Blood thinners", "Weak defences, lung disease"


@pytest.mark.parametrize(
    ("name", "case", "lines"),
    [
        (THINNERS, "synthetic-01", "D: Do you take insulin?\nP: No."),
        (THINNERS, "synthetic-07", "D: And the water tablets?\nP: Furosemide, yes."),
        (THINNERS, "synthetic-01", "D: Do you take something for blood pressure?\nP: Lisinopril, yes."),
        ("Irregular heartbeat", "synthetic-03", "D: Do you have high blood pressure?\nP: No."),
        ("Earlier stroke or bleeding", "synthetic-03", "D: Do you have high blood pressure?\nP: No."),
        ("Earlier stroke or bleeding", "synthetic-03", "D: Did anyone in the family have a stroke?\nP: No."),
        ("Catheter, or urine that will not come", "synthetic-10", "D: Do you have a coil?\nP: Yes."),
        (OTHER, "synthetic-04", "D: Do you have Parkinson's?\nP: No."),
        (THINNERS, "synthetic-07", "D: What happened when you took the clopidogrel?\nP: I got hives."),
    ],
)
def test_a_question_for_another_thing_of_the_same_list_asks_for_no_flag(name, case, lines):
    assert state(name, case, lines) == "missed"


@pytest.mark.parametrize(
    ("name", "case", "lines"),
    [
        (THINNERS, "synthetic-01", "D: What medicines do you take?\nP: Lisinopril and omeprazole."),
        (THINNERS, "synthetic-01", "D: Do you take warfarin?\nP: No."),
        ("Irregular heartbeat", "synthetic-03", "D: What illnesses do you have?\nP: High blood pressure."),
        ("Catheter, or urine that will not come", "synthetic-10", "D: Do you have a catheter?\nP: No."),
        ("Vomiting", "synthetic-10", "D: Can you keep fluids down?\nP: Yes, I can."),
        ("Allergies to drugs", "synthetic-01", "D: Are you allergic to anything?\nP: Penicillin."),
    ],
)
def test_a_general_question_and_one_by_name_do(name, case, lines):
    assert state(name, case, lines) == "asked"


@pytest.mark.parametrize(
    "answer",
    ["I could not vouch for any anticoagulant.", "I don't know.", "I'm not sure.", "No idea, sorry."],
)
def test_what_the_patient_does_not_know_is_still_open(answer):
    assert state(THINNERS, "synthetic-03", f"D: Are you on anticoagulants?\nP: {answer}") == "open"


def test_a_plain_no_settles_it():
    assert state(THINNERS, "synthetic-03", "D: Are you on anticoagulants?\nP: No, none.") == "asked"


def test_a_drug_that_does_harm_is_not_told_to_be_taken():
    lines = "D: What brings you in?\nP: My chest hurts. I'm allergic to aspirin."
    assert state(THINNERS, "synthetic-01", lines) == "missed"
    lines = "D: Are you allergic to anything?\nP: I can't take aspirin."
    assert state(THINNERS, "synthetic-09", lines) == "missed"


def test_a_drug_of_another_kind_tells_no_blood_thinner():
    assert state(THINNERS, "synthetic-01", "D: How are you?\nP: I take lisinopril 20 mg daily.") == "missed"


def test_what_was_asked_in_words_that_were_read_as_wider_was_asked():
    lines = "D: Have your legs been swelling?\nP: Yes, my ankles are swollen on both sides."
    assert state("Swollen or painful leg", "synthetic-07", lines) == "asked"


@pytest.mark.parametrize(
    ("name", "case", "lines"),
    [
        (
            "Blood in the stool, or black stool",
            "synthetic-18",
            "D: Any change in your stools - blood, or getting thinner?\nP: I go less often.",
        ),
        (
            "Green or foul vomit",
            "synthetic-13",
            "D: What does the vomit look like?\nP: I threw up six times.",
        ),
        ("Cold sweat", "synthetic-14", "D: Short of breath? Sweaty?\nP: Short of breath, yes."),
    ],
)
def test_what_was_asked_and_not_answered_is_open_and_not_missed(name, case, lines):
    assert state(name, case, lines) == "open"


def test_what_was_asked_so_and_told_is_asked():
    lines = "D: What does the vomit look like?\nP: It is green and bitter."
    assert state("Green or foul vomit", "synthetic-13", lines) == "asked"


def test_another_side_of_the_face_is_no_drooping():
    assert state("Drooping face", "synthetic-09", "D: Is one side of your face numb?\nP: Yes.") == "missed"


def test_what_was_told_before_it_was_asked_after_is_told_unasked():
    lines = "D: What is it?\nP: I have a fever and a cough.\nD: When did the fever start?\nP: Yesterday."
    assert state("Fever", "synthetic-04", lines) == "told"


RECAP = "D: So you have a fever, shaking chills and burning when you pee. Is that right?"


@pytest.mark.parametrize("name", ["Fever", "Shaking chills"])
@pytest.mark.parametrize(("answer", "found"), [("Yes.", "asked"), ("No.", "missed"), ("What?", "missed")])
def test_a_recap_that_is_confirmed_asked_for_what_it_names(name, answer, found):
    assert state(name, "synthetic-10", f"{RECAP}\nP: {answer}") == found


def test_a_recap_asks_for_no_more_than_it_names():
    lines = "D: So you vomited six times. Is that right?\nP: Yes."
    assert state("Green or foul vomit", "synthetic-13", lines) == "missed"
    lines = "D: So your father had a stroke. Is that right?\nP: Yes."
    assert state("Earlier stroke or bleeding", "synthetic-03", lines) == "missed"


def test_a_flag_that_was_told_in_other_words_than_its_name_is_told():
    lines = "D: What happened?\nP: My right arm has gone weak and I have difficulty finding words."
    assert state("Weak arm or leg", "synthetic-03", lines) == "told"


def test_a_wide_denial_tells_no_flag_that_it_does_not_name():
    lines = "D: How bad is the pain from 0 to 10?\nP: No pain, zero out of 10."
    assert state("Headache", "synthetic-08", lines) == "missed"


@pytest.mark.parametrize(
    ("question", "answer", "found"),
    [
        ("What colour was the vomit?", "Green.", "asked"),
        ("How many times did you throw up and what colour was it?", "Four times. Green.", "asked"),
        ("How many times did you throw up and what colour was it?", "Four times.", "open"),
        ("How many times did you throw up?", "Four times, green.", "told"),
        ("How many times did you throw up?", "Four times.", "missed"),
        ("What colour was the vomit?", "I don't know. I felt green.", "open"),
        ("What colour was your car?", "Green.", "missed"),
    ],
)
def test_what_completes_the_thing_asked_after_tells_the_flag(question, answer, found):
    assert state("Green or foul vomit", "synthetic-12", f"D: {question}\nP: {answer}") == found


def test_a_question_answered_against_the_record_was_asked():
    lines = "D: Are you allergic to anything?\nP: No, nothing."
    assert state("Allergies to drugs", "synthetic-01", lines) == "asked"


@pytest.mark.parametrize("statement", ["I think you have a hernia.", "We will check for a hernia."])
def test_a_statement_asks_for_no_flag(statement):
    assert state("A lump in the groin", "synthetic-12", f"D: {statement}\nP: Okay.") == "missed"


def test_who_keeps_falling_to_one_side_did_not_fall():
    name = "Fall or blow to the head"
    walking = "D: Can you walk straight?\nP: No, I keep falling to the left."
    assert state(name, "synthetic-09", walking) == "missed"
    fell = "D: What happened?\nP: I keep falling to the left, and yesterday I fell to the floor."
    assert state(name, "synthetic-09", fell) == "told"
