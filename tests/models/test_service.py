"""The model service on this machine, asked by the providers' own SDKs."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import openai
import pytest
from google.genai import errors
from sdks import GOOGLE, OPENAI, Client
from service import KEY, Answer, Problem, Service
from waiting import until

PATHS = {
    "openai": "/v1/chat/completions",
    "azure": "/openai/deployments/m/chat/completions",
    "gemini": "/v1beta/models/m:",
    "express": "/v1beta1/publishers/google/models/m:",
    "project": "/v1beta1/projects/p/locations/global/publishers/google/models/m:",
}
PROBLEMS = {
    problem.kind: (problem, statuses)
    for problem, *statuses in (
        (Problem.wrong_key(), 401, 400, 400),
        (Problem.rate_limited(), 429, 429, 429),
        (Problem.quota_exhausted(), 429, 429, 403),
        (Problem.server_error(), 500, 500, 500),
        (Problem.server_error(503), 503, 503, 503),
        (Problem.context_overflow(), 400, 400, 400),
        (Problem.unknown_model(), 404, 404, 404),
        (Problem.region(), 403, 400, 400),
        (Problem.unsupported("seed"), 400, 400, 400),
        (Problem.bad_request(), 400, 400, 400),
        (Problem.redirect("http://localhost:1"), 307, 307, 307),
        (Problem.web_page(502), 502, 502, 502),
    )
}
"""Problem -> its status by OpenAI and Azure, by AI Studio, and by Vertex AI."""

WHOLE_OR_STREAMED = pytest.mark.parametrize("streamed", [False, True])


@pytest.fixture
def running() -> Iterator[Service]:
    with Service() as service:
        yield service


@pytest.fixture(params=[*OPENAI, *GOOGLE])
def client(request, running) -> Client:
    return Client(request.param, running.url)


def status_of(client: Client, streamed: bool) -> int:
    """The status of the error that asking raises."""
    with pytest.raises((openai.APIStatusError, errors.APIError)) as caught:
        client.ask(streamed)
    return getattr(caught.value, "status_code", None) or caught.value.code


@WHOLE_OR_STREAMED
def test_every_sdk_gets_text_thoughts_usage_and_reason(client, running, streamed):
    running.answers(Answer("My left arm.", reasoning="Which arm?", usage=(50, 9, 4), finish="length"))
    heard = client.ask(streamed)
    assert heard.pieces == (["My", " left", " arm."] if streamed else ["My left arm."])
    assert (heard.thoughts, heard.usage) == ("Which arm?", (50, 9, 4))
    assert heard.finish == ("length" if client.name in OPENAI else "MAX_TOKENS")
    (request,) = running.requests
    assert request.path.startswith(PATHS[client.name])
    assert request.streamed is streamed
    assert len(request.sent) == (5 if streamed else 1)
    assert KEY in " ".join(request.headers.values())


def test_usage_of_a_stream_comes_last_and_only_where_asked(running):
    chunks = list(Client("openai", running.url).chunks(True))
    assert [bool(chunk.usage) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert not chunks[-1].choices
    chunks = list(Client("openai", running.url).chunks(True, stream_options={"include_usage": False}))
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


def test_azure_begins_with_a_chunk_without_choices(running):
    first = next(iter(Client("azure", running.url).chunks(True)))
    assert not first.choices
    assert first.prompt_filter_results


@WHOLE_OR_STREAMED
def test_a_problem_has_the_providers_status(client, running, streamed):
    column = {"openai": 0, "azure": 0, "gemini": 1}.get(client.name, 2)
    met = {}
    for kind, (problem, _) in PROBLEMS.items():
        running.answers(problem)
        met[kind] = status_of(client, streamed)
    assert met == {kind: statuses[column] for kind, (_, statuses) in PROBLEMS.items()}
    assert len(running.requests) == len(PROBLEMS)


def test_requests_that_are_wrong_in_themselves_leave_the_answers_alone(running):
    running.models, running.refused = ["other"], {"seed"}
    for name in (*OPENAI, *GOOGLE):
        assert status_of(Client(name, running.url), False) == 404
        assert status_of(Client(name, f"{running.url}/nothing"), False) == 404
    for name in (*OPENAI, "gemini", "express"):
        assert status_of(Client(name, running.url, "another-key"), False) in (400, 401)
    running.models = None
    running.answers(Answer("first"), Answer("then"))
    for name in ("openai", "gemini"):
        with pytest.raises((openai.BadRequestError, errors.ClientError), match="seed"):
            Client(name, running.url).ask(False, seed=1)
    assert Client("openai", running.url).ask(False).pieces == ["first"]
    assert [Client("openai", running.url).ask(False).pieces for _ in range(2)] == [["then"]] * 2


def test_a_rate_limit_says_how_long_to_wait(client, running):
    running.answers(Problem.rate_limited(after=7))
    with pytest.raises((openai.RateLimitError, errors.ClientError)) as caught:
        client.ask(False)
    if client.name in OPENAI:
        assert caught.value.response.headers["retry-after"] == "7"
    else:
        assert "'retryDelay': '7s'" in str(caught.value.details)


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_stream_can_be_cut_broken_or_fail_after_any_piece(client, running, after):
    lost = (openai.APIConnectionError, httpx2.RemoteProtocolError)
    for answer, error in [
        (Answer(cut_after=after), lost),
        (Answer(cut_after=after, malformed=True), ValueError),
        (Problem.server_error(503).midway(after), (openai.APIError, errors.ServerError)),
    ]:
        running.answers(answer)
        with pytest.raises(error):
            client.ask(True)
        assert client.heard.pieces == ["It", " hurts", " here."][:after]
        assert not client.heard.finish


@WHOLE_OR_STREAMED
def test_a_blocked_prompt_and_a_missing_choice(client, running, streamed):
    running.answers(Answer(no_choice=True), Answer(blocked=True))
    assert client.ask(streamed).pieces == []
    if client.name in OPENAI:
        with pytest.raises(openai.BadRequestError) as caught:
            client.ask(streamed)
        assert caught.value.code == "content_filter"
    else:
        (chunk,) = client.chunks(streamed)
        assert chunk.prompt_feedback.block_reason
        assert not chunk.candidates


def test_it_notices_that_a_client_hangs_up_and_keeps_quiet(client, running, capfd):
    running.answers(Answer(pause=60))
    chunks = client.chunks(True)
    while not running.requests or not running.requests[0].sent:
        next(chunks)
    chunks.close()
    assert until(lambda: running.requests[0].hung_up)
    assert capfd.readouterr().err == ""


def test_stopping_ends_an_answer_under_way_and_frees_the_port(running):
    running.answers(Answer(delay=60))
    client = Client("openai", running.url)
    with ThreadPoolExecutor() as pool:
        asking = pool.submit(client.ask, True)
        while not running.requests:
            time.sleep(0.01)
        running.stop()
        with pytest.raises(openai.APIConnectionError):
            asking.result()
    with pytest.raises(openai.APIConnectionError):
        client.ask(False)
    with Service(running.port):
        assert client.ask(False).pieces == ["It hurts here."]


def test_it_answers_many_at_once_and_misses_no_request(running):
    client = Client("openai", running.url)
    with ThreadPoolExecutor(16) as pool:
        texts = list(pool.map(lambda n: client.ask(n % 2 == 0, user=str(n)) and n, range(64)))
    assert texts == list(range(64))
    assert sorted(int(request.body["user"]) for request in running.requests) == list(range(64))


def test_as_a_command_it_says_where_it_serves():
    command = [sys.executable, Path(__file__).with_name("service.py"), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip()
            assert Client("gemini", url).ask(True).pieces == ["It", " hurts", " here."]
        finally:
            process.kill()
