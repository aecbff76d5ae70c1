"""A dialogue's verdicts as a list to read: by metric and field, what each judge says and why."""

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import NamedTuple

from patientsim_core.case import ITEMS, item_of
from patientsim_core.evaluation.summary import dialogue_scores
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.measures import MEASURES, measure
from patientsim_core.storage.index_rows import Column
from patientsim_core.tables.dialogues import APART, value_text

UNSCORED, NO_SCORE = "unscored", "no score"

_DETAILS = {
    "extracted": "in the dialogue",
    "true": "in the record",
    "rank": "rank",
    "predicted": "named",
    "levels": "words by level",
    "inferred": "read from the text",
    "by_turn": "facts out after each reply",
}
"""What a verdict tells besides score and reason, in words; other details go by their own names."""

_IN_THE_SCORE = ("covered",)
_ORDER = {key: place for place, key in enumerate([*MEASURES, *((Metric.profile, item) for item in ITEMS)])}


class Opinion(NamedTuple):
    """One judge on one field: the score in words, the reason, and what else it says."""

    judge: str
    score: str
    rationale: str = ""
    details: tuple[tuple[str, str], ...] = ()


class Field(NamedTuple):
    """A criterion, an item or a figure with all opinions on it; `apart` says that judges differ much."""

    label: str
    opinions: tuple[Opinion, ...]
    apart: bool = False


def judged(verdicts: Sequence[Verdict]) -> dict[str, list[Field]]:
    """All that was judged, a heading a metric, in the order of the metrics: first the figures of those that
    are ratios over sentences or items, then each field."""
    found: dict[str, list[Field]] = {}
    for metric in Metric:
        own = [one for one in verdicts if one.metric is metric]
        fields = _ratios(own) if metric in (Metric.facts, Metric.profile) else []
        if metric is not Metric.facts:  # its fields are the sentences, which stand in the transcript
            fields += _fields(own)
        if fields:
            found[_title(metric)] = fields
    return found


def opinion(verdict: Verdict) -> Opinion:
    """What a verdict says. Where it could not be read: why, and what there was to be read."""
    judge = verdict.judge + (f" (judgement {verdict.repeat})" if verdict.repeat > 1 else "")
    raw = [("answered", verdict.raw)] if verdict.raw else []
    if verdict.unscored:
        return Opinion(judge, UNSCORED, verdict.unscored, tuple(raw))
    return Opinion(judge, _score(verdict), verdict.rationale, (*_details(verdict), *raw))


def _ratios(verdicts: Iterable[Verdict]) -> list[Field]:
    by_field: dict[str, list[Opinion]] = {}
    for one in dialogue_scores(verdicts):
        score = value_text(Column(one.metric, one.judge, one.field), one.score)
        note = f"{one.unscored} unscored" if one.unscored else ""
        by_field.setdefault(f"{one.metric}/{one.field}", []).append(Opinion(one.judge, score, note))
    return [
        Field(measure(*key.split("/", 1)).label, tuple(opinions))
        for key, opinions in by_field.items()
        if any(one.score != NO_SCORE or one.rationale for one in opinions)
    ]


def _fields(verdicts: Sequence[Verdict]) -> list[Field]:
    by_field: dict[str, list[Verdict]] = {}
    for one in verdicts:
        by_field.setdefault(one.field, []).append(one)
    return [
        Field(_label(own[0]), tuple(map(opinion, own)), _apart(own))
        for own in sorted(by_field.values(), key=lambda own: _place(own[0]))
    ]


def _label(verdict: Verdict) -> str:
    if verdict.metric is Metric.profile:
        return ITEMS.get(item_of(verdict.field), verdict.field)
    return measure(verdict.metric, verdict.field).label


def _place(verdict: Verdict) -> int:
    """Criteria in the order of the measures, items in that of the record; others after them."""
    return _ORDER.get((verdict.metric, item_of(verdict.field)), len(_ORDER))


def _apart(verdicts: Sequence[Verdict]) -> bool:
    """Whether two judges of a score of 1 to 4 are `APART`, over the means of their repeats."""
    if verdicts[0].metric not in (Metric.fidelity, Metric.doctor, Metric.profile):
        return False
    by_judge: dict[str, list[float]] = {}
    for one in verdicts:
        if one.score is not None:
            by_judge.setdefault(one.judge, []).append(one.score)
    means = [fmean(scores) for scores in by_judge.values()]
    return bool(means) and max(means) - min(means) >= APART


def _score(verdict: Verdict) -> str:
    if verdict.metric is Metric.ddx and verdict.score is not None:
        return "named" if verdict.score else "not named"
    if verdict.metric is Metric.profile:
        if verdict.score is None:
            return "told" if verdict.detail.get("covered") else "not told"
        return f"{verdict.score:g} of 4"
    return value_text(Column(verdict.metric, verdict.judge, verdict.field), verdict.score)


def _details(verdict: Verdict) -> Iterable[tuple[str, str]]:
    for name, value in verdict.detail.items():
        if name in _IN_THE_SCORE or value is None or value is False or value in ("", [], {}):
            continue
        yield _DETAILS.get(name, name.replace("_", " ")), _text(value)


def _text(value: object) -> str:
    if value is True:
        return "yes"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(part)}" for key, part in value.items())
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)


def _title(metric: Metric) -> str:
    return next((one.title for one in MEASURES.values() if one.metric == metric), metric.capitalize())
