"""What a sentence of the patient says of one fact of the record, by rules over its words."""

import re

from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.layout import TRIAGE, entry_of
from patientsim_core.debrief.lists import allergy, drug, family, listed
from patientsim_core.debrief.manner import sounds
from patientsim_core.debrief.matching import Says, body_words, common, content, denials, shares
from patientsim_core.debrief.sides import side
from patientsim_core.debrief.yes_no import bare
from patientsim_core.disclosure import NUMBER
from patientsim_core.facts import LABELS
from patientsim_core.offline.judge.finding import Finding
from patientsim_core.offline.judge.record import Known
from patientsim_core.offline.judge.said import Said, is_about, read, read_question
from patientsim_core.offline.judge.sentence import CLASSED
from patientsim_core.offline.judge.unnamed import GENERAL
from patientsim_core.offline.judge.values import HABITS, age, classed, free, habit, pain
from patientsim_core.offline.lexicon import covers

_OF_LIFE = {"occupation", "exercise", "living_situation"}
"""Values that an answer for another of them tells in passing: a farmer's work is his exercise."""


_OF_PAIN = re.compile(r"\b(pain\w*|hurt\w*|ach\w+|sore\w*|scale|rate|number|score|zero|ten|\d+)\b")
_THEN = re.compile(r"\bno pain ,? ?(before|until|at first|then|earlier|back then)\b")
_ALONE = re.compile(r"\b(alone|on my own|by myself|just me|only me|nobody else)\b")
_NEAR = re.compile(r"\b(near|nearby|visits?|visiting|next door|across|down the (road|street)|far|abroad)\b")
_SIDES = content("left right both upper lower side front middle")
_EARLIER = re.compile(r"\b(used to|in the past|years? ago|(once|twice|times?|this|that|it|same) before)\b")
"""What was, and is not what brings the patient now."""


def says(said: Said, known: Known, asked: Asked) -> Says | None:
    """What a sentence that answers a question says of a fact; None where it says nothing of it."""
    entry = entry_of(known.fact)
    if entry in LABELS:
        return side(entry, said, known, asked)
    if entry in ("associated", "chiefcomplaint"):
        return _symptom(said, known, asked)
    if entry == "denied":
        return _denied(said, known, asked)
    if entry == "family_medical_history":
        return family(said, known, asked)
    if entry in ("medical_history", "medical_device"):
        return listed(entry, said, known, asked)
    if entry == "medication":
        return drug(said, known, asked)
    return allergy(said, known, asked) if entry == "allergies" else _value(entry, said, known, asked)


def _symptom(said: Said, known: Known, asked: Asked) -> Says | None:
    """A symptom, or the complaint."""
    chief = known.fact.item == "chiefcomplaint"
    if not chief and _EARLIER.search(said.normal):
        return None
    due = known.fact in asked.named
    apart = frozenset() if chief else asked.complaint_concepts - known.fact.concepts
    denied = denials(said, known, apart, broad=due)
    if denied and not all(denied):
        return Says.so
    own = known.value.words
    own = own if chief else own - common(asked.complaint, own) or own
    least = min(2, len(own)) if due or chief or "associated" in asked.entries else 2
    finding = own - body_words() - _SIDES or own
    if not (denied or said.asks) and common(said.words, finding) and shares(said, own, least, 0.5):
        return Says.so
    if found := bare(said, known, asked):
        return found
    if denied and not chief:
        broad = any(
            covers(mention.id, id)
            for _, mention in said.concepts
            for id in known.fact.concepts - set(GENERAL)
        )
        return Says.not_so if broad and due else None
    return Says.weakly if due and common(said.words, known.value.words) and not said.asks else None


def _denied(said: Said, known: Known, asked: Asked) -> Says | None:
    """A symptom that there is not: told by a denial of it, or of something broader."""
    due = known.fact in asked.named
    near = due or common(said.words, known.value.words - content("pain"))
    apart = frozenset() if near else frozenset(GENERAL)  # unasked, `no pain` is of the complaint
    named = denials(said, known, apart, broad=True)
    if any(named):
        return Says.so
    if found := bare(said, known, asked):
        return found
    denies = any(clause.denies_from is not None for clause in said.clauses)
    if denies and known.value.words and len(common(said.words, known.value.words)) == len(known.value.words):
        return Says.so
    exact = any(covers(id, mention.id) for _, mention in said.concepts for id in known.fact.concepts)
    return Says.not_so if named and exact and due else None


def _value(entry: str, said: Said, known: Known, asked: Asked) -> Says | None:
    """A single value: a habit, a class of several, or free words."""
    due = known.fact in asked.named
    if entry == "pain" and not (_OF_PAIN.search(asked.text.lower()) or _OF_PAIN.search(said.normal)):
        return None  # `can you walk?` asks how bad it is, but for no number
    if entry == "pain" and _THEN.search(said.normal):
        return None
    if entry == "living_situation" and (found := _home(said, known)):
        return found
    if entry == "living_situation" and _NEAR.search(said.normal):
        return None
    if entry == "pain" and "pain" in asked.entries and (number := NUMBER.findall(said.normal)):
        return Says.so if float(number[0]) == float(known.fact.value) else Says.not_so
    if entry == "marital_status" and not said.asks and sounds("spouse", said.written):
        return Says.so if known.fact.value.lower().startswith("married") else None
    about = is_about(entry, said.normal)
    if entry in HABITS and not about and any(is_about(one, said.normal) for one in HABITS):
        return None
    if not (due or about or entry in asked.entries):
        telling = frozenset(word for word in known.value.words if not word[0].isdigit())
        near = bool(asked.entries & _OF_LIFE) and entry in _OF_LIFE
        enough = shares(said, telling, 1, 0.5) if near else shares(said, telling, 2, 0.6)
        return Says.so if enough and telling and not known.absent else None
    own = _own_clause(entry, said) if entry in HABITS else said
    found = _found(entry, own, known, asked)
    if found and found.status == "entailed":
        alone = len(common(own.words, known.value.words)) < min(2, len(known.value.words))
        return None if not due and entry in ("occupation", "exercise") and alone else Says.so
    if found and found.status == "contradicted" and (due or (found.sure and entry not in TRIAGE)):
        return Says.not_so
    return Says.weakly if due and not said.asks and common(said.words, known.value.words) else None


def _home(said: Said, known: Known) -> Says | None:
    """Alone, in whatever words; of who only lives near nothing is said here."""
    if not _ALONE.search(said.normal):
        return None
    return Says.so if _ALONE.search(known.value.normal) else Says.not_so


def _own_clause(entry: str, said: Said) -> Said:
    """The clause of a sentence that is about a habit: `never smoked, one beer on weekends, no drugs`."""
    if len(said.clauses) < 2:
        return said
    own = next((clause.text for clause in said.clauses if is_about(entry, clause.text)), "")
    return read(own) if own else said


def _found(entry: str, said: Said, known: Known, asked: Asked) -> Finding | None:
    question = read_question(asked.text)
    if rule := {"age": age, "pain": pain}.get(entry):
        return rule(said, question, (known,))
    rule = habit if entry in HABITS else classed if entry in CLASSED else free
    return rule(entry, said, question, (known,))
