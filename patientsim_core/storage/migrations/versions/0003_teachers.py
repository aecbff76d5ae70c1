"""Whose case a consultation is, who led it and what it takes up again; what judges say of it; what a teacher
settled for a case."""

import json

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"

CONSULTATIONS = sa.table("consultations", sa.column("id"), sa.column("data"), sa.column("case_id"))


def upgrade() -> None:
    op.add_column("consultations", sa.Column("case_id", sa.String(64), nullable=False, server_default=""))
    op.add_column("consultations", sa.Column("trainee", sa.String(100), nullable=False, server_default=""))
    op.add_column("consultations", sa.Column("again_of", sa.String(300), nullable=True))
    _name_cases(op.get_bind())
    op.create_index("ix_consultations_case_id", "consultations", ["case_id"])
    op.create_table(
        "consultation_verdicts",
        sa.Column("consultation", sa.String(64), sa.ForeignKey("consultations.id"), primary_key=True),
        sa.Column("judge", sa.String(200), primary_key=True),
        sa.Column("metric", sa.String(16), primary_key=True),
        sa.Column("field", sa.String(64), primary_key=True),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_table(
        "lessons",
        sa.Column("case_id", sa.String(64), primary_key=True),
        sa.Column("held", sa.Boolean, nullable=False),
        sa.Column("checklist", sa.Text, nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
    )


def _name_cases(connection: sa.Connection) -> None:
    """One at a time: together they may be more than memory holds."""
    table = CONSULTATIONS.c
    for id in connection.scalars(sa.select(table.id)).all():
        data = connection.scalar(sa.select(table.data).where(table.id == id))
        change = sa.update(CONSULTATIONS).where(table.id == id)
        connection.execute(change.values(case_id=_case_of(data)))


def _case_of(data: str) -> str:
    """The case's number in a stored dialogue; empty where it cannot be read, or no database could keep it."""
    try:
        found = json.loads(data)["case"]["hadm_id"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return found[:64] if isinstance(found, str) and found.isprintable() else ""
