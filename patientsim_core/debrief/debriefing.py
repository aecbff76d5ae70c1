"""One consultation, looked back on: all parts of the debrief together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from patientsim_core.debrief.account import account_of
from patientsim_core.debrief.communication import Communication, communication
from patientsim_core.debrief.differential import Differential, differential
from patientsim_core.debrief.evidence import evidence_of
from patientsim_core.debrief.fairness import Fairness, fairness
from patientsim_core.debrief.history import History, history
from patientsim_core.debrief.strengths import Strength, strengths
from patientsim_core.debrief.suggestions import Suggestion, suggestions
from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.verdict import Verdict


@dataclass(frozen=True)
class Debrief:
    """What a trainee elicited, missed, and was misled by. `title` is what may be known before a word is said;
    `personas` are the labels of those who were heard, in the order they began. A score is nowhere in it."""

    dialogue_id: str
    case_id: str
    title: str
    created: datetime
    personas: tuple[str, ...]
    questions: int
    history: History
    differential: Differential
    communication: Communication
    fairness: Fairness
    strengths: tuple[Strength, ...]
    suggestions: tuple[Suggestion, ...]


def debrief(dialogue: Dialogue, verdicts: Sequence[Verdict] = ()) -> Debrief:
    """The debrief of a dialogue, by rules; with a judge's verdicts on it also what the judge says of its
    sentences and of the doctor's skills. Verdicts on other dialogues are left out. Always the same for the
    same; nothing is asked of a model."""
    own = [one for one in verdicts if one.dialogue_id == dialogue.id]
    account = account_of(dialogue)
    map_ = history(dialogue, account)
    ranked = differential(dialogue, account, evidence_of(dialogue, account))
    talk = communication(dialogue, account, own)
    fair = fairness(dialogue, account, own)
    spoken = [turn.persona.label for turn in dialogue.turns if turn.persona] or [dialogue.persona.label]
    return Debrief(
        dialogue_id=dialogue.id,
        case_id=dialogue.case.hadm_id,
        title=dialogue.case.title,
        created=dialogue.created,
        personas=tuple(dict.fromkeys(spoken)),
        questions=dialogue.questions,
        history=map_,
        differential=ranked,
        communication=talk,
        fairness=fair,
        strengths=strengths(map_, ranked, talk),
        suggestions=suggestions(dialogue, account, map_, ranked, talk, fair),
    )
