"""Reasoning that a model writes into its answer (`<think>…</think>`) never gets any further."""

import re
from collections.abc import Callable, Iterable, Iterator

_TAGS = ("think", "thinking", "reasoning", "thought")
_OPEN = re.compile(rf"<({'|'.join(_TAGS)})>", re.I)
_CLOSE = re.compile(rf"</({'|'.join(_TAGS)})>", re.I)
_ALL = [tag for name in _TAGS for tag in (f"<{name}>", f"</{name}>")]
_THINKERS = re.compile(r"\br1\b|qwq|thinking|reason", re.I)


class ReasoningShown(Exception):
    """An answer turned out to have been reasoning after some of it was passed on."""


def thinks_first(model: str) -> bool:
    """Whether a model is known to begin with reasoning and to mark its end only (DeepSeek R1, QwQ …)."""
    return bool(_THINKERS.search(model))


def without_reasoning(
    pieces: Iterable[str], hidden: bool = False, whole: Callable[[], bool] = lambda: True
) -> Iterator[str]:
    """The pieces of an answer without what stands between the tags, wherever the pieces are cut.

    With `hidden` the answer begins as reasoning, as if its opening tag were missing; if it never closes
    though it is `whole`, it was none. Raises ReasoningShown for a closing tag without an opening one after
    something was given.
    """
    held, inside, implied, given = "", hidden, hidden, False
    for piece in pieces:
        held += piece
        while True:
            tag = (_CLOSE if inside else re.compile(f"{_OPEN.pattern}|{_CLOSE.pattern}", re.I)).search(held)
            if not tag:
                break
            before, held = held[: tag.start()], held[tag.end() :]
            if inside:
                inside = implied = False
            elif tag.group().startswith("</"):
                if given:
                    raise ReasoningShown
            else:
                if before:
                    given = given or bool(before.strip())
                    yield before
                inside = True
        if not inside:
            ready = len(held) - _maybe_tag(held)
            if ready:
                given = given or bool(held[:ready].strip())
                yield held[:ready]
            held = held[ready:]
    if held and (not inside or (implied and whole() and not _OPEN.search(held))):
        yield held


def _maybe_tag(text: str) -> int:
    """How many characters at the end may be the beginning of a tag."""
    start = text.rfind("<")
    ending = text[start:].lower()
    return len(ending) if start >= 0 and any(tag.startswith(ending) for tag in _ALL) else 0
