"""A discharge note by its sections, and the file of the headings that begin them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from patientsim_core.errors import InputError
from patientsim_core.mimic.headings import (
    END,
    KINDS,
    NEEDED,
    OTHER,
    SECTIONS,
    WITHIN,
    data,
    is_unknown,
    kind_of,
    normal,
    read_line,
)  # fmt: skip
from patientsim_core.text import clean


class Sections(NamedTuple):
    """The texts of a note by section; the headings that are not known, and those of sections that come too
    late to be read, both by their lines from 0 on."""

    texts: dict[str, str]
    unknown: dict[int, str]
    late: dict[int, str]


def split(text: str, headings: Mapping[str, str]) -> Sections:
    """The sections of a note; one that comes twice is joined. With the exam, the results or the hospital
    course they end, as from there on words of daily life are the hospital's. What stands under an unknown
    heading belongs to none, and is told where it could be part of one: within a section, and as long as the
    present illness has not come."""
    texts: dict[str, list[str]] = {}
    unknown, late, section, after_blank = {}, {}, OTHER, True
    for number, words in enumerate(text.split("\n")):
        line = read_line(words, after_blank)
        after_blank = not words.strip()
        kind = kind_of(line, headings, section) if line else None
        if section == END:
            if kind in SECTIONS and kind not in texts and line.after_blank and line.is_alone:
                late[number] = line.name
            continue
        matters = section != OTHER or NEEDED not in texts
        if line and matters and kind is None and is_unknown(line, headings, section):
            unknown[number], kind = line.name, OTHER
        if kind and kind != WITHIN:
            section, words = kind, line.rest or ""
            if section in SECTIONS:
                texts.setdefault(section, [])
        if section in SECTIONS:
            texts[section].append(clean(words))
    return Sections({name: "\n".join(lines).strip() for name, lines in texts.items()}, unknown, late)


def read_headings(own: Path | None = None) -> Mapping[str, str]:
    """Heading, normalised -> its section, or one of the kinds `other`, `loose`, `within` and `end`; a file of
    one's own, in the form of `sections.toml`, adds to it. Raises InputError that says what is wrong with that
    file, and where."""
    known = _flat({name: table for name, table in data().items() if name != "words"})
    if own is None:
        return known
    try:
        return known | _flat(tomllib.loads(own.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"--headings {own}: cannot be read ({error.strerror}).") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"--headings {own}: is not TOML ({error}).") from None
    except ValueError as error:
        raise InputError(
            f"--headings {own}: {error} is wrong. It needs lists of headings: [sections] with some of "
            f"{', '.join(SECTIONS)}; "
            f"{', '.join(f'[{kind}]' for kind in KINDS)} with headings."
        ) from None


def _flat(tables: Mapping) -> dict[str, str]:
    """Raises ValueError with the place of what is no list of headings."""
    keys = {"sections": SECTIONS} | dict.fromkeys(KINDS, ("headings",))
    found = {}
    for name, table in tables.items():
        if name not in keys or not isinstance(table, dict):
            raise ValueError(f"[{name}]" if isinstance(table, dict) else name)
        for key, headings in table.items():
            texts = isinstance(headings, list) and all(isinstance(one, str) for one in headings)
            if key not in keys[name] or not texts:
                raise ValueError(f"{key} in [{name}]")
            found |= {_entry(one): key if name == "sections" else name for one in headings}
    return found


def _entry(heading: str) -> str:
    """A heading of a file, which may be copied from a note as it stands there."""
    line = read_line(heading)
    return normal(line.name if line else heading)
