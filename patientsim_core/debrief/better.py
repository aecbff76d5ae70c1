"""A doctor's own question in better words: one thing at a time, and in those of the patient's level."""

import re
from collections.abc import Sequence

from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.quotes import LONGEST
from patientsim_core.debrief.red_flags import RedFlag
from patientsim_core.debrief.wording import by_name, by_purpose, in_family, symptom_question, wording_of
from patientsim_core.offline.lexicon import concepts_in, covers, drugs
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import ASPECTS, Ask, read_alone
from patientsim_core.persona import Cefr
from patientsim_core.text import sentences

_WHOLE = 4
"""Words from which a question is more than a catchword: `Short of breath?`"""


def first_alone(asked: Asked) -> str:
    """The first question of a turn, where it is a whole sentence that asks one thing; else empty."""
    first = next((one.strip() for one in sentences(asked.text[:LONGEST]) if one.rstrip().endswith("?")), "")
    found = read_alone(first).asks
    whole = len(first.split()) >= _WHOLE
    return first if whole and len(found) == 1 and len(found[0].about) < 2 else ""


def simpler(asked: Asked, cefr: Cefr, word: str = "") -> str:
    """A turn's question in words for a level: the one with a word that was not understood, else the first; by
    the name of what it is for, for its side of the complaint, or for its entry. Empty where there is none."""
    normal = normalise(word)
    meant = next(iter(sorted(concepts_in(normal))), "")
    asks = sorted(asked.asks, key=lambda ask: (not _means(ask, meant), not (normal and normal in ask.words)))
    found = [question for ask in asks for question in _of(ask, cefr, meant)]
    found += [symptom_question(meant, cefr)] if meant else []
    found += [question for key in sorted(asked.entries) for question in wording_of(key, cefr)]
    return next(iter(found), "")


def _means(ask: Ask, meant: str) -> bool:
    return any(covers(meant, id) for id in ask.about)


def _of(ask: Ask, cefr: Cefr, meant: str) -> list[str]:
    """Questions for the same as an ask, for what is meant of it first."""
    about = sorted(ask.about, key=lambda id: not covers(meant, id))
    if ask.topic == "quality" and about and not any(covers("pain", id) for id in about):
        return ["What is it like?"]
    if ask.topic in ASPECTS:
        return wording_of(ask.topic, cefr)
    if ask.topic == "family_medical_history":
        named = [question for id in about for question in in_family(id, cefr)]
    elif ask.topic == "medication":
        purposes = [its for id in about for its in sorted(drugs().get(id, {id}))]
        named = [question for its in purposes for question in by_purpose(its, cefr)]
    else:
        named = [question for id in about for question in by_name(id, cefr)]
    return named or wording_of(ask.topic, cefr)


def for_flag(flag: RedFlag, cefr: Cefr, said: Sequence[str]) -> str:
    """A question for a red flag in words of a level, which is none that was asked in these very words."""
    found = [symptom_question(flag.asks, cefr), *wording_of(flag.asks, cefr)]
    before = {_bare(one) for text in said for one in sentences(text[:LONGEST])}
    return next((one for one in found if one and _bare(one) not in before), "")


def _bare(question: str) -> str:
    return re.sub(r"\W+", " ", question.lower()).strip()
