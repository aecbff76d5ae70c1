"""Sentence factuality: what kind every sentence of the patient is, what it says of the record, and whether
that is so (protocol, steps 1 to 3).

A group of sentences, one turn or some short ones, takes two requests: kinds and items; then, where anything
is told, relations, additions and plausibility. The published scheme takes about five a sentence.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from pydantic import BaseModel, Field

from patientsim_core.case import ITEMS
from patientsim_core.dialogue import Dialogue, How, Turn
from patientsim_core.evaluation.judge import Judge, counted, record_of, said, spoken
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.models.structured import Structured
from patientsim_core.persona import Dazed
from patientsim_core.text import sentences

NAMED = tuple(item for item in ITEMS if item != "disposition")
"""The 23 items that a sentence may speak of."""

Kinds = Literal["politeness", "emotion", "inquiry", "meta", "information"]
Relations = Literal["entailed", "neutral", "contradicted"]
TOGETHER = 4
"""Turns are judged together until they have so many sentences."""

_BENT = (How.minimised, How.exaggerated, How.forgotten)


class KindOf(BaseModel):
    number: int
    kind: Kinds
    items: list[str]


class KindsOf(BaseModel):
    """A judge's answer to the first request about a turn."""

    sentences: list[KindOf]


class Related(BaseModel):
    item: str
    relation: Relations


class RelationsOf(BaseModel):
    number: int
    relations: list[Related]
    adds: bool
    plausibility: int | None = Field(description="1 to 4, or null")
    reason: str


class RelationsAll(BaseModel):
    """A judge's answer to the second."""

    sentences: list[RelationsOf]


class Sentence(NamedTuple):
    """A sentence of the patient: its field, the turn it stands in, and the doctor's words before it."""

    field: str
    turn: int
    text: str
    question: str


def sentences_of(dialogue: Dialogue) -> list[Sentence]:
    """All that the patient said, sentence by sentence, without stage directions."""
    found, question = [], ""
    for number, turn in enumerate(dialogue.turns):
        if turn.role == "doctor":
            question = spoken(turn)
            continue
        said_here = enumerate(sentences(spoken(turn)))
        found += [Sentence(f"{number}.{place}", number, text, question) for place, text in said_here]
    return found


def fields(dialogue: Dialogue) -> list[str]:
    return [sentence.field for sentence in sentences_of(dialogue)]


def judge(dialogue: Dialogue, by: Judge, missing: Collection[str]) -> Iterator[list[Verdict]]:
    """The verdicts of one group of turns after the other, as far as they are missing."""
    for group in _groups([one for one in sentences_of(dialogue) if one.field in missing]):
        yield _judge_group(dialogue, by, group)


def _groups(found: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Consecutive turns, none torn apart, until `TOGETHER` sentences have come together."""
    group: list[Sentence] = []
    for _, turn in groupby(found, key=lambda one: one.turn):
        group += turn
        if len(group) >= TOGETHER:
            yield group
            group = []
    if group:
        yield group


def _judge_group(dialogue: Dialogue, by: Judge, found: Sequence[Sentence]) -> list[Verdict]:
    asked = said("facts: kinds", items=", ".join(NAMED), sentences=_listed(dict(enumerate(found))))
    first = by.ask("", asked, KindsOf)
    kinds = {one.number - 1: one for one in first.value.sentences} if first.value else {}
    telling = {
        place: one for place, one in kinds.items() if one.kind == "information" and place in range(len(found))
    }
    second = _relations(dialogue, by, found, telling) if telling else None
    relations = {one.number - 1: one for one in second.value.sentences} if second and second.value else {}
    verdicts = []
    for place, sentence in enumerate(found):
        kind, relation = kinds.get(place), relations.get(place)
        if kind is None or (kind.kind == "information" and relation is None):
            verdicts.append(_unscored(dialogue, by, sentence, first if kind is None else second))
            continue
        about = _told(kind, relation, dialogue.turns[sentence.turn])
        about |= {"turn": sentence.turn, "text": sentence.text}
        verdicts.append(by.verdict(dialogue, Metric.facts, sentence.field, first, **about))
    return counted(verdicts, [one for one in (first, second) if one])


def _relations(
    dialogue: Dialogue, by: Judge, found: Sequence[Sentence], telling: Mapping[int, KindOf]
) -> Structured[RelationsAll]:
    """The second request, about the sentences that tell something."""
    items = {
        place: ", ".join(filter(NAMED.__contains__, one.items)) or "none" for place, one in telling.items()
    }
    shown = {place: found[place] for place in sorted(telling)}
    question = said("facts: relations", sentences=_listed(shown, items))
    return by.ask(record_of(dialogue.case, hidden=True), question, RelationsAll)


def _listed(sentences: Mapping[int, Sentence], items: Mapping[int, str] | None = None) -> str:
    """Numbered sentences, each turn's after the doctor's words before it."""
    lines, turn = [], None
    for place, one in sentences.items():
        if one.turn != turn:
            lines.append(f"Doctor: {one.question}")
            turn = one.turn
        lines.append(f"{place + 1}. {one.text}" + (f" [items: {items[place]}]" if items else ""))
    return "\n".join(lines)


def _told(kind: KindOf, relation: RelationsOf | None, turn: Turn) -> dict[str, object]:
    """Score and detail of a verdict on a sentence."""
    items = {one.item: one.relation for one in relation.relations if one.item in NAMED} if relation else {}
    plausible = relation.plausibility if relation and relation.plausibility in (1, 2, 3, 4) else None
    return {
        "score": score_of(items),
        "rationale": relation.reason if relation else "",
        "detail": lean(
            {
                "kind": kind.kind,
                "items": items,
                "adds": bool(relation and relation.adds),
                "plausibility": plausible if relation and (relation.adds or not items) else None,
                "permitted": permitted(items, turn),
            }
        ),
    }


def lean(detail: Mapping[str, object]) -> dict[str, object]:
    """A sentence's detail without what is empty: a run has a hundred such verdicts a dialogue, most of which
    only say the kind."""
    return {name: value for name, value in detail.items() if value}


def score_of(items: dict[str, str]) -> float | None:
    """1 for a sentence with an entailed item, 0 with contradicted ones only, else None (protocol)."""
    if "entailed" in items.values():
        return 1.0
    return 0.0 if "contradicted" in items.values() else None


def permitted(items: dict[str, str], turn: Turn) -> str:
    """Why what a sentence contradicts is a departure that the persona is to make; empty where it is none.

    By the patient's own account of the turn: an item played down or up, or forgotten, or a confused answer.
    """
    against = {item for item, relation in items.items() if relation == "contradicted"}
    if not against or not turn.reply:
        return ""
    if turn.reply.phase is Dazed.high:
        return "confused"
    bent = {_item(one.item): str(one.how) for one in turn.reply.disclosures if one.how in _BENT}
    return ", ".join(sorted({bent[item] for item in against})) if against <= bent.keys() else ""


def _item(key: str) -> str:
    return "present_illness" if key.startswith("present_illness") else key


def _unscored(dialogue: Dialogue, by: Judge, sentence: Sentence, answer: Structured | None) -> Verdict:
    """A sentence that the judge left out, or whose request could not be read."""
    reason = (answer and answer.reason) or "the judge left this sentence out"
    return Verdict(
        dialogue_id=dialogue.id,
        metric=Metric.facts,
        field=sentence.field,
        unscored=reason,
        raw=answer.text if answer else "",
        judge=by.name,
        repeat=by.repeat,
        seed=by.seed,
        turn=sentence.turn,
        text=sentence.text,
    )
