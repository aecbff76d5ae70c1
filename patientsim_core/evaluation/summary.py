"""A run's verdicts as figures: scores per dialogue, then means with intervals."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from statistics import fmean, stdev
from typing import NamedTuple

from patientsim_core.evaluation.aggregate import Estimate, Scores, mean_interval, per_dialogue
from patientsim_core.evaluation.ratios import Item, Sentence, consistency, factuality
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.storage.runs import Run

_BY_PARTS = {Metric.facts: (Sentence.of, factuality), Metric.profile: (Item.of, consistency)}
"""Metrics whose figures are ratios over the parts of a dialogue: how to read a part, and the ratios."""


def dialogue_scores(verdicts: Iterable[Verdict]) -> list[Scores]:
    """A score for each dialogue, metric, judge and field or ratio."""
    parts: dict[tuple, dict[int, list]] = defaultdict(lambda: defaultdict(list))
    unread: dict[tuple, int] = defaultdict(int)

    def whole() -> Iterable[Verdict]:
        for one in verdicts:
            if one.metric not in _BY_PARTS:
                yield one
                continue
            key = (one.dialogue_id, one.metric, one.judge)
            if one.unscored:
                unread[key] += 1
            elif part := _BY_PARTS[one.metric][0](one):
                parts[key][one.repeat].append(part)

    found = per_dialogue(whole())
    for key in dict.fromkeys([*parts, *unread]):
        found += _ratios(key, parts.get(key, {}), unread[key])
    return found


def _ratios(key: tuple, repeats: Mapping[int, list], unscored: int) -> list[Scores]:
    """The ratios of one dialogue by one judge, averaged over repeats."""
    ratios = [_BY_PARTS[key[1]][1](parts) for parts in repeats.values()] or [_BY_PARTS[key[1]][1]([])]
    found = []
    for name in ratios[0]:
        values = [one[name] for one in ratios if one[name] is not None]
        score, spread = (fmean(values) if values else None), (stdev(values) if len(values) > 1 else None)
        found.append(Scores(*key, name, score, spread, len(values), unscored))
    return found


class Figure(NamedTuple):
    """A mean over dialogues, and the mean standard deviation of repeated judgements of one dialogue, None
    where none was repeated."""

    estimate: Estimate
    spread: float | None


def figures(run: Run) -> dict[tuple[Metric, str, str], Figure]:
    """Figures by metric, judge and field, over the run's dialogues, clustered by case."""
    cases = {item.id: item.case for item in run.planned}
    columns: dict[tuple, list[Scores]] = defaultdict(list)
    for one in dialogue_scores(run.verdicts()):
        columns[(one.metric, one.judge, one.field)].append(one)
    failed = len(run.failures())
    found = {}
    for key, scores in columns.items():
        estimate = mean_interval(
            [one.score for one in scores],
            [cases.get(one.dialogue_id, one.dialogue_id) for one in scores],
            unscored=[one.unscored for one in scores],
        )
        spreads = [one.spread for one in scores if one.spread is not None]
        found[key] = Figure(replace(estimate, failed=failed), fmean(spreads) if spreads else None)
    return found


PUBLISHED_CALLS_A_SENTENCE = 5
"""About so many calls the published scheme takes for each sentence of the patient (protocol)."""


def effort(run: Run) -> list[str]:
    """Calls and tokens that judges took, a line a judge and metric; for sentences also the published ones."""
    taken: dict[tuple, list[int]] = defaultdict(lambda: [0, 0, 0])
    judged: dict[tuple, set[str]] = defaultdict(set)
    for one in run.verdicts():
        key = (one.metric, one.judge)
        judged[key].add(one.dialogue_id)
        for place, more in enumerate(
            (one.attempts, one.usage.prompt_tokens + one.usage.completion_tokens, 1)
        ):
            taken[key][place] += more
    lines = []
    for (metric, judge), (calls, tokens, verdicts) in taken.items():
        if calls:
            many = len(judged[(metric, judge)])
            line = (
                f"{metric}, by {judge}: {calls / many:.1f} calls and {tokens / many:,.0f} tokens a dialogue"
            )
            usual = PUBLISHED_CALLS_A_SENTENCE * verdicts / many
            beside = f"; the published scheme takes about {usual:.0f} calls" if metric is Metric.facts else ""
            lines.append(f"{line}{beside}.")
    return lines


def table(found: Mapping[tuple[Metric, str, str], Figure]) -> list[str]:
    """The figures as lines of text, a judge and metric after the other."""
    lines: list[str] = []
    order = {metric: place for place, metric in enumerate(Metric)}
    last = None
    for metric, judge, field in sorted(found, key=lambda key: (order[key[0]], key[1])):
        if (metric, judge) != last:
            lines += ["", f"{metric}, by {judge}"]
            last = (metric, judge)
        one, spread = found[(metric, judge, field)]
        mean = "-" if one.mean is None else f"{one.mean:.3f}"
        between = "" if one.low is None else f" [{one.low:.3f}, {one.high:.3f}]"
        beside = [f"spread of repeats {spread:.2f}"] if spread is not None else []
        beside += [f"{one.unscored} unscored"] if one.unscored else []
        beside += [f"{one.failed} failed"] if one.failed else []
        lines.append(
            f"  {field:24} {mean:>7}{between:20} n {one.n}{', ' if beside else ''}{', '.join(beside)}"
        )
    return lines
