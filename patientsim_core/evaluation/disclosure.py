"""Disclosure: how much of the record comes out, and whether it was asked for.

From the patient's own account of each reply where there is one, else read out of its text by rules; the
`inferred` of the detail says which. Shares are of one dialogue, 0 to 1.
"""

from collections.abc import Iterator

from patientsim_core.dialogue import Dialogue, Disclosure, How
from patientsim_core.disclosure import read_reply
from patientsim_core.evaluation.verdict import RULES, Metric, Verdict
from patientsim_core.facts import Fact, facts_of
from patientsim_core.offline.follow import understand

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


def rules(dialogue: Dialogue) -> Iterator[Verdict]:
    """A verdict for each field; without a score where there is nothing to divide by."""
    facts = facts_of(dialogue.case)
    account = _account(dialogue, facts)
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
    inferred = any(one.inferred for turn in account for one in turn)
    for field in FIELDS:
        yield Verdict(
            dialogue_id=dialogue.id,
            metric=Metric.disclosure,
            field=field,
            score=scores[field],
            judge=RULES,
            detail={"inferred": inferred, **({"by_turn": _by_turn(account)} if field == "told" else {})},
        )


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
