"""A text that is still growing, as sentences: each as soon as it is surely whole."""

import re
from collections.abc import Generator, Iterable, Iterator
from typing import TypeVar

from patientsim_core.text import split_sentences

Result = TypeVar("Result")
_END = re.compile(r"[.!?…:][\"”’')*\]]*\s+\S|\n\s*\S")
_FINISHED = re.compile(r"[.!?…][\"”’')*\]]*$")
_LONGEST_ASIDE = 300
"""Characters after which an opened bracket or asterisk is no longer waited for."""


def sentence_stream(pieces: Iterable[str]) -> Iterator[str]:
    """The sentences of a text that comes in pieces, wherever these are cut.

    A sentence is whole when the next one has begun. One with an open bracket or asterisk waits for its
    end, so that a stage direction is seen as one.
    """
    held = ""
    for piece in pieces:
        held += piece
        while _END.search(held) and (sentence := _first(held)):
            yield sentence
            held = held[held.index(sentence) + len(sentence) :]
    yield from _joined(split_sentences(held))


def outcome(stream: Generator[str, None, Result]) -> Result:
    """What a stream comes to, heard to its end."""
    while True:
        try:
            next(stream)
        except StopIteration as end:
            return end.value


def is_finished(sentence: str) -> bool:
    """Whether a sentence has its full stop."""
    return bool(_FINISHED.search(sentence.strip()))


def _first(text: str) -> str:
    """The first sentence of a text if another has begun behind it, else empty."""
    found = _joined(split_sentences(text))
    return found[0] if len(found) > 1 and found[0] in text else ""


def _joined(sentences: Iterable[str]) -> list[str]:
    """Sentences that lie within one pair of asterisks or brackets, as one."""
    joined: list[str] = []
    for sentence in sentences:
        if joined and _is_open(joined[-1]):
            joined[-1] += f" {sentence}"
        else:
            joined.append(sentence)
    return joined


def _is_open(text: str) -> bool:
    if len(text) > _LONGEST_ASIDE:
        return False
    return text.count("*") % 2 == 1 or text.count("(") > text.count(")") or text.count("[") > text.count("]")
