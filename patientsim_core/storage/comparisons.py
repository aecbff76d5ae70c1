"""Comparisons in the database: what is asked, what each patient answered, and what the room guessed."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from patientsim_core.comparison import Comparison, asking
from patientsim_core.dialogue import Dialogue
from patientsim_core.errors import InputError, StorageError
from patientsim_core.guessing import Vote
from patientsim_core.persona import Persona, read_level
from patientsim_core.storage.database import Database, local, parsed, upsert
from patientsim_core.storage.schema import ComparisonRow, PatientRow, VoteRow

MOVED_ON = "This comparison has gone on meanwhile, perhaps in another window. Nothing was changed."
NOT_THERE = (
    "There is no comparison with this address. It may be in another database, or the address may have been "
    "cut short."
)


class Summary(NamedTuple):
    """One line of the list; `updated` is in local time."""

    id: str
    title: str
    updated: datetime


class Comparisons:
    """All of them. Every method raises StorageError, worded for the user, when the database fails."""

    def __init__(self, database: Database):
        self._session = database.session

    def begin(self, comparison: Comparison, patients: Sequence[Dialogue]) -> None:
        with self._session() as session:
            session.add(_kept(ComparisonRow(id=comparison.id, created=comparison.created), comparison))
            session.flush()
            session.add_all(
                PatientRow(comparison=comparison.id, place=place, data=one.model_dump_json())
                for place, one in enumerate(patients)
            )

    def load(self, id: str) -> tuple[Comparison, list[Dialogue]]:
        """A comparison and its patients, as they were last saved."""
        with self._session() as session:
            comparison = _comparison(session.get(ComparisonRow, id))
            rows = select(PatientRow).where(PatientRow.comparison == id).order_by(PatientRow.place)
            return comparison, [_patient(one) for one in session.scalars(rows)]

    def ask(self, shown: Comparison, questions: Sequence[str]) -> Comparison:
        """Adds questions for all patients. Raises InputError for what is none, and where others were added
        since it was `shown`."""
        asked = asking(shown, questions)
        return self._change(shown, lambda _: asked)

    def reveal(self, shown: Comparison) -> Comparison:
        """Tells the room who the hidden patient is; votes are over."""
        return self._change(shown, lambda one: one.model_copy(update={"revealed": True}))

    def save_patient(self, id: str, place: int, patient: Dialogue) -> None:
        """Keeps a patient's next answers. Raises InputError, and keeps nothing, where there are others."""
        try:
            with self._session() as session:
                row = session.get(PatientRow, (id, place))
                stored = _patient(row).turns
                if patient.turns[: len(stored)] != stored:
                    raise InputError(MOVED_ON)
                row.data = patient.model_dump_json()
        except StaleDataError as error:
            raise InputError(MOVED_ON) from error

    def vote(self, id: str, vote: Vote) -> None:
        """Keeps what a voter takes the hidden patient for, in place of an earlier vote on that axis. Raises
        InputError, and keeps nothing, when it is revealed already."""
        level = read_level(vote.axis, vote.level)
        with self._session() as session:
            _still_hidden(session.get(ComparisonRow, id))
            key = {"comparison": id, "voter": vote.voter, "axis": vote.axis}
            upsert(session, VoteRow, key, {"level": str(level)})
            now = {"populate_existing": True, "with_for_update": {"read": True}}
            _still_hidden(session.get(ComparisonRow, id, **now))  # and nobody reveals it until this is kept

    def votes(self, id: str) -> list[Vote]:
        with self._session() as session:
            return _votes(session, id)

    def rounds(self) -> list[tuple[Persona, list[Vote]]]:
        """The persona and the votes of every guess that was revealed; one that cannot be read is left out."""
        found = []
        with self._session() as session:
            for row in session.scalars(select(ComparisonRow).order_by(ComparisonRow.created)).all():
                with suppress(StorageError):
                    if (one := _comparison(row)).kind == "guess" and one.revealed:
                        patient = _patient(session.get(PatientRow, (row.id, 0)))
                        found.append((patient.persona, _votes(session, row.id)))
        return found

    def recent(self, limit: int = 20) -> list[Summary]:
        """Those changed last, newest first."""
        columns = (ComparisonRow.id, ComparisonRow.title, ComparisonRow.updated)
        with self._session() as session:
            found = session.execute(select(*columns).order_by(ComparisonRow.updated.desc()).limit(limit))
            return [Summary(row.id, row.title, local(row.updated)) for row in found]

    def _change(self, shown: Comparison, action: Callable[[Comparison], Comparison]) -> Comparison:
        try:
            with self._session() as session:
                row = session.get(ComparisonRow, shown.id)
                stored = _comparison(row)
                if stored != shown:
                    raise InputError(MOVED_ON)
                changed = action(stored)
                _kept(row, changed)
            return changed
        except StaleDataError as error:
            raise InputError(MOVED_ON) from error


def _votes(session: Session, id: str) -> list[Vote]:
    found = select(VoteRow).where(VoteRow.comparison == id).order_by(VoteRow.voter, VoteRow.axis)
    return [Vote(one.voter, one.axis, one.level) for one in session.scalars(found)]


def _kept(row: ComparisonRow, comparison: Comparison) -> ComparisonRow:
    row.title, row.updated, row.data = comparison.title, datetime.now(UTC), comparison.model_dump_json()
    return row


def _comparison(row: ComparisonRow | None) -> Comparison:
    if row is None:
        raise StorageError(NOT_THERE)
    return parsed(Comparison, row.data, f"The comparison {row.title!r}")


def _still_hidden(row: ComparisonRow | None) -> None:
    if not _comparison(row).is_hidden:
        raise InputError("The patient is revealed already: votes are over.")


def _patient(row: PatientRow | None) -> Dialogue:
    if row is None:
        raise StorageError(NOT_THERE)
    return parsed(Dialogue, row.data, f"Patient {row.place + 1} of this comparison")
