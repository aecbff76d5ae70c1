"""What was heard in a consultation, as diagnoses are weighed by, each with the words that told it."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from patientsim_core.debrief.account import Account
from patientsim_core.debrief.quotes import Quote, answer, spoken_sentences
from patientsim_core.dialogue import Dialogue
from patientsim_core.facts import Fact
from patientsim_core.offline.hear import Heard, hear
from patientsim_core.offline.lexicon import concepts, drug_classes
from patientsim_core.offline.names import with_broader
from patientsim_core.offline.rank import purposes_of
from patientsim_core.offline.understand import Ask


@dataclass(frozen=True)
class Evidence:
    """Findings by id -> the words that told them first: `present` of now and signs, `denied` what there is
    not, `past` of the history, its drugs and the family's illnesses. Broader findings are among the first and
    the last."""

    present: dict[str, Quote] = field(default_factory=dict)
    denied: dict[str, Quote] = field(default_factory=dict)
    past: dict[str, Quote] = field(default_factory=dict)


def evidence_of(dialogue: Dialogue, account: Account) -> Evidence:
    """All that was heard in a dialogue."""
    found = Evidence()
    for one in account.exchanges:
        asked = account.asked[one.question - 1] if one.question else None
        if one.answered is None:
            continue
        text, question = dialogue.turns[one.answered].text, asked.text if asked else ""
        asks, at = asked.asks if asked else (), f"{question} {text}"
        for kind, ids in _kinds(hear(text, question, asks), asks, at).items():
            known = getattr(found, kind)
            for id in sorted(ids - known.keys()):
                own = (
                    s for s in spoken_sentences(text) if id in _kinds(hear(s, question, asks), asks, at)[kind]
                )
                known[id] = answer(dialogue.turns, one.answered, next(own, ""))
    return found


_TENDER = {"chest_wall_tenderness"}


def _kinds(heard: Heard, asks: Sequence[Ask], said: str) -> dict[str, frozenset[str]]:
    """What an answer tells by kind. One to a question for allergies tells no symptom of now, and breath or
    cough in the first words of a complaint is not yet what makes it worse. What hurts to touch is the chest
    only where the chest is spoken of: `said` is the question with the answer."""
    topics = {ask.topic for ask in asks}
    now = heard.present | heard.signs
    if topics and topics <= {"allergies", "reaction"}:
        now = frozenset()
    if not topics & {"worse", "timing", "quality"}:
        now -= {"with_breathing"}
    if _TENDER & now and "chest" not in said.lower():
        now -= {*_TENDER, "chest_pain"}
    past = heard.past | heard.family | purposes_of(heard.drugs)
    return {"present": now, "denied": heard.denied, "past": past}


def recorded(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Findings that the record has, by id -> the fact that has it: what there is, now or in the past; a
    symptom of its own before a side of the complaint that names it."""
    found: dict[str, Fact] = {}
    for fact in sorted(facts, key=lambda fact: bool(fact.label)):
        if not fact.absent:
            for id in with_broader(fact.concepts):
                found.setdefault(id, fact)
    return found


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, str]]:
    """`signs` and `aliases` of `findings.toml`."""
    return tomllib.loads((Path(__file__).parent / "findings.toml").read_text(encoding="utf-8"))


def name_of(finding: str) -> str:
    """A finding as people call it."""
    if finding in words()["signs"]:
        return words()["signs"][finding]
    entry = concepts().get(finding) or drug_classes().get(finding)
    return entry.form("B") if entry else finding.replace("_", " ")
