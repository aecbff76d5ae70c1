"""Rules that hold for every case, persona and turn."""

import re

import pytest

from patientsim_core import ALL_PERSONAS, Cefr, Dazed
from patientsim_core.guard import WORDS, sentence_limit
from patientsim_core.interview import interview, read_questions
from patientsim_core.offline.lexicon import find_concepts
from patientsim_core.offline.spelling import normalise
from patientsim_core.state import FRESH_TURNS, key
from patientsim_core.text import sentences, words
from tests.cases import CASES, SAMPLES, names_of

QUESTIONS = read_questions(SAMPLES.parent / "interviews" / "history.txt")
REASSURING = read_questions(SAMPLES.parent / "interviews" / "reassuring.txt")
ONE_A_DIAGNOSIS = {case.diagnosis: case for case in CASES.values()}.values()


@pytest.fixture(scope="module")
def dialogues():
    """Every standard persona with one case of each diagnosis."""
    return [
        interview(case, persona, REASSURING if persona.dazed is Dazed.high else QUESTIONS)
        for persona in ALL_PERSONAS
        for case in ONE_A_DIAGNOSIS
    ]


def replies(dialogue):
    return [turn for turn in dialogue.turns if turn.role == "patient"]


def test_no_reply_is_empty_or_longer_than_its_limit(dialogues):
    for dialogue in dialogues:
        for turn in replies(dialogue):
            assert 1 <= len(sentences(turn.text)) <= sentence_limit(dialogue.persona), turn.text
            assert max(len(words(sentence)) for sentence in sentences(turn.text)) <= WORDS, turn.text


def test_the_guard_finds_nothing_to_mend(dialogues):
    assert [turn.text for dialogue in dialogues for turn in replies(dialogue) if turn.reply.guard] == []


def test_no_sentence_is_said_twice_within_six_turns(dialogues):
    for dialogue in dialogues:
        recent: list[set[str]] = []
        for turn in replies(dialogue):
            said = [key(sentence) for sentence in sentences(turn.text)]
            assert len(set(said)) == len(said), turn.text
            assert not set().union(*recent[-FRESH_TURNS:]) & set(said), turn.text
            recent.append(set(said))


def test_no_reply_names_the_diagnosis(dialogues):
    for dialogue in dialogues:
        case = dialogue.case
        history = normalise(f"{case.medical_history} ; {case.family_medical_history}")
        known = {mention.id for mention in find_concepts(history)}
        for turn in replies(dialogue):
            named = find_concepts(normalise(turn.text))
            assert not [m for m in named if m.words in names_of(case.diagnosis) and m.id not in known]


def test_beginners_speak_in_short_fragments(dialogues):
    lengths = [
        len(words(sentence))
        for dialogue in dialogues
        if dialogue.persona.cefr is Cefr.A
        for turn in replies(dialogue)
        for sentence in sentences(turn.text)
    ]
    assert sum(lengths) / len(lengths) <= 6
    assert sum(length > 9 for length in lengths) / len(lengths) < 0.02


def test_text_has_no_unfilled_slots_or_doubled_blanks(dialogues):
    for dialogue in dialogues:
        for turn in replies(dialogue):
            assert not re.search(r"[{}]|  |Not recorded", turn.text), turn.text
