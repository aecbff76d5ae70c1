"""The history map against consultations with known content, and its quotes against every sample dialogue."""

from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from patientsim_core import Dialogue, Disclosure, Persona, Reply, Turn
from patientsim_core.debrief import Quote, Status, debrief
from patientsim_core.debrief.account import account_of
from patientsim_core.debrief.history import history
from patientsim_core.debrief.layout import entry_of, places
from patientsim_core.facts import facts_of
from patientsim_core.storage.runs import open_run
from tests.cases import CASES, release
from tests.debrief.scripted import FIXED, named, scripted, talk

PLAIN = "plain,B,high,normal"
RUNS = Path(__file__).parents[2] / "data_samples" / "runs"


def entries(dialogue: Dialogue) -> dict:
    return {one.key: one for one in history(dialogue, account_of(dialogue)).entries}


def statuses(dialogue: Dialogue) -> dict[str, Status]:
    return {key: one.status for key, one in entries(dialogue).items()}


def compared() -> list[tuple[str, str, Status, Status]]:
    """Consultation, entry, truth and map, where the record does not decide alone."""
    return [
        (one.name, key, one.status_of(entry), entry.status)
        for one in scripted()
        for key, entry in entries(one.dialogue).items()
        if entry.status not in FIXED
    ]


def test_the_map_is_right_for_95_percent_of_the_entries_of_thirty_consultations():
    found = compared()
    wrong = [line for line in found if line[2] is not line[3]]
    assert len(scripted()) == 30
    assert len(wrong) <= 0.05 * len(found), wrong


def test_it_is_right_for_95_percent_of_what_came_up_too():
    found = [line for line in compared() if line[2] not in (Status.missed, Status.triage)]
    wrong = [line for line in found if line[2] is not line[3]]
    assert len(wrong) <= 0.05 * len(found), wrong


def test_nothing_that_was_told_is_called_missed():
    told = (Status.elicited, Status.volunteered, Status.partly, Status.wrong)
    lost = [line for line in compared() if line[2] in told and line[3] in (Status.missed, Status.triage)]
    assert not lost


def test_each_truth_names_an_entry_of_the_map():
    for one in (*scripted(), *scripted("held_out.toml"), *scripted("held_out_2.toml")):
        assert one.truth.keys() <= places().keys(), one.name


def quotes_in(part: object) -> list[Quote]:
    """Every quote in a debrief, wherever it stands."""
    if isinstance(part, Quote):
        return [part]
    if isinstance(part, tuple):
        return [quote for one in part for quote in quotes_in(one)]
    return [q for f in fields(part) for q in quotes_in(getattr(part, f.name))] if is_dataclass(part) else []


def check_quotes(dialogue: Dialogue) -> int:
    found = quotes_in(debrief(dialogue))
    doctor = [place for place, turn in enumerate(dialogue.turns) if turn.role == "doctor"]
    for quote in found:
        turn = dialogue.turns[quote.turn]
        assert quote.text
        assert quote.text in turn.text
        assert quote.role == turn.role
        assert quote.question == sum(place <= quote.turn for place in doctor)
    return len(found)


@pytest.mark.parametrize("run", ["offline-personas", "offline-no-persona"])
def test_every_quote_of_every_sample_dialogue_stands_in_the_turn_it_names(run):
    dialogues = list(open_run(RUNS / run).dialogues())
    assert len(dialogues) == 111
    assert sum(map(check_quotes, dialogues)) > 50 * len(dialogues)


def test_every_quote_of_the_scripted_ones_stands_there_too():
    for one in scripted():
        assert check_quotes(one.dialogue)


def test_what_the_patients_own_account_says_was_told_is_never_called_missed():
    for dialogue in list(open_run(RUNS / "offline-personas").dialogues())[::7]:
        out = {
            (one.item, one.fact)
            for turn in dialogue.turns
            if turn.reply
            for one in turn.reply.disclosures
            if one.how.reached
        }
        for entry in entries(dialogue).values():
            for fact in entry.facts:
                if (fact.item, fact.text) in out:
                    assert fact.status not in (Status.missed, Status.triage, Status.unanswered)


@pytest.mark.parametrize("case", [*CASES.values(), release()], ids=lambda case: case.hadm_id)
def test_every_fact_of_a_record_has_its_place_in_one_entry(case):
    dialogue = Dialogue(case=case, persona=Persona())
    shown = [(f.item, f.text) for e in entries(dialogue).values() for f in e.facts]
    for fact in facts_of(case):
        assert entry_of(fact) in places()
        assert (fact.item, fact.text) in shown


def test_a_quote_keeps_the_spaces_of_its_turn_and_the_whole_turn_where_a_direction_stands_inside():
    text = "Well,   it  hurts.  It began two  hours (sighs) ago,\nsuddenly. I smoke a  pack a day."
    lines = [("When did it start? Do you smoke?", text)]
    turns = [t for q, a in lines for t in (Turn(role="doctor", text=q), Turn(role="patient", text=a))]
    dialogue = Dialogue(case=CASES["synthetic-01"], persona=Persona(), turns=turns)
    assert check_quotes(dialogue)
    found = entries(dialogue)
    assert found["tobacco"].facts[0].tellings[0].patient.text == "I smoke a  pack a day."
    assert found["onset"].facts[0].tellings[0].patient.text == text


def test_the_quote_is_the_sentence_with_most_of_the_fact():
    lines = "D: Do you take a pill for blood pressure?\nP: Ah yes! Lisinopril, 20 mg."
    (fact, *_) = entries(talk("synthetic-01", "plain,B,low,normal", lines))["medication"].facts
    assert fact.tellings[0].patient.text == "Ah yes! Lisinopril, 20 mg."


def test_an_empty_consultation_has_missed_what_triage_does_not_tell():
    found = statuses(Dialogue(case=CASES["synthetic-01"], persona=Persona()))
    assert found["pain"] is Status.missed
    assert found["age"] is found["chiefcomplaint"] is Status.triage
    assert found["sexual_history"] is Status.unrecorded
    assert found["diagnosis"] is Status.hidden


def test_a_drug_without_its_dose_is_partly_told_until_the_dose_comes():
    asked = "D: What pills do you take?\nP: Lisinopril, atorvastatin and omeprazole.\n"
    assert statuses(talk("synthetic-01", "plain,B,high,normal", asked))["medication"] is Status.partly
    doses = "D: How much of each?\nP: Lisinopril 20, atorvastatin 40 and omeprazole 20."
    whole = talk("synthetic-01", "plain,B,high,normal", asked + doses)
    assert statuses(whole)["medication"] is Status.elicited


def test_one_dose_in_a_list_is_not_the_dose_of_its_neighbour():
    lines = "D: What pills do you take?\nP: Lisinopril, atorvastatin 40, omeprazole."
    facts = entries(talk("synthetic-01", "plain,B,high,normal", lines))["medication"].facts
    assert [fact.status for fact in facts] == [Status.partly, Status.elicited, Status.partly]


def test_a_refusal_that_an_explanation_overcame_is_elicited():
    lines = """
D: Do you smoke?
P: None of your business.
D: I ask because it can change which medicine is safe for you.
P: Fine. A pack a day, 32 years now.
"""
    found = entries(talk("synthetic-01", "distrust,B,high,normal", lines))["tobacco"]
    assert found.status is Status.elicited
    assert [str(one.came) for one in found.facts[0].tellings] == ["refused", "told"]


def test_a_pain_that_was_bent_and_set_right_is_elicited_and_else_given_wrongly():
    first = "D: How bad is the pain from 0 to 10?\nP: Oh, a 2 at most."
    again = "\nD: Really only 2, from 0 to 10?\nP: To be honest, 6."
    bent = entries(talk("synthetic-02", "pleasing,B,high,normal", first))["pain"]
    assert bent.status is Status.wrong
    assert str(bent.facts[0].tellings[0].came) == "minimised"
    right = talk("synthetic-02", "pleasing,B,high,normal", first + again)
    assert statuses(right)["pain"] is Status.elicited


def test_a_denial_of_a_poor_memory_is_forgotten_and_of_a_good_one_is_wrong():
    lines = "D: Do you have high blood pressure?\nP: No, I don't."
    low = entries(talk("synthetic-01", "plain,B,low,normal", lines))["medical_history"]
    assert low.facts[0].status is Status.forgotten
    high = entries(talk("synthetic-01", "plain,B,high,normal", lines))["medical_history"]
    assert high.facts[0].status is Status.wrong


@pytest.mark.parametrize(
    "words",
    ["Head turn and turn!", "My head goes round and round.", "Everything was going around.", "Room turn."],
)
def test_a_feeling_that_turns_is_vertigo_in_whatever_words(words):
    found = statuses(talk("synthetic-09", "overanxious,A,high,normal", f"D: What is it like?\nP: {words}"))
    assert found["quality"] is Status.elicited


def test_a_head_that_is_turned_is_no_vertigo():
    lines = "D: What's the trouble?\nP: When my head turns it gets worse."
    assert statuses(talk("synthetic-09", PLAIN, lines))["quality"] is Status.missed


def test_what_nobody_asked_for_is_volunteered():
    lines = "D: When did it start?\nP: Two hours ago. I'm a truck driver, by the way."
    found = statuses(talk("synthetic-01", "verbose,B,high,normal", lines))
    assert found["onset"] is Status.elicited
    assert found["occupation"] is Status.volunteered


def test_what_another_persona_was_asked_counts_by_that_persona(dialogue):
    found = entries(dialogue)["tobacco"]
    assert found.status is Status.refused
    assert found.facts[0].tellings[0].patient.question == 3


def test_what_a_model_inferred_is_read_anew_beside_its_question():
    told = [Disclosure(item="tobacco", fact="One pack a day for 32 years", how="refused", inferred=True)]
    reply = Reply(text="A pack a day for 32 years.", model="azure:x", disclosures=told)
    turns = [
        Turn(role="doctor", text="Do you smoke?"),
        Turn(role="patient", text=reply.text, persona=Persona(), reply=reply),
    ]
    found = entries(Dialogue(case=CASES["synthetic-01"], persona=Persona(), turns=turns))["tobacco"]
    assert found.status is Status.elicited
    assert found.facts[0].tellings[0].inferred


def test_what_was_asked_again_after_a_whole_answer_stands_once_with_both_questions():
    lines = """
D: Are you allergic to anything?
P: Penicillin gives me a rash.
D: When did it start?
P: Two hours ago.
D: Do you have any allergies?
P: I said, penicillin.
"""
    dialogue = talk("synthetic-01", "plain,B,high,normal", lines)
    (repeat,) = history(dialogue, account_of(dialogue)).repeats
    assert repeat.key == "allergies"
    assert [words.question for words in repeat.questions] == [1, 3]


def test_asking_again_after_no_answer_is_no_repeat():
    lines = """
D: Are you allergic to anything?
P: I forget.
D: Do you have any allergies?
P: Penicillin, I get a rash.
"""
    dialogue = talk("synthetic-01", "plain,B,high,normal", lines)
    assert history(dialogue, account_of(dialogue)).repeats == ()


@pytest.mark.parametrize(
    ("first", "answer", "second"),
    [
        ("Do you have any pain?", "Yes, a 9.", "How bad is the pain really, from 0 to 10?"),
        ("Do you have any illnesses?", "High blood pressure.", "Do you have high blood pressure?"),
        ("What brings you in?", "Chest pain.", "Do you have chest pain?"),
    ],
)
def test_a_closer_question_after_a_wider_one_is_no_repeat(first, answer, second):
    lines = f"D: {first}\nP: {answer}\nD: {second}\nP: {answer}"
    dialogue = talk("synthetic-01", "plain,B,high,normal", lines)
    assert history(dialogue, account_of(dialogue)).repeats == ()


def test_the_timeline_has_each_entry_at_the_question_that_brought_it_first():
    dialogue = named("plain, a full history of the pain")
    moments = history(dialogue, account_of(dialogue)).timeline
    at = {key: moment.question for moment in moments for key in moment.keys}
    assert (at["chiefcomplaint"], at["onset"], at["pain"], at["allergies"]) == (1, 2, 6, 9)
    assert all(first.question < second.question for first, second in pairwise(moments))


def test_coverage_counts_facts_heard_asked_and_recorded():
    lines = "D: What pills do you take?\nP: Lisinopril 20 mg. The rest I forget."
    dialogue = talk("synthetic-01", "plain,B,low,normal", lines)
    by_group = {one.group: one for one in history(dialogue, account_of(dialogue)).coverage}
    drugs = by_group["Drugs and allergies"]
    assert (drugs.heard, drugs.asked, drugs.total) == (1, 3, 4)
    assert drugs.share == 0.25


def test_nothing_recorded_has_no_share():
    case = release(family_medical_history="Not recorded")
    dialogue = Dialogue(case=case, persona=Persona())
    by_group = {one.group: one for one in history(dialogue, account_of(dialogue)).coverage}
    assert by_group["Family"].share is None


@pytest.mark.parametrize(
    "turns",
    [
        [Turn(role="patient", text="I have chest pain.", persona=Persona())],
        [Turn(role="doctor", text="Hm"), Turn(role="patient", text="I", stopped=True)],
        [Turn(role="doctor", text="..."), Turn(role="patient", text="*shrugs*")],
        [Turn(role="doctor", text="What?"), Turn(role="doctor", text="Any pain?")],
        [Turn(role="doctor", text="Q?"), Turn(role="patient", text="A " * 20_000)],
        [Turn(role="doctor", text="[DDX] 1. Stroke")],
        [Turn(role="doctor", text="\u202e?"), Turn(role="patient", text="<script>alert(1)</script>")],
    ],
)
def test_odd_dialogues_have_a_debrief_too(turns):
    dialogue = Dialogue(case=CASES["synthetic-01"], persona=Persona(), turns=turns)
    assert check_quotes(dialogue) >= 0
    assert len(debrief(dialogue).history.entries) == len(places())


def test_a_patient_who_speaks_first_volunteers():
    turns = [Turn(role="patient", text="I have chest pain and nausea.", persona=Persona())]
    found = entries(Dialogue(case=CASES["synthetic-01"], persona=Persona(), turns=turns))
    (nausea,) = [fact for fact in found["associated"].facts if fact.text == "nausea"]
    assert nausea.status is Status.volunteered
    assert nausea.tellings[0].doctor is None


def test_what_was_only_given_wrongly_counts_as_asked_and_not_as_heard():
    found = debrief(named("the pain is never set right")).history
    assert found.entry("pain").status is Status.wrong
    (present,) = [one for one in found.coverage if one.group == "Present illness"]
    heard = [fact for entry in found.entries if entry.group == "Present illness" for fact in entry.facts]
    assert present.heard == sum(fact.status.heard for fact in heard)
    assert present.asked > present.heard


def test_the_share_of_a_history_is_that_of_all_its_facts():
    found = debrief(named("the pain is never set right")).history
    heard, total = (sum(getattr(one, what) for one in found.coverage) for what in ("heard", "total"))
    assert found.share == heard / total > 0
