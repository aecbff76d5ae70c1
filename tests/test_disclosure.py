"""Reading a reply against the record, for speakers that keep no account."""

import pytest

from patientsim_core.disclosure import read_reply
from patientsim_core.facts import facts_of
from tests.cases import HEART, release

FACTS = facts_of(HEART)


def facts(text: str, known=FACTS) -> set[str]:
    return {disclosure.fact for disclosure in read_reply(text, known)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I've been sweating, cold sweats.", {"cold sweats"}),
        ("I feel sick, nausea all the time.", {"nausea"}),
        ("No fever, doctor.", {"no fever"}),
        ("I take lisinopril and atorvastatin.", {"Lisinopril 20 mg daily", "Atorvastatin 40 mg at bedtime"}),
        ("I'm a truck driver.", {"Truck driver"}),
        ("It's a 9 out of 10.", {"9"}),
        ("I'm 54 years old.", {"54"}),
        ("Thank you, doctor.", set()),
        ("", set()),
    ],
)
def test_a_reply_is_read_for_the_facts_it_tells(text, told):
    assert facts(text) == told


def test_a_denied_symptom_tells_no_positive():
    assert "nausea" not in facts("I have no nausea.")


def test_what_is_read_is_marked_as_inferred():
    assert all(disclosure.inferred for disclosure in read_reply("I have nausea. I'm 54.", FACTS))


def test_fragments_of_the_release_are_read_too():
    known = facts_of(release())
    assert "diaphoresis" in facts("I was sweating, diaphoresis they call it.", known)
    assert {fact.text for fact in known if fact.item == "medication"} == {
        "Hydrochlorothiazide",
        "simvastatin",
    }


def test_diagnosis_and_disposition_are_no_facts():
    assert not {fact.item for fact in FACTS} & {"diagnosis", "disposition"}
