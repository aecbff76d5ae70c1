"""Which words of a question lie above a patient's language level."""

import re
from collections.abc import Iterable
from functools import lru_cache

from patientsim_core.case import HIDDEN, ITEMS, Case
from patientsim_core.offline.spelling import normalise
from patientsim_core.persona import Cefr
from patientsim_core.text import sentences, words
from patientsim_core.words import cefr_level, medical_level

LONG_SENTENCE = 16
"""A sentence of more words than this is lost on a beginner."""

_GENERAL_LIMIT = {Cefr.A: ("B2", "C1"), Cefr.B: ("C1",)}
"""General words a level stumbles on. cefrpy files whatever it does not know under C2: no indicator."""

_EXPLAINED = re.compile(
    r"\b([a-z]+)[\"'”’]? ?\((?=[^)]{4,})"
    r"|\b([a-z]+)[\"'”’]?,? (?:means?|meaning|stands for|that is|that's|which is|i mean|is when|is a word for"
    r"|in other words)\b"
    r"|\b(?:by|mean by|call|word|say|saying) [\"'“‘]?([a-z]+)[\"'”’]?,? (?:i|we) mean"
    r"|^(?:so|well|oh|ok|okay|sorry)?,? ?[\"'“‘]?([a-z]+)[\"'”’]? (?:is|are) [^?]*$"
)
"""A word that the doctor explains, in the ways to do so: `dyspnea (short of breath)`, `dyspnea means …`."""


@lru_cache(maxsize=8192)
def hard_word(text: str, cefr: Cefr, case: Case, explained: frozenset[str] = frozenset()) -> str | None:
    """The first word of a question that the patient does not know, None where all is clear.

    Medical words come first: those of the case's own lists and of this project's; then general ones by
    cefrpy. What was `explained` is known; so are capitalised names and words of the patient's own record
    that are no specialist terms.
    """
    if cefr is Cefr.C:
        return None
    known = {*explained, *words_explained([text])}
    spoken = [word for word in words(text) if word.isalpha()]
    candidates = [word for word in spoken if word.lower() not in known | _complaint(case)]
    own = _of_record(case)
    for word in candidates:
        small = word.lower()
        level = _level_of(small, case)
        if level > cefr and not (level == "B" and _bare(small) in own):
            return small
    general = (word for word in candidates if word.islower() and len(word) > 5 and _bare(word) not in own)
    hard = (word for word in general if not medical_level(word) and cefr_level(word) in _GENERAL_LIMIT[cefr])
    return next(hard, None)


def words_explained(texts: Iterable[str]) -> frozenset[str]:
    """The words that a doctor has explained, in any of its turns."""
    found: set[str] = set()
    for text in texts:
        for sentence in sentences(text[:1_000].lower()):
            found |= {word for groups in _EXPLAINED.findall(sentence) for word in groups if word}
    return frozenset(found)


def _complaint(case: Case) -> set[str]:
    return {word.lower() for word in words(case.chiefcomplaint)}


@lru_cache(maxsize=256)
def _of_record(case: Case) -> frozenset[str]:
    """What a patient has heard said of itself: all but what it denies, and what is kept from it."""
    keys = [key for key in ITEMS if key not in (*HIDDEN, "present_illness", "age", "pain")]
    texts = [case.present_illness_positive, *(getattr(case, key) for key in keys)]
    return frozenset(_bare(word) for text in texts for word in normalise(text).split())


def _bare(word: str) -> str:
    """A word without its plural."""
    return word.removesuffix("s")


def _level_of(word: str, case: Case) -> str:
    """The level from which a medical word is known; A for words that are on no list."""
    own = next((level for level in "ABC" if word in (getattr(case, f"med_{level}") or ())), "A")
    return max(own, medical_level(word) or "A")


def baffles(text: str, cefr: Cefr, case: Case, explained: frozenset[str] = frozenset()) -> bool:
    """Whether the patient has to ask back: a word above the level, or a sentence too long for it."""
    return bool(hard_word(text, cefr, case, explained)) or (cefr is Cefr.A and too_long(text))


def too_long(text: str) -> bool:
    """Whether a sentence of the question is too long for a beginner."""
    endless = len(text) > 1_000  # splitting such a text would take seconds
    return endless or any(len(words(sentence)) > LONG_SENTENCE for sentence in sentences(text))
