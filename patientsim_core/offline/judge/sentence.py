"""One sentence of a patient: its kind, the items it is about, and what the record says of them."""

from dataclasses import dataclass, field
from functools import lru_cache

from patientsim_core.case import HIDDEN, ITEMS, Case
from patientsim_core.offline.judge.finding import Finding, Status, neutral
from patientsim_core.offline.judge.illness import present_illness
from patientsim_core.offline.judge.kind import CHATTER, kind_of
from patientsim_core.offline.judge.lists import LISTED, allergies, listed, medication
from patientsim_core.offline.judge.permitted import permitted
from patientsim_core.offline.judge.record import Record, record
from patientsim_core.offline.judge.said import Asked, Said, is_about, read, read_question
from patientsim_core.offline.judge.unnamed import chiefcomplaint
from patientsim_core.offline.judge.values import HABITS, age, classed, free, habit, pain
from patientsim_core.offline.listen import pattern as heard
from patientsim_core.persona import Dazed, Persona, Personality

_SHORT = 10
"""Words of an answer that is taken to be one, whatever its words."""

CLASSED = ("marital_status", "arrival_transport", "race", "gender", "insurance")
FREE = ("living_situation", "occupation", "exercise", "children", "sexual_history")


@dataclass(frozen=True)
class SentenceVerdict:
    """What the rules say of a sentence.

    `kind` is politeness, emotion, inquiry, meta or information. `items` are those an informing sentence is
    about; `adds` is whether it says something that the record does not; `plausibility`, 1-4, stands where it
    adds something or is about no item. `permitted` says why the persona may contradict the record so, "" if
    it may not, or does not.
    """

    kind: str
    items: dict[str, Status] = field(default_factory=dict)
    adds: bool = False
    plausibility: int | None = None
    permitted: str = ""
    rationale: str = ""


@lru_cache(maxsize=16_384)
def judge_sentence(sentence: str, question: str, case: Case, persona: Persona) -> SentenceVerdict:
    """Judges one sentence of a patient that answers a doctor's question; always the same for the same."""
    said, asked = read(sentence), read_question(question)
    if not said.length and not said.quantities:
        return SentenceVerdict("meta", rationale="no words")
    found = findings(said, asked, record(case))
    kind = kind_of(said, asked, found, persona)
    if kind == CHATTER:
        found = _answers(said, asked, persona)
    elif kind != "information":
        return SentenceVerdict(kind, rationale=f"nothing of the record, words of {kind}")
    items = {item: one.status for item, one in found.items()}
    adds = not found or any(one.new for one in found.values())
    why = "; ".join(f"{item}: {one.why}" for item, one in found.items()) or "a remark about nothing on record"
    return SentenceVerdict(
        "information",
        items,
        adds,
        _plausibility(said, found) if adds else None,
        permitted(said, items, persona, case.pain),
        why,
    )


def findings(said: Said, asked: Asked, known: Record) -> dict[str, Finding]:
    """Item -> what the sentence says of it, for the items it is about."""
    found: dict[str, Finding | None] = {}
    found["age"] = age(said, asked, known.get("age", ()))
    for item in CLASSED:
        found[item] = classed(item, said, asked, known.get(item, ()))
    for item in FREE:
        found[item] = free(item, said, asked, known.get(item, ()))
    for item in HABITS:
        found[item] = habit(item, said, asked, known.get(item, ()))
    found["pain"] = pain(said, asked, known.get("pain", ()))
    kin = bool(heard("frames", "kin").search(said.normal)) or is_about("family_medical_history", said.normal)
    of_family = "family_medical_history" in asked.items or (kin and bool(said.concepts))
    for item in LISTED:
        if (item == "family_medical_history") == of_family:
            found[item] = listed(item, said, asked, known.get(item, ()))
    found["allergies"] = allergies(said, asked, known.get("allergies", ()))
    if not found["allergies"]:
        found["medication"] = medication(said, asked, known.get("medication", ()))
    if not of_family:
        found["present_illness"] = present_illness(said, asked, known)
        found["chiefcomplaint"] = chiefcomplaint(said, asked, known, found["present_illness"])
    return _explained({item: one for item, one in found.items() if one}, asked)


def _explained(found: dict[str, Finding], asked: Asked) -> dict[str, Finding]:
    """Without what another item explains: an ailment of now is none of the past, a pill tried now none of
    those taken."""
    own = found.get("present_illness")
    if own and own.status == "entailed":
        aside = {"medical_history", "medication", "medical_device"} - asked.items
        return {item: one for item, one in found.items() if item not in aside or one.status == "entailed"}
    told = any(one.status == "entailed" for item, one in found.items() if item != "chiefcomplaint")
    if own and own.status == "neutral" and told and "present_illness" not in asked.items:
        return {item: one for item, one in found.items() if item != "present_illness"}
    return found


def _answers(said: Said, asked: Asked, persona: Persona) -> dict[str, Finding]:
    """A short answer in words that the rules do not know is still one, but from those who wander."""
    wanders = persona.personality is Personality.verbose or persona.dazed is Dazed.high
    if wanders or said.length > _SHORT:
        return {}
    items = asked.items & set(ITEMS) - {"pain", "chiefcomplaint"} - set(HIDDEN)
    return {item: neutral("words that the rules can not compare") for item in sorted(items)}


def _plausibility(said: Said, found: dict[str, Finding]) -> int:
    """4 an everyday remark, 3 a detail that may well be, 2 an illness or drug beside those on record, 1 what
    goes against the record."""
    if any(one.status == "contradicted" for one in found.values()):
        return 1
    grave = {"medical_history", "medication", "allergies", "medical_device"}
    if any(one.status == "neutral" and item in grave for item, one in found.items()):
        return 2
    return 3 if found else 4
