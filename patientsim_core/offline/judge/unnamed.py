"""Answers on the present illness that name no symptom: a yes, a figure, the record's own words."""

import re

from patientsim_core.offline.judge.finding import Finding, contradicted, entailed, neutral
from patientsim_core.offline.judge.record import Known, Record, clash, related, share
from patientsim_core.offline.judge.said import Asked, Said, pattern
from patientsim_core.offline.lexicon import covers
from patientsim_core.offline.listen import Clause
from patientsim_core.offline.listen import pattern as heard

SIDES = ("onset", "location", "radiation", "quality", "severity", "timing", "worse", "better", "previous")
"""The sides of a complaint, as topics of questions and labels of the record."""

GENERAL = ("pain", "surgery", "medical_device")
"""Concepts too general to be a symptom of their own."""

_ASIDE = {*SIDES, "medical_history"} - {"location"}
"""An answer to a question for one of these names the complaint only in passing."""

_FIGURES = ("degree", "pound")
_SIDE = re.compile(
    r"\b(left|right)(?= (?:side|arm|leg|hand|face|chest|shoulder|lower|upper|foot|groin|belly|eye|knee|part))"
)
_BRIEF = 8
"""Words of an answer that may be no more than a yes or a no."""


def bare(said: Said, asked: Asked, known: tuple[Known, ...]) -> list[Finding]:
    """A yes, a no or a figure in answer to something asked by name."""
    about = [id for id in asked.about if id not in GENERAL]
    if not about or not asked.topics & {"symptom", "associated", *SIDES}:
        return []
    own = [one for one in known if any(related(id, its) for id in about for its in one.fact.concepts)]
    has, lacks = [one for one in own if not one.absent and not one.side], [one for one in own if one.absent]
    if pattern("words", "usual").search(said.normal):
        return [contradicted("as usual", False)] if has else [neutral("as usual; not on record")]
    if wrong := next((found for one in has if (found := clash(said, one, _FIGURES))), ""):
        return [contradicted(wrong)]
    if any(set(said.quantities) & set(one.value.quantities) for one in has):
        return [entailed("the figure on record")]
    no, yes = (bool(pattern("words", name).search(said.normal)) for name in ("no", "yes"))
    if set(about) & {"no_flatus", "appetite_loss"}:  # a function: `no` tells the finding
        no, yes = yes, no
    if no and said.length <= _BRIEF:
        return [_denied(bool(has), bool(lacks))]
    if said.length <= _BRIEF and (yes or any(share(said, one) >= 0.5 for one in has)):
        return [_affirmed(bool(has), bool(lacks))]
    return []


def _affirmed(has: bool, lacks: bool) -> Finding:
    if has:
        return entailed("as recorded", sure=False)
    return contradicted("denied on record", False) if lacks else neutral("not on record", sure=False)


def _denied(has: bool, lacks: bool) -> Finding:
    if lacks:
        return entailed("none, as recorded", sure=False)
    return contradicted("denies it", False) if has else neutral("denied; not on record", sure=False)


def no_denial(clause: Clause) -> bool:
    """`not clear`, `never with fever before`: what looks like a denial of what follows."""
    return bool(pattern("words", "harmless").search(clause.text[max(0, clause.denies_from or 0) :]))


def own_words(said: Said, asked: Asked, known: tuple[Known, ...]) -> list[Finding]:
    """Two of the record's own words, three if it was not asked for, and half of the shorter of the two."""
    enough = 2 if asked.items & {"present_illness", "pain"} else 3
    for one in known:
        shared = {word for word in said.words & one.value.words if not word[0].isdigit()}
        if not one.absent and len(shared) >= enough and share(said, one) >= 0.5:
            return [opposite(said, one) or entailed(f"as recorded: {one.fact.text}")]
    return []


def opposite(said: Said, known: Known) -> Finding | None:
    """Left for right."""
    mine, true = set(_SIDE.findall(said.normal)), set(_SIDE.findall(known.value.normal))
    if mine and true and not mine & true:
        return contradicted(f"{mine.pop()}, not {true.pop()}")
    return None


def chiefcomplaint(said: Said, asked: Asked, record: Record, illness: Finding | None) -> Finding | None:
    """The complaint line: what it names, or, asked what brings the patient in, something else."""
    known = record["chiefcomplaint"][0]
    opens = "opener" in asked.topics
    if asked.topics & _ASIDE and not opens:
        return None
    named = [
        (clause.denies(mention) and not no_denial(clause), mention.id)
        for clause, mention in said.concepts
        if mention.id not in GENERAL and not heard("frames", "kin").search(clause.text)
    ]
    for denied, id in named:
        if any(covers(id, own) if denied else covers(own, id) for own in known.fact.concepts):
            return contradicted("denies the complaint") if denied else entailed("the complaint")
    if opens and said.words & (known.value.words - {"pain"}):
        return entailed("the complaint")
    present = [id for denied, id in named if not denied]
    complains = pattern("words", "complains").search(said.normal)
    if opens and present and complains and (illness is None or illness.status == "neutral"):
        return contradicted("another complaint")
    return None
