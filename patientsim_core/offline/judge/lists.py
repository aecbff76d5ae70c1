"""A sentence against the lists of a record: illnesses, relatives, devices, drugs, allergies."""

import re

from patientsim_core.offline.judge.finding import (
    Finding,
    contradicted,
    entailed,
    neutral,
    together,
)
from patientsim_core.offline.judge.record import Known, clash, generic, related, share
from patientsim_core.offline.judge.said import Asked, Said, is_about, pattern
from patientsim_core.offline.lexicon import Mention, drug_classes
from patientsim_core.offline.listen import Clause

LISTED = {
    "medical_history": ("condition", "operation"),
    "family_medical_history": ("condition",),
    "medical_device": ("device",),
}
"""Items that are lists of things the lexicon names, and of which kinds."""

_DRUNK = re.compile(r" (of |wine|beer|water|milk|whisk)")
"""What follows `glasses` that are no spectacles."""


def listed(item: str, said: Said, asked: Asked, known: tuple[Known, ...]) -> Finding | None:
    """Illnesses, relatives' illnesses, devices: by what is named, by words, or by a denial of all."""
    present = [one for one in known if not one.absent]
    found = [
        _named(mention, clause, said, known, present) for clause, mention in _mentions(item, said, known)
    ]
    if not found:
        found = [*_by_words(said, present)]
    if not found and (about := asked.about) and item in asked.items:
        found = _bare(said, about, present, known)
    if not found:
        found = _none_at_all(item, said, asked, known, present)
    return together(found)


def _mentions(item: str, said: Said, known: tuple[Known, ...]) -> list[tuple[Clause, Mention]]:
    kinds = LISTED[item]
    own = {id for one in known for id in one.fact.concepts}
    return [
        (clause, mention)
        for clause, mention in said.concepts
        if (mention.kind in kinds or (mention.kind == "operation" and mention.id in own))
        and not _DRUNK.match(clause.text[mention.end :])
    ]


def _named(
    mention: Mention, clause: Clause, said: Said, known: tuple[Known, ...], present: list[Known]
) -> Finding:
    own = [one for one in present if any(related(mention.id, id) for id in one.fact.concepts)]
    if clause.denies(mention):
        if own:
            return contradicted(f"denies {mention.words}, which is on record")
        return entailed(f"no {mention.words}: none on record") if known else neutral("denied", new=False)
    if own:
        wrong = [clash(said, one, ("year",)) for one in own]
        if all(wrong) and len(said.concepts) == 1:
            return contradicted(wrong[0])
        return entailed(f"{mention.words} is on record")
    if known and not present:
        return contradicted(f"{mention.words}, but the record has none")
    return neutral(f"{mention.words} is not on record")


def _by_words(said: Said, present: list[Known]) -> list[Finding]:
    best = max(present, key=lambda one: share(said, one), default=None)
    if best is None or share(said, best) < 0.5:
        return []
    enough = len(said.words & best.value.words) > 1 or len(best.value.words) == 1
    return [entailed(f"as recorded: {best.fact.text}")] if enough else []


def _bare(said: Said, about: frozenset[str], present: list[Known], known: tuple[Known, ...]) -> list[Finding]:
    """A bare yes or no to something asked by name."""
    own = [one for one in present if any(related(id, its) for id in about for its in one.fact.concepts)]
    if pattern("words", "no").search(said.normal):
        return (
            [contradicted("denies what is on record")]
            if own
            else [entailed("none on record")]
            if known
            else []
        )
    if pattern("words", "yes").search(said.normal):
        return [entailed("as recorded")] if own else [neutral("not on record")]
    return []


def _none_at_all(
    item: str, said: Said, asked: Asked, known: tuple[Known, ...], present: list[Known]
) -> list[Finding]:
    sure = is_about(item, said.normal)
    if (sure or item in asked.items) and pattern("denials", item).search(said.normal):
        if not known:
            return [neutral("says there is none; the record is silent")]
        return [contradicted("says there is none")] if present else [entailed("none, as recorded")]
    if sure and item == "family_medical_history":
        return [neutral("of the family, nothing that the record has")]
    return []


# --- drugs ---------------------------------------------------------------------------------------


def medication(said: Said, asked: Asked, known: tuple[Known, ...]) -> Finding | None:
    """Drugs by name, brand or purpose."""
    present = [one for one in known if not one.absent]
    mine = frozenset().union(*(one.drugs for one in present))
    found: list[Finding] = []
    for clause, mention in said.drugs:
        if mention.kind == "drug":
            found.append(_drug(mention.words, clause.denies(mention), generic(mention.words), mine, known))
        elif "medication" in asked.items or is_about("medication", clause.text):
            found += _purpose(mention, clause.denies(mention), present, known)
    if found:
        return together(found)
    found = _by_words(said, present) if "medication" in asked.items else []
    return together(found or _none_at_all("medication", said, asked, known, present))


def _drug(words: str, denied: bool, names: frozenset[str], mine: frozenset[str], known: tuple) -> Finding:
    if names & mine:
        return contradicted(f"denies {words}") if denied else entailed(f"{words} is on record")
    if denied:
        return entailed(f"no {words} on record") if known else neutral("denied", new=False)
    if known and not mine and all(one.absent for one in known):
        return contradicted(f"{words}, but the record has no medication")
    return neutral(f"{words} is not on record")


def _purpose(mention: Mention, denied: bool, present: list[Known], known: tuple[Known, ...]) -> list[Finding]:
    """`a water pill`, `something for my prostate`."""
    id = mention.id if mention.id in drug_classes() else ""
    own = [one for one in present if id in one.fact.drugs]
    if not id:
        return []
    if denied:
        return (
            [contradicted(f"denies {mention.words}")]
            if own
            else [entailed("none on record")]
            if known
            else []
        )
    return (
        [entailed(f"{mention.words}: {own[0].fact.text}")]
        if own
        else [neutral("a drug not on record", sure=False)]
    )


def allergies(said: Said, asked: Asked, known: tuple[Known, ...]) -> Finding | None:
    """Substances and reactions."""
    sure = is_about("allergies", said.normal)
    if not sure and "allergies" not in asked.items:
        return None
    present = [one for one in known if not one.absent]
    own = [one for one in present if said.words & one.value.words or generic(said.normal) & one.drugs]
    if own:
        denied = pattern("words", "no").search(said.normal) and not sure
        return (
            contradicted("denies an allergy on record")
            if denied
            else entailed(f"as recorded: {own[0].fact.text}")
        )
    if found := _denied_allergy(said, known, present):
        return found
    named = generic(said.normal) or (said.words - asked.words - {"allerg"} if sure else ())
    if named and known and not present:
        return contradicted("an allergy, but the record has none")
    return neutral("an allergy that is not on record") if named else None


def _denied_allergy(said: Said, known: tuple[Known, ...], present: list[Known]) -> Finding | None:
    denies = pattern("denials", "allergies").search(said.normal)
    if not denies or "can not" in said.normal or "no good" in said.normal:
        return None
    if not known:
        return neutral("says there is none; the record is silent")
    return contradicted("says there is none") if present else entailed("none, as recorded")
