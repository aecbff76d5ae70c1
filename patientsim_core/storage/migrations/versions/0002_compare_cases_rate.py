"""Own cases, comparisons with their votes, studies with their dialogues and ratings."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    _documents("cases")
    _documents("comparisons")
    op.create_table(
        "comparison_patients",
        sa.Column("comparison", sa.String(64), sa.ForeignKey("comparisons.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "votes",
        sa.Column("comparison", sa.String(64), sa.ForeignKey("comparisons.id"), primary_key=True),
        sa.Column("voter", sa.String(64), primary_key=True),
        sa.Column("axis", sa.String(16), primary_key=True),
        sa.Column("level", sa.String(16), nullable=False),
    )
    _documents("studies")
    op.create_table(
        "study_dialogues",
        sa.Column("study", sa.String(64), sa.ForeignKey("studies.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("dialogue", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_table(
        "ratings",
        sa.Column("study", sa.String(64), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("rater", sa.String(100), primary_key=True),
        sa.Column("metric", sa.String(16), primary_key=True),
        sa.Column("field", sa.String(64), primary_key=True),
        sa.Column("score", sa.Integer, nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["study", "place"], ["study_dialogues.study", "study_dialogues.place"]),
    )


def _documents(name: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
