"""Sentences that carry a personality beside the facts."""

import random
from collections.abc import Sequence

from patientsim_core.dialogue import How
from patientsim_core.facts import Fact
from patientsim_core.offline.plan import Plan, Point
from patientsim_core.persona import Personality
from patientsim_core.state import State

LIFE_ITEMS = ("occupation", "children", "living_situation", "marital_status", "exercise")
"""What a verbose patient drifts into."""


def tags(
    plan: Plan, kind: Personality, facts: Sequence[Fact], state: State, chance: random.Random
) -> list[Point]:
    """What is said after the answer: in most turns, and never left to luck for long."""
    shows = state.turn % 4 != 0
    bent = any(point.how in (How.minimised, How.exaggerated) for point in plan.content)
    if kind is Personality.verbose:
        return _chatter(facts, state, chance)
    if kind is Personality.impatient and shows:
        return [Point("huff")]
    if kind is Personality.distrust and shows:
        return [Point("doubt")]
    if kind is Personality.pleasing:
        return [Point("play_down" if bent and chance.random() < 0.5 else "cheer")]
    if kind is Personality.overanxious and not state.now.reassures:
        first = "enlarge" if bent and chance.random() < 0.5 else "worry"
        return [Point(first), Point("plea" if state.turn % 2 else "worry")]
    return []


_DRIFT = {
    "chatter_time": ("onset", "timing", "age", "previous"),
    "chatter_body": ("location", "radiation"),
    "chatter_feeling": ("quality", "severity", "pain", "worse", "better"),
    "chatter_illness": ("symptom", "associated", "medical_history", "surgery", "medical_device", "opener"),
    "chatter_pills": ("medication", "allergies", "reaction"),
    "chatter_family": ("family_medical_history", "children", "marital_status", "living_situation"),
    "chatter_habits": ("tobacco", "alcohol", "illicit_drug", "exercise"),
}
"""What a verbose patient drifts into from a question about a topic; courtesy from all else."""


def _chatter(facts: Sequence[Fact], state: State, chance: random.Random) -> list[Point]:
    """Digressions: from the question, into the patient's own life on record, and anywhere."""
    topic = state.now.asks[-1].topic if state.now.asks else ""
    related = next((move for move, topics in _DRIFT.items() if topic in topics), "chatter_courtesy")
    life = [fact for fact in facts if fact.item in LIFE_ITEMS and not fact.absent]
    own = [
        Point(f"chatter_{fact.item}", (fact,), asked=False) for fact in chance.sample(life, min(1, len(life)))
    ]
    return [Point(related), Point(related), *own, *[Point("chatter_general")] * chance.choice((1, 2, 3))]
