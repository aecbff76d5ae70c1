"""Findings that an answer names by the healthy function: `my speech is fine` has no trouble speaking, and who
`can not walk normally` has trouble walking."""

import re
from functools import lru_cache

from patientsim_core.debrief.data import data
from patientsim_core.offline.lexicon import Mention, concepts
from patientsim_core.offline.listen import Clause

_OWNER = re.compile(r"^(my|your|the) ")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(entry) for name, entry in data("functions").items()}


def denies(clause: Clause, mention: Mention) -> bool:
    """Whether a clause denies a finding: as it is heard, or by what it says of the function."""
    if _is_lost(clause, mention):
        return False
    if _patterns()["well"].search(mention.words):
        denied = clause.denies_from is not None and clause.denies_from < mention.start
        return not (denied or _patterns()["hardly"].search(clause.text[: mention.start]))
    after = clause.text[mention.start + len(mention.words) :]
    fine = _patterns()["fine"].search(after) and _is_function(mention.id, mention.words)
    return clause.denies(mention) or bool(fine)


def _is_lost(clause: Clause, mention: Mention) -> bool:
    """Whether it can't be done: `I can't find the words`."""
    names = concepts()[mention.id].names if mention.id in concepts() else ()
    of_trouble = any(map(_patterns()["trouble"].search, names))
    before = clause.text[: mention.start]
    return of_trouble and bool(re.search(r"\b(can|could) not (\w+ )?$", before))


@lru_cache(maxsize=1024)
def _is_function(id: str, words: str) -> bool:
    """Whether words for a finding are those of the function, which its longer names have trouble with."""
    own = re.compile(rf"\b{re.escape(_OWNER.sub('', words))}\b")
    trouble, names = _patterns()["trouble"], concepts()[id].names if id in concepts() else ()
    return not trouble.search(words) and any(own.search(one) and trouble.search(one) for one in names)
