"""What a teacher settled for a case: whether its debriefs are held back, and the teacher's own checklist."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import RootModel
from sqlalchemy import select

from patientsim_core.debrief.checklist import Check, look_over
from patientsim_core.storage.consultations import MAX_CASE_ID
from patientsim_core.storage.database import Database, parsed, upsert
from patientsim_core.storage.schema import LessonRow as Row
from patientsim_core.text import clean


class Points(RootModel[list[Check]]):
    """A checklist as it is stored."""


class Lessons:
    """All of them; the first 64 characters of a case's number tell it apart. Every method raises
    StorageError, worded for the user, when the database fails."""

    def __init__(self, database: Database):
        self._session = database.session

    def held(self) -> set[str]:
        """The numbers of the cases whose debriefs are held back."""
        with self._session() as session:
            return set(session.scalars(select(Row.case_id).where(Row.held)))

    def is_held(self, case_id: str) -> bool:
        return case_id[:MAX_CASE_ID] in self.held()

    def hold(self, case_id: str, held: bool = True) -> None:
        """Holds back the debriefs of a case from now on, or releases them."""
        with self._session() as session:
            upsert(
                session, Row, {"case_id": case_id[:MAX_CASE_ID]}, {"held": held, "updated": datetime.now(UTC)}
            )

    def checklist(self, case_id: str) -> list[Check]:
        """The teacher's own points for a case; none where there are none."""
        with self._session() as session:
            data = session.scalar(select(Row.checklist).where(Row.case_id == case_id[:MAX_CASE_ID]))
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
            upsert(session, Row, {"case_id": case_id[:MAX_CASE_ID]}, values)
