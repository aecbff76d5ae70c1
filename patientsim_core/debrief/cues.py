"""Questions that bring out what a persona kept away, each tried on the built-in patient at that moment."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from patientsim_core.debrief.answer import Came, Line
from patientsim_core.debrief.layout import entry_of
from patientsim_core.dialogue import Dialogue, How, Turn
from patientsim_core.facts import Fact
from patientsim_core.offline.data import table
from patientsim_core.offline.lexicon import Concept, concepts, drug_classes
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


@lru_cache(maxsize=1)
def _cues() -> dict:
    return tomllib.loads((Path(__file__).parent / "cues.toml").read_text(encoding="utf-8"))


def cue_for(line: Line, persona: Persona, dialogue: Dialogue) -> Cue | None:
    """A question after an answer that makes the built-in patient tell the fact truly; None where none of
    those tried does."""
    if str(line.came) not in _cues() or line.exchange.answered is None:
        return None
    history = dialogue.turns[: line.exchange.answered + 1]
    if line.came is Came.not_understood and persona.dazed is not Dazed.normal:
        return _calmed(line.fact, persona, history, dialogue)
    for question, _ in zip(_candidates(line, persona), range(TRIES), strict=False):
        if tells(line.fact, question, history, persona, dialogue):
            return Cue(question, _cues()[line.came]["why"])
    return None


def _calmed(fact: Fact, persona: Persona, history: Sequence[Turn], dialogue: Dialogue) -> Cue | None:
    """How many kind turns a confused patient needs before a short question gets through."""
    words, talk = _cues()[Came.not_understood], list(history)
    patient = OfflinePatient(dialogue.case, persona, dialogue.seed)
    for turns in range(1, 2 * REASSURANCES_A_PHASE + 1):
        talk.append(Turn(role="doctor", text=words["calm"]))
        reply = patient.reply(talk)
        talk.append(Turn(role="patient", text=reply.text, persona=persona, reply=reply))
        for question in wording_of(entry_of(fact), Cefr.A)[:1] if reply.phase is not Dazed.high else ():
            if tells(fact, question, talk, persona, dialogue):
                return Cue(question, Template(words["calm_why"]).substitute(turns=turns))
    return None


def suited(question: str, persona: Persona) -> str:
    """A question with what suits the persona before it."""
    key = "dazed" if persona.dazed is not Dazed.normal else str(persona.personality)
    lead = _cues()["suits"].get(key, {}).get("simple" if persona.cefr is Cefr.A else "plain", "")
    return f"{lead} {question}".strip()


def tells(fact: Fact, question: str, history: Sequence[Turn], persona: Persona, dialogue: Dialogue) -> bool:
    """Whether the built-in patient, asked so after a history, tells a fact truly."""
    patient = OfflinePatient(dialogue.case, persona, dialogue.seed)
    reply = patient.reply([*history, Turn(role="doctor", text=question)])
    return any((one.item, one.fact, one.how) == (fact.item, fact.text, How.told) for one in reply.disclosures)


def wording_of(entry: str, cefr: Cefr) -> list[str]:
    """Questions for an entry in words for a language level; none for entries that nobody asks for."""
    doctor, own = table("doctor"), _cues()["questions"].get(entry)
    asked_as = _cues()["asked_as"].get(entry, entry)
    found = own or doctor["complaint"].get(asked_as) or doctor["background"].get(entry) or {}
    return list(found.get("simple" if cefr is Cefr.A else "plain", ()))


def symptom_question(concept: str, cefr: Cefr) -> str:
    """A question for a symptom in words for a language level."""
    known = _cues()["symptoms"].get(concept) or table("doctor")["systems"].get(concept, {})
    words = known.get("simple" if cefr is Cefr.A else "plain")
    return words[0] if words else f"Do you have {concepts()[concept].form('A' if cefr is Cefr.A else 'B')}?"


def _candidates(line: Line, persona: Persona) -> Iterator[str]:
    words = "simple" if persona.cefr is Cefr.A else "plain"
    cues, entry = _cues()[line.came], entry_of(line.fact)
    if line.came is Came.forgotten:
        for form in cues.get(entry, {}).get(words, ()):
            for slots in _slots(line.fact, persona.cefr):
                if all(f"${name}" not in form or name in slots for name in ("x", "kin")):
                    yield Template(form).substitute(slots)
        return
    lead = f"{cues['lead'][words]} ".lstrip()
    for question in [*_by_name(line.fact, persona.cefr), *wording_of(entry, persona.cefr)]:
        yield lead + question


def _by_name(fact: Fact, cefr: Cefr) -> list[str]:
    """A question for a symptom by its name."""
    if not fact.item.startswith("present_illness") or fact.label:
        return []
    return [symptom_question(id, cefr) for id in sorted(fact.concepts) if id in concepts()]


def _of_drug(purpose: Concept, cefr: Cefr) -> list[dict[str, str]]:
    """A drug by what it is for, `a pill for cholesterol`, and by what it is called, `a cholesterol pill`."""
    name = purpose.names[0]
    what = [{"x": f"{'an' if form[0] in 'aeiou' else 'a'} {form}"} for form in _forms(purpose, cefr)]
    return [{"x": f"a pill for {name}"}, *what] if purpose.form("B").startswith(f"{name} ") else what


def _forms(concept: Concept, cefr: Cefr) -> list[str]:
    """What it is called: as a doctor says it simply, then in a beginner's own words."""
    return list(dict.fromkeys(concept.form(level) for level in ("B", "A" if cefr is Cefr.A else cefr)))


def _slots(fact: Fact, cefr: Cefr) -> list[dict[str, str]]:
    """What a question could name of a fact: purposes of a drug, names of an illness, the relative."""
    kin = {"kin": fact.value.split(":")[0].lower()} if ":" in fact.value else {}
    classes = [drug_classes()[id] for id in sorted(fact.drugs) if id in drug_classes()]
    if classes:
        return [slots for one in classes for slots in _of_drug(one, cefr)]
    forms = [
        form for id in sorted(fact.concepts) if id in concepts() for form in _forms(concepts()[id], cefr)
    ]
    if fact.item == "medical_device":
        forms = [form if form.endswith("s") else f"a {form}" for form in forms]
    return [{"x": form, **kin} for form in forms] or [kin]
