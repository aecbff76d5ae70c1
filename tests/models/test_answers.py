"""What comes back."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from kinds import CHAT, GOOGLE, QUESTION, ask
from problems import Problem
from service import Answer
from waiting import until

from patientsim_core.usage import Usage, estimate


def test_text_usage_finish_and_times(model, service, streamed):
    service.answers(Answer("My left arm. Ça brûle 🙂", usage=(50, 9, 0)))
    answer = ask(model, streamed)
    assert answer.text == "My left arm. Ça brûle 🙂"
    assert answer.usage == Usage(prompt_tokens=50, completion_tokens=9)
    assert (answer.finish, answer.attempts, answer.ignored) == ("stop", 1, ())
    assert 0 < answer.first_seconds <= answer.seconds


def test_pieces_come_as_they_are_sent(model, service):
    service.answers(Answer(pieces=("It ", "hu", "rts ", "here.")))
    assert list(model.stream(QUESTION)) == ["It ", "hu", "rts ", "here."]


def test_the_first_piece_is_there_before_the_second_is_sent(model, service):
    service.answers(Answer(pause=60))
    answer = model.stream(QUESTION)
    pieces = iter(answer)
    assert next(pieces) == "It"
    assert len(service.requests[0].sent) == 1
    answer.close()


def test_blanks_before_and_after_the_text_are_dropped(model, service, streamed):
    service.answers(Answer(pieces=("\n", "  ", " It hurts", ". ", "\n")))
    assert ask(model, streamed).text == "It hurts."
    assert "".join(model.stream(QUESTION)).startswith("It")


def test_completion_tokens_include_the_reasoning(model, service, streamed):
    service.answers(Answer(reasoning="Which arm?", usage=(50, 9, 4)))
    assert ask(model, streamed).usage == Usage(prompt_tokens=50, completion_tokens=9, reasoning_tokens=4)


def test_reasoning_apart_from_the_answer_is_never_text(model, service, streamed):
    service.answers(Answer("My arm.", reasoning="The user wants to know which arm."))
    assert ask(model, streamed).text == "My arm."


def test_usage_that_is_missing_is_estimated(model, service, streamed):
    service.answers(Answer("My left arm.", usage=None))
    sent = sum(estimate(message.text) for message in QUESTION)
    assert ask(model, streamed).usage == Usage(
        prompt_tokens=sent, completion_tokens=estimate("My left arm."), estimated=True
    )


@pytest.mark.parametrize("kind", CHAT)
@pytest.mark.parametrize(
    "usage", ["{}", '{"prompt_tokens": null}', '{"prompt_tokens": 5, "total_tokens": 5}']
)
def test_usage_with_gaps_is_no_fault(kind, model, service, usage):
    choice = '{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Here."}}'
    service.answers(Problem.raw(200, f'{{"id": "1", "choices": [{choice}], "usage": {usage}}}'))
    assert ask(model, False).text == "Here."


@pytest.mark.parametrize("finish", ["stop", "length", ""])
def test_why_an_answer_ends(model, service, streamed, finish):
    service.answers(Answer(finish=finish))
    answer = ask(model, streamed)
    assert (answer.text, answer.finish) == ("It hurts here.", finish)


@pytest.mark.parametrize("finish", ["stop", "length", ""])
def test_only_an_answer_that_says_stop_is_sure_to_be_whole(model, service, finish):
    service.answers(Answer(finish=finish))
    answer = model.stream(QUESTION)
    list(answer)
    assert answer.cut_short is (finish != "stop")


@pytest.mark.parametrize("kind", CHAT)
def test_a_filter_that_strikes_midway_is_told(kind, model, service):
    service.answers(Answer(finish="content_filter"))
    assert ask(model, True).finish == "filter"


@pytest.mark.filterwarnings("ignore:A_REASON_OF_TOMORROW")
@pytest.mark.parametrize("kind", GOOGLE)
@pytest.mark.parametrize("reason", ["RECITATION", "OTHER", "A_REASON_OF_TOMORROW"])
def test_any_other_reason_of_gemini_counts_as_filtered(kind, model, service, reason):
    content = '{"role": "model", "parts": [{"text": "Here."}]}'
    body = f'{{"candidates": [{{"content": {content}, "finishReason": "{reason}"}}]}}'
    service.answers(Problem.raw(200, body))
    assert ask(model, False).finish == "filter"


def test_a_slow_first_byte_within_the_limits_is_waited_for(model, service, streamed):
    service.answers(Answer(delay=0.05))
    answer = ask(model, streamed)
    assert answer.text == "It hurts here."
    assert answer.first_seconds >= 0.05


@pytest.mark.parametrize("how", ["close", "stop iterating"])
def test_leaving_a_stream_early_ends_its_request(model, service, how):
    service.answers(Answer(pause=60))
    answer = model.stream(QUESTION)
    pieces = iter(answer)
    next(pieces)
    answer.close() if how == "close" else pieces.close()
    assert until(lambda: service.requests[0].hung_up)
    completion = answer.completion
    assert completion.text == "It"
    assert completion.finish == ""
    assert completion.first_seconds <= completion.seconds


@pytest.mark.parametrize("kind", CHAT)
def test_tokens_of_a_stream_that_is_left_early_are_estimated(kind, model, service):
    service.answers(Answer(pause=60))
    answer = model.stream(QUESTION)
    next(iter(answer))
    answer.close()
    assert answer.completion.usage.estimated
    assert answer.completion.usage.completion_tokens == 1


def test_one_model_answers_many_at_once(model, service, streamed):
    service.answers(Answer(pause=0.001))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(model, streamed).text, range(16)))
    assert answers == ["It hurts here."] * 16
    assert len(service.requests) == 16
