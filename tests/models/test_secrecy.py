"""Keys and records never appear where they do not belong."""

import json
import logging
import pickle
import traceback

import pytest
from kinds import KEY_NAMES, NOWHERE, ask, load, settings
from service import Answer, Problem, Service

from patientsim_core.errors import InputError, PatientSimError
from patientsim_core.models import Limits, Message, Settings, load_model
from patientsim_core.models.check import check_model

KEY = "sk-distinct-4711-quokka"
RECORD = "Zanzibar fever since Candlemas"
SECRETS = (KEY, "quokka", "Zanzibar", "Candlemas")
RECORDED = [Message("system", f"You have {RECORD}."), Message("user", "Where does it hurt?")]
ECHO = f"Your key {KEY} asked: {RECORD}"
GARBLED = f'data: {{"choices": "{ECHO}", "candidates": "{ECHO}"}}\n\n'
ANSWERS = [
    *(
        Problem.raw(
            status, json.dumps({"error": {"message": ECHO, "code": ECHO, "type": ECHO, "status": ECHO}})
        )
        for status in (400, 401, 403, 404, 408, 429, 500, 503)
    ),
    Problem.raw(500, f"<html>{ECHO}</html>"),
    Problem.raw(200, ECHO),
    Problem.raw(200, f'{{"choices": "{ECHO}", "candidates": "{ECHO}"}}'),
    Problem.raw(200, f"data: {ECHO}\n\n"),
    Problem.raw(200, f'data: {{"error": {{"message": "{ECHO}", "code": 500, "status": "{ECHO}"}}}}\n\n'),
    Problem.raw(200, f'data: {{"error": "{ECHO}"}}\n\n'),
    Problem.raw(200, GARBLED),
    Problem.unsupported(KEY),
    Problem.wrong_key(),
    Problem.redirect(f"http://localhost:1/{KEY}"),
    Answer(ECHO, malformed=True),
    Answer(ECHO, cut_after=0),
    Answer(ECHO, finish="", no_choice=True),
]
"""Services that repeat whatever they were sent, in every place where something can go wrong."""


def everything(error: BaseException) -> str:
    """What an error, and every other that hangs on it, says to people, debuggers and log files."""
    seen, waiting, told = set(), [error], ""
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        told += f"{one} {one!r} {one.args} {vars(one)} {''.join(traceback.format_exception(one))}"
        waiting += [one.__cause__, one.__context__]
    return told


def told_of(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_no_error_repeats_the_key_or_the_record(kind, service, streamed):
    service.key = None
    model = load(kind, service.url, key=KEY, limits=Limits(attempts=2, seconds=20, pause=0.001))
    for answer in ANSWERS:
        service.answers(answer)
        with pytest.raises(PatientSimError) as caught:
            ask(model, streamed, messages=RECORDED)
        assert told_of(everything(caught.value)) == [], answer
        assert told_of(repr(pickle.dumps(caught.value))) == [], answer


def test_nor_does_one_of_a_service_that_is_not_there(kind, streamed):
    with Service() as gone:
        model = load(kind, gone.url, key=KEY)
    with pytest.raises(PatientSimError) as caught:
        ask(model, streamed, messages=RECORDED)
    assert told_of(everything(caught.value)) == []


def test_nor_does_one_in_the_middle_of_a_stream(kind, service):
    service.key = None
    model = load(kind, service.url, key=KEY)
    for end in (Answer(cut_after=1), Answer(cut_after=1, malformed=True), Problem.server_error().midway(1)):
        service.answers(end)
        with pytest.raises(PatientSimError) as caught:
            ask(model, True, messages=RECORDED)
        assert told_of(everything(caught.value)) == []


@pytest.mark.parametrize("key", [f"{KEY}\nx", f"{KEY}é", f"{KEY}\x00", f"{KEY} \u200bx"])
def test_a_key_that_cannot_be_one_is_told_by_its_name(kind, service, key):
    with pytest.raises(InputError, match=f"^{KEY_NAMES[kind]}: holds a line break or a letter") as caught:
        load_model(f"{kind}:m", settings(kind, service.url, key))
    assert told_of(everything(caught.value)) == []
    assert service.connections == 0


def test_models_settings_and_the_connection_test_keep_the_key(kind, service):
    given = settings(kind, service.url, KEY)
    model = load_model(f"{kind}:m", given)
    assert told_of(f"{model!r} {model} {given!r} {given}") == []
    for problem in (Problem.wrong_key(), Problem.raw(400, json.dumps({"error": {"message": ECHO}}))):
        service.key = None
        service.answers(problem)
        assert told_of(check_model(f"{kind}:m", given)[1]) == []


def test_a_secrets_file_that_is_broken_keeps_its_content(tmp_path):
    for content in (f'OPENAI_API_KEY = "{KEY}', f"OPENAI_API_KEY = {KEY}", f"{KEY} = = 1", f"\xff{KEY}"):
        path = tmp_path / "secrets.toml"
        path.write_bytes(content.encode("latin-1"))
        with pytest.raises(InputError, match="cannot be read as TOML") as caught:
            Settings({}, path).get("OPENAI_API_KEY")
        assert told_of(everything(caught.value)) == []


def test_nothing_is_logged_that_tells_of_them(kind, service, streamed, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "google_genai", "httpx2", "httpcore2"):
        caplog.set_level(logging.DEBUG, name)
    service.key = None
    service.answers(
        Problem.server_error(), Answer(), Problem.raw(400, json.dumps({"error": {"message": ECHO}}))
    )
    model = load(kind, service.url, key=KEY)
    ask(model, streamed, messages=RECORDED)
    with pytest.raises(PatientSimError):
        ask(model, streamed, messages=RECORDED)
    assert [record.name for record in caplog.records if record.name.startswith("patientsim")] == []
    assert caplog.records
    told = {record.name: record.getMessage() for record in caplog.records if told_of(record.getMessage())}
    assert told == {}


def test_the_settings_given_are_not_read_from_the_environment_later(monkeypatch, service):
    """Two sessions in one process, each with its own key, never share it."""
    service.key = None
    for key in ("key-one", "key-two", "key-one"):
        given = Settings({"VLLM_BASE_URL": service.url, "VLLM_API_KEY": key}, NOWHERE)
        ask(load_model("vllm:m", given), False)
    assert [request.bearer for request in service.requests] == ["key-one", "key-two", "key-one"]
