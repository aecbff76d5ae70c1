"""What a line of a discharge note is: a heading that is known, one that is not, or text."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

SECTIONS = (
    "allergies", "complaint", "procedure", "present_illness", "past_history", "social_history",
    "family_history",
)  # fmt: skip
NEEDED = "present_illness"
OTHER, LOOSE, ILLNESS, WITHIN, END = KINDS = "other", "loose", "illness", "within", "end"
LISTS = ("allergies", "complaint", "procedure", "past_history")
"""Sections whose entries may stand in capitals."""

_LINE = re.compile(
    r"\s*+(?P<mark>(?:[-•·]|\(?(?:\d{1,2}|[A-Za-z])\)|(?:\d{1,2}|[IVX]{1,4})\.)?[#*=>\[ \t]*+)"
    r"(?P<name>[A-Za-z][\w/&,'.+() \t–-]{0,60}?)[ \t]*+"
    r"(?:[(\[][^()\[\]:]*+[)\]][ \t]*+)?(?:(?P<frame>[*=#\]]++)[ \t]*+)?"
    r"(?::[ \t]*+(?P<end>[*=#\]]++)?(?P<rest>.*))?"
)


class Line(NamedTuple):
    """A line that may be a heading: its words without number, marks and a bracket at the end; what stands
    after the colon, None without one; the number, bullet or # of a list's entry; whether a blank line is
    before. Marks on both sides, as in `== Past History ==`, stand for a colon."""

    name: str
    rest: str | None
    mark: str
    after_blank: bool

    @property
    def is_alone(self) -> bool:
        return not (self.rest or "").strip()

    @property
    def is_titled(self) -> bool:
        """Whether every word that counts begins with a capital."""
        words = [word for word in re.findall(r"[\w']+", self.name) if word not in _words("small")]
        return "_" not in self.name and all(word[0].isupper() for word in words)

    @property
    def is_prose(self) -> bool:
        """Whether it is the beginning of a sentence, such as `In the ED, vitals were:`."""
        words = self.name.lower() if self.name.isupper() else self.name
        return ", " in words or not _words("prose").isdisjoint(words.split())


def read_line(text: str, after_blank: bool = True) -> Line | None:
    """A line, if its form is one that a heading may have."""
    match = _LINE.fullmatch(text.rstrip())
    if not match:
        return None
    framed = bool(match["frame"] or match["end"])
    rest = "" if match["rest"] is None and framed else match["rest"]
    return Line(match["name"], rest, "" if framed else match["mark"].strip(), after_blank)


def normal(heading: str) -> str:
    """A heading as it is looked up."""
    text = re.sub(r"\bupon\b", "on", heading.lower().replace("&", " and ").replace(".", ""))
    return " ".join(re.sub(r"\s*/\s*", "/", text).split())


def kind_of(line: Line, headings: Mapping[str, str], section: str) -> str | None:
    """What a line begins that stands in a section, if it is a known heading."""
    kind = headings.get(normal(line.name))
    if kind is None or (line.rest is None and not _is_title(line)):
        return None
    in_list = line.mark.strip("#") and not line.is_alone and not line.after_blank
    if in_list and " " not in line.name:  # `- Procedures: none` is an entry
        return None
    if kind in (LOOSE, ILLNESS):
        return WITHIN if _is_part(kind, line, section) else OTHER
    return kind


def _is_part(kind: str, line: Line, section: str) -> bool:
    """Whether a heading that some sections have within them does not end this one."""
    if section == NEEDED:
        return kind == ILLNESS or not (line.is_alone and line.after_blank)
    return not (line.is_alone or (kind == ILLNESS and line.after_blank))


def _is_title(line: Line) -> bool:
    """Whether a line without a colon can be a heading: a wrapped sentence may end with the same words."""
    return line.after_blank and line.is_titled and " " in line.name


def is_unknown(line: Line, headings: Mapping[str, str], section: str) -> bool:
    """Whether a line looks like a heading that is not known, and what follows may be no part of the section.

    Present illnesses have paragraphs with beginnings of their own: there, and outside of all sections, it
    must be written like a title or hold the words of a heading that begins another section or ends them all.
    """
    known = [(at, kind) for at, kind in _held(line, headings) if kind == END or kind in SECTIONS]
    others = [at for at, kind in known if kind != section]
    if line.rest is None:
        capitals = line.name.isupper() and not re.search(r"[\d_]", line.name)
        free = capitals and not (line.is_prose or section in (OTHER, *LISTS))
        return _is_title(line) and bool(free or (others if capitals else 0 in others))
    apart = line.is_alone and line.after_blank
    if others and (line.is_titled or (apart and others[0] == 0)):
        return True
    if line.is_prose or not apart:
        return False
    in_list = line.mark and section in LISTS  # `# Asthma:`
    return bool(others) or (not in_list and (section not in (OTHER, NEEDED) or line.is_titled))


def _held(line: Line, headings: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """The known headings of which a line has the words, the longest at each place, with the place of their
    first word. One word is enough where it is an abbreviation in capitals."""
    words = line.name.replace("/", " ").split()
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            single = end - start == 1
            kind = headings.get(normal(" ".join(words[start:end])))
            if kind and not (single and (len(words[start]) > 4 or not words[start].isupper())):
                yield start, kind
                break


@cache
def data() -> Mapping:
    """What is known of headings."""
    return tomllib.loads(Path(__file__).with_name("sections.toml").read_text(encoding="utf-8"))


@cache
def _words(which: str) -> frozenset[str]:
    return frozenset(data()["words"][which])
