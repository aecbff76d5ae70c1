"""A class at a glance: across many consultations, who elicited what, and what most missed."""

from collections.abc import Iterable

import pandas as pd

from patientsim_core.debrief.debriefing import Debrief
from patientsim_core.debrief.history import Status
from patientsim_core.debrief.layout import places

ABOUT = ("dialogue_id", "case_id", "title", "created", "personas", "questions", "rank")
"""What each row begins with; `rank` is that of the first diagnosis that counts, missing where none does."""

OPEN = (Status.unrecorded, Status.hidden, Status.triage)
"""What no question is about: a class map and a count leave it out."""


def cohort(debriefs: Iterable[Debrief]) -> pd.DataFrame:
    """A row a consultation, by case and time: `ABOUT`, then each entry of the map with its status as text."""
    rows = [
        {
            "dialogue_id": one.dialogue_id,
            "case_id": one.case_id,
            "title": one.title,
            "created": one.created,
            "personas": ", then ".join(one.personas),
            "questions": one.questions,
            "rank": one.differential.rank,
            **{entry.key: str(entry.status) for entry in one.history.entries},
        }
        for one in debriefs
    ]
    found = pd.DataFrame(rows, columns=[*ABOUT, *places()])
    return found.astype({"rank": "Int64"}).sort_values(["case_id", "created"], ignore_index=True)


def misses(table: pd.DataFrame, least: int = 1) -> pd.DataFrame:
    """What was missed most, by case: `case_id`, `key`, `label`, `missed` and `consultations` (those whose
    record has it), `share` 0-1, most first; only what at least so many missed. `table` is `cohort`'s."""
    long = table.melt(id_vars=["case_id"], value_vars=[*places()], var_name="key", value_name="status")
    long = long[~long["status"].isin([str(one) for one in OPEN])]
    long = long.assign(missed=long["status"] == str(Status.missed))
    found = long.groupby(["case_id", "key"], as_index=False).agg(
        missed=("missed", "sum"), consultations=("missed", "size")
    )
    found = found.assign(
        label=[places()[key].label for key in found["key"]], share=found["missed"] / found["consultations"]
    )
    found = found[found["missed"] >= least].sort_values(
        ["case_id", "share", "missed", "key"], ascending=[True, False, False, True], ignore_index=True
    )
    return found[["case_id", "key", "label", "missed", "consultations", "share"]]
