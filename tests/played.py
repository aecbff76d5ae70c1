"""Small runs that the built-in engine played and the rules judged, made once."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from patientsim_core.evaluation.rules import by_rules
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.job import Job, Parameters, play
from patientsim_core.models.prices import load_prices
from patientsim_core.persona import Persona
from patientsim_core.selection import Item
from patientsim_core.storage.index import read_index
from patientsim_core.storage.run_writing import writing
from patientsim_core.storage.runs import Run, open_run
from patientsim_core.tables import joined, rows_of
from tests import cases

SAMPLES = [*cases.CASES.values()]
KEYS = ("plain,B,high,normal", "verbose,C,low,normal", "distrust,A,high,normal", "pleasing,B,high,normal")
PERSONAS = tuple(Persona.from_key(key) for key in (*KEYS, "plain,B,high,high"))
ITEMS = tuple(Item(case.hadm_id, persona) for case in SAMPLES[::6] for persona in PERSONAS)


@cache
def dialogues(play_as: Persona | None = None) -> tuple:
    """One dialogue for each of ITEMS."""
    known = {case.hadm_id: case for case in SAMPLES}
    by = Parameters(play_as=play_as)
    return tuple(play(Job(item, known[item.case], by)) for item in ITEMS)


@cache
def verdicts(play_as: Persona | None = None) -> dict[str, list[Verdict]]:
    """What the rules say of each, by id."""
    return {
        one.id: [verdict for metric in Metric for verdict in by_rules(one, metric)]
        for one in dialogues(play_as)
    }


def write(folder: Path, ids: int | None = None, judged: bool = True, play_as: Persona | None = None) -> Run:
    """A run with the first dialogues, and the verdicts on them."""
    with writing(folder, Parameters(play_as=play_as), SAMPLES, ITEMS) as run:
        there = run.finished()
        for one in dialogues(play_as)[:ids]:
            if one.id not in there:
                run.keep(one)
                if judged:
                    run.keep_verdicts(verdicts(play_as)[one.id])
    return open_run(folder)


@cache
def _whole(play_as: Persona | None) -> Path:
    return write(Path(mkdtemp()) / "run", play_as=play_as).folder


def copy(folder: Path, play_as: Persona | None = None) -> Run:
    """A whole run in a folder of its own."""
    shutil.copytree(_whole(play_as), folder, ignore=shutil.ignore_patterns(".lock"))
    return open_run(folder)


def rows(*runs: Run):
    """The rows of runs, as the Results page has them."""
    return joined(rows_of(one.name, read_index(one), load_prices()) for one in runs)
