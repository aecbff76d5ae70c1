"""Reading tables: what is odd is told, what is broken is refused with its file and line."""

import csv
import gzip

import pytest

from patientsim_core import InputError
from patientsim_core.mimic.tables import LAYOUT, find_table, rows, rows_of
from tests.mimic import made


def read(path, name="ed/triage"):
    told: list[str] = []
    return list(rows(path, name, told.append)), told


def fault(path, name="ed/triage") -> str:
    with pytest.raises(InputError) as error:
        read(path, name)
    return str(error.value)


def test_columns_are_found_by_name_wherever_they_stand(tmp_path):
    path = tmp_path / "triage.csv"
    path.write_text('chiefcomplaint,extra,stay_id,pain\n"Pain, chest",x,1,8\r\n')
    assert read(path) == ([(2, ("1", "Pain, chest", "8"))], [])


def test_every_real_column_is_there_and_no_more_is_needed_than_is_read():
    for name, columns in LAYOUT.items():
        assert set(columns) <= set(made.LAYOUT[name])


def test_lines_are_counted_over_line_breaks_within_fields(tmp_path):
    path = tmp_path / "triage.csv.gz"
    path.write_bytes(gzip.compress(b'stay_id,chiefcomplaint,pain\n1,"a\n\nb",2\n\n2,c,3\n'))
    assert [line for line, _ in read(path)[0]] == [2, 6]


@pytest.mark.parametrize("head", [b"stay_id", b'"stay_id"'])
def test_a_byte_order_mark_is_told_with_its_place_and_does_no_harm(tmp_path, head):
    path = tmp_path / "triage.csv"
    path.write_bytes(b"\xef\xbb\xbf" + head + b",chiefcomplaint,pain\n1,a,2\n")
    found, told = read(path)
    assert found == [(2, ("1", "a", "2"))]
    assert told == [f"{path}, line 1: begins with a byte-order mark, which is passed over."]


def test_notes_longer_than_the_csv_module_takes_are_read_and_its_limit_is_put_back(tmp_path):
    before, path = csv.field_size_limit(), tmp_path / "triage.csv"
    path.write_text(f"stay_id,chiefcomplaint,pain\n1,{'x' * 3 * before},2\n")
    assert len(read(path)[0][0][1][1]) == 3 * before
    assert csv.field_size_limit() == before
    path.write_text("stay_id\n")
    fault(path)
    assert csv.field_size_limit() == before


def test_a_missing_column_is_named_with_what_is_needed(tmp_path):
    path = tmp_path / "triage.csv"
    path.write_text("stay_id,complaint,pain\n1,a,2\n")
    assert fault(path).startswith(f"{path}, line 1: has no column chiefcomplaint. Needed are stay_id,")


def test_an_empty_file_has_no_columns(tmp_path):
    path = tmp_path / "triage.csv"
    path.touch()
    assert f"{path}, line 1: has no column stay_id, chiefcomplaint, pain." in fault(path)


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"1,a,2\n2,b\n", 3, "has 2 fields where the header has 3"),
        (b"1,a,2\n2,b,3,4\n", 3, "has 4 fields where the header has 3"),
        (b'1,a,2\n2,"b,3\n', 3, "is not CSV"),
        (b'1,a,2\n2,"b"c,3\n', 3, "is not CSV"),
        (b"1,\xff,2\n", 1, "or soon after: is not UTF-8"),
    ],
)
def test_a_row_that_is_broken_is_named_by_its_line(tmp_path, content, place, words):
    path = tmp_path / "triage.csv"
    path.write_bytes(b"stay_id,chiefcomplaint,pain\n" + content)
    assert fault(path).startswith(f"{path}, line {place}")
    assert words in fault(path)


def test_a_compressed_file_that_is_cut_off_says_from_which_line(tmp_path):
    path = tmp_path / "triage.csv.gz"
    lines = "".join(f"{n},complaint {n * 7919 % 1000},{n % 11}\n" for n in range(20_000))
    whole = gzip.compress(f"stay_id,chiefcomplaint,pain\n{lines}".encode())
    path.write_bytes(whole[: len(whole) // 2])
    message = fault(path)
    assert message.startswith(f"{path}, line ")
    assert "cut off or broken from here on" in message
    line = int(message.split("line ")[1].split(":")[0])
    assert 5_000 < line < 15_000


@pytest.mark.parametrize("content", [b"no gzip at all", b""])
def test_what_is_no_gzip_is_refused(tmp_path, content):
    path = tmp_path / "triage.csv.gz"
    path.write_bytes(content)
    assert str(path) in fault(path)


def test_a_damaged_gzip_is_refused(tmp_path):
    path = tmp_path / "triage.csv.gz"
    whole = bytearray(gzip.compress(b"stay_id,chiefcomplaint,pain\n" + b"1,a,2\n2,bc,3\n" * 500))
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(bytes(whole))
    assert "broken from here on" in fault(path)


def test_a_table_is_found_in_its_module_or_beside_it_compressed_or_not(tmp_path):
    (tmp_path / "ed").mkdir()
    beside = tmp_path / "triage.csv.gz"
    beside.touch()
    assert find_table(tmp_path, "ed/triage") == beside
    inner = tmp_path / "ed" / "triage.csv"
    inner.touch()
    assert find_table(tmp_path, "ed/triage") == inner
    with pytest.raises(InputError, match=r"has no ed/edstays\.csv or .*\. Give the folder that holds ed/"):
        find_table(tmp_path, "ed/edstays")


def test_whole_numbers_that_were_written_as_fractions_are_read_as_whole(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_text("subject_id,anchor_age,anchor_year\n1.0,60.0,2150.0\n2.5,60,\n3,.0,x.0\n")
    found, _ = read(path, "hosp/patients")
    assert [row for _, row in found] == [("1", "60", "2150"), ("2.5", "60", ""), ("3", ".0", "x.0")]


def test_codes_and_words_that_end_like_fractions_stay(tmp_path):
    path = tmp_path / "diagnosis.csv"
    path.write_text("subject_id,stay_id,icd_code,icd_version,icd_title\n1,2.0,599.0,9.0,Grade 2.0\n")
    assert read(path, "ed/diagnosis")[0] == [(2, ("1", "2", "599.0", "9", "Grade 2.0"))]


def test_a_column_that_may_be_missing_is_empty_then(tmp_path):
    path = tmp_path / "discharge.csv"
    path.write_text("note_type,subject_id,hadm_id,text\nDS,1,2.0,x\n")
    assert read(path, "note/discharge")[0] == [(2, ("1", "2", "DS", "x", ""))]
    path.write_text("note_seq,note_type,subject_id,hadm_id,text\n7,DS,1,2.0,x\n")
    assert read(path, "note/discharge")[0] == [(2, ("1", "2", "DS", "x", "7"))]


@pytest.mark.parametrize(("wanted", "lines", "told"), [("1", [2], 0), ("7", [], 1), ("", [], 0)])
def test_a_table_that_has_nothing_of_what_is_looked_for_is_told(tmp_path, wanted, lines, told):
    path = tmp_path / "triage.csv"
    path.write_text("stay_id,chiefcomplaint,pain\n1,a,2\n")
    said = []
    found = list(rows_of(dict.fromkeys(wanted, "visit"), "stay_id", tmp_path, "ed/triage", said.append))
    assert found == [(line, "visit", ("1", "a", "2")) for line in lines]
    assert [text.startswith(f"{path}: has no stay_id of the 1 looked for") for text in said] == [True] * told
