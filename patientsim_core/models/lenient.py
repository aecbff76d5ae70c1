"""JSON objects in what a model wrote, which may be almost JSON, with other text around it."""

import re
from collections.abc import Iterator
from math import isfinite

_DEPTH = 64
"""So deep objects may lie in each other; whoever walks through them may do so step by step."""
_SPACE = re.compile(r"\s*+")
_NUMBER = re.compile(r"-?\d{1,400}+(?:\.\d{1,400}+)?(?:[eE][+-]?\d{1,4}+)?")
_WORD = re.compile(r"[A-Za-z_]\w*+")
_STRINGS = {
    mark: re.compile(rf"{mark}((?:[^{mark}\\]++|\\.|{mark}(?!\s*+(?:[,:}}\]]|\Z)))*+){mark}", re.DOTALL)
    for mark in "\"'"
}
"""A string ends at a mark that something of the object follows: an apostrophe, or a quotation whose marks
were not escaped, stays a part of it. No pattern here ever goes back (all are possessive)."""

_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"} | {mark: mark for mark in "\"'\\/\n"}


def objects(text: str) -> Iterator[dict]:
    """Every object, the outer before those within, in the order of the text; those within a broken one, too.

    Taken beside JSON are single quotes, Python's True, False and None, names without quotes as keys, commas
    after the last item, line breaks in strings. Reading goes on where it failed, so it takes linear time.
    """
    reader = _Reader(text)
    at = text.find("{")
    while at >= 0:
        end = reader.read(at)
        yield from (value for _, value in sorted(reader.closed, key=lambda one: one[0]))
        at = text.find("{", max(end, at + 1))


class _Reader:
    """Reads one outermost object after the other; `closed` has all objects of the last, by their places."""

    def __init__(self, text: str):
        self.text = text
        self.closed: list[tuple[int, dict]] = []
        self._open: list[dict | list] = []
        self._starts: list[int] = []
        self._keys: list[str] = []
        self._endless: set[str] = set()
        """Marks whose string never ends: one that begins later does not, either."""

    def read(self, at: int) -> int:
        """Reads the object that begins at a place, and returns where it ends or where it cannot be one."""
        self.closed, self._open, self._starts, self._keys = [], [], [], []
        due = self._begin({}, at)
        at += 1
        while self._open:
            at = _SPACE.match(self.text, at).end()
            char = self.text[at : at + 1]
            step = self._step(due, char, at) if char else None
            if step is None:
                return at
            due, at = step
        return at

    def _step(self, due: str, char: str, at: int) -> tuple[str, int] | None:
        """What is due after the character at a place, and where it is; None if it cannot stand there."""
        inside = isinstance(self._open[-1], dict)
        if char == ("}" if inside else "]"):
            return self._end(at) if due in ("comma", "key" if inside else "value") else None
        if due == "comma":
            return ("key" if inside else "value", at + 1) if char == "," else None
        if due == "colon":
            return ("value", at + 1) if char == ":" else None
        if due == "value" and char in "{[":
            return (self._begin({} if char == "{" else [], at), at + 1) if len(self._open) < _DEPTH else None
        scalar = self._string(char, at) if char in _STRINGS else self._bare(due, at)
        if scalar is None:
            return None
        value, at = scalar
        if due == "key":
            self._keys[-1] = value
            return "colon", at
        self._put(value)
        return "comma", at

    def _begin(self, value: dict | list, at: int) -> str:
        if self._open:
            self._put(value)
        self._open.append(value)
        self._starts.append(at)
        self._keys.append("")
        return "key" if isinstance(value, dict) else "value"

    def _end(self, at: int) -> tuple[str, int]:
        value, start = self._open.pop(), self._starts.pop()
        self._keys.pop()
        if isinstance(value, dict):
            self.closed.append((start, value))
        return "comma", at + 1

    def _put(self, value: object) -> None:
        into = self._open[-1]
        if isinstance(into, dict):
            into[self._keys[-1]] = value
        else:
            into.append(value)

    def _string(self, mark: str, at: int) -> tuple[str, int] | None:
        found = None if mark in self._endless else _STRINGS[mark].match(self.text, at)
        if not found:
            self._endless.add(mark)
            return None
        return _unescaped(found[1]), found.end()

    def _bare(self, due: str, at: int) -> tuple[object, int] | None:
        """A number or a word, or a name as a key."""
        if word := _WORD.match(self.text, at):
            if due == "key":
                return word[0], word.end()
            return (_WORDS[word[0]], word.end()) if word[0] in _WORDS else None
        number = _NUMBER.match(self.text, at) if due == "value" else None
        if not number:
            return None
        value = int(number[0]) if number[0].lstrip("-").isdigit() else float(number[0])
        return (value, number.end()) if isinstance(value, int) or isfinite(value) else None


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(
        lambda found: chr(int(found[1][1:], 16)) if len(found[1]) == 5 else _ESCAPED.get(found[1], found[0]),
        text,
    )
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # joins pairs of surrogates
