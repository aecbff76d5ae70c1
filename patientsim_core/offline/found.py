"""What the record has for a question, and small ways to look it up."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from patientsim_core.facts import Fact
from patientsim_core.offline.lexicon import concepts, drug_classes
from patientsim_core.offline.understand import Ask

AT_ONCE = 2
"""How many further symptoms an open question brings; the rest waits for the next one."""


@dataclass(frozen=True)
class Found:
    """The facts that answer an ask, and the section of `say.toml` that says them.

    Without facts `move` says why: unknown, not noticed, nothing more … `by_name` marks facts that were
    asked for by name or purpose, `full` an answer in all detail.
    """

    ask: Ask
    facts: tuple[Fact, ...] = ()
    section: str = ""
    move: str = "unknown"
    slots: dict[str, str] = field(default_factory=dict)
    by_name: bool = False
    full: bool = False

    @property
    def is_diagnosis(self) -> bool:
        """Whether it asks what the patient has now, which no record answers."""
        return not self.facts and self.move == "diagnosis_asked"


def of(facts: Sequence[Fact], item: str) -> tuple[Fact, ...]:
    """The facts of an item."""
    return tuple(fact for fact in facts if fact.item == item)


def side(facts: Sequence[Fact], aspect: str) -> tuple[Fact, ...]:
    """Facts that tell an aspect; those made for it before those that mention it in passing."""
    own = tuple(fact for fact in facts if fact.label and aspect in fact.aspects)
    return own or tuple(fact for fact in facts if aspect in fact.aspects)


def section(fact: Fact) -> str:
    """The section of `say.toml` that says a fact of the complaint."""
    if fact.item in ("chiefcomplaint", "medical_history"):
        return fact.item
    return fact.label or "symptom"


def name_of(id: str, cefr: str) -> str:
    """A concept or purpose of drugs as a patient of the level says it."""
    entry = concepts().get(id) or drug_classes().get(id)
    return entry.form(cefr) if entry else id
