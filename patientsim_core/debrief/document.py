"""A debrief as a file: Markdown, JSON, and one HTML page to print. All text of the dialogue is escaped."""

from collections.abc import Iterator
from functools import lru_cache
from html import escape as html
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from patientsim_core.debrief.debriefing import Debrief
from patientsim_core.debrief.quotes import Quote
from patientsim_core.debrief.text import NOT_A_SCORE, Line, Section, sections
from patientsim_core.errors import InputError
from patientsim_core.export import escape

_EMPTY = "Nothing here."


@lru_cache(maxsize=1)
def _style() -> str:
    return (Path(__file__).parent / "document.css").read_text(encoding="utf-8")


def to_json(debrief: Debrief) -> str:
    """All of a debrief; `from_json` reads it again."""
    return _adapter().dump_json(debrief, indent=2).decode() + "\n"


def from_json(text: str) -> Debrief:
    """A debrief as `to_json` writes it; raises InputError where the text is none."""
    try:
        return _adapter().validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(f"This is no debrief as it is exported: {where}: {first['msg']}.") from None


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Debrief]:
    return TypeAdapter(Debrief)


def to_markdown(debrief: Debrief) -> str:
    """The debrief with its sections as headings and quotations with their question's number."""
    lines = [f"# Debrief: {escape(debrief.title)}", _about(debrief, escape), NOT_A_SCORE]
    for section in sections(debrief):
        lines += _markdown(section, 2)
    return "\n\n".join(lines) + "\n"


def _about(debrief: Debrief, safe) -> str:
    who = ", then ".join(map(safe, debrief.personas))
    return f"{debrief.created:%Y-%m-%d %H:%M} UTC. {debrief.questions} questions. The patient: {who}."


def _markdown(section: Section, level: int) -> Iterator[str]:
    yield f"{'#' * level} {escape(section.title)}"
    if section.note:
        yield escape(section.note)
    if not section.lines and not section.parts:
        yield _EMPTY
    if section.lines:
        yield "\n".join(_item(line) for line in section.lines)
    for part in section.parts:
        yield from _markdown(part, level + 1)


def _item(line: Line) -> str:
    mark = f" **[{escape(line.mark)}]**".replace("[", "\\[").replace("]", "\\]") if line.mark else ""
    text = escape(line.text).replace("\n", "\n  ")
    quotes = [f"  - {_told(words)} {escape(words.text)}".replace("\n", "\n    ") for words in line.quotes]
    return "\n".join([f"- {text}{mark}", *quotes])


def _told(words: Quote) -> str:
    """Who said it, and at which question."""
    return f"{words.role.capitalize()} {words.question}:"


def to_html(debrief: Debrief) -> str:
    """One page that needs nothing else and prints well."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Debrief: {html(debrief.title)}</title><style>{_style()}</style></head><body>",
        f"<h1>Debrief: {html(debrief.title)}</h1>",
        f'<p class="note">{_about(debrief, html)}</p><p class="note">{html(NOT_A_SCORE)}</p>',
    ]
    for section in sections(debrief):
        parts += _html(section, 2)
    return "\n".join([*parts, "</body></html>\n"])


def _html(section: Section, level: int) -> Iterator[str]:
    yield f"<h{level}>{html(section.title)}</h{level}>"
    if section.note:
        yield f'<p class="note">{html(section.note)}</p>'
    if not section.lines and not section.parts:
        yield f'<p class="note">{_EMPTY}</p>'
    if section.lines:
        yield f"<ul>{''.join(map(_html_item, section.lines))}</ul>"
    for part in section.parts:
        yield from _html(part, level + 1)


def _html_item(line: Line) -> str:
    mark = f' <span class="mark">{html(line.mark)}</span>' if line.mark else ""
    quotes = "".join(
        f"<blockquote><b>{_told(words)}</b> {html(words.text)}</blockquote>" for words in line.quotes
    )
    return f"<li>{html(line.text)}{mark}{quotes}</li>"
