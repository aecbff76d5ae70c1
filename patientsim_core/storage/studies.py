"""Studies in the database: their dialogues, and what raters say of them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from patientsim_core.dialogue import Dialogue
from patientsim_core.errors import InputError, StorageError
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.storage.database import Database, alone, parsed, upsert
from patientsim_core.storage.schema import RatingRow, StudyDialogueRow, StudyRow
from patientsim_core.study import Rating, Study, Target, checked, targets, verdict_of

GONE = "There is no study with this address. It may be in another database, or the address was cut short."
CLOSED = "This study is closed: its ratings stand as they are. Ask the organiser to open it again."
MOVED_ON = "The study was closed or opened meanwhile, perhaps in another window. Nothing was changed."
NOT_YOURS = "This dialogue is not among those that {rater} rates in this study."


class Source(NamedTuple):
    """Where a study's dialogue is from: a run's name, empty for a consultation, and the dialogue's id."""

    place: int
    run: str
    dialogue: str


class Studies:
    """All of them. Every method raises StorageError, worded for the user, when the database fails."""

    def __init__(self, database: Database):
        self._session = database.session

    def begin(self, study: Study, dialogues: Sequence[tuple[str, Dialogue]]) -> None:
        """Keeps a new study with its dialogues as they are now, each with the name of its run. Raises
        InputError, and keeps nothing, where there is one of its name, begun at the same moment or before."""
        now = datetime.now(UTC)
        row = StudyRow(
            id=study.id, created=study.created, updated=now, title=study.name, data=study.model_dump_json()
        )
        with self._session() as session:
            alone(session)
            if session.scalar(select(StudyRow.id).where(StudyRow.title == study.name)):
                raise InputError(f"There is a study named {study.name} already; give this one another name.")
            session.add(row)
            session.flush()
            session.add_all(
                StudyDialogueRow(
                    study=study.id, place=place, run=run, dialogue=one.id, data=one.model_dump_json()
                )
                for place, (run, one) in enumerate(dialogues)
            )

    def all(self) -> list[Study]:
        """Those that can be read, the newest first."""
        with self._session() as session:
            rows = session.scalars(select(StudyRow).order_by(StudyRow.created.desc()))
            return [study for row in rows if (study := _read(row))]

    def unreadable(self) -> list[str]:
        """The names of those that are damaged or from another version. They are left as they are."""
        with self._session() as session:
            return [row.title for row in session.scalars(select(StudyRow)) if not _read(row)]

    def load(self, id: str) -> Study:
        with self._session() as session:
            return _study(session.get(StudyRow, id))

    def sources(self, id: str) -> list[Source]:
        """Where the dialogues are from, by their places."""
        columns = (StudyDialogueRow.place, StudyDialogueRow.run, StudyDialogueRow.dialogue)
        with self._session() as session:
            found = select(*columns).where(StudyDialogueRow.study == id).order_by(StudyDialogueRow.place)
            return [Source(*row) for row in session.execute(found)]

    def dialogue(self, id: str, place: int) -> Dialogue:
        """A dialogue as it was when the study began."""
        with self._session() as session:
            row = session.get(StudyDialogueRow, (id, place))
            if row is None:
                raise StorageError(GONE)
            return parsed(Dialogue, row.data, f"The dialogue {row.dialogue!r} of the study")

    def rate(self, id: str, place: int, rater: str, target: Target, **said: int | str | None) -> None:
        """Keeps a rater's `score` (1 to 4, or None to take it back) or `reason`, or both, in place of what
        the rater said of it before. Raises InputError, and keeps nothing, where that may not be."""
        with self._session() as session:
            row = session.get(StudyRow, id)
            study, version = _study(row), row.version
            if study.closed:
                raise InputError(CLOSED)
            if place not in study.order.get(rater, ()):
                raise InputError(NOT_YOURS.format(rater=rater[:60]))
            rating = Rating(place, rater, target, said.get("score"), said.get("reason") or "")
            rating = checked(rating, targets(study, place))
            key = {"study": id, "place": place, "rater": rater, **target._asdict()}
            told = {name: getattr(rating, name) for name in said} | {"updated": datetime.now(UTC)}
            upsert(session, RatingRow, key, told)
            now = select(StudyRow.version).where(StudyRow.id == id).with_for_update(read=True)
            if session.scalar(now) != version:  # and nobody changes it until this is kept
                raise InputError(CLOSED)

    def ratings(self, id: str, rater: str | None = None) -> list[Rating]:
        """What was said so far, by one rater or by all, in order of raters and places."""
        found = select(RatingRow).where(RatingRow.study == id)
        if rater is not None:
            found = found.where(RatingRow.rater == rater)
        with self._session() as session:
            return _ratings(session, found.order_by(RatingRow.rater, RatingRow.place))

    def close(self, id: str, closed: bool = True) -> None:
        """Ends the rating, so that Results have the ratings; or opens it again. Raises InputError, and
        changes nothing, where somebody does either at the same moment."""
        try:
            with self._session() as session:
                row = session.get(StudyRow, id)
                row.data = _study(row).model_copy(update={"closed": closed}).model_dump_json()
                row.updated = datetime.now(UTC)
        except StaleDataError as error:
            raise InputError(MOVED_ON) from error

    def stamp(self, run: str) -> str:
        """What changes when a run's ratings in Results do."""
        with self._session() as session:
            there = select(StudyDialogueRow.study).where(StudyDialogueRow.run == run)
            found = session.execute(select(StudyRow.id, StudyRow.version).where(StudyRow.id.in_(there)))
            return " ".join(sorted(f"{id} {version}" for id, version in found))

    def verdicts(self, run: str) -> dict[str, list[Verdict]]:
        """The ratings of closed studies on a run's dialogues, by dialogue. What a rater says of the same
        dialogue in a further study is a repeat."""
        found: dict[str, list[Verdict]] = defaultdict(list)
        studies = [one for one in self.all() if one.closed]
        said: Counter[tuple] = Counter()
        for study in sorted(studies, key=lambda one: (one.created, one.id)):
            own = {one.place: one.dialogue for one in self.sources(study.id) if one.run == run}
            for rating in self.ratings(study.id) if own else ():
                id = own.get(rating.place)
                if id and (verdict := verdict_of(rating, id)):
                    said[verdict.key, verdict.field] += 1
                    repeat = said[verdict.key, verdict.field]
                    found[id].append(verdict.model_copy(update={"repeat": repeat}))
        return dict(found)


def _ratings(session: Session, found: Select) -> list[Rating]:
    return [
        Rating(one.place, one.rater, Target(Metric(one.metric), one.field), one.score, one.reason)
        for one in session.scalars(found)
    ]


def _study(row: StudyRow | None) -> Study:
    if row is None:
        raise StorageError(GONE)
    return parsed(Study, row.data, f"The study {row.title!r}")


def _read(row: StudyRow) -> Study | None:
    try:
        return _study(row)
    except StorageError:
        return None
