"""Disclosure: how much of the record comes out, and whether it was asked for.

From the patient's own account of each reply where its engine keeps one. Else a model judge reads it out of
the dialogue, in one request; without a model, rules do. `inferred` in the detail says that it was read.
Shares are of one dialogue, 0 to 1.
"""

from collections.abc import Collection, Iterator
from typing import Literal

from pydantic import BaseModel, Field

from patientsim_core.dialogue import Dialogue, Disclosure, How
from patientsim_core.disclosure import read_reply
from patientsim_core.evaluation.judge import Judge, conversation, counted, said
from patientsim_core.evaluation.verdict import RULES, Metric, Verdict
from patientsim_core.facts import Fact, facts_of
from patientsim_core.offline.disclose import look_up
from patientsim_core.offline.follow import understand
from patientsim_core.state import read_state

FIELDS = {
    "told": "share of the record's facts that came out",
    "volunteered": "share of the facts told that were not asked for",
    "refused": "share of the record's facts that were refused and never told",
    "forgotten": "share of the record's facts that were forgotten and never told",
    "bent": "share of the facts told that were played down or up",
    "concealed": "share of empty prompts (nothing was asked) that brought out no fact",
}


def fields(dialogue: Dialogue) -> list[str]:
    return list(FIELDS)


class Told(BaseModel):
    """Where a fact first came out, if it did, and how."""

    fact: int
    turn: int | None = Field(description="The number of the patient's turn, or null")
    how: Literal["told", "minimised", "exaggerated"]


class Telling(BaseModel):
    """A judge's answer: each fact once."""

    facts: list[Told]


def is_recorded(dialogue: Dialogue) -> bool:
    """Whether the patient's engine kept an account of what it disclosed."""
    told = [one for turn in dialogue.turns if turn.reply for one in turn.reply.disclosures]
    return bool(told) and not any(one.inferred for one in told)


def rules(dialogue: Dialogue) -> Iterator[Verdict]:
    """A verdict for each field; without a score where there is nothing to divide by."""
    facts = facts_of(dialogue.case)
    account = _account(dialogue, facts)
    inferred = any(one.inferred for turn in account for one in turn)
    scores = _scores(dialogue, facts, account)
    for field in FIELDS:
        about = {"score": scores[field], "detail": _detail(field, account, inferred)}
        yield Verdict(dialogue_id=dialogue.id, metric=Metric.disclosure, field=field, judge=RULES, **about)


def judge(dialogue: Dialogue, by: Judge, missing: Collection[str]) -> Iterator[list[Verdict]]:
    """One request for all fields that are missing."""
    facts = facts_of(dialogue.case)
    listed = "\n".join(f"{number}. {fact.item}: {fact.text}" for number, fact in enumerate(facts, 1))
    answer = by.ask(conversation(dialogue), said("disclosure", facts=listed), Telling)
    account = _read(dialogue, facts, answer.value) if answer.value else []
    scores = _scores(dialogue, facts, account)
    yield counted(
        [
            by.verdict(
                dialogue,
                Metric.disclosure,
                field,
                answer,
                score=scores[field],
                detail=_detail(field, account, inferred=True),
            )
            for field in FIELDS
            if field in missing
        ],
        [answer],
    )


def _read(dialogue: Dialogue, facts: list[Fact], telling: Telling) -> list[list[Disclosure]]:
    """The account of each reply by what a judge read; whether a fact was asked for is worked out as the
    built-in patient does it."""
    account = []
    for place, turn in enumerate(dialogue.turns):
        if turn.role != "patient":
            continue
        here = [one for one in telling.facts if one.turn == place and 1 <= one.fact <= len(facts)]
        asked = _asked(dialogue, facts, place)
        account.append(
            [
                Disclosure(item=fact.item, fact=fact.text, how=one.how, asked=fact in asked, inferred=True)
                for one in here
                if (fact := facts[one.fact - 1])
            ]
        )
    return account


def _asked(dialogue: Dialogue, facts: list[Fact], place: int) -> set[Fact]:
    """The facts that the doctor's words before a reply ask for."""
    before = dialogue.turns[:place]
    if not before or before[-1].role != "doctor":
        return set()
    state = read_state(dialogue.case, before, facts, dialogue.persona.dazed)
    return {fact for one in look_up(dialogue.case, dialogue.persona, facts, state) for fact in one.facts}


def _detail(field: str, account: list[list[Disclosure]], inferred: bool) -> dict[str, object]:
    return {"inferred": inferred, **({"by_turn": _by_turn(account)} if field == "told" else {})}


def _scores(
    dialogue: Dialogue, facts: list[Fact], account: list[list[Disclosure]]
) -> dict[str, float | None]:
    reached = {(one.item, one.fact): one for turn in account for one in turn if one.how.reached}
    scores = {
        "told": _share(len(reached), len(facts)),
        "volunteered": _share(sum(not one.asked for one in reached.values()), len(reached)),
        "bent": _share(sum(one.how is not How.told for one in reached.values()), len(reached)),
        "concealed": _concealed(dialogue, account),
    }
    for field, how in (("refused", How.refused), ("forgotten", How.forgotten)):
        missed = {(one.item, one.fact) for turn in account for one in turn if one.how is how} - reached.keys()
        scores[field] = _share(len(missed), len(facts))
    return scores


def _account(dialogue: Dialogue, facts: list[Fact]) -> list[list[Disclosure]]:
    """What each reply disclosed, in order. Imported replies have no account: what they tell counts as asked
    for, because nobody can say otherwise."""
    return [
        list(turn.reply.disclosures)
        if turn.reply and turn.reply.disclosures
        else read_reply(turn.text, facts)
        for turn in dialogue.turns
        if turn.role == "patient"
    ]


def _by_turn(account: list[list[Disclosure]]) -> list[int]:
    """How many facts were out after each reply."""
    out: set[tuple[str, str]] = set()
    counts = []
    for turn in account:
        out |= {(one.item, one.fact) for one in turn if one.how.reached}
        counts.append(len(out))
    return counts


def _concealed(dialogue: Dialogue, account: list[list[Disclosure]]) -> float | None:
    """Of the doctor's turns that asked nothing and did nothing, those that were answered without a fact."""
    read = understand([turn.text for turn in dialogue.turns if turn.role == "doctor"])
    empty = [place for place, one in enumerate(read) if one.meaningless and place < len(account)]
    told = [any(one.how.reached for one in account[place]) for place in empty]
    return _share(told.count(False), len(told))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
