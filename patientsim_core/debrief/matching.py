"""How the words of a sentence meet those of a fact."""

import re
from enum import StrEnum
from functools import lru_cache

from patientsim_core.debrief.functions import denies
from patientsim_core.offline.data import say
from patientsim_core.offline.judge.record import Known, related
from patientsim_core.offline.judge.said import Said, read
from patientsim_core.offline.judge.unnamed import GENERAL, no_denial
from patientsim_core.offline.lexicon import Mention, covers
from patientsim_core.offline.listen import Clause
from patientsim_core.offline.listen import pattern as heard

SHORTEST = 4
"""Letters from which the beginning of a word stands for it: `tight` for `tightness`."""

_SUFFIX = re.compile(r"(s|es|ed|er|en|ing?|y|ly|ily|ish|ness?|iness?|ful|al|ion|ation|ment|able)*")
"""What may follow it: `head` is no `headache`."""


_CIRCUMSTANCE = re.compile(r"\b(when|while|on|with|after|if)\b.*")
"""What keeps a symptom to a moment."""


class Says(StrEnum):
    """What a sentence says of a fact: that it is so, or that it is not; `weakly` where only a word of it is
    shared, which counts in answer to a question for it."""

    so = "so"
    weakly = "weakly"
    not_so = "not so"


def content(text: str) -> frozenset[str]:
    """The words of a text that mean something, without their endings."""
    return read(text).words


@lru_cache(maxsize=65_536)
def common(words: frozenset[str], own: frozenset[str]) -> frozenset[str]:
    """Those of a fact's `own` words that are among `words`, whole or by their beginning."""
    long = [word for word in words if len(word) >= SHORTEST]
    return frozenset(
        word
        for word in own
        if word in words
        or (len(word) >= SHORTEST and any(_same(*sorted((one, word), key=len)) for one in long))
    )


def _same(short: str, long: str) -> bool:
    """Whether one word is another with an ending."""
    return long.startswith(short) and bool(_SUFFIX.fullmatch(long[len(short) :]))


def shares(said: Said, own: frozenset[str], least: int, part: float) -> bool:
    """Whether a sentence has at least so many of a fact's words, and so large a part of them."""
    found = common(said.words, own)
    return len(found) >= least and len(found) >= part * len(own)


def denials(said: Said, known: Known, apart: frozenset[str] = frozenset(), broad: bool = False) -> list[bool]:
    """For each time a sentence names what a fact is about: whether it denies it.

    Concepts `apart` do not count, neither of the fact nor as a narrower name for it. A broader name counts
    only if `broad`, `swelling` is no ankle swelling, and only by itself: `no pain when I press` is not
    `no pain on breathing`.
    """
    own = (known.fact.concepts - apart or known.fact.concepts) - set(GENERAL)
    match = related if broad else (lambda named, id: covers(id, named))
    return [
        denies(clause, mention) and not no_denial(clause)
        for clause, mention in said.concepts
        if any(match(mention.id, id) for id in own)
        and mention.id not in apart
        and not _is_narrowed(clause, mention, known)
        and not _asks_back(clause)
        and not heard("frames", "kin").search(clause.text)
        and f"while {mention.words}" not in clause.text
    ]


def _is_narrowed(clause: Clause, mention: Mention, known: Known) -> bool:
    """Whether a broader name than the fact's is kept to a circumstance that the fact has not."""
    if any(covers(id, mention.id) for id in known.fact.concepts):
        return False
    circumstance = _CIRCUMSTANCE.search(clause.text.partition(mention.words)[2])
    return bool(circumstance) and not content(circumstance[0]) & known.value.words


def _asks_back(clause: Clause) -> bool:
    """Whether it asks of a thing; `fever?` alone only says it again."""
    return clause.asks and (
        clause.words > 3 or clause.text.startswith(("what", "which", "why", "how", "who"))
    )


@lru_cache(maxsize=1)
def body_words() -> frozenset[str]:
    """Parts of the body, without `side`, which every part has."""
    return content(say("grammar")["body"].replace(",", " ")) - content("side")


_POSITION = re.compile(
    r"\b(left|right|upper|lower|middle|both|all over|whole|across|behind|under|below|above|around|front"
    r"|here(?! (for|because|with|to)\b))\b"
)


def placed(said: Said) -> bool:
    """Whether a sentence says where in the body, not only which part of it."""
    return bool(_POSITION.search(said.normal))
