"""What the history implies about the patient now: nothing is remembered between calls."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from patientsim_core.case import Case
from patientsim_core.dialogue import How, Turn
from patientsim_core.disclosure import read_reply
from patientsim_core.errors import InputError
from patientsim_core.facts import Fact
from patientsim_core.offline.comprehend import baffles, words_explained
from patientsim_core.offline.follow import understand
from patientsim_core.offline.understand import Ask, Understanding
from patientsim_core.persona import Dazed
from patientsim_core.text import sentences

REASSURANCES_A_PHASE = 4
"""Reassuring turns until confusion fades by one phase; the protocol says every 4-5 turns."""

FRESH_TURNS = 6
"""A sentence is not said again within this many of the patient's turns."""

_PHASES = (Dazed.normal, Dazed.moderate, Dazed.high)


@dataclass(frozen=True)
class State:
    """Where the consultation stands at the doctor's last turn.

    `asked` counts earlier questions that were answered; `told`, `bent` (played down or up) and `refused`
    hold facts by (item, text); `unlocked` are items whose refusal was followed by an explanation; `trust`
    counts explanations, `reassurances` reassuring turns; `explained` are words whose meaning the
    doctor has told; `recent` are sentences not to be said again yet.
    """

    now: Understanding
    phase: Dazed
    turn: int
    reassurances: int
    trust: int
    asked: Counter[tuple[str, tuple[str, ...]]]
    told: frozenset[tuple[str, str]]
    bent: frozenset[tuple[str, str]]
    refused: tuple[tuple[str, str], ...]
    unlocked: frozenset[str]
    explained: frozenset[str]
    recent: frozenset[str]

    def times_asked(self, ask: Ask) -> int:
        """How often the same was asked, and answered, before."""
        return self.asked[(ask.topic, ask.about)]

    def was_told(self, fact: Fact) -> bool:
        return (fact.item, fact.text) in self.told


def dazed_phase(start: Dazed, reassurances: int) -> Dazed:
    """The phase after so many reassuring turns; without reassurance confusion stays."""
    return _PHASES[max(0, _PHASES.index(start) - reassurances // REASSURANCES_A_PHASE)]


def read_state(case: Case, history: Sequence[Turn], facts: Sequence[Fact], start: Dazed) -> State:
    """The state at the end of a history that ends with the doctor; raises InputError for others."""
    if not history or history[-1].role != "doctor":
        raise InputError("history: must end with a doctor's turn for the patient to answer.")
    doctor = understand([turn.text for turn in history if turn.role == "doctor"])
    asked: Counter[tuple[str, tuple[str, ...]]] = Counter()
    told: set[tuple[str, str]] = set()
    bent: set[tuple[str, str]] = set()
    refused: list[tuple[str, str]] = []
    unlocked: set[str] = set()
    number = -1
    for turn in history:
        if turn.role == "doctor":
            number += 1
            if "explanation" in doctor[number].acts:
                unlocked |= {item for item, _ in refused}
            continue
        disclosures = turn.reply.disclosures if turn.reply else read_reply(turn.text, facts)
        told |= {(d.item, d.fact) for d in disclosures if d.how.reached}
        bent |= {(d.item, d.fact) for d in disclosures if d.how in (How.minimised, How.exaggerated)}
        refused += [(d.item, d.fact) for d in disclosures if d.how is How.refused]
        if number >= 0 and _understood(case, turn, doctor[number].text):
            asked.update((ask.topic, ask.about) for ask in doctor[number].asks)
    reassurances = sum(read.reassures for read in doctor)
    spoken = [turn.text for turn in history if turn.role == "patient"][-FRESH_TURNS:]
    return State(
        now=doctor[-1],
        phase=dazed_phase(start, reassurances),
        turn=len(doctor),
        reassurances=reassurances,
        trust=sum("explanation" in read.acts for read in doctor),
        asked=asked,
        told=frozenset(told),
        bent=frozenset(bent),
        refused=tuple(pair for pair in refused if pair not in told),
        unlocked=frozenset(unlocked),
        explained=words_explained(turn.text for turn in history if turn.role == "doctor"),
        recent=frozenset(key(sentence) for text in spoken for sentence in sentences(text)),
    )


def _understood(case: Case, answer: Turn, question: str) -> bool:
    """Whether an earlier question reached the patient, as far as the turn kept who answered."""
    if answer.reply and (
        answer.reply.phase is Dazed.high or any(d.how is How.not_understood for d in answer.reply.disclosures)
    ):
        return False
    return not (answer.persona and baffles(question, answer.persona.cefr, case))


@lru_cache(maxsize=8192)
def key(sentence: str) -> str:
    """A sentence as it is compared: without case and punctuation."""
    return "".join(char for char in sentence.lower() if char.isalnum() or char == " ").strip()
