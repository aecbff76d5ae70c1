"""What a teacher sees of consultations, in a database of either kind: who led them, which are over, and what
judges say of them."""

import time
from datetime import UTC, date, datetime
from functools import partial

import pytest
from sqlalchemy import text, update

from patientsim_core import Dialogue, InputError, StorageError
from patientsim_core import consultation as consult
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.storage import Consultations, Database
from patientsim_core.storage.schema import ConsultationRow
from tests.waiting import threads


@pytest.fixture
def database(any_database_url) -> Database:
    return Database(any_database_url)


@pytest.fixture
def store(database) -> Consultations:
    return Consultations(database)


@pytest.fixture
def over(dialogue) -> Dialogue:
    return consult.end(dialogue, ["ACS"])


def copy(dialogue: Dialogue, id: str, case_id: str = "t1") -> Dialogue:
    case = dialogue.case.model_copy(update={"hadm_id": case_id})
    return dialogue.model_copy(update={"id": id, "case": case})


def verdict(dialogue: Dialogue, judge="m", field="empathy", score: float | None = 3, **more) -> Verdict:
    said = {"metric": Metric.doctor, "rationale": "“So.”", **more}
    return Verdict(dialogue_id=dialogue.id, judge=judge, field=field, score=score, **said)


def test_only_consultations_that_are_over_are_listed_newest_first(store, dialogue, over):
    for one in (copy(over, "a"), copy(dialogue, "open"), copy(over, "b")):
        store.save(one)
    assert [one.id for one in store.ended()] == ["b", "a"]
    store.change(copy(dialogue, "open"), consult.end, ["ACS"])
    assert [one.id for one in store.ended()] == ["open", "b", "a"]


def test_what_is_listed_tells_the_case_and_the_questions_but_no_diagnosis(store, over):
    store.save(over)
    [found] = store.ended()
    assert (found.id, found.title, found.case_id) == (over.id, "Man, 52 · Chest pain", "t1")
    assert (found.trainee, found.questions, found.again_of) == ("", 3, None)
    assert found.updated.tzinfo
    assert "infarction" not in str(found)


def test_one_case_alone_can_be_listed(store, over):
    store.save(copy(over, "a", "t1"))
    store.save(copy(over, "b", "t2"))
    assert [one.id for one in store.ended("t2")] == ["b"]
    assert store.ended("t3") == store.ended("") == store.ended("'; drop table consultations; --") == []


def test_days_are_those_of_the_clock_on_the_wall(store, database, over, monkeypatch):
    """Half past ten in the evening in UTC is the next day in Berlin already."""
    store.save(over)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        evening = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
        with database.session() as session:
            session.execute(update(ConsultationRow).values(updated=evening))
        assert [one.updated for one in store.ended(since=date(2026, 11, 22))] == [evening]
        assert store.ended()[0].label == "unnamed · 22 Nov 2026, 00:30"
        assert store.ended(since=date(2026, 11, 23)) == []
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(("since", "listed"), [(date.min, 1), (date.max, 0)])
def test_the_first_and_the_last_day_there_is_are_days_like_others(store, over, since, listed):
    store.save(over)
    assert len(store.ended("t1", since)) == listed


def test_a_case_number_of_any_length_is_saved_and_found(store, over):
    long = "9" * 300
    store.save(copy(over, "a", long))
    assert [one.id for one in store.ended(long)] == ["a"]
    assert store.load("a").case.hadm_id == long


def test_the_case_of_a_consultation_is_kept_at_each_change(store, dialogue):
    store.change(dialogue.model_copy(update={"turns": []}), consult.ask, "Hello?")
    assert store.about(dialogue.id).case_id == "t1"


def test_a_consultation_that_takes_up_another_again_says_so_ever_after(store, dialogue):
    again = copy(dialogue, "again")
    store.save(dialogue)
    store.save(again, dialogue.id)
    store.save(again)
    store.change(again, consult.ask, "And now?")
    store.save(dialogue, "again")
    assert store.about("again").again_of == dialogue.id
    assert store.about(dialogue.id).again_of is None


def test_who_led_a_consultation_is_kept_whatever_is_asked_afterwards(store, dialogue):
    store.save(dialogue)
    store.sign(dialogue.id, "  Ana\n\x00 de  la\u202e Cruz ")
    store.change(dialogue, consult.end, ["ACS"])
    found = store.about(dialogue.id)
    assert found.trainee == "Ana de la Cruz"
    assert found.label == f"Ana de la Cruz · {found.updated:%d %b %Y, %H:%M}"
    store.sign(dialogue.id, " ")
    assert store.about(dialogue.id).trainee == ""


def test_signing_counts_as_no_change(store, database, dialogue):
    """Neither for the list, nor for whoever leads the consultation at that moment."""
    store.save(dialogue)
    before = store.about(dialogue.id).updated

    def slow(current, question):
        Consultations(database).sign(dialogue.id, "Ana")
        return consult.ask(current, question)

    store.sign(dialogue.id, "Ben")
    assert store.about(dialogue.id).updated == before
    store.change(dialogue, slow, "And now?")
    assert store.about(dialogue.id).trainee == "Ana"


@pytest.mark.parametrize("name", ["x" * 101, "Ana " * 30])
def test_an_overlong_name_is_said_and_the_old_one_kept(store, dialogue, name):
    store.save(dialogue)
    store.sign(dialogue.id, "x" * 100)
    with pytest.raises(InputError, match=r"The name has 1\d\d characters; at most 100 are kept"):
        store.sign(dialogue.id, name)
    assert store.about(dialogue.id).trainee == "x" * 100


@pytest.mark.parametrize("id", ["", "nothing", "a" * 5_000, "'; drop table consultations; --"])
def test_an_unknown_address_is_said_by_each(store, dialogue, id):
    store.save(dialogue)
    about = verdict(copy(dialogue, id))
    acts = (
        lambda: store.sign(id, "Ana"),
        lambda: store.about(id),
        lambda: store.keep_verdicts(id, [about]),
        lambda: store.keep_verdicts(id, []),
    )
    for act in acts:
        with pytest.raises(StorageError, match="no consultation with this address"):
            act()
    assert store.verdicts(id) == []
    assert store.about(dialogue.id).trainee == ""


def test_verdicts_come_back_the_same_in_order_of_judges_and_fields(store, database, over):
    store.save(over)
    said = [
        verdict(over, "m", "b"),
        verdict(over, "m", "a", None, unscored="no JSON"),
        verdict(over, "l", "z"),
    ]
    store.keep_verdicts(over.id, said[:2])
    store.keep_verdicts(over.id, said[2:])
    with database.session() as session:
        session.execute(
            text("analyze")
        )  # so that PostgreSQL knows the table is small, and reads it as it lies
    assert store.verdicts(over.id) == [said[2], said[1], said[0]]


def test_a_judge_who_judges_again_replaces_its_own_verdict_alone(store, over):
    store.save(over)
    other = [verdict(over, "other"), verdict(over, field="clarity"), verdict(over, metric=Metric.ddx)]
    store.keep_verdicts(over.id, [verdict(over, score=1), *other])
    store.keep_verdicts(over.id, [verdict(over, score=2), verdict(over, score=4)])
    found = store.verdicts(over.id)
    assert len(found) == 4
    assert verdict(over, score=4) in found
    assert all(one in found for one in other)


def test_verdicts_of_one_consultation_are_not_those_of_another(store, over):
    one, other = copy(over, "a"), copy(over, "b")
    for each in (one, other):
        store.save(each)
        store.keep_verdicts(each.id, [verdict(each)])
    assert store.verdicts("a") == [verdict(one)]


def test_verdicts_stay_while_the_consultation_is_saved_again(store, over):
    store.save(over)
    store.keep_verdicts(over.id, [verdict(over)])
    store.save(over)
    assert store.verdicts(over.id) == [verdict(over)]


def test_a_verdict_on_another_dialogue_is_refused_with_all_the_others(store, over):
    store.save(over)
    with pytest.raises(InputError, match="about another consultation"):
        store.keep_verdicts(over.id, [verdict(over), verdict(copy(over, "b"))])
    assert store.verdicts(over.id) == []


def test_judges_who_are_done_at_the_same_moment_double_and_block_nothing(store, over):
    store.save(over)
    fields = [f"f{number}" for number in range(12)]
    for score in range(8):
        said = [verdict(over, field=each, score=score) for each in fields]
        acts = [partial(store.keep_verdicts, over.id, one) for one in (said, said[::-1])] * 2
        assert threads(*acts) == [None] * 4
        assert [one.score for one in store.verdicts(over.id)] == [score] * 12


@pytest.mark.parametrize("damage", ["{", "{}", '{"id": 3}', ""])
def test_a_damaged_verdict_is_said_kept_and_can_be_judged_anew(store, database, over, damage):
    store.save(over)
    store.keep_verdicts(over.id, [verdict(over)])
    with database.session() as session:
        session.execute(text("update consultation_verdicts set data = :d"), {"d": damage})
    with pytest.raises(StorageError, match=r"verdict of 'm' on 'empathy' cannot be read.*left as it is"):
        store.verdicts(over.id)
    with database.session() as session:
        assert session.scalar(text("select data from consultation_verdicts")) == damage
    store.keep_verdicts(over.id, [verdict(over)])
    assert store.verdicts(over.id) == [verdict(over)]
