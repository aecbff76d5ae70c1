"""A judged dialogue, sentence by sentence: what each judge says of it, against what the record has."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from patientsim_core.case import ITEMS, Case, item_of
from patientsim_core.cue import cue
from patientsim_core.dialogue import Dialogue, Reply, Turn
from patientsim_core.evaluation import facts
from patientsim_core.evaluation.judge import spoken
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.facts import facts_of
from patientsim_core.models import OFFLINE
from patientsim_core.offline.disclose import look_up
from patientsim_core.prompt import item_text
from patientsim_core.state import read_state
from patientsim_core.storage.index_rows import (
    CONTRADICTED,
    ENTAILED,
    INFORMS_NOT,
    NONE,
    PERMITTED,
    UNREAD,
    UNSUPPORTED,
    mark_of,
)


class Mark(NamedTuple):
    """How a sentence is marked: a word, what it means, a colour, and the name of an icon, so that the colour
    never is the only sign. What tells nothing of the patient has neither."""

    word: str
    meaning: str
    color: str = ""
    icon: str = ""


MARKS = {
    ENTAILED: Mark("entailed", "so in the record", "green", "check"),
    CONTRADICTED: Mark("contradicted", "not so in the record", "red", "close"),
    PERMITTED: Mark(
        "contradicted with permission",
        "not so in the record, and the persona is to say it",
        "orange",
        "theater_comedy",
    ),
    UNSUPPORTED: Mark("unsupported", "not in the record; plausibility 1 to 4", "blue", "add"),
    INFORMS_NOT: Mark("tells nothing", "nothing about the patient"),
    UNREAD: Mark("unscored", "the judge's answer could not be read", "gray", "question_mark"),
    NONE: Mark("not judged", "nothing said of it, or only how plausible it is", "gray", "pending"),
}
"""By the character that stands for it in the index."""


class Spoken(NamedTuple):
    """An item of the record that a sentence speaks of, by one judge: its label, the relation (`entailed`,
    `neutral`, `contradicted`, `mentioned`) and what the record has, empty where it has nothing."""

    label: str
    relation: str
    recorded: str


class Sentence(NamedTuple):
    """A sentence of the patient, with all verdicts on it."""

    field: str
    text: str
    verdicts: tuple[Verdict, ...] = ()

    def by(self, judge: str) -> list[Verdict]:
        return [one for one in self.verdicts if one.judge == judge]

    def mark(self, judge: str) -> str:
        """The key of its mark by a judge, that of the first judgement that says anything, as in the index."""
        marks = (mark_of(one) for one in self.by(judge))
        return next((mark for mark in marks if mark != NONE), NONE)

    def plausibility(self, judge: str) -> int | None:
        """1-4, where the judge gave one."""
        return next((found for one in self.by(judge) if (found := one.detail.get("plausibility"))), None)


class MarkedTurn(NamedTuple):
    """A turn by its place in the dialogue; `question` counts the doctor's from 1. Only a patient's has
    sentences."""

    place: int
    turn: Turn
    question: int
    sentences: tuple[Sentence, ...] = ()

    @property
    def directions(self) -> str:
        """The text as it was written, where stage directions were taken out of the sentences."""
        written = " ".join(self.turn.text.split())
        return written if self.turn.role == "patient" and written != spoken(self.turn) else ""


class Marked:
    """A dialogue with its verdicts, each at the sentence that it is about."""

    def __init__(self, dialogue: Dialogue, verdicts: Sequence[Verdict]):
        self.dialogue, self.verdicts = dialogue, list(verdicts)
        own = facts.sentences_of(dialogue)
        at: dict[str, list[Verdict]] = {one.field: [] for one in own}
        self.elsewhere: list[Verdict] = []
        """Verdicts on what is no sentence here: others divide and number sentences in ways of their own."""
        for verdict in self.verdicts:
            if verdict.metric is Metric.facts:
                field = _field(verdict, own)
                (self.elsewhere if field is None else at[field]).append(verdict)
        self._sentences = [Sentence(one.field, one.text, tuple(at[one.field])) for one in own]
        self._turns = {one.field: one.turn for one in own}

    @cached_property
    def turns(self) -> list[MarkedTurn]:
        found, question = [], 0
        for place, turn in enumerate(self.dialogue.turns):
            question += turn.role == "doctor"
            own = tuple(one for one in self._sentences if self._turns[one.field] == place)
            found.append(MarkedTurn(place, turn, question, own))
        return found

    @property
    def judges(self) -> list[str]:
        """Who judged sentences, in the order first seen."""
        return list(dict.fromkeys(one.judge for one in self.verdicts if one.metric is Metric.facts))

    def counts(self, judge: str) -> dict[str, int]:
        """How many sentences have each mark by a judge, in the order of `MARKS`; none that does not occur."""
        found = Counter(one.mark(judge) for one in self._sentences)
        return {key: found[key] for key in MARKS if found[key]}

    def against(self, judge: str) -> dict[str, Counter[str]]:
        """Item of the record -> how many sentences are so, or not so, by a judge: counts by mark."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for one in (verdict for verdict in self.verdicts if verdict.metric is Metric.facts):
            relations = one.detail.get("items") if one.judge == judge and one.repeat == 1 else None
            for item, relation in relations.items() if isinstance(relations, dict) else ():
                wrong = PERMITTED if mark_of(one) == PERMITTED else CONTRADICTED
                if mark := {"entailed": ENTAILED, "contradicted": wrong}.get(str(relation)):
                    found[item_of(item)][mark] += 1
        return found

    def sentence(self, field: str) -> Sentence | None:
        """The sentence that a verdict of this field is about, else the one with the field as its own."""
        judged = (one for one in self._sentences if any(verdict.field == field for verdict in one.verdicts))
        named = (one for one in self._sentences if one.field == field)
        return next(judged, None) or next(named, None)


def _field(verdict: Verdict, own: Sequence[facts.Sentence]) -> str | None:
    """The sentence that a verdict is about. Its text decides where it has one: another way of dividing the
    same reply gives the same number to other words."""
    text = _bare(verdict.text)
    named = [one for one in own if one.field == verdict.field and text in ("", _bare(one.text))]
    alike = [one for one in own if text and one.turn == verdict.turn and _bare(one.text) == text]
    return next((one.field for one in [*named, *alike]), None)


def _bare(text: str) -> str:
    return " ".join(text.split())


def items_of(case: Case, verdict: Verdict) -> list[Spoken]:
    """The items that a sentence speaks of, as a judge sees it, those with a relation first."""
    relations = verdict.detail.get("items")
    found = dict(relations) if isinstance(relations, dict) else {}
    mentions = verdict.detail.get("mentions")
    for item in mentions if isinstance(mentions, list) else ():
        found.setdefault(str(item), "mentioned")
    return [
        Spoken(ITEMS.get(item, item), str(relation), item_text(case, item) if item in ITEMS else "")
        for item, relation in found.items()
    ]


def stage_note(dialogue: Dialogue, place: int) -> str:
    """The note that stood beside the doctor's words before a reply, as this version of the project writes it;
    empty where no model played the patient."""
    turn, before = dialogue.turns[place], dialogue.turns[:place]
    if turn.role != "patient" or (turn.model or dialogue.model) == OFFLINE:
        return ""
    if not before or before[-1].role != "doctor":
        return ""
    persona, known = turn.persona or dialogue.persona, facts_of(dialogue.case)
    state = read_state(dialogue.case, before, known, persona.dazed)
    return cue(dialogue.case, persona, state, look_up(dialogue.case, persona, known, state))


def account(reply: Reply) -> list[tuple[str, str, str]]:
    """What a reply tells of the record by its own account: the item's label, the fact, and how it left the
    patient's mouth."""
    found = []
    for one in reply.disclosures:
        about = [str(one.how), "asked" if one.asked else "volunteered"]
        about += ["read from the text"] if one.inferred else []
        found.append((ITEMS.get(item_of(one.item), one.item), one.fact, ", ".join(about)))
    return found


def guarded(reply: Reply) -> list[str]:
    """What the guard did to a reply, and why."""
    return [f"{one.action}: {one.reason}" for one in reply.guard]


def to_json(dialogue: Dialogue, verdicts: Sequence[Verdict]) -> str:
    """The whole dialogue and all verdicts on it, as one object."""
    data = {
        "dialogue": dialogue.model_dump(mode="json"),
        "verdicts": [one.model_dump(mode="json", exclude_defaults=True) for one in verdicts],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
