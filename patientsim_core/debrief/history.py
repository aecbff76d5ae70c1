"""The history map: every fact of the record, what came of it, and the words that brought it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from patientsim_core.case import HIDDEN, Case
from patientsim_core.debrief.account import Account
from patientsim_core.debrief.answer import Came, Line
from patientsim_core.debrief.course import Moment, Repeat, repeats, timeline
from patientsim_core.debrief.layout import SAMPLE, TRIAGE, Place, entry_of, hidden_of, places
from patientsim_core.debrief.quotes import Quote, answer, quote
from patientsim_core.dialogue import Dialogue
from patientsim_core.facts import Fact


class Status(StrEnum):
    """What came of a fact, or of an entry with several."""

    elicited = "elicited"
    volunteered = "volunteered"
    partly = "partly"
    wrong = "given wrongly"
    refused = "refused"
    forgotten = "forgotten"
    unanswered = "asked, not answered"
    missed = "missed"
    triage = "known from triage"
    unrecorded = "not recorded"
    hidden = "not known to the patient"

    @property
    def heard(self) -> bool:
        """Whether the doctor heard of it, wholly or in part, and not only wrongly."""
        return self in (Status.elicited, Status.volunteered, Status.partly)

    @property
    def asked_in_vain(self) -> bool:
        return self in (Status.wrong, Status.refused, Status.forgotten, Status.unanswered)


@dataclass(frozen=True)
class Telling:
    """One answer that was about a fact. `asked` is False for what was volunteered, `whole` for a shortened
    value; `inferred` marks what was read from the words, not kept by the patient's engine. `doctor` is None
    where the patient spoke first."""

    came: Came
    asked: bool
    whole: bool
    inferred: bool
    doctor: Quote | None
    patient: Quote


@dataclass(frozen=True)
class FactLine:
    """One fact of the record in the record's words; `lacks` what is not out of one that is known in part."""

    item: str
    text: str
    status: Status
    tellings: tuple[Telling, ...] = ()
    lacks: str = ""


@dataclass(frozen=True)
class Entry:
    """A line of the map: an item of the record, or a side of the complaint."""

    key: str
    label: str
    group: str
    sample: str
    status: Status
    facts: tuple[FactLine, ...] = ()

    @property
    def first(self) -> int | None:
        """The number of the question at which the first of it came out, None if nothing did."""
        found = [
            telling.patient.question
            for fact in self.facts
            for telling in fact.tellings
            if telling.came.reached
        ]
        return min(found, default=None)


@dataclass(frozen=True)
class Coverage:
    """How much of a group came out: of `total` facts that the record has, `heard` came out, not only wrongly,
    and `asked` were asked for, answered or not."""

    group: str
    heard: int
    asked: int
    total: int

    @property
    def share(self) -> float | None:
        """0-1; None for a group of which the record has nothing."""
        return self.heard / self.total if self.total else None


@dataclass(frozen=True)
class History:
    entries: tuple[Entry, ...]
    coverage: tuple[Coverage, ...]
    sample: tuple[Coverage, ...]
    repeats: tuple[Repeat, ...]
    timeline: tuple[Moment, ...]

    @property
    def share(self) -> float | None:
        """How much of the record came out, 0-1; None for a record without facts."""
        whole = Coverage(
            "", *(sum(getattr(one, what) for one in self.coverage) for what in ("heard", "asked", "total"))
        )
        return whole.share

    def entry(self, key: str) -> Entry:
        """An entry by its key; raises KeyError for what is none."""
        return {one.key: one for one in self.entries}[key]


def history(dialogue: Dialogue, account: Account) -> History:
    """The map of a dialogue, from the account of it."""
    entries = tuple(_entry(place, dialogue, account) for place in places().values())
    groups = dict.fromkeys(one.group for one in entries)
    return History(
        entries=entries,
        coverage=tuple(_coverage(name, [one for one in entries if one.group == name]) for name in groups),
        sample=tuple(
            _coverage(name, [one for one in entries if one.sample == letter])
            for letter, name in SAMPLE.items()
        ),
        repeats=repeats(dialogue, account),
        timeline=timeline({one.key: one.first for one in entries}),
    )


def _entry(place: Place, dialogue: Dialogue, account: Account) -> Entry:
    facts = [fact for fact in account.facts if entry_of(fact) == place.key]
    lines = tuple(_fact(fact, dialogue, account.lines) for fact in facts)
    if place.key in HIDDEN:
        lines = (FactLine(place.key, hidden_of(dialogue.case, place.key), Status.hidden),)
    status = _status(place.key, lines, dialogue.case)
    return Entry(place.key, place.label, place.group, place.sample, status, lines)


def _fact(fact: Fact, dialogue: Dialogue, lines: Sequence[Line]) -> FactLine:
    own = [line for line in lines if line.fact == fact]
    status = _came(fact, own)
    lacks = next((line.lacks for line in reversed(own) if line.lacks), "") if status is Status.partly else ""
    return FactLine(fact.item, fact.text, status, tuple(_telling(line, dialogue) for line in own), lacks)


def _telling(line: Line, dialogue: Dialogue) -> Telling:
    turns, exchange = dialogue.turns, line.exchange
    doctor = quote(turns, exchange.asked) if exchange.asked is not None else None
    patient = answer(turns, exchange.answered or 0, line.sentence)
    return Telling(line.came, line.asked, line.whole, line.inferred, doctor, patient)


def _came(fact: Fact, lines: Sequence[Line]) -> Status:
    """What came of one fact over all answers: the best of them, for a trainee who asked again and got it."""
    told = [line for line in lines if line.came is Came.told]
    if told:
        if not any(line.whole for line in told):
            return Status.partly
        return Status.elicited if any(line.asked for line in lines) else Status.volunteered
    came = {line.came for line in lines}
    if came & {Came.minimised, Came.exaggerated, Came.otherwise}:
        return Status.wrong
    if Came.refused in came:
        return Status.refused
    if Came.forgotten in came:
        return Status.forgotten
    if came:
        return Status.unanswered
    return Status.triage if fact.item in TRIAGE else Status.missed


def _status(key: str, facts: Sequence[FactLine], case: Case) -> Status:
    """What came of an entry: all of it, a part, or, of what did not come out, the most telling reason."""
    if key in HIDDEN:
        return Status.hidden
    if not facts:
        return Status.triage if key in TRIAGE else Status.unrecorded
    found = [fact.status for fact in facts]
    if all(one is found[0] for one in found):
        return found[0]
    if all(one in (Status.elicited, Status.volunteered) for one in found):
        return Status.elicited
    if any(one.heard for one in found):
        return Status.partly
    order = (Status.wrong, Status.refused, Status.forgotten, Status.unanswered, Status.missed)
    return next(one for one in order if one in found)


def _coverage(name: str, entries: Sequence[Entry]) -> Coverage:
    facts = [
        fact
        for entry in entries
        for fact in entry.facts
        if fact.status not in (Status.hidden, Status.triage, Status.unrecorded)
    ]
    heard = [fact for fact in facts if fact.status.heard]
    asked = [fact for fact in facts if any(one.asked for one in fact.tellings)]
    return Coverage(name, len(heard), len(asked), len(facts))
