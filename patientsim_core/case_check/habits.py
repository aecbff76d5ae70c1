"""Habits that one part of the record denies and another tells."""

import re
from collections.abc import Iterator

from patientsim_core.case import LABELS, Case, values
from patientsim_core.case_check.finding import Finding, quoted, rules

_ELSEWHERE = ("medical_history", "present_illness_positive", "occupation")
_DENIED = re.compile(r"\b(never|no|not|denies|non|second-?hand|passive|counsel\w*)\b")
_PAST = re.compile(r"\b(remission|former(ly)?|quit|stopped|ex|sober|past|history of|ago|until)\b")


def habits(case: Case) -> Iterator[Finding]:
    for item, rule in rules()["habits"].items():
        own = [part for value in values(getattr(case, item)) for part in re.split(r",\s+", value)]
        denials = [part for part in own if _says(rule["never"], part) or _says(rule["none"], part)]
        if not denials:
            continue
        ever = any(_says(rule["never"], part) for part in denials)
        told = [(item, part) for part in own]
        told += [(other, part) for other in _ELSEWHERE for part in values(getattr(case, other))]
        for other, part in told:
            if _tells(rule, part, ever):
                says = f"{LABELS[item]}: {quoted(denials[0])}, but {LABELS[other].lower()} {quoted(part)}."
                yield Finding("contradiction", tuple(dict.fromkeys((item, other))), says)


def _says(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text.lower()))


def _tells(rule: dict[str, str], text: str, ever: bool) -> bool:
    """Whether a text tells of the habit now, or of any time (`ever`)."""
    text = text.lower()
    if _DENIED.search(text) or re.search(rules()["kin"]["any"], text):
        return False
    if ever and (re.search(rule["past"], text) or re.search(rule["now"], text)):
        return True
    return bool(re.search(rule["now"], text)) and not _PAST.search(text)
