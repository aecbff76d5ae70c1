"""Departures from the record that a persona is assigned: told apart from contradictions."""

from collections.abc import Mapping

from patientsim_core.facts import PAST
from patientsim_core.offline.judge.finding import Status
from patientsim_core.offline.judge.said import Said, pattern
from patientsim_core.persona import Dazed, Persona, Personality, Recall

_FELT = ("pain", "present_illness", "chiefcomplaint")


def permitted(said: Said, items: Mapping[str, Status], persona: Persona, pain: float | None = None) -> str:
    """Why every contradiction of a sentence is one that the persona may make; "" if one is not."""
    wrong = [item for item, status in items.items() if status == "contradicted"]
    reasons = [_reason(item, said, persona, pain) for item in wrong]
    return "; ".join(dict.fromkeys(reasons)) if all(reasons) else ""


def _reason(item: str, said: Said, persona: Persona, pain: float | None) -> str:
    if persona.dazed is Dazed.high:
        return "a dazed patient is confused"
    if item in _FELT and persona.personality in (Personality.pleasing, Personality.overanxious):
        return _bent(item, said, persona.personality, pain)
    if item in PAST and persona.recall is Recall.low and _denies(said):
        return "a patient of low recall forgets its history"
    return ""


def _bent(item: str, said: Said, personality: Personality, pain: float | None) -> str:
    numbers = [number for number, unit in said.quantities if not unit and number <= 10]
    lower = bool(pattern("plays", "down").search(said.normal))
    higher = bool(pattern("plays", "up").search(said.normal))
    if item == "pain" and numbers and pain is not None:
        lower, higher = numbers[0] < pain, numbers[0] > pain
    if personality is Personality.pleasing and lower:
        return "a pleasing patient plays it down"
    if personality is Personality.overanxious and higher:
        return "an overanxious patient makes it worse than it is"
    return ""


def _denies(said: Said) -> bool:
    return any(clause.denies_from is not None for clause in said.clauses) or bool(
        pattern("denials", "medical_history").search(said.normal)
    )
