"""What the doctor's questions raised: by how they were read, and by their bare words."""

import re
from collections.abc import Iterator
from functools import lru_cache

from patientsim_core.debrief.account import Account
from patientsim_core.debrief.asked import Asked, asked_of
from patientsim_core.debrief.matching import content
from patientsim_core.debrief.quotes import LONGEST, spoken_sentences
from patientsim_core.dialogue import Dialogue
from patientsim_core.offline.judge.said import rules
from patientsim_core.offline.lexicon import (
    Mention,
    concepts,
    covers,
    drug_classes,
    drugs,
    find_concepts,
    find_drugs,
    topics,
)
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import Ask, Understanding


def singly(asked: Asked, account: Account) -> Iterator[tuple[Ask, frozenset[str]]]:
    """Each thing that a turn asks, with the entries that it asks after by itself; none for an invitation to
    tell of the complaint."""
    for ask in asked.asks:
        alone = asked_of(Understanding(asked.text, (ask,)), account.case, account.facts)
        yield ask, alone.entries if alone.is_narrow else frozenset()


def entries_asked(account: Account) -> frozenset[str]:
    """The entries that were asked after at any time, whatever came of it."""
    return frozenset(
        key for asked in account.asked for _, entries in singly(asked, account) for key in entries
    )


def is_unread(dialogue: Dialogue, account: Account) -> bool:
    """Whether these rules do not understand a question, and no answer shows what it was: one
    that begins with a fact. Anything may have been asked so."""
    told = {(line.exchange.answered, line.sentence) for line in account.lines if line.came.reached}
    for one in account.exchanges:
        if one.asked is not None and account.asked[one.question - 1].unread:
            words = spoken_sentences(dialogue.turns[one.answered].text) if one.answered is not None else []
            if (one.answered, next(iter(words), "")) not in told:
                return True
    return False


def is_worded(asked: Asked, entry: str) -> bool:
    """Whether the words of a turn are those of a question for an entry, as a whole or as one of a list."""
    return any(entry in rules()["topics"].get(topic, [topic]) for topic in _topics(_questions(asked)))


@lru_cache(maxsize=1024)
def _topics(text: str) -> frozenset[str]:
    normal = normalise(text)
    parts = {normal, *re.split(r" ?[,;?.] ?| (?:or|and) ", normal)}
    found = (one for one in topics() if not one.act)
    return frozenset(
        one.topic for one in found if any(p.search(part) for p in one.patterns for part in parts)
    )


def names(asked: Asked, id: str) -> bool:
    """Whether the words of a turn's questions name a concept or a class of drugs, in whatever order: `any
    change in your stools, blood?`."""
    text = _questions(asked)
    found, words = _mentions(text), content(text)
    if any(is_kind(mention.id, id) for mention in found):
        return True
    of_others = [content(mention.words) for mention in found]
    return any(own <= words and not any(own <= other for other in of_others) for own in _names(id))


@lru_cache(maxsize=1024)
def _mentions(text: str) -> tuple[Mention, ...]:
    normal = normalise(text)
    return (*find_concepts(normal), *find_drugs(normal))


def is_kind(named: str, wanted: str) -> bool:
    """Whether what is named is what is wanted, a kind of it, or a drug of it."""
    return covers(wanted, named) or wanted in drugs().get(named, ())


_LONGEST = 4
"""Words of a name up to which what it means is in its longer words, in whatever order."""


@lru_cache(maxsize=1024)
def _names(id: str) -> tuple[frozenset[str], ...]:
    """The words of each name of more than one."""
    own = [name for one in (concepts().get(id), drug_classes().get(id)) if one for name in one.names]
    short = (content(name) for name in own if len(name.split()) <= _LONGEST)
    return tuple(words for words in short if len(words) > 1)


@lru_cache(maxsize=1024)
def beyond(id: str, broader: str) -> frozenset[frozenset[str]]:
    """For each name of a concept what it has beyond the names of a broader one: `green`, of green vomit."""
    common = frozenset().union(*map(content, concepts()[broader].names))
    return frozenset(own - common for own in _names(id) if own & common) - {frozenset()}


def _questions(asked: Asked) -> str:
    """The words of a turn that ask."""
    return asked.asking[:LONGEST] if asked.is_question else ""
