"""Step one, second half: a turn in the light of the one before."""

import re
from collections.abc import Sequence
from dataclasses import replace

from patientsim_core.offline.complaint import PROVOKED, UP
from patientsim_core.offline.lexicon import concepts_in, find_drugs, is_symptom
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import ASPECTS, LISTING, Ask, Understanding, read_alone


def understand(turns: Sequence[str]) -> list[Understanding]:
    """The doctor's turns in order, each read in the light of the one before."""
    read: list[Understanding] = []
    last: tuple[Ask, ...] = ()
    for text in turns:
        alone = read_alone(text)
        asks = lean(alone, last)
        read.append(replace(alone, asks=asks))
        last = asks or last
    return read


_IT = re.compile(r"\b(it|that|this|they|those|the)\b")
_DATED = {*LISTING, "tobacco", "alcohol", "illicit_drug", "exercise", "sexual_history"}
"""Items of which `since when?` asks the item's own time, not that of the complaint."""

_BEGINS = re.compile(r"\b(start|started|begin|began|come on|came on|symptoms?|pain|problem|feel|feeling)\b")
_PLACE = re.compile(r"\b(chest|belly|stomach|back|head|arm|leg|side of)\b")
_KIN = re.compile(r"\b(he|she|him|his|her)\b")


_BLOOD = re.compile(
    r"\bblood\w* in (it|that|them|there)\b|\b(any|is there|was there|see|seen) blood( at all)?( \?)?$"
)
_BLEEDS = {
    "vomiting": "hematemesis",
    "bilious_vomiting": "hematemesis",
    "cough": "hemoptysis",
    "sputum": "hemoptysis",
    "colored_sputum": "hemoptysis",
    "bowel_movement": "blood_in_stool",
    "diarrhea": "blood_in_stool",
    "constipation": "blood_in_stool",
    "urinary_symptoms": "hematuria",
    "dysuria": "hematuria",
    "urinary_frequency": "hematuria",
    "urine_change": "hematuria",
    "smelly_urine": "hematuria",
    "cloudy_urine": "hematuria",
    "dark_urine": "hematuria",
}
"""Where blood is meant by `any blood?` or `any blood in it?` after one of these was asked."""


def _blood(now: Understanding, before: Ask) -> Ask | None:
    meant = [concept for ask in (before, *now.asks) for concept in ask.about]
    place = next((_BLEEDS[concept] for concept in reversed(meant) if concept in _BLEEDS), None)
    if place and _BLOOD.search(normalise(now.text)):
        return Ask("symptom", (place,), f"{before.words} {normalise(now.text)}")
    return None


_CHANGES = ("worse", "better")
_WHEN = (
    r"(when(ever)? you|while|if you|after|during|with|on|at|lying|sitting|standing|bending|walking|moving)\b"
)
_CIRCUMSTANCE = re.compile(rf"\b{_WHEN}")
_FRAGMENT = re.compile(
    rf"^((and|or|also|what about|how about) )*{_WHEN}(?!.*\b(do|did|does|are|is|was|have|i|we|that)\b)"
    r"( \w+){1,4}( \?)?$"
)


def _meant(before: Ask, topic: str) -> tuple[str, ...]:
    """What `it` stands for: the thing asked about before, not the circumstance that it was asked in."""
    circumstance: set[str] = set(PROVOKED) if topic in _CHANGES else set()
    if before.topic in _CHANGES:
        frame = _CIRCUMSTANCE.split(before.words)[0]
        thing = frozenset() if "it" in frame.split() else concepts_in(frame)
        circumstance |= concepts_in(before.words) - thing
    return tuple(concept for concept in before.about if concept not in circumstance)


def _fragment(now: Understanding, before: Ask) -> Ask | None:
    """`And when you lie down?` after `is it worse when you walk?`, with the aspect left out."""
    bare = {ask.topic for ask in now.asks} <= {"exercise"} and not now.acts
    if before.topic in _CHANGES and bare and _FRAGMENT.search(normalise(now.text)):
        return Ask(before.topic, _meant(before, before.topic), normalise(now.text))
    return None


def lean(now: Understanding, last: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """Resolves `more`, `same`, `dose`, pronouns and bare aspects by what was asked before."""
    before = last[-1] if last else Ask("opener")
    kin = before.topic == "family_medical_history" and _KIN.search(normalise(now.text))
    if kin and all(ask.topic != before.topic for ask in now.asks):
        return (Ask(before.topic, before.about, before.words, insist=True),)
    if fragment := _fragment(now, before):
        return (fragment,)
    asks: list[Ask] = []
    for ask in now.asks:
        if ask.topic == "same" and "when" in ask.words and before.topic in ("opener", *ASPECTS):
            ask = Ask("onset", before.about, ask.words)
        elif ask.topic == "same":
            ask = Ask(before.topic, before.about, f"{before.words} {ask.words}", insist=True)
        elif ask.topic == "more":
            ask = Ask("more", (before.topic,), ask.words)
        elif before.topic == "medication" and ask.topic == "medical_history" and " for " in f" {ask.words}":
            purposes = tuple(drug.id for drug in find_drugs(ask.words))
            ask = Ask("medication", purposes + ask.about, ask.words)
        elif ask.topic == "dose" and before.topic in _DATED - {"medication"} and not ask.about:
            ask = Ask(before.topic, before.about, f"{before.words} {ask.words}", insist=True)
        elif ask.topic == "dose":
            ask = Ask("medication", ask.about, ask.words, insist=True)
        elif (
            ask.topic == "onset"
            and before.topic in _DATED
            and not _BEGINS.search(ask.words)
            and not any(is_symptom(concept) for concept in ask.about)
        ):
            ask = Ask(before.topic, before.about, f"{before.words} {ask.words}", insist=True)
        elif ask.topic == "symptom" and before.topic == "symptom" and UP.search(ask.words):
            ask = replace(ask, words=f"{before.words} {ask.words}")
        elif ask.topic in ASPECTS and not ask.about and before.topic in ("symptom", *ASPECTS):
            leans = _IT.search(ask.words) and not (ask.topic == "location" and _PLACE.search(ask.words))
            ask = Ask(ask.topic, _meant(before, ask.topic) if leans else (), ask.words)
        asks += [] if ask in asks else [ask]
        before = ask
    blood = _blood(now, last[-1] if last else Ask("opener"))
    return tuple([*asks, blood] if blood else asks)
