"""Consultations in the database.

Pages keep no dialogue of their own: they load it, show it, and change it here in one transaction, so
a refresh, a restart and a second window all see the same.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from patientsim_core.dialogue import Dialogue
from patientsim_core.errors import InputError, StorageError
from patientsim_core.evaluation.verdict import Verdict
from patientsim_core.storage.database import Database, local, parsed, upsert
from patientsim_core.storage.schema import ConsultationRow as Row
from patientsim_core.storage.schema import ConsultationVerdictRow as VerdictRow
from patientsim_core.text import clean

MOVED_ON = "The consultation has gone on meanwhile, perhaps in another window. Nothing was changed."
NOT_THERE = (
    "There is no consultation with this address. It may be in another database, or the address may have been "
    "cut short."
)
MAX_NAME = 100
"""Characters of a trainee's name."""
MAX_CASE_ID = 64
"""So much of a case's number is kept beside the dialogue, which has the whole."""


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


class Ended(NamedTuple):
    """What a teacher's list shows of a consultation: `updated` is in local time, `trainee` empty where nobody
    signed, `again_of` the id of the consultation that it takes up again."""

    id: str
    title: str
    case_id: str
    updated: datetime
    trainee: str
    questions: int
    again_of: str | None

    @property
    def label(self) -> str:
        """`Ana · 22 Nov 2026, 14:03`."""
        return f"{self.trainee or 'unnamed'} · {self.updated:%d %b %Y, %H:%M}"


class Consultations:
    """All of them. Every method raises StorageError, worded for the user, when the database fails."""

    def __init__(self, database: Database):
        self._session = database.session

    def save(self, dialogue: Dialogue, again_of: str | None = None) -> None:
        """Keeps a whole dialogue, whatever was kept under its id before. A new one may take up another again,
        `again_of`; of one that is there already that stays as it is."""
        with self._session() as session:
            row = session.get(Row, dialogue.id) or Row(id=dialogue.id, again_of=again_of)
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

    def sign(self, id: str, trainee: str) -> None:
        """Keeps who led a consultation, in place of an earlier name; an empty one takes it back. Raises
        InputError for an overlong one. The consultation counts as unchanged: whoever leads it goes on."""
        trainee = " ".join(clean(trainee).split())
        if len(trainee) > MAX_NAME:
            raise InputError(f"The name has {len(trainee):,} characters; at most {MAX_NAME} are kept.")
        with self._session() as session:
            _look_for(session, id)
            session.execute(update(Row).where(Row.id == id).values(trainee=trainee))

    def ended(self, case_id: str | None = None, since: date | None = None) -> list[Ended]:
        """Those that are over, newest first: of one case or all, changed on or after a local day or ever."""
        found = select(*_COLUMNS).where(Row.ended).order_by(Row.updated.desc(), Row.id)
        if case_id is not None:
            found = found.where(Row.case_id == case_id[:MAX_CASE_ID])
        with self._session() as session:
            ended = _listed(session, found)
        return [one for one in ended if since is None or one.updated.date() >= since]

    def about(self, id: str) -> Ended:
        """The same of one consultation, over or not."""
        with self._session() as session:
            found = _listed(session, select(*_COLUMNS).where(Row.id == id))
        if not found:
            raise StorageError(NOT_THERE)
        return found[0]

    def verdicts(self, id: str) -> list[Verdict]:
        """What judges said of a consultation so far, in order of judges, metrics and fields."""
        with self._session() as session:
            rows = session.scalars(select(VerdictRow).where(VerdictRow.consultation == id)).all()
            said = [
                parsed(Verdict, row.data, f"The verdict of {row.judge!r} on {row.field!r}") for row in rows
            ]
        return sorted(said, key=_place)

    def keep_verdicts(self, id: str, verdicts: Sequence[Verdict]) -> None:
        """Keeps what judges say of a consultation, all or none: in place of what the same judge said of the
        same field before. Raises InputError where one is about another dialogue."""
        if any(one.dialogue_id != id for one in verdicts):
            raise InputError("A verdict is about another consultation. Nothing was kept.")
        with self._session() as session:
            _look_for(session, id)
            for one in sorted(verdicts, key=_place):  # in one order, so that no two writers block each other
                key = {"consultation": id, "judge": one.judge, "metric": str(one.metric), "field": one.field}
                upsert(session, VerdictRow, key, {"data": one.model_dump_json()})


_COLUMNS = (Row.id, Row.title, Row.case_id, Row.updated, Row.trainee, Row.questions, Row.again_of)
"""Those of Ended."""


def _listed(session: Session, found: Select) -> list[Ended]:
    return [Ended(*row)._replace(updated=local(row.updated)) for row in session.execute(found)]


def _look_for(session: Session, id: str) -> None:
    if session.scalar(select(Row.id).where(Row.id == id)) is None:
        raise StorageError(NOT_THERE)


def _place(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.judge, verdict.metric, verdict.field


def _keep(row: Row, dialogue: Dialogue) -> None:
    row.created, row.updated = dialogue.created, datetime.now(UTC)
    row.title, row.questions = dialogue.case.title, dialogue.questions
    row.ended, row.data = dialogue.end_reason is not None, dialogue.model_dump_json()
    row.case_id = dialogue.case.hadm_id[:MAX_CASE_ID]


def _dialogue(row: Row | None) -> Dialogue:
    if row is None:
        raise StorageError(NOT_THERE)
    return parsed(Dialogue, row.data, f"The consultation {row.title!r}")
