import sqlite3
from threading import Thread

import pytest

from patientsim_core import InputError, StorageError, Turn
from patientsim_core import consultation as consult
from patientsim_core.storage import Consultations, Database


def test_a_saved_dialogue_comes_back_the_same_from_another_connection(store, database_url, dialogue):
    store.save(dialogue)
    assert Consultations(Database(database_url)).load(dialogue.id) == dialogue


def test_saving_again_replaces(store, dialogue):
    store.save(dialogue)
    store.save(consult.take_back(dialogue))
    assert store.load(dialogue.id).questions == 2
    assert len(store.recent()) == 1


def test_recent_lists_the_newest_first_without_the_diagnosis(store, dialogue):
    first, second, third = (dialogue.model_copy(update={"id": id}) for id in "abc")
    for one in (first, second, third):
        store.save(one)
    store.change(first, consult.end, ["ACS"])
    assert [one.id for one in store.recent()] == ["a", "c", "b"]
    assert [one.id for one in store.recent(2)] == ["a", "c"]
    top = store.recent()[0]
    assert (top.title, top.questions, top.ended) == ("Man, 52 · Chest pain", 3, True)
    assert top.when.endswith("· 3 questions · ended")
    assert top.updated.tzinfo
    assert "infarction" not in str(store.recent())


def test_a_change_begins_a_new_dialogue_and_goes_on_with_a_stored_one(store, dialogue):
    begun = store.change(dialogue.model_copy(update={"turns": []}), consult.ask, "Hello?")
    store.change(begun, consult.answer, Turn(role="patient", text="Hi.", persona=dialogue.persona))
    assert [turn.text for turn in store.load(dialogue.id).turns] == ["Hello?", "Hi."]


def test_a_change_that_is_refused_changes_nothing(store, dialogue):
    store.save(dialogue)
    with pytest.raises(InputError, match="type a question"):
        store.change(dialogue, consult.ask, "")
    assert store.load(dialogue.id) == dialogue


def test_a_window_that_is_behind_overwrites_nothing(store, dialogue):
    store.save(dialogue)
    store.change(dialogue, consult.ask, "From one window?")
    for action in ((consult.ask, "From another?"), (consult.take_back,), (consult.end, [])):
        with pytest.raises(InputError, match="gone on meanwhile"):
            store.change(dialogue, *action)
    assert store.load(dialogue.id).turns[-1].text == "From one window?"


def test_two_changes_at_the_same_moment_do_not_both_win(store, database_url, dialogue):
    store.save(dialogue)

    def slow(current, question):
        Consultations(Database(database_url)).change(dialogue, consult.ask, "First?")
        return consult.ask(current, question)

    with pytest.raises(InputError, match="gone on meanwhile"):
        store.change(dialogue, slow, "Second?")
    assert [turn.text for turn in store.load(dialogue.id).turns[6:]] == ["First?"]


def test_many_threads_can_write(store, dialogue):
    many = [dialogue.model_copy(update={"id": str(number)}) for number in range(12)]
    threads = [Thread(target=store.save, args=[one]) for one in many]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.recent()) == 12


@pytest.mark.parametrize("id", ["", "nothing", "a" * 5_000, "'; drop table consultations; --", "\x00"])
def test_an_unknown_address_is_said(store, dialogue, id):
    store.save(dialogue)
    with pytest.raises(StorageError, match="no consultation with this address"):
        store.load(id)
    assert store.load(dialogue.id) == dialogue


@pytest.mark.parametrize("damage", ["{", "{}", '{"id": 3}', ""])
def test_a_damaged_dialogue_is_said_kept_and_still_listed(store, database_url, dialogue, damage):
    store.save(dialogue)
    file = database_url.removeprefix("sqlite:///")
    with sqlite3.connect(file) as connection:
        connection.execute("update consultations set data = ?", [damage])
    with pytest.raises(StorageError, match=r"'Man, 52 · Chest pain' cannot be read.*left as it is"):
        store.load(dialogue.id)
    with pytest.raises(StorageError, match="cannot be read"):
        store.change(dialogue, consult.ask, "Hm?")
    assert len(store.recent()) == 1
    with sqlite3.connect(file) as connection:
        assert connection.execute("select data from consultations").fetchone() == (damage,)


def test_sqlite_lets_readers_go_on_while_someone_writes(store, database_url, dialogue):
    store.save(dialogue)
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as writer:
        writer.execute("begin immediate")
        assert store.load(dialogue.id) == dialogue
