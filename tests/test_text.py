"""Sentences, words, and what cleaning drops."""

import pytest

from patientsim_core.text import clean, sentences, words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("   ", 0),
        ("It hurts", 1),
        ("It hurts. Here.", 2),
        ("Dr. Lee gave me 2.5 mg at 3 p.m. yesterday.", 1),
        ("I saw Dr. Smith. He was kind.", 2),
        ("There it is. I bet you know.", 2),
        ("Really? No! Yes.", 3),
        ("It was 101.5 degrees.", 1),
        ("My coat… I had it here.", 1),
        ("Mrs. Jones vs. Mr. Jones was long.", 1),
    ],
)
def test_sentences_are_split_as_a_reader_would(text, count):
    assert len(sentences(text)) == count
    assert " ".join(sentences(text)).split() == text.split()


def test_a_number_with_its_unit_is_a_word():
    assert words("I take 2.5-mg pills, don't I?") == ["I", "take", "2.5-mg", "pills", "don't", "I"]


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("one\r\ntwo\ttabs", "one\ntwo tabs"),
        ("\u202eright to left\u202c", "right to left"),
        ("zero\u200bwidth", "zerowidth"),
        ("cafe\u0301", "caf\u00e9"),
        ("<b>bold</b> stays text", "<b>bold</b> stays text"),
        ("\ud800", ""),
    ],
)
def test_cleaning_drops_what_cannot_be_seen_and_keeps_the_rest(raw, kept):
    assert clean(raw) == kept
