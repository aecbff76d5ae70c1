"""Reasoning that a model writes into its answer."""

import pytest
from kinds import CHAT, QUESTION, ask, load
from service import Answer

from patientsim_core.errors import ModelError
from patientsim_core.models.reasoning import ReasoningShown, thinks_first, without_reasoning

SECRET = "it is a heart attack"


def pairs(text: str) -> list[tuple[str, ...]]:
    """A text cut at every place, in every two places, and into single characters."""
    cuts = [(text[:i], text[i:]) for i in range(len(text) + 1)]
    cuts += [(text[:i], text[i : i + 3], text[i + 3 :]) for i in range(len(text))]
    return [*cuts, tuple(text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It hurts.", "It hurts."),
        ("<think>S</think>It hurts.", "It hurts."),
        ("<THINK>S</Think>\n\nIt hurts.", "\n\nIt hurts."),
        ("<thinking>S</thinking>A<reasoning>S</reasoning>B<thought>S</thought>C", "ABC"),
        ("It <think>S</think>hurts<think>S</think>.", "It hurts."),
        ("It hurts. <think>S", "It hurts. "),
        ("<think>S", ""),
        ("<think>S</thin", ""),
        ("<think></think>It hurts.", "It hurts."),
        ("<think>a < b <thin S</think>a < b <thin", "a < b <thin"),
        ("I have <3 drinks and 5 > 4.", "I have <3 drinks and 5 > 4."),
        ("I <thinly> sliced it", "I <thinly> sliced it"),
    ],
)
def test_reasoning_vanishes_wherever_the_pieces_are_cut(text, said):
    text = text.replace("S", SECRET)
    assert {"".join(without_reasoning(pieces)) for pieces in pairs(text)} == {said}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("S</think>It hurts.", "It hurts."),
        ("<think>S</think>It hurts.", "It hurts."),
        ("S</think>It <think>S</think>hurts.", "It hurts."),
        ("It hurts.", "It hurts."),
        ("<think>S", ""),
        ("<think>\nS and so", ""),
    ],
)
def test_a_model_that_thinks_first_needs_no_opening_tag(text, said):
    text = text.replace("S", SECRET)
    assert {"".join(without_reasoning(pieces, hidden=True)) for pieces in pairs(text)} == {said}


def test_a_closing_tag_without_an_opening_one_tells_that_all_was_reasoning():
    assert "".join(without_reasoning([f"{SECRET}</think>It hurts."])) == "It hurts."
    for text in pairs(f"{SECRET}</think>It hurts."):
        given = []
        try:
            given += without_reasoning(text)
        except ReasoningShown:
            continue
        assert "".join(given) == "It hurts."


@pytest.mark.parametrize(
    ("name", "thinks"),
    [
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", True),
        ("deepseek-r1:8b", True),
        ("QwQ-32B", True),
        ("Qwen3-4B-Thinking-2507", True),
        ("gpt-4o-mini", False),
        ("gemini-2.5-flash", False),
        ("llama3.1", False),
    ],
)
def test_models_that_are_known_to_think_first(name, thinks):
    assert thinks_first(name) is thinks


@pytest.mark.parametrize("kind", CHAT)
def test_no_reasoning_in_the_text_of_an_answer(kind, model, service, streamed):
    service.answers(Answer(pieces=("<th", "ink>it is", " a heart", "</", "think> My", " arm.")))
    assert ask(model, streamed).text == "My arm."


def test_a_model_named_r1_is_heard_from_its_closing_tag_on(service, streamed):
    service.answers(Answer(pieces=("Heart", " attack?", "</think>", "My", " arm.")))
    model = load("vllm", service.url, "deepseek-r1")
    assert ask(model, streamed).text == "My arm."
    if streamed:
        assert list(model.stream(QUESTION)) == ["My", " arm."]


@pytest.mark.parametrize("opening", ["", "<think>"])
def test_reasoning_that_max_tokens_cut_off_is_no_answer(service, streamed, opening):
    service.answers(Answer(f"{opening}Heart attack? I must", finish="length"))
    with pytest.raises(ModelError) as caught:
        ask(load("vllm", service.url, "deepseek-r1"), streamed)
    assert caught.value.fault == "length"
    assert len(service.requests) == 1


def test_reasoning_that_turns_out_as_such_is_an_error_once_and_known_afterwards(service):
    service.answers(Answer(pieces=("Heart", " attack?", "</think>", "My", " arm.")))
    model = load("vllm", service.url, "my-model")
    with pytest.raises(ModelError, match=r"ask again") as caught:
        list(model.stream(QUESTION))
    assert caught.value.fault == "reasoning"
    assert len(service.requests) == 1
    assert list(model.stream(QUESTION)) == ["My", " arm."]
