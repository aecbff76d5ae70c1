"""What a history implies, computed anew each time."""

import pytest

from patientsim_core import Dazed, Persona, Turn
from patientsim_core.facts import facts_of
from patientsim_core.offline.understand import Ask
from patientsim_core.state import dazed_phase, key, read_state
from tests.cases import HEART

FACTS = facts_of(HEART)


def state(*texts: str, persona: Persona | None = None, start: Dazed = Dazed.normal):
    """The state after doctor, patient, doctor … have spoken."""
    roles = ("doctor", "patient")
    turns = [
        Turn(role=roles[i % 2], text=text, persona=persona if i % 2 else None) for i, text in enumerate(texts)
    ]
    return read_state(HEART, turns, FACTS, start)


@pytest.mark.parametrize(
    ("start", "reassurances", "phase"),
    [
        ("high", 0, "high"),
        ("high", 3, "high"),
        ("high", 4, "moderate"),
        ("high", 7, "moderate"),
        ("high", 8, "normal"),
        ("high", 99, "normal"),
        ("moderate", 3, "moderate"),
        ("moderate", 4, "normal"),
        ("normal", 0, "normal"),
    ],
)
def test_confusion_fades_a_phase_for_four_reassuring_turns(start, reassurances, phase):
    assert dazed_phase(Dazed(start), reassurances) == phase


def test_questions_answered_are_counted_and_those_not_understood_are_not():
    onset = Ask("onset")
    assert state("When did it start?", "Two hours ago.", "And?").times_asked(onset) == 1
    beginner = Persona(cefr="A")
    asked = state("Any dyspnea?", "What is dyspnea?", "Again?", persona=beginner)
    assert asked.times_asked(Ask("symptom", ("dyspnea",))) == 0


def test_what_a_bare_text_told_is_read_from_it():
    told = state("Any other symptoms?", "I have cold sweats.", "Anything else?").told
    assert ("present_illness_positive", "cold sweats") in told
    assert ("present_illness_positive", "nausea") not in told


def test_explanations_add_trust_and_reassurance_is_told_apart_from_them():
    read = state("I ask because smoking affects the heart.", "Fine.", "Don't worry, you are safe.")
    assert (read.trust, read.reassurances) == (1, 1)


def test_sentences_are_fresh_again_after_six_turns():
    early = ["Hello?", "I said this."]
    assert key("I said this.") in state(*early, "So?").recent
    assert key("I said this.") not in state(*early, *["Hm?", "Something else."] * 6, "So?").recent


def test_turns_without_an_answer_between_them_do_no_harm():
    turns = [Turn(role="doctor", text="Hello?"), Turn(role="doctor", text="When did it start?")]
    assert read_state(HEART, turns, FACTS, Dazed.normal).turn == 2
