"""What a teacher settled for a case: whether its debriefs are held back, and the teacher's own checklist."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pydantic import RootModel
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from patientsim_core.debrief.checklist import Check, look_over
from patientsim_core.errors import InputError
from patientsim_core.storage.database import Database, parsed, upsert
from patientsim_core.storage.schema import LessonRow as Row
from patientsim_core.text import clean

MAX_CASE_ID = 64
"""Characters of a case's number, for which something can be settled."""


class Points(RootModel[list[Check]]):
    """A checklist as it is stored."""


class Lessons:
    """All of them. Every method raises StorageError, worded for the user, when the database fails."""

    def __init__(self, database: Database):
        self._session = database.session

    def held(self) -> set[str]:
        """The numbers of the cases whose debriefs are held back."""
        with self._session() as session:
            return set(session.scalars(select(Row.case_id).where(Row.held)))

    def hold(self, case_ids: Iterable[str]) -> None:
        """Holds back the debriefs of exactly these cases from now on; those of all others are released."""
        ids = sorted({_checked(one) for one in case_ids})
        now = datetime.now(UTC)
        with self._session() as session:
            _alone(session)
            session.execute(update(Row).where(Row.held).values(held=False, updated=now))
            for id in ids:
                upsert(session, Row, {"case_id": id}, {"held": True, "updated": now})

    def checklist(self, case_id: str) -> list[Check]:
        """The teacher's own points for a case; none where there are none."""
        with self._session() as session:
            data = session.scalar(select(Row.checklist).where(Row.case_id == case_id))
        return parsed(Points, data, f"The checklist for the case {case_id!r}").root if data else []

    def set_checklist(self, case_id: str, points: Sequence[Check]) -> None:
        """Keeps a checklist for a case in place of an earlier one; an empty one takes it away. Raises
        InputError as `read_checklist` does where a point is not as it must be."""
        points = [Check(clean(one.text), one.item, tuple(map(clean, one.words))) for one in points]
        look_over(points)
        values = {
            "checklist": Points(points).model_dump_json() if points else "",
            "updated": datetime.now(UTC),
        }
        with self._session() as session:
            upsert(session, Row, {"case_id": _checked(case_id)}, values)

    def checklists(self) -> set[str]:
        """The numbers of the cases that have one."""
        with self._session() as session:
            return set(session.scalars(select(Row.case_id).where(Row.checklist != "")))


def _checked(case_id: str) -> str:
    if not 0 < len(case_id) <= MAX_CASE_ID:
        raise InputError(
            f"hadm_id {case_id[:40]}: a case's number has 1 to {MAX_CASE_ID} characters here. "
            "Nothing was changed."
        )
    return case_id


def _alone(session: Session) -> None:
    """Of two who hold at the same moment, the later one's cases are held, not some of each. SQLite has one
    writer at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE lessons IN SHARE ROW EXCLUSIVE MODE"))
