import json
import sqlite3
from datetime import UTC, datetime
from threading import Thread

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from patientsim_core import StorageError
from patientsim_core.storage import Consultations, Database, database
from patientsim_core.storage.schema import Base, StudyDialogueRow


def test_a_file_that_is_no_database_is_said_and_left_alone(tmp_path):
    file = tmp_path / "notes.db"
    file.write_text("my notes, not a database" * 100)
    with pytest.raises(StorageError, match=r"notes\.db cannot be used \(file is not a database\)"):
        Database(f"sqlite:///{file}")
    assert file.read_text().startswith("my notes")


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be used"):
        Database(f"sqlite:///{tmp_path}/file/below/test.db")


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlit:///x.db", "mysql+nothing://h/x", "postgresql://u:s3cret@h:x/db"]
)
def test_an_address_that_is_none_names_the_variable_and_keeps_the_password(url):
    with pytest.raises(StorageError, match="PATIENTSIM_DATABASE_URL") as caught:
        Database(url)
    assert "s3cret" not in str(caught.value)


def test_a_server_that_is_away_is_said_without_the_password():
    with pytest.raises(StorageError, match=r"sims at 127\.0\.0\.1 cannot be used") as caught:
        Database("postgresql+psycopg://me:s3cret@127.0.0.1:1/sims?connect_timeout=2")
    assert "s3cret" not in str(caught.value)


def test_the_default_database_is_made_below_the_project(tmp_path, monkeypatch):
    file = tmp_path / "deep" / "folder" / "patientsim.db"
    monkeypatch.setattr(database, "DEFAULT_FILE", file)
    Database()
    assert file.exists()


def test_a_missing_driver_is_named_with_the_command_that_installs_it():
    with pytest.raises(StorageError, match=r"not installed: pymysql.*pip install pymysql"):
        Database("mysql+pymysql://me:s3cret@127.0.0.1/sims")


OLD = """
CREATE TABLE consultations (id VARCHAR(64) NOT NULL, created DATETIME NOT NULL, updated DATETIME NOT NULL,
title TEXT NOT NULL, questions INTEGER NOT NULL, ended BOOLEAN NOT NULL, data TEXT NOT NULL,
version INTEGER NOT NULL, PRIMARY KEY (id));
CREATE INDEX ix_consultations_updated ON consultations (updated);
"""
"""What databases had before their schema had versions."""


@pytest.fixture
def old(tmp_path, dialogue) -> str:
    """A database from before there were versions, with a consultation in it."""
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.executescript(OLD)
        row = (dialogue.id, "2026-11-01", "2026-11-01", dialogue.case.title, 3, False)
        row = (*(f"{one} 10:00:00.0" if "2026" in str(one) else one for one in row),)
        connection.execute(
            "insert into consultations values (?,?,?,?,?,?,?,1)", [*row, dialogue.model_dump_json()]
        )
    return f"sqlite:///{tmp_path}/old.db"


def schema(url: str) -> dict[str, str]:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        return dict(connection.execute("select name, type from sqlite_master"))


def test_an_old_database_is_upgraded_in_place_and_keeps_its_consultations(old, dialogue):
    store = Consultations(Database(old))
    assert store.load(dialogue.id) == dialogue
    assert store.recent()[0].questions == 3
    assert {"cases", "comparisons", "studies", "ratings", "votes", "lessons"} <= set(schema(old))
    assert store.about(dialogue.id).case_id == dialogue.case.hadm_id


def at_version(url: str, version: str, dialogues: dict[str, str]) -> None:
    """Makes the database as it was at an earlier version, with consultations: what is stored by their ids."""
    now = datetime.now(UTC).replace(tzinfo=None)
    row = {"now": now if url.startswith("postgresql") else str(now), "title": "A title", "ended": True}
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(database.MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for id, data in dialogues.items():
            connection.execute(
                text("insert into consultations values (:id, :now, :now, :title, 3, :ended, :data, 7)"),
                {**row, "id": id, "data": data},
            )
    engine.dispose()


def test_a_database_from_before_there_were_lessons_learns_the_case_of_each_consultation(
    any_database_url, dialogue
):
    case = dialogue.case.model_copy(update={"hadm_id": "t2"})
    other = dialogue.model_copy(update={"id": "other", "case": case})
    kept = {one.id: one.model_dump_json() for one in (dialogue, other)}
    at_version(any_database_url, "0002", kept)
    store = Consultations(Database(any_database_url))
    assert [one.id for one in store.ended("t2")] == ["other"]
    assert [one.id for one in store.ended("t1")] == [dialogue.id]
    found = store.about(dialogue.id)
    assert (found.title, found.questions, found.trainee, found.again_of) == ("A title", 3, "", None)
    assert store.load(dialogue.id) == dialogue


DEEP = '{"case":' * 20_000
NO_CASE = ["", "{", "[]", "3", "null", '{"case": 3}', '{"case": {}}', '{"case": {"hadm_id": 3}}', DEEP]
NOT_KEPT = ['{"case": {"hadm_id": "\\u0000"}}', '{"case": {"hadm_id": "\\ud800"}}']


def test_consultations_that_cannot_be_read_are_in_no_ones_way_and_left_as_they_are(any_database_url):
    kept = {str(number): data for number, data in enumerate([*NO_CASE, *NOT_KEPT])}
    long = json.dumps({"case": {"hadm_id": "x" * 300}})
    at_version(any_database_url, "0002", {**kept, "long": long})
    store = Consultations(Database(any_database_url))
    assert {one.id for one in store.ended("")} == set(kept)
    assert [one.id for one in store.ended("x" * 300)] == ["long"]
    with create_engine(any_database_url).connect() as connection:
        after = dict(connection.execute(text("select id, data from consultations where id <> 'long'")).all())
    assert after == kept


def test_a_program_from_before_the_upgrade_can_still_save(any_database_url, dialogue):
    """One that runs on, with the database open, while another is started in its newer version."""
    at_version(any_database_url, "0002", {})
    store = Consultations(Database(any_database_url))
    columns = "id, created, updated, title, questions, ended, data, version"
    with create_engine(any_database_url).begin() as connection:
        connection.execute(
            text(
                f"insert into consultations ({columns}) values "
                "(:id, '2026-11-01 10:00:00.0', '2026-11-01 10:00:00.0', 'T', 3, :ended, :data, 1)"
            ),
            {"id": dialogue.id, "ended": False, "data": dialogue.model_dump_json()},
        )
    assert store.load(dialogue.id) == dialogue
    assert store.about(dialogue.id).trainee == ""


def test_an_upgraded_database_has_the_same_tables_as_a_new_one(old, tmp_path):
    Database(old)
    new = f"sqlite:///{tmp_path}/new.db"
    Database(new)
    assert schema(old) == schema(new)


def test_the_schema_is_that_of_the_code(any_database_url):
    """Each table and column of the code is in the upgraded database, and no other one."""
    Database(any_database_url)
    engine = create_engine(any_database_url)
    there = {
        name: {column["name"]: (column["nullable"]) for column in inspect(engine).get_columns(name)}
        for name in inspect(engine).get_table_names()
        if name != "alembic_version"
    }
    wanted = {
        table.name: {column.name: bool(column.nullable) for column in table.columns}
        for table in Base.metadata.sorted_tables
    }
    assert there == wanted


def test_the_version_that_the_code_names_is_the_last_step_there_is():
    config = Config()
    config.set_main_option("script_location", str(database.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == database.SCHEMA


def test_many_who_open_an_old_database_at_once_upgrade_it_once(old, dialogue):
    faults = []

    def use():
        try:
            assert Consultations(Database(old)).load(dialogue.id) == dialogue
        except Exception as error:
            faults.append(error)

    threads = [Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(old, monkeypatch):
    before = schema(old)
    with sqlite3.connect(old.removeprefix("sqlite:///")) as connection:
        connection.execute("create table ratings (mine text)")  # in the way of the last table
    with pytest.raises(StorageError, match="ratings already exists"):
        Database(old)
    assert schema(old) == before | {"ratings": "table"}


def test_a_database_of_a_newer_version_is_said_and_left_alone(old):
    Database(old)
    with sqlite3.connect(old.removeprefix("sqlite:///")) as connection:
        connection.execute("update alembic_version set version_num = '0099'")
    with pytest.raises(StorageError, match=r"newer version of PatientSim \(schema 0099.*Update PatientSim"):
        Database(old)


def test_what_belongs_to_nothing_is_refused(any_database_url):
    """Rows of a study that is not there would be lost ones."""
    with pytest.raises(StorageError, match="cannot be used"), Database(any_database_url).session() as session:
        session.add(StudyDialogueRow(study="none", place=0, run="", dialogue="x", data="{}"))
