"""The word data: concepts, drugs and topics, and how they are found in text."""

import re
from dataclasses import dataclass
from functools import lru_cache

from patientsim_core.offline.data import table

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Concept:
    """A symptom, condition, operation, device or exposure, and how a patient of each level says it."""

    id: str
    kind: str
    forms: tuple[str, str, str]
    names: tuple[str, ...]
    parents: tuple[str, ...] = ()

    def form(self, cefr: str) -> str:
        """The noun phrase of a patient of level A, B or C."""
        return self.forms["ABC".index(cefr)]


@dataclass(frozen=True)
class Topic:
    """Something a doctor may ask or do, with the regular expressions that recognise it."""

    id: str
    patterns: tuple[re.Pattern[str], ...]
    over: frozenset[str]
    act: bool
    topic: str


@dataclass(frozen=True)
class Mention:
    """A concept or drug found in a text, and where."""

    id: str
    kind: str
    start: int
    end: int
    words: str


@lru_cache(maxsize=1)
def concepts() -> dict[str, Concept]:
    return {
        id: Concept(
            id,
            entry["kind"],
            (entry["A"], entry["B"], entry["C"]),
            tuple(entry["names"]),
            tuple(entry.get("parents", ())),
        )
        for id, entry in table("concepts").items()
    }


@lru_cache(maxsize=1)
def drug_classes() -> dict[str, Concept]:
    """Drugs by purpose; `names` are how a question names the purpose."""
    return {
        id: Concept(id, "class", (entry["A"], entry["B"], entry["C"]), tuple(entry["names"]))
        for id, entry in table("drugs")["classes"].items()
    }


@lru_cache(maxsize=1)
def drugs() -> dict[str, frozenset[str]]:
    """Drug name -> the purposes it serves."""
    found: dict[str, set[str]] = {}
    for id, entry in table("drugs")["classes"].items():
        for drug in entry["drugs"]:
            found.setdefault(drug, set()).add(id)
    return {drug: frozenset(classes) for drug, classes in found.items()}


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    return tuple(
        Topic(
            id,
            tuple(re.compile(pattern) for pattern in entry["patterns"]),
            frozenset(entry.get("over", ())),
            entry.get("act", False),
            entry.get("as", id),
        )
        for id, entry in table("topics").items()
    )


@lru_cache(maxsize=1)
def brands() -> dict[str, str]:
    """Brand name -> generic name, for drugs that a record may name either way."""
    return table("drugs")["brands"]


class NameFinder:
    """Finds names as whole words, longest first; a plural of the last word is understood.

    Names are looked up by their first word: one large regular expression took 30 times as long.
    """

    def __init__(self, names: dict[str, tuple[str, str]]) -> None:
        self.names = names
        self._by_word: dict[str, list[str]] = {}
        for name in sorted(names, key=len, reverse=True):
            first = _WORD.match(name)[0]
            for word in (first, f"{first}s", f"{first}es") if first == name else (first,):
                self._by_word.setdefault(word, []).append(name)

    def find(self, text: str) -> list[Mention]:
        found: list[Mention] = []
        end = 0
        for word in _WORD.finditer(text):
            start = word.start()
            if start < end:
                continue
            for name in self._by_word.get(word[0], ()):
                if text.startswith(name, start) and (stop := _end_of_word(text, start + len(name))):
                    id, kind = self.names[name]
                    found.append(Mention(id, kind, start, stop, text[start:stop]))
                    end = stop
                    break
        return found


def _end_of_word(text: str, place: int) -> int:
    """Where the word ends at a place, with a plural's ending behind it; 0 if it goes on otherwise."""
    for ending in ("es", "s", ""):
        stop = place + len(ending)
        if text.startswith(ending, place) and (stop == len(text) or not _WORD.match(text, stop)):
            return stop
    return 0


@lru_cache(maxsize=1)
def _concept_finder() -> NameFinder:
    return NameFinder({name: (c.id, c.kind) for c in concepts().values() for name in c.names})


@lru_cache(maxsize=1)
def _drug_finder() -> NameFinder:
    names = {drug: (brands().get(drug, drug), "drug") for drug in (*drugs(), *brands())}
    names |= {name: (c.id, "class") for c in drug_classes().values() for name in c.names}
    return NameFinder(names)


@lru_cache(maxsize=8192)
def find_concepts(text: str) -> tuple[Mention, ...]:
    """Concepts named in a normalised text, left to right."""
    return tuple(_concept_finder().find(text))


def concepts_in(normal: str) -> frozenset[str]:
    """The concepts that a normalised text names."""
    return frozenset(mention.id for mention in find_concepts(normal))


@lru_cache(maxsize=8192)
def find_drugs(text: str) -> tuple[Mention, ...]:
    """Drugs and purposes of drugs named in a normalised text, left to right."""
    return tuple(_drug_finder().find(text))


def is_symptom(concept: str) -> bool:
    """Whether it is something felt or seen now, not an illness, an operation or a device."""
    return concept in concepts() and concepts()[concept].kind == "symptom"


@lru_cache(maxsize=1024)
def covers(asked: str, found: str) -> bool:
    """Whether a question for one concept is answered by another: the same, or a narrower one."""
    if asked == found:
        return True
    entry = concepts().get(found)
    return bool(entry) and any(covers(asked, parent) for parent in entry.parents)
