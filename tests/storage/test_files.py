"""Files that survive a kill."""

import pytest

from patientsim_core import InputError, StorageError
from patientsim_core.storage.files import Log, write_whole


@pytest.fixture
def log(tmp_path) -> Log:
    return Log(tmp_path / "new" / "log.jsonl")


def test_what_was_appended_comes_back_in_order(log):
    log.append('{"n": 1}')
    log.append('{"n": 2, "text": "ä\\nb"}')
    assert [one for _, one in log.objects()] == [{"n": 1}, {"n": 2, "text": "ä\nb"}]
    assert log.count() == 2


def test_a_line_is_found_again_by_its_offset(log):
    for number in range(3):
        log.append(f'{{"n": {number}}}')
    for offset, line in list(log.lines()):
        assert log.at(offset) == line
    second = list(log.lines())[1][0]
    assert [one["n"] for _, one in log.objects(second)] == [1, 2]


@pytest.mark.parametrize("torn", ["{", '{"n": 3', '{"n": 3}', "x" * 200_000])
def test_a_torn_last_line_does_not_count_and_is_cut_off_before_the_next(log, torn):
    log.append('{"n": 1}')
    with log.path.open("a") as file:
        file.write(torn)
    assert [one for _, one in log.objects()] == [{"n": 1}]
    log.mend()
    log.append('{"n": 2}')
    assert [one["n"] for _, one in log.objects()] == [1, 2]


def test_a_file_that_is_all_torn_becomes_empty(log):
    log.path.parent.mkdir()
    log.path.write_text("{" * 100_000)
    log.mend()
    assert log.path.read_bytes() == b""


@pytest.mark.parametrize("broken", ["{", "[]", "null", '{"n": 1}{'])
def test_a_broken_line_in_the_middle_is_named(log, broken):
    log.append('{"n": 1}')
    log.append(broken)
    log.append('{"n": 3}')
    with pytest.raises(InputError, match="line 2: is not a JSON object"):
        list(log.objects())


def test_a_log_that_is_not_there_is_empty(log):
    assert list(log.objects()) == []
    log.mend()
    assert not log.path.exists()


def test_a_whole_file_is_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "deep" / "run.json"
    write_whole(path, "old")
    write_whole(path, "new")
    assert path.read_text() == "new"
    assert [one.name for one in path.parent.iterdir()] == ["run.json"]


def test_what_cannot_be_written_is_said_and_the_old_file_stays(tmp_path):
    (tmp_path / "file").write_text("kept")
    with pytest.raises(StorageError, match="cannot be written"):
        write_whole(tmp_path / "file" / "run.json", "x")
    with pytest.raises(StorageError, match="cannot be written"):
        Log(tmp_path).append("{}")
    assert (tmp_path / "file").read_text() == "kept"
