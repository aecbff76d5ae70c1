"""A debrief's sections as Markdown for the app, each quotation with a way to its question."""

from collections.abc import Iterable

from patientsim_core.debrief.checklist import Checked
from patientsim_core.debrief.compare import Comparison
from patientsim_core.debrief.differential import Match
from patientsim_core.debrief.history import Status
from patientsim_core.debrief.quotes import Quote
from patientsim_core.debrief.text import ASKED, CHANGE, KEEP, OPEN, UNASKED, Line
from patientsim_core.export import literal

_GOOD = (Status.elicited, Status.volunteered, Match.exact, Match.specific, KEEP, ASKED, UNASKED, "strong")
_FAIR = (*(one for one in Status if one.asked_in_vain), Status.partly, Match.broader, CHANGE, OPEN)
_BAD = (Status.missed, "needs work")
_COLORS = dict.fromkeys(_GOOD, "green") | dict.fromkeys(_FAIR, "orange") | dict.fromkeys(_BAD, "red")


def anchor(question: int) -> str:
    """The name of the place where a question stands in the conversation that is shown beside."""
    return f"question-{question}"


def shown(lines: Iterable[Line]) -> str:
    """Lines with their marks as badges, and their quotations below them."""
    return "\n\n".join(map(_line, lines))


def _line(line: Line) -> str:
    known = sorted(_COLORS, key=len, reverse=True)
    color = next((_COLORS[mark] for mark in known if line.mark.startswith(mark)), "gray")
    badge = f" :{color}-badge[{literal(line.mark)}]" if line.mark else ""
    return literal(line.text) + badge + ("\n\n" + quoted(*line.quotes) if line.quotes else "")


def quoted(*quotes: Quote) -> str:
    """Quotations; the speaker of each leads to its question."""
    return "> " + "\\\n> ".join(map(_quoted, quotes))


def _quoted(words: Quote) -> str:
    who = f"{words.role.capitalize()} {words.question}"
    way = f"[{who}](#{anchor(words.question)})" if words.question else who
    return f":small[**{way}** {_one_line(words.text)}]"


def _one_line(text: str) -> str:
    return literal(" ".join(text.split()))


def checked(points: Iterable[Checked]) -> str:
    """A teacher's points, what was done first said so by a sign and a word."""
    lines = [
        Line(one.check.text, ASKED if one.done else str(Status.missed), (one.quote,) if one.quote else ())
        for one in points
    ]
    return shown(lines)


def changed(found: Comparison) -> str:
    """What a second try brought that the first had not, and the other way round."""
    lines = [
        f"Facts heard: {found.before} of {found.total} before, **{found.after}** now.",
        f"The diagnosis: {_rank(found.rank_before)} before, **{_rank(found.rank_after)}** now.",
    ]
    for one in found.changes:
        told = [f":green-badge[now] {literal('; '.join(one.gained))}"] if one.gained else []
        told += [f":orange-badge[only before] {literal('; '.join(one.lost))}"] if one.lost else []
        told = told or [f"{literal(one.before)} before, {literal(one.after)} now"]
        lines.append(f"**{literal(one.label)}**\\\n" + "\\\n".join(told))
    return "\n\n".join(lines if found.changes else [*lines, "Otherwise nothing came out differently."])


def _rank(rank: int | None) -> str:
    return f"at rank {rank}" if rank else "not on the list"
