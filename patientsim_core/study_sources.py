"""Where a study's dialogues are from: a run or consultations, of which they are drawn, and what judges said
of them there.

    found = drawn(open_run("runs/demo"), count=12, seed=42)
    study = plan("Pilot", ["Ana", "Ben"], [dialogue for _, dialogue in found.dialogues], each=2)
    Studies(Database()).begin(study, found.dialogues)
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from patientsim_core.dialogue import Dialogue
from patientsim_core.errors import InputError
from patientsim_core.evaluation.verdict import Verdict
from patientsim_core.storage.consultations import Consultations
from patientsim_core.storage.index import dialogue_at, read_index, verdicts_at
from patientsim_core.storage.runs import Run
from patientsim_core.storage.studies import Source
from patientsim_core.study import MAX_DIALOGUES, spread


class Drawn(NamedTuple):
    """Dialogues, each with the name of its run, empty for a consultation, and their verdicts by id."""

    dialogues: Sequence[tuple[str, Dialogue]]
    verdicts: Mapping[str, Sequence[Verdict]]


def drawn(run: Run, count: int, seed: int) -> Drawn:
    """So many finished dialogues of a run, spread over the personas; all, if there are fewer. Raises
    InputError where there is none."""
    rows = read_index(run)
    if rows.empty or rows["failed"].all():
        raise InputError(f"There is no finished dialogue in {run.name} yet.")
    rows = rows[~rows["failed"].astype(bool)].sort_values("id")
    chosen = [row for _, row in rows.iloc[spread(rows["persona"].tolist(), count, seed)].iterrows()]
    dialogues = [(run.name, dialogue_at(run, row)) for row in chosen]
    return Drawn(dialogues, {row["id"]: verdicts_at(run, row) for row in chosen})


def drawn_consultations(store: Consultations, count: int, seed: int) -> Drawn:
    """The same of consultations that have ended, of which nobody judged single sentences."""
    kept = [store.load(one.id) for one in store.recent(MAX_DIALOGUES) if one.ended]
    if not kept:
        raise InputError("No consultation has ended yet.")
    chosen = spread([one.persona.key for one in kept], count, seed)
    return Drawn([("", kept[place]) for place in chosen], {})


def judged(run: Run, sources: Iterable[Source]) -> dict[int, list[Verdict]]:
    """What judges said of a run's dialogues, by their places in the study; without those that are not in the
    run any more."""
    rows = read_index(run)
    if rows.empty:
        return {}
    rows = rows.set_index("id")
    there = [one for one in sources if one.run == run.name and one.dialogue in rows.index]
    return {one.place: verdicts_at(run, rows.loc[one.dialogue]) for one in there}
