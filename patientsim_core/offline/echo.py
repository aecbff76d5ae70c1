"""The record's own words in a question: for what no lexicon lists."""

import re
from collections.abc import Sequence

from patientsim_core.facts import Fact
from patientsim_core.offline.data import say
from patientsim_core.offline.spelling import normalise


def spelt_out(question: str, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """What a yes-or-no question says almost as the record does: `no tearing pain in the back`.

    Every telling word of a negative, at least two; two thirds of those of a symptom.
    """
    asked = _stems(question)
    found = []
    for fact in facts:
        own = _stems(fact.value)
        share = len(own & asked) / len(own) if len(own & asked) > 1 else 0.0
        denied = fact.item == "present_illness_negative" and share == 1.0
        if denied or ("associated" in fact.aspects and share >= 2 / 3):
            found.append(fact)
    return tuple(found)


_STEM = re.compile(r"(?:ing|ed|es|s)$")


def by_words(question: str, facts: Sequence[Fact], least: int = 1) -> tuple[Fact, ...]:
    """The fact of the present illness or the past that shares the telling words of a question.

    For what is in the record but in no lexicon: at least so many shared words, one of them no part of
    the body. The fact that shares most wins.
    """
    asked = _stems(question)
    body = {_STEM.sub("", part) for part in say("grammar")["body"].split(", ")}
    best, most = None, 0.0
    for fact in facts:
        if fact.item not in ("present_illness_positive", "present_illness_negative", "medical_history"):
            continue
        shared = asked & _stems(fact.value)
        telling = {word for word in shared - body if len(word) > 3}
        needed = 2 if fact.absent or fact.item == "medical_history" else least
        if telling and len(shared) >= needed and len(shared) + len(telling) > most:
            best, most = fact, len(shared) + len(telling)
    return (best,) if best else ()


def _stems(text: str) -> set[str]:
    """Words of a text that tell something, without their endings."""
    return {_STEM.sub("", word) for word in normalise(text).split() if len(word) > 2 and word not in _COMMON}


_COMMON = frozenset(
    ("the", "and", "any", "you", "for", "are", "did", "has", "had", "was", "but", "not", "get", "got", "can",
     "how", "who", "why", "out", "off", "all", "too", "one", "two", "now", "day", "very", "blood", "pressure",
     "have", "been", "with", "when", "what", "your", "this", "that", "there", "does", "pain", "anything",
     "feel", "feeling", "would", "could", "about", "problem", "problems", "trouble", "since", "from", "after",
     "before", "more", "than", "usual", "last", "much", "often", "other", "were", "like", "them", "they",
     "ever", "going", "start", "started", "worse", "better", "time", "times", "make", "makes", "really",
     "yesterday", "today", "morning", "night", "hours", "days", "weeks", "little", "while", "noticed",
     "recently", "history", "right", "left", "side", "both", "where", "which", "doing", "taking", "during",
     "years", "something", "things", "hurt", "hurts", "having", "getting", "difficulty", "disease", "severe")
)  # fmt: skip
"""Words too common to tell one fact from another."""
