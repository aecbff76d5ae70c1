"""How hard words are: general ones by CEFR (cefrpy), medical ones by this project's own list."""

import random
import tomllib
from functools import lru_cache
from pathlib import Path

from cefrpy import CEFRAnalyzer

LISTS = (
    *(f"cefr_{sublevel}" for sublevel in ("A1", "A2", "B1", "B2", "C1", "C2")),
    *(f"med_{level}" for level in "ABC"),
)
PER_LIST = 30
"""Words in a computed list; ten of each are what a prompt shows."""

_FILE = Path(__file__).parent / "words.toml"
_CEFR = CEFRAnalyzer()


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, list[str]]]:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {kind: {level: text.split() for level, text in levels.items()} for kind, levels in table.items()}


@lru_cache(maxsize=1)
def medical_words() -> dict[str, frozenset[str]]:
    """Medical words by the level from which a patient knows them: `A`, `B`, `C`."""
    return {level: frozenset(found) for level, found in _table()["medical"].items()}


@lru_cache(maxsize=8192)
def medical_level(word: str) -> str | None:
    """The level from which a medical word is known, plurals too; None for words on no list."""
    forms = (word, word.removesuffix("s"), word.removesuffix("es"))
    return next((level for form in forms for level in "ABC" if form in medical_words()[level]), None)


@lru_cache(maxsize=8192)
def cefr_level(word: str) -> str | None:
    """`A1`…`C2` averaged over the word's uses, None for a word that cefrpy does not know."""
    word = word.lower()
    if not _CEFR.is_word_in_database(word):
        return None
    return str(_CEFR.get_average_word_level_CEFR(word))


@lru_cache(maxsize=512)
def computed_lists(seed: str) -> dict[str, list[str]]:
    """A word list a level, drawn by the seed: the same case always gets the same words."""
    chance = random.Random(f"words {seed}")
    pools = {f"cefr_{level}": found for level, found in _table()["general"].items()}
    pools |= {f"med_{level}": found for level, found in _table()["medical"].items()}
    return {name: chance.sample(pools[name], min(PER_LIST, len(pools[name]))) for name in LISTS}
