"""The one retry loop: what is asked again, how often, when, and for how long."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise, product

import pytest
from kinds import CHAT, GOOGLE, KINDS, QUESTION, QUICK, ask, label, load
from service import Answer, Problem, Service
from waiting import until

from patientsim_core.errors import ModelError
from patientsim_core.models import Limits
from patientsim_core.models.retry_after import seconds_to_wait

PASSING = [
    Problem.rate_limited(),
    Problem.server_error(500),
    Problem.server_error(503),
    Problem.web_page(502),
    Problem.server_error(503).midway(0),
    Answer(no_choice=True),
    Answer(""),
    Answer(malformed=True),
    Answer(cut_after=0),
]


def gaps(service: Service) -> list[float]:
    """The seconds between the requests."""
    return [later.seconds - earlier.seconds for earlier, later in pairwise(service.requests)]


def heard(model) -> tuple[str, ModelError]:
    """What came of a stream before it failed."""
    answer = model.stream(QUESTION)
    with pytest.raises(ModelError) as caught:
        list(answer)
    assert answer.completion.first_seconds <= answer.completion.seconds
    return answer.completion.text, caught.value


@pytest.mark.parametrize("fault", PASSING, ids=label)
def test_a_passing_fault_is_asked_again(model, service, streamed, fault):
    service.answers(fault, fault, Answer())
    answer = ask(model, streamed)
    assert (answer.text, answer.attempts, len(service.requests)) == ("It hurts here.", 3, 3)


@pytest.mark.parametrize("attempts", [1, 5])
def test_attempts_are_bounded(kind, service, attempts):
    service.answers(Problem.server_error(503))
    with pytest.raises(ModelError) as caught:
        ask(load(kind, service.url, limits=replace(QUICK, attempts=attempts)), True)
    assert len(service.requests) == caught.value.attempts == attempts
    assert ("It was tried" in str(caught.value)) is (attempts > 1)


def test_by_default_a_model_is_asked_five_times_in_two_minutes():
    assert (Limits().attempts, Limits().seconds) == (5, 120.0)


def test_the_time_for_all_attempts_is_bounded(service):
    service.answers(Problem.server_error(503))
    model = load("vllm", service.url, limits=Limits(attempts=1000, seconds=0.25, pause=0.025, longest=0.025))
    with pytest.raises(ModelError, match="It was tried"):
        ask(model, True)
    assert 1 < len(service.requests) <= 11


def test_pauses_grow(service):
    service.answers(Problem.server_error(503))
    model = load("vllm", service.url, limits=Limits(attempts=5, seconds=20, pause=0.01, longest=10))
    with pytest.raises(ModelError):
        ask(model, True)
    for wait, at_least in zip(gaps(service), (0.01, 0.02, 0.04, 0.08), strict=True):
        assert wait >= at_least


@pytest.mark.parametrize("header", ["", "retry-after", "retry-after-ms"])
def test_a_wait_that_the_service_asks_for_is_kept(model, service, header):
    value = {"retry-after": "0.05", "retry-after-ms": "50"}.get(header)
    asked = Problem("rate_limited", headers={header: value}) if header else Problem.rate_limited(after=0.05)
    service.answers(asked, Answer())
    assert ask(model, True).attempts == 2
    assert gaps(service)[0] >= 0.05


def test_a_wait_asked_for_with_an_unavailable_service_is_kept_too(service):
    service.answers(Problem("503", after=0.1), Answer())
    ask(load("azure", service.url), False)
    assert gaps(service)[0] >= 0.1


def test_a_wait_longer_than_the_time_left_fails_at_once_and_says_so(model, service, streamed):
    service.answers(Problem.rate_limited(after=600))
    with pytest.raises(ModelError, match=r"The service asks to wait 600 s\.") as caught:
        ask(model, streamed)
    assert len(service.requests) == 1
    assert caught.value.after == 600


@pytest.mark.parametrize("kind", CHAT)
def test_a_date_to_wait_for(kind, model, service):
    past, future = (format_datetime(datetime.now(UTC) + timedelta(minutes=m), usegmt=True) for m in (-1, 9))
    service.answers(Problem("503", headers={"retry-after": past}), Answer())
    assert ask(model, False).attempts == 2
    service.answers(Problem("503", headers={"retry-after": future}), Answer())
    with pytest.raises(ModelError, match=r"asks to wait 5\d\d s"):
        ask(model, False)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "7"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "nan"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00"}, 0),
        ({"retry-after": "Wed, 99 Oct 99999 07:28:00 GMT"}, None),
    ],
)
def test_headers_say_how_long_to_wait(headers, seconds):
    assert seconds_to_wait(headers) == seconds


@pytest.mark.parametrize(
    ("break_off", "fault"),
    [
        (Answer(cut_after=2), "cut"),
        (Answer(cut_after=2, malformed=True), "malformed"),
        (Problem.server_error(503).midway(2), "unavailable"),
        (Problem.rate_limited().midway(2), "rate"),
        (Problem.quota_exhausted().midway(2), "quota"),
    ],
    ids=label,
)
def test_what_was_heard_before_a_failure_stays_and_nothing_is_asked_again(model, service, break_off, fault):
    service.answers(break_off, Answer("Something else."))
    text, error = heard(model)
    assert (text, error.fault, len(service.requests)) == ("It hurts", fault, 1)


def test_time_runs_out(service):
    """Whatever a service does instead of answering: all kinds at once, as each takes its second."""
    behaviours = {
        "slow": (Answer(delay=60), ""),
        "busy": (Answer(busy=0.05), ""),
        "reasoning without end": (Answer(reasoning="hm " * 500, pause=0.05), ""),
        "slow in the middle": (Answer(pause=60), "It"),
        "slow to the end": (Answer("It goes " + "on and " * 500, pause=0.05), "It goes"),
    }
    services = {name: Service() for name in behaviours}
    for name, one in services.items():
        one.__enter__()
        one.answers(behaviours[name][0])
    limits = Limits(attempts=3, seconds=1, pause=0.01)

    def run_out(name: str, kind: str, streamed: bool):
        model = load(kind, services[name].url, limits=limits)
        expected = behaviours[name][1]
        if streamed and expected:
            text, error = heard(model)
            assert text.startswith(expected), (name, kind)
        else:
            with pytest.raises(ModelError) as caught:
                ask(model, streamed)
            error = caught.value
        assert error.fault == "timeout", (name, kind, streamed, str(error))
        assert "within 1 s" in str(error)
        assert error.attempts == 1, (name, kind, streamed)
        return error

    runs = [
        (name, kind, streamed)
        for name, kind, streamed in product(behaviours, KINDS, (True, False))
        if streamed or name in ("slow", "busy")
    ]
    with ThreadPoolExecutor(len(runs)) as pool:
        errors = list(pool.map(lambda run: run_out(*run), runs))
    for name, one in services.items():  # while the errors are still there, as a debugger would keep them
        assert until(lambda one=one: all(request.hung_up for request in one.requests)), (name, errors)
        one.stop()


@pytest.mark.parametrize("kind", GOOGLE)
@pytest.mark.parametrize("delay", ["0.05s", "0.050000001s"])
def test_googles_retry_info_is_kept(kind, model, service, delay):
    info = f'{{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "{delay}"}}'
    body = f'{{"error": {{"code": 429, "message": "slow down", "details": [{info}]}}}}'
    service.answers(Problem.raw(429, body), Answer())
    assert ask(model, True).attempts == 2
    assert gaps(service)[0] >= 0.05
