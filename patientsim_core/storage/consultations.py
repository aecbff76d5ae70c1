"""Consultations in a database: SQLite below the project, or another by PATIENTSIM_DATABASE_URL.

Pages keep no dialogue of their own: they load it, show it, and change it here in one transaction, so
a refresh, a restart and a second window all see the same.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, NamedTuple

from pydantic import ValidationError
from sqlalchemy import DateTime, String, Text, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from patientsim_core.dialogue import Dialogue
from patientsim_core.errors import InputError, StorageError

VARIABLE = "PATIENTSIM_DATABASE_URL"
DEFAULT_FILE = Path(__file__).parents[2] / ".patientsim" / "patientsim.db"
MOVED_ON = "The consultation has gone on meanwhile, perhaps in another window. Nothing was changed."
BUSY_MS = 10_000
"""How long a write waits for another one to finish, in milliseconds."""


class Base(DeclarativeBase):
    pass


class Row(Base):
    """`data` is the whole Dialogue as JSON; the other columns are what the list shows. Times are UTC."""

    __tablename__ = "consultations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    title: Mapped[str] = mapped_column(Text)
    questions: Mapped[int]
    ended: Mapped[bool]
    data: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__: ClassVar = {"version_id_col": version}

    def keep(self, dialogue: Dialogue) -> None:
        self.created, self.updated = dialogue.created, datetime.now(UTC)
        self.title, self.questions = dialogue.case.title, dialogue.questions
        self.ended, self.data = dialogue.end_reason is not None, dialogue.model_dump_json()


class Summary(NamedTuple):
    """One line of the list of past consultations; `updated` is in local time."""

    id: str
    title: str
    updated: datetime
    questions: int
    ended: bool

    @property
    def when(self) -> str:
        """`22 Nov 2026, 14:03 · 5 questions · ended`."""
        plural = "" if self.questions == 1 else "s"
        ended = " · ended" if self.ended else ""
        return f"{self.updated:%d %b %Y, %H:%M} · {self.questions} question{plural}{ended}"


class Consultations:
    """The database. Every method raises StorageError, worded for the user, when it cannot be used."""

    def __init__(self, url: str | None = None):
        """`url` as SQLAlchemy spells it; the default SQLite file, and its folder, where there is none."""
        try:
            self._url = make_url(url) if url else URL.create("sqlite", database=str(DEFAULT_FILE))
            self._engine = create_engine(self._url, pool_pre_ping=True)
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
            Base.metadata.create_all(self._engine)

    def save(self, dialogue: Dialogue) -> None:
        """Keeps a whole dialogue, whatever was kept under its id before."""
        with self._session() as session:
            row = session.get(Row, dialogue.id) or Row(id=dialogue.id)
            row.keep(dialogue)
            session.add(row)

    def load(self, id: str) -> Dialogue:
        """The dialogue with that id, as it was last saved."""
        with self._session() as session:
            return _dialogue(session.get(Row, id))

    def change(self, dialogue: Dialogue, action: Callable[..., Dialogue], *arguments: object) -> Dialogue:
        """Saves `action(dialogue, *arguments)` and returns it, in one transaction.

        `dialogue` is what whoever acts was shown; one without turns may be new. Raises InputError, and
        changes nothing, where the consultation has gone on since.
        """
        try:
            with self._session() as session:
                row = session.get(Row, dialogue.id)
                stored = _dialogue(row) if row or dialogue.turns else dialogue
                if len(stored.turns) != len(dialogue.turns):
                    raise InputError(MOVED_ON)
                changed = action(stored, *arguments)
                row = row or Row(id=dialogue.id)
                row.keep(changed)
                session.add(row)
            return changed
        except StaleDataError as error:
            raise InputError(MOVED_ON) from error

    def recent(self, limit: int = 20) -> list[Summary]:
        """The consultations changed last, newest first."""
        columns = (Row.id, Row.title, Row.updated, Row.questions, Row.ended)
        with self._session() as session:
            found = session.execute(select(*columns).order_by(Row.updated.desc()).limit(limit)).all()
        return [Summary(*row)._replace(updated=_local(row.updated)) for row in found]

    @contextmanager
    def _session(self) -> Generator[Session, None, None]:
        with self._told(), Session(self._engine) as session, session.begin():
            yield session

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
            where = self._url.database or "in memory"
            if self._url.host:
                where += f" at {self._url.host}"
            raise StorageError(
                f"The database {where} cannot be used{f' ({cause})' if cause else ''}. Check that it is "
                f"there, can be written and is not full, or set {VARIABLE} to another."
            ) from error


def _prepare_sqlite(connection, _record) -> None:
    """Readers do not wait for a writer (WAL), and a second writer waits its turn."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")


def _local(time: datetime) -> datetime:
    """SQLite gives UTC times back without their zone."""
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone()


def _dialogue(row: Row | None) -> Dialogue:
    if row is None:
        raise StorageError(
            "There is no consultation with this address. It may be in another database, or the address "
            "may have been cut short."
        )
    try:
        return Dialogue.model_validate_json(row.data)
    except ValidationError as error:
        raise StorageError(
            f"The consultation {row.title!r} cannot be read: what is stored is damaged or from another "
            "version. It was left as it is, and the others are not affected."
        ) from error
