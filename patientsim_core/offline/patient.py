"""The built-in patient: scripted, without network or key, the same for the same seed."""

import random
from collections.abc import Generator, Sequence

from patientsim_core.case import Case
from patientsim_core.dialogue import Disclosure, Reply, Turn
from patientsim_core.facts import facts_of
from patientsim_core.guard import Guard
from patientsim_core.offline.disclose import decide
from patientsim_core.offline.phrase import Phrasing
from patientsim_core.offline.plan import Plan, Point
from patientsim_core.persona import Persona
from patientsim_core.state import read_state
from patientsim_core.stream import outcome
from patientsim_core.text import clean


class OfflinePatient:
    """Understands the question, decides what to disclose, phrases it."""

    def __init__(self, case: Case, persona: Persona, seed: int = 42) -> None:
        self.case = case
        self.persona = persona
        self.seed = seed
        self.facts = facts_of(case)

    def reply(self, history: Sequence[Turn]) -> Reply:
        """The whole answer; raises InputError where the history does not end with the doctor."""
        return outcome(self.stream(history))

    def stream(self, history: Sequence[Turn]) -> Generator[str, None, Reply]:
        """The answer a sentence at a time; the Reply is the generator's return value."""
        state = read_state(self.case, history, self.facts, self.persona.dazed)
        chance = random.Random(f"{self.seed}|{self.case.hadm_id}|{len(history)}|{clean(history[-1].text)}")
        plan = decide(self.case, self.persona, self.facts, state, chance)
        guard = Guard(self.case, self.persona, [turn.text for turn in history if turn.role == "doctor"])
        phrasing = Phrasing(self.case, self.persona, state, chance)
        lines = [(guard.admit(line.text), line.disclosures) for line in phrasing.lines(plan)]
        if not any(kept for kept, _ in lines):  # a record that names its own diagnosis
            lines = [(line.text, ()) for line in phrasing.lines(Plan(content=[Point("unknown")]))]
        text, disclosures = "", list[Disclosure]()
        for kept, told in lines:
            if kept:
                piece = f" {kept}" if text else kept
                text += piece
                disclosures += [one for one in told if one not in disclosures]
                yield piece
        return Reply(
            text=text,
            disclosures=disclosures,
            guard=guard.actions,
            phase=state.phase,
        )
