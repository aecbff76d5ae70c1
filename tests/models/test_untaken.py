"""Options that a model does not take."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from kinds import CHAT, GOOGLE, ask, load, sent
from service import Answer, Problem

from patientsim_core.errors import ModelError
from patientsim_core.models import Options

OPTIONS = Options(temperature=0.3, max_tokens=77, reasoning_effort="low")
UNTAKEN = [
    # the option for people, by chat completions, by Gemini
    ("temperature", "temperature", "temperature"),
    ("seed", "seed", "seed"),
    ("reasoning effort", "reasoning_effort", "thinkingConfig"),
]


@pytest.mark.parametrize(("option", "chat", "google"), UNTAKEN, ids=[row[0] for row in UNTAKEN])
def test_a_request_goes_without_what_the_model_does_not_take(
    model, kind, service, streamed, option, chat, google
):
    name = chat if kind in CHAT else google
    service.refused = {name}
    answer = ask(model, streamed, OPTIONS, seed=9)
    assert (answer.text, answer.ignored) == ("It hurts here.", (option,))
    assert [name in sent(request) for request in service.requests] == [True, False]
    others = {"temperature", "seed"} - {name}
    assert others <= set(sent(service.requests[-1]))


@pytest.mark.parametrize(("option", "chat", "google"), UNTAKEN, ids=[row[0] for row in UNTAKEN])
def test_it_is_not_sent_a_second_time(model, kind, service, streamed, option, chat, google):
    name = chat if kind in CHAT else google
    service.refused = {name}
    ask(model, streamed, OPTIONS, seed=9)
    answer = ask(load(kind, service.url), not streamed, OPTIONS, seed=9)
    assert answer.ignored == (option,)
    assert len(service.requests) == 3
    assert name not in sent(service.requests[-1])


def test_several_are_left_out_one_after_the_other(model, kind, service, streamed):
    service.refused = {chat if kind in CHAT else google for _, chat, google in UNTAKEN}
    assert ask(model, streamed, OPTIONS, seed=9).ignored == ("reasoning effort", "seed", "temperature")
    assert len(service.requests) == 4


@pytest.mark.parametrize("kind", CHAT)
def test_max_tokens_goes_by_its_other_name(kind, model, service, streamed):
    first, then = ("max_tokens", "max_completion_tokens")[:: 1 if kind == "vllm" else -1]
    service.refused = {first}
    for _ in range(2):
        assert ask(model, streamed, OPTIONS).ignored == ()
    assert [first in sent(request) for request in service.requests] == [True, False, False]
    assert sent(service.requests[-1])[then] == 77


@pytest.mark.parametrize("kind", CHAT)
def test_max_tokens_is_left_out_where_no_name_is_known(kind, model, service, streamed):
    service.refused = {"max_tokens", "max_completion_tokens"}
    assert ask(model, streamed, OPTIONS).ignored == ("max tokens",)
    assert len(service.requests) == 3


@pytest.mark.parametrize("kind", CHAT)
def test_many_at_once_find_the_other_name_of_max_tokens(kind, model, service):
    """What one request learns while others are on their way spoils nothing for those."""
    service.refused = {"max_tokens" if kind == "vllm" else "max_completion_tokens"}
    service.answers(Answer(delay=0.01))
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ask(model, False, OPTIONS), range(16)))
    assert {answer.ignored for answer in answers} == {()}


@pytest.mark.parametrize("kind", CHAT)
def test_a_server_that_knows_no_usage_of_streams(kind, model, service):
    service.refused = {"stream_options"}
    answer = ask(model, True)
    assert (answer.text, answer.ignored, answer.usage.estimated) == ("It hurts here.", (), True)


@pytest.mark.parametrize(
    "said",
    [
        "Thinking is not supported by this model.",
        "Thinking level is not supported for this model.",
        "Thinking_budget is not supported for this model.",
    ],
)
@pytest.mark.parametrize("kind", GOOGLE)
def test_gemini_models_that_do_not_think(kind, model, service, streamed, said):
    service.answers(Problem("bad_request", message=said), Answer())
    assert ask(model, streamed, OPTIONS).ignored == ("reasoning effort",)
    assert len(service.requests) == 2


@pytest.mark.parametrize(
    "said",
    ["Invalid value for 'temperature': must be below 1.", "Seed must be an integer.", "Budget 0: no."],
)
def test_a_value_out_of_range_is_the_users_to_mend(model, service, streamed, said):
    service.answers(Problem("bad_request", message=said, param="temperature"))
    with pytest.raises(ModelError) as caught:
        ask(model, streamed, OPTIONS, seed=9)
    assert (caught.value.fault, len(service.requests)) == ("request", 1)


@pytest.mark.parametrize("name", ["top_p", "thinking", "reasoning_effort"])
def test_what_was_not_sent_cannot_be_left_out(model, service, streamed, name):
    service.answers(Problem.unsupported(name))
    with pytest.raises(ModelError) as caught:
        ask(model, streamed, Options(), seed=9)
    assert (caught.value.fault, len(service.requests)) == ("request", 1)
    assert model.ignored == frozenset()


@pytest.mark.parametrize("kind", GOOGLE)
def test_gemini_knows_one_name_of_max_tokens(kind, model, service, streamed):
    service.refused = {"maxOutputTokens"}
    assert ask(model, streamed, OPTIONS).ignored == ("max tokens",)
    assert len(service.requests) == 2
