"""Where settings come from."""

import pytest
from kinds import NOWHERE

from patientsim_core.errors import InputError
from patientsim_core.models import Settings

NAMES = ("GENAI_API_KEY", "GOOGLE_API_KEY")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "secrets.toml"
    path.write_text('GENAI_API_KEY = "file"\nVLLM_PORT = 8000\n[connections]\nurl = "x"\n', encoding="utf-8")
    return path


def test_typed_goes_before_the_environment_and_that_before_the_file(file, monkeypatch):
    assert Settings({}, file).get(*NAMES) == "file"
    monkeypatch.setenv("GENAI_API_KEY", "environment")
    assert Settings({}, file).get(*NAMES) == "environment"
    assert Settings({"GENAI_API_KEY": "typed"}, file).get(*NAMES) == "typed"


def test_a_nearer_place_goes_before_a_better_name(file, monkeypatch):
    monkeypatch.setenv("GOOGLE_API_KEY", "environment")
    assert Settings({}, file).get(*NAMES) == "environment"
    assert Settings({"GOOGLE_API_KEY": "typed"}, file).get(*NAMES) == "typed"


def test_in_one_place_the_published_name_goes_first(monkeypatch):
    monkeypatch.setenv("GOOGLE_API_KEY", "other")
    monkeypatch.setenv("GENAI_API_KEY", "published")
    assert Settings({}, NOWHERE).get(*NAMES) == "published"


@pytest.mark.parametrize("blank", ["", " ", "\t\n"])
def test_a_blank_counts_as_unset(file, monkeypatch, blank):
    monkeypatch.setenv("GENAI_API_KEY", blank)
    assert Settings({"GENAI_API_KEY": blank}, file).get(*NAMES) == "file"
    assert Settings({"GENAI_API_KEY": blank}, NOWHERE).get(*NAMES) is None


def test_blanks_around_a_value_do_not_count(monkeypatch):
    monkeypatch.setenv("GENAI_API_KEY", " key\n")
    assert Settings({}, NOWHERE).get(*NAMES) == "key"
    assert Settings({"GENAI_API_KEY": " typed "}, NOWHERE).get(*NAMES) == "typed"


def test_a_number_in_the_file_is_a_setting_and_a_file_need_not_be(file, tmp_path):
    assert Settings({}, file).get("VLLM_PORT") == "8000"
    assert Settings({}, tmp_path / "none.toml").get("VLLM_PORT") is None


def test_the_file_is_read_anew_each_time(file):
    settings = Settings({}, file)
    settings.get(*NAMES)
    file.write_text('GENAI_API_KEY = "changed"', encoding="utf-8")
    assert settings.get(*NAMES) == "changed"


@pytest.mark.parametrize("content", [b"KEY", b"KEY = = 1", b'KEY = "open', b'KEY = "\xff"', b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(tmp_path, content):
    path = tmp_path / "secrets.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        Settings({}, path).get("KEY")
    assert str(caught.value) == f'{path}: cannot be read as TOML; it has one NAME = "value" a line.'


def test_a_folder_in_the_files_place_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        Settings({}, tmp_path).get("KEY")
