"""A consultation as text: files to keep, and the Markdown that the page shows of case and outcome.

Neither file of an open consultation gives its case away.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping
from types import MappingProxyType

from patientsim_core.case import GROUPS, UNKNOWN, Case
from patientsim_core.consultation import changes, voice
from patientsim_core.debrief.layout import TRIAGE
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


def ended(dialogue: Dialogue) -> str:
    """What was to be found out, and with whom one spoke, for the app."""
    case = dialogue.case
    disposition, whom = literal(case.disposition.capitalize()), literal(_whom(dialogue))
    about = f"Disposition **{disposition}** &emsp; You spoke with **{whom}**"
    return f"Diagnosis\n### {literal(case.diagnosis)}\n\n{about}"


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
        lines += _concluded(dialogue)
    return "\n\n".join(lines) + "\n"


def _concluded(dialogue: Dialogue) -> list[str]:
    """The differential and the record, a group of items at a time."""
    ranked = [f"{rank}. {escape(text)}" for rank, text in enumerate(dialogue.differential, 1)]
    lines = ["## Differential diagnosis", "\n".join(ranked) or "None was given.", "## Record"]
    for group, items in GROUPS.items():
        known = {label: item_text(dialogue.case, item) or UNKNOWN for item, label in items.items()}
        lines += [
            f"### {group}",
            "\n".join(f"- **{label}:** {escape(text)}" for label, text in known.items()),
        ]
    return lines
