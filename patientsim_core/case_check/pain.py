"""The pain's number against what is said of the pain."""

import re
from collections.abc import Iterator

from patientsim_core.case import Case
from patientsim_core.case_check.finding import LAST, Finding, quoted
from patientsim_core.case_check.ranges import scores
from patientsim_core.facts import facts_of
from patientsim_core.offline.lexicon import concepts_in, covers
from patientsim_core.offline.spelling import normalise

APART = 2
"""So far may a pain score in the words lie from the record's number: pain changes."""

MILD, SEVERE = 3, 7
"""Pain up to 3 is mild, from 7 on severe (numeric rating scale, usual bands)."""

_PAIN = r"(\W+\w+){0,2}?\W+(pain|ache|headache)\b"
_LABEL = r"^severity:\s*"
_STRONG = re.compile(
    rf"\b(worst|severe|excruciating|unbearable){_PAIN}|{_LABEL}(severe|excruciating|unbearable)", re.I
)
_WEAK = re.compile(rf"\b(mild|slight|minimal){_PAIN}|{_LABEL}(mild|slight|minimal)", re.I)
_NO_PAIN = re.compile(r"^\W*((denie[sd]|no|without)( any)? pain|pain[ -]?free|painless)\W*$", re.I)
_OTHERWISE = re.compile(
    rf"^no |^previous|\b(previously|{LAST}|at (its|the) worst|initially|at first)\b", re.I
)
"""Of a pain that is denied in part, or of another time."""


def pain(case: Case) -> Iterator[Finding]:
    """Denied though there is a number, far from a score in the words, or severe with a small number and mild
    with a large one; a number may be of any of several pains."""
    if case.pain is None or not 0 <= case.pain <= 10:
        return
    texts = [("chiefcomplaint", case.chiefcomplaint)]
    texts += [
        (fact.item, f"no {fact.value}" if fact.absent else fact.text)
        for fact in facts_of(case)
        if fact.item.startswith("present_illness")
    ]
    everywhere = {one for _, text in texts if not _OTHERWISE.search(text) for one in _pains(text)}
    for item, text in texts:
        is_whole = bool(re.match(_LABEL, text, re.I)) or everywhere <= _pains(text)
        if _is_denied(case.pain, text) or (is_whole and _is_far(case.pain, text)):
            yield Finding("contradiction", ("pain", item), f"Pain {case.pain:g}, but {quoted(text)}.")
    if case.pain == 0 and _pains(case.chiefcomplaint):
        says = f"Pain 0, but the complaint is {quoted(case.chiefcomplaint)}: gone by now?"
        yield Finding("hint", ("pain", "chiefcomplaint"), says)


def _is_denied(number: float, text: str) -> bool:
    return number > 0 and bool(_NO_PAIN.search(text))


def _is_far(number: float, text: str) -> bool:
    """Whether a text tells of another pain than the number; one that tells of several agrees with any."""
    if _OTHERWISE.search(text):
        return False
    told = [score for score in scores(text) if score <= 10]
    strong, weak = bool(_STRONG.search(text)), bool(_WEAK.search(text))
    if strong != weak and not told:
        return number <= MILD if strong else number >= SEVERE
    return bool(told) and all(abs(score - number) > APART for score in told)


def _pains(text: str) -> set[str]:
    """The pains that a text names, without `pain` itself, which may be any of them."""
    return {one for one in concepts_in(normalise(text)) if covers("pain", one) and one != "pain"}
