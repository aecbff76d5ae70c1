"""The guard on a reply: what a patient must not say never reaches the chat."""

import re
from collections.abc import Iterable

from patientsim_core.case import Case, values
from patientsim_core.dialogue import GuardAction
from patientsim_core.offline.lexicon import concepts_in, covers
from patientsim_core.offline.spelling import normalise
from patientsim_core.persona import Cefr, Persona, Personality
from patientsim_core.text import words

WORDS = 20
"""At most so many words a sentence (published protocol)."""

BEGINNERS_WORDS = 7
"""Beginners speak in pieces of about six words."""

_STAGE = re.compile(r"\*[^*]*[A-Za-z][^*]*\*|\([^()]*[A-Za-z][^()]*\)|\[[^\[\]]*[A-Za-z][^\[\]]*\]")
_SPEAKER = re.compile(r"^\W*(patient|assistant|me|answer)\W*:\W*", re.I)
_QUOTES = '"“”„«»'
_AI = re.compile(
    r"\b(as an? (ai|a\.i\.|language model|assistant)|language model"
    r"|(i am|i'm|i’m) (just |only )?an? (ai|a\.i\.|chatbot|virtual \w+|computer program|simulat\w+)"
    r"|my (training data|instructions|system prompt|programming))\b",
    re.I,
)
_KIN = re.compile(
    r"\b(father|mother|dad|mom|parents?|brother|sister|uncle|aunt|son|daughter|cousin|grand\w+|family|relatives)\b",
    re.I,
)
_PAST = re.compile(r"\b(before|ago|years?|once|last|past|history|used to|had|in (19|20)\d\d)\b", re.I)
_BREAK = re.compile(r",|;| - |\b(and|but|because|while|when|so|which|that|or)\b")


def sentence_limit(persona: Persona) -> int:
    """At most so many sentences a reply: 8 for the verbose, 3 for all others (published protocol)."""
    return 8 if persona.personality is Personality.verbose else 3


def word_limit(persona: Persona) -> int:
    """So many words a sentence a patient is told to keep to: fewer than the guard lets pass at level A."""
    return BEGINNERS_WORDS if persona.cefr is Cefr.A else WORDS


def without_directions(text: str) -> str:
    """Spoken words only: what stands in asterisks or brackets is left out."""
    return " ".join(_STAGE.sub(" ", text).split())


class Guard:
    """Checks a reply sentence by sentence and records what it did in `actions`.

    `broken` is `AI` or `diagnosis` once a sentence was withheld that no patient would say; `full` says that
    one came after the last that there was room for.
    """

    def __init__(self, case: Case, persona: Persona, doctor: Iterable[str]) -> None:
        self.left = sentence_limit(persona)
        self.actions: list[GuardAction] = []
        self.broken, self.full = "", False
        self.secret = _named(case.diagnosis)
        heard = {concept for text in doctor for concept in concepts_in(normalise(text))}
        said = " ".join(normalise(text) for text in doctor)
        open_secrets = {id for id in self.secret if any(covers(id, name) for name in heard)}
        self.words = normalise(case.diagnosis)
        if open_secrets or self.words in said:
            self.words = ""
        self.secret -= open_secrets
        self.past = _named(case.medical_history)
        self.family = _named(case.family_medical_history)

    def admit(self, sentence: str) -> str:
        """The sentence as it may be said; empty where it may not."""
        said = " ".join(sentence.split())
        kept = without_directions(said)
        if kept != said:
            self.note("removed", "stage direction")
        bare = _SPEAKER.sub("", kept).strip(_QUOTES + " ")
        if bare != kept:
            self.note("removed", "speaker's name or quotation marks")
        kept = bare
        if not words(kept):
            return ""
        if _AI.search(kept):
            self.broken = "AI"
            return self.note("withheld", "speaks as an AI")
        if self._leaks(kept):
            self.broken = "diagnosis"
            return self.note("withheld", "names the diagnosis before the doctor did")
        if not self.left:
            self.full = True
            return self.note("withheld", "over the sentence limit")
        if len(words(kept)) > WORDS:
            kept = shorten(kept)
            self.note("shortened", f"over {WORDS} words")
        self.left -= 1
        return kept

    def _leaks(self, sentence: str) -> bool:
        normal = normalise(sentence)
        leaked = {secret for secret in self.secret for name in concepts_in(normal) if covers(secret, name)}
        if not leaked and not (self.words and self.words in normal):
            return False
        return not (
            (_KIN.search(sentence) and _any_covered(leaked, self.family))
            or (_PAST.search(sentence) and _any_covered(leaked, self.past))
        )

    def note(self, action: str, reason: str) -> str:
        """Records an action; gives the empty text that is said instead."""
        self.actions.append(GuardAction(action=action, reason=reason))
        return ""


def _named(text: str) -> set[str]:
    """The concepts that an item of the record names."""
    return {concept for value in values(text) for concept in concepts_in(normalise(value))}


def _any_covered(secrets: set[str], known: set[str]) -> bool:
    """Whether the record has such a disease elsewhere: in the family, or in the past."""
    return any(covers(secret, concept) for secret in secrets for concept in known)


def shorten(sentence: str) -> str:
    """The longest beginning of at most 20 words that ends at a natural break, else at the 20th word."""
    ends = [match.start() for match in _BREAK.finditer(sentence)]
    fitting = [sentence[:end].rstrip(" ,;-") for end in ends if 4 <= len(words(sentence[:end])) <= WORDS]
    if fitting:
        return fitting[-1] + "."
    return " ".join(sentence.split()[:WORDS]).rstrip(" ,;-") + "."
