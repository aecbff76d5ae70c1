"""A record as single facts: what can be told, one at a time."""

import re
from dataclasses import dataclass

from patientsim_core.case import HIDDEN, ITEMS, Case, values
from patientsim_core.offline.lexicon import concepts_in, covers, drugs, find_drugs
from patientsim_core.offline.spelling import normalise

LISTS = ("medical_history", "medication", "allergies", "family_medical_history", "medical_device")
"""Items with one value a fact; lists separated by commas occur in the release."""

PAST = ("medical_history", "medication", "medical_device", "family_medical_history")
"""Items of which a poor memory loses most (published protocol)."""

NEEDLESS = (
    "tobacco", "alcohol", "illicit_drug", "sexual_history", "exercise", "marital_status", "children",
    "living_situation", "occupation", "insurance", "race",
)  # fmt: skip
"""Items that a distrustful patient keeps back until told why they are asked for."""

LABELS = {
    "onset": "onset",
    "location": "location",
    "quality": "quality",
    "radiation": "radiation",
    "severity": "severity",
    "timing": "timing",
    "worse": "worse",
    "better": "better",
    "tried": "better",
    "previous": "previous",
}
"""Label of a present-illness fragment -> the aspect of the complaint that it tells."""

_CUES = {
    aspect: re.compile(pattern)
    for aspect, pattern in {
        "onset": r"\b(ago|since|started|began|onset|sudden|gradual|(min|hour|day|week|month|year)s?)\b",
        "radiation": r"\bradiat\w+|\bspread\w*|\bgoing (to|into)\b",
        "location": r"\b(left|right|upper|lower|substernal|middle|central|epigastric|flank|behind)\b",
        "quality": r"\b(crushing|sharp|dull|burning|pressure|stabbing|cramp\w*|tight\w*|aching|heav\w+)\b",
        "timing": r"\b(times|once|twice|every|constant|waves|on and off|persistent|worsening)\b",
        "worse": r"\b(worse|exacerbated|aggravated)\b",
        "better": r"\b(relieved|better|improved|took|tried)\b",
        "severity": r"\b(severe|mild|moderate|\d+ ?(/|out of|of) ?10)\b",
    }.items()
}
_LEADS = {
    aspect: re.compile(pattern, re.I)
    for aspect, pattern in {
        "onset": r"^(?:(?:it|pain|symptoms?) )?(?:started|began|onset(?: was)?|starting|beginning)\s+(?=\S)",
        "worse": r"^(?:made )?(?:worse|worsened|aggravated|exacerbated)\s+(?=(?:with|by|when|on|at|after)\b)",
        "better": r"^(?:relieved|improved|alleviated|better)\s+(?=(?:by|with|when|after|at)\b)",
        "radiation": r"^(?:pain )?(?:radiat\w+|radiation|spreading|spreads)\s+(?=(?:to|into|down|up)\b)",
    }.items()
}
"""How a fragment without a label begins that tells one side of the complaint: `worse with exertion`."""

_NONE = re.compile(
    r"^(none|no|never|denie[sd]|nothing|n/?a|nil|nka|nkda|not? (known|currently|any)|negative|unemployed$)\b",
    re.I,
)
_REPORTED = re.compile(
    r"^(the )?(patient|pt\.?|he|she) (is |was )?"
    r"(reports?|reported|endorses|complains? of|presents? with|has|had|notes|states)\s+",
    re.I,
)
_DENIED = re.compile(r"^(denie[sd]|no|without|negative for|not|never)\s+(any\s+)?", re.I)


@dataclass(frozen=True)
class Fact:
    """One fact. `item` is the record's key, `text` the record's words, `value` those without label.

    `aspects` are the sides of the complaint it tells (onset, location …; `associated` for a symptom of
    its own), `concepts` what it names, `absent` whether it says that there is none.
    """

    item: str
    text: str
    value: str
    label: str = ""
    aspects: frozenset[str] = frozenset()
    concepts: frozenset[str] = frozenset()
    drugs: frozenset[str] = frozenset()
    absent: bool = False

    def is_about(self, asked: str) -> bool:
        """Whether it answers a question for a concept, a drug or a purpose of drugs."""
        return bool({asked, asked.split()[-1]} & self.drugs) or any(
            covers(asked, concept) for concept in self.concepts
        )


def facts_of(case: Case) -> tuple[Fact, ...]:
    """Every fact of a record that a patient may tell; diagnosis and disposition are none."""
    found: list[Fact] = []
    for item in ITEMS:
        if item in HIDDEN:
            continue
        if item == "present_illness":
            found += map(_positive, values(case.present_illness_positive))
            found += [fact for text in values(case.present_illness_negative) for fact in _negatives(text)]
        elif item in ("age", "pain"):
            value = getattr(case, item)
            found += [] if value is None else [Fact(item, f"{value:g}", f"{value:g}")]
        elif item in LISTS:
            found += [_item(item, part) for text in values(getattr(case, item)) for part in _parts(text)]
        elif value := "; ".join(values(getattr(case, item))):
            found.append(_item(item, value))
    return tuple(found)


def _positive(text: str) -> Fact:
    label, _, rest = text.partition(":")
    normal = normalise(text)
    concepts = concepts_in(normal)
    if label.strip().lower() in LABELS and rest:
        label = label.strip().lower()
        return Fact(
            "present_illness_positive", text, rest.strip(), label, frozenset({LABELS[label]}), concepts
        )
    value = _REPORTED.sub("", text)
    for aspect, lead in _LEADS.items():
        if lead.match(value):
            told = re.sub(r"^by\b", "with", lead.sub("", value))
            return Fact("present_illness_positive", text, told, aspect, frozenset({aspect}), concepts)
    aspects = {aspect for aspect, cue in _CUES.items() if cue.search(value.lower())}
    return Fact("present_illness_positive", text, value, "", frozenset(aspects | {"associated"}), concepts)


def _negatives(text: str) -> list[Fact]:
    said = _REPORTED.sub("", text)
    several = r",\s*(?:or|and)\s+|,\s*" + (r"|\s+or\s+|\s+and\s+" if said.lower().startswith("denie") else "")
    parts = re.split(several, _DENIED.sub("", said))
    return [
        Fact("present_illness_negative", text, value, concepts=_concepts(value), absent=True)
        for part in parts
        if (value := _DENIED.sub("", part.strip(" .")))
    ]


def _item(item: str, value: str) -> Fact:
    normal = normalise(value)
    named = frozenset()
    if item in ("medication", "allergies"):
        found = [mention.id for mention in find_drugs(normal)]
        known = drugs()
        named = frozenset(found) | {purpose for drug in found for purpose in known.get(drug, ())}
    return Fact(item, value, value, concepts=_concepts(value), drugs=named, absent=bool(_NONE.match(value)))


def _concepts(value: str) -> frozenset[str]:
    return concepts_in(normalise(value))


def _parts(text: str) -> list[str]:
    """`Aspirin 81 mg, simvastatin` is two values; commas in brackets or numbers separate nothing."""
    return [part.strip() for part in re.split(r",\s+(?![^()]*\))", text) if part.strip()]
