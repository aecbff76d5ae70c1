"""Dialogues of the published system: a row of its files becomes a dialogue of this project."""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import zip_longest
from math import inf
from typing import NamedTuple

from patientsim_core.case import Case
from patientsim_core.case_rows import is_of_mimic
from patientsim_core.dialogue import Dialogue, EndReason, Question, Reply, Turn
from patientsim_core.doctor import read_answer
from patientsim_core.errors import InputError
from patientsim_core.persona import AXES, Level, Persona, read_level
from patientsim_core.selection import Item
from patientsim_core.storage.official_files import Listing, as_text, known_id, whole
from patientsim_core.text import clean
from patientsim_core.usage import Usage

HUMAN, UNNAMED = "human", "unknown"
"""Who spoke, where it was a person, and where the files do not say."""

NO_RECORD = "not recorded"
"""What a stub of a case has where a case needs a text: no value for `case.values`, as `Not recorded` is."""

PROVIDERS = {
    "vllm": "vllm",
    "azure": "azure",
    "gpt_azure": "azure",
    "openai": "openai",
    "genai": "gemini",
    "gemini": "gemini",
    "vertex": "vertex",
}
"""Their word for a service -> this project's."""

_AXES = {"personality": "personality_type", "cefr": "cefr_type"}
_AXES |= {"recall": "recall_level_type", "dazed": "dazed_level_type"}
_MEASURED = ("patient_token_log", "doctor_token_log", "elapsed_time")
_FIRST = re.compile(r"(?:^|\s)1[.)]\s")
_LISTED = [re.compile(rf"(?:^|\s){number}[.)]\s") for number in range(1, 6)]


class Row(NamedTuple):
    """A row of a file and the dialogue that it tells; several rows may tell the same."""

    where: str
    entry: dict
    dialogue: Dialogue


class Unreadable(ValueError):
    """A row is no dialogue; says why, never what stands there."""


def has_record(case: Case) -> bool:
    """Whether the record of a case is known; a stub of an import has only its number and diagnosis."""
    return not (case.model_extra or {}).get("no_record", False)


def stub(hadm_id: str, diagnosis: str = "", credentialed: bool = False) -> Case:
    """A case of which the result knows no more. `no_record` marks it, also on disk; its age of 0 is none."""
    return Case(
        hadm_id=hadm_id,
        provenance="credentialed" if credentialed or is_of_mimic(hadm_id) else "unknown",
        age=0,
        gender=NO_RECORD,
        present_illness_positive=NO_RECORD,
        chiefcomplaint=NO_RECORD,
        diagnosis=diagnosis or NO_RECORD,
        no_record=True,
    )


def read_dialogues(
    rows: list[tuple[str, dict]],
    name: str,
    cases: Mapping[str, Case],
    listing: Listing,
    patient: str = "",
    credentialed: bool = False,
) -> list[Row]:
    """The dialogues of a file's rows, those that cannot be read left to the listing.

    `patient` names the model where the rows do not. Rows with a labeler are a clinician's: the same
    conversation by several of them is one dialogue. Others that are alike are repeats.
    """
    found: list[Row] = []
    counts: Counter[tuple[str, str]] = Counter()
    rated: dict[str, Dialogue] = {}
    for where, entry in rows:
        try:
            dialogue = _dialogue(entry, cases, patient, credentialed)
        except Unreadable as fault:
            listing.add(name, where, str(fault), as_text(entry))
            continue
        said = f"{dialogue.case.hadm_id}\n" + "\n".join(turn.text for turn in dialogue.turns)
        if "labeler_name" not in entry or said not in rated:
            key = (dialogue.case.hadm_id, dialogue.persona.key)
            counts[key] += 1
            item = Item(dialogue.case.hadm_id, dialogue.persona, counts[key])
            rated[said] = dialogue.model_copy(update={"id": item.id, "repeat": item.repeat})
        found.append(Row(where, entry, rated[said]))
        for key in [key for key in _MEASURED if key in entry]:
            value = entry[key]
            if (_seconds(value) if key == "elapsed_time" else _usages(value)) is None:
                listing.add(name, where, f"{key} cannot be read and is left out", as_text(value))
    return found


def _dialogue(entry: dict, cases: Mapping[str, Case], patient: str, credentialed: bool) -> Dialogue:
    hadm_id = known_id(entry.get("hadm_id"))
    if not hadm_id:
        raise Unreadable("has no hadm_id")
    diagnosis = entry.get("diagnosis")
    diagnosis = clean(diagnosis)[:200] if isinstance(diagnosis, str) else ""
    case = cases.get(hadm_id) or stub(hadm_id, diagnosis, credentialed)
    persona = _persona(entry, case)
    by_human = "labeler_name" in entry
    model = _model(entry, "patient") or patient or UNNAMED
    doctor = HUMAN if by_human else _model(entry, "doctor") or UNNAMED
    turns = _turns(entry, persona, model, doctor)
    last = next((turn for turn in reversed(turns) if turn.role == "doctor"), None)
    named = differential(last.text) if last else []
    if not named and "doc_ddx" in entry:
        named = differential(f"[DDX] {_joined(entry['doc_ddx'])}")
    if last and named and not by_human:
        last.question.differential = named
    concluded = bool(named or (last and "[ddx]" in last.text.lower()))
    return Dialogue(
        case=case,
        persona=persona,
        model=model,
        doctor=doctor,
        turns=turns,
        differential=named,
        end_reason=EndReason.concluded if concluded else EndReason.turn_limit,
    )


def _model(entry: dict, role: str) -> str:
    """`vllm:llama3.3-70b-instruct`; the bare name where the service is not known."""
    name, service = entry.get(f"{role}_engine_name"), entry.get(f"{role}_api_type")
    if not isinstance(name, str) or not name.strip():
        return ""
    name = clean(name)[:120]
    service = PROVIDERS.get(service.strip().lower(), "") if isinstance(service, str) else ""
    if name.startswith("vllm-") and service in ("", "vllm"):
        service, name = "vllm", name.removeprefix("vllm-")
    return f"{service}:{name}" if service else name


def _persona(entry: dict, case: Case) -> Persona:
    """The row's levels; the case's own where the row has none."""
    levels: dict[str, Level] = {}
    for axis, key in _AXES.items():
        given = entry.get(key)
        if given is None and case.persona:
            levels[axis] = getattr(case.persona, axis)
        elif given is None:
            raise Unreadable(f"has no {key}, and no case file assigns one")
        else:
            try:
                levels[axis] = read_level(axis, given if isinstance(given, str) else "")
            except InputError:
                raise Unreadable(f"{key} is not one of {', '.join(AXES[axis])}") from None
    return Persona(**levels)


def _turns(entry: dict, persona: Persona, model: str, doctor: str) -> list[Turn]:
    history = entry.get("dialog_history", entry.get("dialogue_history"))
    if not isinstance(history, list) or not history:
        raise Unreadable("has no dialog_history")
    turns = []
    for number, one in enumerate(history):
        role = one.get("role") if isinstance(one, dict) else None
        text = one.get("content") if isinstance(one, dict) else None
        role = role.strip().lower() if isinstance(role, str) else ""
        if role not in ("doctor", "patient") or not isinstance(text, str):
            raise Unreadable(f"turn {number} has no text, or no role of Doctor or Patient")
        text = clean(text)
        if role == "doctor":
            turns.append(Turn(role=role, text=text, model=doctor, question=Question(text=text, model=doctor)))
        else:
            reply = Reply(text=text, model=model)
            turns.append(Turn(role=role, text=text, persona=persona, model=model, reply=reply))
    _measure(entry, turns)
    return turns


def _measure(entry: dict, turns: list[Turn]) -> None:
    """Puts tokens and time to what was said. A doctor's greeting is not asked for: logs belong to the last
    turns. Of time only the whole is known, so that each turn gets the same share."""
    for role in ("doctor", "patient"):
        said = [turn.question or turn.reply for turn in turns if turn.role == role]
        usages = _usages(entry.get(f"{role}_token_log")) or []
        for one, usage in zip_longest(reversed(said), reversed(usages)):
            if usage and said:
                one = one or said[0]  # what was asked more often than said
                one.usage, one.attempts = one.usage + usage, one.attempts + 1
    if seconds := _seconds(entry.get("elapsed_time")):
        for turn in turns:
            (turn.question or turn.reply).seconds = seconds / len(turns)


def _seconds(value: object) -> float | None:
    """A time, None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < inf:
        return None
    return float(value)


def _usages(log: object) -> list[Usage] | None:
    """The tokens of each call, None for a log that cannot be read."""
    if not isinstance(log, dict):
        return None
    columns = [log.get("prompt_tokens"), log.get("completion_tokens")]
    if not all(isinstance(column, list) for column in columns) or len(columns[0]) != len(columns[1]):
        return None
    pairs = [(whole(a), whole(b)) for a, b in zip(*columns, strict=True)]
    if any(a is None or b is None or min(a, b) < 0 for a, b in pairs):
        return None
    return [Usage(prompt_tokens=a, completion_tokens=b) for a, b in pairs]


def _joined(value: object) -> str:
    """Diagnoses as text: a list of them, or text as it is."""
    if isinstance(value, list):
        return "; ".join(clean(one) for one in value if isinstance(one, str))
    return clean(value) if isinstance(value, str) else ""


def differential(text: str) -> list[str]:
    """The diagnoses of a doctor's last turn: after `[DDX]`, else a list numbered from 1 to 5."""
    if "[ddx]" not in text.lower() and all(one.search(text) for one in _LISTED):
        text = f"[DDX] {text[_FIRST.search(text).start() :]}"
    return read_answer(text)[1]
