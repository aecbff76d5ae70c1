"""Runs as tables: a row for each dialogue, then figures over them. `charts` draws them."""

from patientsim_core.tables.estimates import (
    as_text,
    by_level,
    contestants,
    differences,
    estimates,
    leaderboard,
    persona_map,
)
from patientsim_core.tables.judges import agreement, confusion_table, pairs_of, rated_by_both
from patientsim_core.tables.rows import FILTERS, columns_of, filtered, joined, judges_of, rows_of
from patientsim_core.tables.sentences import contradicted_items, plausibility
from patientsim_core.tables.turns import over_turns, phases

__all__ = [
    "FILTERS",
    "agreement",
    "as_text",
    "by_level",
    "columns_of",
    "confusion_table",
    "contestants",
    "contradicted_items",
    "differences",
    "estimates",
    "filtered",
    "joined",
    "judges_of",
    "leaderboard",
    "over_turns",
    "pairs_of",
    "persona_map",
    "phases",
    "plausibility",
    "rated_by_both",
    "rows_of",
]
