"""What a doctor hears in an answer: what there is, what there is not, and how the question was taken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from patientsim_core.offline.listen import (
    Clause,
    Sentence,
    asks_word,
    hearing,
    listen,
    pattern,
    sides,
    signs,
    split,
)
from patientsim_core.offline.names import with_broader
from patientsim_core.offline.understand import ASPECTS, LISTING, Ask

LONG = 2_000
"""Characters of an answer that are read; nobody takes in more at once."""

RAMBLING = 60
"""Words from which an answer has lost its way."""

_LISTED = {*LISTING, "surgery"}
_OF_COMPLAINT = {"opener", "more", *ASPECTS}
_CLINICAL = {"opener", "more", "associated", "symptom", "pain", *ASPECTS}


@dataclass(frozen=True)
class Heard:
    """What one answer told. Concepts are the lexicon's ids, with those broader than they.

    `present` and `denied` are of now, `past` of the patient's history, `family` of relatives; `drugs` are
    names and purposes; `signs` what no concept names (see `hearing.toml`); `sides` the sides of the
    complaint that were told well enough; `pain` is the number given, 0-10, and `strong` whether the words
    are those of great pain. `moods` say how the question was taken: lost (not understood), refused,
    confused, frightened, irritated, impatient, forgot, plays_down, broken (a learner's grammar), rambling.
    `fits` is whether the question needs no repeating.
    """

    present: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    family: frozenset[str] = frozenset()
    drugs: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()
    sides: frozenset[str] = frozenset()
    moods: frozenset[str] = frozenset()
    pain: float | None = None
    strong: bool = False
    fits: bool = False
    empty: bool = False

    @property
    def tells(self) -> bool:
        """Whether anything was learnt."""
        found = (self.present, self.denied, self.past, self.family, self.drugs, self.signs)
        return any(found) or self.pain is not None


@lru_cache(maxsize=8192)
def hear(answer: str, question: str = "", asks: tuple[Ask, ...] = ()) -> Heard:
    """What an answer tells a doctor who asked `asks` in the words of `question`."""
    sentences = [listen(part) for part in split(answer[:LONG])]
    clauses = [clause for sentence in sentences for clause in sentence.clauses]
    if not clauses:
        return Heard(empty=True)
    found = _Found(frozenset(ask.topic for ask in asks))
    for clause in clauses:
        found.take(clause)
    found.polarity(clauses[0].text, asks)
    heard = Heard(
        present=with_broader(found.present),
        denied=frozenset(found.denied - found.present),
        past=with_broader(found.past),
        family=with_broader(found.family),
        drugs=frozenset(found.drugs),
        signs=frozenset(found.signs),
        sides=_sides(clauses, found.topics),
        pain=_pain(clauses, asks),
        strong=any(pattern("pain", "strong").search(sentence.normal) for sentence in sentences),
    )
    return _judged(heard, sentences, question[:LONG], found.topics)


def _judged(heard: Heard, sentences: Sequence[Sentence], question: str, topics: frozenset[str]) -> Heard:
    """The same with the moods that hold in the light of what was told, and whether it answers."""
    moods = set().union(*(sentence.moods for sentence in sentences))
    lost = "lost" in moods and not heard.tells
    if lost or asks_word(sentences, question) or (_foreign(sentences) and not heard.drugs):
        return Heard(moods=frozenset(moods - {"confused", "astray"} | {"lost"}))
    said = " , ".join(clause.text for s in sentences for clause in s.clauses if not clause.asks)
    to_the_point = _to_the_point(heard, said, topics)
    if "astray" in moods:
        moods.discard("impatient")  # `do something!` of one who is lost
        moods |= {"confused"} if not to_the_point and topics & _CLINICAL else set()
    if to_the_point and "refused" not in sentences[0].moods:
        moods.discard("refused")
    if not topics & _LISTED:
        moods.discard("forgot")
    if heard.pain is None and "severity" not in topics:
        moods.discard("plays_down")
    if sum(sentence.length for sentence in sentences) > RAMBLING:
        moods.add("rambling")
    fits = "refused" not in moods and (to_the_point or "confused" not in moods)
    return replace(heard, moods=frozenset(moods - {"lost", "astray"}), fits=fits)


def _to_the_point(heard: Heard, said: str, topics: frozenset[str]) -> bool:
    """Whether what is said is about what was asked, as far as its words show."""
    asked = [topic for topic in topics if topic in hearing()["fits"]]
    if asked:
        return any(pattern("fits", side).search(said) for side in asked)
    return heard.tells or any(pattern("negation", sign).search(said) for sign in ("yes", "no"))


def _foreign(sentences: Sequence[Sentence]) -> bool:
    """Whether English knows hardly a word of it."""
    length = sum(sentence.length for sentence in sentences)
    return length > 2 and sum(sentence.strange for sentence in sentences) * 2 >= length


class _Found:
    """What is gathered clause by clause."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.present: set[str] = set()
        self.denied: set[str] = set()
        self.past: set[str] = set()
        self.family: set[str] = set()
        self.drugs: set[str] = set()
        self.signs: set[str] = set()

    def take(self, clause: Clause) -> None:
        """Adds what a clause names; what the patient asks is not told."""
        if clause.asks and clause.words > 3:
            return
        if clause.concepts:
            kin = "family_medical_history" in self.topics or bool(
                pattern("frames", "kin").search(clause.text)
            )
            asked = self.topics & {*_LISTED, "previous"}
            past = bool(asked) or bool(pattern("frames", "past").search(clause.text))
            for mention in clause.concepts:
                self._place(mention.id, mention.kind, clause.denies(mention), kin, past)
        for mention in clause.drugs:
            told = mention.kind == "drug" or "medication" in self.topics
            if told and not clause.denies(mention):
                self.drugs.add(mention.id)
        if clause.tells:
            self.signs |= signs(clause.text, self.topics)

    def _place(self, id: str, kind: str, denied: bool, kin: bool, past: bool) -> None:
        if denied:
            self.denied.add(id)
        elif kin and kind == "condition":
            self.family.add(id)
        elif past or kind not in ("symptom", "exposure"):
            self.past.add(id)
        else:
            self.present.add(id)

    def polarity(self, first: str, asks: Sequence[Ask]) -> None:
        """A bare yes or no, read as an answer to what was asked by name."""
        about = {concept for ask in asks for concept in ask.about if ask.topic not in ASPECTS}
        named = with_broader(self.present | self.past | self.family)
        if not about or about & named or about & self.denied:
            return
        no = bool(pattern("negation", "no").search(first))
        yes = bool(pattern("negation", "yes").search(first)) and not self.denied
        functions = about & set(hearing()["negation"]["functions"])
        if functions:
            no, yes = yes or bool(pattern("negation", "usual").search(first)), no
        if no:
            self.denied |= functions or about
        elif yes:
            (self.past if self.topics & _LISTED else self.present).update(functions or about)


def _sides(clauses: Sequence[Clause], topics: frozenset[str]) -> frozenset[str]:
    """The sides of the complaint that are told, where it is the complaint that was spoken of."""
    if topics and not topics & _OF_COMPLAINT:
        return frozenset()
    return frozenset().union(*(sides(clause.text) for clause in clauses if not clause.asks))


def _pain(clauses: Sequence[Clause], asks: Sequence[Ask]) -> float | None:
    """The number for the pain, where it was asked for."""
    if not any(ask.topic in ("severity", "pain") or ask.about == ("pain",) for ask in asks):
        return None
    text = " , ".join(clause.text for clause in clauses)
    if number := pattern("pain", "number").search(text):
        return float(number[1])
    words = hearing()["pain"]["words"]
    spelt = next((words[word] for word in text.split() if word in words), None)
    if spelt is not None and "out of" in text:
        return float(spelt)
    return 0.0 if pattern("pain", "none").search(text) else None
