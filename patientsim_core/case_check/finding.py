"""A finding, and the rules that findings go by."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

Kind = Literal["contradiction", "range", "missing", "hint"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""From what must be put right to what is worth a look."""

_LONGEST = 80

LAST = r"last (?:week|month|year)"
"""How records say that something was then and is no more; `since last week` it still is."""


@dataclass(frozen=True)
class Finding:
    """Something to put right or to look at. `items` are the case's attributes that it is about, the most
    telling first; `text` is for a clinician and quotes the record."""

    kind: Kind
    items: tuple[str, ...]
    text: str


@lru_cache(maxsize=1)
def rules() -> dict:
    return tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))


def quoted(text: str) -> str:
    """The record's words in quotation marks, shortened."""
    text = " ".join(text.split())
    return f"“{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}”"
