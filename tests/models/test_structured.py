"""Structured answers: what is asked for, what is read, and what is asked again."""

import json
from typing import Literal

import pytest
from kinds import CHAT, GOOGLE, QUESTION, ask, load, sent
from pydantic import BaseModel, ConfigDict, Field, create_model
from service import Answer, Problem

from patientsim_core.errors import ModelError
from patientsim_core.models import Message, Options
from patientsim_core.models import structured as by_form
from patientsim_core.models.untaken import SCHEMA
from patientsim_core.usage import Usage

FIELD = {**dict.fromkeys(CHAT, "response_format"), **dict.fromkeys(GOOGLE, "responseJsonSchema")}
GOOD = '{"score": 3, "quotes": [{"turn": 1, "text": "My arm."}]}'


class Quote(BaseModel):
    turn: int
    text: str = ""


class Verdict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    score: int = Field(ge=1, le=4, description="1 is worst")
    kind: Literal["plain", "default"] = "plain"
    default: str | None = None
    quotes: list[Quote] = []


def objects_in(schema: object) -> list[dict]:
    """The objects that a JSON schema describes, at any depth."""
    inside = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    own = [schema] if isinstance(schema, dict) and "properties" in schema else []
    return own + [found for part in inside for found in objects_in(part)]


@pytest.mark.parametrize("kind", CHAT)
def test_chat_completions_are_asked_for_a_strict_schema(kind, model, service, streamed):
    service.answers(Answer(GOOD))
    ask(model, streamed, schema=Verdict)
    form = service.requests[0].body["response_format"]
    assert (form["type"], form["json_schema"]["name"]) == ("json_schema", "Verdict")
    assert form["json_schema"]["strict"] is True
    schema = form["json_schema"]["schema"]
    assert {tuple(one["properties"]) for one in objects_in(schema)} == {
        tuple(form.model_fields) for form in (Quote, Verdict)
    }
    for one in objects_in(schema):
        assert one["additionalProperties"] is False
        assert set(one["required"]) == set(one["properties"])
        assert not [name for name, field in one["properties"].items() if "default" in field]
    assert schema["properties"]["score"]["description"] == "1 is worst"


@pytest.mark.parametrize("kind", GOOGLE)
def test_gemini_is_asked_for_json_by_its_schema(kind, model, service, streamed):
    service.answers(Answer(GOOD))
    ask(model, streamed, schema=Verdict)
    config = service.requests[0].body["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"] == Verdict.model_json_schema()


def test_without_a_schema_none_is_asked_for(model, service, streamed):
    ask(model, streamed)
    asked = json.dumps(service.requests[0].body)
    assert "response" not in asked
    assert "schema" not in asked.lower()


@pytest.mark.parametrize("kind", CHAT)
def test_a_name_that_services_would_not_take_is_made_one(kind, model, service):
    ask(model, False, schema=create_model("Verdict[int] " + "x" * 90, score=(int, ...)))
    name = service.requests[0].body["response_format"]["json_schema"]["name"]
    assert name == ("Verdict_int__" + "x" * 90)[:64]


def test_a_model_that_knows_no_schema_is_asked_without_from_then_on(model, kind, service, streamed):
    service.answers(Answer(GOOD))
    service.refused = {FIELD[kind]}
    for _ in range(2):
        answer = ask(model, streamed, seed=9, schema=Verdict)
        assert (answer.text, answer.attempts) == (GOOD, 1)
    assert [FIELD[kind] in sent(request) for request in service.requests] == [True, False, False]
    assert "responseMimeType" not in sent(service.requests[-1])
    assert {"temperature", "seed"} <= set(sent(service.requests[-1]))
    assert SCHEMA in load(kind, service.url).ignored


def test_that_is_not_told_to_users_as_an_option_of_theirs(model, kind, service, streamed):
    service.answers(Answer(GOOD))
    service.refused = {FIELD[kind], "temperature"}
    assert ask(model, streamed, schema=Verdict).ignored == ("temperature",)


@pytest.mark.parametrize(
    "said",
    [
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
        "This response_format type is unavailable now",
        "response_format.type: Input should be 'text' or 'json_object'",
        "Invalid schema for response_format 'Verdict': 'oneOf' is not permitted.",
        "JSON mode is not enabled for models/m",
        "The specified schema produces a constraint that has too many states for serving.",
        "Failed to parse grammar",
        "guided_decoding is off",
    ],
)
def test_any_objection_to_the_schema_counts(model, kind, service, streamed, said):
    status = 400 if kind in GOOGLE or streamed else 422
    service.answers(Problem("bad_request", message=said, status=status), Answer(GOOD))
    assert ask(model, streamed, schema=Verdict).text == GOOD
    assert len(service.requests) == 2


@pytest.mark.parametrize("said", ["Invalid schema.", "response_format is not supported."])
def test_an_objection_to_a_schema_that_was_not_sent_is_a_fault(model, service, streamed, said):
    service.answers(Problem("bad_request", message=said))
    with pytest.raises(ModelError) as caught:
        ask(model, streamed)
    assert (caught.value.fault, len(service.requests)) == ("request", 1)
    assert model.ignored == frozenset()


@pytest.mark.parametrize("said", ["We could not parse the body.", "temperature: must be below 1."])
def test_another_fault_of_a_structured_request_stays_one(model, service, streamed, said):
    service.answers(Problem("bad_request", message=said))
    with pytest.raises(ModelError) as caught:
        ask(model, streamed, schema=Verdict)
    assert (caught.value.fault, len(service.requests)) == ("request", 1)


def test_a_readable_answer_is_asked_for_once(model, kind, service):
    service.answers(Answer(f"Here you are:\n```json\n{GOOD}\n```", usage=(50, 9, 4)))
    found = by_form.ask(model, QUESTION, Verdict, Options(temperature=0), seed=7)
    assert found.value == Verdict(score=3, quotes=[Quote(turn=1, text="My arm.")])
    assert (found.tries, found.attempts, found.reason) == (1, 1, "")
    assert found.usage == Usage(prompt_tokens=50, completion_tokens=9, reasoning_tokens=4)
    asked = sent(service.requests[0])
    assert (asked["seed"], asked["temperature"]) == (7, 0)
    assert FIELD[kind] in asked
    assert not service.requests[0].streamed


def messages_of(request) -> list[tuple[str, str]]:
    if "messages" in request.body:
        return [(one["role"], one["content"]) for one in request.body["messages"] if one["role"] != "system"]
    return [(one["role"], one["parts"][0]["text"]) for one in request.body["contents"]]


def test_an_unreadable_answer_is_asked_for_again_with_the_reason(model, service):
    service.answers(Answer('{"score": 9}', usage=(50, 9, 4)), Answer(GOOD, usage=(70, 8, 3)))
    found = by_form.ask(model, QUESTION, Verdict)
    assert (found.value.score, found.tries, found.text, found.reason) == (3, 2, GOOD, "")
    assert found.usage == Usage(prompt_tokens=120, completion_tokens=17, reasoning_tokens=7)
    (question, answer, again) = messages_of(service.requests[1])
    assert [question] == messages_of(service.requests[0])
    assert answer[1] == '{"score": 9}'
    assert again[0] == "user"
    assert "score is wrong (input should be less than or equal to 4)" in again[1]
    assert "score, kind, default, quotes" in again[1]


def test_only_the_last_unreadable_answer_is_shown_again_and_no_more_than_its_beginning(model, service):
    service.answers(Answer("x" * 90_000), Answer("Second."), Answer(GOOD))
    assert by_form.ask(model, QUESTION, Verdict).tries == 3
    assert len(messages_of(service.requests[1])[1][1]) == by_form.REPEATED
    assert [text for _, text in messages_of(service.requests[2])][1] == "Second."
    assert len(messages_of(service.requests[2])) == 3


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_tries_are_bounded_and_what_stays_unreadable_is_no_value(model, service, tries):
    service.answers(Problem.server_error(503), Answer("I cannot say."))
    found = by_form.ask(model, QUESTION, Verdict, tries=tries)
    assert (found.value, found.text, found.tries) == (None, "I cannot say.", tries)
    assert found.reason == "there is no JSON object in it"
    assert found.attempts == tries + 1
    assert len(service.requests) == tries + 1
    assert found.seconds > 0


def test_an_answer_cut_off_by_max_tokens_is_to_be_shorter(model, service):
    service.answers(Answer('{"score": 3, "quotes": [', finish="length"))
    assert by_form.ask(model, QUESTION, Verdict, tries=2).reason == by_form.CUT
    assert "be shorter" in messages_of(service.requests[1])[-1][1]


def test_options_that_were_ignored_are_told(model, service):
    service.refused = {"temperature"}
    service.answers(Answer(GOOD))
    assert by_form.ask(model, QUESTION, Verdict).ignored == ("temperature",)


def test_a_fault_of_the_service_is_no_unreadable_answer(model, service):
    service.answers(Answer("?"), Problem.wrong_key())
    with pytest.raises(ModelError) as caught:
        by_form.ask(model, QUESTION, Verdict)
    assert (caught.value.fault, len(service.requests)) == ("key", 2)


def test_the_messages_that_were_given_stay_as_they_are(model, service):
    service.answers(Answer("?"), Answer(GOOD))
    given = [Message("user", "How was it?")]
    by_form.ask(model, given, Verdict)
    assert given == [Message("user", "How was it?")]
