"""The word data of the offline engine: TOML tables, read once."""

import tomllib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=16)
def table(name: str) -> dict:
    """A whole TOML file of this folder."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def say(section: str) -> dict:
    """A section of `say.toml`: how a kind of fact is said."""
    return table("say")[section]


def bank(move: str, personality: str, cefr: str) -> list[str]:
    """The utterances of a move: the personality's own where it has some, C falling back to B."""
    entry = table("phrases")[move]
    own = entry.get(personality, {})
    for source in (own, entry):
        for level in (cefr, "B") if cefr == "C" else (cefr,):
            if source.get(level):
                return source[level]
    return entry.get("B", [])
