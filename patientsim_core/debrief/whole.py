"""Whether what was told of a fact has what matters in it, or is a shortened value."""

import re
from collections.abc import Sequence

from patientsim_core.debrief.layout import entry_of
from patientsim_core.debrief.matching import body_words, common, content
from patientsim_core.offline.judge.record import Known, generic
from patientsim_core.offline.judge.said import Said, digits
from patientsim_core.offline.judge.unnamed import GENERAL
from patientsim_core.offline.judge.values import HABITS

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def is_whole(
    known: Known, spoken: Sequence[Said], agreed: frozenset[str], complaint: frozenset[str] = frozenset()
) -> bool:
    """Whether a drug came with its dose, an allergy with its reaction, a habit with its amount, a fever with
    its degrees, a place with all its parts, a symptom with more of it than the complaint's own line has, and
    more than a word of a quality or a home.

    `spoken` are the sentences of all answers that told the fact; `agreed` the words of the question that was
    agreed to, `complaint` those of the complaint's own line: they need not be said.
    """
    entry, own = entry_of(known.fact), known.value
    if known.absent:
        return True
    words = frozenset().union(agreed, complaint, *(said.words for said in spoken))
    if entry == "medication":
        doses = set(map(float, _NUMBER.findall(known.fact.value)))
        return not doses or any(doses & _doses(said, known) for said in spoken)
    if entry == "allergies":
        reaction = content(known.fact.value.partition("(")[2].replace(")", ""))
        return not reaction or bool(common(words, reaction))
    said_amounts = {number for said in spoken for number, _ in said.quantities}
    amounts = {number for number, unit in own.quantities if entry in HABITS or unit == "degree"}
    if entry == "associated" and _is_only(complaint, own, words):
        return False
    if entry in HABITS or entry == "associated":
        return not amounts or bool(amounts & said_amounts) or _part(words, own) >= 0.6
    if entry == "location":
        return own.words & body_words() <= words
    felt = known.fact.concepts - set(GENERAL)
    if entry == "quality" and felt and felt <= {m.id for said in spoken for _, m in said.concepts}:
        return True  # the same feeling in other words
    least = {"living_situation": 0.7, "quality": 0.4}.get(entry, 0.0)
    return _part(words, own) >= least


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
