"""From verdicts on sentences and items to the published ratios of a dialogue."""

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from patientsim_core.case import GROUPS, HIDDEN, item_of
from patientsim_core.evaluation.verdict import Verdict

GROUPS_SHOWN = {"social": "Social history", "previous": "Previous medical history", "visit": "Current visit"}


class Sentence(NamedTuple):
    """What counts of a verdict on a sentence: see `facts`. `bare` ones tell of plausibility alone."""

    informs: bool
    score: float | None
    adds: bool
    permitted: bool
    plausibility: int | None
    bare: bool = False

    @classmethod
    def of(cls, verdict: Verdict) -> "Sentence":
        about = verdict.detail
        return cls(
            informs=about.get("kind") == "information",
            score=verdict.score,
            adds=bool(about.get("adds")),
            permitted=bool(about.get("permitted")),
            plausibility=about.get("plausibility"),
            bare="only" in about,
        )


class Item(NamedTuple):
    """What counts of a verdict on an item: see `profile`."""

    item: str
    covered: bool
    score: float | None

    @classmethod
    def of(cls, verdict: Verdict) -> "Item | None":
        """None for an item of which the record knows nothing, or that a patient cannot tell: it counts for
        nothing."""
        item, about = item_of(verdict.field), verdict.detail
        if item in HIDDEN or about.get("true", "") is None:
            return None
        return cls(item, bool(about.get("covered")), verdict.score)


def factuality(sentences: Sequence[Sentence]) -> dict[str, float | None]:
    """The ratios of one dialogue's sentences; None where there is nothing to divide by.

    `info`: sentences that inform, of all. Of those, `supported`: with an item that is not neutral;
    `unsupported`: that add something, or have no such item (the two overlap). Of the supported ones,
    `entail`: with an entailed item, `contradict`: the others; of these, `permitted` are departures that the
    persona is to make, and `wrong` are not. `plausibility`: mean 1-4 of the unsupported. (Protocol; published
    as table 2.)
    """
    read = [one for one in sentences if not one.bare]
    told = [one for one in read if one.informs]
    supported = [one for one in told if one.score is not None]
    unsupported = [one for one in told if one.adds or one.score is None]
    against = [one for one in supported if not one.score]
    labelled = [one for one in sentences if one.bare]
    plausible = [one.plausibility for one in [*unsupported, *labelled] if one.plausibility]
    return {
        "info": _share(len(told), read),
        "supported": _share(len(supported), told),
        "unsupported": _share(len(unsupported), told),
        "entail": _share(len(supported) - len(against), supported),
        "contradict": _share(len(against), supported),
        "permitted": _share(sum(one.permitted for one in against), supported),
        "wrong": _share(sum(not one.permitted for one in against), supported),
        "plausibility": fmean(plausible) if plausible else None,
    }


def consistency(items: Sequence[Item]) -> dict[str, float | None]:
    """Coverage and consistency of one dialogue's items, overall and by group (published as table 3).

    `icov`: known items that a reader got out of the dialogue, of all known ones, 0-1; `icon`: mean similarity
    1-4 over those. `icov_social` and the like are the same for a group.
    """
    found = {"icov": _covered(items), "icon": _similar(items)}
    for key, group in GROUPS_SHOWN.items():
        own = [one for one in items if one.item in GROUPS[group]]
        found |= {f"icov_{key}": _covered(own), f"icon_{key}": _similar(own)}
    return found


def _covered(items: Sequence[Item]) -> float | None:
    return _share(sum(one.covered for one in items), items)


def _similar(items: Sequence[Item]) -> float | None:
    scores = [one.score for one in items if one.score is not None]
    return fmean(scores) if scores else None


def _share(part: int, whole: Sequence) -> float | None:
    return part / len(whole) if whole else None
