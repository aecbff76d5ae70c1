"""What the record has of its single items and lists, in general or by something concrete."""

import re
from collections.abc import Sequence

from patientsim_core.facts import LISTS, Fact
from patientsim_core.offline.found import Found, of
from patientsim_core.offline.lexicon import concepts, covers, drug_classes
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import Ask


def allergy(ask: Ask, facts: Sequence[Fact]) -> Found:
    """Allergies in general, one substance by name, or what it does."""
    known = of(facts, "allergies")
    named = tuple(f for f in known if _names(ask, f))
    if ask.topic == "reaction" or ask.insist:
        return Found(ask, named or known, "reaction" if any(not f.absent for f in known) else "allergies")
    if named:
        return Found(ask, named, "allergies", by_name=True)
    return Found(ask, known, "allergies")


def _names(ask: Ask, fact: Fact) -> bool:
    own = {word for word in normalise(fact.value.split("(")[0]).split() if len(word) > 3}
    return bool(own & set(ask.words.split())) or any(fact.is_about(about) for about in ask.about)


def item_facts(ask: Ask, facts: Sequence[Fact]) -> Found:
    """An item of the record, in general or by something concrete."""
    item = "medical_history" if ask.topic == "surgery" else ask.topic
    known = of(facts, item)
    if not known:
        return Found(ask, move="private" if item == "sexual_history" else "unknown")
    named = [concept for concept in ask.about if concept != "surgery"]
    devices = tuple(f for f in of(facts, "medical_device") if any(f.is_about(c) for c in named))
    if ask.topic == "surgery" and devices and " such as " not in ask.words:
        return Found(ask, devices, "medical_device", by_name=True)
    if ask.topic == "surgery":
        cut = tuple(f for f in known if any(concepts()[c].kind == "operation" for c in f.concepts))
        return Found(ask, cut, item, "no_condition", {"x": "surgery"})
    if item == "medical_history" and _asks_diagnosis(ask, known):
        return Found(ask, move="diagnosis_asked")
    if ask.about and item in LISTS:
        return _concrete(ask, item, known)
    if item == "family_medical_history":
        kin = tuple(f for f in known if _names_kin(ask, f))
        return Found(ask, kin or known, item, by_name=bool(kin))
    return Found(ask, known, item, full=ask.insist)


_ACUTE = (
    "myocardial_infarction", "pneumonia", "urinary_tract_infection", "bowel_obstruction",
    "cerebral_infarction", "pulmonary_embolism", "appendicitis",
)  # fmt: skip
"""Illnesses that a patient comes in with: whether it has one now it cannot know, whichever it is. Answering
for some of them alone would give the case away."""

_EARLIER = re.compile(r"\b(ever|before|past|history|previous\w*|had|diagnosed|told|family)\b")


def _asks_diagnosis(ask: Ask, known: tuple[Fact, ...]) -> bool:
    """Whether an illness is asked for as what the patient may have now."""
    acute = [about for about in ask.about if any(covers(one, about) for one in _ACUTE)]
    recorded = any(fact.is_about(about) for fact in known for about in acute)
    return bool(acute) and not recorded and not _EARLIER.search(ask.words)


def _concrete(ask: Ask, item: str, known: tuple[Fact, ...]) -> Found:
    """Something by name in a list of the record; a list headed `like …` stays general."""
    matching = tuple(f for f in known if any(f.is_about(about) for about in ask.about))
    if matching:
        return Found(ask, matching, item, by_name=True, full=ask.insist)
    general = any(word in ask.words for word in (" like ", "such as", "including"))
    if (general and (item != "medication" or " including" in ask.words)) or any(f.absent for f in known):
        return Found(ask, known, item)
    move = {"medication": "no_drug", "family_medical_history": "family_no"}.get(item, "no_condition")
    purposes = [about for about in ask.about if about in drug_classes() or about not in concepts()]
    return Found(ask, move=move, slots={"x": (purposes or ask.about)[0]})


def _names_kin(ask: Ask, fact: Fact) -> bool:
    who = fact.value.split(":")[0].lower().split()
    asked = set(ask.words.replace("mom", "mother").replace("mum", "mother").replace("dad", "father").split())
    if "parents" in asked:
        asked |= {"mother", "father"}
    if "siblings" in asked or "brothers" in asked or "sisters" in asked:
        asked |= {"brother", "sister"}
    return bool(set(who) & asked)
