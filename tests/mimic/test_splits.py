"""Splits and personas: balanced, deterministic, and the confused among those who came by ambulance."""

from collections import Counter

import pytest

from patientsim_core import ALL_PERSONAS, Case, Persona
from patientsim_core.mimic.splits import SIZES, assign, balanced
from patientsim_core.words import medical_words
from tests.cases import release

DIAGNOSES = ("Myocardial infarction", "Pneumonia", "Cerebral infarction", "Urinary tract infection")


def made(count: int, ambulance: int = 3) -> list[Case]:
    """So many cases, each so-many-th by ambulance."""
    return [
        release(
            hadm_id=str(920000000 + number),
            diagnosis=DIAGNOSES[number % 4],
            arrival_transport="AMBULANCE" if ambulance and number % ambulance == 0 else "WALK IN",
        )
        for number in range(count)
    ]


def of(cases: list[Case], split: str) -> list[Case]:
    return [case for case in cases if case.split == split]


def test_the_published_sizes_and_the_neutral_persona_outside_of_the_persona_split():
    cases = assign(made(400), 42)
    assert Counter(case.split for case in cases) == SIZES
    assert len({case.hadm_id for case in cases}) == 170
    assert {case.persona for case in cases if case.split != "persona"} == {Persona()}


def test_every_level_of_every_axis_is_about_as_often_and_every_persona_is_there():
    personas = [case.persona for case in of(assign(made(400), 42), "persona")]
    assert set(personas) == set(ALL_PERSONAS)
    assert set(Counter(personas).values()) == {2, 3}
    for axis in ("personality", "cefr", "recall"):
        counted = Counter(getattr(persona, axis) for persona in personas).values()
        assert max(counted) - min(counted) <= 2, axis


@pytest.mark.parametrize("count", [1, 18, 36, 37, 74, 108, 250])
def test_any_number_of_personas_is_balanced(count):
    personas = balanced(count)
    times = Counter(personas)
    assert len(personas) == count
    assert max(times.values()) - min(times[one] for one in ALL_PERSONAS) <= 1
    for axis, levels in (("personality", 6), ("cefr", 3), ("recall", 2)):
        counted = Counter(getattr(persona, axis) for persona in personas)
        assert max(counted.values()) - count / levels <= 3, axis


def test_the_confused_came_by_ambulance():
    confused = [case for case in assign(made(400), 42) if case.dazed_level == "high"]
    assert confused
    assert {case.arrival_transport for case in confused} == {"AMBULANCE"}


def test_where_nobody_came_by_ambulance_nobody_is_confused():
    cases = of(assign(made(400, ambulance=0), 42), "persona")
    assert len(cases) == 108
    assert {case.dazed_level for case in cases} == {"normal"}


def test_each_split_has_each_diagnosis_as_often_as_it_can():
    cases = assign(made(400), 42)
    for split in SIZES:
        counted = Counter(case.diagnosis for case in of(cases, split)).values()
        assert max(counted) - min(counted) <= 1, split


def test_a_rare_diagnosis_is_used_up_and_the_others_fill_the_splits():
    cases = [case for number, case in enumerate(made(400)) if number % 4 or number < 12]
    found = assign(cases, 42)
    assert len(found) == 170
    assert Counter(case.diagnosis for case in found)["Myocardial infarction"] == 3


def test_the_same_cases_in_any_order_give_the_same_and_another_seed_another():
    cases = made(400)
    assert assign(cases, 42) == assign(cases[::-1], 42)
    assert assign(cases, 42) != assign(cases, 43)


@pytest.mark.parametrize(
    ("there", "shares"),
    [(170, (108, 52, 10)), (169, (107, 52, 10)), (85, (54, 26, 5)), (17, (11, 5, 1)),
     (2, (1, 1, 0)), (1, (1, 0, 0))],
)  # fmt: skip
def test_too_few_cases_are_shared_out(there, shares):
    counted = Counter(case.split for case in assign(made(there), 42))
    assert tuple(counted[split] for split in SIZES) == shares


def test_word_lists_are_drawn_by_seed_and_case_and_each_has_its_level():
    one, other = assign(made(2), 42)
    assert one.med_C != other.med_C
    assert set(one.med_C) <= medical_words()["C"]
    assert all(len(words) >= 10 for case in (one, other) for words in case.word_lists.values())
    again = {case.hadm_id: case for case in assign(made(2), 43)}
    assert again[one.hadm_id].cefr_B1 != one.cefr_B1
