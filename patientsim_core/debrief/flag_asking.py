"""Whether a question asks for a red flag, and whether its answer settled it."""

import re
from collections.abc import Sequence

from patientsim_core.debrief.account import Account
from patientsim_core.debrief.answer import Came
from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.layout import entry_of
from patientsim_core.debrief.matching import content
from patientsim_core.debrief.quotes import Exchange, Quote, spoken_sentences
from patientsim_core.debrief.raised import beyond, is_kind, names, singly
from patientsim_core.dialogue import Dialogue
from patientsim_core.facts import LISTS, Fact
from patientsim_core.offline.hear import hear
from patientsim_core.offline.judge.said import read
from patientsim_core.offline.judge.unnamed import GENERAL
from patientsim_core.offline.lexicon import covers, drug_classes
from patientsim_core.offline.listen import pattern
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import ASPECTS, Ask

_LOST = (Came.forgotten, Came.refused)
_UNSURE = re.compile(
    r"\b(not (really )?(know|sure|certain)|no (know|idea)|unsure|uncertain|not a clue|no information"
    r"|(can|could) not (really |possibly )?(say|tell|swear|v?t?ouch)|would not know|who knows|maybe yes)\b"
)
"""An answer that leaves it open, in normalised text, which takes `vouch` for `touch`."""


def asks_for(flag: dict, one: Exchange, account: Account) -> bool:
    """Whether a question asks for a flag: by name, after one of its topics, or in general after its entry.
    One that names something else of the entry does not: `Do you take insulin?` asks for no thinner."""
    asked, wanted = account.asked[one.question - 1], flag.get("concepts", ())
    if not asked.asking or is_aside(asked, wanted):
        return False
    named = (*asked.asks, *asked.put)
    if any(ask.topic in flag.get("topics", ()) or _by_name(ask, wanted) for ask in named):
        return True
    own = set(flag.get("entries", ()))
    after = singly(asked, account) if own & asked.entries else ()
    return any(own & entries and _is_general(ask, wanted) for ask, entries in after)


def _by_name(ask: Ask, wanted: Sequence[str]) -> bool:
    return ask.topic not in ASPECTS and any(is_kind(id, its) for id in ask.about for its in wanted)


def _is_general(ask: Ask, wanted: Sequence[str]) -> bool:
    """Whether it asks after an entry without naming another thing of it; also for a side of what a flag is a
    kind of: what makes pain worse, for pain on effort."""
    if not ask.about or not wanted or ask.topic == "more":
        return True
    return ask.topic in ASPECTS and any(covers(id, its) for id in ask.about for its in wanted)


def is_aside(asked: Asked, wanted: Sequence[str]) -> bool:
    """Whether a turn is about the family's illnesses, or about what a drug did, where one that is taken is
    wanted."""
    topics = {ask.topic for ask in asked.asks} or {""}
    of_drug = any(its in drug_classes() for its in wanted) and topics <= {"allergies", "reaction"}
    return of_drug or topics <= {"family_medical_history"}


def touches(wanted: Sequence[str], one: Exchange, account: Account) -> bool:
    """Whether a question comes so near to a flag that its answer may tell it: its bare words name it, or it
    asks what something is like that the flag is a kind of."""
    asked = account.asked[one.question - 1]
    all_like = bool(_LIKE.search(normalise(asked.asking)))
    likes = (ask for ask in asked.asks if all_like or ask.topic == "quality" or ask.words.startswith("what "))
    looks = {id for ask in likes for id in ask.about if id not in GENERAL}
    named = any(names(asked, its) or any(covers(id, its) for id in looks) for its in wanted)
    return named and bool(asked.asking) and not is_aside(asked, wanted)


_LIKE = re.compile(
    r"\b(what (kind|sort|sorts|color|colour)\b|what (does|do|did|is|was|were) .*\b(look|like)\b)"
)
"""What asks for a look, or a kind, in any part of a question: `how often, and what colour was it?`"""


def completes(wanted: Sequence[str], one: Exchange, dialogue: Dialogue, account: Account) -> bool:
    """Whether an answer has what makes a flag of the thing that was asked after: `green`, of the vomit."""
    if one.answered is None or not one.question:
        return False
    text = dialogue.turns[one.answered].text
    said = content("" if is_unsure(text) else " ".join(spoken_sentences(text)))
    asked = {id for id in account.asked[one.question - 1].about if id not in GENERAL}
    pairs = ((id, its) for id in asked for its in wanted if covers(id, its) and id != its)
    return any(own <= said for id, its in pairs for own in beyond(its, id))


def is_told_at(
    wanted: Sequence[str], told: Quote | None, one: Exchange, dialogue: Dialogue, account: Account
) -> bool:
    """Whether the answer to a question that comes near tells the flag, or what its words name a kind of:
    swelling, where the legs were asked after."""
    if one.answered is None or (told and told.turn == one.answered):
        return bool(told)
    asked = account.asked[one.question - 1]
    wider = {id for id in asked.about if id not in GENERAL and any(covers(id, its) for its in wanted)}
    return any(names(asked, its) for its in wanted) and bool(wider & _tells(one, dialogue, account))


def _tells(one: Exchange, dialogue: Dialogue, account: Account) -> frozenset[str]:
    """What an answer says that there is, was, or is not."""
    asked = account.asked[one.question - 1]
    said = hear(dialogue.turns[one.answered or 0].text, asked.text, asked.asks)
    return said.present | said.denied | said.past | said.drugs


def in_vain(flag: dict, one: Exchange, dialogue: Dialogue, account: Account) -> bool:
    """Whether the answer left it open: none came, it was not understood, some of it was forgotten or kept
    back, it is not known, or the answer is to another of several questions."""
    if one.answered is None:
        return True
    here = [line for line in account.lines if line.exchange == one]
    due = [line for line in here if _is_of(flag, line.fact) or entry_of(line.fact) in flag.get("entries", ())]
    if any(line.came in _LOST for line in due) or any(line.came is Came.not_understood for line in here):
        return True
    if due and not any(line.came.reached or line.came is Came.otherwise for line in due):
        return True
    if any(line.came.reached and _is_of(flag, line.fact) for line in due):
        return False
    asked, text = account.asked[one.question - 1], dialogue.turns[one.answered].text
    told, unsure = _tells(one, dialogue, account), is_unsure(text)
    wanted = [its for its in flag.get("concepts", ()) if not (unsure and its in drug_classes())]
    if any(is_kind(id, its) for id in told for its in wanted):
        return False
    named = any(is_kind(id, its) for id in asked.about for its in wanted)
    of_another = named and any(is_kind(id, its) for id in told for its in asked.about)
    moods = hear(text, asked.text, asked.asks).moods
    return unsure or of_another or bool(moods & {"lost", "confused", "refused"})


def is_unsure(text: str) -> bool:
    """Whether an answer begins with what is not known: what follows may be about anything."""
    first = next(iter(spoken_sentences(text)), "")
    normal = read(first).normal
    return bool(pattern("moods", "forgot").search(normal) or _UNSURE.search(normal))


def _is_of(flag: dict, fact: Fact) -> bool:
    """Whether a fact is one that a flag asks for; of a list, one that is what it names."""
    wanted = flag.get("concepts", ())
    named = any(is_kind(id, one) for one in wanted for id in fact.concepts | fact.drugs)
    return named or is_whole(wanted, entry_of(fact), flag.get("entries", ()))


def is_all_of(flag: dict, fact: Fact) -> bool:
    """Whether whatever words told a fact told a flag: it is a symptom that there is, and about nothing else.
    One that there is not may be told by a wider denial: `no pain`, of a headache."""
    wanted, ids = flag.get("concepts", ()), fact.concepts | fact.drugs
    symptom = bool(ids) and entry_of(fact) == "associated"
    alone = symptom and all(any(is_kind(id, one) for one in wanted) for id in ids)
    return alone or is_whole(wanted, entry_of(fact), flag.get("entries", ()))


def is_whole(wanted: Sequence[str], entry: str, entries: Sequence[str]) -> bool:
    """Whether any fact of an entry tells a flag: not where the flag is one thing of a list."""
    return entry in entries and (not wanted or entry not in LISTS)
