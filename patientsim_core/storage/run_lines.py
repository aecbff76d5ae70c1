"""A dialogue as a line of a run: without what the run's folder holds once."""

import json
from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from patientsim_core.case import Case
from patientsim_core.dialogue import Dialogue
from patientsim_core.errors import InputError
from patientsim_core.persona import Persona

_TEXTS = {"reply": {"text", "model"}, "question": {"text", "model"}}
_LEFT_OUT = {
    "case": True,
    "persona": True,
    "model": True,
    "seed": True,
    "options": True,
    "prompt": True,
    "doctor": True,
    "created": True,
    "turns": {"__all__": {"persona": True, "model": True, **_TEXTS}},
}


def to_line(dialogue: Dialogue) -> str:
    """One line of JSON: `id` first; the case by its hadm_id, the persona by its key; nothing that has its
    usual value."""
    kept = dialogue.model_dump(mode="json", exclude_defaults=True, exclude=_LEFT_OUT)
    for turn in kept.setdefault("turns", []):
        for said in ("reply", "question"):
            if turn.get(said) == {}:
                del turn[said]
    line = {
        "id": kept.pop("id"),
        "case": dialogue.case.hadm_id,
        "persona": dialogue.persona.key,
        "models": {"patient": dialogue.model, "doctor": dialogue.doctor},
        "end_reason": kept.pop("end_reason"),
        "usage": {
            role: dialogue.usage(role).model_dump(exclude_defaults=True) for role in ("patient", "doctor")
        },
        **kept,
    }
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def from_line(
    line: dict,
    cases: Mapping[str, Case],
    run: Mapping[str, object],
    created: datetime,
    play_as: Persona | None = None,
) -> Dialogue:
    """The whole dialogue of a line; `run` has what its parameters say of each dialogue, `play_as` the persona
    of every turn where that is not the assigned one. Raises InputError for a line that is none."""
    where = f"dialogue {str(line.get('id'))[:80]}"
    try:
        persona, case = Persona.from_key(line["persona"]), cases[line["case"]]
        known = {
            key: line[key] for key in ("id", "repeat", "differential", "end_reason", "failure") if key in line
        }
        turns = [_whole(turn, play_as or persona, line["models"]) for turn in line["turns"]]
        models = {"model": line["models"]["patient"], "doctor": line["models"]["doctor"]}
        about = {"case": case, "persona": persona, "created": created, **models, **run}
        return Dialogue.model_validate({**about, **known, "turns": turns})
    except KeyError as error:
        raise InputError(f"{where}: has no {error.args[0]}, or its case is not in the run.") from None
    except (ValidationError, TypeError, AttributeError) as error:
        raise InputError(f"{where}: cannot be read ({type(error).__name__}).") from None


def _whole(turn: dict, persona: Persona, models: Mapping[str, str]) -> dict:
    """A turn with what `to_line` left out: each text once, the persona it was spoken as, and who spoke."""
    said = {"text": turn["text"], "model": models[turn["role"]]}
    turn = {**turn, "model": said["model"]}
    if turn["role"] == "doctor":
        return {**turn, "question": {**turn.get("question", {}), **said}}
    return {**turn, "persona": persona, "reply": {**turn.get("reply", {}), **said}}
