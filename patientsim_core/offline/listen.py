"""One sentence of an answer: its clauses, what they deny, and how the question was taken."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from patientsim_core.offline.data import table
from patientsim_core.offline.lexicon import Mention, find_drugs
from patientsim_core.offline.names import concept_names
from patientsim_core.offline.spelling import normalise
from patientsim_core.words import cefr_level, medical_level

_PARTS = re.compile(r"(?<=[.?!…])\s+|\n+")
_SPLIT = re.compile(r" ?[,;] ?| but | though | although ")


@dataclass(frozen=True)
class Clause:
    """A clause in normalised words.

    `denies_from` is the place from which it denies, -1 where it goes on with a denial before it, None where
    it denies nothing; `asks` marks what the patient asks.
    """

    text: str
    denies_from: int | None
    asks: bool
    concepts: tuple[Mention, ...]
    drugs: tuple[Mention, ...]

    def denies(self, mention: Mention) -> bool:
        """Whether it denies what is mentioned; a function that is denied is a finding."""
        denied = self.denies_from is not None and self.denies_from < mention.start
        return denied ^ _functional(mention)

    @property
    def tells(self) -> bool:
        """Whether it says more than that there is nothing."""
        before = self.text[: max(self.denies_from or 0, 0)]
        return not self.asks and (self.denies_from is None or before.count(" ") > 1)

    @property
    def words(self) -> int:
        return self.text.count(" ") + 1


@dataclass(frozen=True)
class Sentence:
    """A sentence in normalised words, its clauses and moods; `strange` of its words English does not know."""

    normal: str
    clauses: tuple[Clause, ...]
    moods: frozenset[str]
    length: int
    strange: int


@lru_cache(maxsize=1)
def hearing() -> dict:
    """How answers are heard: `hearing.toml`."""
    return table("hearing")


@lru_cache(maxsize=256)
def pattern(section: str, name: str) -> re.Pattern[str]:
    """A regular expression of `hearing.toml`; a list there is of phrases, each from the start of a word."""
    entry = hearing()[section][name]
    return re.compile(entry if isinstance(entry, str) else rf"\b(?:{'|'.join(entry)})")


def split(answer: str) -> list[str]:
    """The sentences of an answer, roughly: cut wherever one can end."""
    return [part for part in _PARTS.split(answer.strip()) if part]


@lru_cache(maxsize=16_384)
def listen(text: str) -> Sentence:
    """One sentence as it is heard."""
    normal = normalise(text)
    spoken = [word for word in normal.split() if word.isalpha()]
    moods = {name for name in hearing()["moods"] if name != "word" and pattern("moods", name).search(normal)}
    if "…" in text or "..." in text:
        moods.add("confused")
    return Sentence(
        normal=normal,
        clauses=tuple(_clauses(normal)),
        moods=frozenset(moods),
        length=len(spoken),
        strange=sum(cefr_level(word) in (None, "C2") and not medical_level(word) for word in spoken),
    )


def _clauses(normal: str) -> list[Clause]:
    """The clauses; a list goes on with the denial it began with."""
    found: list[Clause] = []
    for part in re.findall(r"[^.?!]+[.?!]?", normal):
        texts = [text.strip() for text in _SPLIT.split(part.strip(" .!?")) if text.strip()]
        denying = False
        for place, text in enumerate(texts):
            start = _denies_from(text)
            if start is None and denying and not pattern("negation", "afresh").search(text):
                start = -1
            denying = start is not None
            asks = part.rstrip().endswith("?") and place == len(texts) - 1
            fancied = pattern("frames", "fancied").search(text)
            concepts = () if fancied else tuple(concept_names().find(text))
            found.append(Clause(text, start, asks, concepts, find_drugs(text)))
    return found


def _denies_from(text: str) -> int | None:
    harmless = [(m.start(), m.end()) for m in pattern("negation", "harmless").finditer(text)]
    for cue in pattern("negation", "cues").finditer(text):
        if not any(start <= cue.start() < end for start, end in harmless):
            return cue.start()
    return None


def _functional(mention: Mention) -> bool:
    """Whether a name is that of a healthy function: `passing gas`, not `no gas`."""
    functions = hearing()["negation"]["functions"]
    return mention.id in functions and not pattern("negation", "lack").search(mention.words)


def asks_word(sentences: Sequence[Sentence], question: str) -> bool:
    """Whether the patient asks what a word of the question means."""
    spoken = _long_words(question)
    return any(
        match[1] in spoken
        for sentence in sentences
        for asked in _word_patterns()
        for match in asked.finditer(sentence.normal)
    )


@lru_cache(maxsize=4096)
def _long_words(question: str) -> frozenset[str]:
    return frozenset(word for word in normalise(question).split() if len(word) > 4)


@lru_cache(maxsize=1)
def _word_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, hearing()["moods"]["word"]))


@lru_cache(maxsize=1)
def _sign_patterns() -> list[tuple[str, re.Pattern[str] | None, frozenset[str], re.Pattern[str] | None]]:
    return [
        (
            sign,
            re.compile(entry["always"]) if "always" in entry else None,
            frozenset(entry.get("asked", ())),
            re.compile(entry["here"]) if "here" in entry else None,
        )
        for sign, entry in hearing()["signs"].items()
    ]


@lru_cache(maxsize=16_384)
def signs(text: str, topics: frozenset[str]) -> frozenset[str]:
    """What a clause tells that no concept names, in answer to a question for these topics."""
    return frozenset(
        sign
        for sign, always, asked, here in _sign_patterns()
        if (always and always.search(text)) or (here and asked & topics and here.search(text))
    )


@lru_cache(maxsize=16_384)
def sides(text: str) -> frozenset[str]:
    """The sides of a complaint that a text tells well enough."""
    return frozenset(side for side in hearing()["told"] if pattern("told", side).search(text))
