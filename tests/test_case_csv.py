"""Tables of cases: what a spreadsheet writes is read, what is written is safe and comes back the same."""

import csv
import io
import random

import pytest

from patientsim_core import Case, InputError, load_cases
from patientsim_core.case import LABELS
from patientsim_core.case_check import check
from patientsim_core.case_csv import parse_csv, template, to_csv
from patientsim_core.case_file import MAX_BYTES, read_cases, to_json
from patientsim_core.case_rows import MOST_FAULTS
from tests.cases import CASES, RELEASE, SAMPLES, release

ALL = list(CASES.values())
SMALL = {
    "hadm_id": "own-1",
    "age": "52",
    "gender": "Male",
    "present_illness_positive": "crushing chest pain; nausea",
    "chiefcomplaint": "Chest pain",
    "diagnosis": "Myocardial infarction",
}


def table(*rows: dict[str, str], delimiter: str = ",", header: list[str] | None = None) -> bytes:
    file = io.StringIO(newline="")
    keys = list(dict.fromkeys(key for row in rows for key in row))
    lines = csv.writer(file, delimiter=delimiter)
    lines.writerow(header or keys)
    lines.writerows([row.get(key, "") for key in keys] for row in rows)
    return file.getvalue().encode()


def parse(*rows: dict[str, str], **how) -> list[Case]:
    return parse_csv(table(*rows, **how), "own.csv")


def fault(content: bytes) -> str:
    with pytest.raises(InputError, match=r"^own\.csv") as error:
        parse_csv(content, "own.csv")
    return str(error.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_row_is_a_case_whatever_the_delimiter(delimiter):
    (case, other) = parse(SMALL, SMALL | {"hadm_id": "own-2", "pain": "7"}, delimiter=delimiter)
    assert (case.hadm_id, case.age, case.pain, case.tobacco) == ("own-1", 52, None, "Not recorded")
    assert case.present_illness_positive == "crushing chest pain; nausea"
    assert other.pain == 7


@pytest.mark.parametrize("written", [str.upper, str.title, lambda key: LABELS.get(key, key), " {} ".format])
def test_columns_are_named_by_item_or_label_in_any_case(written):
    row = SMALL | {"illicit_drug": "None", "pain": "3", "present_illness_negative": "no fever"}
    (case,) = parse(row, header=[written(key) for key in row])
    assert (case.illicit_drug, case.pain, case.present_illness_negative) == ("None", 3, "no fever")
    assert not case.model_extra


def test_a_byte_order_mark_lines_in_cells_and_empty_rows_are_no_fault():
    content = b"\xef\xbb\xbf" + table(SMALL | {"tobacco": 'half a "pack",\r\nsince 1990'}) + b",,,,,,\r\n\r\n"
    (case,) = parse_csv(content, "own.csv")
    assert case.tobacco == 'half a "pack",\nsince 1990'


def test_other_columns_are_kept_as_text():
    (case, other) = parse(SMALL | {"ward": " B2"}, SMALL | {"hadm_id": "own-2"})
    assert case.model_extra == {"ward": " B2"}
    assert not other.model_extra


@pytest.mark.parametrize("id", ["20000001", "20000001.0", " 29999999 ", "020000001"])
def test_an_id_of_mimic_marks_a_case_credentialed_however_a_spreadsheet_writes_it(id):
    assert parse(SMALL | {"hadm_id": id, "provenance": "synthetic"})[0].provenance == "credentialed"


@pytest.mark.parametrize("id", ["19999999", "30000000", "200000010", "own-20000001"])
def test_another_id_keeps_the_provenance_of_the_file(id):
    assert parse(SMALL | {"hadm_id": id, "provenance": "synthetic"})[0].provenance == "synthetic"


def test_all_faults_are_named_at_once_with_file_row_and_column():
    rows = [SMALL | {"Pain (0-10)": "3"}, SMALL | {"hadm_id": "x", "age": "old", "Pain (0-10)": "11"}]
    rows += [SMALL | {"hadm_id": "y", "gender": "", "Pain (0-10)": "severe"}, SMALL]
    assert fault(table(*rows)).splitlines() == [
        "own.csv: 5 fault(s), nothing was loaded.",
        "row 3 (hadm_id x), column age: must be a whole number from 0 to 120.",
        "row 3 (hadm_id x), column Pain (0-10): must be a number from 0 to 10, or left out where unknown.",
        "row 4 (hadm_id y), column gender: is missing; every case needs a text here.",
        "row 4 (hadm_id y), column Pain (0-10): must be a number from 0 to 10, or left out where unknown.",
        "hadm_id own-1: stands 2 times; each case needs its own.",
    ]


def test_a_row_is_counted_as_a_spreadsheet_counts():
    rows = table(SMALL | {"tobacco": "one\ntwo\nthree"}, dict.fromkeys(SMALL, ""), SMALL | {"age": "x"})
    assert "row 4 (hadm_id own-1), column age" in fault(rows)


def test_faults_of_the_header_come_at_once_and_before_those_of_the_rows():
    row = {key: value for key, value in SMALL.items() if key not in ("age", "diagnosis")}
    rows = row | {"medicaton": "Aspirin", "Chief complaint": "again", "": "nameless", "pain": "99"}
    assert fault(table(rows)).splitlines() == [
        "own.csv: 4 fault(s), nothing was loaded.",
        "row 1: has no column age, diagnosis; the first row names the columns.",
        "row 1, column chiefcomplaint: stands 2 times; keep one.",
        "row 1, column medicaton: is not an item; did you mean medication?",
        "row 1: column 7 has no name, but there is text in it.",
    ]


def test_more_faults_than_anyone_reads_are_counted():
    message = fault(table(*[SMALL | {"hadm_id": f"own-{n}", "age": "x"} for n in range(500)]))
    assert message.startswith("own.csv: 500 fault(s)")
    assert message.endswith(f"… and {500 - MOST_FAULTS} more.")
    assert len(message) < 5000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no case"),
        (b"\r\n\r\n", "has no case"),
        (table(SMALL).splitlines()[0], "has no case"),
        (b"just a note\r\nand another\r\n", "has no column hadm_id, age"),
        (table(SMALL).decode().encode("utf-16"), "UTF-16"),
        (table(SMALL).decode().encode("utf-16-le"), "UTF-16"),
        (table(SMALL | {"occupation": "Caf\xe9 owner"}).decode().encode("latin-1"), "line 2: is not UTF-8"),
        (table(SMALL)[:-3] + b',"open', "row 2 (line 2): cannot be read"),
        (table(SMALL) + b'own-2,"52,Male', "row 3 (line 3): cannot be read"),
        (table(SMALL) + b'own-2,"52"x,Male,a,b,c', "quotation marks do not match"),
        (table(SMALL) + b"own-2,52,Male\r\n", "row 3: has 3 cells where the first row has 6"),
        (table(SMALL) + b"own-2,52,Male,a,b,c,d\r\n", "row 3: has 7 cells where the first row has 6"),
        (table(SMALL | {"tobacco": "x" * 20_001}), "column tobacco: is too long"),
        (table(SMALL | {"tobacco": "x" * 200_000}), "A cell is far too long"),
        (table(SMALL | {"tobacco": "a\0b"}), "no text at all"),
    ],
)
def test_what_is_no_table_of_cases_is_refused_with_what_to_do(content, words):
    assert words in fault(content)


def test_a_fault_never_repeats_the_record():
    message = fault(
        table(SMALL | {"age": "secret-age", "personality": "secret-person", "pain": "secret-pain"})
    )
    assert "secret" not in message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", table(SMALL)),
        ("a.CSV", table(SMALL)),
        ("a", table(SMALL)),
        ("a.json", to_json([release()]).encode()),
        ("a", b"\xef\xbb\xbf\n " + to_json([release()]).encode()),
    ],
)
def test_a_file_is_read_as_what_it_is(name, content):
    assert len(read_cases(content, name)) == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", table(SMALL), "is not JSON"),
        ("a.csv", to_json([release()]).encode(), "row 1"),
        ("a.xlsx", b"PK\x03\x04...", "is a workbook"),
        ("a.csv", b"PK\x03\x04...", "is a workbook"),
        ("a", b"{}", "must be a list"),
        ("a.csv", b"x" * (MAX_BYTES + 1), "is too large"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name(name, content, words):
    with pytest.raises(InputError, match=rf"^{name}") as error:
        read_cases(content, name)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.csv", table(SMALL, SMALL | {"hadm_id": "9" * 65}), "row 3 (hadm_id 99"),
        ("a.json", to_json([release(), release(hadm_id="9" * 65)]).encode(), "case 2 (hadm_id 99"),
    ],
)
def test_an_id_that_the_database_has_no_room_for_is_a_fault_by_its_place(name, content, place):
    with pytest.raises(InputError, match="hadm_id: is too long; a number has at most 64") as error:
        read_cases(content, name)
    assert place in str(error.value)
    assert read_cases(content.replace(b"9" * 65, b"9" * 64), name)[1].hadm_id == "9" * 64


def test_the_template_holds_one_faultless_synthetic_case():
    (case,) = parse_csv(template().encode(), "template.csv")
    assert case.provenance == "synthetic"
    assert check(case) == []
    assert not [key for key in LABELS if key in Case.model_fields and not getattr(case, key)]


def test_exports_come_back_the_same(tmp_path):
    assert parse_csv(to_csv(ALL).encode(), "all.csv") == ALL
    assert to_csv(ALL).encode().startswith(b"\xef\xbb\xbf")  # else Excel reads it as Latin-1
    path = tmp_path / "all.json"
    path.write_text(to_json(ALL), encoding="utf-8")
    assert load_cases(path) == ALL == load_cases(SAMPLES)
    assert parse_csv(to_csv([release()]).encode(), "one.csv") == [Case.model_validate(RELEASE)]


SIGNS = ["=", "+", "-", "@", "'", '"', ";", ",", "\n", " ", "a", "1", "＝", "＠"]


@pytest.mark.parametrize("seed", range(20))
def test_any_text_comes_back_and_no_cell_is_a_formula(seed):
    chance = random.Random(seed)
    texts = ["".join(chance.choices(SIGNS, k=chance.randint(1, 12))) + "z" for _ in range(50)]
    texts += ["=1+1", "@SUM(A1)", "-2+3", "+1", "'=1", "''=1", 'x;"=1+1"', "a\n=1", "denies; -5 kg", "＝1"]
    cases = [
        release(hadm_id=f"x-{n}", tobacco=text, alcohol=f"x{text}", ward=text) for n, text in enumerate(texts)
    ]
    written = to_csv(cases)
    assert parse_csv(written.encode(), "x.csv") == cases
    assert [case.tobacco for case in parse_csv(written.encode(), "x.csv")] == [case.tobacco for case in cases]
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline=""), delimiter=delimiter):
            assert not [cell for cell in row if cell.lstrip()[:1] in {*"=+-@＝＋－＠"} - {""}]


def test_persona_word_lists_and_other_keys_come_back():
    case = release(
        personality="distrust", cefr="A", recall_level="low", dazed_level="normal", split="persona",
        cefr_A1=["house", "tree"], med_C=["syncope"], ward="B2", pain=7.25,
    )  # fmt: skip
    assert parse_csv(to_csv([case, ALL[0]]).encode(), "x.csv") == [case, ALL[0]]


def test_values_that_are_no_text_come_back_as_their_json():
    (case,) = parse_csv(to_csv([release(beds=[1, 2], seen=True)]).encode(), "x.csv")
    assert case.model_extra == {"beds": "[1, 2]", "seen": "true"}


def test_a_long_run_of_signs_comes_back():
    text = "'" * 6000 + "\n" * 6000 + '"' * 6000
    assert (
        parse_csv(to_csv([release(ward=text + "x")]).encode(), "x.csv")[0].model_extra["ward"] == text + "x"
    )
