import pytest

from patientsim_core.debrief.account import account_of
from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.better import simpler
from patientsim_core.persona import Cefr
from tests.debrief.scripted import talk


def put(question: str, cefr: Cefr = Cefr.B, word: str = "") -> str:
    dialogue = talk("synthetic-13", "plain,B,high,normal", f"D: {question}\nP: Yes.")
    return simpler(account_of(dialogue).asked[0], cefr, word)


@pytest.mark.parametrize(
    ("question", "word", "better"),
    [
        ("Any fevers, chills or rigors?", "rigors", "Have you had shaking chills?"),
        ("Any fevers, chills or rigors?", "", "Have you had a fever?"),
        ("When did the emesis begin?", "emesis", "When did it start?"),
        ("Have you had any emesis?", "emesis", "Have you been vomiting?"),
        ("When did the vomiting begin?", "", "When did it start?"),
        ("What's the vomit look like?", "", "What is it like?"),
        ("Has anyone in your family had bowel cancer?", "", "Has anyone in your family had bowel cancer?"),
        ("Do you take any anticoagulants?", "", "Do you take anything that thins your blood?"),
        ("Do you use recreational drugs?", "recreational", "Do you use any drugs?"),
        ("Which medicines do you take?", "", "What medicine do you take at home?"),
    ],
)
def test_a_question_is_put_in_words_that_ask_for_the_same(question, word, better):
    assert put(question, word=word) == better


def test_the_narrower_thing_that_was_asked_for_is_kept():
    assert put("Is one side of your face numb?", Cefr.A, "numb") == "Do you have no feeling in your face?"


@pytest.mark.parametrize("turn", [Asked(), Asked(text="Zig zag?", unread=True)])
def test_what_asks_nothing_has_no_better_words(turn):
    assert simpler(turn, Cefr.B) == ""
    assert simpler(turn, Cefr.B, "zag") == ""
