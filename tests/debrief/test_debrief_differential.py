import pytest

from patientsim_core.debrief import debrief
from patientsim_core.debrief.differential import Match, match_of
from tests.cases import CASES, release
from tests.debrief.scripted import named, talk

HEART, STROKE, URINE = "Myocardial infarction", "Cerebral infarction", "Urinary tract infection"
BOWEL, LUNG = "Intestinal obstruction", "Pneumonia"


@pytest.mark.parametrize(
    ("text", "truth", "match"),
    [
        ("Myocardial infarction", HEART, Match.exact),
        ("acute myocardial infarction", HEART, Match.exact),
        ("heart attack", HEART, Match.exact),
        ("NSTEMI", HEART, Match.specific),
        ("Acute coronary syndrome", HEART, Match.broader),
        ("Unstable angina", HEART, Match.wrong),
        ("Reflux", HEART, Match.wrong),
        ("Stroke", STROKE, Match.broader),
        ("Ischemic stroke", STROKE, Match.exact),
        ("Cerebellar infarction", STROKE, Match.specific),
        ("Transient ischemic attack", STROKE, Match.wrong),
        ("Pyelonephritis", URINE, Match.specific),
        ("Cystitis", URINE, Match.specific),
        ("UTI", URINE, Match.exact),
        ("Infection", URINE, Match.broader),
        ("Sigmoid volvulus", BOWEL, Match.specific),
        ("Acute abdomen", BOWEL, Match.broader),
        ("Aspiration pneumonia", LUNG, Match.specific),
        ("Respiratory tract infection", LUNG, Match.broader),
        ("No pneumonia", LUNG, Match.wrong),
        ("AMI", HEART, Match.exact),
        ("?MI", HEART, Match.exact),
        ("Heart attack (MI)", HEART, Match.exact),
        ("MI vs PE", HEART, Match.exact),
        ("MI, inferior", HEART, Match.specific),
        ("Heart disease, rheumatic", HEART, Match.wrong),
        ("stroke (ischemic)", STROKE, Match.exact),
        ("stroke vs TIA", STROKE, Match.broader),
        ("hemorrhagic stroke", STROKE, Match.wrong),
        ("stroke (hemorrhagic)", STROKE, Match.wrong),
        ("heat stroke", STROKE, Match.wrong),
        ("infection of the urinary tract", URINE, Match.exact),
        ("chest infection", URINE, Match.wrong),
        ("COVID infection", URINE, Match.wrong),
        ("blocked bowel", BOWEL, Match.exact),
        ("PNA", LUNG, Match.exact),
        ("Pneumonia (right lower lobe)", LUNG, Match.specific),
        ("", LUNG, Match.wrong),
        ("<b>x</b>", LUNG, Match.wrong),
    ],
)
def test_a_diagnosis_is_the_truth_or_more_specific_or_too_broad_or_another(text, truth, match):
    assert match_of(text, truth) is match


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.hadm_id)
def test_the_records_own_words_are_the_diagnosis(case):
    assert match_of(case.diagnosis, case.diagnosis) is Match.exact


def differential(dialogue):
    return debrief(dialogue).differential


def test_the_rank_is_that_of_the_first_that_counts():
    assert differential(named("bowel cancer with obstruction")).rank == 2
    assert differential(named("impatient beginner, hard words")).rank is None


def test_findings_for_and_against_are_quoted_from_what_was_heard():
    found = differential(named("plain, a full history of the pain"))
    heart, _, dissection = found.named
    supports = {one.name: one.quote for one in heart.supports}
    assert supports["pressing"].text == "Like somebody put a heavy weight on me."
    assert supports["cold sweats"].question == 7
    assert "sudden onset" in {one.name for one in dissection.supports}


def test_a_denied_finding_speaks_against():
    against = differential(named("silent heart attack, verbose")).named[0].against
    assert {one.name: one.quote.text for one in against}["no chest pain"] == "No, no pain in chest."


def test_what_was_not_heard_speaks_for_nothing():
    lines = "D: What brings you in?\nP: My chest hurts."
    (one,) = differential(talk("synthetic-01", "plain,B,high,normal", lines, ("Pneumonia",))).named
    assert {finding.name for finding in one.supports} <= {"chest pain", "in the chest"}
    assert one.against == ()


def test_a_reaction_to_a_drug_is_no_symptom_of_now():
    lines = "D: Any allergies?\nP: Codeine makes me vomit."
    (one,) = differential(talk("synthetic-05", "plain,B,high,normal", lines, ("Bowel obstruction",))).named
    assert one.supports == ()


def test_a_diagnosis_that_the_rules_do_not_know_says_so():
    lines = "D: What brings you in?\nP: My chest hurts."
    dialogue = talk("synthetic-01", "plain,B,high,normal", lines, ("Ankylosing spondylitis",))
    (one,) = differential(dialogue).named
    assert (one.known, one.supports, one.against) == (False, (), ())


@pytest.mark.parametrize(
    ("text", "told", "name"),
    [
        ("BPPV", "The room is spinning, I have vertigo.", "spinning feeling"),
        ("renal colic", "It is in my flank and I pee blood.", "blood in the urine"),
        ("GORD", "I have heartburn.", "heartburn"),
        ("ICH", "I have the worst headache of my life.", "headaches"),
        ("AECOPD", "I am short of breath.", "trouble breathing"),
        ("Pyelonephritis", "I have flank pain.", "in the flank"),
    ],
)
def test_a_diagnosis_under_any_of_its_names_has_what_speaks_for_it(text, told, name):
    lines = f"D: What brings you in?\nP: {told}"
    (one,) = differential(talk("synthetic-09", "plain,B,high,normal", lines, (text,))).named
    assert one.known
    assert name in {finding.name for finding in one.supports}


@pytest.mark.parametrize("text", ["heat stroke", "nasal blockage", "pulmonary infarct", "?", "(", "vs"])
def test_a_like_name_of_another_disease_is_not_known(text):
    lines = "D: What brings you in?\nP: My arm is weak."
    (one,) = differential(talk("synthetic-09", "plain,B,high,normal", lines, (text,))).named
    assert not one.known


def test_without_a_differential_there_is_none_and_what_was_not_heard_still_stands():
    dialogue = talk("synthetic-01", "plain,B,high,normal", "D: Hi\nP: Hello.", ())
    found = differential(dialogue)
    assert (found.named, found.rank, found.truth) == ((), None, HEART)
    assert "cold sweats" in found.unheard


def flags(dialogue) -> dict:
    return {flag.name: flag for table in differential(dialogue).red_flags for flag in table.flags}


def test_a_red_flag_is_asked_for_told_unasked_or_missed():
    found = flags(named("pneumonia with COPD, low recall"))
    assert found["Coughing up blood"].asked
    assert found["Coughing up blood"].quote.text == "Any blood in it?"
    assert not found["Confusion"].elicited
    told = flags(named("impatient, social history thorough"))["Shortness of breath"]
    assert told.elicited


def test_a_general_question_asks_for_no_red_flag():
    lines = "D: Do you have anything else?\nP: No."
    assert not any(flag.asked for flag in flags(talk("synthetic-01", "plain,B,high,normal", lines)).values())


def test_a_red_flag_says_what_the_record_has_of_it():
    lines = "D: What brings you in?\nP: My chest hurts."
    found = flags(talk("synthetic-01", "plain,B,high,normal", lines))
    assert found["Cold sweat"].recorded == ("cold sweats",)
    assert found["Fainting"].recorded == ()


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.hadm_id)
def test_every_case_has_red_flags_with_sources(case):
    dialogue = talk(case.hadm_id, "plain,B,high,normal", "D: Hi\nP: Hello.")
    tables = differential(dialogue).red_flags
    assert 1 <= len(tables) <= 2
    assert all(table.sources and len(table.flags) >= 6 for table in tables)


def test_questions_for_women_are_no_red_flags_of_a_man():
    hers = flags(talk("synthetic-17", "plain,B,high,normal", "D: Hi\nP: Hello."))
    his = flags(talk("synthetic-19", "plain,B,high,normal", "D: Hi\nP: Hello."))
    assert "Pregnancy, a missed period" in hers
    assert "Pregnancy, a missed period" not in his
    assert "Pain in the testicles" in his


def test_a_diagnosis_of_no_table_and_a_complaint_of_none_have_no_red_flags():
    case = release(diagnosis="Gout", chiefcomplaint="Sore toe")
    dialogue = talk("synthetic-01", "plain,B,high,normal", "D: Hi\nP: Hello.")
    assert differential(dialogue.model_copy(update={"case": case})).red_flags == ()


def test_a_flag_that_was_asked_for_in_vain_is_still_open():
    lines = "D: What pills do you take?\nP: I don't remember the names."
    found = flags(talk("synthetic-03", "plain,B,low,normal", lines))["Blood thinners"]
    assert (found.asked, found.heard, found.open) == (False, False, True)
    assert found.quote.text == "What pills do you take?"
    settled = lines + "\nD: Do you take a blood thinner?\nP: No."
    assert flags(talk("synthetic-03", "plain,B,low,normal", settled))["Blood thinners"].asked


def test_a_flag_without_an_answer_is_still_open():
    found = flags(talk("synthetic-01", "plain,B,high,normal", "D: Are you short of breath?"))
    assert found["Shortness of breath"].open


def test_a_question_for_illnesses_asks_for_no_operation():
    ill = "D: Do you have any illnesses?\nP: No, nothing."
    assert not flags(talk("synthetic-13", "plain,B,high,normal", ill))["Operations on the belly"].elicited
    cut = "D: Have you ever had surgery?\nP: No, never."
    assert flags(talk("synthetic-12", "plain,B,high,normal", cut))["Operations on the belly"].asked


def test_one_sign_of_a_stroke_is_not_all_of_them():
    found = flags(talk("synthetic-03", "plain,B,high,normal", "D: What happened?\nP: My left arm got weak."))
    assert found["Weak arm or leg"].heard
    assert not found["Drooping face"].elicited
    assert not found["Speech"].elicited


def test_what_makes_it_worse_asks_for_no_symptom():
    found = flags(
        talk("synthetic-04", "plain,B,high,normal", "D: What makes the breathing worse?\nP: Stairs.")
    )
    assert not found["Shortness of breath"].asked


def test_vomit_of_no_colour_is_not_yet_green():
    found = flags(talk("synthetic-13", "plain,B,high,normal", "D: What happened?\nP: I throw up."))
    assert not found["Green or foul vomit"].elicited


def test_a_lump_that_hurts_to_touch_is_no_pain_in_the_chest():
    lines = "D: Can you feel a lump?\nP: Yes, lump in my groin. Hurt to touch."
    heard = differential(talk("synthetic-13", "plain,A,high,normal", lines, ("Intestinal obstruction",)))
    assert "chest pain" not in [one.name for one in heard.named[0].against]


def test_what_was_not_heard_begins_with_the_strongest():
    found = differential(talk("synthetic-01", "plain,B,high,normal", "D: Hi\nP: Hello."))
    assert 0 < len(found.unheard) <= 6
    assert not any(text.startswith(("Father", "Mother", "Brother")) for text in found.unheard[:3])


def test_a_flags_record_is_the_symptom_itself_not_a_side_that_names_it():
    found = flags(talk("synthetic-04", "plain,B,high,normal", "D: Hi\nP: Hello."))["Fever"]
    assert found.recorded == ("fever up to 102 degrees",)


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ("synthetic-05", "Sister: breast cancer at 70"),
        ("synthetic-13", "Mother: breast cancer at 61"),
        ("synthetic-17", "Grandmother: type 2 diabetes"),
    ],
)
def test_a_relatives_illness_that_runs_in_no_family_of_the_diagnosis_is_not_missed(case, text):
    complaint = CASES[case].chiefcomplaint
    lines = f"D: What brings you in?\nP: {complaint}."
    assert text not in differential(talk(case, "plain,B,high,normal", lines)).unheard


def test_a_relatives_illness_that_is_a_risk_is_missed_after_all_of_the_patients_own():
    unheard = differential(talk("synthetic-14", "plain,B,high,normal", "D: Hi\nP: Hello.")).unheard
    assert unheard[-1].startswith("Uncle")
    told = "D: Any heart trouble in the family?\nP: My father had a heart attack at 44."
    found = differential(talk("synthetic-14", "plain,B,high,normal", told)).unheard
    assert not any(text.startswith(("Father", "Uncle")) for text in found)


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.hadm_id)
def test_a_reaction_to_a_drug_is_never_missed_as_a_finding(case):
    allergic = case.model_copy(update={"allergies": "Codeine (vomiting and chest pain)"})
    talked = talk(case.hadm_id, "plain,B,high,normal", "D: Hi\nP: Hello.")
    found = differential(talked.model_copy(update={"case": allergic}))
    assert not any(text.startswith("Codeine") for text in found.unheard)
