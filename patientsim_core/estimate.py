"""What a run will take, before it begins: calls, tokens, cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patientsim_core.case import Case
from patientsim_core.doctor import own_doctor_prompt
from patientsim_core.facts import facts_of
from patientsim_core.job import Parameters
from patientsim_core.models import OFFLINE
from patientsim_core.models.prices import Prices
from patientsim_core.prompt import system_prompt
from patientsim_core.selection import Item
from patientsim_core.usage import Usage, estimate

ROUNDS = 18
"""Rounds of a dialogue in the published runs (figure F10: 16 to 21, by persona)."""

QUESTION, ANSWER, NOTE = 25, 55, 150
"""Tokens of a doctor's turn, of a patient's (published: 1.8 sentences of 9 words; 3.6 of 11), and of the
note beside each turn."""


@dataclass(frozen=True)
class Plan:
    """What is left of a run. `calls` and `usage` are by model and estimates; the built-in engine has none."""

    dialogues: int
    earlier: int
    calls: Mapping[str, int]
    usage: Mapping[str, Usage]

    def cost(self, prices: Prices) -> float | None:
        """US dollars; None where a model's price is not known."""
        costs = [prices.cost(model, usage) for model, usage in self.usage.items()]
        return None if None in costs else sum(costs)


def plan(parameters: Parameters, cases: Mapping[str, Case], items: Sequence[Item], earlier: int = 0) -> Plan:
    """The plan for `items`, of which `earlier` are done. Each call sends its prompt and all that was said."""
    left, rounds = len(items) - earlier, min(ROUNDS, parameters.max_turns)
    calls: dict[str, int] = {}
    usage: dict[str, Usage] = {}
    for role, model in parameters.models.items():
        if model == OFFLINE or not left:
            continue
        prompt, said = _prompt(role, parameters, cases, items), QUESTION if role == "doctor" else ANSWER
        heard = rounds * (rounds - 1) // 2 * (QUESTION + ANSWER)
        sent = rounds * (prompt + NOTE) + heard + (rounds * QUESTION if role == "patient" else 0)
        one = Usage(prompt_tokens=sent * left, completion_tokens=rounds * said * left, estimated=True)
        calls[model] = calls.get(model, 0) + rounds * left
        usage[model] = usage.get(model, Usage()) + one
    return Plan(left, earlier, calls, usage)


def _prompt(role: str, parameters: Parameters, cases: Mapping[str, Case], items: Sequence[Item]) -> int:
    """Tokens of a system prompt, by that of the first item."""
    if role == "doctor":
        return estimate(parameters.doctor_prompt or own_doctor_prompt())
    case, persona = cases[items[0].case], parameters.played(items[0].persona)
    return estimate(system_prompt(case, persona, facts_of(case), parameters.patient_prompt))
