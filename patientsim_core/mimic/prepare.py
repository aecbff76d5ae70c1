"""From the tables and notes of a MIMIC download to a file of cases."""

import json
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from patientsim_core.case import Case
from patientsim_core.charts import Chart, funnel, look
from patientsim_core.dialogue import Failure
from patientsim_core.mimic.cohort import OF_NOTES, Step, Visit, read_visits, sift
from patientsim_core.mimic.notes import read_notes
from patientsim_core.mimic.record import BEFORE_READING, OF_READING, Outcome, Reader, read_visit
from patientsim_core.mimic.requests import ModelReader
from patientsim_core.mimic.sections import read_headings
from patientsim_core.mimic.tables import Tell
from patientsim_core.results.document import chart_html, page
from patientsim_core.storage.files import write_whole
from patientsim_core.work import Progress, Work

FUNNEL = ("funnel.csv", "funnel.html")
"""What is written beside the cases."""


class Sources(NamedTuple):
    """The folders of the three modules, and how headings that are not known are met."""

    mimic: Path
    ed: Path
    notes: Path
    headings: Path | None = None
    skip_unknown_headings: bool = False


def read_cohort(sources: Sources, funnel: list[Step], tell: Tell, listed: Path | None = None) -> list[Visit]:
    """The visits that pass every rule, with the sections of their notes, in order of hadm_id; `listed` is the
    file for headings that are not known. Raises InputError with file and line for what cannot be read."""
    headings = read_headings(sources.headings)
    visits = read_visits(sources.mimic, sources.ed, funnel, tell)
    tell(f"{len(visits):,} visits pass the rules on tables; their notes are looked for.")
    read_notes(sources.notes, visits, headings, sources.skip_unknown_headings, tell, listed)
    kept = sift(visits.values(), (*OF_NOTES, *BEFORE_READING), funnel)
    return sorted(kept, key=lambda visit: visit.hadm_id)


class Preparation(Work[Visit, Outcome]):
    """The visits of a cohort, read by a model or by rules. Answers of a model are on disk as soon as they
    come: the same preparation, begun again, asks only for what is missing."""

    def __init__(self, visits: Sequence[Visit], reader: Reader, executor: Executor, concurrency: int):
        self.outcomes: dict[str, Outcome] = {}
        self._reader, self._executor = reader, executor
        super().__init__(visits, concurrency, Progress(planned=len(visits)))

    def submit(self, job: Visit) -> Future:
        return self._executor.submit(read_visit, job, self._reader, self._stop.is_set)

    def take(self, job: Visit, result: Outcome) -> Failure | None:
        if isinstance(self._reader, ModelReader):
            for answer in self._reader.taken():
                self.progress.used(self._reader.model.name, answer.usage)
        if result.failure is None:
            self.outcomes[job.hadm_id] = result
        return result.failure

    def broken_off(self, job: Visit, failure: Failure) -> Outcome:
        return Outcome(job.hadm_id, failure=failure)

    def name(self, job: Visit) -> str:
        return f"hadm_id {job.hadm_id}"

    def cases(self, funnel: list[Step]) -> list[Case]:
        """The cases whose history fits their diagnosis."""
        return [outcome.case for outcome in sift(self.outcomes.values(), OF_READING, funnel)]


def beside(out: Path, what: str) -> Path:
    """`cases.json` -> `cases.funnel.csv`, beside it."""
    return out.with_name(f"{out.stem}.{what}")


def write(out: Path, cases: Sequence[Case], steps: Sequence[Step]) -> None:
    """Writes the cases, and beside them the funnel as a table and as a chart; the cases last."""
    table = pd.DataFrame(steps, columns=["rule", "kept", "dropped"])
    for what, text in zip(FUNNEL, (table.to_csv(index=False), funnel_html(table)), strict=True):
        write_whole(beside(out, what), text)
    rows = [_row(case) for case in cases]
    write_whole(out, json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def _row(case: Case) -> dict[str, object]:
    """A case as the release has it: word lists joined by commas, a whole number for a whole pain."""
    row = case.model_dump(mode="json", exclude_unset=True)
    row["pain"] = int(case.pain) if case.pain.is_integer() else case.pain
    return {key: ", ".join(value) if isinstance(value, list) else value for key, value in row.items()}


def funnel_html(table: pd.DataFrame) -> str:
    """The funnel as a page that needs nothing else."""
    left = f"{table['kept'].iloc[0]:,} stays, of which {table['kept'].iloc[-1]:,} are in the splits."
    chart = Chart("funnel", "Stays left after each rule", funnel(table, look(()), "stays left"), table, left)
    return page("Cohort", left, [chart_html(chart)])


def told(steps: Sequence[Step]) -> list[str]:
    """The funnel in lines of text."""
    wide = max(len(step.rule) for step in steps)
    head = f"{'rule':{wide}}  {'kept':>9}  {'dropped':>9}"
    return [head, *(f"{rule:{wide}}  {kept:9,}  {dropped:9,}" for rule, kept, dropped in steps)]
