"""Which dialogues a run has."""

from collections import Counter

import pytest

from patientsim_core import ALL_PERSONAS, InputError, Persona
from patientsim_core.persona import Cefr, Dazed, Personality
from patientsim_core.selection import Item, combinations, select
from tests.cases import CASES, HEART, release

TWO = [CASES["synthetic-01"], CASES["synthetic-02"]]


def test_assigned_personas_are_those_of_the_case_file():
    assert select(TWO) == [Item(case.hadm_id, case.persona) for case in TWO]


def test_all_plays_each_case_with_the_37():
    items = select(TWO, "all")
    assert len(items) == 2 * 37
    assert {item.persona for item in items if item.case == HEART.hadm_id} == set(ALL_PERSONAS)


def test_one_persona_by_its_key():
    assert select([HEART], "distrust,a,LOW,normal") == [
        Item(HEART.hadm_id, Persona(personality="distrust", cefr="A", recall="low"))
    ]


def test_repeats_count_from_one_and_have_ids_of_their_own():
    items = select([HEART], "plain,B,high,normal", repeats=3)
    assert [item.repeat for item in items] == [1, 2, 3]
    assert [item.id for item in items][:2] == [
        "synthetic-01.plain-B-high-normal.1",
        "synthetic-01.plain-B-high-normal.2",
    ]


def test_combinations_multiply_the_levels_and_leave_the_other_axes_plain():
    found = combinations({"personality": [Personality.plain, Personality.verbose], "cefr": list(Cefr)})
    assert len(found) == 6
    assert {persona.dazed for persona in found} == {Dazed.normal}
    assert combinations({}) == [Persona()]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("plain,B,high", "needs four levels"),
        ("plain,B,high,normal,x", "needs four levels"),
        ("grumpy,B,high,normal", "personality 'grumpy'"),
        ("plain,D,high,normal", "A, B, C"),
        ("", "assigned, all, or four levels"),
    ],
)
def test_a_key_that_is_no_persona_is_refused_with_what_would_be(key, words):
    with pytest.raises(InputError, match=words):
        select([HEART], key)


def test_assigned_needs_a_case_file_that_assigns():
    with pytest.raises(InputError, match="910000001"):
        select([release()], "assigned")


@pytest.mark.parametrize(
    ("cases", "personas", "repeats"), [([], "all", 1), ([HEART], [], 1), ([HEART], "all", 0)]
)
def test_nothing_to_play_is_an_error(cases, personas, repeats):
    with pytest.raises(InputError):
        select(cases, personas, repeats)


SIX = list(CASES.values())[:6]


def test_each_persona_meets_so_many_cases_in_turn():
    items = select(SIX, ALL_PERSONAS[:4], cases_each=4)
    met = {
        persona: [SIX.index(CASES[item.case]) for item in items if item.persona == persona]
        for persona in ALL_PERSONAS[:4]
    }
    assert list(met.values()) == [[0, 1, 2, 3], [0, 1, 4, 5], [2, 3, 4, 5], [0, 1, 2, 3]]


@pytest.mark.parametrize("each", range(1, 6))
def test_every_case_is_met_about_equally_often(each):
    items = select(SIX, "all", cases_each=each)
    assert set(Counter(item.persona for item in items).values()) == {each}
    often = Counter(item.case for item in items).values()
    assert len(often) == 6
    assert max(often) - min(often) <= 1


def test_all_cases_for_each_are_the_same_as_no_limit_and_come_case_by_case():
    assert select(SIX, "all", cases_each=6) == select(SIX, "all")
    places = [SIX.index(CASES[item.case]) for item in select(SIX, "all", repeats=2, cases_each=3)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("personas", "each", "words"),
    [
        ("all", 0, "must be 1 to 6, the number of cases, not 0"),
        ("all", 7, "must be 1 to 6, the number of cases, not 7"),
        ([Persona()], -1, "not -1"),
        ("assigned", 3, "is not for assigned personas"),
    ],
)
def test_cases_for_each_persona_that_cannot_be_are_refused(personas, each, words):
    with pytest.raises(InputError, match=f"^cases each: .*{words}"):
        select(SIX, personas, cases_each=each)
