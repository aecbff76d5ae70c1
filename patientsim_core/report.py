"""A batch in words: what it will take, how far it is, what came of it."""

from collections.abc import Iterable

from patientsim_core.estimate import Plan
from patientsim_core.models import OFFLINE
from patientsim_core.models.prices import Prices
from patientsim_core.usage import Usage
from patientsim_core.work import Progress

SHOWN = 10
"""So many failures are listed."""


def planned(plan: Plan, prices: Prices) -> list[str]:
    """What will be done, a line for the dialogues and one for each model."""
    there = f", {plan.earlier:,} there already" if plan.earlier else ""
    lines = [f"{_many(plan.dialogues, 'dialogue')} to play{there}."]
    for model, count in plan.calls.items():
        used = plan.usage[model]
        lines.append(f"{model}: about {count:,} calls, {_tokens(used)}{_price(prices.cost(model, used))}.")
    return lines


def so_far(progress: Progress, prices: Prices) -> str:
    """How far a batch is, in one line."""
    parts = [f"{progress.done:,} of {progress.planned:,}"]
    if progress.finished:
        parts.append(
            f"{progress.rate:.1f} a second" if progress.rate >= 1 else f"{60 * progress.rate:.1f} a minute"
        )
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    if total := total_tokens(progress.usage.values()):
        parts.append(f"{total:,} tokens")
    if cost := progress.cost(prices):
        parts.append(f"${cost:.2f}")
    if progress.left and progress.ended is None:
        parts.append(f"{duration(progress.left)} left")
    return " · ".join(parts)


def outcome(
    progress: Progress, where: str, prices: Prices, noun: str = "dialogue", done: str = "played"
) -> list[str]:
    """What came of it: dialogues played (or what `noun` and `done` say), tokens and cost by model, options
    that were not taken, failures."""
    lines = [progress.why] if progress.why else []
    verb = "is" if progress.done == 1 else "are"
    rate = f", {progress.rate:.1f} a second" if progress.finished else ""
    lines.append(
        f"{where}: {progress.done:,} of {_many(progress.planned, noun)} {verb} there; "
        f"{progress.finished:,} {done} in {duration(progress.seconds)}{rate}."
    )
    for model, used in progress.usage.items():
        if model != OFFLINE:
            lines.append(f"{model}: {_tokens(used)}{_price(prices.cost(model, used))}.")
    for model, names in progress.ignored.items():
        lines.append(f"{model} does not take: {', '.join(sorted(names))}.")
    if progress.unscored:
        lines.append(f"{_many(progress.unscored, 'verdict')} unscored: the judge's answer could not be read.")
    return lines + _missing(progress, noun)


def total_tokens(usages: Iterable[Usage]) -> int:
    return sum(used.prompt_tokens + used.completion_tokens for used in usages)


def duration(seconds: float) -> str:
    """`9 s`, `3 min 20 s`, `2 h 5 min`."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def _missing(progress: Progress, noun: str) -> list[str]:
    """What did not finish, and what to do."""
    if not progress.failures:
        left = progress.planned - progress.done
        return [f"{_many(left, noun)} missing; the same again goes on from here."] if left else []
    lines = [f"{_many(len(progress.failures), noun)} did not finish; the same again tries once more:"]
    lines += [f"- {id}: {failure.text}" for id, failure in [*progress.failures.items()][:SHOWN]]
    more = len(progress.failures) - SHOWN
    where = ", in failures.jsonl" if noun == "dialogue" else ""
    return [*lines, f"- and {more:,} more{where}"] if more > 0 else lines


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _tokens(usage: Usage) -> str:
    return f"{usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens"


def _price(cost: float | None) -> str:
    return ", price not known" if cost is None else f", ${cost:.2f}"
