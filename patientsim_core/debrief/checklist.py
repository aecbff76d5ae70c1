"""A teacher's own checklist for a case: read from a file, and held against a dialogue."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from pydantic import TypeAdapter, ValidationError

from patientsim_core.debrief.account import account_of
from patientsim_core.debrief.history import history
from patientsim_core.debrief.layout import places
from patientsim_core.debrief.matching import common, content
from patientsim_core.debrief.quotes import Quote, quote, spoken_sentences
from patientsim_core.dialogue import Dialogue
from patientsim_core.errors import InputError
from patientsim_core.offline.spelling import normalise

MOST = 200
"""Points of a checklist."""

LONGEST = 500
"""Characters of a point's text."""

COLUMNS = ("text", "item", "words")


@dataclass(frozen=True)
class Check:
    """One point. It is done when the entry `item` of the history map was asked for or came out, or when the
    doctor said one of `words`; without either, when the doctor said most of the words of `text`."""

    text: str
    item: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """A point, whether it was done, and the words that show it."""

    check: Check
    done: bool
    quote: Quote | None = None


def read_checklist(text: str, name: str = "checklist") -> list[Check]:
    """A checklist from CSV (columns text, item, words; words separated by `;`), JSON (a list of texts, or of
    objects with these keys), or plain lines, one a point; `name` is the file's, by whose ending it is read.

    Raises InputError that names the point and what is wrong with it.
    """
    text = text.removeprefix("\ufeff")
    if name.lower().endswith(".json"):
        found = _from_json(text, name)
    elif name.lower().endswith(".csv"):
        found = _from_csv(text, name)
    else:
        lines = (line.strip().lstrip("-*•").strip() for line in text.splitlines())
        found = [Check(line) for line in lines if line and not line.startswith("#")]
    if not found:
        raise InputError(f"{name}: has no points. Write one a line.")
    look_over(found, name)
    return found


def look_over(points: Sequence[Check], name: str = "checklist") -> None:
    """Raises InputError where there are too many points, or one has no text, too long a text, or an item
    that there is not."""
    if len(points) > MOST:
        raise InputError(f"{name}: has {len(points)} points; at most {MOST} are taken.")
    for place, check in enumerate(points, 1):
        _look_at(check, f"{name}, point {place}")


def _look_at(check: Check, where: str) -> None:
    if not check.text.strip():
        raise InputError(f"{where}: has no text.")
    if len(check.text) > LONGEST:
        raise InputError(f"{where}: has {len(check.text)} characters; at most {LONGEST} are taken.")
    if check.item and check.item not in places():
        raise InputError(f"{where}: item {check.item!r} is not known. It is one of {', '.join(places())}.")


def _from_json(text: str, name: str) -> list[Check]:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{name}: is no JSON: {error}.") from None
    if not isinstance(data, list):
        raise InputError(f"{name}: must be a list of points: texts, or objects with {', '.join(COLUMNS)}.")
    found = []
    for place, one in enumerate(data, 1):
        try:
            if isinstance(one, dict) and (extra := one.keys() - {*COLUMNS}):
                raise InputError(
                    f"{name}, point {place}: {sorted(extra)[0]!r} is none of {', '.join(COLUMNS)}."
                )
            found.append(Check(one) if isinstance(one, str) else _ADAPTER.validate_python(one))
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "it"
            raise InputError(f"{name}, point {place}: {where}: {first['msg']}.") from None
    return found


_ADAPTER = TypeAdapter(Check)


def _from_csv(text: str, name: str) -> list[Check]:
    try:
        rows = list(csv.DictReader(StringIO(text), strict=True))
    except csv.Error as error:
        raise InputError(f"{name}: is no CSV: {error}.") from None
    header = next(csv.reader(StringIO(text)), [])
    if "text" not in header:
        raise InputError(f"{name}: needs a column named text; it has {', '.join(header) or 'none'}.")
    if unknown := [column for column in header if column not in COLUMNS]:
        raise InputError(f"{name}: column {unknown[0]!r} is none of {', '.join(COLUMNS)}.")
    return [
        Check(
            text=(row["text"] or "").strip(),
            item=(row.get("item") or "").strip(),
            words=tuple(word.strip() for word in (row.get("words") or "").split(";") if word.strip()),
        )
        for row in rows
        if any(isinstance(value, str) and value.strip() for value in row.values())
    ]


def check(checklist: Sequence[Check], dialogue: Dialogue) -> list[Checked]:
    """Every point of a checklist against a dialogue, in the checklist's order."""
    account = account_of(dialogue)
    entries = {one.key: one for one in history(dialogue, account).entries}
    asked_at = {one.question: one.asked for one in account.exchanges if one.asked is not None}
    asked: dict[str, Quote] = {}
    for number, one in enumerate(account.asked, 1):
        for key in one.entries if one.is_narrow else ():
            asked.setdefault(key, quote(dialogue.turns, asked_at[number]))
    found = []
    for point in checklist:
        words = None
        if point.item:
            telling = [t for fact in entries[point.item].facts for t in fact.tellings if t.came.reached]
            words = asked.get(point.item) or next((one.patient for one in telling), None)
        if words is None and (point.words or not point.item):
            words = _said(point, dialogue)
        found.append(Checked(point, words is not None, words))
    return found


_MOST_WORDS = 0.6
"""The share of a point's words that the doctor must have said in one sentence."""


def _said(point: Check, dialogue: Dialogue) -> Quote | None:
    """The doctor's sentence that has one of the point's words, or most of its text."""
    wanted = content(point.text)
    phrases = [f" {normalise(word).strip(' .?!')} " for word in point.words]
    for place, turn in enumerate(dialogue.turns):
        for sentence in spoken_sentences(turn.text) if turn.role == "doctor" else ():
            normal = f" {normalise(sentence)} "
            by_phrase = any(phrase.strip() and phrase in normal for phrase in phrases)
            shared = len(common(content(sentence), wanted))
            by_text = not phrases and wanted and shared >= _MOST_WORDS * len(wanted)
            if by_phrase or by_text:
                return quote(dialogue.turns, place, sentence)
    return None


def checked_by(checklist: Sequence[Check], dialogues: Sequence[Dialogue]) -> list[tuple[str, int]]:
    """Each point's text, and in how many of the dialogues it was done."""
    found = [check(checklist, dialogue) for dialogue in dialogues]
    return [(point.text, sum(own[place].done for own in found)) for place, point in enumerate(checklist)]


def template() -> str:
    """A checklist of CSV to begin from, with a point of each kind."""
    rows = [
        "Asks for allergies,allergies,",
        "Says their name and role,,my name is;i am the doctor",
        "Sums up before ending,,",
    ]
    return "\n".join([",".join(COLUMNS), *rows]) + "\n"
