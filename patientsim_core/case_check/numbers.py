"""Numbers: out of range, and against the words beside them."""

import re
from collections.abc import Iterator

from patientsim_core.case import Case, values
from patientsim_core.case_check.finding import Finding, quoted
from patientsim_core.facts import facts_of
from patientsim_core.offline.lexicon import concepts_in, covers
from patientsim_core.offline.spelling import normalise

OLDEST = 105
"""Above this an age is rare enough to look at."""

APART = 2
"""So far may a pain score in the words lie from the record's number: pain changes."""

MILD, SEVERE = 3, 7
"""Pain up to 3 is mild, from 7 on severe (numeric rating scale, usual bands)."""

FAHRENHEIT, CELSIUS = (90, 110), (32, 43)
"""Body temperatures that can be survived, widely taken."""

_POSITIVE, _NEGATIVE = "present_illness_positive", "present_illness_negative"
_SCORE = re.compile(r"\b(\d{1,3}) ?(?:/|out of) ?10\b(?![/\d])", re.I)
_PAIN = r"(\W+\w+){0,2}?\W+(pain|ache|headache)\b"
_STRONG = re.compile(
    rf"\b(worst|severe|excruciating|unbearable){_PAIN}|^severity: (severe|excruciating)", re.I
)
_WEAK = re.compile(rf"\b(mild|slight|minimal){_PAIN}|^severity: (mild|slight|minimal)", re.I)
_ANOTHER = re.compile(
    r"^no |^previous|\b(previously|last (week|month|year)|at (its|the) worst|initially|at first)\b", re.I
)
"""Of a pain that is denied in part, or of another time."""
_FEVER = re.compile(r"\b(fever|febrile|temp(erature)?)\b", re.I)
_DEGREES = re.compile(r"(\d{1,3}(?:\.\d+)?) ?(?:°|º|degrees?\b|[FC]\b)")
_NO_PAIN = re.compile(r"^\W*((denie[sd]|no|without)( any)? pain|pain[ -]?free|painless)\W*$", re.I)


def numbers(case: Case) -> Iterator[Finding]:
    """Age, pain and temperature out of range; the pain's number against what is said of it."""
    if not 0 <= case.age <= 120:
        yield Finding("range", ("age",), f"Age {case.age}: must be from 0 to 120 years.")
    elif case.age > OLDEST:
        yield Finding("range", ("age",), f"Age {case.age}: few people grow so old.")
    for item in ("chiefcomplaint", _POSITIVE):
        for text in values(getattr(case, item)):
            yield from _temperature(item, text)
    if case.pain is not None and not 0 <= case.pain <= 10:
        yield Finding("range", ("pain",), f"Pain {case.pain:g}: must be from 0 to 10.")
    else:
        yield from _pain(case)


def _temperature(item: str, text: str) -> Iterator[Finding]:
    for match in _DEGREES.finditer(text) if _FEVER.search(text) else ():
        if not any(least <= float(match[1]) <= most for least, most in (FAHRENHEIT, CELSIUS)):
            yield Finding("range", (item,), f"{quoted(text)}: no temperature of a living patient.")


def _pain(case: Case) -> Iterator[Finding]:
    facts = [fact for fact in facts_of(case) if fact.item in (_POSITIVE, _NEGATIVE)]
    texts = [("chiefcomplaint", case.chiefcomplaint)]
    texts += [(fact.item, f"no {fact.value}" if fact.absent else fact.text) for fact in facts]
    for item, text in texts:
        scores = [int(score) for score in _SCORE.findall(text)]
        if any(score > 10 for score in scores):
            yield Finding("range", (item,), f"{quoted(text)}: a pain score ends at 10.")
        elif case.pain is not None and _is_against(case.pain, text, scores):
            yield Finding("contradiction", ("pain", item), f"Pain {case.pain:g}, but {quoted(text)}.")
    if case.pain == 0 and any(covers("pain", one) for one in concepts_in(normalise(case.chiefcomplaint))):
        says = f"Pain 0, but the complaint is {quoted(case.chiefcomplaint)}: gone by now?"
        yield Finding("hint", ("pain", "chiefcomplaint"), says)


def _is_against(pain: float, text: str, scores: list[int]) -> bool:
    """Whether a text tells of another pain than the number; one that tells of several agrees with any."""
    if _NO_PAIN.search(text):
        return pain > 0
    if _ANOTHER.search(text):
        return False
    strong, weak = _STRONG.search(text), _WEAK.search(text)
    far = bool(scores) and all(abs(score - pain) > APART for score in scores)
    return far or bool(strong and not weak and pain <= MILD) or bool(weak and not strong and pain >= SEVERE)
