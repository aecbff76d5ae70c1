"""What went well, with evidence, and at most three things to do otherwise, each at a turn and in words that
suit the patient's persona."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patientsim_core.debrief.account import Account, Came
from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.communication import Communication, Kind
from patientsim_core.debrief.cues import suited
from patientsim_core.debrief.differential import Differential
from patientsim_core.debrief.fairness import Fairness, Permitted
from patientsim_core.debrief.history import History, Status
from patientsim_core.debrief.quotes import Quote, quote
from patientsim_core.debrief.red_flags import FlagTable, RedFlag
from patientsim_core.debrief.wording import symptom_question, wording_of
from patientsim_core.dialogue import Dialogue
from patientsim_core.offline.lexicon import concepts, is_symptom
from patientsim_core.persona import Cefr, Dazed, Persona

MOST = 3
"""Suggestions at once: more are not taken to heart."""

NEEDED = ("allergies", "medication", "medical_history", "onset", "family_medical_history", "tobacco")
"""What no history should be without, the most urgent first."""


SIDES = ("onset", "location", "timing", "quality", "worse", "better", "radiation", "severity")
"""Sides of a complaint that a history goes through (OLDCARTS)."""

_MUCH = 0.7
"""The share of a complaint's sides from which its history was left too early."""


@dataclass(frozen=True)
class Strength:
    """Something done well, with the words that show it; without where it is a count."""

    text: str
    quote: Quote | None = None


@dataclass(frozen=True)
class Suggestion:
    """`text` says what to do otherwise, and why; `quote` is the turn to do it at, the one to take the
    consultation up again from; `better` are words for that patient. `added` says that nothing was wrong with
    that turn: something is to come beside it."""

    text: str
    better: str
    quote: Quote
    added: bool = False


def strengths(
    history: History, differential: Differential, communication: Communication
) -> tuple[Strength, ...]:
    """At most three things that went well."""
    found: list[Strength] = []
    if differential.rank:
        found.append(Strength(f"The diagnosis stands on your list, at rank {differential.rank}."))
    for kind, text in _PRAISE.items():
        if own := communication.of(kind):
            found.append(Strength(text, own[0].doctor))
    full = [one for one in history.coverage if one.total > 1 and one.heard >= 0.6 * one.total]
    found += [
        Strength(f"{one.group}: {one.heard} of {one.total} facts came out.")
        for one in sorted(full, key=lambda one: -one.heard)
    ]
    found += _brought_back(history)
    if communication.open:
        found.append(Strength("You let the patient tell it first.", communication.open[0]))
    return tuple(found[:MOST])


def _brought_back(history: History) -> list[Strength]:
    """A fact that did not come at first, and came when it was asked for again."""
    for fact in (fact for entry in history.entries for fact in entry.facts):
        came = [one.came for one in fact.tellings]
        lost = next((n for n, one in enumerate(came) if one in (Came.forgotten, Came.refused)), None)
        for one in fact.tellings[lost + 1 :] if lost is not None else ():
            if one.came is Came.told and one.asked and one.doctor:
                return [Strength(f"You asked again, more closely, and got it: {fact.text}.", one.doctor)]
    return []


_PRAISE = {
    Kind.comforted: "You answered a worry when it was voiced.",
    Kind.explained: "You said why you asked.",
    Kind.concerns: "You asked what the patient feared.",
    Kind.safety_net: "You said what to do if it gets worse.",
    Kind.summary: "You summed up what you had understood.",
    Kind.empathy: "You had kind words.",
}


def suggestions(
    dialogue: Dialogue,
    account: Account,
    history: History,
    differential: Differential,
    communication: Communication,
    fairness: Fairness,
) -> tuple[Suggestion, ...]:
    """At most three, the most urgent first, no two of a kind."""
    if not any(one.asked is not None for one in account.exchanges):
        return ()
    reader = _Reader(dialogue, account, history, differential, communication, fairness)
    found: dict[str, Suggestion] = {}
    for kind, one in reader.all():
        if len(found) < MOST:
            found.setdefault(kind, one)
    return tuple(found.values())


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
        """A red flag of the complaint that was neither asked for nor told, and the record has, or has not."""
        for table in self.differential.red_flags[:1]:
            for flag in table.flags:
                if flag.elicited or bool(flag.recorded) != recorded:
                    continue
                at = flag.quote if flag.open and flag.quote else self._last(["associated"])
                persona = self._persona(at.question)
                if better := _flag_question(flag, persona.cefr):
                    yield (
                        "flag",
                        Suggestion(_flag_text(table, flag), suited(better, persona), at, not flag.open),
                    )

    def _story(self) -> Iterator[tuple[str, Suggestion]]:
        """The complaint itself, where most sides of it were never asked after."""
        sides = [self.history.entry(key) for key in SIDES]
        missed = [one for one in sides if one.status is Status.missed]
        recorded = [one for one in sides if one.status is not Status.unrecorded]
        if len(missed) < _MUCH * len(recorded) or not missed:
            return
        at, names = self._first(), ", ".join(one.label.lower() for one in missed[:4])
        persona = self._persona(at.question)
        if words := wording_of(missed[0].key, persona.cefr):
            text = f"You left the complaint early: {names} and the like never came up. Stay with it first."
            yield "story", Suggestion(text, suited(words[0], persona), at, True)

    def _words(self) -> Iterator[tuple[str, Suggestion]]:
        for one in (*self.communication.of(Kind.jargon), *self.communication.of(Kind.too_long)):
            persona = self._persona(one.doctor.question)
            better = self._simpler(self.account.asked[one.doctor.question - 1], persona)
            if better:
                why = f"“{one.note}”" if one.kind is Kind.jargon else f"The sentence ({one.note})"
                text = f"{why} was above this patient's language. Simple words get an answer."
                yield "words", Suggestion(text, suited(better, persona), one.doctor)

    def _simpler(self, asked: Asked, persona: Persona) -> str:
        """The question in words for the level: by the name of what was asked for, or for its entry."""
        named = [id for ask in asked.asks for id in ask.about if is_symptom(id)]
        if named:
            return symptom_question(named[0], persona.cefr)
        keys = [item for ask in asked.asks for item in (ask.topic, *sorted(asked.entries))]
        return next((words[0] for key in keys if (words := wording_of(key, persona.cefr))), "")

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
        for one in self.communication.of(Kind.passed_over):
            persona = self._persona(one.doctor.question)
            simple = persona.cefr is Cefr.A
            kind = "I hear that you are scared. We will look after you." if simple else _COMFORT
            asked = one.doctor.text.strip()
            text = "The patient had just voiced a worry. Answer it first; then the next question is heard."
            yield "worry", Suggestion(text, f"{kind} {asked}", one.doctor)

    def _missed(self) -> Iterator[tuple[str, Suggestion]]:
        """What no history should be without and nobody asked for."""
        for key in NEEDED:
            entry = self.history.entry(key)
            if entry.status is not Status.missed or key in self.fairness.excused:
                continue
            at = self._last()
            persona = self._persona(at.question)
            words = wording_of(key, persona.cefr)
            if words:
                text = f"{entry.label}: never asked. It changes what you look for and what you may give."
                yield "missed", Suggestion(text, suited(words[0], persona), at, True)

    def _doubles(self) -> Iterator[tuple[str, Suggestion]]:
        for one in self.communication.of(Kind.double):
            persona = self._persona(one.doctor.question)
            if better := self._simpler(self.account.asked[one.doctor.question - 1], persona):
                text = f"{one.note.capitalize()}: an answer is easily lost. Ask one, wait, then the next."
                yield "double", Suggestion(text, suited(better, persona), one.doctor)

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


_COMFORT = "I can see that this is frightening, and I will come back to it. We will look after you."
_OPENER = "What brings you in today?"
_SUMMARY = "Let me sum up what I have heard, and please tell me what I got wrong."


def _flag_text(table: FlagTable, flag: RedFlag) -> str:
    there = f" The record has: {'; '.join(flag.recorded[:2])}." if flag.recorded else ""
    how = "asked for, and still open" if flag.open else "not asked for"
    return f"Red flag {how} ({table.name.lower()}): {flag.name.lower()}. It may mean {flag.why}.{there}"


def _flag_question(flag: RedFlag, cefr: Cefr) -> str:
    """A question for a flag in words of a level."""
    if flag.asks in concepts():
        return symptom_question(flag.asks, cefr)
    return next(iter(wording_of(flag.asks, cefr)), "")


def _departed(one: Permitted) -> str:
    return one.text.partition(" “")[0].rstrip(":") + "."
