"""The connection test: in words, whether a model answers."""

import pytest
from kinds import ADDRESS_NAMES, CHAT, KEY_NAMES, NOWHERE, label, settings
from service import Answer, Problem, Service

from patientsim_core.models import Settings
from patientsim_core.models.check import check_model


def check(kind: str, url: str) -> tuple[bool, str]:
    return check_model(f"{kind}:m", settings(kind, url))


def test_a_model_that_answers(kind, service):
    works, said = check(kind, service.url)
    assert works
    assert said.startswith(f"{kind}:m answered in 0.")
    assert said.endswith(" s.")
    (request,) = service.requests
    assert "temperature" not in str(request.body)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem.wrong_key(), "Check {key}"),
        (Problem.unknown_model(), "no model of this name"),
        (Problem.web_page(404), "Check {address}"),
        (Problem.quota_exhausted(), "quota"),
        (Problem.rate_limited(), "asked too often"),
        (Problem.rate_limited(after=30), "asks to wait 30 s"),
        (Problem.server_error(503), "a fault of its own"),
        (Problem.bad_request(), "finds the request wrong"),
        (Problem.redirect("http://localhost:1"), "Check {address}"),
        (Answer(no_choice=True), "answered nothing"),
        (Answer(malformed=True), "cannot be read"),
        (Answer(cut_after=0), "broke off"),
        (Answer(blocked=True), "content filter"),
    ],
    ids=label,
)
def test_what_is_wrong_is_said_after_one_question(kind, service, problem, said):
    service.answers(problem)
    works, words = check(kind, service.url)
    assert not works
    assert said.format(key=KEY_NAMES[kind], address=ADDRESS_NAMES[kind]) in words
    assert "tried" not in words
    assert len([request for request in service.requests if request.body]) == 1


def test_a_region_that_is_not_served(kind, service):
    service.answers(Problem.region())
    assert ("Ask its owner" if kind == "azure" else "region") in check(kind, service.url)[1]


def test_nobody_at_the_address(kind):
    with Service() as gone:
        pass
    works, said = check(kind, gone.url)
    assert not works
    assert f"no model service answers at 127.0.0.1:{gone.port}. Check {ADDRESS_NAMES[kind]}" in said


def test_an_unknown_model_is_told_with_those_that_the_service_has(kind, service):
    service.models = [f"model-{n}" for n in range(9, 0, -1)]
    works, said = check(kind, service.url)
    assert not works
    assert said.endswith("It has: " + ", ".join(f"model-{n}" for n in range(1, 9)) + ".")


@pytest.mark.parametrize("status", [200, 500])
def test_a_service_that_does_not_list_its_models_is_no_other_fault(kind, service, status):
    service.answers(Problem.unknown_model())
    for body in ("", "[]", '{"data": 3}', '{"data": null, "models": [3]}', "<html>", '{"data": [{}]}'):
        service.listing = Problem.raw(status, body)
        works, said = check(kind, service.url)
        assert not works
        assert "Check the spelling" in said
        assert "It has" not in said


@pytest.mark.parametrize("kind", CHAT)
def test_the_test_takes_a_model_that_reasons_and_takes_no_temperature(kind, service):
    service.refused = {"temperature", "max_tokens"}
    service.answers(Answer(pieces=("<think>ready?</think>", "Ready")))
    assert check(kind, service.url)[0]


def test_what_is_not_set_up_is_said_before_anything_is_sent(service):
    assert check_model("nothing", Settings({}, NOWHERE)) == (
        False,
        "model 'nothing': is not known. Models are called offline, azure:MODEL, openai:MODEL, gemini:MODEL, "
        "vertex:MODEL, vllm:MODEL.",
    )
    works, said = check_model("azure:m", Settings({"AZURE_ENDPOINT": service.url}, NOWHERE))
    assert (works, service.connections) == (False, 0)
    assert "Set AZURE_OPENAI_KEY (key)" in said
