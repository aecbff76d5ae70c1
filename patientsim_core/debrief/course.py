"""The course of a history: when each entry came out, and what was asked again though it had been answered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from patientsim_core.debrief.account import Account
from patientsim_core.debrief.answer import Came
from patientsim_core.debrief.asked import GENERAL, Asked
from patientsim_core.debrief.layout import entry_of, places
from patientsim_core.debrief.quotes import Quote, quote
from patientsim_core.dialogue import Dialogue
from patientsim_core.offline.understand import ASPECTS, Ask


@dataclass(frozen=True)
class Repeat:
    """An entry that was asked for again after it had been answered, with the questions."""

    key: str
    label: str
    questions: tuple[Quote, ...]


@dataclass(frozen=True)
class Moment:
    """What came out at a question for the first time: keys of entries."""

    question: int
    keys: tuple[str, ...]


def repeats(dialogue: Dialogue, account: Account) -> tuple[Repeat, ...]:
    """The same asked again, in whatever words, after an answer that told it truly and wholly."""
    answered = {
        (line.exchange.question, line.fact)
        for line in account.lines
        if line.came is Came.told and line.whole and line.asked
    }
    found: dict[str, set[int]] = {}
    for later, asked in enumerate(account.asked, 1):
        for earlier, before in enumerate(account.asked[: later - 1], 1):
            if _same(before, asked):
                for fact in before.named & asked.named:
                    if (earlier, fact) in answered:
                        found.setdefault(entry_of(fact), set()).update((earlier, later))
    asked_at = {one.question: one.asked for one in account.exchanges}
    return tuple(
        Repeat(key, place.label, tuple(quote(dialogue.turns, asked_at[n]) for n in sorted(found[key])))
        for key, place in places().items()
        if key in found
    )


def _same(before: Asked, asked: Asked) -> bool:
    """Whether two questions ask for the same. A wider and a closer one do not, nor does one for the rest, for
    a detail, or a second look."""
    if (before.named, before.entries) != (asked.named, asked.entries):
        return False
    if any(ask.insist or _OTHER.search(ask.words) for ask in asked.asks):
        return False
    asks = {_gist(ask, asked) for ask in asked.asks if ask.topic not in GENERAL}
    return bool(asks) and asks == {_gist(ask, before) for ask in before.asks if ask.topic not in GENERAL}


_OTHER = re.compile(r"(?<!\bor )(?<!\band )(?<!\bor any )\b(other|others|else|another|more|further)\b")
"""What asks for the rest; `cocaine or other drugs` asks for all."""

_ASKS_WITH = re.compile(r"\b(what|when|since|where|how|who|which|why)\b")


def _gist(ask: Ask, asked: Asked) -> tuple[str, frozenset[str], str]:
    """What an ask is for: its topic, by which names it asks for facts, and, of a symptom or a side of the
    complaint, in which way: `do you cough?` and `what comes up?` are not the same."""
    names = frozenset(id for id in ask.about if any(fact.is_about(id) for fact in asked.named))
    way = _ASKS_WITH.search(ask.words) if ask.topic in ("symptom", *ASPECTS) else None
    return ask.topic, names, way[0] if way else ""


def timeline(first: Mapping[str, int | None]) -> tuple[Moment, ...]:
    """Entries by the question at which the first of each came out; `first` is that by key."""
    at: dict[int, list[str]] = {}
    for key, question in first.items():
        if question is not None:
            at.setdefault(question, []).append(key)
    return tuple(Moment(number, tuple(keys)) for number, keys in sorted(at.items()))
