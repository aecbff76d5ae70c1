"""What a reader learns of a record from a dialogue: coverage and consistency, item by item."""

from collections.abc import Sequence
from dataclasses import dataclass

from patientsim_core.case import HIDDEN, ITEMS, Case
from patientsim_core.offline.judge.finding import Finding
from patientsim_core.offline.judge.record import Known, Record, record
from patientsim_core.offline.judge.said import Asked, Said, read, read_question
from patientsim_core.offline.judge.sentence import findings
from patientsim_core.text import sentences

_LONGEST = 2_000
"""Characters of an answer that are read, and of a value that is extracted."""


@dataclass(frozen=True)
class ProfileVerdict:
    """`extracted` is what was said of an item, "" where nothing; `score`, 1-4, how near it comes to the
    record, None where it is not covered."""

    extracted: str
    covered: bool
    score: int | None
    rationale: str


Answer = tuple[str, str]
"""A doctor's question and the patient's answer."""


def judge_profile(patient_turns: Sequence[Answer], case: Case) -> dict[str, ProfileVerdict]:
    """A verdict for every item that the record knows, but diagnosis and disposition."""
    known = record(case)
    told: dict[str, list[tuple[str, Said, Finding]]] = {}
    for question, answer in patient_turns:
        asked = read_question(question)
        for sentence in sentences(answer[:_LONGEST]):
            for item, finding in _told(sentence, asked, known):
                told.setdefault(item, []).append((sentence, read(sentence), finding))
    return {
        item: _verdict(told.get(item, []), known[item])
        for item in ITEMS
        if item in known and item not in HIDDEN
    }


def _told(sentence: str, asked: Asked, known: Record) -> list[tuple[str, Finding]]:
    """The items of which a sentence gives a value."""
    said = read(sentence)
    return [
        (item, one)
        for item, one in findings(said, asked, known).items()
        if one.sure or one.status != "neutral"
    ]


def _verdict(told: list[tuple[str, Said, Finding]], known: tuple[Known, ...]) -> ProfileVerdict:
    valued = [(sentence, said, one) for sentence, said, one in told if one.status != "neutral" or one.new]
    extracted = " ".join(dict.fromkeys(sentence for sentence, _, _ in valued))[:_LONGEST]
    if not valued:
        return ProfileVerdict("", False, None, "the dialogue gives no value")
    score, why = _score(valued, known)
    return ProfileVerdict(extracted, True, score, why)


def _score(told: list[tuple[str, Said, Finding]], known: tuple[Known, ...]) -> tuple[int, str]:
    """4 agrees and is complete, 3 agrees in part, 2 agrees and disagrees or can't be compared, 1 disagrees.

    What is said last counts where the same item is told twice, as in a pain that is first played down.
    """
    statuses = [one.status for _, _, one in told]
    wrong = [one.why for _, _, one in told if one.status == "contradicted"]
    if "entailed" not in statuses:
        return (1, wrong[0]) if wrong else (2, "told otherwise than recorded")
    if wrong and len(known) == 1 and statuses[-1] == "entailed":
        return 3, f"set right in the end; before, {wrong[0]}"
    if wrong:
        return 2, f"agrees in part; {wrong[0]}"
    part = _part(told, known)
    return (
        (4, "as recorded") if part >= _COMPLETE else (3, f"agrees; {part:.0%} of what is on record was told")
    )


_COMPLETE = 0.5
"""The share of an item's facts from which it counts as told completely."""


def _part(told: list[tuple[str, Said, Finding]], known: tuple[Known, ...]) -> float:
    """How many of the facts of an item were told, by their words or concepts."""
    if len(known) == 1:
        return 1.0
    words = frozenset().union(*(said.words for _, said, _ in told))
    named = {mention.id for _, said, _ in told for _, mention in said.concepts}
    drugs = {mention.id for _, said, _ in told for _, mention in said.drugs}
    here = [
        bool(one.fact.concepts & named)
        or bool(one.drugs & drugs)
        or len(one.value.words & words) * 2 >= max(1, len(one.value.words))
        for one in known
    ]
    return sum(here) / len(here)
