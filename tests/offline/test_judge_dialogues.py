"""The rules judge on whole dialogues: profile, differential, persona fidelity, the doctor's part."""

import pytest

from patientsim_core.case import Case
from patientsim_core.case_file import load_cases
from patientsim_core.dialogue import Dialogue, Turn
from patientsim_core.offline.judge import (
    judge_differential,
    judge_doctor,
    judge_fidelity,
    judge_profile,
)
from patientsim_core.patient import make_patient
from patientsim_core.persona import Persona
from patientsim_core.text import sentences
from tests.offline.test_judge_sentences import CASES, EMPTY, ROOT

QUESTIONS = [
    "Good morning, I'm Dr. Lee. What brings you in today?",
    "When did it start?",
    "Where is it?",
    "What does it feel like?",
    "How bad is the pain, from 0 to 10?",
    "Does it go anywhere else?",
    "What other illnesses do you have?",
    "What pills do you take?",
    "Does any illness run in your family?",
    "Any allergies?",
    "Do you smoke?",
]


CALM = "Don't worry, we will take good care of you."


def played(persona: str, case: Case = CASES["01"], questions=QUESTIONS) -> Dialogue:
    persona = Persona.from_key(persona)
    patient = make_patient(case, persona)
    turns: list[Turn] = []
    for question in questions:
        turns.append(Turn(role="doctor", text=question))
        turns.append(Turn(role="patient", text=patient.reply(turns).text))
    return Dialogue(case=case, persona=persona, turns=turns)


def answers(*texts: str) -> list[Turn]:
    """Turns of a patient who is asked nothing."""
    return [
        Turn(role=role, text=said) for text in texts for role, said in (("doctor", "?"), ("patient", text))
    ]


# --- profile ------------------------------------------------------------------------------------------


def test_an_item_that_is_told_is_covered_and_one_that_is_not_is_not():
    found = judge_profile([("Do you smoke?", "One pack a day, for 32 years.")], CASES["01"])
    assert found["tobacco"].covered
    assert found["tobacco"].score == 4
    assert not found["alcohol"].covered
    assert found["alcohol"].score is None
    assert found["alcohol"].extracted == ""


def test_unknown_items_and_hidden_ones_are_not_judged():
    found = judge_profile([("Do you smoke?", "Yes.")], EMPTY)
    assert set(found) == {"age", "gender", "present_illness", "chiefcomplaint"}
    assert not {"diagnosis", "disposition", "sexual_history"} & set(judge_profile([], CASES["01"]))


def test_a_wrong_value_is_covered_and_scores_lowest():
    found = judge_profile([("Do you smoke?", "No, I've never smoked.")], CASES["01"])
    assert found["tobacco"].covered
    assert found["tobacco"].score == 1


def test_a_forgotten_value_is_not_covered():
    found = judge_profile([("What pills do you take?", "I can't remember what I take.")], CASES["01"])
    assert not found["medication"].covered


def test_what_is_set_right_scores_between():
    ask = "How bad is the pain, from 0 to 10?"
    found = judge_profile([(ask, "Maybe 6 out of 10."), (ask, "About 9 out of 10.")], CASES["01"])
    assert found["pain"].score == 3


def test_a_list_told_in_part_scores_less_than_the_whole():
    ask = "What pills do you take?"
    part = judge_profile([(ask, "Lisinopril.")], CASES["01"])["medication"]
    whole = judge_profile([(ask, "Lisinopril, atorvastatin and omeprazole.")], CASES["01"])["medication"]
    assert (part.score, whole.score) == (3, 4)


def test_no_turns_cover_nothing():
    assert not any(one.covered for one in judge_profile([], CASES["01"]).values())


def test_odd_answers_are_read_all_the_same():
    for answer in ("", "…", "x" * 10_000, "No. " * 3_000, "胸が痛い"):
        assert judge_profile([("", answer)], CASES["01"])


# --- differential -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("diagnosis", "named"),
    [
        ("Myocardial infarction", "Acute myocardial infarction (STEMI)"),
        ("Myocardial infarction", "NSTEMI"),
        ("Myocardial infarction", "Heart attack"),
        ("Pneumonia", "Community-acquired pneumonia"),
        ("Pneumonia", "Right lower lobe pneumonia"),
        ("Pneumonia", "Aspiration pneumonia"),
        ("Urinary tract infection", "Acute pyelonephritis"),
        ("Urinary tract infection", "Cystitis"),
        ("Urinary tract infection", "Catheter-associated UTI"),
        ("Urinary tract infection", "Urosepsis"),
        ("Intestinal obstruction", "Small bowel obstruction"),
        ("Intestinal obstruction", "Sigmoid volvulus"),
        ("Intestinal obstruction", "Large-bowel obstruction due to cancer"),
        ("Cerebral infarction", "Acute ischemic stroke"),
        ("Cerebral infarction", "Ischemic stroke (left MCA)"),
        ("Cerebral infarction", "Cerebellar infarction"),
        ("cerebral infarct", "Lacunar stroke"),
        ("Myocardial infarction", "MI, inferior"),
        ("Myocardial infarction", "acute MI, anterior"),
        ("Myocardial infarction", "AMI with cardiogenic shock"),
        ("Myocardial infarction", "myocardial infarct"),
        ("Myocardial infarction", "MI vs PE"),
        ("Myocardial infarction", "PE/M.I."),
        ("Myocardial infarction", "MI s/p PCI"),
        ("Cerebral infarction", "lateral medullary infarction"),
        ("Cerebral infarction", "stroke (ischemic)"),
        ("Cerebral infarction", "Stroke, ischaemic"),
        ("Cerebral infarction", "ischemic vs hemorrhagic stroke"),
        ("Cerebral infarction", "Ischemic stroke with hemorrhagic transformation"),
        ("Intestinal obstruction", "blocked bowel"),
        ("Intestinal obstruction", "obstructed bowel"),
        ("Intestinal obstruction", "Hernia, strangulated"),
        ("Pneumonia", "PNA"),
        ("Pneumonia", "Pneumonia, no effusion"),
        ("Pneumonia", "Pneumonia without effusion"),
        ("Urinary tract infection", "pyelo"),
        ("Urinary tract infection", "infection of the urinary tract"),
        ("Urinary tract infection, site not specified", "UTI"),
        ("Gout", "gout"),
        ("Gout", "Gout (left toe)"),
        ("Non-Hodgkin lymphoma", "non-Hodgkin lymphoma"),
        ("Nausea without vomiting", "nausea without vomiting"),
    ],
)
def test_the_same_and_the_more_specific_count(diagnosis, named):
    hit, rank, why = judge_differential(["Migraine", named, "Gastritis"], diagnosis)
    assert hit
    assert rank == 2
    assert named in why


@pytest.mark.parametrize(
    ("diagnosis", "named"),
    [
        ("Myocardial infarction", "Acute coronary syndrome"),
        ("Myocardial infarction", "Unstable angina"),
        ("Myocardial infarction", "Cerebral infarction"),
        ("Myocardial infarction", "History of myocardial infarction"),
        ("Pneumonia", "Respiratory infection"),
        ("Pneumonia", "Bronchitis"),
        ("Urinary tract infection", "Infection"),
        ("Urinary tract infection", "Interstitial cystitis"),
        ("Intestinal obstruction", "Constipation"),
        ("Intestinal obstruction", "Acute abdomen"),
        ("Cerebral infarction", "Stroke"),
        ("Cerebral infarction", "Hemorrhagic stroke"),
        ("Cerebral infarction", "Transient ischemic attack"),
        ("Myocardial infarction", "PE, no MI"),
        ("Myocardial infarction", "MI, unlikely"),
        ("Myocardial infarction", "MI (ruled out)"),
        ("Myocardial infarction", "s/p MI"),
        ("Myocardial infarction", "chest pain (r/o MI)"),
        ("Myocardial infarction", "Mild asthma"),
        ("Cerebral infarction", "stroke (hemorrhagic)"),
        ("Cerebral infarction", "pulmonary infarct"),
        ("Intestinal obstruction", "biliary obstruction"),
        ("Intestinal obstruction", "blocked coronary artery"),
        ("Urinary tract infection", "gall bladder infection"),
        ("Urinary tract infection", "COVID infection"),
        ("Gout", "Arthritis"),
        ("Gout", "Pseudogout"),
        ("Gout", "no gout"),
    ],
)
def test_the_broader_and_the_other_do_not_count(diagnosis, named):
    assert judge_differential([named], diagnosis)[:2] == (False, None)


def test_that_a_diagnosis_is_broader_is_said():
    assert "broader" in judge_differential(["Stroke"], "Cerebral infarction")[2]
    assert "broader" in judge_differential(["Stroke, not hemorrhagic"], "Cerebral infarction")[2]


@pytest.mark.parametrize(
    ("diagnosis", "named"),
    [
        ("Cerebral infarction", "Hemorrhagic stroke"),
        ("Cerebral infarction", "Stroke (hemorrhagic)"),
        ("Cerebral infarction", "Heat stroke"),
        ("Urinary tract infection", "Chest infection"),
        ("Urinary tract infection", "COVID infection"),
        ("Pneumonia", "Upper respiratory tract infection"),
        ("Intestinal obstruction", "Urinary obstruction"),
        ("Myocardial infarction", "Mesenteric ischemia"),
    ],
)
def test_another_disease_of_a_like_name_is_not_broader(diagnosis, named):
    assert "none of" in judge_differential([named], diagnosis)[2]


@pytest.mark.parametrize(
    "differential", [[], [""], ["(((("], [")"], ["/ vs , ;"], ["x" * 10_000], ["(" * 5_000], ["心筋梗塞"]]
)
def test_an_odd_differential_has_not_the_truth(differential):
    assert judge_differential(differential, "Pneumonia")[:2] == (False, None)


# --- fidelity --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "criterion"),
    [
        ("verbose,B,high,normal", "Personality"),
        ("pleasing,B,high,normal", "Personality"),
        ("impatient,B,high,normal", "Personality"),
        ("distrust,B,high,normal", "Personality"),
        ("overanxious,B,high,normal", "Personality"),
        ("plain,A,high,normal", "Language"),
        ("plain,C,high,normal", "Language"),
        ("plain,B,low,normal", "Recall"),
        ("plain,B,high,high", "Confused"),
    ],
)
def test_played_as_assigned_scores_above_played_plain(persona, criterion):
    own = judge_fidelity(played(persona))[criterion][0]
    other = judge_fidelity(played("plain,B,high,normal"), Persona.from_key(persona))[criterion][0]
    assert own >= other + 1


def test_a_plain_patient_does_not_pass_for_any_other():
    assert {score for score, _ in judge_fidelity(played("plain,B,high,normal")).values()} == {4}


def test_recall_and_confusion_are_judged_in_turn():
    assert "Confused" not in judge_fidelity(played("plain,B,high,normal"))
    dazed = judge_fidelity(played("plain,B,high,high"))
    assert "Confused" in dazed
    assert "Recall" not in dazed


def test_confusion_that_reassurance_does_not_lift_scores_less():
    lost = "Where am I? Make it stop."
    clear = "It hurts in my chest."
    persona = Persona.from_key("plain,B,high,high")

    def confused(*said: str) -> int:
        turns = answers(*said)
        turns = [turn if turn.role == "patient" else Turn(role="doctor", text=CALM) for turn in turns]
        return judge_fidelity(Dialogue(case=CASES["01"], persona=persona, turns=turns))["Confused"][0]

    assert confused(lost, lost, lost, clear, clear, clear) == 4
    assert confused(lost, lost, lost, lost, lost, lost) == 3


def test_an_assistant_with_stage_directions_is_not_real():
    case, persona = CASES["01"], Persona()
    said = [
        "*coughs* How can I help you?",
        "As an AI I feel no pain.",
        "*sighs* Certainly, feel free to ask.",
    ]
    turns = [
        turn for text in said for turn in (Turn(role="doctor", text="?"), Turn(role="patient", text=text))
    ]
    assert judge_fidelity(Dialogue(case=case, persona=persona, turns=turns))["Realism"][0] <= 2


@pytest.mark.parametrize("texts", [[], [""], ["…"], ["胸が痛い"], ["x" * 10_000]])
def test_a_patient_that_says_nothing_readable_is_scored(texts):
    turns = [
        turn for text in texts for turn in (Turn(role="doctor", text=""), Turn(role="patient", text=text))
    ]
    for persona in ("plain,B,high,normal", "verbose,A,low,high"):
        dialogue = Dialogue(case=CASES["01"], persona=Persona.from_key(persona), turns=turns)
        assert all(1 <= score <= 4 and why for score, why in judge_fidelity(dialogue).values())


# --- doctor ------------------------------------------------------------------------------------------


def led(*questions: str) -> dict:
    turns = [Turn(role="doctor", text=text) for text in questions]
    return judge_doctor(Dialogue(case=CASES["01"], persona=Persona(), turns=turns))


@pytest.mark.parametrize(
    ("criterion", "questions"),
    [
        ("presenting_complaint", "When did it start? Where is it? What does it feel like? Does it spread? "
         "How bad is it, 0 to 10? What makes it worse? What makes it better?"),
        ("systems_review", "Any fever? Any cough? Any nausea? Any headache? Any dizziness? Any rash?"),
        ("past_history", "Any other illnesses? Have you ever had surgery? Have you had this before?"),
        ("family_history", "Does any illness run in your family? Did your father have heart trouble?"),
        ("medication_history", "What medicines do you take? What dose? Any allergies?"),
        ("empathy", "I'm sorry you are in pain. Don't worry, we will help you. That must be very hard. "
         "You are in good hands."),
    ],
)  # fmt: skip
def test_a_criterion_rises_with_what_was_asked(criterion, questions):
    questions = sentences(questions)
    assert led("Hello.")[criterion][0] == 1
    assert led("Hello.", *questions)[criterion][0] >= 3
    scores = [led("Hello.", *questions[:count])[criterion][0] for count in range(len(questions) + 1)]
    assert scores == sorted(scores)


def test_a_past_without_illnesses_is_half_a_past():
    looks = ("Have you had this before?", "Do you use a pacemaker or other medical devices?")
    assert led(*looks)["past_history"][0] == 2
    assert led(*looks, "Any other illnesses?")["past_history"][0] > 2


def test_the_conclusion_is_no_question():
    assert led("[DDX] 1. Stroke; 2. Fever") == led()


def test_a_silent_doctor_scores_lowest():
    assert {score for score, _ in led().values()} == {1}


def test_odd_turns_of_a_doctor_are_scored():
    for text in ("", "…", "x" * 10_000, "¿Dónde le duele?"):
        assert all(1 <= score <= 4 for score, _ in led(text).values())


def test_the_sample_cases_are_all_read():
    for case in load_cases(ROOT / "data_samples/cases.json"):
        assert judge_profile([("What brings you in today?", f"I came for {case.chiefcomplaint}.")], case)[
            "chiefcomplaint"
        ].covered
