"""Sentences, words, and what cleaning drops."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from patientsim_core.text import clean, sentences, split_sentences, words


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


def test_threads_do_not_mix_their_texts():
    texts = [
        f"Dr. {name} took 2.5 mg at {hour} p.m. It helped. ({name} said so.)"
        for name in "ABCDEFGH"
        for hour in range(1, 12)
    ]
    alone = [split_sentences(text) for text in texts]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(split_sentences, texts * 5)) == alone * 5
    finally:
        sys.setswitchinterval(before)
