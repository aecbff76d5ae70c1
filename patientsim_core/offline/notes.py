"""What a doctor has noted by now: read anew from what was said, nothing is remembered between turns."""

from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache

from patientsim_core.case import Arrival
from patientsim_core.dialogue import Turn
from patientsim_core.offline.agenda import Item, cued, items_asked, lead_of, of_complaint
from patientsim_core.offline.data import table
from patientsim_core.offline.follow import lean
from patientsim_core.offline.hear import Heard, hear
from patientsim_core.offline.rank import Findings, past_from_drugs, purposes_of
from patientsim_core.offline.understand import Ask, Understanding, read_alone

FADES = 2
"""Answers to the point after which a confused patient needs no more calming."""

SECOND_LOOK = "complaint.severity_again"
"""The item that asks for the pain's number once more."""

SECONDS = {SECOND_LOOK: "complaint.severity", "follow.sputum_color": "follow.sputum"}
"""Items that are a second question for the same, and the first."""

OPENER = "complaint.opener"

LOW_PAIN = 4
"""A number up to which the pain is hardly what strong words say."""


@dataclass
class Notes:
    """The history so far.

    `settled` are items that need no question any more, `tries` how often each was put,
    `parts` how many questions each part of the history took, `explained` those
    whose reason was given, `cued` those with something concrete named. `asked_last` are the items of the
    last question and `heard` its answer; `streak` counts how often these were put in a row. `leads` and
    `lead_uses` tell in which round a kind of sentence was said last, and how often; `calming` for how many
    answers confusion is still to be reckoned with, `wasted` turns that brought nothing, `barren` those of
    them in a row.
    """

    arrival: Arrival
    rounds: int = 0
    settled: set[str] = field(default_factory=set)
    tries: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    explained: set[str] = field(default_factory=set)
    cued: set[str] = field(default_factory=set)
    leads: dict[str, int] = field(default_factory=dict)
    lead_uses: Counter[str] = field(default_factory=Counter)
    present: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    past: set[str] = field(default_factory=set)
    family: set[str] = field(default_factory=set)
    drugs: set[str] = field(default_factory=set)
    complaint: frozenset[str] = frozenset()
    asked_last: tuple[Item, ...] = ()
    heard: Heard = field(default_factory=Heard)
    streak: int = 0
    simple: bool = False
    calming: int = 0
    wasted: int = 0
    barren: int = 0
    pain: float | None = None
    pain_asked: int = 0
    strong: bool = False
    plays_down: bool = False
    impatient: int = 0
    question: Understanding = field(default_factory=lambda: Understanding(""))
    asks: tuple[Ask, ...] = ()
    answer: str = ""
    concluded: bool = False

    @property
    def findings(self) -> Findings:
        """What was heard, as diagnoses are ranked by."""
        denied = self.denied - self.present
        return Findings(
            age=self.arrival.age,
            gender=self.arrival.gender,
            transport=self.arrival.transport,
            present=frozenset(self.present),
            denied=frozenset(denied),
            past=frozenset(self.past),
            family=frozenset(self.family),
        )

    @property
    def confused(self) -> bool:
        return self.calming > 0

    @property
    def easy(self) -> bool:
        """Whether questions are best put in simple words: to a beginner, or to one who is confused."""
        return self.simple or self.confused

    @property
    def contradicts(self) -> bool:
        """Whether the number given for the pain is too small for the words."""
        low = self.pain is not None and 0 < self.pain <= LOW_PAIN
        return low and self.pain_asked == 1 and (self.strong or self.plays_down)

    def since(self, lead: str) -> int:
        """Rounds since a kind of sentence was last said; many where it never was."""
        return self.rounds - self.leads[lead] if lead in self.leads else 1_000


def read_notes(arrival: Arrival, history: Sequence[Turn]) -> Notes:
    """The notes at the end of a history; not to be changed."""
    said = tuple((turn.role, turn.text) for turn in history)
    for end in range(_AT_ONCE, len(said), _AT_ONCE):
        _noted(arrival, said[:end])  # from the front, so that no history is too long
    return _noted(arrival, said)


_AT_ONCE = 100
"""Turns that are read without a stop."""


@lru_cache(maxsize=4096)
def _noted(arrival: Arrival, said: tuple[tuple[str, str], ...]) -> Notes:
    """The notes after what was said: those before the last turn, and that turn."""
    if not said:
        return Notes(arrival)
    notes = _written_on(_noted(arrival, said[:-1]))
    role, text = said[-1]
    if role == "doctor":
        _note_question(notes, text)
    else:
        notes.answer = f"{notes.answer} {text}".strip()
        _note_answer(notes, notes.answer)
    return notes


def _written_on(notes: Notes) -> Notes:
    """The same notes to write on."""
    own = {name: copy(value) for name, value in vars(notes).items() if isinstance(value, set | dict)}
    return replace(notes, **own)


def _note_question(notes: Notes, text: str) -> None:
    alone = read_alone(text)
    question = replace(alone, asks=lean(alone, notes.asks))
    notes.asks, notes.question, notes.answer = question.asks or notes.asks, question, ""
    notes.rounds += 1
    found = items_asked(question.asks, question.acts)
    if not all(of_complaint(ask, notes.complaint) for ask in question.asks):
        found = tuple(item for item in found if item.part == "follow")
    found = tuple(
        item for item in found if notes.tries[SECONDS.get(item.id, item.id)] or item.id not in SECONDS
    )
    notes.streak = notes.streak + 1 if found and found == notes.asked_last else 1
    notes.asked_last = found
    notes.tries.update(item.id for item in found)
    notes.parts.update(item.part for item in found[:1])
    if "explanation" in question.acts:
        notes.explained |= {item.id for item in found}
    notes.cued |= cued(question.asks)
    notes.pain_asked += any(ask.topic == "severity" for ask in question.asks)
    notes.concluded |= question.text.startswith("[DDX]")
    if lead := lead_of(question.text):
        notes.leads[lead] = notes.rounds
        notes.lead_uses[lead] += 1


def _note_answer(notes: Notes, answer: str) -> None:
    question = notes.question
    heard = hear(answer, question.text, question.asks)
    notes.heard = heard
    _note_manner(notes, heard)
    _note_findings(notes, heard, question)
    if not notes.rounds and heard.tells:
        notes.settled.add(OPENER)  # it spoke first
    limits = table("doctor")["limits"]
    for item in notes.asked_last:
        if _is_over(notes, item, heard, limits):
            notes.settled.add(item.id)


def _note_manner(notes: Notes, heard: Heard) -> None:
    moods = heard.moods
    notes.simple |= bool(moods & {"lost", "broken"})
    notes.plays_down |= "plays_down" in moods
    notes.impatient += bool(moods & {"impatient", "irritated"})
    if "confused" in moods:
        notes.calming = FADES
    elif heard.fits and notes.calming:
        notes.calming -= 1
    nothing = not heard.fits and not heard.tells
    notes.wasted += nothing
    notes.barren = notes.barren + 1 if nothing and "confused" not in moods else 0


def _note_findings(notes: Notes, heard: Heard, question: Understanding) -> None:
    topics = {ask.topic for ask in question.asks}
    notes.present |= heard.present | heard.signs
    notes.denied |= heard.denied
    notes.drugs |= heard.drugs | purposes_of(heard.drugs)
    notes.past |= heard.past | past_from_drugs(heard.drugs)
    notes.family |= heard.family
    if topics & {"opener", "more"} or not notes.complaint:
        notes.complaint |= heard.present
    if heard.pain is not None:
        notes.pain = heard.pain
        (notes.present if heard.pain else notes.denied).add("pain")
        notes.settled |= {"complaint.pain", "complaint.severity"}
    notes.strong |= heard.strong
    notes.settled |= {f"complaint.{side}" for side in heard.sides}


def _is_over(notes: Notes, item: Item, heard: Heard, limits: dict) -> bool:
    """Whether an item needs no question any more after this answer to it."""
    if heard.fits and (item.id != OPENER or heard.tells):
        return True
    if "confused" in heard.moods:
        notes.lost[item.id] += 1
        return notes.lost[item.id] >= limits["lost_tries"] * (2 if item.id == OPENER else 1)
    if "refused" in heard.moods:
        return item.id in notes.explained
    if "lost" in heard.moods or heard.empty or item.id == OPENER:
        return notes.tries[item.id] - notes.lost[item.id] >= limits["tries"]
    return True
