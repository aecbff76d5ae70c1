"""Options by the service's own names, which are passed on as they are."""

from pathlib import Path

import pytest
from kinds import CHAT, GOOGLE, ask, load, sent
from pydantic import ValidationError
from service import Answer, Problem

from patientsim_core.errors import InputError, ModelError
from patientsim_core.models import Options
from patientsim_core.models.options import parse_option

EXTRA = Options(temperature=0.3, extra={"top_p": 0.9, "presence_penalty": 0.5})
TOP_P = {**dict.fromkeys(CHAT, "top_p"), **dict.fromkeys(GOOGLE, "topP")}


def refused(model, streamed, options=EXTRA, seed=9) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask(model, streamed, options, seed)
    return caught.value


def test_they_are_sent_beside_the_others(model, kind, service, streamed):
    assert ask(model, streamed, EXTRA, seed=9).ignored == ()
    asked = sent(service.requests[0])
    assert (asked[TOP_P[kind]], asked["temperature"], asked["seed"]) == (0.9, 0.3, 9)
    assert "extra" not in asked


@pytest.mark.parametrize("kind", CHAT)
def test_any_json_goes_to_chat_completions(kind, model, service, streamed):
    extra = {"chat_template_kwargs": {"enable_thinking": False}, "stop": ["\n"], "user": None}
    ask(model, streamed, Options(extra=extra))
    assert extra.items() <= service.requests[0].body.items()
    assert service.requests[0].body["messages"][1]["content"] == "Where does it hurt?"


@pytest.mark.parametrize("kind", GOOGLE)
@pytest.mark.parametrize("name", ["safety_settings", "safetySettings"])
def test_gemini_takes_both_spellings(kind, model, service, name):
    setting = {"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}
    ask(model, False, Options(extra={name: [setting]}))
    assert service.requests[0].body["safetySettings"] == [setting]


def test_one_that_the_service_refuses_is_named_and_not_left_out(model, kind, service, streamed):
    service.refused = {TOP_P[kind]}
    error = refused(model, streamed)
    assert (error.fault, error.attempts, len(service.requests)) == ("request", 1, 1)
    assert ", namely the option top_p. Check" in str(error)
    assert model.ignored == frozenset()


def test_one_with_a_value_that_the_service_refuses_is_named(model, service, streamed):
    service.answers(Problem("bad_request", message="Invalid value for presence_penalty: 9 is above 2."))
    assert ", namely the option presence_penalty." in str(refused(model, streamed))


@pytest.mark.parametrize(
    "said", ["Something is wrong.", "The top_percentage is wrong.", "Unsupported: xtop_p"]
)
def test_one_that_the_error_does_not_name_is_not_blamed(model, service, streamed, said):
    service.answers(Problem("bad_request", message=said))
    error = refused(model, streamed)
    assert error.fault == "request"
    assert "namely" not in str(error)


def test_whichever_the_service_names_first_is_meant(model, service, streamed):
    said = "Unsupported parameter: temperature. Supported are top_p and presence_penalty."
    service.answers(Problem("bad_request", message=said), Answer())
    assert ask(model, streamed, EXTRA).ignored == ("temperature",)
    service.answers(Problem("bad_request", message="top_p is not supported with a seed."))
    assert "top_p" in str(refused(model, streamed))
    assert model.ignored == {"temperature"}


@pytest.mark.parametrize("kind", CHAT)
@pytest.mark.parametrize("name", ["temperature_last", "min_seed"])
def test_one_whose_name_holds_another_is_not_taken_for_it(kind, model, service, streamed, name):
    service.answers(Problem.unsupported(name))
    assert f"namely the option {name}." in str(refused(model, streamed, Options(extra={name: 1})))
    assert (len(service.requests), model.ignored) == (1, frozenset())


@pytest.mark.parametrize("kind", GOOGLE)
@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"min_p": 0.1}, "option min_p: is not among what Gemini's GenerateContentConfig takes."),
        ({"top_p": "secret"}, "option top_p: has a value of another type than what"),
        ({"safety_settings": [{"x": "secret"}]}, "option safety_settings: "),
    ],
)
def test_what_gemini_does_not_know_is_told_before_anything_is_sent(
    kind, model, service, streamed, extra, said
):
    with pytest.raises(InputError) as caught:
        ask(model, streamed, Options(extra=extra))
    assert str(caught.value).startswith(f"{kind}:m: {said}")
    assert "secret" not in f"{caught.value}{caught.value.__context__}"
    assert service.requests == []


def test_what_only_vertex_ai_takes_is_told_to_users_of_ai_studio(service, streamed):
    options = Options(extra={"audio_timestamp": True})
    error = refused(load("gemini", service.url), streamed, options)
    assert "namely the option audio_timestamp." in str(error)
    assert (error.fault, error.attempts, service.requests) == ("request", 1, [])
    assert ask(load("vertex", service.url), streamed, options).text == "It hurts here."


OWN = ["model", "messages", "contents", "stream", "seed", "temperature", "max_tokens", "maxOutputTokens"]
OWN += [
    "max_completion_tokens",
    "reasoning_effort",
    "response_format",
    "responseMimeType",
    "n",
    "candidateCount",
]


@pytest.mark.parametrize("name", OWN)
def test_what_the_project_sets_itself_cannot_be_given(name):
    with pytest.raises(ValidationError, match=f"option {name}: is set by PatientSim itself"):
        Options(extra={name: 1})
    with pytest.raises(InputError, match=f"^option {name}: is set by PatientSim itself"):
        parse_option(f"{name}=1")


@pytest.mark.parametrize("name", ["", "top-p", "top p", "1st", "a.b", "a=b"])
def test_a_name_is_one_word(name):
    with pytest.raises(ValidationError, match=r"is not a name\. Write it as the service does"):
        Options(extra={name: 1})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [{"a": float("-inf")}], "\ud800"])
def test_a_value_that_json_cannot_carry(value):
    with pytest.raises(ValidationError, match="option top_p: has a value that JSON cannot carry"):
        Options(extra={"top_p": value})


@pytest.mark.parametrize("value", [{1, 2}, b"x", Path("x")])
def test_a_value_that_is_no_json(value):
    with pytest.raises(ValidationError):
        Options(extra={"top_p": value})


def test_options_are_compared_hashed_and_kept_with_them():
    assert Options.model_validate_json(EXTRA.model_dump_json()) == EXTRA
    assert {EXTRA: 1}[Options(temperature=0.3, extra={"top_p": 0.9, "presence_penalty": 0.5})] == 1
    assert Options(extra={"top_p": 0.1}) != Options(extra={"top_p": 0.2})
    assert Options.model_validate({"temperature": 0.3}).extra == {}


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("top_p=0.9", ("top_p", 0.9)),
        (" top_k = 40 ", ("top_k", 40)),
        ("logprobs=true", ("logprobs", True)),
        ("stop=null", ("stop", None)),
        ('kwargs={"a": [1, "x"]}', ("kwargs", {"a": [1, "x"]})),
        ("service_tier=flex", ("service_tier", "flex")),
        ('service_tier="flex"', ("service_tier", "flex")),
        ("stop=a=b", ("stop", "a=b")),
        ("stop=", ("stop", "")),
        ("kwargs={'a': 1}", ("kwargs", "{'a': 1}")),
        ("stop=" + "[" * 100_000, ("stop", "[" * 100_000)),
    ],
    ids=range(11),
)
def test_an_option_of_the_command_line(text, option):
    assert parse_option(text) == option
    assert Options(extra=dict([option]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("top_p", "option 'top_p': must be NAME=VALUE, as in top_p=0.9."),
        ("", "option '': must be NAME=VALUE, as in top_p=0.9."),
        ("=0.9", "option '': is not a name. Write it as the service does, as in top_p."),
        ("top-p=0.9", "option 'top-p': is not a name. Write it as the service does, as in top_p."),
        ("top_p=NaN", "option top_p: has a value that JSON cannot carry."),
        ("top_p=1e999", "option top_p: has a value that JSON cannot carry."),
    ],
)
def test_an_option_of_the_command_line_that_cannot_be(text, said):
    with pytest.raises(InputError) as caught:
        parse_option(text)
    assert str(caught.value) == said
