"""Where the simulated patient erred, which is not the trainee's fault, and what its persona was allowed."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from patientsim_core.case import item_of
from patientsim_core.debrief.account import Account
from patientsim_core.debrief.answer import Came, Line
from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.departures import Permitted, permitted
from patientsim_core.debrief.functions import denies
from patientsim_core.debrief.layout import entry_of, items_of, label_of
from patientsim_core.debrief.manner import sounds
from patientsim_core.debrief.quotes import Quote, exchanges, quote, spoken_sentences
from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.verdict import RULES, Metric, Verdict
from patientsim_core.guard import Guard
from patientsim_core.offline.judge.record import generic, record, related
from patientsim_core.offline.judge.said import Said, read
from patientsim_core.offline.judge.unnamed import GENERAL
from patientsim_core.offline.listen import pattern as heard


class Fault(StrEnum):
    """How a simulated patient can err."""

    contradiction = "contradiction"
    invention = "invention"
    leak = "leak"
    out_of_role = "out of role"


_MEANS = {
    Fault.contradiction: "goes against the record, and no persona asked for it",
    Fault.invention: "is not in the record, and hardly plausible",
    Fault.leak: "names the diagnosis before the doctor did",
    Fault.out_of_role: "speaks as a machine, not as a patient",
}


@dataclass(frozen=True)
class Err:
    """One sentence of the patient that is wrong: `why` for people, `judge` who says so (`rules` where no
    judge did), `entries` the lines of the map that are not counted against the trainee."""

    fault: Fault
    why: str
    judge: str
    quote: Quote
    entries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fairness:
    errors: tuple[Err, ...]
    permitted: tuple[Permitted, ...]

    @property
    def excused(self) -> frozenset[str]:
        """Keys of entries in which the patient erred: not counted against the trainee."""
        return frozenset(key for one in self.errors for key in one.entries)


def fairness(dialogue: Dialogue, account: Account, verdicts: Sequence[Verdict] = ()) -> Fairness:
    """By the verdicts of a judge on the sentences where there are any, else by rules."""
    judged = [one for one in verdicts if one.metric is Metric.facts and one.judge != RULES]
    errors = list(_by_verdicts(dialogue, account, judged))
    if not judged:
        errors = [*_by_account(dialogue, account), *_invented(dialogue, account)]
    errors += _out_of_place(dialogue, account)
    once = {(one.fault, one.quote): one for one in reversed(errors)}
    ordered = sorted(once.values(), key=lambda one: one.quote.turn)
    return Fairness(tuple(ordered), tuple(permitted(dialogue, account)))


def _by_verdicts(dialogue: Dialogue, account: Account, verdicts: Sequence[Verdict]) -> Iterator[Err]:
    for one in verdicts:
        if one.turn is None or not 0 <= one.turn < len(dialogue.turns):
            continue
        if dialogue.turns[one.turn].role != "patient":
            continue
        relations = one.detail.get("items")
        items = relations if isinstance(relations, dict) else {}
        against = [item for item, relation in items.items() if relation == "contradicted"]
        words = quote(dialogue.turns, one.turn, one.text)
        if against and not one.detail.get("permitted"):
            entries = tuple(sorted({key for item in against for key in _entries(item, one.turn, account)}))
            why = _why(Fault.contradiction, [label_of(key) for key in entries] or against)
            yield Err(Fault.contradiction, why, one.judge, words, entries)
        elif one.detail.get("adds") and _least(one) <= _HARDLY and not against:
            yield Err(Fault.invention, _why(Fault.invention), one.judge, words)


_HARDLY = 2
"""Plausibility, 1-4, up to which what a sentence adds is an invention."""


def _least(verdict: Verdict) -> int:
    """The plausibility of what a sentence adds, 1-4; 4 where none was given."""
    value = verdict.detail.get("plausibility")
    return value if isinstance(value, int) else 4


def _entries(item: str, turn: int, account: Account) -> set[str]:
    """The entries of an item that a turn told otherwise; the item itself where it is one entry."""
    own = {
        entry_of(line.fact)
        for line in account.lines
        if line.exchange.answered == turn
        and line.came is Came.otherwise
        and items_of(entry_of(line.fact)) == item_of(item)
    }
    return own or ({item} if item_of(item) != "present_illness" else set())


def _by_account(dialogue: Dialogue, account: Account) -> Iterator[Err]:
    for line in account.lines:
        if line.came is Came.otherwise and line.exchange.answered is not None and not _is_well(line):
            key = entry_of(line.fact)
            words = quote(dialogue.turns, line.exchange.answered, line.sentence)
            yield Err(Fault.contradiction, _why(Fault.contradiction, [label_of(key)]), RULES, words, (key,))


def _is_well(line: Line) -> bool:
    """Whether a sentence denies a symptom as the record does, by what it says of the function."""
    return line.fact.absent and any(
        denies(clause, mention) and any(related(mention.id, id) for id in line.fact.concepts)
        for clause, mention in read(line.sentence).concepts
    )


def _invented(dialogue: Dialogue, account: Account) -> Iterator[Err]:
    """Sentences that name an illness, an operation, a device or a drug that stands nowhere in the record, and
    tell nothing that does, deny nothing, and are no fear and no lapse of memory."""
    telling = {(line.exchange.answered, line.sentence) for line in account.lines}
    known = record(dialogue.case).values()
    concepts = {id for its in known for one in its for id in one.fact.concepts}
    text = " ".join(one.value.normal for its in known for one in its)
    for place, turn in enumerate(dialogue.turns):
        for sentence in spoken_sentences(turn.text) if turn.role == "patient" else ():
            said = read(sentence)
            unsure = said.asks or sounds("concern", sentence) or heard("moods", "forgot").search(said.normal)
            if (place, sentence) in telling or unsure or any(c.denies_from is not None for c in said.clauses):
                continue
            if _names_another(said, concepts, text):
                yield Err(
                    Fault.invention, _why(Fault.invention), RULES, quote(dialogue.turns, place, sentence)
                )


def _names_another(said: Said, concepts: Collection[str], text: str) -> bool:
    for clause, mention in said.concepts:
        of_past = mention.kind in ("condition", "operation", "device") and mention.id not in GENERAL
        if of_past and not clause.denies(mention) and not any(related(mention.id, id) for id in concepts):
            return True
    return any(
        mention.kind == "drug"
        and not clause.denies(mention)
        and not any(n in text for n in generic(mention.words))
        for clause, mention in said.drugs
    )


def _out_of_place(dialogue: Dialogue, account: Account) -> Iterator[Err]:
    """Sentences that the guard on a reply would withhold; an illness of the family is no diagnosis."""
    for one in exchanges(dialogue.turns):
        if one.answered is None:
            continue
        turn = dialogue.turns[one.answered]
        doctor = [before.text for before in dialogue.turns[: one.answered] if before.role == "doctor"]
        of_kin = bool(one.question) and _asks_of_kin(account.asked[one.question - 1])
        for sentence in spoken_sentences(turn.text):
            guard = Guard(dialogue.case, turn.persona or dialogue.persona, doctor)
            guard.admit(sentence)
            normal = read(sentence).normal
            of_kin = (of_kin or bool(heard("frames", "kin").search(normal))) and not _OWN.search(normal)
            fault = {"AI": Fault.out_of_role, "diagnosis": Fault.leak}.get(guard.broken)
            if fault and not (fault is Fault.leak and of_kin):
                words = quote(dialogue.turns, one.answered, sentence)
                yield Err(fault, _why(fault), RULES, words)


_OWN = re.compile(r"\b(i|me|mine|this|myself)\b")
"""What a sentence of the patient's own illness has, and one that goes on about a relative has not."""


def _asks_of_kin(asked: Asked) -> bool:
    return {ask.topic for ask in asked.asks} == {"family_medical_history"}


def _why(fault: Fault, about: Sequence[str] = ()) -> str:
    return (f"{', '.join(about)}: " if about else "") + _MEANS[fault]
