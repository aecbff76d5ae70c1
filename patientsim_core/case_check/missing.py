"""What a history of this complaint needs and the record does not have."""

from collections.abc import Iterator

from patientsim_core.case import HIDDEN, LABELS, UNKNOWN, Case
from patientsim_core.case_check.finding import Finding, rules
from patientsim_core.facts import facts_of
from patientsim_core.offline.lexicon import concepts_in, covers
from patientsim_core.offline.spelling import normalise

_POSITIVE = "present_illness_positive"
_ONLY_WHERE_ASKED = ("sexual_history", "pain")
"""Left out without harm where the complaint does not ask for them (published protocol)."""


def missing(case: Case) -> Iterator[Finding]:
    """Items not recorded: those that this history needs one by one, by importance, the others together as a
    hint; and sides of the complaint that the present illness does not tell."""
    unknown = [key for key in LABELS if getattr(case, key, "") in (UNKNOWN, None)]
    complaint = concepts_in(normalise(case.chiefcomplaint))
    needs = dict(rules()["always"])
    for rule in rules()["needs"]:
        if _asks(rule["complaint"], complaint):
            needs |= {item: rule["why"] for item in rule["items"] if item not in needs}
    for item, why in needs.items():
        if item in unknown:
            yield Finding("missing", (item,), f"{LABELS[item]} is not recorded: {why}.")
    yield from _sides(case, complaint)
    others = [key for key in unknown if key not in (*needs, *_ONLY_WHERE_ASKED, *HIDDEN)]
    if others:
        labels = ", ".join(LABELS[key].lower() for key in others)
        yield Finding("hint", tuple(others), f"Not recorded either: {labels}. The patient will not know.")


def _asks(wanted: list[str], complaint: frozenset[str]) -> bool:
    return any(covers(one, found) for one in wanted for found in complaint)


def _sides(case: Case, complaint: frozenset[str]) -> Iterator[Finding]:
    told = {aspect for fact in facts_of(case) if fact.item == _POSITIVE for aspect in fact.aspects}
    for rule in rules()["sides"]:
        left = [side for side in rule["sides"] if side not in told]
        if left and ("complaint" not in rule or _asks(rule["complaint"], complaint)):
            says = f"The present illness does not tell the {' and the '.join(left)}."
            yield Finding(rule["kind"], (_POSITIVE,), says)
