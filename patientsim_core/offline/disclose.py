"""Step two: what this patient gives away. Decides on facts and moves; words come later."""

import random
from collections.abc import Sequence

from patientsim_core.case import Case
from patientsim_core.dialogue import How
from patientsim_core.facts import NEEDLESS, PAST, Fact
from patientsim_core.offline.comprehend import hard_word, too_long
from patientsim_core.offline.data import say
from patientsim_core.offline.dazed import lost, slow
from patientsim_core.offline.echo import by_words
from patientsim_core.offline.find import find
from patientsim_core.offline.found import Found
from patientsim_core.offline.manner import tags
from patientsim_core.offline.plan import Plan, Point, complaint_slot, together
from patientsim_core.persona import Cefr, Dazed, Persona, Personality, Recall
from patientsim_core.state import State

MANY_WORDS = 25
"""A question of more words than this tries an impatient patient."""

MINIMISED, EXAGGERATED = -3, 3
"""Points of ten by which a pleasing patient plays pain down, and an overanxious one enlarges it."""

_ROOM = {
    Personality.plain: 3,
    Personality.verbose: 4,
    Personality.pleasing: 2,
    Personality.impatient: 1,
    Personality.distrust: 2,
    Personality.overanxious: 2,
}


def decide(case: Case, persona: Persona, facts: Sequence[Fact], state: State, chance: random.Random) -> Plan:
    """The plan of a reply."""
    found = look_up(case, persona, facts, state)
    if state.phase is Dazed.high:
        return lost(found, case, facts, state, chance)
    if blocked := _not_understood(case, persona, state, found):
        blocked.tags = tags(blocked, persona.personality, facts, state, chance)
        return blocked
    plan = Plan(room=_ROOM[persona.personality])
    if state.phase is Dazed.moderate:
        return slow(plan, found, state)
    if persona.personality is Personality.impatient and len(found) > 1:
        plan.lead.append(Point("too_many"))
        found = found[:1]
    elif persona.personality is Personality.impatient and found and state.now.words > MANY_WORDS:
        plan.lead.append(Point("too_long_winded"))
    for one in found:
        _answer(plan, one, case, persona, state)
    if not found and (near := _heard(facts, state)):
        plan.content.append(Point(near[0].label or "finding", near))
    elif not found:
        _react(plan, case, facts, persona, state)
    elif state.now.reassures and persona.personality in (Personality.overanxious, Personality.distrust):
        plan.lead = [Point("comforted")]
    if len(plan.content) > plan.room:
        plan.content = together(plan.content)
    plan.tags = tags(plan, persona.personality, facts, state, chance)
    return plan


def look_up(case: Case, persona: Persona, facts: Sequence[Fact], state: State) -> list[Found]:
    """What the record has for each thing that the doctor's turn asks."""
    return _once([find(ask, case, facts, state) for ask in state.now.asks], persona.recall)


def forgets(case: Case, fact: Fact) -> bool:
    """Whether low recall has lost a fact: the same ones all through a chat, three in four."""
    if fact.item not in PAST or fact.absent:
        return False
    return random.Random(f"{case.hadm_id}|{fact.item}|{fact.text}").random() < 0.75


def _once(found: list[Found], recall: Recall) -> list[Found]:
    """Two questions with one answer, `what pills? any for blood pressure?`, are answered once: in
    general, or by the one that is concrete enough for a poor memory."""
    kept: list[Found] = []
    if recall is Recall.low:
        found = sorted(found, key=lambda one: not (one.by_name and one.section in PAST))
        named = {one.section for one in found if one.by_name}
        found = [one for one in found if one.by_name or one.section not in named & set(PAST)]
    for one in found:
        said = {fact for other in kept for fact in other.facts}
        if not one.facts or not said.issuperset(one.facts):
            kept.append(one)
    return kept


# --- confusion and language come before personality ---------------------------------------------


def _not_understood(case: Case, persona: Persona, state: State, found: list[Found]) -> Plan | None:
    """A word above the patient's level, or for a beginner a long sentence, gets a question back."""
    asked = tuple(fact for one in found for fact in one.facts)
    word = hard_word(state.now.text, persona.cefr, case, state.explained)
    if word:
        return Plan(content=[Point("what_word", asked, How.not_understood, slots={"word": word})])
    if persona.cefr is Cefr.A and too_long(state.now.text):
        return Plan(content=[Point("too_hard", asked, How.not_understood)])
    return None


# --- the answer ----------------------------------------------------------------------------------


def _answer(plan: Plan, one: Found, case: Case, persona: Persona, state: State) -> None:
    """Adds what the patient says to one thing asked."""
    kind = persona.personality
    item = one.facts[0].item if one.facts else one.ask.topic
    if kind is Personality.distrust and item in NEEDLESS and not reason_given(item, state):
        slots = {"topic": say("topics").get(item, "that")}
        plan.content.append(Point("refuse", one.facts, How.refused, slots=slots))
        return
    if state.times_asked(one.ask) and not one.ask.insist and one.ask.topic != "more":
        plan.lead = plan.lead or [Point("repeated" if kind is Personality.impatient else "again")]
    if item in state.unlocked and any(pair[0] == item for pair in state.refused):
        plan.lead = [Point("relent")] if kind is Personality.distrust else plan.lead
    if not one.facts:
        vague = persona.recall is Recall.low and one.move == "no_drug"
        plan.content.append(Point("unsure_drug" if vague else one.move, slots=one.slots))
    elif persona.recall is Recall.low and item in PAST:
        _remember(plan, one, case, state)
    elif kind is Personality.pleasing and bendable(one):
        _play_down(plan, one, state)
    elif (how := bend(one, kind, state)) is How.exaggerated:
        plan.content.append(Point(one.section, one.facts, how, full=one.full))
    else:
        facts = one.facts[:2] if kind is Personality.impatient and len(one.facts) > 2 else one.facts
        plan.content.append(Point(one.section, facts, full=one.full))


def _heard(facts: Sequence[Fact], state: State) -> tuple[Fact, ...]:
    """What a question that the lexicon does not know may be about, by the record's own words."""
    quiet = state.now.acts or state.now.meaningless or state.now.states
    return () if quiet else by_words(state.now.text, facts)


def reason_given(item: str, state: State) -> bool:
    """Whether a distrustful patient was told what a question for an item is needed for."""
    return "explanation" in state.now.acts or item in state.unlocked or state.trust >= 2


def remember(one: Found, case: Case, state: State) -> tuple[tuple[Fact, ...], tuple[Fact, ...], bool]:
    """What a poor memory still has of the facts asked for, what is gone, and whether one came back: what
    was said once stays, and a concrete question brings one back, the first that is kept."""
    lost = [fact for fact in one.facts if forgets(case, fact) and not state.was_told(fact)]
    gone = tuple(lost[1:] if one.by_name else lost)
    kept = tuple(fact for fact in one.facts if fact not in gone)
    return kept, gone, one.by_name and bool(lost)


def _remember(plan: Plan, one: Found, case: Case, state: State) -> None:
    kept, gone, recalled = remember(one, case, state)
    if recalled:
        plan.lead = [Point("recalled")]
    if kept:
        plan.content.append(Point(one.section, kept, full=one.full))
    if gone:
        move = "forgot_partly" if kept else f"forgot_{gone[0].item}"
        plan.content.append(Point(move, gone, How.forgotten))


def bend(one: Found, kind: Personality, state: State) -> How:
    """How a personality tells what it was asked: truly, played down, or enlarged."""
    if kind is Personality.pleasing and bendable(one) and not pressed(one, state):
        return How.minimised
    if kind is Personality.overanxious and bendable(one) and not state.now.reassures:
        return How.exaggerated
    return How.told


def pressed(one: Found, state: State) -> bool:
    """Whether the doctor asks for it a second time: insists, or had an answer before."""
    bent = bool(one.facts) and all((fact.item, fact.text) in state.bent for fact in one.facts)
    return one.ask.insist or bent or bool(state.times_asked(one.ask))


def pain_as_told(pain: float, how: How) -> float:
    """The number, 0-10, that a patient gives for its pain: played down, enlarged, or true."""
    bend = {How.minimised: MINIMISED, How.exaggerated: EXAGGERATED}.get(how, 0)
    return max(1.0, min(10.0, pain + bend)) if pain else 0.0


def bendable(one: Found) -> bool:
    """Symptoms and their degree can be played down or up; denials and histories can't."""
    if one.section == "pain":
        return float(one.facts[0].value) > 1
    bent = one.section in ("symptom", "associated", "severity")
    return bent and not any(fact.absent for fact in one.facts)


def _play_down(plan: Plan, one: Found, state: State) -> None:
    """Pleasing: the first answer makes little of it; a second, specific question gets the truth."""
    how = bend(one, Personality.pleasing, state)
    if how is How.told:
        plan.lead = [Point("admit")]
        plan.content.append(Point(one.section, one.facts))
    else:
        plan.content.append(Point("play_down" if one.section == "severity" else one.section, one.facts, how))


REACTIONS = (
    ("role", "role"),
    ("diagnosis_asked", "diagnosis_asked"),
    ("identity", "identity"),
    ("farewell", "farewell"),
    ("own_questions", "own_questions"),
    ("concerns", "concerns"),
    ("explanation", "explained"),
    ("reassurance", "comforted"),
    ("empathy", "comforted"),
    ("plan", "ack"),
    ("thanks", "thanks"),
    ("smalltalk", "smalltalk"),
    ("greeting", "greet"),
)


def _react(plan: Plan, case: Case, facts: Sequence[Fact], persona: Persona, state: State) -> None:
    """Nothing was asked: the first act that calls for an answer gets it; else a prompt for a question."""
    acts = state.now.acts
    if "explanation" in acts and persona.personality is Personality.distrust and state.refused:
        plan.lead.append(Point("relent"))
        pending = [fact for fact in facts if (fact.item, fact.text) in state.refused]
        plan.content += [Point(fact.item, (fact,)) for fact in pending]
        return
    for act, move in REACTIONS:
        if act in acts:
            plan.content.append(Point(move, slots=complaint_slot(case)))
            return
    if state.now.states and not state.now.meaningless:
        plan.content.append(Point("ack"))
    else:
        plan.content.append(Point("prompt" if state.now.meaningless else "unclear"))
