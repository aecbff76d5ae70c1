"""A case: one emergency-department record of 24 items in five groups."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from patientsim_core.persona import Cefr, Dazed, Persona, Personality, Recall
from patientsim_core.text import clean
from patientsim_core.words import LISTS, computed_lists

UNKNOWN = "Not recorded"

GROUPS: dict[str, dict[str, str]] = {
    "Demographics": {"age": "Age", "gender": "Gender", "race": "Race"},
    "Social history": {
        "tobacco": "Tobacco",
        "alcohol": "Alcohol",
        "illicit_drug": "Illicit drugs",
        "sexual_history": "Sexual history",
        "exercise": "Exercise",
        "marital_status": "Marital status",
        "children": "Children",
        "living_situation": "Living situation",
        "occupation": "Occupation",
        "insurance": "Insurance",
    },
    "Previous medical history": {
        "allergies": "Allergies",
        "family_medical_history": "Family history",
        "medical_device": "Medical devices",
        "medical_history": "Medical history",
    },
    "Current visit": {
        "present_illness": "Present illness",
        "chiefcomplaint": "Chief complaint",
        "pain": "Pain (0-10)",
        "medication": "Medication",
    },
    "Visit": {
        "arrival_transport": "Arrival",
        "disposition": "Disposition",
        "diagnosis": "Diagnosis",
    },
}
"""Group -> item -> label. `present_illness` is stored as `…_positive` and `…_negative`."""

ITEMS: dict[str, str] = {item: label for group in GROUPS.values() for item, label in group.items()}
LABELS: dict[str, str] = {
    **ITEMS,
    "present_illness_positive": "Present illness, reported",
    "present_illness_negative": "Present illness, denied",
}
"""Label by item, and by attribute where an item has two."""

HIDDEN = ("diagnosis", "disposition")
"""What a patient does not know and never says."""


def _text(value: object) -> object:
    """Text as the record has it: numbers and lists become text, nothing becomes `Not recorded`."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "; ".join(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    value = clean(value) if isinstance(value, str) else value  # first: invisible characters are no text
    return UNKNOWN if value is None or value == "" else value


def _number(value: object) -> object:
    """`"52"` and `52.0` are 52; an unknown pain is None."""
    if isinstance(value, bool):
        raise ValueError("no number")
    if isinstance(value, str):
        value = clean(value)
        if value.lower() in ("", UNKNOWN.lower(), "unknown", "n/a"):
            return None
    return value


def _words(value: object) -> object:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_text), Field(max_length=20_000)]
Words = Annotated[list[str] | None, BeforeValidator(_words)]


def _required(value: object) -> object:
    value = _text(value)
    if value == UNKNOWN:
        raise ValueError("needs a text")
    return value


Needed = Annotated[str, BeforeValidator(_required), Field(max_length=20_000)]


Provenance = Literal["synthetic", "credentialed", "unknown"]


class Arrival(BaseModel):
    """What a doctor sees of a patient who comes in, before a word is said (published protocol).

    `provenance` is not for the doctor: it says where the words of this patient may be sent.
    """

    model_config = ConfigDict(frozen=True)

    age: int
    gender: str
    transport: str
    provenance: Provenance = "unknown"


class Case(BaseModel):
    """One record. Attributes have the release's names; `pain` is 0-10, None where unknown.

    Unknown texts read `Not recorded`; several values in one text are separated by `;`. Keys that the
    protocol does not name are kept as they are.
    """

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    hadm_id: Needed
    provenance: Provenance = "unknown"
    age: Annotated[int, BeforeValidator(_number), Field(ge=0, le=120)]
    gender: Needed
    race: Text = UNKNOWN
    tobacco: Text = UNKNOWN
    alcohol: Text = UNKNOWN
    illicit_drug: Text = UNKNOWN
    sexual_history: Text = UNKNOWN
    exercise: Text = UNKNOWN
    marital_status: Text = UNKNOWN
    children: Text = UNKNOWN
    living_situation: Text = UNKNOWN
    occupation: Text = UNKNOWN
    insurance: Text = UNKNOWN
    allergies: Text = UNKNOWN
    family_medical_history: Text = UNKNOWN
    medical_device: Text = UNKNOWN
    medical_history: Text = UNKNOWN
    present_illness_positive: Needed
    present_illness_negative: Text = UNKNOWN
    chiefcomplaint: Needed
    pain: Annotated[Annotated[float, Field(ge=0, le=10)] | None, BeforeValidator(_number)] = None
    medication: Text = UNKNOWN
    arrival_transport: Text = UNKNOWN
    disposition: Text = UNKNOWN
    diagnosis: Needed
    split: str | None = None
    personality: Personality | None = None
    cefr: Cefr | None = None
    recall_level: Recall | None = None
    dazed_level: Dazed | None = None
    cefr_A1: Words = None
    cefr_A2: Words = None
    cefr_B1: Words = None
    cefr_B2: Words = None
    cefr_C1: Words = None
    cefr_C2: Words = None
    med_A: Words = None
    med_B: Words = None
    med_C: Words = None

    def __hash__(self) -> int:
        return hash(self.hadm_id)  # a case has lists, which have no hash of their own

    @property
    def word_lists(self) -> dict[str, list[str]]:
        """`cefr_A1`…`cefr_C2` and `med_A`…`med_C`: the file's own, computed where it has none."""
        computed = computed_lists(self.hadm_id)
        return {name: getattr(self, name) or computed[name] for name in LISTS}

    @property
    def persona(self) -> Persona | None:
        """The persona that the file assigns, None where it assigns none."""
        if self.personality is None:
            return None
        given = {"cefr": self.cefr, "recall": self.recall_level, "dazed": self.dazed_level}
        return Persona(
            personality=self.personality, **{axis: level for axis, level in given.items() if level}
        )

    @property
    def arrival(self) -> Arrival:
        """What a doctor sees before a word is said."""
        return Arrival(
            age=self.age, gender=self.gender, transport=self.arrival_transport, provenance=self.provenance
        )

    @property
    def title(self) -> str:
        """`Man, 52 · Chest pain`: what may be known before a word is said."""
        return f"{self.person.capitalize()}, {self.age} · {self.chiefcomplaint}"

    @property
    def person(self) -> str:
        """`man` or `woman`, else the record's own word for the gender."""
        return {"m": "man", "f": "woman"}.get(self.gender[0].lower(), self.gender.lower())


def item_of(key: str) -> str:
    """The item that an attribute belongs to: both halves of the present illness are one item."""
    return "present_illness" if key.startswith("present_illness") else key


def values(text: str) -> list[str]:
    """The single values of a record's text; none where it says `Not recorded`."""
    parts = [part.strip() for part in text.split(";")]
    return [part for part in parts if part and part.lower() != UNKNOWN.lower()]
