"""Two debriefs of the same case: what changed in the map."""

from dataclasses import dataclass

from patientsim_core.debrief.debriefing import Debrief
from patientsim_core.debrief.history import Status
from patientsim_core.errors import InputError


@dataclass(frozen=True)
class Change:
    """An entry that came out otherwise; `gained` and `lost` are facts that were heard only in the second, or
    only in the first."""

    key: str
    label: str
    before: Status
    after: Status
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """`changes` are in the order of the map; the counts are facts heard, of `total`."""

    changes: tuple[Change, ...]
    before: int
    after: int
    total: int
    rank_before: int | None
    rank_after: int | None


def compare(first: Debrief, second: Debrief) -> Comparison:
    """What changed from the first to the second; raises InputError where they are of different cases."""
    if first.case_id != second.case_id:
        raise InputError(
            f"compare: one debrief is of case {first.case_id}, the other of {second.case_id}. "
            "Choose two consultations of the same case."
        )
    changes = []
    for before, after in zip(first.history.entries, second.history.entries, strict=True):
        had, has = _heard(before), _heard(after)
        if before.status is not after.status or had != has:
            gained = tuple(text for text in has if text not in had)
            lost = tuple(text for text in had if text not in has)
            changes.append(Change(before.key, before.label, before.status, after.status, gained, lost))
    return Comparison(
        changes=tuple(changes),
        before=sum(one.heard for one in first.history.coverage),
        after=sum(one.heard for one in second.history.coverage),
        total=sum(one.total for one in second.history.coverage),
        rank_before=first.differential.rank,
        rank_after=second.differential.rank,
    )


def _heard(entry) -> list[str]:
    """The facts of an entry that came out, not only wrongly."""
    return [fact.text for fact in entry.facts if fact.status.heard]
