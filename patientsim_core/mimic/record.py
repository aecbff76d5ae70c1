"""A visit as a case: what the tables have, what was read out of the note, what was imagined."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from pydantic import ValidationError

from patientsim_core.case import UNKNOWN, Case
from patientsim_core.dialogue import Failure
from patientsim_core.errors import ModelError
from patientsim_core.mimic.cohort import Rule, Visit, pain_of
from patientsim_core.mimic.values import is_blank, joined, without
from patientsim_core.work import CANCELLED

LIFESTYLE = (
    "tobacco", "alcohol", "illicit_drug", "exercise", "children", "living_situation", "occupation",
)  # fmt: skip
"""Items that are imagined where the note does not tell them; de-identification blanks most of them."""

SEXUAL, FOR_SEXUAL = "sexual_history", "Urinary tract infection"
"""An item that is used for one diagnosis only (published protocol)."""

FITS = 3
"""From this score on, of 1-5, history and diagnosis agree well enough (published protocol)."""

ILLNESS = ("present_illness_positive", "present_illness_negative")
"""What is told of the visit itself, and so must not name its diagnosis; a past history may."""

_GENDERS = {"F": "Female", "M": "Male"}


class Refused(ModelError):
    """A service does not take what it is asked for a visit, and never will; others may do better."""


class Reader(Protocol):
    """Who reads notes: a model, or rules. None means that an answer could not be read. `extract` and `fit`
    raise Refused."""

    def extract(self, visit: Visit) -> Mapping[str, Sequence[str]] | None: ...

    def fit(self, case: Case) -> int | None: ...

    def impute(self, case: Case, missing: Sequence[str]) -> Mapping[str, str] | None: ...


class Outcome(NamedTuple):
    """What came of a visit: its case, the score of its history against its diagnosis, the fault for which
    the service refused it, or why it was not finished."""

    hadm_id: str
    case: Case | None = None
    fit: int | None = None
    failure: Failure | None = None
    refused: str = ""


BEFORE_READING = (Rule("gender known", lambda visit: visit.gender in _GENDERS),)
OF_READING = (
    Rule("the service took the note", lambda outcome: not outcome.refused),
    Rule("the note could be read", lambda outcome: outcome.case is not None),
    Rule("the fit could be scored", lambda outcome: outcome.fit is not None),
    Rule(f"history fits the diagnosis, {FITS} or more of 5", lambda outcome: outcome.fit >= FITS),
)


def read_visit(visit: Visit, reader: Reader, stopped: Callable[[], bool]) -> Outcome:
    """Does all that is asked about a visit, as long as nobody stops it."""
    case, fit = None, None
    try:
        items = reader.extract(visit)
        case = draft(visit, items) if items else None
        if case and not stopped():
            fit = reader.fit(case)
        if fit is not None and fit >= FITS and not stopped():
            case = with_imputed(case, reader).model_copy(update={"fit": fit})
    except Refused as error:
        return Outcome(visit.hadm_id, refused=error.fault)
    except ModelError as error:
        return Outcome(visit.hadm_id, failure=Failure(kind=error.fault, text=str(error)))
    return Outcome(visit.hadm_id, case, fit, CANCELLED if stopped() else None)


def draft(visit: Visit, items: Mapping[str, Sequence[str]]) -> Case | None:
    """The case of a visit; None where nothing is left to tell of its complaint."""
    found = {item: joined(values) for item, values in items.items()}
    if visit.diagnosis != FOR_SEXUAL:
        found[SEXUAL] = UNKNOWN
    found |= {item: without(visit.diagnosis, found[item]) for item in ILLNESS if item in found}
    row = {
        "hadm_id": visit.hadm_id,
        "provenance": visit.arrival.provenance,
        "age": visit.age,
        "gender": _GENDERS.get(visit.gender, visit.gender),
        "race": joined([visit.race.title()]),
        "marital_status": joined([visit.marital_status.capitalize()]),
        "insurance": joined([visit.insurance]),
        **found,
        "chiefcomplaint": joined(visit.chiefcomplaint.split(",")).replace(";", ","),
        "pain": pain_of(visit.pain),
        "medication": joined(visit.medications),
        "arrival_transport": joined([visit.arrival_transport]),
        "disposition": joined([visit.disposition]),
        "diagnosis": visit.diagnosis,
    }
    if any(is_blank(text) for text in row.values() if isinstance(text, str)):  # of a table, say
        return None
    try:
        return Case.model_validate(row)
    except ValidationError:  # no complaint or no present illness is left, or a value is no value
        return None


def with_imputed(case: Case, reader: Reader) -> Case:
    """The case with imagined values where it does not tell of daily life; `imputed` names these items."""
    wanted = (*LIFESTYLE, SEXUAL) if case.diagnosis == FOR_SEXUAL else LIFESTYLE
    missing = [item for item in wanted if getattr(case, item) == UNKNOWN]
    given = (reader.impute(case, missing) if missing else None) or {}
    new = {item: joined([value]) for item, value in given.items() if item in missing}
    return _with(case, {item: value for item, value in new.items() if value != UNKNOWN})


def _with(case: Case, new: Mapping[str, str]) -> Case:
    """The case with new values, but for those that cannot be values of a case."""
    try:
        return Case.model_validate(case.model_dump(exclude_unset=True) | new | {"imputed": "; ".join(new)})
    except ValidationError as error:
        wrong = {fault["loc"][0] for fault in error.errors()}
        return _with(case, {item: value for item, value in new.items() if item not in wrong})
