"""Which visits become cases: rules with names, each of which says how many it kept and dropped."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import NamedTuple

from patientsim_core.case import Arrival
from patientsim_core.mimic.ids import is_synthetic
from patientsim_core.mimic.tables import Tell, find_table, rows, rows_of

HERE = Path(__file__).parent


@dataclass(slots=True)
class Visit:
    """A stay in the emergency department that led to an admission, as the tables and its note have it.

    `stays` counts those of the same admission; `codes` are (ICD version, code, title); `sections` are the
    note's, empty as long as it was not read.
    """

    subject_id: str
    hadm_id: str
    stay_id: str
    intime: str
    outtime: str
    gender: str
    race: str
    arrival_transport: str
    disposition: str
    stays: int = 1
    codes: frozenset[tuple[str, str, str]] = frozenset()
    chiefcomplaint: str = ""
    pain: str = ""
    medications: tuple[str, ...] = ()
    insurance: str = ""
    marital_status: str = ""
    admittime: str = ""
    anchor: tuple[str, str] = ("", "")
    sections: dict[str, str] = field(default_factory=dict)

    @property
    def age(self) -> int | None:
        """Year of admission - anchor year + anchor age; None where one of them is no number."""
        try:
            age, year = map(int, self.anchor)
            return int(self.admittime[:4]) - year + age
        except ValueError:
            return None

    @property
    def diagnosis(self) -> str:
        """The one of the five that its code and title say; empty where they say none, or several."""
        found = {diagnosis_of(*one) for one in self.codes}
        return found.pop() if len(found) == 1 else ""

    @property
    def arrival(self) -> Arrival:
        """What a doctor sees, and where the words of this patient may be sent: anything but what this
        project's generator made counts as credentialed."""
        made = is_synthetic(self.subject_id, self.hadm_id, self.stay_id)
        return Arrival(
            age=self.age or 0,
            gender=self.gender,
            transport=self.arrival_transport,
            provenance="synthetic" if made else "credentialed",
        )


class Rule(NamedTuple):
    name: str
    keeps: Callable


class Step(NamedTuple):
    """A line of the funnel: how many a rule kept, and how many it dropped of those that came to it."""

    rule: str
    kept: int
    dropped: int


def sift(items: Iterable, chosen: Iterable[Rule], funnel: list[Step]) -> list:
    """What every rule keeps; a step for each is added to the funnel."""
    kept = list(items)
    for rule in chosen:
        before = len(kept)
        kept = [one for one in kept if rule.keeps(one)]
        funnel.append(Step(rule.name, len(kept), before - len(kept)))
    return kept


@lru_cache(maxsize=8)
def table(name: str) -> dict:
    """A data file of this folder."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=65_536)
def diagnosis_of(version: str, code: str, title: str) -> str:
    """The diagnosis that an ICD code stands for, if its title agrees; else empty."""
    version, code, title = version.strip(), code.strip().replace(".", "").upper(), title.lower()
    for entry in table("diagnoses")["diagnosis"]:
        out = any(re.fullmatch(pattern, code) for pattern in entry.get(f"except{version}", ()))
        if code.startswith(tuple(entry.get(f"icd{version}", ()))) and not out:
            agrees = any(re.search(rf"\b{re.escape(word)}", title) for word in entry["words"])
            return entry["name"] if agrees else ""
    return ""


def is_known(text: str) -> bool:
    """Whether a table has a value here, and not one of the words for none."""
    return text.strip().lower() not in table("cohort")["unknown"]


def within(value: float | None, limit: str) -> bool:
    """Whether a number lies in one of the ranges of `cohort.toml`, ends included."""
    low, high = table("cohort")["limits"][limit]
    return value is not None and low <= value <= high


def pain_of(text: str) -> float | None:
    """A numeric pain, else None: triage has free text here."""
    return float(text) if re.fullmatch(r"\s*\d{1,3}(\.\d{1,3})?\s*", text) else None


def _stayed(visit: Visit) -> bool:
    try:
        return datetime.fromisoformat(visit.outtime) > datetime.fromisoformat(visit.intime)
    except ValueError:
        return False


def _can_tell(visit: Visit) -> bool:
    starts = "|".join(re.escape(word) for word in table("cohort")["complaints"]["excluded"])
    return not re.search(rf"\b(?:{starts})", visit.chiefcomplaint.lower())


def _titles(visit: Visit) -> set[str]:
    return {" ".join(title.casefold().split()) for *_, title in visit.codes}


def _words(section: str) -> Callable[[Visit], bool]:
    return lambda visit: within(len(visit.sections.get(section, "").split()), section)


OF_DIAGNOSIS = (
    Rule("one ED stay of the admission", lambda visit: visit.stays == 1),
    Rule("a single diagnosis", lambda visit: len(_titles(visit)) == 1),
    Rule("one of the five diagnoses", lambda visit: bool(visit.diagnosis)),
)
OF_TABLES = (
    Rule("age known", lambda visit: visit.age is not None and 0 <= visit.age <= 120),
    Rule("marital status known", lambda visit: is_known(visit.marital_status)),
    Rule("insurance known", lambda visit: is_known(visit.insurance)),
    Rule("race known", lambda visit: is_known(visit.race)),
    Rule("chief complaint known", lambda visit: is_known(visit.chiefcomplaint)),
    Rule("arrival transport known", lambda visit: is_known(visit.arrival_transport)),
    Rule("numeric pain, 0-10", lambda visit: within(pain_of(visit.pain), "pain")),
    Rule("at most 15 medications", lambda visit: within(len(visit.medications), "medications")),
    Rule("left later than came", _stayed),
    Rule("a complaint that can be told", _can_tell),
)
OF_NOTES = (
    Rule("a discharge note", lambda visit: bool(visit.sections)),
    Rule("present illness of 11-349 words", _words("present_illness")),
    Rule("past history under 80 words", _words("past_history")),
)


def read_visits(mimic: Path, ed: Path, funnel: list[Step], tell: Tell) -> dict[str, Visit]:
    """The visits that pass every rule on tables, by hadm_id. Raises InputError with file and line."""
    visits = _stays(ed, funnel, tell)
    for _, one, (_, _, code, version, title) in rows_of(visits, "stay_id", ed, "ed/diagnosis", tell):
        one.codes |= {(intern(version), intern(code), intern(title))}
    visits = {one.stay_id: one for one in sift(visits.values(), OF_DIAGNOSIS, funnel)}
    for _, one, (_, complaint, pain) in rows_of(visits, "stay_id", ed, "ed/triage", tell):
        one.chiefcomplaint, one.pain = complaint, pain
    for _, one, (_, name) in rows_of(visits, "stay_id", ed, "ed/medrecon", tell):
        if (name := name.strip()) not in ("", *one.medications):
            one.medications += (name,)
    by_admission = {one.hadm_id: one for one in visits.values()}
    for _, one, (_, _, *found) in rows_of(by_admission, "hadm_id", mimic, "hosp/admissions", tell):
        one.admittime, one.insurance, one.marital_status = found
    by_patient: dict[str, list[Visit]] = {}
    for one in visits.values():
        one.medications = tuple(sorted(one.medications))  # whatever the order of the rows
        by_patient.setdefault(one.subject_id, []).append(one)
    for _, own, (_, *anchor) in rows_of(by_patient, "subject_id", mimic, "hosp/patients", tell):
        for one in own:
            one.anchor = tuple(anchor)
    return {one.hadm_id: one for one in sift(by_admission.values(), OF_TABLES, funnel)}


def _stays(ed: Path, funnel: list[Step], tell: Tell) -> dict[str, Visit]:
    """Every stay that led to an admission, by stay_id, with the number of its admission's stays."""
    visits, home = {}, 0
    for _, values in rows(find_table(ed, "ed/edstays"), "ed/edstays", tell):
        if values[1]:
            ids, times, words = values[:3], values[3:5], map(intern, values[5:])
            visits[values[2]] = Visit(*ids, *times, *words)
        else:
            home += 1
    funnel.append(Step("ED stays that led to an admission", len(visits), home))
    stays = Counter(one.hadm_id for one in visits.values())
    for one in visits.values():
        one.stays = stays[one.hadm_id]
    return visits
