"""A judge's scores of the doctor's skills, as bands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from patientsim_core.debrief.manner import bands
from patientsim_core.evaluation.doctor import CRITERIA
from patientsim_core.evaluation.verdict import Metric, Verdict


@dataclass(frozen=True)
class Band:
    """A criterion of the doctor's skills by one judge: `needs work`, `adequate`, `strong`, `not scored`."""

    criterion: str
    judge: str
    band: str
    rationale: str = ""


def bands_of(verdicts: Sequence[Verdict]) -> Iterator[Band]:
    """The eight criteria by each judge, over its repeats."""
    own = [one for one in verdicts if one.metric is Metric.doctor]
    for judge in dict.fromkeys(one.judge for one in own):
        for criterion in CRITERIA:
            found = [one for one in own if one.judge == judge and one.field == criterion]
            scores = [one.score for one in found if one.score is not None]
            if found:
                band = band_of(fmean(scores)) if scores else "not scored"
                yield Band(criterion, judge, band, found[0].rationale or found[0].unscored)


def band_of(score: float) -> str:
    """The band of a mean score, 1-4."""
    return [name for name, least in bands().items() if score >= least][-1] if score >= 1 else "needs work"
