from pathlib import Path

import pytest

from patientsim_core import Dialogue, Persona, Turn, make_patient
from patientsim_core.debrief import Came, debrief
from patientsim_core.debrief.account import account_of
from patientsim_core.debrief.fairness import Fault, fairness
from patientsim_core.dialogue import How
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.persona import Dazed
from patientsim_core.storage.runs import open_run
from tests.debrief.scripted import named, scripted, talk

PLAIN = "plain,B,high,normal"
RUN = Path(__file__).parents[2] / "data_samples" / "runs" / "offline-personas"


def errors(lines: str, persona: str = PLAIN, case: str = "synthetic-01"):
    return debrief(talk(case, persona, lines)).fairness.errors


def test_a_contradiction_is_the_patients_and_its_entries_are_excused():
    found = debrief(named("contradicts the record on its own")).fairness
    assert {key for one in found.errors for key in one.entries} == {"onset", "tobacco", "allergies"}
    assert {one.fault for one in found.errors} == {Fault.contradiction}
    assert found.excused == {"onset", "tobacco", "allergies"}


def test_an_invented_illness_or_drug_is_noticed():
    (one,) = errors("D: Do you have any illnesses?\nP: I have had epilepsy for years.")
    assert (one.fault, one.judge) == (Fault.invention, "rules")
    (one,) = errors("D: What pills do you take?\nP: I take warfarin.")
    assert one.quote.text == "I take warfarin."


@pytest.mark.parametrize(
    "answer",
    [
        "No epilepsy, no.",
        "I'm terrified it's cancer!",
        "Is it a stroke?",
        "My father had a heart attack.",
        "I have high blood pressure.",
        "I don't remember any epilepsy.",
    ],
)
def test_a_denial_a_fear_a_question_and_the_record_itself_are_no_invention(answer):
    assert errors(f"D: Do you have any illnesses?\nP: {answer}") == ()


def test_a_leak_is_noticed_until_the_doctor_has_named_it():
    said = "P: I think it's a heart attack."
    (one,) = errors(f"D: What brings you in?\n{said}")
    assert one.fault is Fault.leak
    assert errors(f"D: Could it be a heart attack?\n{said}") == ()


@pytest.mark.parametrize(
    "question", ["Does heart disease run in your family?", "Who is ill at home?", "Tell me more."]
)
def test_an_illness_of_the_father_told_in_two_sentences_is_no_leak(question):
    assert errors(f"D: {question}\nP: My father. Heart attack, he was 57.") == ()


@pytest.mark.parametrize(
    "answer", ["I think I have a heart attack.", "My father drove me. I think this is a heart attack."]
)
def test_a_leak_beside_the_family_is_noticed(answer):
    found = errors(f"D: Does heart disease run in your family?\nP: {answer}")
    assert Fault.leak in {one.fault for one in found}


def test_a_healthy_function_contradicts_no_denial_of_the_record():
    assert errors("D: Can you speak normally?\nP: Yes, my speech is fine.", case="synthetic-16") == ()


def test_out_of_role_is_noticed():
    (one,) = errors("D: What brings you in?\nP: As an AI language model, I am glad to help.")
    assert one.fault is Fault.out_of_role


def test_the_built_in_patient_makes_no_errors_in_the_sample_run():
    dialogues = list(open_run(RUN).dialogues())[::4]
    found = [one for dialogue in dialogues for one in fairness(dialogue, account_of(dialogue)).errors]
    assert found == []


def verdict(dialogue: Dialogue, **about) -> Verdict:
    given = {"dialogue_id": dialogue.id, "metric": Metric.facts, "field": "1.0", "judge": "m"} | about
    return Verdict(**given)


def judged(detail: dict, **about) -> tuple:
    dialogue = talk("synthetic-01", PLAIN, "D: Do you smoke?\nP: I gave up last year.")
    given = {"turn": 1, "text": "I gave up last year.", "detail": detail} | about
    return debrief(dialogue, [verdict(dialogue, **given)]).fairness.errors


def test_a_judges_contradiction_counts_and_one_with_permission_does_not():
    (one,) = judged({"items": {"tobacco": "contradicted"}})
    assert (one.judge, one.entries, one.quote.turn) == ("m", ("tobacco",), 1)
    assert judged({"items": {"tobacco": "contradicted"}, "permitted": "forgotten"}) == ()
    assert judged({"items": {"tobacco": "entailed"}}) == ()


def test_a_judges_invention_is_what_is_hardly_plausible():
    assert judged({"adds": True, "plausibility": 1})[0].fault is Fault.invention
    assert judged({"adds": True, "plausibility": 4}) == ()
    assert judged({"adds": True}) == ()


@pytest.mark.parametrize(
    "about",
    [{"turn": 99}, {"turn": -1}, {"turn": None}, {"turn": 0}, {"detail": {"items": "none"}}],
)
def test_a_verdict_that_fits_no_answer_is_left_out(about):
    assert judged({"items": {"tobacco": "contradicted"}} | about.pop("detail", {}), **about) == ()


# --- what the persona was allowed ------------------------------------------------------------------


def permitted(dialogue: Dialogue) -> dict[str, object]:
    return {one.fact: one for one in debrief(dialogue).fairness.permitted}


def test_a_forgotten_drug_is_explained_with_what_brings_it_back():
    found = permitted(named("distrustful beginner who keeps things back"))
    assert "Lisinopril 20 mg daily" not in found  # it came back
    omeprazole = found["Omeprazole 20 mg daily"]
    assert omeprazole.came is Came.forgotten
    assert omeprazole.text.startswith("He did not remember medication (Omeprazole 20 mg daily): low recall.")
    assert omeprazole.cue in omeprazole.text


def test_a_refusal_says_distrust_and_an_explanation():
    alcohol = permitted(named("distrustful beginner who keeps things back"))["Three beers on weekends"]
    assert "distrust" in alcohol.text
    assert alcohol.cue.startswith("I ask because")


def test_a_pain_that_was_played_down_says_so():
    pain = permitted(named("the pain is never set right"))["6"]
    assert pain.came is Came.minimised
    assert "She made little of" in pain.text


def test_what_was_set_right_later_needs_no_excuse():
    assert "6" not in permitted(named("plays the pain down and then admits it"))


def test_what_a_persona_is_not_to_do_is_no_permission():
    assert permitted(named("contradicts the record on its own")) == {}


CUES = [
    pytest.param(one.dialogue, permission, id=f"{one.name}: {permission.fact[:30]}")
    for one in scripted()
    for permission in debrief(one.dialogue).fairness.permitted
    if permission.cue
]


@pytest.mark.parametrize(("dialogue", "permission"), CUES)
def test_the_cue_that_is_claimed_brings_the_fact_back_from_the_built_in_patient(dialogue, permission):
    history = [*dialogue.turns[: permission.quote.turn + 1]]
    persona = history[-1].persona or dialogue.persona
    patient = make_patient(dialogue.case, persona, seed=dialogue.seed)
    kind = "You are safe here. We will look after you."
    calming = 8 if persona.dazed is not Dazed.normal else 0
    for _ in range(calming + 1):
        asked = [*history, Turn(role="doctor", text=permission.cue)]
        told = {one.fact for one in patient.reply(asked).disclosures if one.how is How.told}
        if permission.fact in told:
            return
        history.append(Turn(role="doctor", text=kind))
        reply = patient.reply(history)
        history.append(Turn(role="patient", text=reply.text, persona=persona, reply=reply))
    pytest.fail(f"{permission.cue!r} does not bring back {permission.fact!r}")


def test_without_the_cue_the_fact_stays_away():
    dialogue = talk("synthetic-01", "plain,B,low,normal", "D: What pills do you take?\nP: I forget them all.")
    found = debrief(dialogue).fairness.permitted
    assert found
    again = [*dialogue.turns, Turn(role="doctor", text="What pills do you take?")]
    reply = make_patient(dialogue.case, Persona(recall="low")).reply(again)
    lost = {one.fact for one in reply.disclosures if one.how is How.forgotten}
    assert lost & {one.fact for one in found}


def test_a_question_that_got_lost_is_named_by_what_it_was_for():
    dialogue = talk(
        "synthetic-05", "plain,A,high,normal", "D: Have you had emesis or pyrexia?\nP: What is this word?"
    )
    texts = [one.text for one in debrief(dialogue).fairness.permitted if "could not take in" in one.text]
    assert any("the question for symptoms (no vomiting)" in text for text in texts), texts
    assert not any("what there is not" in text for text in texts)


def test_turns_are_counted_in_english():
    safe = "You're safe here, sir. We're looking after you."
    calm = f"D: {safe}\nP: Where am I?\n" * 3
    lines = f"{calm}D: When did the fever start?\nP: Are we there yet?"
    texts = [one.text for one in debrief(talk("synthetic-19", "plain,B,high,high", lines)).fairness.permitted]
    assert any("over one turn, would" in text for text in texts), texts
