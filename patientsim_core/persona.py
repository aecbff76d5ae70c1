"""The four persona axes and the 37 standard combinations (Kyung et al. 2025, section 3)."""

from enum import StrEnum
from itertools import product
from typing import Self

from pydantic import BaseModel, ConfigDict

from patientsim_core.errors import InputError


class Level(StrEnum):
    """A level of an axis: its value is the published key, with a label and one sentence for people."""

    label: str
    description: str

    def __new__(cls, value: str, label: str, description: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.description = description
        return member


class Personality(Level):
    plain = "plain", "Plain", "Neutral and brief."
    verbose = "verbose", "Verbose", "Talks a lot and is hard to steer."
    pleasing = "pleasing", "Pleasing", "Over-positive; plays problems down."
    impatient = "impatient", "Impatient", "Curt; irritated by delay and repeats."
    distrust = "distrust", "Distrustful", "Doubts you; wants to know why you ask."
    overanxious = "overanxious", "Overanxious", "Fears the worst; asks for comfort."


class Cefr(Level):
    A = "A", "A · basic", "Fragments; knows everyday words only."
    B = "B", "B · intermediate", "Everyday language; no specialist terms."
    C = "C", "C · proficient", "Precise; knows and uses medical terms."


class Recall(Level):
    low = "low", "Low", "Forgets much of the medical history."
    high = "high", "High", "Remembers the medical history."


class Dazed(Level):
    normal = "normal", "Normal", "Clear-headed."
    moderate = "moderate", "Moderate", "Slow; follows one short question."
    high = "high", "High", "Confused; clears when reassured."


class Persona(BaseModel):
    """One level on each axis. Every combination can be played; 37 of them are standard."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    personality: Personality = Personality.plain
    cefr: Cefr = Cefr.B
    recall: Recall = Recall.high
    dazed: Dazed = Dazed.normal

    @property
    def is_standard(self) -> bool:
        """Whether this is one of the 37 combinations of the published protocol."""
        return self in ALL_PERSONAS

    @property
    def key(self) -> str:
        """`personality,cefr,recall,dazed`, as the command line takes it."""
        return ",".join(str(level) for level in self.levels)

    @classmethod
    def from_key(cls, key: str) -> Self:
        """The persona of a key like `distrust,B,low,normal`; raises InputError for what is none."""
        named = [level.strip() for level in key.split(",")]
        if len(named) != len(AXES):
            raise InputError(f"persona {key!r}: needs four levels, such as plain,B,high,normal.")
        return cls(**{axis: read_level(axis, level) for axis, level in zip(AXES, named, strict=True)})

    @property
    def levels(self) -> tuple[Level, Level, Level, Level]:
        return self.personality, self.cefr, self.recall, self.dazed

    @property
    def label(self) -> str:
        """For people: `Distrustful · B · high recall`, with the confusion only where there is any."""
        parts = [self.personality.label, str(self.cefr), f"{self.recall} recall"]
        if self.dazed is not Dazed.normal:
            parts.append(f"{self.dazed} confusion")
        return " · ".join(parts)


AXES: dict[str, type[Level]] = {
    "personality": Personality,
    "cefr": Cefr,
    "recall": Recall,
    "dazed": Dazed,
}


def read_level(axis: str, level: str) -> Level:
    """A level by its key, whatever its case; raises InputError that names those of the axis."""
    found = next((one for one in AXES[axis] if one.lower() == level.strip().lower()), None)
    if found is None:
        raise InputError(f"{axis} {level!r}: is not known. It is one of {', '.join(AXES[axis])}.")
    return found


ALL_PERSONAS: tuple[Persona, ...] = (
    *(
        Persona(personality=personality, cefr=cefr, recall=recall)
        for personality, cefr, recall in product(Personality, Cefr, Recall)
    ),
    Persona(dazed=Dazed.high),
)
"""6 personalities x 3 language levels x 2 recall levels, and one dazed: plain, B, high, high."""
