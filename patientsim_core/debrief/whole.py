"""Whether what was told of a fact has what matters in it, or is a shortened value."""

import re
from collections.abc import Sequence

from patientsim_core.debrief.layout import entry_of
from patientsim_core.debrief.matching import body_words, common, content
from patientsim_core.offline.judge.record import Known, generic
from patientsim_core.offline.judge.said import Said, digits
from patientsim_core.offline.judge.unnamed import GENERAL
from patientsim_core.offline.judge.values import HABITS

_NEAR = 0.5
"""So far from the record's figure is one that is still told, of degrees or of what is smoked or drunk."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def lacking(
    known: Known, spoken: Sequence[Said], agreed: frozenset[str], complaint: frozenset[str] = frozenset()
) -> str:
    """What matters in a fact and is not told yet, "" if nothing: the dose of a drug, the reaction of an
    allergy, the amount of a habit, the degrees of a fever, a part of a place, what a symptom has beyond the
    complaint's own line, and more than a word of a quality or a home.

    `spoken` are the sentences of all answers that told the fact; `agreed` words that need not be said, as the
    question or the complaint's own line has them; `complaint` those of the latter, where a symptom that was
    not asked for by name may be known by no more.
    """
    if known.absent:
        return ""
    entry = entry_of(known.fact)
    words = agreed.union(*(said.words for said in spoken))
    if entry == "associated" and _is_only(complaint, known.value, words):
        return "more than the complaint"
    told = {"medication": _dose, "allergies": _reaction, "location": _parts, "quality": _feeling}
    whole = told.get(entry, _amount)(known, spoken, words)
    return "" if whole else _LACKS.get(entry, "the rest")


_LACKS = {
    "medication": "the dose",
    "allergies": "the reaction",
    "associated": "how much",
    **dict.fromkeys(HABITS, "how much"),
}


def _dose(known: Known, spoken: Sequence[Said], words: frozenset[str]) -> bool:
    doses = set(map(float, _NUMBER.findall(known.fact.value)))
    return not doses or any(doses & _doses(said, known) for said in spoken)


def _reaction(known: Known, spoken: Sequence[Said], words: frozenset[str]) -> bool:
    reaction = content(known.fact.value.partition("(")[2].replace(")", ""))
    return not reaction or bool(common(words, reaction))


def _parts(known: Known, spoken: Sequence[Said], words: frozenset[str]) -> bool:
    return known.value.words & body_words() <= words


def _feeling(known: Known, spoken: Sequence[Said], words: frozenset[str]) -> bool:
    felt = known.fact.concepts - set(GENERAL)
    same = felt and felt <= {m.id for said in spoken for _, m in said.concepts}  # in other words
    return bool(same) or _part(words, known.value) >= 0.4


def _amount(known: Known, spoken: Sequence[Said], words: frozenset[str]) -> bool:
    """Of a habit or a symptom the figures that it has, of a home most of the words."""
    entry, own = entry_of(known.fact), known.value
    if entry in HABITS or entry == "associated":
        amounts = {number for number, unit in own.quantities if entry in HABITS or unit == "degree"}
        said = {number for one in spoken for number, _ in one.quantities}
        near = any(abs(one - other) <= _NEAR for one in amounts for other in said)
        return not amounts or near or _part(words, own) >= 0.6
    return _part(words, own) >= (0.7 if entry == "living_situation" else 0)


def _is_only(complaint: frozenset[str], own: Said, words: frozenset[str]) -> bool:
    """Whether a symptom that the complaint names is known by no more than that."""
    rest = own.words - complaint
    return bool(rest and common(complaint, own.words) and not common(words - complaint, rest))


def _part(words: frozenset[str], own: Said) -> float:
    """The share of a value's words that were said."""
    return len(common(words, own.words)) / len(own.words) if own.words else 1.0


def _doses(said: Said, known: Known) -> set[float]:
    """The numbers of a sentence that belong to a drug: those after its name and before the next; all where it
    stands without its name, as the answer to a question for its dose."""
    counted = digits(said.normal)
    drugs = [m for clause, m in said.drugs if m.kind == "drug"]
    names = [m.words for m in drugs]
    if not any(generic(name) & known.drugs for name in names):
        return set(map(float, _NUMBER.findall(counted)))
    found: set[float] = set()
    for place, name in enumerate(names):
        if generic(name) & known.drugs:
            rest = counted.partition(name)[2]
            for other in names[place + 1 :]:
                rest = rest.partition(other)[0]
            found |= set(map(float, _NUMBER.findall(rest)))
    return found
