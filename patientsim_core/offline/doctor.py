"""The built-in doctor: takes a history in short questions, adapts to the patient, and concludes."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from patientsim_core.case import Arrival
from patientsim_core.dialogue import Question, Turn, concluding
from patientsim_core.errors import InputError
from patientsim_core.offline.agenda import PARTS, Item, items
from patientsim_core.offline.data import table
from patientsim_core.offline.notes import OPENER, SECOND_LOOK, Notes, read_notes
from patientsim_core.offline.rank import Findings, leading, rank, worth_asking
from patientsim_core.offline.understand import read_alone

_LEADS_AGAIN = {"comfort": 4, "brisk": 7, "steer": 5, "sympathy": 1_000, "about_you": 1_000}
"""Rounds until a kind of sentence is said again."""

_STRONG_PAIN = 7

_FIRST_OF_ALL = (OPENER, "complaint.pain", "complaint.location")
"""What to find out first of a patient who is confused and has not said yet what is wrong."""


@dataclass(frozen=True)
class _Move:
    """An item to ask, or none to conclude; after a sentence of the kind `lead`, by a `cue` if given."""

    item: Item | None
    lead: str = ""
    cue: str = ""


class OfflineDoctor:
    """A pure function of what is seen at the door, what was said, seed and limit: it only hears."""

    def __init__(self, seed: int = 42, max_turns: int = 30) -> None:
        if max_turns < 1:
            raise InputError(f"max_turns: {max_turns} leaves the doctor no turn; 1 is the least.")
        self.seed = seed
        self.max_turns = max_turns

    def question(self, arrival: Arrival, history: Sequence[Turn]) -> Question:
        """The doctor's next turn; the last one concludes. Raises InputError where the patient is to speak."""
        if history and history[-1].role == "doctor":
            raise InputError("history: ends with the doctor's turn; the patient's answer is missing.")
        notes = read_notes(arrival, history)
        if notes.rounds + 1 >= self.max_turns or notes.concluded:
            return self._conclusion(notes)
        move = self._move(notes)
        return Question(text=self._words(move, notes)) if move.item else self._conclusion(notes)

    def _conclusion(self, notes: Notes) -> Question:
        named = rank(notes.findings)
        return Question(text=concluding(named), differential=named)

    # --- what comes next -------------------------------------------------------------------------

    def _move(self, notes: Notes) -> _Move:
        if not notes.rounds and OPENER not in notes.settled:
            return _Move(items()[OPENER])
        if notes.barren >= table("doctor")["limits"]["barren"]:
            return _Move(None)
        return self._again(notes) or self._onward(notes)

    def _onward(self, notes: Notes) -> _Move:
        item = self._next(notes)
        # After a word of comfort a patient takes `anything else?` for a part of it.
        return _Move(item, "" if item and item.topic == "more" else _lead(notes))

    def _again(self, notes: Notes) -> _Move | None:
        """The last question once more, in the way that its answer calls for."""
        item = notes.asked_last[0] if notes.asked_last else None
        if item is None:
            return None
        moods = notes.heard.moods
        if item.id in notes.settled:
            cue = _cue(item, notes) if "forgot" in moods and item.id not in notes.cued else ""
            return _Move(item, "forgot", cue) if cue else None
        if not item.words(notes.simple):
            return None
        if "refused" in moods and item.id not in notes.explained:
            return _Move(item, "why")
        if notes.streak >= table("doctor")["limits"]["tries"]:
            return None
        return _Move(item, "calm" if notes.confused else "simpler" if "lost" in moods else "")

    def _next(self, notes: Notes) -> Item | None:
        """The first item of those that the rounds left are best spent on, None to conclude."""
        worth = {item.id: value for item, value in self._open(notes)}
        if notes.confused and not notes.complaint:
            worth = {id: value for id, value in worth.items() if id in _FIRST_OF_ALL} or worth
        left = self._budget(notes) - notes.rounds - 1
        best = sorted(worth, key=lambda id: -worth[id])[: max(left, 0)]
        return next((item for item in items().values() if item.id in best), None) if best else None

    def _budget(self, notes: Notes) -> int:
        limits = table("doctor")["limits"]
        usual = limits["brisk"] if notes.impatient >= 3 else limits["rounds"]
        return min(usual + notes.wasted, self.max_turns)

    def _open(self, notes: Notes) -> list[tuple[Item, float]]:
        """Items still to ask, with what each is worth."""
        findings, limits = notes.findings, table("doctor")["limits"]
        stuck = {one.id for one in notes.asked_last if notes.streak >= limits["tries"]}
        found: dict[str, list[tuple[Item, float]]] = {part: [] for part in PARTS}
        left = {part: limits[part] - notes.parts[part] if part in limits else len(items()) for part in PARTS}
        among = leading(findings)
        for item in items().values():
            if left[item.part] <= 0 or item.id in stuck or not _is_open(item, notes, findings):
                continue
            if worth := _worth(item, among):
                found[item.part].append((item, worth))
        found["systems"].sort(key=lambda pair: -pair[1])
        return [pair for part in PARTS for pair in found[part][: left[part]]]

    # --- its words -------------------------------------------------------------------------------

    def _words(self, move: _Move, notes: Notes) -> str:
        item = move.item
        said = (move.cue,) if move.cue else item.words(notes.easy) or item.plain
        if item.id == OPENER and notes.tries[OPENER]:
            said = item.simple  # nobody greets twice
        question = self._one(said, item.id, notes.tries[item.id], notes.question.text)
        lead = self._lead_words(move, notes)
        return f"{lead} {question}" if lead else question

    def _lead_words(self, move: _Move, notes: Notes) -> str:
        if move.lead == "why":
            reasons = table("doctor")["why_simple" if notes.easy else "why"]
            return self._one(reasons[move.item.why], "why", len(notes.explained), notes.question.text)
        if not move.lead:
            return ""
        return self._one(
            table("doctor")["lead"][move.lead], move.lead, notes.lead_uses[move.lead], notes.question.text
        )

    def _one(self, said: Sequence[str], key: str, turn: int, last: str) -> str:
        """One of several wordings, by the seed; another one than was said last."""
        start = crc32(f"{self.seed}|{key}".encode()) + turn
        ordered = [said[(start + step) % len(said)] for step in range(len(said))]
        return next((text for text in ordered if text not in last), ordered[0])


def _is_open(item: Item, notes: Notes, findings: Findings) -> bool:
    if item.id in notes.settled or not item.words(notes.simple):
        return False
    if item.id == SECOND_LOOK:
        return notes.contradicts
    if item.id == "complaint.associated_more" and not notes.present - notes.complaint:
        return False
    return item.fits(findings)


def _worth(item: Item, among: Sequence[str]) -> float:
    """What an item is worth; in the systems review that is how much it tells of the leading diagnoses."""
    if item.part != "systems":
        return item.worth
    systems = table("doctor")["systems_review"]
    use = worth_asking(item.about, among)
    return systems["worth"] + systems["gain"] * use if use >= systems["least"] else 0.0


def _cue(item: Item, notes: Notes) -> str:
    """Something concrete to remember by that was not told yet, "" where there is nothing."""
    known = {"family_medical_history": notes.family, "medication": notes.drugs}.get(item.topic, notes.past)
    for cue in item.cues(notes.easy):
        about = {concept for ask in read_alone(cue).asks for concept in ask.about}
        if not about & known:
            return cue
    return ""


def _lead(notes: Notes) -> str:
    """The kind of sentence that goes before the next question, by how the last one was taken."""
    if notes.confused:
        return "calm"
    moods = notes.heard.moods
    wanted = [
        ("sorry", "irritated" in moods and notes.since("sorry") > 2),
        ("sympathy", (notes.heard.pain or 0) >= _STRONG_PAIN),
        ("comfort", "frightened" in moods),
        ("steer", "rambling" in moods),
        ("brisk", "impatient" in moods),
    ]
    fresh = [lead for lead, called in wanted if called and notes.since(lead) >= _LEADS_AGAIN.get(lead, 1)]
    return fresh[0] if fresh else ""
