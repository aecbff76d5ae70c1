"""Numbers that no patient has."""

import re
from collections.abc import Iterator

from patientsim_core.case import Case, values
from patientsim_core.case_check.finding import Finding, quoted

OLDEST = 105
"""Above this an age is rare enough to look at."""

FAHRENHEIT, CELSIUS = (90, 110), (32, 43)
"""Body temperatures that can be survived, widely taken."""

_TOLD = ("chiefcomplaint", "present_illness_positive", "present_illness_negative")
_SCORE = re.compile(r"\b(\d{1,3}) ?(?:/|out of) ?10\b(?![/\d])", re.I)
_FEVER = re.compile(r"\b(fever|febrile|temp(erature)?)\b", re.I)
_DEGREES = re.compile(r"(\d{1,3}(?:\.\d+)?) ?(?:°|º|degrees?\b|[FC]\b)")


def ranges(case: Case) -> Iterator[Finding]:
    """Age, pain, pain scores and temperatures out of range."""
    if not 0 <= case.age <= 120:
        yield Finding("range", ("age",), f"Age {case.age}: must be from 0 to 120 years.")
    elif case.age > OLDEST:
        yield Finding("range", ("age",), f"Age {case.age}: few people grow so old.")
    if case.pain is not None and not 0 <= case.pain <= 10:
        yield Finding("range", ("pain",), f"Pain {case.pain:g}: must be from 0 to 10.")
    for item in _TOLD:
        for text in values(getattr(case, item)):
            if any(score > 10 for score in scores(text)):
                yield Finding("range", (item,), f"{quoted(text)}: a pain score ends at 10.")
            if _FEVER.search(text) and not all(map(_is_survived, _DEGREES.findall(text))):
                yield Finding("range", (item,), f"{quoted(text)}: no temperature of a living patient.")


def scores(text: str) -> list[int]:
    """The pain scores of a text: `9/10` and `9 out of 10` are 9."""
    return [int(score) for score in _SCORE.findall(text)]


def _is_survived(degrees: str) -> bool:
    return any(least <= float(degrees) <= most for least, most in (FAHRENHEIT, CELSIUS))
