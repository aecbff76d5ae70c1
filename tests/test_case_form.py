"""A case from a form: the fields, what they mean, and every fault by its label."""

import pytest

from patientsim_core import Case, InputError
from patientsim_core.case import GROUPS, LABELS
from patientsim_core.case_form import FIELDS, FORM, case_from_form, form_values
from tests.cases import CASES, HEART, release

VALUES = form_values(HEART)


def fault(values: dict, **how) -> list[str]:
    with pytest.raises(InputError) as error:
        case_from_form(values, **{"hadm_id": "own-1", "provenance": "synthetic"} | how)
    return str(error.value).splitlines()


def test_the_form_has_a_field_for_every_item_by_group_with_its_meaning():
    assert list(FORM) == list(GROUPS)
    assert set(FIELDS) == {key for key in LABELS if key in Case.model_fields}
    for field in FIELDS.values():
        assert field.help.endswith(".")
        assert field.example != ""
        assert bool(field.choices) is (field.kind == "choice")
        assert (field.kind == "number") is (field.least is not None and field.most is not None)


def test_limits_of_the_form_are_those_of_a_case():
    for key in ("age", "pain"):
        field = FIELDS[key]
        for value in (field.least, field.most):
            assert getattr(case_from_form(VALUES | {key: value}, "own-1", "synthetic"), key) == value
        for value in (field.least - 1, field.most + 1):
            assert len(fault(VALUES | {key: value})) == 2


def test_needed_fields_are_those_without_which_there_is_no_case():
    assert {key for key, field in FIELDS.items() if field.needed} == {
        "age", "gender", "present_illness_positive", "chiefcomplaint", "diagnosis",
    }  # fmt: skip
    needed = {key: value for key, value in VALUES.items() if FIELDS[key].needed}
    assert case_from_form(needed, "own-1", "synthetic").allergies == "Not recorded"


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_case_put_into_the_form_unchanged_comes_out_the_same(case):
    assert case_from_form(form_values(case), case.hadm_id, case.provenance, base=case) == case


def test_what_is_not_recorded_is_an_empty_field():
    values = form_values(release(tobacco="Not recorded", pain=None))
    assert (values["tobacco"], values["pain"]) == ("", None)
    assert case_from_form(values, "own-1", "unknown").tobacco == "Not recorded"


def test_all_faulty_fields_are_named_by_label_at_once_in_the_order_of_the_form():
    wrong = VALUES | {"age": "old", "gender": " ", "pain": 12, "tobacco": "x" * 20_001, "diagnosis": None}
    assert fault(wrong) == [
        "The case was not saved.",
        "Age: must be a whole number from 0 to 120.",
        "Gender: is missing; every case needs a text here.",
        "Tobacco: is too long; an item has at most 20,000 characters.",
        "Pain (0-10): must be a number from 0 to 10, or left out where unknown.",
        "Diagnosis: is missing; every case needs a text here.",
    ]


@pytest.mark.parametrize("value", [True, [1], {"a": 1}, float("nan"), float("inf"), 10**400, object()])
def test_a_value_of_another_kind_is_a_named_fault(value):
    assert fault(VALUES | {"age": value})[1].startswith("Age: ")
    assert fault(VALUES | {"pain": value})[1].startswith("Pain (0-10): ")


def test_a_fault_never_repeats_what_was_filled_in():
    assert "secret" not in "".join(fault(VALUES | {"age": "secret", "tobacco": ["secret", 1]}))


def test_an_edited_case_keeps_what_the_form_does_not_show():
    base = HEART.model_copy(update={"cefr_A1": ["house"]})
    base = Case.model_validate(base.model_dump() | {"ward": "B2"})
    edited = case_from_form(VALUES | {"tobacco": "Never smoked"}, "own-2", "synthetic", base=base)
    assert (edited.tobacco, edited.hadm_id, edited.cefr_A1) == ("Never smoked", "own-2", ["house"])
    assert edited.model_extra == {"ward": "B2"}
    assert (edited.personality, edited.recall_level) == (base.personality, base.recall_level)
    assert base.tobacco == HEART.tobacco


def test_a_credentialed_case_stays_so_whatever_is_made_of_it():
    base = HEART.model_copy(update={"provenance": "credentialed"})
    assert case_from_form(VALUES, "own-1", "synthetic", base=base).provenance == "credentialed"
    assert case_from_form(VALUES, "20000001", "synthetic").provenance == "credentialed"
    assert case_from_form(VALUES, "own-1", "synthetic").provenance == "synthetic"


@pytest.mark.parametrize("value", ["\u200b", "\ufeff ", "\u00ad"])
def test_characters_that_nobody_sees_fill_in_nothing(value):
    assert fault(VALUES | {"diagnosis": value})[1].startswith("Diagnosis: is missing")
    assert case_from_form(VALUES | {"allergies": value}, "own-1", "synthetic").allergies == "Not recorded"


def test_a_wrong_id_or_provenance_is_named():
    assert fault(VALUES | {"age": -1}, hadm_id="9" * 65)[2].startswith("hadm_id: is too long")
    assert case_from_form(VALUES, "9" * 64, "synthetic").hadm_id == "9" * 64
    assert fault(VALUES, hadm_id=" ")[1].startswith("hadm_id: is missing")
    assert fault(VALUES, provenance="real")[1].startswith("provenance: must be synthetic")
