"""What is wrong, in words: each fault is told apart, and asked once where asking again is no use."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from kinds import ADDRESS_NAMES, CHAT, GOOGLE, KEY_NAMES, KINDS, QUESTION, ask, label, load
from service import Answer, Problem, Service

from patientsim_core.errors import ModelError
from patientsim_core.models import Limits, faults
from patientsim_core.models.faults import PASSING, SAY, Fault, fault_of_status

LASTING = [
    # what the service does, the fault, and what the user is told to look at
    (Problem.wrong_key(), "key", "{key}"),
    (Problem.quota_exhausted(), "quota", "quota or credit is used up"),
    (Problem.unknown_model(), "name", "{where} has no model of this name. Check the spelling"),
    (Problem.bad_request(), "request", "Check the name and the advanced settings"),
    (Problem.context_overflow(), "context", "no longer fits"),
    (Answer(blocked=True), "filter", "content filter"),
    (Answer("", finish="content_filter"), "filter", "content filter"),
    (Answer("", finish="length"), "length", "Raise max tokens"),
    (Problem.redirect("http://localhost:1"), "address", "{where}. Check {address}"),
    (Problem.web_page(404), "address", "{where}. Check {address}"),
    (Problem.raw(404, '{"detail": "Not Found"}'), "address", "{where}. Check {address}"),
    (Problem.raw(405, '{"detail": "Method Not Allowed"}'), "address", "{where}. Check {address}"),
    (Problem("bad_request", status=402), "quota", "add credit"),
    (Problem("bad_request", status=403), "permission", "may not use this model"),
]
PASSING_ANSWERS = [
    (Problem.rate_limited(), "rate", "asked too often"),
    (Problem.server_error(500), "unavailable", "status 500"),
    (Problem.server_error(503), "unavailable", "status 503"),
    (Problem.web_page(502), "unavailable", "status 502"),
    (Answer(no_choice=True), "empty", "answered nothing"),
    (Answer(""), "empty", "answered nothing"),
    (Answer(malformed=True), "malformed", "{where} cannot be read"),
    (Answer(cut_after=0), "cut", "broke off"),
]


def failure(model, streamed: bool) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask(model, streamed)
    return caught.value


def words(text: str, kind: str, service: Service) -> str:
    """What an error says, with the names of this kind of service filled in."""
    where = f"127.0.0.1:{service.port}"
    return text.format(key=KEY_NAMES[kind], address=ADDRESS_NAMES[kind], where=where)


@pytest.mark.parametrize(("answer", "fault", "said"), LASTING, ids=label)
def test_a_lasting_fault_is_named_and_asked_once(model, kind, service, streamed, answer, fault, said):
    service.answers(answer, Answer())
    error = failure(model, streamed)
    assert error.fault == fault
    assert str(error).startswith(f"{kind}:m: ")
    assert words(said, kind, service) in str(error)
    assert (len(service.requests), error.attempts, error.passing) == (1, 1, False)


@pytest.mark.parametrize(("answer", "fault", "said"), PASSING_ANSWERS, ids=label)
def test_a_passing_fault_that_stays_is_named_in_the_end(model, kind, service, streamed, answer, fault, said):
    service.answers(answer)
    error = failure(model, streamed)
    assert error.fault == fault
    assert words(said, kind, service) in str(error)
    assert "It was tried 3 times" in str(error)
    assert (len(service.requests), error.attempts, error.passing) == (3, 3, True)


def test_a_region_that_is_not_served(model, kind, service, streamed):
    """Azure knows no region but its firewall, which looks like any other missing permission."""
    service.answers(Problem.region())
    error = failure(model, streamed)
    assert error.fault == ("permission" if kind == "azure" else "region")
    assert len(service.requests) == 1


@pytest.mark.parametrize("kind", CHAT)
@pytest.mark.parametrize(
    ("answer", "fault"),
    [(Answer(refusal="I cannot help."), "refusal"), (Problem.flagged(), "filter")],
    ids=label,
)
def test_what_only_chat_completions_tell(kind, model, service, streamed, answer, fault):
    service.answers(answer)
    assert failure(model, streamed).fault == fault
    assert len(service.requests) == 1


@pytest.mark.parametrize("kind", GOOGLE)
def test_a_page_with_status_200_is_no_answer_of_gemini(kind, model, service, streamed):
    service.answers(Problem.web_page(200))
    assert failure(model, streamed).fault == "malformed"


@pytest.mark.parametrize("kind", CHAT)
def test_a_page_with_status_200_is_no_chat_completion(kind, model, service, streamed):
    service.answers(Problem.web_page(200))
    assert failure(model, streamed).fault == "malformed"


ODD = """
null
3
"x"
[]
{
{"error": null}
{"error": "x"}
{"error": {"code": "429", "message": "x"}}
{"error": {"code": null, "message": 7, "details": 7}}
{"error": {"code": 400, "message": "unknown", "details": "x", "param": ["seed"]}}
{"detail": [{}]}
[{"error": {"code": 500}}]
{"choices": 3}
{"choices": [3]}
{"choices": [{"message": 3}]}
{"choices": [{"message": {"content": 3}}]}
{"candidates": 3}
{"candidates": [3]}
{"candidates": [{"content": {"parts": 3}}]}
{"candidates": [{"content": {"parts": [3]}}]}
""".splitlines()


@pytest.mark.parametrize("status", [200, 400, 500])
def test_no_answer_is_so_odd_that_it_is_not_worded(kind, service, streamed, status):
    model = load(kind, service.url, limits=Limits(attempts=1, seconds=20))
    for body in ODD:
        service.answers(Problem.raw(status, body))
        assert str(failure(model, streamed)).startswith(f"{kind}:m: ")


def test_an_event_of_an_error_that_is_oddly_shaped(service, kind):
    model = load(kind, service.url, limits=Limits(attempts=1, seconds=20))
    for body in ODD:
        head = '{"choices": [{"index": 0, "delta": {"content": "It"}}]}'
        if kind in GOOGLE:
            head = '{"candidates": [{"content": {"role": "model", "parts": [{"text": "It"}]}}]}'
        service.answers(Problem.raw(200, f"data: {head}\n\ndata: {body}\n\n"))
        answer = model.stream(QUESTION)
        with suppress(ModelError):  # and nothing else
            list(answer)
        assert answer.completion.text == "It"


def test_nobody_at_the_address(kind, streamed):
    with Service() as service:
        model = load(kind, service.url)
    error = failure(model, streamed)
    assert (error.fault, error.attempts) == ("address", 1)
    assert f"no model service answers at 127.0.0.1:{service.port}. Check {ADDRESS_NAMES[kind]}" in str(error)


def test_an_address_that_nobody_picks_up_at():
    """A server whose queue is full does not even say no."""
    with socket.socket() as full, ThreadPoolExecutor() as pool:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        limits = Limits(attempts=3, seconds=1, pause=0.01)
        models = [load(kind, f"http://127.0.0.1:{port}", limits=limits) for kind in KINDS]
        errors = list(pool.map(lambda model: failure(model, True), models))
        for one in waiting:
            one.close()
    assert [error.fault for error in errors] == ["address"] * len(KINDS)


def test_another_scheme_than_the_servers(service):
    error = failure(load("vllm", service.url.replace("http", "https")), False)
    assert (error.fault, service.requests) == ("address", [])


def test_redirects_are_not_followed(kind, service, streamed):
    with Service() as other:
        service.answers(Problem.redirect(f"http://localhost:{other.port}"))
        assert failure(load(kind, service.url), streamed).fault == "address"
        assert (other.requests, other.connections) == ([], 0)


def test_errors_name_the_host_and_never_user_password_or_query(service):
    service.key = None
    for secret in ("user:p@ss@{}/v1", "user:pass@{}/v1?key=pass", "pass@{}"):
        address = "http://" + secret.format(f"127.0.0.1:{service.port}")
        service.answers(Problem.unknown_model(), Problem.web_page(404))
        for _ in range(2):
            error = failure(load("vllm", address), False)
            assert f"127.0.0.1:{service.port}" in str(error)
            assert "ss" not in str(error).replace("address", "").replace("base", "")


def test_every_fault_has_its_words():
    assert set(SAY) == set(Fault)
    for fault, text in SAY.items():
        assert text.endswith("."), fault
    assert PASSING.issubset(Fault)


def test_every_fault_is_passing_of_one_request_or_of_the_set_up():
    set_up = {"key", "sign_in", "permission", "region", "name", "address", "quota", "request"}
    assert set(Fault) == set_up | PASSING | faults.OF_ONE_REQUEST
    assert not set_up & (PASSING | faults.OF_ONE_REQUEST)


@pytest.mark.parametrize(
    ("status", "said", "fault"),
    [
        (400, "This model's maximum context length is 4096 tokens", "context"),
        (400, "the request exceeds the available context size", "context"),
        (500, "exceed_context_size_error", "context"),
        (413, "prompt is too long", "context"),
        (404, "The model `x` does not exist.", "name"),
        (404, 'model "x" not found, try pulling it first', "name"),
        (404, "404 page not found", "address"),
        (404, "File Not Found", "address"),
        (404, "<html>The requested URL /v1/models/x:generateContent was not found</html>", "address"),
        (429, "Quota exceeded for metric: requests PerDay", "quota"),
        (429, "Quota exceeded, limit 10 per minute", "rate"),
        (429, "You have insufficient_quota", "quota"),
        (429, "", "rate"),
        (403, "billing must be enabled", "quota"),
        (403, "API key expired", "key"),
        (400, "API_KEY_INVALID", "key"),
        (409, "conflict", "unavailable"),
        (418, "I am a teapot", "request"),
        (529, "overloaded", "unavailable"),
    ],
)
def test_status_and_words_tell_the_fault(status, said, fault):
    assert fault_of_status(status, said) == fault
