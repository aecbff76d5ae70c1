"""Splits and personas: balanced, deterministic, and the confused among those who came by ambulance."""

from collections import Counter

import pandas as pd
import pytest

from patientsim_core import ALL_PERSONAS, Case, Persona
from patientsim_core.mimic.splits import CONFUSED, DAZED, SIZES, assign, balanced
from patientsim_core.persona import AXES
from patientsim_core.published import FOLDER
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


def levels_of(personas: list[Persona], axis: str) -> list[int]:
    """How often each level of an axis is there, most first."""
    counted = Counter(getattr(persona, axis) for persona in personas)
    return sorted((counted[level] for level in AXES[axis]), reverse=True)


def test_8_of_108_are_confused_and_every_level_is_as_often_as_the_others_with_them():
    personas = [case.persona for case in of(assign(made(400), 42), "persona")]
    assert set(personas) == set(ALL_PERSONAS)
    assert personas.count(CONFUSED) == 8
    assert max(Counter(one for one in personas if one != CONFUSED).values()) <= 4
    assert levels_of(personas, "personality") == [18] * 6
    assert levels_of(personas, "cefr") == [36] * 3
    assert levels_of(personas, "recall") == [54] * 2


def test_the_published_figures_of_the_confused_are_eighths():
    figures = [*pd.read_csv(FOLDER / "persona_fidelity_by_level.csv")["confused_high"]]
    turns = pd.read_csv(FOLDER / "dialogue_dynamics.csv").query("axis == 'confusion' and level == 'high'")
    figures += [*turns["ddx_accuracy"]]
    assert len(figures) == 10
    assert [round(figure * DAZED) / DAZED for figure in figures] == pytest.approx(figures, abs=0.0051)


@pytest.mark.parametrize(
    ("count", "confused"), [(1, 0), (6, 0), (7, 1), (20, 1), (54, 4), (107, 8), (250, 19)]
)
def test_a_split_of_another_size_has_the_confused_in_proportion_and_its_levels_in_balance(count, confused):
    personas = [case.persona for case in assign(made(400, ambulance=1), 42, {"persona": count})]
    assert len(personas) == count
    assert personas.count(CONFUSED) == confused
    for axis in ("personality", "cefr", "recall"):
        counted = levels_of(personas, axis)
        assert counted[0] - counted[-1] <= 1, axis


def test_the_confused_came_by_ambulance():
    cases = of(assign(made(400, ambulance=9), 42), "persona")  # 12 of them
    assert {case.arrival_transport for case in cases if case.persona == CONFUSED} == {"AMBULANCE"}
    assert {case.arrival_transport for case in cases if case.persona != CONFUSED} == {"AMBULANCE", "WALK IN"}


@pytest.mark.parametrize("ambulance", [0, 100, 20])
def test_where_too_few_came_by_ambulance_all_of_them_are_confused_and_the_levels_are_in_balance(ambulance):
    cases = of(assign(made(400, ambulance), 42), "persona")
    came = [case for case in cases if case.arrival_transport == "AMBULANCE"]
    assert len(came) < 8
    assert [case for case in cases if case.persona == CONFUSED] == came
    assert levels_of([case.persona for case in cases], "personality") == [18] * 6
    assert levels_of([case.persona for case in cases], "recall") == [54] * 2


def test_which_arrivals_by_ambulance_are_confused_is_drawn_by_the_seed():
    drawn = [
        {case.hadm_id for case in assign(made(108, 2), seed, {"persona": 108}) if case.persona == CONFUSED}
        for seed in (42, 42, 43)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize("count", [0, 1, 36, 100, 250])
def test_clear_personas_are_clear_and_no_combination_is_left_out_that_has_a_place(count):
    times = Counter(balanced(count))
    assert sum(times.values()) == count
    assert CONFUSED not in times
    assert max(times.values(), default=0) <= count // 36 + 2
    assert len(times) == min(count, 36)


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
