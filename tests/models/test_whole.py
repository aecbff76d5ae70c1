"""Answers asked for in one piece that are heard like streamed ones."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from kinds import QUESTION
from service import Answer, Problem

from patientsim_core.errors import ModelError
from patientsim_core.usage import Usage

BROKEN = {
    "cut": Answer("Something else.", cut_after=2),
    "malformed": Answer("Something else.", cut_after=2, malformed=True),
}


def test_it_is_asked_for_in_one_piece_and_heard_like_any_other(model, service):
    service.answers(Answer("My left arm.", usage=(50, 9, 0)))
    answer = model.stream(QUESTION, whole=True)
    assert [request.streamed for request in service.requests] == [False]
    assert "".join(answer) == "My left arm."
    assert answer.completion.text == "My left arm."
    assert answer.completion.usage == Usage(prompt_tokens=50, completion_tokens=9)


def test_by_default_it_comes_in_pieces(model, service):
    assert len(list(model.stream(QUESTION))) > 1
    assert service.requests[0].streamed


@pytest.mark.parametrize("finish", ["stop", "length", ""])
def test_it_says_whether_it_was_cut_short(model, service, finish):
    service.answers(Answer(finish=finish))
    answer = model.stream(QUESTION, whole=True)
    list(answer)
    assert answer.cut_short is (finish != "stop")
    assert answer.completion.finish == finish


@pytest.mark.parametrize("how", BROKEN)
def test_one_that_breaks_off_was_not_heard_and_is_asked_for_again(model, service, how):
    service.answers(BROKEN[how], Answer())
    answer = model.stream(QUESTION, whole=True)
    assert "".join(answer) == "It hurts here."
    assert (answer.completion.attempts, len(service.requests)) == (2, 2)


@pytest.mark.parametrize("how", BROKEN)
def test_a_streamed_one_that_breaks_off_was_heard(model, service, how):
    service.answers(BROKEN[how], Answer())
    with pytest.raises(ModelError):
        list(model.stream(QUESTION))
    assert len(service.requests) == 1


@pytest.mark.parametrize("text", ["<think>Which arm?</think>My arm.", "Which arm?</think>My arm."])
def test_reasoning_within_it_is_never_heard(model, service, text):
    service.answers(Answer(text))
    assert "".join(model.stream(QUESTION, whole=True)) == "My arm."


def test_a_fault_that_lasts_is_told_before_anything_is_heard(model, service):
    service.answers(Problem.wrong_key())
    with pytest.raises(ModelError) as caught:
        model.stream(QUESTION, whole=True)
    assert (caught.value.fault, len(service.requests)) == ("key", 1)


def test_one_that_is_closed_unheard_costs_what_was_asked(model, service):
    service.answers(Answer(usage=(50, 9, 0)))
    answer = model.stream(QUESTION, whole=True)
    answer.close()
    answer.close()
    assert (answer.completion.text, answer.completion.usage.prompt_tokens) == ("", 50)


def test_many_at_once_keep_a_connection_each(model, service):
    """More than the SDKs keep open by themselves, which is 20 for Gemini's."""
    threads, together = 40, Barrier(40)
    service.answers(Answer(delay=0.05))

    def three(_: int) -> None:
        for _ in range(3):
            together.wait(20)
            model.complete(QUESTION)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(three, range(threads)))
    assert len(service.requests) == 3 * threads
    assert service.connections <= threads
