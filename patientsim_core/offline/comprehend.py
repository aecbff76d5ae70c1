"""Which words of a question lie above a patient's language level."""

from patientsim_core.case import Case
from patientsim_core.persona import Cefr
from patientsim_core.text import sentences, words
from patientsim_core.words import cefr_level, medical_level, medical_words

LONG_SENTENCE = 16
"""A sentence of more words than this is lost on a beginner."""

_GENERAL_LIMIT = {Cefr.A: ("B2", "C1"), Cefr.B: ("C1",)}
"""General words a level stumbles on. cefrpy files whatever it does not know under C2: no indicator."""


def hard_word(text: str, cefr: Cefr, case: Case) -> str | None:
    """The first word of a question that the patient does not know, None where all is clear.

    Medical words come first: those of the case's own lists and of this project's; then general ones by
    cefrpy. The record's own chief complaint and capitalised names are no riddle to the patient.
    """
    if cefr is Cefr.C:
        return None
    spoken = [word for word in words(text) if word.isalpha()]
    familiar = {word.lower() for word in words(case.chiefcomplaint)}
    candidates = [word for word in spoken if word.lower() not in familiar]
    for word in candidates:
        if _level_of(word.lower(), case) > cefr:
            return word.lower()
    known = frozenset().union(*medical_words().values())
    for word in candidates:
        small = word.lower()
        if (
            small == word
            and small not in known
            and len(word) > 5
            and cefr_level(word) in _GENERAL_LIMIT[cefr]
        ):
            return small
    return None


def _level_of(word: str, case: Case) -> str:
    """The level from which a medical word is known; A for words that are on no list."""
    own = next((level for level in "ABC" if word in (getattr(case, f"med_{level}") or ())), "A")
    return max(own, medical_level(word))


def baffles(text: str, cefr: Cefr, case: Case) -> bool:
    """Whether the patient has to ask back: a word above the level, or a sentence too long for it."""
    return bool(hard_word(text, cefr, case)) or (cefr is Cefr.A and too_long(text))


def too_long(text: str) -> bool:
    """Whether a sentence of the question is too long for a beginner."""
    endless = len(text) > 1_000  # splitting such a text would take seconds
    return endless or any(len(words(sentence)) > LONG_SENTENCE for sentence in sentences(text))
