"""The present illness by rules: what the patient had, and what was denied.

A sentence is taken apart where it turns from the one to the other. What still says both, or denies in a way
that is not known, is dropped: a symptom that is lost does less harm than one that was denied and is told.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from patientsim_core.mimic.cohort import table
from patientsim_core.text import sentences


def present_illness(text: str) -> tuple[list[str], list[str]]:
    """Both, as values of the record, until the note begins to tell of the hospital."""
    has, lacks = [], []
    for sentence in joined_sentences(text):
        if _pattern("hospital").search(sentence):
            break
        if not _pattern("findings").search(sentence):
            for clause in _pattern("turn").split(sentence):
                _sort(_pattern("leader").sub("", clause).strip(" .,"), has, lacks)
    return has, lacks


@lru_cache(maxsize=4096)
def joined_sentences(text: str) -> tuple[str, ...]:
    """Sentences of a section: a blank line or a sentence's end parts them, a line's end does not."""
    parts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return tuple(one.strip(" .") for part in parts for one in sentences(part))


def _sort(clause: str, has: list[str], lacks: list[str]) -> None:
    """Adds what a clause tells to the one list or the other."""
    if denied := _pattern("denied").match(clause):
        lacks += [f"no {one}" for one in _parts(clause[denied.end() :]) if not _is_mixed(one)]
        return
    opening = _pattern("opening").search(clause)
    told = _parts(clause[opening.end() :]) if opening else [_pattern("subject").sub("", clause)]
    has += [one for one in told if not _is_mixed(one) and not _pattern("empty").fullmatch(one)]


def _is_mixed(clause: str) -> bool:
    return bool(_pattern("negation").search(_pattern("unable").sub("", clause)))


def _parts(text: str) -> Iterator[str]:
    """`fever, cough, or chills` one by one."""
    parts = re.split(r",\s*(?:n?or |and )?|\s+n?or\s+|\s+and\s+", text)
    found = (re.sub(r"^(?:(?:any|an?|no|having|experiencing)\s+)*", "", part.strip(" .:")) for part in parts)
    return (one for one in found if one and not _pattern("beside").match(one))


@lru_cache(maxsize=16)
def _pattern(name: str) -> re.Pattern[str]:
    """A pattern of `rules.toml`; names in braces stand for others."""
    words = table("rules")["illness"]
    text = words[name]
    while (filled := re.sub(r"\{([a-z]+)\}", lambda part: f"(?:{words[part[1]]})", text)) != text:
        text = filled
    return re.compile(text, re.IGNORECASE)
