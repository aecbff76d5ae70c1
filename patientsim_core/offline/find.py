"""Which facts of the record answer a question."""

from collections.abc import Sequence

from patientsim_core.case import Case
from patientsim_core.facts import LISTS, Fact
from patientsim_core.offline.complaint import aspect_of, symptom
from patientsim_core.offline.echo import by_words, spelt_out
from patientsim_core.offline.found import AT_ONCE, Found, of, section, side
from patientsim_core.offline.items import allergy, item_facts
from patientsim_core.offline.lexicon import concepts_in
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import ASPECTS, Ask, yes_or_no
from patientsim_core.state import State


def find(ask: Ask, case: Case, facts: Sequence[Fact], state: State) -> Found:
    """What the record has for an ask in this state: a further look brings what was not told yet."""
    if ask.topic == "more":
        return _more(ask, case, facts, state)
    if ask.topic == "associated":
        return _symptoms(ask, case, facts, state)
    return in_record(ask, case, facts)


def in_record(ask: Ask, case: Case, facts: Sequence[Fact]) -> Found:
    """What the record has for an ask, whatever was said before; where the lexicon has nothing, its own words
    are looked for."""
    found = _by_topic(ask, case, facts)
    spelt = yes_or_no(ask.words) and (ask.topic in ASPECTS or (ask.topic == "symptom" and not found.facts))
    if spelt and (near := spelt_out(ask.words, facts)):
        return Found(ask, near[:AT_ONCE], "symptom", by_name=True)
    if found.facts or ask.topic not in ("symptom", "medical_history", "surgery", *ASPECTS):
        return found
    near = by_words(ask.words, facts, least=2)
    return Found(ask, near, section(near[0]), by_name=True) if near else found


def _by_topic(ask: Ask, case: Case, facts: Sequence[Fact]) -> Found:
    topic = ask.topic
    if topic in ("opener", "chiefcomplaint"):
        return Found(ask, of(facts, "chiefcomplaint"), "chiefcomplaint")
    if topic in ("symptom", "pain"):
        return symptom(ask, case, facts)
    if topic in ASPECTS:
        return aspect_of(ask, case, facts)
    if topic in ("reaction", "allergies"):
        return allergy(ask, facts)
    return item_facts(ask, facts)


def _symptoms(ask: Ask, case: Case, facts: Sequence[Fact], state: State) -> Found:
    """The next symptoms that were not told yet; those of the complaint itself come last."""
    named = {*ask.about, *concepts_in(normalise(case.chiefcomplaint))}
    new = [fact for fact in side(facts, "associated") if not state.was_told(fact)]
    new.sort(key=lambda fact: any(fact.is_about(concept) for concept in named))
    return Found(ask, tuple(new[:AT_ONCE]), "associated", "nothing_more")


def _more(ask: Ask, case: Case, facts: Sequence[Fact], state: State) -> Found:
    """`Anything else?`: the rest of a list, another side of the complaint, or a further symptom."""
    last = ask.about[0]
    last = "medical_history" if last == "surgery" else last
    if last in LISTS:
        rest = tuple(f for f in of(facts, last) if not state.was_told(f) and not f.absent)
        return Found(ask, rest, last, "nothing_more")
    if last in ("opener", "more") and state.turn <= 4 and "else" not in ask.words:
        for aspect in ("onset", "location", "quality"):
            new = tuple(fact for fact in side(facts, aspect) if not state.was_told(fact))
            if new:
                return Found(ask, new[:1], new[0].label or "associated")
    return _symptoms(ask, case, facts, state)
