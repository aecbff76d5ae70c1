"""What a confused patient says, whatever was asked; it comes before personality."""

import random
from collections.abc import Sequence

from patientsim_core.case import Case
from patientsim_core.dialogue import How
from patientsim_core.facts import Fact
from patientsim_core.offline.found import Found
from patientsim_core.offline.plan import Plan, Point, complaint_slot
from patientsim_core.state import State


def lost(found: list[Found], case: Case, facts: Sequence[Fact], state: State, chance: random.Random) -> Plan:
    """Highly confused: unrelated answers, or the one discomfort; the question is not taken in."""
    asked = tuple(fact for one in found for fact in one.facts if fact.item != "chiefcomplaint")
    opened = any(one.section == "chiefcomplaint" for one in found)
    chief = tuple(fact for fact in facts if fact.item == "chiefcomplaint")
    complaint = Point("dazed_fixed", chief, asked=opened, slots=complaint_slot(case))
    lost = Point("dazed_lost", asked, How.not_understood)
    if state.now.reassures:
        return Plan(lead=[Point("dazed_calmer")], content=[complaint] if state.turn % 2 else [lost])
    if state.turn == 1:
        return Plan(content=[lost, complaint])
    second = chance.choice([complaint, Point("dazed_lost")])
    return Plan(content=[lost, second] if chance.random() < 0.6 else [lost])


def slow(plan: Plan, found: list[Found], state: State) -> Plan:
    """Moderately confused: one short question gets its first fact, anything more is lost."""
    if state.now.reassures and (state.turn % 2 or not found):
        plan.lead.append(Point("dazed_calmer"))
    asked = tuple(fact for one in found for fact in one.facts)
    if not found:
        plan.content += [] if plan.lead else [Point("dazed_missed")]
    elif len(found) > 1 or state.now.longest > 14:
        plan.content.append(Point("dazed_missed", asked, How.not_understood))
    else:
        plan.lead = plan.lead or [Point("dazed_slow")]
        one = found[0]
        plan.content.append(
            Point(one.section, one.facts[:1]) if one.facts else Point(one.move, slots=one.slots)
        )
    plan.room = 2
    return plan
