"""Own cases in the database: several who write at the same moment, and records that are none."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread

import pytest

from patientsim_core import Case, InputError
from patientsim_core.storage import Database
from patientsim_core.storage.own_cases import OwnCases
from patientsim_core.storage.schema import CaseRow
from tests.cases import release

ROUNDS = 20


@pytest.fixture
def two(any_database_url) -> list[OwnCases]:
    """Two who have the database open."""
    return [OwnCases(Database(any_database_url)) for _ in range(2)]


@pytest.fixture
def own(database_url) -> OwnCases:
    return OwnCases(Database(database_url))


def at_once(*tasks: Callable[[], None]) -> list[BaseException | None]:
    """What became of tasks that begin together: an error, or None where one was done."""
    start, ends = Barrier(len(tasks)), [None] * len(tasks)

    def run(place: int) -> None:
        start.wait()
        try:
            tasks[place]()
        except Exception as error:
            ends[place] = error

    threads = [Thread(target=run, args=[place]) for place in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def case(number: object = "own-1", **changes: object) -> Case:
    return release(hadm_id=str(number), **changes)


def damage(url: str, number: str) -> None:
    with Database(url).session() as session:
        session.get(CaseRow, number).data = "{"


def test_of_two_changes_at_once_one_is_kept_and_the_other_is_told(two):
    two[0].add([shown := case()])
    for number in range(ROUNDS):
        changed = [case(race=f"{number}-{place}") for place in range(2)]
        ends = at_once(*(partial(o.change, shown, c) for o, c in zip(two, changed, strict=True)))
        (kept,) = (one for one, end in zip(changed, ends, strict=True) if end is None)
        assert two[0].all() == [kept]
        assert [type(end) for end in ends if end] == [InputError]
        shown = kept


def test_of_a_change_and_a_deletion_at_once_one_is_done_and_the_other_is_told(two):
    for number in range(ROUNDS):
        two[0].add([shown := case(number)])
        changed = case(number, race="changed")
        ends = at_once(partial(two[0].change, shown, changed), partial(two[1].delete, shown))
        assert sorted(type(end).__name__ for end in ends) == ["InputError", "NoneType"]
        assert two[0].all() == ([changed] if ends[0] is None else [])
        if ends[0] is None:
            two[0].delete(changed)


def test_of_two_cases_of_one_number_added_at_once_one_is_kept_and_the_other_is_told_so(two):
    for number in range(ROUNDS):
        ends = at_once(*(partial(o.add, [case(number)]) for o in two))
        (told,) = filter(None, ends)
        assert isinstance(told, InputError)
        assert "is there already" in str(told)
    assert len(two[0].all()) == ROUNDS


def test_a_case_that_is_not_as_it_was_shown_is_neither_changed_nor_deleted(own):
    own.add([shown := case()])
    own.change(shown, now := case(race="changed"))
    for late in (lambda: own.change(shown, case(race="late")), lambda: own.delete(shown)):
        with pytest.raises(InputError, match="changed meanwhile"):
            late()
    assert own.all() == [now]


def test_a_case_that_is_gone_is_neither_changed_nor_deleted(own):
    for late in (lambda: own.change(case(), case(race="late")), lambda: own.delete(case())):
        with pytest.raises(InputError, match="deleted meanwhile"):
            late()


def test_what_cannot_be_read_is_left_until_it_is_deleted_and_its_number_is_free_then(own, database_url):
    own.add([case("a"), case("b")])
    damage(database_url, "a")
    assert (list(own.unreadable()), own.all()) == (["a"], [case("b")])
    with pytest.raises(InputError, match="already"):
        own.add([case("a")])
    own.delete_unreadable("a")
    own.delete_unreadable("a")  # in another window, too
    assert own.unreadable() == {}
    own.add([case("a")])


def test_a_case_that_can_be_read_is_not_deleted_as_unreadable(own):
    own.add([case()])
    with pytest.raises(InputError, match="changed meanwhile"):
        own.delete_unreadable("own-1")
    assert own.all() == [case()]


def test_the_longest_number_that_a_file_may_have_is_kept_in_any_database(two):
    two[0].add([case("9" * 64)])
    assert [one.hadm_id for one in two[0].all()] == ["9" * 64]
