"""What a teacher settled for a case, in a database of either kind."""

from functools import partial

import pytest
from sqlalchemy import text

from patientsim_core import InputError, StorageError
from patientsim_core.debrief.checklist import LONGEST, MOST, Check
from patientsim_core.storage import Database
from patientsim_core.storage.lessons import Lessons
from tests.waiting import threads

POINTS = [Check("Asks about chest pain", item="chiefcomplaint"), Check("Washes", words=("wash", "“gel”"))]


@pytest.fixture
def database(any_database_url) -> Database:
    return Database(any_database_url)


@pytest.fixture
def lessons(database) -> Lessons:
    return Lessons(database)


def test_nothing_is_settled_before_a_teacher_does(lessons):
    assert (lessons.held(), lessons.checklist("t1")) == (set(), [])


def test_cases_are_held_and_released_one_by_one(lessons):
    lessons.hold("a")
    lessons.hold("b")
    lessons.hold("b")
    assert lessons.held() == {"a", "b"}
    lessons.hold("a", False)
    assert lessons.held() == {"b"}
    assert (lessons.is_held("a"), lessons.is_held("b")) == (False, True)


def test_a_case_with_an_overlong_number_is_held_and_has_a_checklist(lessons):
    id = "x" * 200
    lessons.hold(id)
    lessons.set_checklist(id, POINTS)
    assert lessons.is_held(id)
    assert lessons.checklist(id) == POINTS
    assert {len(one) for one in lessons.held()} == {64}


def test_a_checklist_comes_back_the_same_from_another_connection(lessons, any_database_url):
    lessons.set_checklist("t1", POINTS)
    again = Lessons(Database(any_database_url))
    assert again.checklist("t1") == POINTS
    assert again.checklist("t2") == []


def test_a_checklist_is_replaced_and_an_empty_one_takes_it_away(lessons):
    lessons.set_checklist("t1", POINTS)
    lessons.set_checklist("t1", POINTS[:1])
    assert lessons.checklist("t1") == POINTS[:1]
    lessons.set_checklist("t1", [])
    assert lessons.checklist("t1") == []


def test_a_checklist_changes_nothing_of_what_is_held_and_the_other_way_round(lessons):
    lessons.hold("a")
    lessons.set_checklist("a", POINTS)
    lessons.set_checklist("b", POINTS)
    assert lessons.held() == {"a"}
    lessons.hold("b")
    lessons.hold("a", False)
    assert lessons.checklist("a") == lessons.checklist("b") == POINTS


def test_of_two_who_hold_different_cases_at_once_both_are_heard(lessons):
    for number in range(15):
        acts = [partial(lessons.hold, f"{who}{number}") for who in "ab"]
        assert threads(*acts) == [None, None]
        assert {f"a{number}", f"b{number}"} <= lessons.held()


def test_a_checklist_and_a_hold_of_one_case_at_once_are_both_kept(lessons):
    for number in range(15):
        id = f"t{number}"
        acts = [partial(lessons.hold, id), partial(lessons.set_checklist, id, POINTS)] * 2
        assert threads(*acts) == [None] * 4
        assert (lessons.is_held(id), lessons.checklist(id)) == (True, POINTS)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([Check("")], "point 1: has no text"),
        ([*POINTS, Check("\ud800\x00 ")], "point 3: has no text"),
        ([Check("x" * (LONGEST + 1))], f"at most {LONGEST} are taken"),
        ([Check("x")] * (MOST + 1), f"at most {MOST} are taken"),
        ([Check("x", item="shoe size")], "item 'shoe size' is not known"),
    ],
)
def test_points_that_no_file_could_have_are_refused_and_the_old_ones_stay(lessons, points, said):
    lessons.set_checklist("t1", POINTS)
    with pytest.raises(InputError, match=said):
        lessons.set_checklist("t1", points)
    assert lessons.checklist("t1") == POINTS


def test_what_no_database_can_keep_is_taken_out_of_a_point(lessons):
    lessons.set_checklist("t1", [Check("Asks\ud800 why\x00", words=("why\ud800",))])
    assert lessons.checklist("t1") == [Check("Asks why", words=("why",))]


@pytest.mark.parametrize("damage", ["{", "{}", "[3]", '[{"item": "age"}]', "null"])
def test_a_damaged_checklist_is_said_kept_and_spoils_no_other_case(lessons, database, damage):
    lessons.set_checklist("t1", POINTS)
    lessons.set_checklist("t2", POINTS)
    with database.session() as session:
        session.execute(text("update lessons set checklist = :d where case_id = 't1'"), {"d": damage})
    with pytest.raises(StorageError, match=r"The checklist for the case 't1' cannot be read.*left as it is"):
        lessons.checklist("t1")
    assert lessons.checklist("t2") == POINTS
    lessons.hold("t1")
    with database.session() as session:
        found = session.scalars(text("select checklist from lessons where case_id = 't1'"))
        assert found.one() == damage
