"""Values of a record in a patient's words."""

import pytest

from patientsim_core import Persona
from patientsim_core.facts import facts_of
from patientsim_core.offline import wording
from tests.cases import consult, release, told


def fact(item: str, value: str):
    return next(fact for fact in facts_of(release(**{item: value})) if fact.item == item)


@pytest.mark.parametrize(
    ("item", "value", "said"),
    [
        ("living_situation", "Lives with wife", "live with my wife"),
        ("tobacco", "Chews tobacco daily for 40 years", "have chewed tobacco daily for 40 years"),
        ("tobacco", "Smokes a pipe", "smoke a pipe"),
        (
            "tobacco",
            "Quit 3 years ago, one and a half packs a day for 40 years before",
            "quit 3 years ago, it was one and a half packs a day for 40 years before",
        ),
        (
            "tobacco",
            "Quit 25 years ago, smoked a pipe for 20 years before",
            "quit 25 years ago, and smoked a pipe for 20 years before",
        ),
        ("occupation", "Truck driver", None),
    ],
)
def test_a_value_that_is_a_clause_is_told_in_the_first_person(item, value, said):
    assert wording.clause(fact(item, value), "B") == said


def test_a_beginner_keeps_to_the_present():
    assert wording.clause(fact("tobacco", "Chews tobacco for 40 years"), "A") == "chew tobacco for 40 years"


@pytest.mark.parametrize(
    ("item", "value", "said"),
    [
        ("medical_history", "Parkinson's disease for 9 years", "Parkinson's disease for 9 years"),
        ("medical_history", "Broken collarbone in 2003", "a broken collarbone in 2003"),
        ("medication", "Estradiol patch 0.05 mg twice a week", "an estradiol patch"),
        ("medication", "Metformin 500 mg daily", "metformin"),
    ],
)
def test_what_can_be_counted_gets_its_article_and_names_keep_their_capital(item, value, said):
    assert wording.noun(fact(item, value), "B") == said


def test_an_amount_of_one_and_a_half_stays_together():
    text = "quit 3 years ago, it was one and a half packs a day for 40 years before that, as far as I know"
    assert any("one and a half packs" in part for part in wording.chunks(text, "B"))


def test_a_beginners_side_of_the_body_stays_with_its_weakness():
    (reply,) = consult(release(chiefcomplaint="Left-sided weakness"), Persona(cefr="A"), "What is wrong?")
    assert "left side weakness" in reply.text.lower()


def test_a_poor_memory_is_unsure_of_a_drug_that_is_not_on_record_and_says_which():
    (reply,) = consult(release(medication="Metformin"), Persona(recall="low"), "Do you take a blood thinner?")
    assert "blood thinner" in reply.text.lower()
    assert not told(reply)
    assert not reply.text.startswith("No")
