"""A debrief in sections of plain words, as every document of it shows them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from patientsim_core.debrief.answer import Came
from patientsim_core.debrief.communication import Kind
from patientsim_core.debrief.debriefing import Debrief
from patientsim_core.debrief.history import Entry, FactLine, Status
from patientsim_core.debrief.quotes import Quote
from patientsim_core.debrief.red_flags import RedFlag
from patientsim_core.facts import LABELS

NOT_A_SCORE = (
    "This is feedback, not a score. It was read by rules from what was said; quotations are word for word, "
    "with the number of the question."
)

KEEP, CHANGE = "keep", "change"
"""Marks of what was noticed in the trainee's words."""

ASKED, UNASKED, OPEN = "asked", "told unasked", "asked, still open"
"""Marks of a red flag that was looked for, heard without, or asked for in vain."""


@dataclass(frozen=True)
class Line:
    """A line of a document: its text, what it is marked with, and the quotations under it."""

    text: str
    mark: str = ""
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class Section:
    title: str
    lines: tuple[Line, ...] = ()
    note: str = ""
    parts: tuple["Section", ...] = field(default=())


def sections(debrief: Debrief) -> list[Section]:
    """All sections in the order of the page; none is left out, so that an empty one says so."""
    return [
        Section(
            "What went well", tuple(Line(one.text, quotes=_some(one.quote)) for one in debrief.strengths)
        ),
        Section(
            "Next time",
            tuple(
                Line(
                    f"{one.text} For example: “{one.better}”",
                    f"{'after' if one.added else 'at'} question {one.quote.question}",
                    () if one.added else (one.quote,),
                )
                for one in debrief.suggestions
            ),
        ),
        Section("History", note=_coverage(debrief), parts=tuple(_groups(debrief))),
        Section(
            "Asked twice", tuple(Line(one.label, quotes=one.questions) for one in debrief.history.repeats)
        ),
        Section("When it came out", tuple(_timeline(debrief))),
        Section("Differential", tuple(_ranked(debrief)), f"The diagnosis: {debrief.differential.truth}"),
        Section("Red flags", parts=tuple(_flags(debrief))),
        Section("Communication", tuple(_talk(debrief)), _questions(debrief)),
        Section("What the patient was allowed", tuple(_allowed(debrief))),
        Section("Where the patient erred", tuple(_errors(debrief)), "Not counted against you."),
    ]


def _some(quote: Quote | None) -> tuple[Quote, ...]:
    return (quote,) if quote else ()


def _coverage(debrief: Debrief) -> str:
    groups, letters = (
        "; ".join(f"{one.group} {one.heard} of {one.total}" for one in covered if one.total)
        for covered in (debrief.history.coverage, debrief.history.sample)
    )
    return f"Facts heard: {groups}. By SAMPLE: {letters}."


def _groups(debrief: Debrief) -> Iterator[Section]:
    groups = dict.fromkeys(entry.group for entry in debrief.history.entries)
    for group in groups:
        own = [entry for entry in debrief.history.entries if entry.group == group]
        yield Section(group, tuple(line for entry in own for line in _entry(entry, debrief)))


def _entry(entry: Entry, debrief: Debrief) -> Iterator[Line]:
    excused = " (the patient erred)" if entry.key in debrief.fairness.excused else ""
    if len(entry.facts) < 2:
        fact = entry.facts[0] if entry.facts else None
        text = f"{entry.label}: {_bare(fact.text)}{_lacks(fact)}" if fact else entry.label
        yield Line(text, f"{entry.status}{excused}", _tellings(fact) if fact else ())
        return
    heard = sum(fact.status.heard for fact in entry.facts)
    yield Line(f"{entry.label}: {heard} of {len(entry.facts)}", f"{entry.status}{excused}")
    for fact in entry.facts:
        yield Line(f"– {fact.text}{_lacks(fact)}", str(fact.status), _tellings(fact))


def _lacks(fact: FactLine) -> str:
    return f" (not told: {fact.lacks})" if fact.lacks else ""


def _bare(fact: str) -> str:
    """The record's words without the side of the complaint that they begin with: the entry says it."""
    label, _, rest = fact.partition(":")
    return rest.strip() if label.strip().lower() in LABELS and rest.strip() else fact


def _tellings(fact: FactLine) -> tuple[Quote, ...]:
    """The question and the answer that brought a fact, or were to: the first that did, and the last."""
    found = [one for one in fact.tellings if one.came is not Came.unanswered] or list(fact.tellings)
    told = [one for one in found if one.came is Came.told] or found
    shown = dict.fromkeys((told[0], found[-1])) if found else ()
    return tuple(words for one in shown for words in (one.doctor, one.patient) if words)


def _timeline(debrief: Debrief) -> Iterator[Line]:
    labels = {entry.key: entry.label for entry in debrief.history.entries}
    for moment in debrief.history.timeline:
        yield Line(", ".join(labels[key] for key in moment.keys), f"question {moment.question}")


def _ranked(debrief: Debrief) -> Iterator[Line]:
    for one in debrief.differential.named:
        found = [
            f"{word}: {', '.join(finding.name for finding in findings)}"
            for word, findings in (("for it", one.supports), ("against it", one.against))
            if findings
        ]
        told = "; ".join(found) or ("nothing heard" if one.known else "what speaks for it is not known here")
        quotes = [finding.quote for finding in (*one.supports, *one.against) if finding.quote]
        yield Line(f"{one.rank}. {one.text}: {told}", str(one.match), tuple(dict.fromkeys(quotes)))
    if debrief.differential.unheard:
        yield Line(f"Not heard, and speaking for the diagnosis: {'; '.join(debrief.differential.unheard)}")


def _flags(debrief: Debrief) -> Iterator[Section]:
    for table in debrief.differential.red_flags:
        lines = tuple(
            Line(
                f"{flag.name} ({flag.why})",
                _mark(flag),
                _some(flag.quote),
            )
            for flag in table.flags
        )
        yield Section(table.name, lines, f"After: {'; '.join(table.sources)}.")


def _mark(flag: RedFlag) -> str:
    if flag.asked:
        return ASKED
    return UNASKED if flag.heard else OPEN if flag.open else str(Status.missed)


def _questions(debrief: Debrief) -> str:
    talk = debrief.communication
    nets = ", ".join(
        f"{'a' if there else 'no'} {name}"
        for name, there in (("summary", talk.summary), ("safety net", talk.safety_net))
    )
    return f"{len(talk.open)} open and {len(talk.closed)} closed questions; {nets}."


def _talk(debrief: Debrief) -> Iterator[Line]:
    for one in debrief.communication.observations:
        note = f" (“{one.note}”)" if one.kind is Kind.jargon else ""
        mark = KEEP if one.kind.good else CHANGE
        quotes = sorted((one.doctor, *_some(one.patient)), key=lambda words: words.turn)
        yield Line(f"{one.kind.capitalize()}{note}", mark, tuple(quotes))
    for band in debrief.communication.bands:
        yield Line(f"{band.criterion.replace('_', ' ').capitalize()}, by {band.judge}", band.band)


def _allowed(debrief: Debrief) -> Iterator[Line]:
    for one in debrief.fairness.permitted:
        yield Line(one.text, str(one.came), (one.quote,))


def _errors(debrief: Debrief) -> Iterator[Line]:
    for one in debrief.fairness.errors:
        yield Line(f"{one.fault.capitalize()}: {one.why} (by {one.judge})", quotes=(one.quote,))
