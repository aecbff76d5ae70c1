"""Quotations: words of a dialogue, with the turn that they stand in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from patientsim_core.dialogue import Role, Turn
from patientsim_core.guard import without_directions
from patientsim_core.text import sentences

LONGEST = 4_000
"""Characters of a turn that are read; what is beyond them is quoted nowhere."""

SHORT = 60
"""Characters of an answer up to which it is quoted whole: half of it can mislead."""


@dataclass(frozen=True)
class Quote:
    """Words as they stand in a turn. `turn` is its place in the dialogue, from 0; `question` the number of
    the doctor's question that it is, or answers, from 1; 0 before the first."""

    turn: int
    question: int
    role: Role
    text: str


@dataclass(frozen=True)
class Exchange:
    """A patient's turn beside the doctor's words before it; either may be missing.

    `asked` and `answered` are the places of the two turns. A doctor's turn without an answer has none.
    """

    question: int
    asked: int | None
    answered: int | None


def exchanges(turns: Sequence[Turn]) -> list[Exchange]:
    """Every doctor's turn with each of the patient's turns that follow it, in order."""
    found: list[Exchange] = []
    question, asked = 0, None
    for place, turn in enumerate(turns):
        if turn.role == "doctor":
            question, asked = question + 1, place
            found.append(Exchange(question, place, None))
        elif found and found[-1].answered is None:
            found[-1] = Exchange(question, asked, place)
        else:
            found.append(Exchange(question, asked, place))
    return found


def number_of(turns: Sequence[Turn], place: int) -> int:
    """The number of the question that a turn is, or answers."""
    return sum(turn.role == "doctor" for turn in turns[: place + 1])


def quote(turns: Sequence[Turn], place: int, words: str = "") -> Quote:
    """Words of a turn as they stand there; the whole turn where none are given, or they stand nowhere."""
    text = turns[place].text
    found = _standing(text, words) if words.strip() else text
    return Quote(place, number_of(turns, place), turns[place].role, found)


def answer(turns: Sequence[Turn], place: int, words: str = "") -> Quote:
    """Words of an answer that told something; the whole of a short one."""
    return quote(turns, place, words if len(turns[place].text) > SHORT else "")


@lru_cache(maxsize=8_192)
def _standing(text: str, words: str) -> str:
    if words in text:
        return words
    spaced = r"\s+".join(map(re.escape, words.split()))
    match = re.search(spaced, text)
    return match[0] if match else text


@lru_cache(maxsize=8_192)
def spoken_sentences(text: str) -> tuple[str, ...]:
    """What is said aloud in a turn, sentence by sentence."""
    return sentences(without_directions(text[:LONGEST]))
