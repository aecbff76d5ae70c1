"""The reader that is no model: it sorts a note's sentences by rules, so that everything works offline.

It does not understand: it takes sentences and clauses, loses what is denied in an unusual way, scores the fit
by the built-in doctor's ranking of diagnoses, and draws what it imagines from a short list.
"""

import random
import re
from collections.abc import Mapping, Sequence

from patientsim_core.case import Case
from patientsim_core.facts import facts_of
from patientsim_core.mimic.cohort import Visit, table
from patientsim_core.mimic.illness import joined_sentences, present_illness
from patientsim_core.offline.judge import judge_differential
from patientsim_core.offline.names import with_broader
from patientsim_core.offline.rank import Findings, rank

RETIRED = 67
"""Years from which on an imagined occupation is a former one."""


class RulesReader:
    """Reads notes by rules; the same note, record and seed always give the same."""

    def __init__(self, seed: int):
        self.seed = seed

    def extract(self, visit: Visit) -> Mapping[str, Sequence[str]]:
        """The items that the rules find in the note."""
        past, habits = _listed(visit.sections.get("past_history", "")), table("rules")["habits"]
        social = joined_sentences(visit.sections.get("social_history", ""))
        allergies = _listed(visit.sections.get("allergies", ""), r"[,;\n]")
        positive, negative = present_illness(visit.sections.get("present_illness", ""))
        return {
            **{item: [one for one in social if _has(one, cue)] for item, cue in habits.items()},
            "allergies": [one.strip() for part in allergies for one in part.split(" / ")],
            "family_medical_history": _listed(visit.sections.get("family_history", "")),
            "medical_device": [one for one in past if _has(one, _note("device"))],
            "medical_history": [one for one in past if not _has(one, _note("device"))],
            "present_illness_positive": positive,
            "present_illness_negative": negative,
        }

    def fit(self, case: Case) -> int:
        """5 where the built-in doctor, told all, ranks the diagnosis first, 2 where fourth, else 1."""
        named: dict[str, set[str]] = {"present": set(), "denied": set(), "past": set(), "family": set()}
        parts = {
            "present_illness_positive": "present",
            "chiefcomplaint": "present",
            "present_illness_negative": "denied",
            "medical_history": "past",
            "family_medical_history": "family",
        }
        for fact in facts_of(case):
            if fact.item in parts:
                named[parts[fact.item]] |= fact.concepts
        heard = {part: with_broader(found) for part, found in named.items()}
        told = Findings(case.age, case.gender, case.arrival_transport, **heard)
        _, place, _ = judge_differential(rank(told), case.diagnosis)
        return max(1, 6 - place) if place else 1

    def impute(self, case: Case, missing: Sequence[str]) -> Mapping[str, str]:
        """A value of the list for each item."""
        lists, chance = table("rules")["imagined"], random.Random(f"{self.seed} {case.hadm_id}")
        old = {"occupation": "occupation_of_the_old"} if case.age >= RETIRED else {}
        return {item: chance.choice(lists[old.get(item, item)]) for item in missing}


def _note(name: str) -> str:
    return table("rules")["note"][name]


def _has(text: str, cue: str) -> bool:
    return bool(re.search(cue, text.lower()))


def _listed(text: str, between: str = r"[;\n]|(?<=[a-z)])\. ") -> list[str]:
    """The entries of a list, without bullets and numbers."""
    parts = re.split(between, text)
    found = (re.sub(r"^[\s\-#*•]*(?:\d{1,2}[.)])?\s*", "", part).strip(" .,") for part in parts)
    entries = [one for one in found if one]
    return [one for one in entries if not _has(one, _note("none"))] or ["None"][: len(entries)]
