"""Cases and their files: what loads, and what is refused with which words."""

import json
from collections import Counter

import pytest

from patientsim_core import Case, InputError, load_cases
from patientsim_core.case import GROUPS, ITEMS, item_of
from patientsim_core.case_file import MAX_BYTES, parse_cases, to_json
from patientsim_core.facts import LABELS
from patientsim_core.words import computed_lists
from tests.cases import CASES, RELEASE, SAMPLES, names_of


def parse(*rows: object) -> list[Case]:
    return parse_cases(json.dumps(rows).encode(), "cases.json")


def fault(*rows: object) -> str:
    with pytest.raises(InputError) as error:
        parse(*rows)
    return str(error.value)


def test_there_are_24_items_in_five_groups():
    assert len(ITEMS) == 24
    assert len(GROUPS) == 5
    assert item_of("present_illness_negative") == "present_illness"


def test_the_sample_cases_are_20_synthetic_ones_four_a_diagnosis():
    cases = list(CASES.values())
    assert len(cases) == 20
    assert {case.provenance for case in cases} == {"synthetic"}
    assert set(Counter(case.diagnosis for case in cases).values()) == {4}
    assert (min(c.age for c in cases), max(c.age for c in cases)) == (19, 92)
    for diagnosis in {case.diagnosis for case in cases}:
        assert {c.gender for c in cases if c.diagnosis == diagnosis} == {"Male", "Female"}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_sample_case_tells_every_side_of_the_complaint_and_not_its_diagnosis(case):
    fragments = case.present_illness_positive.split("; ")
    labels = {fragment.split(":")[0] for fragment in fragments if ":" in fragment}
    assert labels >= set(LABELS) - {"tried"}
    assert sum(":" not in fragment for fragment in fragments) >= 3
    assert len(case.present_illness_negative.split("; ")) >= 5
    visible = (
        f" {case.present_illness_positive} {case.present_illness_negative} {case.chiefcomplaint} ".lower()
    )
    assert not [name for name in names_of(case.diagnosis) if f" {name} " in visible]


def test_the_release_shape_loads_unchanged():
    (case,) = parse(RELEASE)
    assert (case.age, case.pain, case.hadm_id) == (61, 8, "910000001")
    assert case.persona is None
    assert case.medical_history == "Hypertension; hyperlipidemia"


def test_persona_and_word_lists_of_the_file_are_kept():
    keys = {"personality": "impatient", "cefr": "A", "recall_level": "low", "dazed_level": "normal"}
    (case,) = parse(RELEASE | keys | {"cefr_A1": "house, tree", "med_C": ["syncope"], "split": "persona"})
    assert case.persona.key == "impatient,A,low,normal"
    assert case.word_lists["cefr_A1"] == ["house", "tree"]
    assert case.word_lists["med_C"] == ["syncope"]


def test_missing_word_lists_are_computed_and_always_the_same():
    (case,) = parse(RELEASE)
    lists = case.word_lists
    computed_lists.cache_clear()
    assert case.word_lists == lists
    assert all(len(words) >= 10 for words in case.word_lists.values())
    (other,) = parse(RELEASE | {"hadm_id": "7"})
    assert other.word_lists != case.word_lists


@pytest.mark.parametrize("value", ["8", 8, 8.0, " 8 "])
def test_numbers_load_from_text_too(value):
    assert parse(RELEASE | {"pain": value, "age": "61", "hadm_id": 17})[0].pain == 8


@pytest.mark.parametrize("value", [None, "", "Not recorded", "unknown"])
def test_an_unknown_pain_is_none_and_an_empty_text_reads_not_recorded(value):
    (case,) = parse(RELEASE | {"pain": value, "tobacco": ""})
    assert case.pain is None
    assert case.tobacco == "Not recorded"


INVISIBLE = ["\u200b", " \u200b ", "\ufeff", "\u00ad\u2060", "\u202e\n"]


@pytest.mark.parametrize("value", INVISIBLE)
@pytest.mark.parametrize(
    "field", ["hadm_id", "gender", "chiefcomplaint", "present_illness_positive", "diagnosis"]
)
def test_characters_that_nobody_sees_are_no_text_of_a_field_that_is_needed(field, value):
    assert f"field {field}: is missing" in fault(RELEASE | {field: value})


@pytest.mark.parametrize("value", INVISIBLE)
def test_characters_that_nobody_sees_are_not_recorded(value):
    (case,) = parse(RELEASE | {"allergies": value, "pain": value})
    assert (case.allergies, case.pain) == ("Not recorded", None)


def test_a_run_on_disk_may_have_longer_ids_than_the_database():
    assert parse(RELEASE | {"hadm_id": "9" * 70})[0].hadm_id == "9" * 70


def test_keys_that_the_protocol_does_not_name_are_kept():
    assert parse(RELEASE | {"ward": "B2"})[0].model_extra == {"ward": "B2"}


def test_an_id_of_mimic_marks_a_case_credentialed():
    assert parse(RELEASE | {"hadm_id": 20000001})[0].provenance == "credentialed"
    assert parse(RELEASE)[0].provenance == "unknown"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"age": 140}, "field age: must be a whole number from 0 to 120"),
        ({"age": "old"}, "field age"),
        ({"age": None}, "field age"),
        ({"pain": 11}, "field pain: must be a number from 0 to 10"),
        ({"pain": "severe"}, "field pain"),
        ({"diagnosis": ""}, "field diagnosis: is missing"),
        ({"personality": "rude"}, "field personality: must be one of plain, verbose"),
        ({"cefr": "B1"}, "field cefr: must be one of A, B, C"),
        ({"provenance": "real"}, "field provenance: must be synthetic"),
        ({"medication": {"a": 1}}, "field medication: must be a text"),
        ({"tobacco": True}, "field tobacco: must be a text"),
        ({"med_A": 3}, "field med_A: must be words"),
        ({"medicaton": "Aspirin"}, "field medicaton: is not an item; did you mean medication?"),
        ({"tobacco": "x" * 20_001}, "field tobacco: is too long"),
    ],
)
def test_a_wrong_value_is_named_with_file_case_field_and_what_is_allowed(change, words):
    message = fault(RELEASE, RELEASE | {"hadm_id": "second"} | change)
    assert "cases.json" in message
    assert "case 2 (hadm_id second)" in message
    assert words in message


def test_all_faults_of_a_file_come_in_one_message():
    message = fault(RELEASE | {"age": -1, "pain": 99}, 7, {"hadm_id": "x"})
    assert message.startswith("cases.json: ")
    for words in (
        "case 1",
        "field age",
        "field pain",
        "case 2, must be an object",
        "case 3",
        "field diagnosis",
    ):
        assert words in message


def test_a_fault_never_repeats_the_record():
    assert "secret-drug" not in fault(RELEASE | {"medication": ["secret-drug", 3]})


def test_two_cases_with_one_id_are_refused():
    assert "hadm_id 910000001: stands 2 times" in fault(RELEASE, RELEASE)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        (b"[{]", "line 1: is not JSON"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"{}", "must be a list of cases"),
        (b"[]", "must be a list of cases"),
        (b"[" * 200_000, "is n"),
    ],
)
def test_a_file_that_is_no_list_of_cases_is_refused(content, words):
    with pytest.raises(InputError, match=r"^x\.json") as error:
        parse_cases(content, "x.json")
    assert words in str(error.value)


def with_ward(text: str) -> bytes:
    """The release's record with one more key, whose value is a JSON text."""
    return json.dumps([RELEASE]).encode()[:-2] + f', "ward": {text}}}]'.encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (with_ward("NaN"), "has NaN as a number"),
        (with_ward("-Infinity"), "has -Infinity as a number"),
        (with_ward("1e999"), "a number that is too large"),
        (with_ward("9" * 5000), "a number of 5000 digits"),
        (with_ward("[" * 900 + "]" * 900), "case 1 (hadm_id 910000001), field ward: has lists or objects"),
        (with_ward('{"a":' * 11 + "1" + "}" * 11), "field ward: has lists or objects in each other"),
        (with_ward(str([0] * 20_000)), "field ward: has more than 10,000 values"),
        (with_ward(r'"\ud800"'), "field ward: has a broken character"),
        (with_ward(r'{"\udfff": 1}'), "field ward: has a broken character"),
        (with_ward(r'"\u0000"'), "field ward: has a null character"),
        (with_ward(f'"{"x" * 20_001}"'), "field ward: is too long"),
        (with_ward('1, "ward": 2'), "hadm_id 910000001, field ward: stands 2 times"),
        (with_ward('{"a": 1, "a": 2}'), "an object, field a: stands 2 times"),
        (with_ward('1, "age": 2'), "hadm_id 910000001, field age: stands 2 times"),
        (with_ward('1, "\\ud800": 2'), "has a broken character"),
        (with_ward('1, "Chief Complaint": 2'), "field Chief Complaint: is not an item; did you mean chief"),
        (json.dumps([{str(n): n for n in range(201)}]).encode(), "case 1, has 201 fields"),
        (json.dumps([RELEASE | {"hadm_id": 10**30}]).encode(), "a number of 31 digits"),
        (b'[1, "a", null, true, [], 1.5]', "6 fault(s)"),
        (b'"' + b"x" * 9 + b'"', "must be a list of cases"),
        (b"null", "must be a list of cases"),
    ],
)
def test_what_no_case_can_hold_is_refused_by_place(content, words):
    with pytest.raises(InputError, match=r"^x\.json") as error:
        parse_cases(content, "x.json")
    assert words in str(error.value)
    assert len(str(error.value)) < 5000


@pytest.mark.parametrize("value", [True, {}, [1], [None], {"a": [1]}])
@pytest.mark.parametrize(
    "field", ["age", "gender", "hadm_id", "personality", "provenance", "split", "cefr_A1"]
)
def test_a_value_of_a_wrong_kind_is_a_named_fault(field, value):
    assert f"field {field}: " in fault(RELEASE | {field: value})


def test_a_long_id_is_only_an_id():
    assert parse(RELEASE | {"hadm_id": "9" * 5000})[0].provenance == "unknown"


def test_cases_written_as_json_load_as_the_same():
    cases = [
        *CASES.values(),
        *parse(RELEASE | {"ward": {"beds": [1, None]}, "pain": None, "cefr_A1": ["a b"]}),
    ]
    assert parse_cases(to_json(cases).encode(), "x.json") == cases


def test_a_missing_folder_or_oversized_file_is_refused_by_name(tmp_path):
    with pytest.raises(InputError, match=r"none\.json: cannot be read"):
        load_cases(tmp_path / "none.json")
    with pytest.raises(InputError, match=r"has no patient_profile\.json"):
        load_cases(tmp_path)
    big = tmp_path / "big.json"
    with big.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match=r"big\.json: 50 MB is too large"):
        load_cases(big)


def test_the_folder_of_a_release_is_read_as_credentialed_wherever_its_profiles_lie(tmp_path):
    inner = tmp_path / "1.0.0" / "data"
    inner.mkdir(parents=True)
    (inner / "patient_profile.json").write_text(json.dumps([RELEASE]))
    assert [case.provenance for case in load_cases(tmp_path)] == ["unknown"]
    (tmp_path / "1.0.0" / "SHA256SUMS.txt").touch()
    for path in (tmp_path, inner, inner / "patient_profile.json"):
        assert [case.provenance for case in load_cases(path)] == ["credentialed"]


def test_a_folder_with_several_releases_asks_which(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "patient_profile.json").write_text(json.dumps([RELEASE]))
    with pytest.raises(InputError, match="has 2 files called"):
        load_cases(tmp_path)


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = tmp_path / "bom.json"
    path.write_bytes(b"\xef\xbb\xbf" + SAMPLES.read_bytes())
    assert len(load_cases(path)) == 20


def test_control_characters_in_a_record_are_dropped():
    (case,) = parse(RELEASE | {"occupation": "Bus\x00 dri\x1bver\u202e"})
    assert case.occupation == "Bus driver"
