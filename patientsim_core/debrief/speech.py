"""What the sentences of a doctor's turn are: not all that names a symptom asks for one."""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from patientsim_core.debrief.manner import sounds
from patientsim_core.debrief.quotes import spoken_sentences
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import read_alone


class Sort(StrEnum):
    """`recap` tells the patient what was understood, `check` asks whether it was right, is clear, or leaves
    questions; `advice` is a safety net, `statement` what the doctor thinks, explains or is going to do,
    `comfort` kind words; `other` may ask."""

    recap = "recap"
    check = "check"
    advice = "advice"
    statement = "statement"
    comfort = "comfort"
    other = "other"


@lru_cache(maxsize=4_096)
def sorted_sentences(text: str) -> tuple[tuple[str, Sort], ...]:
    """Each sentence of a turn with its sort. One that says that it sums up makes recaps of all statements."""
    sentences = spoken_sentences(text)
    summing, put = any(_sums_up(one) for one in sentences), _put(sentences)
    found: list[tuple[str, Sort]] = []
    for one in sentences:
        stated = any(sort in _CHECKED for _, sort in found)
        own = Sort.recap if one in put else _sort(one, summing)
        checks = (stated and sounds("check", one)) or sounds("own_questions", one)
        found.append((one, Sort.check if checks else own))
    return tuple(found)


_CHECKED = (Sort.recap, Sort.advice, Sort.statement)
"""What a doctor may ask after whether it is right, or clear."""


def of_sort(text: str, sort: Sort) -> list[str]:
    return [sentence for sentence, own in sorted_sentences(text) if own is sort]


def asking(text: str) -> str:
    """A turn without the sentences that ask nothing of the history."""
    return " ".join(of_sort(text, Sort.other))


def is_question(sentence: str) -> bool:
    """By its mark, or without one by how a part of it begins, or by `tell me`."""
    begins = any(sounds("question", part) for part in _parts(sentence))
    return "?" in sentence or begins or sounds("request", sentence)


def is_warm(text: str) -> bool:
    """Whether a turn speaks to what the patient feels, or promises care; what it asks does not count."""
    return any(sounds("warm", part) for sentence in spoken_sentences(text) for part in _stated(sentence))


def questions(text: str) -> str:
    """The sentences of a turn that ask, without what it tells and its politenesses."""
    asked = of_sort(text, Sort.other)
    return " ".join(one for one in asked if _things(one) or (is_question(one) and not sounds("polite", one)))


def tells(text: str) -> bool:
    """Whether a turn tells the patient anything: beside its questions, recaps and politenesses."""
    return any(
        sort not in (Sort.recap, Sort.check) and _tells(sentence, sort)
        for sentence, sort in sorted_sentences(text)
    )


def invites(text: str) -> bool:
    """Whether any question of a turn lets the patient tell it in its own way."""
    parts = [part for sentence in spoken_sentences(text) for part in _parts(sentence)]
    return any(sounds("open", part) and not sounds("narrow", part) for part in parts)


_BETWEEN = re.compile(r"(?:^| )[.,;?!](?= |$)| (?:and|or|but)(?= (?:when|where|what|how|who|why|which)\b)")


def _parts(sentence: str) -> list[str]:
    """What stands between commas and colons, or before a question put on with `and`; normalised."""
    return [part.strip() for part in _BETWEEN.split(normalise(sentence)) if part.strip()]


def _stated(sentence: str) -> list[str]:
    """The parts of a sentence that ask nothing: the mark belongs to the last."""
    parts = _parts(sentence)
    own = parts[:-1] if "?" in sentence else parts
    return [part for part in own if not sounds("question", part)]


def _tells(sentence: str, sort: Sort) -> bool:
    """Whether a sentence tells something. What names a thing of the history is to be confirmed; before a
    question in the same sentence only kind words tell."""
    parts = [part for part in _stated(sentence) if not sounds("polite", part)]
    if is_question(sentence):
        return any(read_alone(part).reassures and not read_alone(part).asks for part in parts)
    read = read_alone(sentence)
    return bool(parts) and (sort is not Sort.other or not (read.asks or read.acts & _FORMAL))


_FORMAL = {"greeting", "role", "farewell"}


def _sort(sentence: str, summing: bool) -> Sort:
    said = _untagged(sentence, "check")
    asks = is_question(said)
    if not asks and _is_advice(said):
        return Sort.advice
    if _sums_up(sentence) or (not is_question(sentence) and (summing or sounds("recap", sentence))):
        return Sort.recap
    if asks or sounds("tell_me", said):
        return Sort.other
    if sounds("statement", said):
        return Sort.statement
    return Sort.comfort if is_warm(said) else Sort.other


_SEVERAL = 2
"""Things put to the patient from which on they are a recap: one alone is a leading question."""


def _put(sentences: Sequence[str]) -> list[str]:
    """The statements, of several things together, that the patient is asked to agree to: `no fever, no cough.
    Is that right?`"""
    found: list[str] = []
    before: list[str] = []
    for one in sentences:
        said = "" if sounds("agree", one) else _untagged(one, "agree")
        if is_question(said):
            before = []
        elif _things(said):
            before.append(one)
        if said != one:
            found += before if sum(_things(_untagged(its, "agree")) for its in before) >= _SEVERAL else []
            before = []
    return found


def _things(said: str) -> int:
    """How many things of the history a statement names."""
    return sum(max(1, len(ask.about)) for ask in read_alone(said).asks if ask.topic != "more")


def _untagged(sentence: str, tag: str) -> str:
    """A sentence without the `okay?`, or `right?`, at its end."""
    said, _, end = sentence.rpartition(",")
    return said if said and "?" in end and sounds(tag, end) else sentence


def _sums_up(sentence: str) -> bool:
    """Whether it says that it sums up, and does not go on to ask: `let me repeat the question: do you …?`"""
    asks = [part for part in _parts(sentence) if sounds("question", part)]
    return sounds("summary", sentence) and all(sounds("summary", p) or sounds("check", p) for p in asks)


def _is_advice(sentence: str) -> bool:
    """What to do on a condition. `Tell me if …` may ask of now: it is advice only about a change."""
    if not sounds("condition", sentence):
        return False
    return sounds("do_it", sentence) or (sounds("tell_me", sentence) and sounds("change", sentence))
