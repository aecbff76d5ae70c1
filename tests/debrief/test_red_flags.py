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
