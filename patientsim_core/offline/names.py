"""Names of the lexicon in a text, found word by word: what `lexicon` finds, fast enough for long answers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from patientsim_core.offline.lexicon import Mention, brands, concepts, drug_classes, drugs
from patientsim_core.offline.wording import learner

_PLURALS = ("", "s", "es")


class NameFinder:
    """Finds names as whole words, the longest first; plurals of the last word are understood.

    A regular expression over all names tries thousands at every letter; this looks a word up.
    """

    def __init__(self, names: Mapping[str, tuple[str, str]]) -> None:
        self._by_first: dict[str, list[tuple[list[str], str, str]]] = {}
        for name in sorted(names, key=len, reverse=True):
            words = name.split()
            entry = (words, *names[name])
            for first in _endings(words[0]) if len(words) == 1 else words[:1]:
                self._by_first.setdefault(first, []).append(entry)

    def find(self, words: Sequence[str]) -> list[Mention]:
        """The names in a text's words, left to right; `start` and `end` count words."""
        found, place = [], 0
        while place < len(words):
            hit = self._at(words, place)
            found += [hit] if hit else []
            place = hit.end if hit else place + 1
        return found

    def _at(self, words: Sequence[str], start: int) -> Mention | None:
        for name, id, kind in self._by_first.get(words[start], ()):
            end = start + len(name)
            spoken = list(words[start:end])
            if len(spoken) == len(name) and spoken[:-1] == name[:-1] and spoken[-1] in _endings(name[-1]):
                return Mention(id, kind, start, end, " ".join(spoken))
        return None


@lru_cache(maxsize=32_768)
def _endings(word: str) -> tuple[str, ...]:
    return tuple(word + plural for plural in _PLURALS)


@lru_cache(maxsize=1)
def concept_names() -> NameFinder:
    """A finder of the lexicon's concepts, also as patients name their own and as beginners do."""
    names = {name: (c.id, c.kind) for c in concepts().values() for name in c.names}
    own = {_first_person(name): found for name, found in names.items()}
    learnt = {learner(c.forms[0]): (c.id, c.kind) for c in concepts().values()}
    return NameFinder(learnt | own | names)


def _first_person(name: str) -> str:
    """`burn when you pee` as `burn when i pee`."""
    return re.sub(r"\byou\b", "i", re.sub(r"\byour\b", "my", name))


@lru_cache(maxsize=1)
def drug_names() -> NameFinder:
    """A finder of drugs and of purposes of drugs."""
    names = {drug: (brands().get(drug, drug), "drug") for drug in (*drugs(), *brands())}
    return NameFinder(names | {name: (c.id, "class") for c in drug_classes().values() for name in c.names})


@lru_cache(maxsize=4096)
def _family(concept: str) -> frozenset[str]:
    entry = concepts().get(concept)
    return frozenset({concept}).union(*(_family(parent) for parent in (entry.parents if entry else ())))


def with_broader(found: Iterable[str]) -> frozenset[str]:
    """Concepts and whatever is broader than they: a dry cough is a cough."""
    return frozenset().union(*map(_family, found))
