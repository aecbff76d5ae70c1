"""How patients name the concepts of the lexicon, and what is broader than they."""

import re
from collections.abc import Iterable
from functools import lru_cache

from patientsim_core.offline.lexicon import NameFinder, concepts
from patientsim_core.offline.wording import learner


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


@lru_cache(maxsize=4096)
def _family(concept: str) -> frozenset[str]:
    entry = concepts().get(concept)
    return frozenset({concept}).union(*(_family(parent) for parent in (entry.parents if entry else ())))


def with_broader(found: Iterable[str]) -> frozenset[str]:
    """Concepts and whatever is broader than they: a dry cough is a cough."""
    return frozenset().union(*map(_family, found))
