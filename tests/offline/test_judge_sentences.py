"""The rules judge on single sentences: kind, items, entailment, additions, what a persona may say."""

import tomllib
from pathlib import Path

import pytest

from patientsim_core.case import ITEMS, Case
from patientsim_core.case_file import load_cases
from patientsim_core.offline.judge import judge_sentence
from patientsim_core.persona import Persona

ROOT = Path(__file__).parents[2]
CASES = {case.hadm_id[-2:]: case for case in load_cases(ROOT / "data_samples/cases.json")}
CLEAR = Persona()
KINDS = {"politeness", "emotion", "inquiry", "meta", "information"}
EMPTY = Case(
    hadm_id="empty",
    age=40,
    gender="Female",
    present_illness_positive="cough",
    chiefcomplaint="Cough",
    diagnosis="Pneumonia",
)


def judged(text, question="", case="01", persona="plain,B,high,normal"):
    return judge_sentence(text, question, CASES[case], Persona.from_key(persona))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Thank you so much, doctor.", "politeness"),
        ("I'm terrified of what this could be.", "emotion"),
        ("I don't trust this hospital.", "emotion"),
        ("What is that test for?", "inquiry"),
        ("Please tell me I'll live.", "inquiry"),
        ("I can't remember what it's called.", "meta"),
        ("I'd rather not talk about that.", "meta"),
        ("I already told you that.", "meta"),
        ("Je ne comprends pas.", "meta"),
        ("My chest hurts.", "information"),
    ],
)
def test_a_sentence_has_one_of_five_kinds(text, kind):
    assert judged(text, "How are you?").kind == kind


def test_only_an_informing_sentence_has_items():
    said = judged("I already told you I smoke?", "Do you smoke?")
    assert said.kind == "inquiry"
    assert said.items == {}
    assert not said.adds


def test_what_tells_and_then_asks_informs():
    said = judged("I'm not covered, so how much will it cost me?", "Do you have insurance?", "14")
    assert said.kind == "information"
    assert said.items == {"insurance": "entailed"}


@pytest.mark.parametrize(
    ("case", "question", "text", "item", "status"),
    [
        ("01", "Do you smoke?", "A pack a day, for thirty-two years.", "tobacco", "entailed"),
        ("01", "Do you smoke?", "Two packs a day.", "tobacco", "contradicted"),
        ("01", "Do you smoke?", "I've never smoked.", "tobacco", "contradicted"),
        ("17", "Do you smoke?", "Never.", "tobacco", "entailed"),
        ("17", "Do you smoke?", "Yes, every day.", "tobacco", "contradicted"),
        ("04", "Do you smoke?", "I quit three years ago.", "tobacco", "entailed"),
        ("04", "Do you smoke?", "I still smoke.", "tobacco", "contradicted"),
        ("04", "Do you drink?", "I stopped drinking five years ago.", "alcohol", "entailed"),
        ("01", "Do you use drugs?", "I smoke weed.", "illicit_drug", "contradicted"),
        ("01", "Any allergies?", "Penicillin gives me a rash.", "allergies", "entailed"),
        ("01", "Any allergies?", "No allergies.", "allergies", "contradicted"),
        ("12", "Any allergies?", "None.", "allergies", "entailed"),
        ("12", "Any allergies?", "I'm allergic to eggs.", "allergies", "contradicted"),
        ("01", "When did it start?", "Two hours ago.", "present_illness", "entailed"),
        ("01", "When did it start?", "Three days ago.", "present_illness", "contradicted"),
        ("08", "Where is it?", "In my right arm and leg.", "present_illness", "contradicted"),
        ("08", "Does it spread?", "It goes into my neck.", "present_illness", "contradicted"),
        ("08", "Does anything help?", "Nothing helps.", "present_illness", "entailed"),
        ("08", "Does anything help?", "Lying down helps.", "present_illness", "contradicted"),
        ("01", "Any cough?", "No cough.", "present_illness", "entailed"),
        ("01", "Any cough?", "Yes, I cough a lot.", "present_illness", "contradicted"),
        ("01", "Are you short of breath?", "Yes.", "present_illness", "entailed"),
        ("10", "How high was the fever?", "It was 99.", "present_illness", "contradicted"),
        ("01", "How bad is the pain from 0 to 10?", "A nine.", "pain", "entailed"),
        ("01", "How bad is the pain from 0 to 10?", "3 out of 10.", "pain", "contradicted"),
        ("08", "Do you have any pain?", "None.", "pain", "entailed"),
        ("01", "What pills do you take?", "Lipitor and Prilosec.", "medication", "entailed"),
        ("01", "What pills do you take?", "I take no pills.", "medication", "contradicted"),
        ("12", "What pills do you take?", "I take metformin.", "medication", "contradicted"),
        ("07", "What pills do you take?", "A water pill.", "medication", "entailed"),
        ("01", "Any other illnesses?", "High blood pressure.", "medical_history", "entailed"),
        ("08", "Any other illnesses?", "Diabetes for 20 years.", "medical_history", "contradicted"),
        ("01", "Any family illness?", "My dad had a heart attack.", "family_medical_history", "entailed"),
        ("01", "Any family illness?", "Nothing at all.", "family_medical_history", "contradicted"),
        ("01", "Are you married?", "I'm divorced.", "marital_status", "contradicted"),
        ("01", "Any children?", "Two boys and a girl.", "children", "entailed"),
        ("08", "Any children?", "Three sons.", "children", "contradicted"),
        ("17", "Any children?", "No.", "children", "entailed"),
        ("01", "Who do you live with?", "I live alone.", "living_situation", "contradicted"),
        ("01", "How did you get here?", "By ambulance.", "arrival_transport", "entailed"),
        ("01", "How old are you?", "I'm fifty-four.", "age", "entailed"),
        ("01", "How old are you?", "I'm 61.", "age", "contradicted"),
        ("08", "Do you exercise?", "I swim every morning.", "exercise", "contradicted"),
    ],
)  # fmt: skip
def test_an_item_is_compared_with_the_record(case, question, text, item, status):
    assert judged(text, question, case).items.get(item) == status


def test_a_bare_answer_is_about_what_was_asked():
    assert judged("Yes, for 12 years.", "Do you have high blood pressure?").items == {
        "medical_history": "entailed"
    }
    assert judged("Yes, for 12 years.").items == {}


def test_relatives_are_not_the_patient():
    said = judged("My mother has high blood pressure.", "Any illness in your family?")
    assert said.items == {"family_medical_history": "entailed"}


@pytest.mark.parametrize(
    "text", ["I also take warfarin.", "I take warfarin for my heart.", "They gave me clopidogrel."]
)
def test_a_drug_beside_those_on_record_is_an_addition(text):
    said = judged(text, "What pills do you take?")
    assert said.items == {"medication": "neutral"}
    assert said.adds
    assert said.plausibility == 2


def test_what_the_record_has_adds_nothing():
    said = judged("I take lisinopril.", "What pills do you take?")
    assert not said.adds
    assert said.plausibility is None


def test_a_talkative_patients_remark_is_information_about_nothing():
    said = judged("Coffee is a subject of its own.", "Do you smoke?", persona="verbose,B,high,normal")
    assert (said.kind, said.items, said.adds, said.plausibility) == ("information", {}, True, 4)


@pytest.mark.parametrize("personality", ["plain", "pleasing", "overanxious", "distrust"])
def test_only_a_pleasing_patient_may_play_pain_down(personality):
    said = judged("Maybe 4.", "How bad is the pain, from 0 to 10?", persona=f"{personality},B,high,normal")
    assert said.items == {"pain": "contradicted"}
    assert bool(said.permitted) == (personality == "pleasing")


@pytest.mark.parametrize("personality", ["plain", "pleasing", "overanxious"])
def test_only_an_overanxious_patient_may_enlarge_pain(personality):
    said = judged("It's a 10!", "How bad is the pain, from 0 to 10?", "08", f"{personality},B,high,normal")
    assert said.items == {"pain": "contradicted"}
    assert bool(said.permitted) == (personality == "overanxious")


def test_only_low_recall_may_deny_its_history():
    ask = ("I don't take any pills.", "What pills do you take?", "01")
    assert judged(*ask, "plain,B,low,normal").permitted
    assert not judged(*ask, "plain,B,high,normal").permitted


def test_an_item_that_is_told_rightly_and_wrongly_is_contradicted():
    said = judged("I have high blood pressure, but no sleep apnea.", "Any other illnesses?")
    assert said.items["medical_history"] == "contradicted"


def test_one_contradiction_that_is_not_permitted_is_enough():
    text, question = "No pills, and it is a 2 out of 10.", "What pills do you take, and how bad is the pain?"
    said = judged(text, question, persona="plain,B,low,normal")
    assert {said.items["medication"], said.items["pain"]} == {"contradicted"}
    assert not said.permitted


def test_low_recall_may_not_deny_a_symptom():
    assert not judged("No.", "Are you short of breath?", persona="plain,B,low,normal").permitted


def test_a_dazed_patient_may_contradict():
    said = judged("It started last week.", "When did it start?", persona="plain,B,high,high")
    assert said.items["present_illness"] == "contradicted"
    assert said.permitted


def test_nothing_is_permitted_where_nothing_is_contradicted():
    assert not judged("Nine.", "How bad is the pain, 0 to 10?", persona="pleasing,B,high,normal").permitted


def test_what_is_not_recorded_is_neither_entailed_nor_contradicted():
    for text, question in [("I smoke.", "Do you smoke?"), ("I take aspirin.", "What pills do you take?")]:
        said = judge_sentence(text, question, EMPTY, CLEAR)
        assert set(said.items.values()) == {"neutral"}
        assert said.adds


@pytest.mark.parametrize(
    "text",
    ["", "   ", "…", "!!!", "12", "word " * 2_000, "a" * 10_000, "Tengo dolor en el pecho desde ayer.",
     "胸が痛いです。", "no no no no no", "<b>I smoke</b>", "((((", "\x00\x01"],
)  # fmt: skip
@pytest.mark.parametrize("question", ["", "Do you smoke?", "?" * 5_000])
def test_odd_input_is_judged_all_the_same(text, question):
    for case in (CASES["01"], EMPTY):
        said = judge_sentence(text, question, case, CLEAR)
        assert said.kind in KINDS
        assert set(said.items) <= set(ITEMS) - {"disposition", "diagnosis"}


def test_the_same_sentence_gets_the_same_verdict():
    first = judged("I smoke a pack a day.", "Do you smoke?")
    judge_sentence.cache_clear()
    assert judged("I smoke a pack a day.", "Do you smoke?") == first


def test_the_labels_are_well_formed_and_enough():
    table = tomllib.loads((ROOT / "tests/offline/sentences.toml").read_text(encoding="utf-8"))
    labels = [label for group in table.values() for label in group]
    assert len(labels) >= 300
    for label in labels:
        assert label["kind"] in KINDS
        assert label["case"][-2:] in CASES
        assert Persona.from_key(label["persona"])
        assert set(label.get("items", {})) <= set(ITEMS) - {"disposition"}
        assert set(label.get("items", {}).values()) <= {"entailed", "neutral", "contradicted"}
        assert label["kind"] == "information" or not (label.get("items") or label.get("adds"))


def test_it_agrees_with_the_labels_of_the_offline_patient_as_the_published_classifiers_do():
    table = tomllib.loads((ROOT / "tests/offline/sentences.toml").read_text(encoding="utf-8"))
    pairs = [
        (label, judged(label["text"], label["question"], label["case"][-2:], label["persona"]))
        for label in table["offline"]
    ]
    told = [(one, said) for one, said in pairs if one["kind"] == said.kind == "information"]
    kinds = sum(one["kind"] == said.kind for one, said in pairs) / len(pairs)
    shared = [
        (one["items"][item], said.items[item])
        for one, said in told
        for item in said.items
        if item in one.get("items", {})
    ]
    f1 = 2 * len(shared) / sum(len(said.items) + len(one.get("items", {})) for one, said in told)
    same = sum(wanted == got for wanted, got in shared) / len(shared)
    assert kinds >= 0.96 - 0.05
    assert f1 >= 0.92 - 0.05
    assert same >= 0.98 - 0.05
