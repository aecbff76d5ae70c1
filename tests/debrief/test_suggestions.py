from itertools import product
from pathlib import Path

import pytest

from patientsim_core import Dialogue, Persona, Turn, make_patient
from patientsim_core.debrief import debrief
from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.better import first_alone, for_flag
from patientsim_core.debrief.cues import suited
from patientsim_core.debrief.suggestions import MOST, NEEDED
from patientsim_core.debrief.wording import symptom_question, wording_of
from patientsim_core.offline.comprehend import baffles
from patientsim_core.persona import Cefr, Dazed, Personality
from patientsim_core.storage.runs import open_run
from tests.cases import CASES
from tests.debrief.scripted import named, scripted, talk

HEART = CASES["synthetic-01"]


def suggestions(lines: str, persona: str = "plain,B,high,normal"):
    return debrief(talk("synthetic-01", persona, lines)).suggestions


def test_there_are_at_most_three_each_at_a_question_of_the_doctor():
    for one in scripted():
        found = debrief(one.dialogue).suggestions
        assert 1 <= len(found) <= MOST == 3
        for suggestion in found:
            assert suggestion.quote.role == "doctor"
            assert suggestion.better.strip()
            assert suggestion.text.strip()


def test_every_sample_dialogue_gets_words_that_its_patient_understands():
    runs = Path(__file__).parents[2] / "data_samples" / "runs"
    for dialogue in list(open_run(runs / "offline-personas").dialogues())[::5]:
        for one in debrief(dialogue).suggestions:
            assert not baffles(one.better, dialogue.persona.cefr, dialogue.case), one.better


def test_a_word_that_was_not_understood_gets_a_simple_one():
    lines = "D: Do you have dyspnea?\nP: What is this word?"
    found = [one for one in suggestions(lines, "plain,A,high,normal") if "dyspnea" in one.text]
    assert found[0].better == "Is it hard to breathe?"
    assert found[0].quote.question == 1


def test_a_refusal_gets_the_reason_first():
    lines = "D: Do you smoke?\nP: None of your business."
    (found,) = [one for one in suggestions(lines, "distrust,B,high,normal") if "kept back" in one.text]
    assert found.better.startswith("I ask everyone this, because")
    assert "smoke" in found.better


def test_a_forgotten_illness_gets_the_question_that_brings_it_back():
    lines = "D: Any illnesses?\nP: I can't remember any."
    (found,) = [one for one in suggestions(lines, "plain,B,low,normal") if "remember" in one.text]
    turns = talk("synthetic-01", "plain,B,low,normal", lines).turns
    reply = make_patient(HEART, Persona(recall="low")).reply([*turns, Turn(role="doctor", text=found.better)])
    assert any(one.how.reached for one in reply.disclosures)


def test_a_worry_passed_over_is_answered_before_the_same_question():
    lines = "D: What is it?\nP: Chest pain. Am I going to die?\nD: Are you married?\nP: Yes."
    (found,) = [one for one in suggestions(lines) if "worry" in one.text]
    assert found.better.endswith("Are you married?")
    assert found.quote.question == 2


def test_a_confused_patient_is_to_be_calmed_before_all_else():
    first = debrief(named("built-in: catheter infection, dazed")).suggestions[0]
    assert first.better.startswith("You are safe here.")


def test_a_red_flag_of_the_record_that_nobody_asked_for_comes_first():
    first = suggestions("D: What is it?\nP: Chest pain.")[0]
    assert first.text.startswith("Red flag not asked for (chest pain)")
    assert "The record has:" in first.text


def test_without_a_question_there_is_nothing_to_suggest():
    assert debrief(Dialogue(case=HEART, persona=Persona())).suggestions == ()


def test_what_went_well_has_evidence_and_is_at_most_three():
    for one in scripted():
        found = debrief(one.dialogue).strengths
        assert len(found) <= 3
        for strength in found:
            assert strength.text
            assert strength.quote is None or strength.quote.role == "doctor"
    good = debrief(named("heart attack, distrustful beginner")).strengths
    assert [one.quote.question for one in good if one.text == "You said why you asked."] == [3]


def test_an_empty_consultation_is_not_praised():
    assert debrief(Dialogue(case=HEART, persona=Persona())).strengths == ()


@pytest.mark.parametrize(("kind", "cefr"), list(product(Personality, Cefr)))
def test_needed_questions_are_understood_and_answered_by_every_persona(kind, cefr):
    persona = Persona(personality=kind, cefr=cefr)
    patient = make_patient(HEART, persona)
    for key in NEEDED:
        asked = suited(wording_of(key, cefr)[0], persona)
        reply = patient.reply([Turn(role="doctor", text=asked)])
        told = {one.item for one in reply.disclosures if one.how.reached}
        item = "present_illness_positive" if key == "onset" else key
        assert item in told, (asked, reply.text)


@pytest.mark.parametrize("cefr", [Cefr.A, Cefr.B])
@pytest.mark.parametrize(
    "concept", ["dyspnea", "fever", "cold_sweats", "hematemesis", "head_injury", "slurred_speech", "seizure"]
)
def test_a_symptom_is_asked_for_in_words_of_the_level(concept, cefr):
    assert not baffles(symptom_question(concept, cefr), cefr, HEART)


def test_a_dazed_patient_is_spoken_to_calmly_whatever_else_it_is():
    persona = Persona(personality="impatient", dazed=Dazed.high)
    assert suited("When did it start?", persona) == "You are safe here. When did it start?"


def test_a_plain_patient_needs_nothing_before_a_question():
    assert suited("Do you smoke?", Persona()) == "Do you smoke?"


def test_a_fact_that_came_when_it_was_asked_for_again_is_praised():
    lines = (
        "D: What medicines do you take?\nP: I can't remember the names.\n"
        "D: Do you take a pill for blood pressure?\nP: Oh yes, lisinopril 20 mg every day."
    )
    found = debrief(talk("synthetic-01", "plain,B,low,normal", lines)).strengths
    assert any(one.text.startswith("You asked again, more closely, and got it: Lisinopril") for one in found)


def test_what_nobody_asked_for_blames_no_question():
    found = debrief(talk("synthetic-01", "plain,B,high,normal", "D: Do you smoke?\nP: No.")).suggestions
    assert any(one.added for one in found)


def test_a_complaint_that_was_left_at_once_comes_before_manners():
    lines = (
        "D: What brings you in?\nP: My chest hurts.\nD: Does it spread to your arm?\nP: Yes, left arm.\n"
        "D: Do you smoke?\nP: No."
    )
    found = debrief(talk("synthetic-01", "plain,B,high,normal", lines)).suggestions
    story = [one for one in found if one.text.startswith("You left the complaint early: onset, location")]
    assert story
    assert story[0].quote.question == 1
    full = debrief(named("heart attack, plain, a full history of the pain")).suggestions
    assert not [one for one in full if one.text.startswith("You left the complaint early")]


def suggested(case: str, persona: str, lines: str):
    return debrief(talk(case, persona, lines)).suggestions


@pytest.fixture
def needed(monkeypatch):
    """Only one entry that no history should be without, and room for all suggestions."""

    def only(key: str) -> None:
        monkeypatch.setattr("patientsim_core.debrief.suggestions.NEEDED", (key,))
        monkeypatch.setattr("patientsim_core.debrief.suggestions.MOST", 20)

    return only


@pytest.mark.parametrize(
    ("case", "persona", "lines", "key", "label"),
    [
        (
            "synthetic-13",
            "plain,C,high,normal",
            "D: Has anyone in the family had bowel cancer?\nP: No, there's no family history of that.",
            "family_medical_history",
            "Family history",
        ),
        (
            "synthetic-03",
            "plain,C,high,normal",
            "D: Are you on anticoagulants?\nP: I could not vouch for any.",
            "medication",
            "Medication",
        ),
        (
            "synthetic-14",
            "plain,B,high,normal",
            "D: Any meds, allergies, past medical problems, operations?\nP: I'm not allergic to anything.",
            "medication",
            "Medication",
        ),
    ],
)
def test_what_was_asked_in_any_words_was_not_never_asked(case, persona, lines, key, label, needed):
    needed(key)
    found = [one.text for one in suggested(case, persona, lines) if one.text.startswith(f"{label}:")]
    assert found
    assert found[0].startswith(f"{label}: did not come out")


def test_a_side_of_the_complaint_is_not_said_never_to_have_come_up_where_a_question_was_not_read():
    found = suggested("synthetic-15", "plain,A,low,normal", "D: When start?\nP: Again please.")
    texts = [one.text for one in found]
    assert any("onset" in text.lower() and "did not come out" in text for text in texts), texts
    assert not any("never" in text for text in texts)


@pytest.mark.parametrize(
    ("key", "label"), [("medication", "Medication"), ("onset", "Onset"), ("tobacco", "Tobacco")]
)
def test_what_nobody_asked_was_never_asked_after(key, label, needed):
    needed(key)
    lines = "D: What brings you in?\nP: My chest hurts.\nD: Are you married?\nP: Yes."
    texts = [one.text for one in suggested("synthetic-01", "plain,B,high,normal", lines)]
    story = any(text.startswith("You left the complaint early: onset") for text in texts)
    assert story if key == "onset" else any(text.startswith(f"{label}: never asked") for text in texts)


def test_a_question_that_the_rules_could_not_read_blames_nobody_for_a_flag():
    lines = "D: What brings you in?\nP: My chest hurts.\nD: Zig zag?\nP: Again please?"
    flag = suggested("synthetic-01", "plain,B,high,normal", lines)[0]
    assert flag.text.startswith("Red flag that did not come out (chest pain)")


def test_a_flag_that_the_words_of_a_question_name_did_not_come_out():
    lines = (
        "D: Any change in your stools - blood, or getting thinner?\nP: I go less often.\n"
        "D: Are you constipated?\nP: Yes, for five days."
    )
    found = suggested("synthetic-18", "plain,B,high,normal", lines)
    blood = [one for one in found if "blood in the stool" in one.text]
    assert blood
    assert blood[0].text.startswith("Red flag that did not come out")
    assert blood[0].quote.question == 1


def test_the_word_that_was_not_understood_is_the_one_that_is_put_simply():
    lines = "D: Any fevers, chills or rigors?\nP: What does that word mean?"
    words = [one for one in suggested("synthetic-05", "plain,B,high,normal", lines) if "rigors" in one.text]
    assert words[0].better == "Have you had shaking chills?"


@pytest.mark.parametrize(
    ("turn", "first"),
    [
        ("I see. What does the vomit look like? Any blood?", "What does the vomit look like?"),
        ("Any dysuria, frequency, haematuria?", ""),
        ("Headache? Fits?", ""),
        ("I see.", ""),
        ("", ""),
    ],
)
def test_of_two_questions_the_first_is_left_as_it_was(turn, first):
    assert first_alone(Asked(text=turn)) == first


def test_a_worry_is_not_followed_by_what_is_criticised_elsewhere():
    lines = (
        "D: What is it?\nP: My back hurts. Am I going to die?\n"
        "D: Any dysuria, frequency, haematuria?\nP: It burns."
    )
    (worry,) = [one for one in suggested("synthetic-10", "plain,C,high,normal", lines) if "worry" in one.text]
    assert "haematuria" not in worry.better
    assert worry.better.endswith("Does it burn when you pass water?")


def test_no_two_suggestions_put_the_same_question(needed):
    for one in scripted():
        last = [found.better.rpartition(". ")[2] for found in debrief(one.dialogue).suggestions]
        assert len(last) == len(set(last)), (one.name, last)
    needed("onset")
    lines = "D: What is it?\nP: My belly hurts.\nD: Do you smoke?\nP: No."
    last = [one.better.rpartition(". ")[2] for one in suggested("synthetic-05", "plain,B,high,normal", lines)]
    assert last.count("When did it start?") == 1


@pytest.mark.parametrize(("case", "complaint"), [("synthetic-03", "stroke"), ("synthetic-01", "heart")])
def test_every_red_flag_has_a_question_of_its_own(case, complaint):
    dialogue = talk(case, "plain,B,high,normal", "D: Hi\nP: Hello.")
    tables = debrief(dialogue).differential.red_flags
    asked = {flag.name: for_flag(flag, Cefr.B, ()) for table in tables for flag in table.flags}
    assert all(asked.values()), complaint
    assert asked["Blood thinners"] == "Do you take anything that thins your blood?"


def test_a_question_that_was_just_asked_is_not_suggested_again():
    dialogue = talk("synthetic-01", "plain,B,high,normal", "D: Hi\nP: Hello.")
    flag = debrief(dialogue).differential.red_flags[0].flags[0]
    first = for_flag(flag, Cefr.B, ())
    assert for_flag(flag, Cefr.B, (f"Well. {first}",)) != first
