"""What the persona was allowed: departures from the record that it is to make."""

from collections.abc import Iterator
from dataclasses import dataclass

from patientsim_core.debrief.account import Account
from patientsim_core.debrief.answer import Came, Line
from patientsim_core.debrief.cues import Cue, cue_for
from patientsim_core.debrief.layout import entry_of, label_of
from patientsim_core.debrief.quotes import Quote, quote
from patientsim_core.dialogue import Dialogue
from patientsim_core.facts import Fact
from patientsim_core.persona import Dazed, Persona


@dataclass(frozen=True)
class Permitted:
    """A departure from the record that the persona is to make, in a sentence. `cue` is a question that brings
    it back from the built-in patient at that very moment, as was tried; empty where none was found to."""

    key: str
    label: str
    fact: str
    came: Came
    text: str
    quote: Quote
    cue: str = ""


def permitted(dialogue: Dialogue, account: Account) -> Iterator[Permitted]:
    """One for each fact that stayed away, or stayed bent, to the end, at the first time that it did; facts of
    an entry that one question did not reach are one."""
    out = {line.fact for line in account.lines if line.came is Came.told}
    seen: set[Fact | tuple[int, str]] = set()
    for line in account.lines:
        key = entry_of(line.fact)
        lost = (line.exchange.question, key) if line.came is Came.not_understood else line.fact
        excusable = line.came not in (Came.told, Came.otherwise, Came.unanswered)
        if not excusable or line.fact in out or lost in seen or line.exchange.answered is None:
            continue
        seen |= {lost, line.fact}
        persona = dialogue.turns[line.exchange.answered].persona or dialogue.persona
        cue = cue_for(line, persona, dialogue)
        yield Permitted(
            key=key,
            label=label_of(key),
            fact=line.fact.text,
            came=line.came,
            text=_sentence(line, persona, cue, dialogue.case.person),
            quote=quote(dialogue.turns, line.exchange.answered, line.sentence),
            cue=cue.question if cue else "",
        )


_CALLED = {
    "associated": "symptoms",
    "denied": "symptoms",
    "chiefcomplaint": "the complaint",
    "quality": "what it is like",
    "worse": "what makes it worse",
    "better": "what makes it better",
    "tried": "what was tried",
    "severity": "how bad it is",
    "pain": "the pain",
    "previous": "earlier times",
}
"""Entries whose labels do not stand in a sentence."""

_DID = {
    Came.forgotten: ("did not remember", "low recall"),
    Came.refused: ("kept back", "distrust"),
    Came.minimised: ("made little of", "plays things down"),
    Came.exaggerated: ("made much of", "fears the worst"),
}


def _sentence(line: Line, persona: Persona, cue: Cue | None, person: str) -> str:
    """What happened, the trait that allows it, and what brings the fact out."""
    who = {"man": "He", "woman": "She"}.get(person, "The patient")
    key, fact = entry_of(line.fact), line.fact.value if line.fact.label else line.fact.text
    about = f"{_CALLED.get(key, label_of(key).lower())} ({fact})"
    if line.came in _DID:
        did, trait = _DID[line.came]
        said = f"{who} {did} {about}: {trait}."
    else:
        trait = "confused" if persona.dazed is not Dazed.normal else f"language level {persona.cefr}"
        said = f"{who} could not take in the question for {about}: {trait}."
    return f"{said} {cue.why} “{cue.question}”" if cue else said
