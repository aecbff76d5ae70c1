"""Consultations in the database.

Pages keep no dialogue of their own: they load it, show it, and change it here in one transaction, so
a refresh, a restart and a second window all see the same.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from patientsim_core.dialogue import Dialogue
from patientsim_core.errors import InputError, StorageError
from patientsim_core.storage.database import Database, local, parsed
from patientsim_core.storage.schema import ConsultationRow as Row

MOVED_ON = "The consultation has gone on meanwhile, perhaps in another window. Nothing was changed."


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
    """All of them. Every method raises StorageError, worded for the user, when the database fails."""

    def __init__(self, database: Database):
        self._session = database.session

    def save(self, dialogue: Dialogue) -> None:
        """Keeps a whole dialogue, whatever was kept under its id before."""
        with self._session() as session:
            row = session.get(Row, dialogue.id) or Row(id=dialogue.id)
            _keep(row, dialogue)
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
                _keep(row, changed)
                session.add(row)
            return changed
        except StaleDataError as error:
            raise InputError(MOVED_ON) from error

    def recent(self, limit: int = 20) -> list[Summary]:
        """The consultations changed last, newest first."""
        columns = (Row.id, Row.title, Row.updated, Row.questions, Row.ended)
        with self._session() as session:
            found = session.execute(select(*columns).order_by(Row.updated.desc()).limit(limit)).all()
        return [Summary(*row)._replace(updated=local(row.updated)) for row in found]


def _keep(row: Row, dialogue: Dialogue) -> None:
    row.created, row.updated = dialogue.created, datetime.now(UTC)
    row.title, row.questions = dialogue.case.title, dialogue.questions
    row.ended, row.data = dialogue.end_reason is not None, dialogue.model_dump_json()


def _dialogue(row: Row | None) -> Dialogue:
    if row is None:
        raise StorageError(
            "There is no consultation with this address. It may be in another database, or the address "
            "may have been cut short."
        )
    return parsed(Dialogue, row.data, f"The consultation {row.title!r}")
