"""prepare-mimic: cases from the tables and discharge notes of MIMIC-IV; a model's answers are kept."""

import argparse
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from patientsim_core.commands.bar import bar, say
from patientsim_core.commands.config import Config, read_config
from patientsim_core.commands.executor import executor
from patientsim_core.commands.signals import stopped_by_signals
from patientsim_core.errors import InputError
from patientsim_core.job import PATIENCE
from patientsim_core.mimic.cohort import Step, Visit
from patientsim_core.mimic.prepare import FUNNEL, Preparation, Sources, beside, read_cohort, told, write
from patientsim_core.mimic.record import Reader
from patientsim_core.mimic.requests import ModelReader
from patientsim_core.mimic.rules import RulesReader
from patientsim_core.mimic.splits import SIZES, assign
from patientsim_core.models import OFFLINE, check_permission, load_model
from patientsim_core.models.prices import load_prices
from patientsim_core.report import outcome
from patientsim_core.storage.files import locked

HELP = "make cases of MIMIC-IV's tables and notes"


def _sizes(value: object) -> object:
    """`108,52,10`, or a table of a configuration file, as the sizes of the splits."""
    with suppress(ValueError):
        if isinstance(value, str) and len(sizes := [int(one) for one in value.split(",")]) == len(SIZES):
            value = dict(zip(SIZES, sizes, strict=True))
    if not isinstance(value, dict) or set(value) != set(SIZES) or not _are_sizes(value.values()):
        raise ValueError(f"needs the sizes of {', '.join(SIZES)}, such as 108,52,10")
    return {split: value[split] for split in SIZES}


def _are_sizes(given: Iterable[object]) -> bool:
    sizes = list(given)
    return all(type(size) is int and size >= 0 for size in sizes) and any(sizes)


class Wanted(Config):
    """What to make cases of, and by whom."""

    mimic: Path
    ed: Path
    notes: Path
    out: Path
    model: str = OFFLINE
    splits: Annotated[dict[str, int], BeforeValidator(_sizes)] = SIZES
    limit: int | None = Field(None, ge=1)
    headings: Path | None = None
    skip_unknown_headings: bool = False
    seed: int = 42
    concurrency: int = Field(16, ge=1, le=1_000)
    prices: Path | None = None


def add_flags(one: argparse.ArgumentParser) -> None:
    one.argument_default = argparse.SUPPRESS
    add = one.add_argument
    add("--mimic", type=Path, metavar="DIR", help="MIMIC-IV: the folder that holds hosp/")
    add("--ed", type=Path, metavar="DIR", help="MIMIC-IV-ED: the folder that holds ed/")
    add("--notes", type=Path, metavar="DIR", help="MIMIC-IV-Note: the folder that holds note/")
    add("--out", type=Path, metavar="FILE", help="the file of cases to write; others beside it")
    add("--model", help="who reads the notes (default: offline, the rules of this project)")
    add("--splits", metavar="P,I,V", help="cases of the splits persona, info, valid (default: 108,52,10)")
    add("--limit", type=int, metavar="N", help="read at most so many notes of the cohort: for a trial")
    add("--headings", type=Path, metavar="FILE.toml", help="more headings of notes, as in sections.toml")
    add(
        "--skip-unknown-headings",
        action="store_true",
        help="leave out what stands under a heading that is not known, instead of stopping",
    )
    add("--seed", type=int, help="(default: 42)")
    add("--concurrency", type=int, metavar="N", help="so many notes at once (default: 16)")
    add("--prices", type=Path, metavar="FILE", help="prices of your own, as TOML")
    add("--config", type=Path, metavar="FILE.toml", help="all of these in a file; flags go before it")


def run(given: argparse.Namespace) -> int:
    """Writes the cases once every note of the cohort was read; exit status 0 then, else 1, with nothing
    written but the answers so far."""
    wanted = read_config(Wanted, given)
    if wanted.out.suffix != ".json":
        raise InputError(f"--out: {wanted.out.name} must end with .json.")
    prices = load_prices(wanted.prices)
    model = None if wanted.model == OFFLINE else load_model(wanted.model, limits=PATIENCE)
    steps: list[Step] = []
    with locked(wanted.out, wanted.out.with_name(f".{wanted.out.name}.lock")):
        _check_free(wanted.out)
        visits = _cohort(wanted, steps)
        answers = beside(wanted.out, "answers.jsonl")
        reader = ModelReader(model, wanted.seed, answers) if model else RulesReader(wanted.seed)
        work = _read(visits, reader, wanted, prices)
        say("\n".join(outcome(work.progress, str(wanted.out), prices, noun="note", done="read")))
        _tell_missing(reader, answers)
        if not work.progress.is_whole:
            say(f"{wanted.out}: not written, as notes are missing.")
            return 1
        cases = work.cases(steps)
        if not cases:
            say("\n".join(told(steps)))
            raise InputError(f"{wanted.out}: not written, as no case is left.")
        chosen = assign(cases, wanted.seed, wanted.splits)
        steps.append(Step("in the splits", len(chosen), len(cases) - len(chosen)))
        write(wanted.out, chosen, steps)
    say("\n".join(told(steps)))
    if len(cases) < (planned := sum(wanted.splits.values())):
        say(f"{len(cases):,} cases are fewer than the {planned:,} of the splits; each has its share of them.")
    say(f"{wanted.out}: {len(chosen):,} cases. The funnel is in {beside(wanted.out, 'funnel.html')}.")
    return 0


def _check_free(out: Path) -> None:
    """Raises InputError where a folder is in the way of what is written once all was asked."""
    for path in (out, *(beside(out, what) for what in FUNNEL)):
        if path.is_dir():
            raise InputError(f"{path}: is a folder, where a file is to be written. Choose another --out.")


def _tell_missing(reader: Reader, answers: Path) -> None:
    """Says which answers of a model have no value."""
    if not isinstance(reader, ModelReader):
        return
    if reader.unread:
        say(f"{len(reader.unread):,} answers could not be read; {answers} has them without a value.")
    if reader.refused:
        say(
            f"{len(reader.refused):,} answers were refused by the service; {answers} says why. "
            "What is taken out of it is asked again."
        )


def _cohort(wanted: Wanted, steps: list[Step]) -> list[Visit]:
    """The visits to read, all of which may go to the model."""
    sources = Sources(wanted.mimic, wanted.ed, wanted.notes, wanted.headings, wanted.skip_unknown_headings)
    try:
        visits = read_cohort(sources, steps, say, beside(wanted.out, "headings.csv"))
    except OSError as error:  # of a folder that may not be entered
        raise InputError(f"{error.filename}: cannot be read ({error.strerror}).") from None
    if not visits:
        say("\n".join(told(steps)))
        raise InputError(f"{wanted.out}: not written, as no visit passed every rule.")
    if wanted.limit and wanted.limit < len(visits):
        steps.append(Step(f"the first {wanted.limit:,}", wanted.limit, len(visits) - wanted.limit))
        visits = visits[: wanted.limit]
    for arrival in {visit.arrival.provenance: visit.arrival for visit in visits}.values():
        check_permission(arrival, wanted.model)
    return visits


def _read(visits: list[Visit], reader: Reader, wanted: Wanted, prices) -> Preparation:
    at_once = 1 if wanted.model == OFFLINE else wanted.concurrency
    with executor(None, at_once) as threads:
        work = Preparation(visits, reader, threads, at_once)
        with bar(work.progress, prices), stopped_by_signals(work):
            work.play()
    return work
