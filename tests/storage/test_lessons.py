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
    assert (lessons.held(), lessons.checklists(), lessons.checklist("t1")) == (set(), set(), [])


def test_exactly_the_named_cases_are_held_and_others_released(lessons):
    lessons.hold(["a", "b", "b"])
    assert lessons.held() == {"a", "b"}
    lessons.hold({"b", "c"})
    assert lessons.held() == {"b", "c"}
    lessons.hold([])
    assert lessons.held() == set()


def test_a_checklist_comes_back_the_same_from_another_connection(lessons, any_database_url):
    lessons.set_checklist("t1", POINTS)
    again = Lessons(Database(any_database_url))
    assert again.checklist("t1") == POINTS
    assert again.checklists() == {"t1"}
    assert again.checklist("t2") == []


def test_a_checklist_is_replaced_and_an_empty_one_takes_it_away(lessons):
    lessons.set_checklist("t1", POINTS)
    lessons.set_checklist("t1", POINTS[:1])
    assert lessons.checklist("t1") == POINTS[:1]
    lessons.set_checklist("t1", [])
    assert (lessons.checklist("t1"), lessons.checklists()) == ([], set())


def test_a_checklist_changes_nothing_of_what_is_held_and_the_other_way_round(lessons):
    lessons.hold(["a"])
    lessons.set_checklist("a", POINTS)
    lessons.set_checklist("b", POINTS)
    assert lessons.held() == {"a"}
    lessons.hold(["b"])
    lessons.hold(["a", "b"])
    lessons.hold([])
    assert lessons.checklist("a") == lessons.checklist("b") == POINTS


def test_of_two_who_hold_at_once_one_has_the_last_word(lessons):
    """Never some cases of each."""
    for number in range(15):
        one, other = ({f"{who}{number}-{case}" for case in range(5)} for who in "ab")
        assert threads(partial(lessons.hold, one), partial(lessons.hold, other)) == [None, None]
        assert lessons.held() in (one, other)


def test_a_checklist_and_a_hold_of_one_case_at_once_are_both_kept(lessons):
    for number in range(15):
        id = f"t{number}"
        acts = [partial(lessons.hold, [id]), partial(lessons.set_checklist, id, POINTS)] * 2
        assert threads(*acts) == [None] * 4
        assert (lessons.held(), lessons.checklist(id)) == ({id}, POINTS)


@pytest.mark.parametrize("id", ["", "x" * 65])
def test_a_case_number_that_cannot_be_kept_is_said_and_changes_nothing(lessons, id):
    lessons.hold(["a"])
    for act in (lambda: lessons.hold(["b", id]), lambda: lessons.set_checklist(id, POINTS)):
        with pytest.raises(InputError, match=r"has 1 to 64 characters here\. Nothing was changed"):
            act()
    assert (lessons.held(), lessons.checklists()) == ({"a"}, set())


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
    lessons.hold(["t1"])
    with database.session() as session:
        found = session.scalars(text("select checklist from lessons where case_id = 't1'"))
        assert found.one() == damage
