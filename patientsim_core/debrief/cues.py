"""Questions that bring out what a persona kept away, each tried on the built-in patient at that moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import Template

from patientsim_core.debrief.answer import Came, Line
from patientsim_core.debrief.data import data
from patientsim_core.debrief.layout import entry_of
from patientsim_core.debrief.wording import by_name, by_purpose, in_family, of_relative, wording_of
from patientsim_core.dialogue import Dialogue, How, Turn
from patientsim_core.facts import Fact
from patientsim_core.offline.patient import OfflinePatient
from patientsim_core.persona import Cefr, Dazed, Persona
from patientsim_core.state import REASSURANCES_A_PHASE

TRIES = 6
"""Questions that are tried for a fact."""


@dataclass(frozen=True)
class Cue:
    """`why` says in words what kind of question it is, as the beginning of a sentence."""

    question: str
    why: str


def cue_for(line: Line, persona: Persona, dialogue: Dialogue) -> Cue | None:
    """A question after an answer that makes the built-in patient tell the fact truly; None where none of
    those tried does."""
    if str(line.came) not in data("cues") or line.exchange.answered is None:
        return None
    history = dialogue.turns[: line.exchange.answered + 1]
    if line.came is Came.not_understood and persona.dazed is not Dazed.normal:
        return _calmed(line.fact, persona, history, dialogue)
    for question, _ in zip(_candidates(line, persona), range(TRIES), strict=False):
        if tells(line.fact, question, history, persona, dialogue):
            return Cue(question, data("cues")[line.came]["why"])
    return None


def _calmed(fact: Fact, persona: Persona, history: Sequence[Turn], dialogue: Dialogue) -> Cue | None:
    """How many kind turns a confused patient needs before a short question gets through."""
    words, talk = data("cues")[Came.not_understood], list(history)
    patient = OfflinePatient(dialogue.case, persona, dialogue.seed)
    for turns in range(1, 2 * REASSURANCES_A_PHASE + 1):
        talk.append(Turn(role="doctor", text=words["calm"]))
        reply = patient.reply(talk)
        talk.append(Turn(role="patient", text=reply.text, persona=persona, reply=reply))
        for question in wording_of(entry_of(fact), Cefr.A)[:1] if reply.phase is not Dazed.high else ():
            if tells(fact, question, talk, persona, dialogue):
                span = "one turn" if turns == 1 else f"{turns} turns"
                return Cue(question, Template(words["calm_why"]).substitute(turns=span))
    return None


def suited(question: str, persona: Persona) -> str:
    """A question with what suits the persona before it."""
    key = "dazed" if persona.dazed is not Dazed.normal else str(persona.personality)
    lead = data("cues")["suits"].get(key, {}).get("simple" if persona.cefr is Cefr.A else "plain", "")
    return f"{lead} {question}".strip()


def tells(fact: Fact, question: str, history: Sequence[Turn], persona: Persona, dialogue: Dialogue) -> bool:
    """Whether the built-in patient, asked so after a history, tells a fact truly."""
    patient = OfflinePatient(dialogue.case, persona, dialogue.seed)
    reply = patient.reply([*history, Turn(role="doctor", text=question)])
    return any((one.item, one.fact, one.how) == (fact.item, fact.text, How.told) for one in reply.disclosures)


def _candidates(line: Line, persona: Persona) -> Iterator[str]:
    """Questions for a fact, the likeliest first."""
    cefr, entry = persona.cefr, entry_of(line.fact)
    if line.came is Came.forgotten:
        yield from dict.fromkeys(_reminders(line.fact, entry, cefr))
        return
    lead = data("cues")[line.came]["lead"]["simple" if cefr is Cefr.A else "plain"]
    for question in [*_of_symptom(line.fact, cefr), *wording_of(entry, cefr)]:
        yield f"{lead} {question}".lstrip()


def _of_symptom(fact: Fact, cefr: Cefr) -> list[str]:
    """Questions for a symptom by its name."""
    if not fact.item.startswith("present_illness") or fact.label:
        return []
    return [question for id in sorted(fact.concepts) for question in by_name(id, cefr)]


def _reminders(fact: Fact, entry: str, cefr: Cefr) -> Iterator[str]:
    """Questions that name what was forgotten: a drug by its purpose, an illness by its name or
    by who had it."""
    if entry == "family_medical_history":
        yield from of_relative(fact.value.partition(":")[0].lower(), cefr)
    for id in sorted(fact.drugs):
        yield from by_purpose(id, cefr)
    for id in sorted(fact.concepts):
        if entry == "family_medical_history":
            yield from in_family(id, cefr)
        else:
            yield from by_name(id, cefr, past=entry == "medical_history")
