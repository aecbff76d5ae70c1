"""A discharge note by its sections: headings are known in many variants, and unknown ones are told."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from patientsim_core.errors import InputError
from patientsim_core.text import clean

SECTIONS = (
    "allergies", "complaint", "procedure", "present_illness", "past_history", "social_history",
    "family_history",
)  # fmt: skip
OTHER, WITHIN = "other", "within"
NEEDED = "present_illness"
_HEADING = re.compile(r"[ \t]*([A-Za-z][A-Za-z/&,'() \t-]{0,60}?)[ \t]*(?::(?P<rest>.*))?")
_SMALL = {"a", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}


class Sections(NamedTuple):
    """The texts of a note by section, and the lines, from 0 on, of headings that are not known."""

    texts: dict[str, str]
    unknown: list[int]


def read_headings(own: Path | None = None) -> Mapping[str, str]:
    """Heading, normalised -> its section, `other` or `within`; a file of one's own, in the form of
    `sections.toml`, adds to it. Raises InputError that says what is wrong with that file."""
    known = _flat(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")))
    if own is None:
        return known
    try:
        return known | _flat(tomllib.loads(own.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"--headings {own}: cannot be read ({error.strerror}).") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"--headings {own}: is not TOML ({error}).") from None
    except (AttributeError, TypeError, KeyError):
        raise InputError(
            f"--headings {own}: needs lists of headings: [sections] with some of {', '.join(SECTIONS)}; "
            "[other] and [within] with headings."
        ) from None


def _flat(table: Mapping) -> dict[str, str]:
    found = {heading: kind for kind in (OTHER, WITHIN) for heading in table.get(kind, {}).get("headings", [])}
    for section, headings in table.get("sections", {}).items():
        if section not in SECTIONS:
            raise KeyError(section)
        found |= dict.fromkeys(headings, section)
    return {_normal(heading): kind for heading, kind in found.items()}


def split(text: str, headings: Mapping[str, str]) -> Sections:
    """The sections of a note; one that comes twice is joined. What stands under an unknown heading belongs
    to none, and is told where it could be part of one: within a section, and as long as the present illness
    has not come."""
    texts: dict[str, list[str]] = {}
    unknown, section, blank = [], OTHER, True
    for number, line in enumerate(text.split("\n")):
        match = _HEADING.fullmatch(line.rstrip())
        kind = _kind(match, headings) if match else None
        if kind is None and match and blank and match["rest"] is not None and _is_alone(match):
            if section != OTHER or NEEDED not in texts:  # else it stands in the hospital's part of the note
                unknown.append(number)
            kind = OTHER
        if kind and kind != WITHIN:
            section, line = kind, match["rest"] or ""
            if section != OTHER:
                texts.setdefault(section, [])
        if section != OTHER:
            texts[section].append(clean(line))
        blank = not line.strip()
    return Sections({name: "\n".join(lines).strip() for name, lines in texts.items()}, unknown)


def _normal(heading: str) -> str:
    return " ".join(re.sub(r"\s*/\s*", "/", heading.replace("&", " and ").lower()).split())


def _kind(match: re.Match, headings: Mapping[str, str]) -> str | None:
    """What a line begins, if it is a known heading; without a colon it needs two words."""
    return headings.get(_normal(match[1])) if match["rest"] is not None or " " in match[1].strip() else None


def _is_alone(match: re.Match) -> bool:
    """Whether a line is nothing but what headings look like: every word that counts begins with a capital."""
    words = [word for word in re.findall(r"[A-Za-z']+", match[1]) if word not in _SMALL]
    return not match["rest"].strip() and all(word[0].isupper() for word in words)
