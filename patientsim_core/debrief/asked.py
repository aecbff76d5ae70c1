"""What a doctor's turn asks of a record: the facts that it names, and those that it is wide enough for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from patientsim_core.case import Case
from patientsim_core.debrief.layout import PRESENT, entry_of, places
from patientsim_core.debrief.speech import Sort, asking, invites, of_sort, sorted_sentences
from patientsim_core.facts import Fact
from patientsim_core.offline.clauses import clauses
from patientsim_core.offline.find import in_record
from patientsim_core.offline.judge.said import read, rules
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import ASPECTS, LISTING, Ask, Understanding, read_alone

_BEFORE = re.compile(r"\b(had|have|happened|been)\b.*\bbefore\b")
"""What asks for the time before, whatever it names."""

GENERAL = ("opener", "more", "chiefcomplaint")
"""Topics of questions that invite the patient to tell of the complaint as it likes."""


_NARROW = 5
"""Entries of a question from which on it is an invitation."""


@dataclass(frozen=True)
class Asked:
    """What a turn asks. `named` are the facts that an answer is due of, `entries` those of the map that are
    asked after; `wide` are all facts that were not volunteered if they come in answer. `unread` is a question
    that the rules could not read: whatever comes in answer to it counts as asked for. `asking` is the text
    without what asks nothing: recaps, safety nets, statements, kind words. `put` is what its
    recaps would ask, if they did, and `supposed` the facts that they name: told on them, they are not
    volunteered."""

    text: str = ""
    asking: str = ""
    asks: tuple[Ask, ...] = ()
    named: frozenset[Fact] = frozenset()
    entries: frozenset[str] = frozenset()
    wide: frozenset[Fact] = frozenset()
    put: tuple[Ask, ...] = ()
    supposed: frozenset[Fact] = frozenset()
    acts: frozenset[str] = frozenset()
    unread: bool = False
    complaint: frozenset[str] = frozenset()
    complaint_concepts: frozenset[str] = frozenset()

    def also(self, facts: frozenset[Fact]) -> "Asked":
        """The same, which asks for some facts too."""
        return replace(
            self,
            named=self.named | facts,
            wide=self.wide | facts,
            entries=self.entries | {entry_of(fact) for fact in facts},
        )

    @property
    def unprompted(self) -> "Asked":
        """The same as if nothing were due: what an answer tells by its own words alone."""
        return replace(self, asks=(), named=frozenset(), entries=frozenset())

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for each of its entries, and does not only invite to tell."""
        return len(self.entries) <= _NARROW

    @property
    def is_question(self) -> bool:
        """Whether it asks at all; `okay.` only goes on listening."""
        return "?" in self.asking or self.is_open or any(ask.topic != "more" for ask in self.asks)

    @property
    def is_open(self) -> bool:
        """Whether it invites the patient to tell, in any of its questions."""
        return invites(self.asking) or any(ask.topic == "opener" and not ask.insist for ask in self.asks)

    @property
    def opens(self) -> bool:
        """Whether it invites the patient to tell of what brings it, and of nothing else."""
        present = {key for key, place in places().items() if place.group == PRESENT}
        return self.is_open and bool(self.entries) and self.entries <= present

    @property
    def about(self) -> frozenset[str]:
        """The concepts and drugs that it asks for by name."""
        return frozenset(id for ask in self.asks for id in ask.about)

    def asks_for(self, fact: Fact) -> bool:
        return self.unread or fact in self.wide | self.supposed


def asked_of(turn: Understanding, case: Case, facts: Sequence[Fact]) -> Asked:
    """What a turn asks, as it was understood in the light of those before it."""
    named: set[Fact] = set()
    entries: set[str] = set()
    left, asks, put = asking(turn.text), _asks_of(turn), _put(turn)
    for ask in asks:
        found, about = _one(ask, case, facts)
        named |= found
        entries |= about
    wide = named | {fact for fact in facts if entry_of(fact) in entries}
    chief = [fact for fact in facts if fact.item == "chiefcomplaint"]
    about = {id for ask in asks for id in ask.about}
    wide |= {fact for fact in chief if any(fact.is_about(id) for id in about)}
    return Asked(
        text=turn.text,
        asking=left,
        asks=asks,
        named=frozenset(named),
        entries=frozenset(entries),
        wide=frozenset(wide),
        put=put,
        supposed=frozenset(fact for ask in put for fact in _one(ask, case, facts)[0]),
        acts=_acts(turn),
        unread=not asks and "?" in left and not read_alone(left).acts - {"greeting"},
        complaint=frozenset().union(*(read(fact.value).words for fact in chief)),
        complaint_concepts=frozenset().union(*(fact.concepts for fact in chief)),
    )


def _asks_of(turn: Understanding) -> tuple[Ask, ...]:
    """The asks of a turn but those that stand only in sentences that ask nothing."""
    said, asked = [], []
    for sentence, sort in sorted_sentences(turn.text):
        (asked if sort is Sort.other else said).extend(f" {one} " for one in clauses(normalise(sentence)))
    return tuple(ask for ask in turn.asks if _in(ask, asked) or not _in(ask, said))


def _put(turn: Understanding) -> tuple[Ask, ...]:
    return tuple(ask for sentence in of_sort(turn.text, Sort.recap) for ask in read_alone(sentence).asks)


def _in(ask: Ask, clauses: Sequence[str]) -> bool:
    return any(clause in f" {ask.words} " for clause in clauses)


def _acts(turn: Understanding) -> frozenset[str]:
    """What a turn does beside asking; the words of a recap do nothing else."""
    own = [sentence for sentence, sort in sorted_sentences(turn.text) if sort not in (Sort.recap, Sort.check)]
    return turn.acts & frozenset().union(*(read_alone(sentence).acts for sentence in own))


def _one(ask: Ask, case: Case, facts: Sequence[Fact]) -> tuple[set[Fact], set[str]]:
    """The facts that an ask names, and the entries that it asks after."""
    if ask.topic == "more" and ask.about and ask.about[0] in (*LISTING, "surgery"):
        item = "medical_history" if ask.about[0] == "surgery" else ask.about[0]
        return set(), {item}
    if ask.topic in GENERAL:
        chief = {fact for fact in facts if fact.item == "chiefcomplaint" and ask.topic != "more"}
        return chief, {key for key, place in places().items() if place.group == PRESENT}
    if ask.topic == "associated":
        return set(), {"associated", "denied"}
    named = set(in_record(ask, case, facts).facts)
    of_named = {entry_of(fact) for fact in named}
    if ask.about and _BEFORE.search(ask.words):
        named |= {fact for fact in facts if fact.label == "previous"}
    of_another = ask.topic in ASPECTS and named and not of_named & _entries(ask)
    return named, of_named | (set() if of_another else _entries(ask))


def _entries(ask: Ask) -> set[str]:
    """The entries that a topic is about, whatever the record has of them."""
    if ask.topic == "symptom":
        return {"associated", "denied", "location", "quality"}
    if ask.topic == "better":
        return {"better", "tried"}
    if ask.topic in ("severity", "pain"):
        return {"severity", "pain"}
    if ask.topic == "course":
        return {"timing", "onset"}
    if ask.topic in ASPECTS:
        return {ask.topic}
    return {item for item in rules()["topics"].get(ask.topic, [ask.topic]) if item in places()}
