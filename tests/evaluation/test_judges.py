"""Model judges: what they are asked, how answers are read, and what is unscored."""

import json
import re

import pytest
from kinds import QUICK, settings
from service import Answer

from patientsim_core import Dialogue, Disclosure, EndReason, Persona, Reply, Turn
from patientsim_core.dialogue import How
from patientsim_core.evaluation import ddx, disclosure, doctor, facts, fidelity, profile
from patientsim_core.evaluation.judge import Judge, conversation
from patientsim_core.facts import facts_of
from patientsim_core.models import load_model
from patientsim_core.persona import Dazed
from tests.cases import HEART

FIVE = ["Angina", "Myocardial infarction", "Pericarditis", "Reflux", "Panic attack"]


def turns(*texts: str, **reply) -> list[Turn]:
    roles = ("doctor", "patient")
    return [Turn(role=roles[n % 2], text=text, reply=Reply(text=text, **reply) if n % 2 else None)
            for n, text in enumerate(texts)]  # fmt: skip


def dialogue(*texts: str, persona=Persona(), differential=FIVE, **reply) -> Dialogue:  # noqa: B008
    usual = (
        "What brings you in?",
        "*groans* My chest hurts. It began two hours ago.",
        "Do you smoke?",
        "No, never. Thank you.",
        "[DDX] 1. Angina; 2. Myocardial infarction",
    )
    return Dialogue(id="d1", case=HEART, persona=persona, turns=turns(*(texts or usual), **reply),
                    differential=differential, end_reason=EndReason.concluded)  # fmt: skip


@pytest.fixture
def judge(service) -> Judge:
    return Judge(load_model("vllm:j", settings("vllm", service.url), QUICK))


def says(**answer) -> Answer:
    return Answer(json.dumps(answer))


def score(number: object) -> Answer:
    return says(reason="See turn 1.", quote="My chest hurts.", score=number)


def verdicts(metric, one: Dialogue, judge: Judge, missing=None) -> list:
    found = metric.judge(one, judge, metric.fields(one) if missing is None else missing)
    return [verdict for group in found for verdict in group]


def asked(service, place: int = -1) -> str:
    return service.requests[place].body["messages"][1]["content"]


def test_a_judge_works_at_temperature_0_with_the_seed_of_its_repeat(service, judge):
    service.answers(score(3))
    verdicts(fidelity, dialogue(), judge, ["realism"])
    verdicts(fidelity, dialogue(), Judge(judge.model, repeat=3), ["realism"])
    assert [(request.body["temperature"], request.body["seed"]) for request in service.requests] == [
        (0, 42),
        (0, 44),
    ]


def test_each_criterion_is_asked_alone_and_scored(service, judge):
    service.answers(score(4), score(3), score(2), score(1))
    found = verdicts(fidelity, dialogue(), judge)
    assert {one.field: one.score for one in found} == {
        "personality": 4,
        "language": 3,
        "recall": 2,
        "realism": 1,
    }
    assert found[0].rationale == "See turn 1."
    assert found[0].text == "My chest hurts."
    assert all(one.judge == "vllm:j" and one.attempts == 1 and one.usage.prompt_tokens for one in found)


def test_confusion_is_judged_in_place_of_recall_where_the_patient_is_dazed():
    assert "confused" in fidelity.fields(dialogue(persona=Persona(dazed=Dazed.high)))
    assert "recall" not in fidelity.fields(dialogue(persona=Persona(dazed=Dazed.high)))
    assert "confused" not in fidelity.fields(dialogue())


def test_the_criterion_says_what_was_asked_of_the_patient(service, judge):
    service.answers(score(3))
    verdicts(fidelity, dialogue(persona=Persona(personality="distrust")), judge, ["personality"])
    assert "Asked for: Distrustful. Doubts the doctor's competence" in asked(service)


def test_what_requests_share_comes_first_and_what_differs_last(service, judge):
    service.answers(score(3))
    verdicts(fidelity, dialogue(), judge)
    texts = [asked(service, place) for place in range(4)]
    shared = len(conversation(dialogue()))
    assert len({text[:shared] for text in texts}) == 1
    assert len(set(texts)) == 4


def test_stage_directions_and_the_diagnoses_of_the_last_turn_are_not_shown():
    text = conversation(dialogue())
    assert "groans" not in text
    assert "DDX" not in text
    assert "Angina" not in text
    assert "1P: My chest hurts. It began two hours ago." in text
    ending = conversation(dialogue("Hello?", "Pain.", "Thank you. I think it is angina."))
    assert "2D: Thank you." in ending
    assert "angina" not in ending


@pytest.mark.parametrize("number", [0, 5, 2.5, None, "high"])
def test_a_score_outside_the_scale_is_asked_for_again_then_unscored_with_the_answer_kept(
    service, judge, number
):
    service.answers(score(number))
    (found,) = verdicts(fidelity, dialogue(), judge, ["realism"])
    assert found.score is None
    assert found.unscored
    assert "See turn 1." in found.raw
    assert len(service.requests) == found.attempts == 3


def test_an_unreadable_answer_is_asked_for_again_with_the_reason(service, judge):
    service.answers(Answer("I would say three."), score(3))
    (found,) = verdicts(fidelity, dialogue(), judge, ["realism"])
    assert found.score == 3
    assert found.attempts == 2
    assert "no JSON object" in service.requests[-1].body["messages"][-1]["content"]


def test_only_what_is_missing_is_asked(service, judge):
    service.answers(score(3))
    verdicts(doctor, dialogue(), judge, ["empathy"])
    assert len(service.requests) == 1
    assert len(doctor.fields(dialogue())) == 8


# --- sentences ------------------------------------------------------------------------------------

TELLS = [
    {"number": 1, "kind": "information", "items": ["chiefcomplaint", "nonsense"]},
    {"number": 2, "kind": "information", "items": ["present_illness"]},
]
POLITE = [{"number": 3, "kind": "politeness", "items": []}, {"number": 4, "kind": "emotion", "items": []}]
MIXED = [{"item": "present_illness", "relation": "neutral"}, {"item": "nonsense", "relation": "entailed"}]
RELATIONS = [
    {"number": 1, "relations": [{"item": "chiefcomplaint", "relation": "entailed"}], "adds": False,
     "plausibility": None, "reason": "as in the record"},
    {"number": 2, "relations": MIXED, "adds": True, "plausibility": 3, "reason": "a new detail"},
]  # fmt: skip


def test_short_turns_take_two_requests_together(service, judge):
    service.answers(says(sentences=[*TELLS, *POLITE]), says(sentences=RELATIONS))
    found = verdicts(facts, dialogue(), judge)
    assert len(service.requests) == 2
    assert [one.field for one in found] == ["1.0", "1.1", "3.0", "3.1"]
    assert [one.score for one in found] == [1.0, None, None, None]
    assert found[0].detail == {"kind": "information", "items": {"chiefcomplaint": "entailed"}}
    told = {"kind": "information", "items": {"present_illness": "neutral"}, "adds": True, "plausibility": 3}
    assert [one.detail for one in found[1:]] == [told, {"kind": "politeness"}, {"kind": "emotion"}]
    assert found[1].text == "It began two hours ago."
    assert [one.turn for one in found] == [1, 1, 3, 3]
    assert [one.attempts for one in found] == [2, 0, 0, 0]


def test_where_nothing_is_told_one_request_is_enough(service, judge):
    service.answers(says(sentences=[{"number": n, "kind": "emotion", "items": []} for n in range(1, 5)]))
    assert {one.detail["kind"] for one in verdicts(facts, dialogue(), judge)} == {"emotion"}
    assert len(service.requests) == 1


def test_a_long_turn_is_judged_by_itself_and_none_is_torn_apart(service, judge):
    long = "One is. Two is. Three is. Four is. Five is."
    service.answers(says(sentences=[]))
    verdicts(facts, dialogue("A?", "Hm.", "B?", long, "C?", "Hm."), judge)
    assert [asked(service, place).count("Doctor: ") for place in range(2)] == [2, 1]


def test_the_first_request_has_no_record_and_the_second_has_it_with_the_items(service, judge):
    service.answers(says(sentences=[*TELLS, *POLITE]), says(sentences=RELATIONS))
    verdicts(facts, dialogue(), judge)
    assert "Penicillin" not in asked(service, 0)
    assert "Doctor: What brings you in?\n1. My chest hurts.\n2. It began" in asked(service, 0)
    assert "Doctor: Do you smoke?\n3. No, never." in asked(service, 0)
    assert "Penicillin" in asked(service, 1)
    assert "diagnosis: Myocardial infarction" in asked(service, 1)
    assert "1. My chest hurts. [items: chiefcomplaint]" in asked(service, 1)
    assert "3. No, never." not in asked(service, 1)


def test_a_sentence_that_the_judge_left_out_is_unscored_and_the_others_are_not(service, judge):
    service.answers(says(sentences=[POLITE[0] | {"number": 2}, *POLITE, POLITE[0] | {"number": 99}]))
    found = verdicts(facts, dialogue(), judge)
    assert [bool(verdict.unscored) for verdict in found] == [True, False, False, False]
    assert found[0].raw


def test_an_unreadable_second_answer_leaves_what_informs_unscored(service, judge):
    service.answers(says(sentences=[*TELLS, *POLITE]), Answer("?"))
    found = verdicts(facts, dialogue(), judge)
    assert [bool(verdict.unscored) for verdict in found] == [True, True, False, False]
    assert found[0].raw == "?"


def test_a_contradiction_that_the_persona_is_to_make_is_told_apart(service, judge):
    against = [{"item": "pain", "relation": "contradicted"}]
    wrong = {"number": 1, "relations": against, "adds": False, "plausibility": None, "reason": "9, not 3"}
    service.answers(
        says(sentences=[{"number": 1, "kind": "information", "items": ["pain"]}]), says(sentences=[wrong])
    )
    bent = [Disclosure(item="pain", fact="9", how=How.minimised)]
    told = [Disclosure(item="pain", fact="9", how=How.told)]
    text = ("How bad is it?", "Only 3.")
    (found,) = verdicts(facts, dialogue(*text, disclosures=bent), judge)
    assert (found.score, found.detail["permitted"]) == (0.0, "minimised")
    pain = {"pain": "contradicted"}
    assert facts.permitted(pain, turns(*text, disclosures=told)[1]) == ""
    assert facts.permitted(pain, turns(*text, phase=Dazed.high)[1]) == "confused"
    assert facts.permitted({"pain": "entailed"}, turns(*text, disclosures=bent)[1]) == ""
    assert facts.permitted(pain | {"tobacco": "contradicted"}, turns(*text, disclosures=bent)[1]) == ""


# --- profile, differential ------------------------------------------------------------------------


def test_items_are_extracted_and_compared_by_two_requests(service, judge):
    extracted = [
        {"item": "tobacco", "value": "never"},
        {"item": "pain", "value": None},
        {"item": "x", "value": "y"},
    ]
    service.answers(
        says(items=extracted), says(items=[{"item": "tobacco", "reason": "the opposite", "score": 1}])
    )
    found = {one.field: one for one in verdicts(profile, dialogue(), judge)}
    assert len(service.requests) == 2
    assert found["tobacco"].score == 1
    assert found["tobacco"].detail == {
        "covered": True,
        "extracted": "never",
        "true": "One pack a day for 32 years",
    }
    assert (found["pain"].score, found["pain"].unscored, found["pain"].detail["covered"]) == (None, "", False)
    assert "diagnosis" not in found
    assert "sexual_history" not in found
    assert set(found) == set(profile.fields(dialogue()))


def test_an_item_that_was_not_compared_is_unscored(service, judge):
    service.answers(says(items=[{"item": "tobacco", "value": "never"}]), says(items=[]))
    found = {one.field: one for one in verdicts(profile, dialogue(), judge)}
    assert found["tobacco"].unscored
    assert not found["pain"].unscored


@pytest.mark.parametrize(
    ("match", "score", "rank"), [(2, 1.0, 2), (None, 0.0, None), (9, 0.0, None), (0, 0.0, None)]
)
def test_the_differential_is_right_if_a_named_one_counts(service, judge, match, score, rank):
    service.answers(says(reason="…", match=match))
    (found,) = verdicts(ddx, dialogue(), judge)
    assert (found.score, found.detail["rank"]) == (score, rank)
    assert re.search(r"2\. Myocardial infarction", asked(service))


def test_no_differential_is_wrong_and_asks_nobody(service, judge):
    (found,) = verdicts(ddx, dialogue(differential=[]), judge)
    assert found.score == 0.0
    assert not service.requests


# --- disclosure -----------------------------------------------------------------------------------


def test_disclosure_is_read_by_the_judge_in_one_request_where_the_patient_kept_no_account(service, judge):
    one = dialogue("Do you smoke?", "A pack a day, and penicillin gives me a rash.", "…", "Hm.")
    names = [fact.item for fact in facts_of(HEART)]
    smokes, rash = names.index("tobacco") + 1, names.index("allergies") + 1
    told = [{"fact": smokes, "turn": 1, "how": "told"}, {"fact": rash, "turn": 1, "how": "minimised"}]
    service.answers(
        says(facts=[*told, {"fact": 1, "turn": None, "how": "told"}, {"fact": 99, "turn": 1, "how": "told"}])
    )
    found = {verdict.field: verdict for verdict in verdicts(disclosure, one, judge)}
    assert len(service.requests) == 1
    assert f"{smokes}. tobacco: One pack a day" in asked(service)
    assert found["told"].score == pytest.approx(2 / len(names))
    assert found["told"].detail == {"inferred": True, "by_turn": [2, 2]}
    assert found["volunteered"].score == 0.5  # smoking was asked for, the allergy was not
    assert found["bent"].score == 0.5
    assert found["concealed"].score == 1.0


def test_an_unreadable_account_is_unscored_in_every_field(service, judge):
    service.answers(Answer("?"))
    found = verdicts(disclosure, dialogue(), judge)
    assert all(one.unscored and one.score is None for one in found)


def test_a_patients_own_account_is_counted_and_what_was_read_out_of_its_text_is_not_taken_for_one():
    own = [Disclosure(item="pain", fact="9", how=How.told)]
    assert disclosure.is_recorded(dialogue("A?", "B.", disclosures=own))
    read = [own[0].model_copy(update={"inferred": True})]
    assert not disclosure.is_recorded(dialogue("A?", "B.", disclosures=read))
    assert not disclosure.is_recorded(dialogue("A?", "B."))
