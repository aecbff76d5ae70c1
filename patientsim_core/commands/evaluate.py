"""evaluate: a saved run judged, by a model or by rules; what is judged already is not judged again."""

import argparse
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from patientsim_core.commands.bar import bar, say
from patientsim_core.commands.config import Config, read_config
from patientsim_core.commands.executor import executor
from patientsim_core.commands.signals import stopped_by_signals
from patientsim_core.errors import InputError
from patientsim_core.evaluation.estimate import plan_judging
from patientsim_core.evaluation.evaluate import Evaluation, make_judges
from patientsim_core.evaluation.summary import effort, figures, table
from patientsim_core.evaluation.verdict import RULES, Metric
from patientsim_core.job import PATIENCE
from patientsim_core.models import OFFLINE, check_permission, load_model
from patientsim_core.models.prices import load_prices
from patientsim_core.report import outcome, planned
from patientsim_core.storage.run_writing import judging

HELP = "judge a run's dialogues"


def _metrics(value: object) -> object:
    return [one.strip() for one in value.split(",")] if isinstance(value, str) else value


class Wanted(Config):
    """What to judge, and by whom."""

    run: Path
    judge: str = OFFLINE
    metrics: Annotated[tuple[Metric, ...], BeforeValidator(_metrics)] = tuple(Metric)
    repeats: int = Field(1, ge=1, le=100)
    seed: int = 42
    concurrency: int = Field(16, ge=1, le=1_000)
    prices: Path | None = None


def add_flags(one: argparse.ArgumentParser) -> None:
    one.argument_default = argparse.SUPPRESS
    add = one.add_argument
    add("run", type=Path, metavar="FOLDER", help="the run's folder")
    add("--judge", metavar="MODEL", help="who judges (default: offline, the rules of this project)")
    add("--metrics", metavar="WHICH", help=f"some of {','.join(Metric)} (default: all)")
    add(
        "--repeats",
        type=int,
        metavar="N",
        help="judge each so often by a model, to see the spread (default: 1)",
    )
    add("--seed", type=int, help="(default: 42)")
    add("--concurrency", type=int, metavar="N", help="so many at once (default: 16)")
    add("--prices", type=Path, metavar="FILE", help="prices of your own, as TOML")
    add("--config", type=Path, metavar="FILE.toml", help="all of these in a file; flags go before it")


def run(given: argparse.Namespace) -> int:
    """Judges what is missing; exit status 0 if nothing is missing then, else 1."""
    wanted = read_config(Wanted, given)
    prices = load_prices(wanted.prices)
    by_rules = wanted.judge in (OFFLINE, RULES)
    model = None if by_rules else load_model(wanted.judge, limits=PATIENCE)
    at_once = 1 if by_rules else wanted.concurrency
    if by_rules and wanted.repeats > 1:
        raise InputError(
            "--repeats: the rules say the same each time. Leave it out, or name a model by --judge."
        )
    with judging(wanted.run) as kept, executor(None, at_once) as threads:
        if not kept.finished():
            raise InputError(f"{wanted.run}: has no finished dialogue to judge.")
        for case in kept.cases.values() if model else ():
            check_permission(case, wanted.judge)
        judges = make_judges(model, wanted.seed, wanted.repeats) if model else None
        if model:
            say("\n".join(planned(plan_judging(kept, wanted.metrics, model.name, wanted.repeats), prices)))
        work = Evaluation(kept, wanted.metrics, judges, threads, at_once)
        with bar(work.progress, prices), stopped_by_signals(work):
            work.play()
        say("\n".join(outcome(work.progress, str(wanted.run), prices, noun="judgement", done="made")))
        found = {key: one for key, one in figures(kept).items() if key[0] in wanted.metrics}
        say("\n".join([*effort(kept), *table(found)]))
    return 0 if work.progress.is_whole else 1
