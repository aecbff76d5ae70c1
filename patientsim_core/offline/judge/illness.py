"""A sentence against the present illness and the complaint: symptoms, sides of the complaint, times."""

import re

from patientsim_core.offline.judge.finding import (
    Finding,
    contradicted,
    entailed,
    neutral,
    together,
)
from patientsim_core.offline.judge.record import Known, Record, clash, related, share
from patientsim_core.offline.judge.said import Asked, Said, digits, pattern
from patientsim_core.offline.judge.unnamed import GENERAL, SIDES, bare, no_denial, opposite, own_words
from patientsim_core.offline.lexicon import Mention, covers
from patientsim_core.offline.listen import Clause
from patientsim_core.offline.listen import pattern as heard

_NONE_SAID = ("radiation", "worse", "better", "previous")
_NONE_KNOWN = re.compile(r"^(with )?(nothing|nowhere)\b|^never\b")
_PLACE = re.compile(r"\b(no|not|any)\b.*\b(pain|blood|swelling)( \w+)? (in|of|from)( my| the)? $")
"""`no blood in the phlegm` denies no phlegm."""

_HOURS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0, "month": 720.0, "year": 8760.0}
_WHEN = {
    "overnight": 8, "this morning": 6, "last night": 12, "yesterday evening": 18, "yesterday": 24,
    "this afternoon": 3, "last week": 168, "last month": 720,
}  # fmt: skip
_SAME_TIME = 2.1
"""Two times are the same if one is at most so many times the other."""


def present_illness(said: Said, asked: Asked, record: Record) -> Finding | None:
    """Symptoms by name, then the side of the complaint that was asked for, then the record's own words."""
    known = record.get("present_illness", ())
    complaint = record.get("chiefcomplaint", ())
    found = [
        _symptom(clause, mention, said, asked, known, complaint)
        for clause, mention in said.concepts
        if mention.id not in GENERAL and _is_of_now(clause, mention, asked, known, record)
    ]
    sides = [side for side in SIDES if side in asked.topics or (side == "onset" and "course" in asked.topics)]
    sided = [one for side in sides if (one := _side(side, said, known))]
    found = [one for one in found if one.status != "neutral"] + sided if sided else found
    if not found and "present_illness" in asked.items:
        found = bare(said, asked, known)
    if not found or all(one.status == "neutral" for one in found):
        found += own_words(said, asked, known)
    return together(found)


def _is_of_now(
    clause: Clause, mention: Mention, asked: Asked, known: tuple[Known, ...], record: Record
) -> bool:
    """Whether a name is one of this illness, not of the past or the family."""
    if heard("frames", "kin").search(clause.text) or "family_medical_history" in asked.topics:
        return False
    if "allergies" in asked.items or _PLACE.search(clause.text[: mention.start]):
        return False
    if mention.kind in ("symptom", "exposure"):
        past = record.get("medical_history", ())
        of_past = any(related(mention.id, id) for one in past for id in one.fact.concepts)
        return not (of_past and "medical_history" in asked.items)
    own = {id for one in known if not one.absent for id in one.fact.concepts}
    return any(related(mention.id, id) for id in own) and "medical_history" not in asked.items


def _symptom(
    clause: Clause,
    mention: Mention,
    said: Said,
    asked: Asked,
    known: tuple[Known, ...],
    complaint: tuple[Known, ...],
) -> Finding:
    has = [one for one in (*known, *complaint) if not one.absent and _names(one, mention.id)]
    lacks = [one for one in known if one.absent and any(covers(id, mention.id) for id in one.fact.concepts)]
    denied = clause.denies(mention) or clause.text[: mention.start].endswith("no ")
    if denied and not no_denial(clause):
        if lacks or any(one.absent and _names(one, mention.id) for one in known):
            return entailed(f"no {mention.words}, as recorded")
        if any(covers(mention.id, id) for one in has if not one.side for id in one.fact.concepts):
            return contradicted(f"denies {mention.words}, which is on record")
        return neutral(f"the record says nothing of {mention.words}")
    if has:
        units = ("degree", "pound")
        wrong = [clash(said, one, units) for one in has]
        return contradicted(wrong[0]) if all(wrong) else entailed(f"{mention.words}, as recorded")
    if lacks:
        return contradicted(f"{mention.words}, which the record denies")
    return neutral(f"{mention.words} is not on record", sure=False)


def _names(known: Known, id: str) -> bool:
    return any(related(id, its) for its in known.fact.concepts)


# --- sides of the complaint ------------------------------------------------------------------------


def _side(side: str, said: Said, known: tuple[Known, ...]) -> Finding | None:
    own = [one for one in known if one.side == side or (side == "better" and one.side == "tried")]
    if not own:
        return None
    if side == "onset" and (found := _onset(said, own[0])):
        return found
    if side in _NONE_SAID and (found := _nothing(side, said, own[0])):
        return found
    best = max(own, key=lambda one: share(said, one))
    if len(said.words & best.value.words) >= min(2, len(best.value.words)) or share(said, best) >= 0.5:
        return opposite(said, best) or entailed(f"{side}, as recorded: {best.fact.text}")
    return opposite(said, best)


def _nothing(side: str, said: Said, known: Known) -> Finding | None:
    """`Nothing makes it worse`, against what does; and the other way round."""
    none = bool(pattern("denials", side).search(said.normal))
    has_none = bool(_NONE_KNOWN.match(known.value.normal))
    if none and has_none:
        return entailed(f"none, as recorded: {known.fact.text}")
    if has_none and pattern("affirms", side).search(said.normal):
        return contradicted(f"on record: {known.fact.text}")
    if none and not said.words & known.value.words:
        return contradicted(f"says none; on record: {known.fact.text}")
    return None


def _onset(said: Said, known: Known) -> Finding | None:
    mine, true = hours(digits(said.normal)), hours(digits(known.value.normal))
    if mine is None or true is None:
        return None
    near = max(mine, true) <= _SAME_TIME * min(mine, true)
    return entailed(f"as recorded: {known.fact.text}") if near else contradicted(f"not {known.fact.value}")


_AGO = re.compile(
    r"(\d+(?:\.\d+)?|an?(?= \w+ ago)) (minute|hour|day|week|month|year)s?\b(?! (?:after|before|later|of))"
)


_SINCE = re.compile(r"\b(ago|since|for|start\w*|beg[aiu]n|going on|over)\b")
_BRIEF = 6
"""Words of an answer whose time needs no `ago`."""


def hours(counted: str) -> float | None:
    """How long ago a text says that something was, None where it does not say."""
    for words, ago in _WHEN.items():
        if words in counted:
            return float(ago)
    match = _AGO.search(counted)
    if not match or (counted.count(" ") > _BRIEF and not _SINCE.search(counted)):
        return None
    amount = float(match[1]) if match[1][0].isdigit() else 1.0
    return amount * _HOURS[match[2]]
