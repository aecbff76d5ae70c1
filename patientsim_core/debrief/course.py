"""The course of a history: when each entry came out, and what was asked again though it had been answered."""

from collections.abc import Mapping
from dataclasses import dataclass

from patientsim_core.debrief.account import Account, Came
from patientsim_core.debrief.layout import entry_of, places
from patientsim_core.debrief.quotes import Quote, quote
from patientsim_core.dialogue import Dialogue


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
    """The same asked again, in whatever words, after an answer that told it truly and wholly. A wider
    question and a closer one are not the same: they ask for other facts, or after other entries."""
    answered = {
        (line.exchange.question, line.fact)
        for line in account.lines
        if line.came is Came.told and line.whole and line.asked
    }
    found: dict[str, set[int]] = {}
    for later, asked in enumerate(account.asked, 1):
        for earlier, before in enumerate(account.asked[: later - 1], 1):
            if (before.named, before.entries) == (asked.named, asked.entries):
                for fact in before.named & asked.named:
                    if (earlier, fact) in answered:
                        found.setdefault(entry_of(fact), set()).update((earlier, later))
    asked_at = {one.question: one.asked for one in account.exchanges}
    return tuple(
        Repeat(key, place.label, tuple(quote(dialogue.turns, asked_at[n]) for n in sorted(found[key])))
        for key, place in places().items()
        if key in found
    )


def timeline(first: Mapping[str, int | None]) -> tuple[Moment, ...]:
    """Entries by the question at which the first of each came out; `first` is that by key."""
    at: dict[int, list[str]] = {}
    for key, question in first.items():
        if question is not None:
            at.setdefault(question, []).append(key)
    return tuple(Moment(number, tuple(keys)) for number, keys in sorted(at.items()))
