"""The users' own cases, in the database: never in data_samples, which comes with the project."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from patientsim_core.case import Case
from patientsim_core.errors import InputError
from patientsim_core.storage.database import Database, alone
from patientsim_core.storage.schema import CaseRow

CHANGED = "This case was changed meanwhile, perhaps in another window. Nothing was saved: look at it again."
DELETED = "This case was deleted meanwhile, perhaps in another window. Nothing was saved."
TAKEN = "hadm_id {id}: a case with this number is there already. Change the number in the file, or delete it."


class OwnCases:
    """All of them. Every method raises StorageError, worded for the user, when the database fails.
    Whoever writes is alone meanwhile, so that of two at the same moment the second sees what the first did.
    Dialogues keep the case as it was: what is changed or deleted here changes none of them."""

    def __init__(self, database: Database):
        self._session = database.session

    def all(self) -> list[Case]:
        """In the order in which they came; one that cannot be read is left out, see `unreadable`."""
        with self._session() as session:
            rows = session.scalars(select(CaseRow).order_by(CaseRow.created, CaseRow.id)).all()
            return [case for row in rows if (case := _read(row))]

    def unreadable(self) -> dict[str, str]:
        """Number -> title of those that are damaged or from another version. They are left as they are."""
        with self._session() as session:
            return {row.id: row.title for row in session.scalars(select(CaseRow)) if not _read(row)}

    def stamp(self) -> str:
        """What changes when the cases do."""
        with self._session() as session:
            found = session.execute(select(CaseRow.id, CaseRow.version).order_by(CaseRow.id))
            return " ".join(f"{id} {version}" for id, version in found)

    def add(self, cases: Iterable[Case], taken: Iterable[str] = ()) -> None:
        """Keeps new cases, all or none. Raises InputError where a number is `taken` or stored already."""
        taken = set(taken)
        with self._session() as session:
            alone(session)
            taken |= set(session.scalars(select(CaseRow.id)))
            for case in cases:
                if case.hadm_id in taken:
                    raise InputError(TAKEN.format(id=case.hadm_id[:40]))
                taken.add(case.hadm_id)
                session.add(_kept(CaseRow(id=case.hadm_id, created=datetime.now(UTC)), case))

    def change(self, shown: Case, case: Case) -> None:
        """Replaces a case by its changed form, which has the same number. `shown` is what whoever changes it
        was shown; raises InputError, and saves nothing, where it is another one now, or gone."""
        with self._session() as session:
            alone(session)
            _kept(_row(session, shown), case)

    def delete(self, shown: Case) -> None:
        """Takes a case away. Raises InputError where it is not as it was shown."""
        with self._session() as session:
            alone(session)
            session.delete(_row(session, shown))

    def delete_unreadable(self, number: str) -> None:
        """Takes away what is no case. Raises InputError where it can be read (again)."""
        with self._session() as session:
            alone(session)
            if row := session.get(CaseRow, number):
                if _read(row):
                    raise InputError(CHANGED)
                session.delete(row)


def new_number() -> str:
    """A number for an own case, which no record of a hospital has."""
    return f"own-{uuid4().hex[:8]}"


def _row(session: Session, shown: Case) -> CaseRow:
    row = session.get(CaseRow, shown.hadm_id)
    if row is None or _read(row) != shown:
        raise InputError(CHANGED if row else DELETED)
    return row


def _kept(row: CaseRow, case: Case) -> CaseRow:
    row.title, row.updated, row.data = case.title, datetime.now(UTC), case.model_dump_json(exclude_none=True)
    return row


def _read(row: CaseRow) -> Case | None:
    try:
        return Case.model_validate_json(row.data)
    except ValidationError:
        return None
