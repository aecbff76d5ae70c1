from patientsim_core import Disclosure, Persona, Reply, Turn
from patientsim_core.case import ITEMS
from patientsim_core.debrief.rows import Status, recorded
from patientsim_core.debrief.rows import rows as rows_of


def rows(dialogue):
    return {row.item: row for row in rows_of(dialogue)}


def test_every_item_of_the_record_has_one_row_in_order(dialogue):
    assert [row.item for row in rows_of(dialogue)] == list(ITEMS)
    assert len(ITEMS) == 24


def test_a_status_says_how_far_the_consultation_got(dialogue):
    status = {item: row.status for item, row in rows(dialogue).items()}
    assert status["medical_history"] is Status.disclosed
    assert status["present_illness"] is Status.disclosed
    assert status["tobacco"] is Status.held_back
    assert status["pain"] is Status.missed
    assert status["alcohol"] is Status.unrecorded
    assert status["age"] is Status.triage
    assert status["chiefcomplaint"] is Status.disclosed
    assert status["diagnosis"] is status["disposition"] is Status.hidden


def test_each_fact_names_the_turn_that_brought_it_and_how(dialogue):
    (gout,) = rows(dialogue)["medical_history"].brought
    assert (gout.fact, gout.how, gout.asked, gout.number) == ("gout", "told", False, 1)
    assert (gout.question, gout.reply) == ("What brings you in?", "My chest hurts. I have gout, too.")
    (smoking,) = rows(dialogue)["tobacco"].brought
    assert (smoking.how, smoking.number, smoking.reply) == ("refused", 3, "Why do you need that?")


def test_reached_facts_are_those_the_doctor_heard(dialogue):
    found = rows(dialogue)
    assert found["medical_history"].facts == ("Hypertension", "gout")
    assert found["medical_history"].reached == {"gout"}
    assert found["present_illness"].reached == {"nausea"}
    assert found["tobacco"].reached == set()


def test_a_fact_told_twice_stands_once_at_its_first_turn_but_a_change_is_kept(dialogue):
    again = [
        Disclosure(item="present_illness_positive", fact="nausea", how="minimised"),
        Disclosure(item="present_illness_positive", fact="nausea", how="told"),
    ]
    more = [
        Turn(role="doctor", text="Sick?"),
        Turn(role="patient", text="Yes.", persona=Persona(), reply=Reply(text="Yes.", disclosures=again)),
    ]
    longer = dialogue.model_copy(update={"turns": dialogue.turns + more})
    assert [(line.how, line.number) for line in rows(longer)["present_illness"].brought] == [
        ("minimised", 2),
        ("told", 4),
    ]


def test_a_stopped_or_empty_consultation_has_a_rows_of(dialogue):
    assert {row.status for row in rows_of(dialogue.model_copy(update={"turns": []}))} == {
        Status.hidden,
        Status.triage,
        Status.missed,
        Status.unrecorded,
    }
    stopped = [Turn(role="doctor", text="Hm?"), Turn(role="patient", text="I", stopped=True)]
    assert rows(dialogue.model_copy(update={"turns": stopped}))["pain"].brought == ()


def test_what_the_record_does_not_say_has_no_facts(case):
    assert recorded(case, "alcohol") == ()
    assert recorded(case.model_copy(update={"pain": None}), "pain") == ()
    assert recorded(case, "pain") == ("8",)
    assert recorded(case, "present_illness") == ("crushing chest pain", "nausea", "no fever")


def test_a_stopped_reply_is_read_for_what_it_told(dialogue):
    turns = [
        Turn(role="doctor", text="Any medical problems?"),
        Turn(role="patient", text="I have gout.", persona=Persona(), stopped=True),
    ]
    row = rows(dialogue.model_copy(update={"turns": turns}))["medical_history"]
    assert row.status is Status.disclosed
    assert [(line.fact, line.inferred) for line in row.brought] == [("gout", True)]
