"""A consultation as text: files to keep, and the Markdown that the page shows of case and outcome.

Neither file of an open consultation gives its case away.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from itertools import groupby
from types import MappingProxyType

from patientsim_core.case import GROUPS, UNKNOWN, Case
from patientsim_core.consultation import changes, voice
from patientsim_core.debrief.layout import TRIAGE
from patientsim_core.debrief.rows import Row, Status, rows
from patientsim_core.dialogue import Dialogue, Reply
from patientsim_core.models import OFFLINE
from patientsim_core.prompt import item_text
from patientsim_core.usage import Usage

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_ACTIVE = re.compile(r"([\\`*_\[\]<>#|~$&@^]|:(?=\S)|\.(?=[^\W\d])|^[-+=])", re.MULTILINE)
_NUMBERED = re.compile(r"^(\s*\d+)([.)])(?=\s|$)", re.MULTILINE)
_ALIVE = re.compile(r"(?<=:)(?=\S)|(?<=www)(?=\.)|(?<=@)|(?<=[-<=>])(?=[-=>])", re.IGNORECASE)
_GUARDED = {
    "withheld": "{} sentence{s} withheld",
    "shortened": "{} sentence{s} shortened",
    "removed": "{} part{s} removed",
    "asked again": "asked again",
    "replaced": "nothing left of the answer",
}
_COLORS = {Status.disclosed: "green", Status.held_back: "orange", Status.missed: "red"}


def escape(text: str) -> str:
    """Text that Markdown shows as it is and people can read: no heading, link, image or HTML in it."""
    return _NUMBERED.sub(r"\1\\\2", _ACTIVE.sub(r"\\\1", text)).replace("\n", "\\\n")


def literal(text: str) -> str:
    """The same for the app, whose Markdown also brings bare addresses, icon names and arrows to life:
    an invisible mark inside them prevents it, and every sign is escaped."""
    return _PUNCTUATION.sub(r"\\\1", _ALIVE.sub("\u2060", text)).replace("\n", "\\\n")


def triage(case: Case) -> str:
    """What the doctor knows before the first question, for the app."""
    known = {"Age": f"{case.age}", "Gender": case.gender, "Arrival": case.arrival_transport.capitalize()}
    facts = [f"{label} **{literal(value)}**" for label, value in known.items()]
    kind = [":gray-badge[Synthetic case]"] if case.provenance == "synthetic" else []
    return f"### {literal(case.chiefcomplaint)}\n\n" + " &emsp; ".join([*facts, *kind])


def outcome(dialogue: Dialogue) -> str:
    """How an ended consultation compares with its case, for the app."""
    case, found = dialogue.case, rows(dialogue)
    lines = [
        f"Diagnosis\n### {literal(case.diagnosis)}",
        f"Disposition **{literal(case.disposition.capitalize())}**",
        f"You spoke with **{literal(_whom(dialogue))}**",
        "#### Your differential",
        _ranked(dialogue, literal),
        "#### What came to light",
    ]
    for status in (Status.disclosed, Status.held_back, Status.missed):
        if labels := [f"{row.label}{_share(row)}" for row in found if row.status is status]:
            lines.append(f":{_COLORS[status]}-badge[{status} · {len(labels)}] {', '.join(labels)}")
    return "\n\n".join(lines)


def _whom(dialogue: Dialogue) -> str:
    """The personas and the models that were heard, in the order they began."""
    spoken = [turn.persona.label for turn in dialogue.turns if turn.persona] or [dialogue.persona.label]
    played = ("the built-in patient" if one == OFFLINE else one for one in _models(dialogue))
    return f"{', then '.join(dict.fromkeys(spoken))}; played by {', then '.join(played)}"


def _models(dialogue: Dialogue) -> list[str]:
    """The models that answered, in the order they began; before that, the one chosen."""
    heard = [voice(turn).model for turn in dialogue.turns if turn.role == "patient"]
    return list(dict.fromkeys(model for model in heard if model)) or [dialogue.model]


def record_text(
    case: Case, covered: Collection[str] = (), beside: Mapping[str, str] = MappingProxyType({})
) -> str:
    """A case's items by group, for the app; those that are `covered` are only named. `beside` has Markdown
    that stands beside an item's name."""
    groups = []
    for group, items in GROUPS.items():
        lines = [f"**{group}**"]
        for item, label in items.items():
            value = "covered" if item in covered else item_text(case, item) or UNKNOWN
            lines.append(f":gray[{label}]{beside.get(item, '')} &ensp;{literal(value)}")
        groups.append("\\\n".join(lines))
    return "\n\n".join(groups)


def record(dialogue: Dialogue) -> dict[str, str]:
    """The record for the app, a heading and a text for each group: every item with what the patient
    disclosed of it, and the question and the answer that brought it."""
    texts = {}
    for group, found in groupby(rows(dialogue), key=lambda row: row.group):
        own = list(found)
        disclosed = sum(row.status is Status.disclosed for row in own)
        lines = []
        for row in own:
            badge = f":{_COLORS.get(row.status, 'gray')}-badge[{row.status}{_share(row)}]"
            heard = row.reached if len(row.facts) > 1 else ()
            facts = [f"✓ **{literal(fact)}**" if fact in heard else literal(fact) for fact in row.facts]
            lines.append(f"**{row.label}** &ensp; {badge}\\\n{'; '.join(facts) or 'Not recorded'}")
            lines += _quotes(row)
        texts[f"**{group}** · {disclosed} of {len(own)} disclosed"] = "\n\n".join(lines)
    return texts


def _share(row: Row) -> str:
    """` · 2 of 9` facts, where an item has several."""
    heard = len(row.reached.intersection(row.facts))
    return f" · {heard} of {len(row.facts)}" if heard and len(row.facts) > 1 else ""


def _quotes(row: Row) -> list[str]:
    """What replies disclosed of an item, a quotation for each question that brought some of it."""
    quotes = []
    for number, found in groupby(row.brought, key=lambda line: line.number):
        lines = list(found)
        facts = [
            f"{literal(line.fact)} **({line.how}{'' if line.asked else ', volunteered'}"
            f"{', inferred from the text' if line.inferred else ''})**"
            for line in lines
        ]
        said = f"Question {number}: {lines[0].question}\nAnswer: {lines[0].reply}"
        quotes.append("; ".join(facts) + "\\\n" + literal(said))
    return ["\n".join(f"> {line}" for line in quote.split("\n")) for quote in quotes]


def _ranked(dialogue: Dialogue, safe: Callable[[str], str]) -> str:
    ranked = [f"{rank}. {safe(text)}" for rank, text in enumerate(dialogue.differential, 1)]
    return "\n".join(ranked) or "None was given."


def effort(reply: Reply) -> str:
    """What an answer took and what was done to it, in one line; empty for the built-in patient's."""
    if reply.model == OFFLINE:
        return ""
    parts = [reply.model.partition(":")[2], _tokens(reply.usage)]
    parts += [f"first words {reply.first_seconds:.1f} s", f"{reply.seconds:.1f} s in all"]
    if reply.attempts > 1:
        parts.append(f"{reply.attempts} requests")
    for action, count in Counter(done.action for done in reply.guard).items():
        parts.append(_GUARDED[action].format(count, s="" if count == 1 else "s"))
    if reply.ignored:
        parts.append(f"not taken by the model: {', '.join(reply.ignored)}")
    return " · ".join(parts)


def _tokens(usage: Usage) -> str:
    about = "about " if usage.estimated else ""
    reasoning = f" (of them {usage.reasoning_tokens:,} reasoning)" if usage.reasoning_tokens else ""
    return f"{about}{usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens{reasoning}"


def _players(dialogue: Dialogue) -> str:
    """The models that answered, and their tokens."""
    answers = [(voice(turn).model, turn.reply) for turn in dialogue.turns if turn.role == "patient"]
    replies = [reply for model, reply in answers if model not in (None, OFFLINE)]
    used = sum((reply.usage for reply in replies if reply), Usage())
    least = "at least " if None in replies else ""  # a stopped answer does not tell its tokens
    return ", ".join(map(escape, _models(dialogue))) + (f" ({least}{_tokens(used)})" if replies else "")


def to_json(dialogue: Dialogue) -> str:
    """The whole Dialogue once it has ended; until then only what the doctor may know."""
    data = dialogue.model_dump(mode="json")
    if dialogue.end_reason is None:
        data["case"] = {key: data["case"][key] for key in ("provenance", *TRIAGE)}
        data["turns"] = [{**turn, "reply": None} for turn in data["turns"]]
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def to_markdown(dialogue: Dialogue) -> str:
    """The chat with its questions numbered and, once it has ended, the differential and the record."""
    case, moved = dialogue.case, changes(dialogue)
    lines = [
        f"# {escape(case.title)}",
        f"{case.provenance.capitalize()} case. Begun {dialogue.created:%Y-%m-%d %H:%M} UTC. "
        f"Model: {_players(dialogue)}. Persona: {dialogue.persona.label}.",
        "## Conversation",
    ]
    number = 0
    for index, turn in enumerate(dialogue.turns):
        if index in moved:
            lines.append(f"*From here: {escape(moved[index])}*")
        number += turn.role == "doctor"
        speaker = f"Doctor {number}" if turn.role == "doctor" else "Patient"
        lines.append(f"**{speaker}:** {escape(turn.text)}" + (" *(stopped here)*" if turn.stopped else ""))
    if dialogue.end_reason is not None:
        lines += ["## Differential diagnosis", _ranked(dialogue, escape), *_record(dialogue)]
    return "\n\n".join(lines) + "\n"


def _record(dialogue: Dialogue) -> list[str]:
    lines = ["## Record"]
    for group, own in groupby(rows(dialogue), key=lambda row: row.group):
        lines.append(f"### {group}")
        for row in own:
            said = escape("; ".join(row.facts)) or "Not recorded"
            entry = [f"- **{escape(row.label)}:** {said} ({row.status}{_share(row)})"]
            entry += [
                f"  - {escape(line.fact)}: {line.how}{'' if line.asked else ', volunteered'}"
                f"{', inferred' if line.inferred else ''} (question {line.number})"
                for line in row.brought
            ]
            lines.append("\n".join(entry))
    return lines
