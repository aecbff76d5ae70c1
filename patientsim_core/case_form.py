"""A case as a form: its fields by group, what each means, and what becomes of what was filled in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from patientsim_core.case import GROUPS, LABELS, UNKNOWN, Case, Provenance, item_of
from patientsim_core.case_rows import allowed, is_of_mimic, unfit_id
from patientsim_core.errors import InputError

Kind = Literal["number", "text", "long text", "choice"]


@dataclass(frozen=True)
class Field:
    """A field of the form. `key` is the case's attribute; of a `choice` other words than `choices` are
    allowed too; `least`, `most` and `step` are of a number, years for the age and 0-10 for pain. `example` is
    what a made-up case has there, `needed` whether a case must have something."""

    key: str
    kind: Kind
    help: str
    example: str | int
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    step: float | None = None

    @property
    def label(self) -> str:
        return LABELS[self.key]

    @property
    def needed(self) -> bool:
        return Case.model_fields[self.key].is_required()


def _load() -> dict[str, tuple[Field, ...]]:
    entries = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    fields = [
        Field(key, **{name: tuple(value) if name == "choices" else value for name, value in entry.items()})
        for key, entry in entries.items()
    ]
    return {
        group: tuple(field for field in fields if item_of(field.key) in items)
        for group, items in GROUPS.items()
    }


FORM: dict[str, tuple[Field, ...]] = _load()
"""Group -> its fields, in the record's order."""

FIELDS: dict[str, Field] = {field.key: field for fields in FORM.values() for field in fields}


def form_values(case: Case) -> dict[str, str | float | None]:
    """What a form begins with to edit or duplicate a case; what is not recorded is empty."""
    found = {key: getattr(case, key) for key in FIELDS}
    return {key: "" if value == UNKNOWN else value for key, value in found.items()}


def case_from_form(
    values: Mapping[str, object], hadm_id: str, provenance: Provenance, base: Case | None = None
) -> Case:
    """The case that a filled-in form makes. Empty fields are not recorded.

    `base` is the case that is edited or duplicated: what the form does not show (word lists, assigned
    persona, other keys) is kept from it, and it stays credentialed if it is. An id of MIMIC-IV's makes a case
    credentialed as well. Raises InputError that names every faulty field by its label.
    """
    kept = base.model_dump(exclude_unset=True) if base else {}
    given = {key: values.get(key) for key in FIELDS}
    secret = (base and base.provenance == "credentialed") or is_of_mimic(str(hadm_id).strip())
    about = {"hadm_id": hadm_id, "provenance": "credentialed" if secret else provenance}
    faults = {"hadm_id": fault} if (fault := unfit_id(str(hadm_id))) else {}
    try:
        case = Case.model_validate(kept | given | about)
        if not faults:
            return case
    except ValidationError as error:
        faults |= {str(fault["loc"][0]): allowed(fault) for fault in reversed(error.errors())}
    lines = [f"{LABELS.get(key, key)}: {faults[key]}" for key in (*FIELDS, *about, *kept) if key in faults]
    raise InputError("\n".join(["The case was not saved.", *dict.fromkeys(lines)]))


def example() -> Case:
    """A made-up case that shows how every field is filled in."""
    values = {key: field.example for key, field in FIELDS.items()}
    return case_from_form(values, "example-1", "synthetic")
