"""simulate: a doctor and patients who are both played, dialogue after dialogue, into a run's folder."""

import argparse
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, JsonValue

from patientsim_core.batch import Batch
from patientsim_core.case import Case
from patientsim_core.case_file import load_cases
from patientsim_core.commands.bar import bar, say
from patientsim_core.commands.config import Config, read_config
from patientsim_core.commands.executor import executor
from patientsim_core.commands.signals import stopped_by_signals
from patientsim_core.dialogue import Turn
from patientsim_core.doctor import MAX_TURNS
from patientsim_core.doctor import NAMES as DOCTOR_NAMES
from patientsim_core.errors import InputError
from patientsim_core.estimate import plan
from patientsim_core.job import Job, Parameters
from patientsim_core.models import OFFLINE, Options
from patientsim_core.models.options import EFFORTS, Effort, parse_option
from patientsim_core.models.prices import load_prices
from patientsim_core.persona import AXES, Persona, read_level
from patientsim_core.prompt import read_prompt
from patientsim_core.report import outcome, planned
from patientsim_core.selection import Item, combinations, select
from patientsim_core.storage.run_writing import writing
from patientsim_core.text import clean

HELP = "play dialogues between a doctor and patients"
MOST_AT_ONCE = 1_000


def _names(value: object) -> object:
    """`A,B` as a list, as the file may have it."""
    return [one for one in value.split(",") if one.strip()] if isinstance(value, str) else value


def _or_none(value: object) -> object:
    return None if isinstance(value, str) and value.lower() == "none" else value


def _persona(value: object) -> Persona:
    """A persona by its key; what is wrong with it becomes a fault of the flag or the key of the file."""
    try:
        return Persona.from_key(str(value))
    except InputError as error:
        raise ValueError(str(error)) from None


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]


class Wanted(Config):
    """What to play, by whom, and where to."""

    cases: Path
    out: Path
    patient: str = OFFLINE
    doctor: str = OFFLINE
    personas: str | None = None
    personality: Names = ()
    cefr: Names = ()
    recall: Names = ()
    dazed: Names = ()
    play_as: Annotated[Persona | None, BeforeValidator(_persona)] = None
    cases_each: int | None = Field(None, ge=1)
    limit: int | None = Field(None, ge=1)
    repeats: int = Field(1, ge=1)
    max_turns: int = Field(MAX_TURNS, ge=1, le=200)
    temperature: Annotated[float | None, BeforeValidator(_or_none)] = Field(0.7, ge=0, le=2)
    max_tokens: int | None = Field(None, ge=1, le=200_000)
    reasoning_effort: Effort | None = None
    option: dict[str, JsonValue] = Field(default_factory=dict)
    seed: int = 42
    concurrency: int = Field(16, ge=1, le=MOST_AT_ONCE)
    dask: str | None = None
    patient_prompt: Path | None = None
    doctor_prompt: Path | None = None
    prices: Path | None = None
    credentialed: bool = False
    verbose: bool = False

    def parameters(self) -> Parameters:
        """What decides the dialogues' content."""
        return Parameters(
            patient=self.patient,
            doctor=self.doctor,
            seed=self.seed,
            max_turns=self.max_turns,
            options=Options(
                temperature=self.temperature,
                max_tokens=self.max_tokens,
                reasoning_effort=self.reasoning_effort,
                extra=self.option,
            ),
            patient_prompt=read_prompt(self.patient_prompt) if self.patient_prompt else None,
            doctor_prompt=read_prompt(self.doctor_prompt, DOCTOR_NAMES) if self.doctor_prompt else None,
            play_as=self.play_as,
        )

    def items(self, cases: list[Case]) -> list[Item]:
        """Which dialogues: by `personas`, or every combination of the levels that are named."""
        levels = {axis: self._levels(axis) for axis in AXES if getattr(self, axis)}
        if levels and self.personas:
            raise InputError(
                "--personas: cannot be combined with --personality, --cefr, --recall or --dazed."
            )
        chosen = combinations(levels) if levels else self.personas or "assigned"
        return select(cases, chosen, self.repeats, self.cases_each)[: self.limit]

    def _levels(self, axis: str) -> list:
        named = getattr(self, axis)
        return (
            list(AXES[axis]) if named == ("all",) else [read_level(axis, one) for one in dict.fromkeys(named)]
        )


def add_flags(one: argparse.ArgumentParser) -> None:
    one.argument_default = argparse.SUPPRESS
    add = one.add_argument
    add("--cases", type=Path, help="file of cases")
    add("--out", type=Path, metavar="FOLDER", help="the run's folder; one that is there is gone on with")
    add("--patient", metavar="MODEL", help="who plays the patient (default: offline)")
    add("--doctor", metavar="MODEL", help="who plays the doctor (default: offline)")
    add(
        "--personas",
        metavar="WHICH",
        help="assigned (by the case file), all (37), or one: plain,B,high,normal",
    )
    for axis, levels in AXES.items():
        add(
            f"--{axis}",
            metavar="LEVELS",
            help=f"all, or some of {', '.join(levels)}; every combination is played",
        )
    add(
        "--play-as",
        metavar="P,L,R,D",
        help="a control: play every patient as this persona, such as plain,B,high,normal, "
        "and judge against the one assigned",
    )
    add(
        "--cases-each",
        type=int,
        metavar="N",
        help="so many cases for each persona, taken in turn (default: all); not for assigned personas",
    )
    add(
        "--limit",
        type=int,
        metavar="N",
        help="only the first so many of the dialogues that all else asks for, case by case",
    )
    add("--repeats", type=int, metavar="N", help="so many of each (default: 1)")
    add("--max-turns", type=int, metavar="N", help="the doctor speaks at most so often (default: 30)")
    add("--temperature", metavar="T", help="0 to 2, or none (default: 0.7)")
    add("--max-tokens", type=int, metavar="N", help="at most so many tokens an answer, reasoning included")
    add("--reasoning-effort", choices=EFFORTS, help="for models that reason")
    add("--option", action="append", metavar="NAME=VALUE", help="any option that the provider takes")
    add("--seed", type=int, help="(default: 42)")
    add("--concurrency", type=int, metavar="N", help="so many dialogues at once (default: 16)")
    add("--dask", metavar="ADDRESS", help="have them played by a Dask cluster, such as tcp://host:8786")
    add("--patient-prompt", type=Path, metavar="FILE", help="a system prompt of your own for the patient")
    add("--doctor-prompt", type=Path, metavar="FILE", help="a system prompt of your own for the doctor")
    add("--prices", type=Path, metavar="FILE", help="prices of your own, as TOML")
    add("--credentialed", action="store_true", help="treat the cases as credentialed data")
    add("--config", type=Path, metavar="FILE.toml", help="all of these in a file; flags go before it")
    add("-v", "--verbose", action="store_true", help="print the dialogues as they go")


def run(given: argparse.Namespace) -> int:
    """Plays what is missing in the folder; exit status 0 if nothing is missing then, else 1."""
    if isinstance(getattr(given, "option", None), list):
        given.option = dict(map(parse_option, given.option))
    wanted = read_config(Wanted, given)
    prices, parameters = load_prices(wanted.prices), wanted.parameters()
    cases = load_cases(wanted.cases, wanted.credentialed)
    items = wanted.items(cases)
    cases = [case for case in cases if case.hadm_id in {item.case for item in items}]
    parameters.check(cases)
    at_once = wanted.concurrency if wanted.dask else parameters.at_once(wanted.concurrency)
    with (
        executor(wanted.dask, at_once) as workers,
        writing(wanted.out, parameters, cases, items) as kept,
    ):
        heard = _show if wanted.verbose else None
        batch = Batch(kept, items, workers, at_once, heard=heard, remote=bool(wanted.dask))
        progress = batch.progress
        say("\n".join(planned(plan(parameters, kept.cases, items, progress.earlier), prices)))
        if batch.jobs:
            with bar(progress, prices), stopped_by_signals(batch):
                batch.play()
        say("\n".join(outcome(progress, str(wanted.out), prices)))
    return 0 if progress.is_whole else 1


def _show(job: Job, turn: Turn) -> None:
    say(f"{job.item.id}  {turn.role.title()}: {clean(turn.text)}")
