"""How questions and answers sound: `manner.toml`."""

import re
from functools import lru_cache

from patientsim_core.debrief.data import data
from patientsim_core.offline.spelling import normalise


@lru_cache(maxsize=64)
def _pattern(name: str) -> re.Pattern[str]:
    found = data("manner")[name]
    return re.compile(found if isinstance(found, str) else "|".join(found))


def sounds(name: str, text: str) -> bool:
    """Whether a text, as it was written, has a pattern of `manner.toml`."""
    return bool(_pattern(name).search(normalise(text)))


def bands() -> dict[str, float]:
    """The names of the bands, worst first, and the least mean score of each."""
    return data("manner")["bands"]
