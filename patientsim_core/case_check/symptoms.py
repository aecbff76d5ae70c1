"""Symptoms that are reported and denied in one record."""

import re
from collections.abc import Iterator

from patientsim_core.case import Case
from patientsim_core.case_check.finding import LAST, Finding, quoted, rules
from patientsim_core.facts import Fact, facts_of
from patientsim_core.offline.lexicon import concepts_in, covers, find_concepts
from patientsim_core.offline.spelling import normalise

_POSITIVE, _NEGATIVE = "present_illness_positive", "present_illness_negative"
_TURN = re.compile(r"\b(without|no|not|never|denies|denied|but|instead|rather)\b")
_PAST = re.compile(
    rf"\b(resolved|history of|in the past|previously|used to|(?<!since )(?<!the )(?<!started ){LAST})\b"
)
_FILLERS = frozenset(
    ("any", "or", "and", "the", "a", "an", "of", "in", "on", "my", "his", "her", "their", "at", "all", "now")
)


def symptoms(case: Case) -> Iterator[Finding]:
    """Denials that say no more than a symptom's name, against what is reported of it or of a narrower one.

    A denial with anything else in it (`no severe headache`) denies less than the symptom, and sides of the
    complaint (`worse: when coughing`) do not say that it is there.
    """
    facts = facts_of(case)
    reported = [("chiefcomplaint", case.chiefcomplaint)]
    reported += [(_POSITIVE, fact.text) for fact in facts if fact.item == _POSITIVE and not fact.label]
    affirmed = [(item, text, named) for item, text in dict.fromkeys(reported) if (named := _affirmed(text))]
    for denied in (fact for fact in facts if fact.item == _NEGATIVE):
        denials = _denied(denied)
        for item, text, named in affirmed:
            if any(covers(denial, symptom) for denial in denials for symptom in named):
                said = denied.value if denied.value.lower() in rules()["absent"] else f"no {denied.value}"
                says = f"Denied and reported: “{said}” and {quoted(text)}."
                yield Finding("contradiction", (_NEGATIVE, item), says)
                break


def _affirmed(text: str) -> frozenset[str]:
    """The symptoms that a text says the patient has now: not those after a word that denies, nor a
    relative's."""
    normal = normalise(text)
    if _PAST.search(normal):
        return frozenset()
    own = re.split(rules()["kin"]["any"], _TURN.split(normal, maxsplit=1)[0], maxsplit=1)[0]
    return concepts_in(own.strip())


def _denied(fact: Fact) -> set[str]:
    """The symptoms that are denied as such."""
    normal = normalise(fact.value)
    for word, symptom in rules()["absent"].items():
        normal = re.sub(rf"\b{word}\b", symptom, normal)
    if " at rest" in normal:
        return set()
    found = find_concepts(normal)
    rest = normal
    for mention in reversed(found):
        rest = rest[: mention.start] + " " + rest[mention.end :]
    left = set(re.findall(r"\w+", rest)) - _FILLERS
    return set() if left else {mention.id for mention in found}
