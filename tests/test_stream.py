"""A text that grows, as sentences."""

import pytest

from patientsim_core.stream import is_finished, sentence_stream

TEXTS = [
    "It hurts. I feel sick, too.",
    "Dr. Lee gave me 2.5 mg at 3 p.m. yesterday. It helped a bit.",
    "Well… I don't know… maybe. Ask my wife.",
    "*sighs. looks away* It hurts. (He pauses. Then he nods.) Yes.",
    "What? No! Never.",
    "No full stop at the end",
    "First line\nsecond line",
    "“It hurts.” That is what I said.",
]


def by(size: int, text: str) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.parametrize("text", TEXTS)
def test_sentences_are_the_same_wherever_the_text_is_cut(text):
    whole = list(sentence_stream([text]))
    for size in range(1, len(text)):
        assert list(sentence_stream(by(size, text))) == whole


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_is_lost_or_said_twice(text):
    assert "".join(" ".join(sentence_stream(by(3, text))).split()) == "".join(text.split())


def test_titles_numbers_and_asides_end_no_sentence():
    assert list(sentence_stream([TEXTS[1]])) == [
        "Dr. Lee gave me 2.5 mg at 3 p.m. yesterday.",
        "It helped a bit.",
    ]
    assert next(sentence_stream([TEXTS[3]])) == "*sighs. looks away* It hurts."


def test_a_sentence_comes_as_soon_as_the_next_has_begun():
    def pieces():
        yield "It hurts."
        yield " I"
        raise AssertionError("more was waited for")

    assert next(sentence_stream(pieces())) == "It hurts."


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_is_no_sentence(text):
    assert list(sentence_stream([text])) == []


def test_an_aside_that_never_closes_is_not_waited_for_for_ever():
    text = "*he begins an aside " + "and goes on. " * 40
    assert len(list(sentence_stream([text]))) > 2


@pytest.mark.parametrize(
    ("sentence", "finished"),
    [("It hurts.", True), ("It hurts…", True), ("“It hurts!”", True), ("It hurts when", False), ("", False)],
)
def test_a_sentence_without_its_full_stop_is_not_finished(sentence, finished):
    assert is_finished(sentence) is finished
