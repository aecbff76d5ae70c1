"""At most three things to do otherwise, each at a turn and in words that suit the patient's persona."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patientsim_core.debrief.account import Account
from patientsim_core.debrief.answer import Came
from patientsim_core.debrief.better import first_alone, for_flag, simpler
from patientsim_core.debrief.communication import Communication, Kind, Observation
from patientsim_core.debrief.cues import suited
from patientsim_core.debrief.differential import Differential
from patientsim_core.debrief.fairness import Fairness, Permitted
from patientsim_core.debrief.history import History, Status
from patientsim_core.debrief.quotes import Quote, quote
from patientsim_core.debrief.raised import entries_asked, is_unread, is_worded
from patientsim_core.debrief.red_flags import FlagTable, RedFlag
from patientsim_core.debrief.speech import questions
from patientsim_core.debrief.wording import wording_of
from patientsim_core.dialogue import Dialogue
from patientsim_core.offline.comprehend import baffles
from patientsim_core.persona import Cefr, Dazed, Persona
from patientsim_core.text import sentences

MOST = 3
"""Suggestions at once: more are not taken to heart."""

NEEDED = ("allergies", "medication", "medical_history", "onset", "family_medical_history", "tobacco")
"""What no history should be without, the most urgent first."""


SIDES = ("onset", "location", "timing", "quality", "worse", "better", "radiation", "severity")
"""Sides of a complaint that a history goes through (OLDCARTS)."""

_MUCH = 0.7
"""The share of a complaint's sides from which its history was left too early."""


@dataclass(frozen=True)
class Suggestion:
    """`text` says what to do otherwise, and why; `quote` is the turn to do it at, the one to take the
    consultation up again from; `better` are words for that patient. `added` says that nothing was wrong with
    that turn: something is to come beside it."""

    text: str
    better: str
    quote: Quote
    added: bool = False


def suggestions(
    dialogue: Dialogue,
    account: Account,
    history: History,
    differential: Differential,
    communication: Communication,
    fairness: Fairness,
) -> tuple[Suggestion, ...]:
    """At most three, the most urgent first, no two of a kind, and no two with the same question."""
    if not any(one.asked is not None for one in account.exchanges):
        return ()
    reader = _Reader(dialogue, account, history, differential, communication, fairness)
    found: dict[str, Suggestion] = {}
    for kind, one in reader.all():
        if len(found) < MOST and _last_of(one.better) not in map(
            _last_of, (x.better for x in found.values())
        ):
            found.setdefault(kind, one)
    return tuple(found.values())


def _last_of(better: str) -> str:
    """The question itself, without what is said before it."""
    return sentences(better)[-1]


class _Reader:
    """Looks through the parts of a debrief for what to suggest."""

    def __init__(
        self,
        dialogue: Dialogue,
        account: Account,
        history: History,
        differential: Differential,
        communication: Communication,
        fairness: Fairness,
    ):
        self.dialogue, self.account, self.history = dialogue, account, history
        self.differential, self.communication, self.fairness = differential, communication, fairness
        self.unread, self.entries = is_unread(dialogue, account), entries_asked(account)

    def all(self) -> Iterator[tuple[str, Suggestion]]:
        """What could be suggested, the most urgent first, each with its kind."""
        if self.dialogue.persona.dazed is not Dazed.normal:
            yield from self._departures(Came.not_understood)
        yield from self._flags(recorded=True)
        yield from self._story()
        yield from self._words()
        yield from self._departures(Came.refused)
        yield from self._departures(Came.forgotten)
        yield from self._worries()
        yield from self._departures(Came.minimised, Came.exaggerated)
        yield from self._missed()
        yield from self._flags(recorded=False)
        yield from self._doubles()
        yield from self._endings()

    def _persona(self, question: int) -> Persona:
        for one in self.account.exchanges:
            turn = self.dialogue.turns[one.answered] if one.answered is not None else None
            if one.question == question and turn and turn.persona:
                return turn.persona
        return self.dialogue.persona

    def _last(self, entries: Sequence[str] = ()) -> Quote:
        """The last question, or the last that asked for one of these entries."""
        asking = [one for one in self.account.exchanges if one.asked is not None]
        near = [one for one in asking if set(entries) & self.account.asked[one.question - 1].entries]
        return quote(self.dialogue.turns, (near or asking)[-1].asked)

    def _flags(self, recorded: bool) -> Iterator[tuple[str, Suggestion]]:
        """A red flag of the complaint that did not come out, and the record has, or has not."""
        said = [one.text for one in self.account.asked]
        for table in self.differential.red_flags[:1]:
            for flag in table.flags:
                if flag.elicited or bool(flag.recorded) != recorded:
                    continue
                at = flag.quote if flag.open and flag.quote else self._last(["associated"])
                persona = self._persona(at.question)
                if better := for_flag(flag, persona.cefr, said):
                    text = _flag_text(table, flag, unsure=flag.open or self.unread)
                    yield "flag", Suggestion(text, suited(better, persona), at, not flag.open)

    def _story(self) -> Iterator[tuple[str, Suggestion]]:
        """The complaint itself, where most sides of it were never asked after."""
        sides = [self.history.entry(key) for key in SIDES]
        missed = [one for one in sides if one.status is Status.missed and not self._raised(one.key)]
        recorded = [one for one in sides if one.status is not Status.unrecorded]
        if len(missed) < _MUCH * len(recorded) or not missed:
            return
        at, names = self._first(), ", ".join(one.label.lower() for one in missed[:4])
        persona = self._persona(at.question)
        if words := wording_of(missed[0].key, persona.cefr):
            how = "did not come out" if self.unread else "never came up"
            text = f"You left the complaint early: {names} and the like {how}. Stay with it first."
            yield "story", Suggestion(text, suited(words[0], persona), at, True)

    def _words(self) -> Iterator[tuple[str, Suggestion]]:
        for one in (*self.communication.of(Kind.jargon), *self.communication.of(Kind.too_long)):
            if better := self._mended(one):
                why = f"“{one.note}”" if one.kind is Kind.jargon else f"The sentence ({one.note})"
                text = f"{why} was above this patient's language. Simple words get an answer."
                yield (
                    "words",
                    Suggestion(text, suited(better, self._persona(one.doctor.question)), one.doctor),
                )

    def _mended(self, one: Observation) -> str:
        """The question of a turn without what was wrong with it."""
        asked, persona = self.account.asked[one.doctor.question - 1], self._persona(one.doctor.question)
        alone = first_alone(asked) if one.kind is Kind.double else ""
        if alone and not baffles(alone, persona.cefr, self.dialogue.case):
            return alone
        return simpler(asked, persona.cefr, one.note if one.kind is Kind.jargon else "")

    def _departures(self, *kinds: Came) -> Iterator[tuple[str, Suggestion]]:
        """What the persona kept away and a better question would have brought, as was tried."""
        order = {key: place for place, key in enumerate(("pain", *NEEDED))}
        own = [one for one in self.fairness.permitted if one.came in kinds and one.cue]
        for one in sorted(own, key=lambda one: order.get(one.key, len(order))):
            at = next(x.asked for x in self.account.exchanges if x.answered == one.quote.turn)
            if at is not None:
                words = quote(self.dialogue.turns, at)
                lost = one.came is Came.not_understood
                better = suited(one.cue, self._persona(words.question)) if lost else one.cue
                yield str(kinds[0]), Suggestion(_departed(one), better, words)

    def _worries(self) -> Iterator[tuple[str, Suggestion]]:
        wrong = [one for kind in _WRONG for one in self.communication.of(kind)]
        for one in self.communication.of(Kind.passed_over):
            simple = self._persona(one.doctor.question).cefr is Cefr.A
            kind = "I hear that you are scared. We will look after you." if simple else _COMFORT
            mended = (self._mended(it) for it in wrong if it.doctor.question == one.doctor.question)
            asked = next(filter(None, mended), questions(one.doctor.text))
            text = "The patient had just voiced a worry. Answer it first; then the next question is heard."
            yield "worry", Suggestion(text, f"{kind} {asked}".strip(), one.doctor)

    def _raised(self, key: str) -> bool:
        """Whether an entry was asked after, or the words of a question are those for it."""
        return key in self.entries or any(is_worded(asked, key) for asked in self.account.asked)

    def _missed(self) -> Iterator[tuple[str, Suggestion]]:
        """What no history should be without and did not come out."""
        for key in NEEDED:
            entry = self.history.entry(key)
            if entry.status is not Status.missed or key in self.fairness.excused:
                continue
            at = self._last()
            persona = self._persona(at.question)
            if words := wording_of(key, persona.cefr):
                how = "did not come out" if self.unread or self._raised(key) else "never asked"
                text = f"{entry.label}: {how}. It changes what you look for and what you may give."
                yield "missed", Suggestion(text, suited(words[0], persona), at, True)

    def _doubles(self) -> Iterator[tuple[str, Suggestion]]:
        for one in self.communication.of(Kind.double):
            if better := self._mended(one):
                text = f"{one.note.capitalize()}: an answer is easily lost. Ask one, wait, then the next."
                better = suited(better, self._persona(one.doctor.question))
                yield "double", Suggestion(text, better, one.doctor)

    def _endings(self) -> Iterator[tuple[str, Suggestion]]:
        """An opening that invites, a summary, and a safety net, where there was none."""
        first = self._first()
        simple = self._persona(first.question).cefr is Cefr.A
        if not self.communication.open:
            text = "Every question was a closed one. Begin with one that lets the patient tell."
            yield "open", Suggestion(text, suited(_OPENER, self._persona(first.question)), first)
        last = self._last()
        if not self.communication.summary:
            text = "Sum up at the end: what you got wrong can then be put right."
            better = "I want to check that I got it right. Please stop me if not." if simple else _SUMMARY
            yield "summary", Suggestion(text, better, last, True)
        if not self.communication.safety_net:
            text = "Say what to do if it gets worse."
            yield "net", Suggestion(text, "If it gets worse, tell the nurse at once.", last, True)

    def _first(self) -> Quote:
        first = next(one.asked for one in self.account.exchanges if one.asked is not None)
        return quote(self.dialogue.turns, first)


_WRONG = (Kind.jargon, Kind.too_long, Kind.double)
_COMFORT = "I can see that this is frightening, and I will come back to it. We will look after you."
_OPENER = "What brings you in today?"
_SUMMARY = "Let me sum up what I have heard, and please tell me what I got wrong."


def _flag_text(table: FlagTable, flag: RedFlag, unsure: bool) -> str:
    there = f" The record has: {'; '.join(flag.recorded[:2])}." if flag.recorded else ""
    how = "that did not come out" if unsure else "not asked for"
    return f"Red flag {how} ({table.name.lower()}): {flag.name.lower()}. It may mean {flag.why}.{there}"


def _departed(one: Permitted) -> str:
    return one.text.partition(" “")[0].rstrip(":") + "."
