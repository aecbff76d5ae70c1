"""The tables of the database. What changes here needs a step in `migrations/versions` as well."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import DateTime, ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column


class Base(DeclarativeBase):
    pass


class Document(Base):
    """`data` is the whole as JSON; the other columns are what lists show. Times are UTC. `version` counts
    the changes, so that of two at the same moment one fails."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    title: Mapped[str] = mapped_column(Text)
    data: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    @declared_attr.directive
    def __mapper_args__(cls) -> dict:
        return {"version_id_col": cls.__table__.c.version}


class ConsultationRow(Document):
    """A Dialogue that a person, the `trainee`, leads; `again_of` is the consultation it takes up again."""

    __tablename__ = "consultations"

    questions: Mapped[int]
    ended: Mapped[bool]
    case_id: Mapped[str] = mapped_column(String(64), index=True)
    trainee: Mapped[str] = mapped_column(String(100), default="")
    again_of: Mapped[str | None] = mapped_column(String(300))


class ConsultationVerdictRow(Base):
    """A Verdict on a consultation: its key admits one of each judge for a field."""

    __tablename__ = "consultation_verdicts"

    consultation: Mapped[str] = mapped_column(String(64), ForeignKey("consultations.id"), primary_key=True)
    judge: Mapped[str] = mapped_column(String(200), primary_key=True)
    metric: Mapped[str] = mapped_column(String(16), primary_key=True)
    field: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[str] = mapped_column(Text)


class LessonRow(Base):
    """What a teacher settled for a case. `checklist` is a list of Check as JSON, empty for none."""

    __tablename__ = "lessons"

    case_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    held: Mapped[bool] = mapped_column(default=False)
    checklist: Mapped[str] = mapped_column(Text, default="")
    updated: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CaseRow(Document):
    """A Case of the users' own."""

    __tablename__ = "cases"


class ComparisonRow(Document):
    """A Comparison; its patients are rows of their own, as each answers by itself."""

    __tablename__ = "comparisons"


class PatientRow(Base):
    """The Dialogue with one patient of a comparison."""

    __tablename__ = "comparison_patients"

    comparison: Mapped[str] = mapped_column(String(64), ForeignKey("comparisons.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__: ClassVar = {"version_id_col": version}


class VoteRow(Base):
    """What one voter takes a hidden persona's level for."""

    __tablename__ = "votes"

    comparison: Mapped[str] = mapped_column(String(64), ForeignKey("comparisons.id"), primary_key=True)
    voter: Mapped[str] = mapped_column(String(64), primary_key=True)
    axis: Mapped[str] = mapped_column(String(16), primary_key=True)
    level: Mapped[str] = mapped_column(String(16))


class StudyRow(Document):
    """A Study; its dialogues are rows of their own."""

    __tablename__ = "studies"


class StudyDialogueRow(Base):
    """A dialogue of a study as it was when the study began, and where it is from."""

    __tablename__ = "study_dialogues"

    study: Mapped[str] = mapped_column(String(64), ForeignKey("studies.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[str] = mapped_column(Text)
    dialogue: Mapped[str] = mapped_column(Text)
    data: Mapped[str] = mapped_column(Text)


class RatingRow(Base):
    """What one rater says of one criterion or sentence of a dialogue: its key admits it once. A score that
    was taken back is None."""

    __tablename__ = "ratings"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["study", "place"], ["study_dialogues.study", "study_dialogues.place"]),
    )

    study: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    rater: Mapped[str] = mapped_column(String(100), primary_key=True)
    metric: Mapped[str] = mapped_column(String(16), primary_key=True)
    field: Mapped[str] = mapped_column(String(64), primary_key=True)
    score: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    updated: Mapped[datetime] = mapped_column(DateTime(timezone=True))
