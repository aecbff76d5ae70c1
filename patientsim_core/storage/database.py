"""The database of consultations, lessons, comparisons, own cases and ratings: SQLite below the project, or
another by PATIENTSIM_DATABASE_URL. Opening it brings its schema up to date."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from patientsim_core.errors import StorageError

VARIABLE = "PATIENTSIM_DATABASE_URL"
DEFAULT_FILE = Path(__file__).parents[2] / ".patientsim" / "patientsim.db"
MIGRATIONS = Path(__file__).parent / "migrations"
SCHEMA = "0003"
"""The version of the schema that this code works with: the last of `migrations/versions`."""
BUSY_MS = 30_000
"""How long a write waits for another one to finish, in milliseconds."""
AT_ONCE = 40
"""So many connections are kept: among fewer than there are users at a moment, some would wait for long."""
Form = TypeVar("Form", bound=BaseModel)
LOCK = 20_250_911
"""Whoever upgrades a PostgreSQL schema holds this advisory lock; any number does."""
ALONE = LOCK + 1
"""The same for those who must write one after the other."""


class Database:
    """A connection to it. Every use raises StorageError, worded for the user, when it cannot be used."""

    def __init__(self, url: str | None = None):
        """`url` as SQLAlchemy spells it; the default SQLite file, and its folder, where there is none."""
        try:
            self._url = make_url(url) if url else URL.create("sqlite", database=str(DEFAULT_FILE))
            self._engine = create_engine(self._url, pool_pre_ping=True, pool_size=AT_ONCE)
        except ImportError as error:
            raise StorageError(
                f"{VARIABLE} needs a driver that is not installed: {error.name}. Install it with pip install "
                f"{error.name}, or use sqlite:////folder/file.db."
            ) from error
        except (SQLAlchemyError, ValueError) as error:
            raise StorageError(
                f"{VARIABLE} is not a database address that can be used here. It looks like "
                "sqlite:////folder/file.db or postgresql+psycopg://user:password@host/name."
            ) from error
        with self._told():
            if self._url.get_backend_name() == "sqlite":
                event.listen(self._engine, "connect", _prepare_sqlite)
                if self._url.database:
                    Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            with self._engine.begin() as connection:
                known = _schema_of(connection) == SCHEMA
            if not known:
                with self._engine.begin() as connection:
                    self._upgrade(connection)

    @contextmanager
    def session(self) -> Generator[Session, None, None]:
        """A transaction: kept as a whole at its end, or not at all where an error leaves it."""
        with self._told(), Session(self._engine) as session, session.begin():
            yield session

    def _upgrade(self, connection: Connection) -> None:
        """To `SCHEMA`, step by step in one transaction; whoever opens it meanwhile waits."""
        from alembic import command  # seldom needed, and slow to import
        from alembic.config import Config
        from alembic.util import CommandError

        _take_turns(connection, LOCK)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StorageError(
                f"The database {self._where} was made by a newer version of PatientSim (schema "
                f"{_schema_of(connection)}, this one knows {SCHEMA}). Update PatientSim, or set "
                f"{VARIABLE} to another database. Nothing was changed."
            ) from error

    @property
    def _where(self) -> str:
        return (self._url.database or "in memory") + (f" at {self._url.host}" if self._url.host else "")

    @contextmanager
    def _told(self) -> Generator[None, None, None]:
        """Database faults as StorageError: never with the address's password or the data."""
        try:
            yield
        except StaleDataError:
            raise
        except (SQLAlchemyError, OSError) as error:
            cause = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or "").split("\n")[0]
            if secret := self._url.password:
                cause = cause.replace(secret, "***")
            raise StorageError(
                f"The database {self._where} cannot be used{f' ({cause})' if cause else ''}. Check that it "
                f"is there, can be written and is not full, or set {VARIABLE} to another."
            ) from error


def alone(session: Session) -> None:
    """To be called first in a transaction: of all that call it, one goes on at a time, until it ends. So what
    it finds is still true when it writes."""
    _take_turns(session.connection(), ALONE)


def upsert(session: Session, table: type, key: Mapping[str, object], values: Mapping[str, object]) -> None:
    """Puts a row into a table, or `values` into the row of that key if there is one: one statement, so that
    of two at the same moment neither is lost nor doubled. Columns that `values` lacks keep their default."""
    insert = {"sqlite": sqlite, "postgresql": postgresql}[session.get_bind().dialect.name].insert
    row = insert(table).values(**key, **values)
    session.execute(row.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def parsed(form: type[Form], data: str, what: str) -> Form:
    """What is stored as JSON. Raises StorageError that names `what` cannot be read."""
    try:
        return form.model_validate_json(data)
    except ValidationError as error:
        raise StorageError(
            f"{what} cannot be read: what is stored is damaged or from another version. It was left as it is."
        ) from error


def local(time: datetime) -> datetime:
    """A stored time in local time; SQLite gives UTC times back without their zone."""
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone()


def _take_turns(connection: Connection, lock: int) -> None:
    """Waits until no other transaction holds the lock; in SQLite, until none writes."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # by itself the driver begins only with the first write
    elif connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def _schema_of(connection: Connection) -> str | None:
    """The schema's version; None before there is any."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _prepare_sqlite(connection, _record) -> None:
    """Readers do not wait for a writer (WAL), and a second writer waits its turn."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
