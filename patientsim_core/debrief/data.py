"""The words and tables of the debrief: the TOML files beside this one, read once."""

import tomllib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=16)
def data(name: str) -> dict:
    """A whole file of this folder."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))
