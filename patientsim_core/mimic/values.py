"""What may stand in a record: no blank of the de-identification, no word for nothing, no diagnosis."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from patientsim_core.case import UNKNOWN, values
from patientsim_core.mimic.cohort import table
from patientsim_core.offline.lexicon import concepts_in, covers
from patientsim_core.offline.spelling import normalise
from patientsim_core.text import clean


def joined(parts: Iterable[str]) -> str:
    """Values as a record has them, separated by `;`. One with a blank is left out as a whole: what is around
    a blank says nothing, or the wrong thing. So is one that only says that nothing is known."""
    single = (" ".join(clean(one).split()) for part in parts for one in part.split(";"))
    kept = (one for one in single if one and not is_blank(one) and not is_no_value(one))
    return "; ".join(dict.fromkeys(kept)) or UNKNOWN


def is_blank(text: str) -> bool:
    """Whether something was removed here to protect a patient."""
    return bool(_any_of("blank").search(unicodedata.normalize("NFKC", text)))


def is_no_value(text: str) -> bool:
    """Whether a text says no more than that nothing is known."""
    return bool(_nothing().fullmatch(text.strip(" .,()[]'\"")))


def without(diagnosis: str, text: str) -> str:
    """The values that do not name a diagnosis, or a narrower one: a patient does not know theirs."""
    return joined(one for one in values(text) if not _names(diagnosis, one))


def _names(diagnosis: str, text: str) -> bool:
    found, secret = concepts_in(normalise(text)), concepts_in(normalise(diagnosis))
    if any(covers(one, name) for one in secret for name in found):
        return True
    return any(re.search(name, text, re.IGNORECASE) for name in table("values")["names"].get(diagnosis, ()))


@lru_cache(maxsize=8)
def _any_of(name: str) -> re.Pattern[str]:
    return re.compile("|".join(table("values")[name]), re.IGNORECASE)


@lru_cache(maxsize=1)
def _nothing() -> re.Pattern[str]:
    words = table("values")["nothing"]
    said, whole = "|".join(words["said"]), "|".join(words["whole"])
    return re.compile(rf"(?:{words['of']})?(?:{said})(?: (?:in|by|at|on) .*)?|{whole}", re.IGNORECASE)
