import time
from types import SimpleNamespace

import pytest

from patientsim_core import EndReason, InputError, PatientSimError, Persona, Reply, Turn
from patientsim_core import consultation as consult
from patientsim_core.consultation import Listening

PLAIN = Persona()


@pytest.fixture
def saved():
    return []


@pytest.fixture
def listening(monkeypatch, dialogue, saved):
    """A patient who says the pieces, `pause` seconds before each, and may fail at the end."""

    def begin(*pieces, error=None, pause=0.0, persona=PLAIN, change=None):
        def stream(history):
            for piece in pieces:
                time.sleep(pause)
                yield piece
            if error:
                raise error
            return Reply(text="".join(pieces))

        patient = SimpleNamespace(stream=stream)
        monkeypatch.setattr(consult, "make_patient", lambda *arguments: patient)
        keep = change or (lambda dialogue, action, turn: saved.append(action(dialogue, turn).turns[-1]))
        return Listening(consult.ask(dialogue, "Hm?"), persona, keep)

    return begin


def until(condition) -> None:
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def test_a_question_is_cleaned_and_added_and_the_original_is_left_alone(dialogue):
    asked = consult.ask(dialogue, "  Any\x00 pain\u202e? \n")
    assert asked.turns[-1] == Turn(role="doctor", text="Any pain?")
    assert consult.is_waiting(asked)
    assert len(dialogue.turns) == 6


@pytest.mark.parametrize("empty", ["", "  \n\t", "\x00\x07\u200b"])
def test_an_empty_question_is_refused(dialogue, empty):
    with pytest.raises(InputError, match="type a question"):
        consult.ask(dialogue, empty)


def test_an_overlong_question_is_refused_with_both_lengths(dialogue):
    with pytest.raises(InputError, match=r"20,000 characters; at most 2,000"):
        consult.ask(dialogue, "a" * 20_000)
    consult.ask(dialogue, "a" * 2_000)


def test_take_back_removes_the_last_question_with_its_answer(dialogue):
    assert consult.take_back(dialogue).turns == dialogue.turns[:4]
    waiting = consult.ask(dialogue, "And?")
    assert consult.take_back(waiting).turns == dialogue.turns


def test_take_back_of_nothing_changes_nothing(dialogue):
    empty = dialogue.model_copy(update={"turns": []})
    assert consult.take_back(empty) == empty


def test_edit_asks_the_last_question_in_other_words(dialogue):
    edited = consult.edit(dialogue, "Any cigarettes?")
    assert [turn.text for turn in edited.turns[4:]] == ["Any cigarettes?"]
    with pytest.raises(InputError):
        consult.edit(dialogue, " ")


def test_the_first_answer_settles_the_persona(dialogue, case):
    anxious = Persona(personality="overanxious")
    begun = consult.ask(dialogue.model_copy(update={"turns": []}), "Hello?")
    answered = consult.answer(begun, Turn(role="patient", text="Oh!", persona=anxious))
    assert answered.persona == anxious == consult.last_persona(answered)
    assert consult.last_persona(begun) == dialogue.persona


def test_changes_stand_at_the_question_that_the_new_persona_answered(dialogue):
    assert consult.changes(dialogue) == {4: Persona(personality="distrust")}
    assert consult.changes(consult.take_back(dialogue)) == {}


def test_end_keeps_the_rank_and_drops_blanks_and_repeats(dialogue):
    ended = consult.end(dialogue, ["ACS", " ", "Pulmonary\x00 embolism", "acs", ""])
    assert [text.lower() for text in ended.differential] == ["acs", "pulmonary embolism"]
    assert ended.end_reason is EndReason.concluded


def test_end_takes_no_more_than_five_and_no_essays(dialogue):
    with pytest.raises(InputError, match="At most 5"):
        consult.end(dialogue, list("abcdef"))
    with pytest.raises(InputError, match="200"):
        consult.end(dialogue, ["a" * 201])
    with pytest.raises(InputError, match="at least one"):
        consult.end(dialogue, ["", " "])


@pytest.mark.parametrize(
    "action", [(consult.ask, "Hm?"), (consult.edit, "Hm?"), (consult.take_back,), (consult.end, [])]
)
def test_an_ended_consultation_cannot_be_changed(dialogue, action):
    ended = consult.end(dialogue, ["ACS"])
    with pytest.raises(InputError, match="has ended"):
        action[0](ended, *action[1:])


def test_namesakes_among_the_cases_are_told_apart(case):
    older = case.model_copy(update={"age": 60, "hadm_id": "t2"})
    twin = case.model_copy(update={"hadm_id": "t3"})
    titles = consult.by_title([older, case, twin])
    first = "Man, 52 · Chest pain"
    assert list(titles) == [first, f"{first} (2)", "Man, 60 · Chest pain"]
    assert titles[f"{first} (2)"].hadm_id == "t3"


def test_listening_gives_the_text_so_far_and_saves_the_whole_turn(listening, saved):
    assert list(listening("One. ", "Two.", persona=Persona(cefr="A"))) == ["", "One. ", "One. Two."]
    (turn,) = saved
    assert (turn.text, turn.stopped, turn.reply.text) == ("One. Two.", False, "One. Two.")
    assert turn.persona.cefr == "A"


def test_listening_comes_back_while_a_slow_patient_thinks(listening, monkeypatch):
    monkeypatch.setattr(Listening, "PAUSE", 0.02)
    texts = iter(listening("At last.", pause=0.5))
    began = time.monotonic()
    assert [next(texts), next(texts)] == ["", ""]
    assert time.monotonic() - began < 0.4


def test_a_stopped_reply_keeps_the_sentences_that_were_shown_and_no_more(listening, saved):
    heard = listening("One. ", "Two. ", "Three.", pause=0.05)
    for text in heard:
        if "Two" in text:
            break  # as when showing this text was interrupted: it was not shown
    heard.stop()
    time.sleep(0.3)
    (turn,) = saved
    assert (turn.text, turn.stopped, turn.reply) == ("One.", True, None)


def test_stopped_before_the_first_sentence_nothing_is_saved(listening, saved):
    heard = listening("One.", pause=0.1)
    next(iter(heard))
    heard.stop()
    time.sleep(0.3)
    assert saved == []


def test_stopping_after_the_end_changes_nothing(listening, saved):
    heard = listening("One.")
    list(heard)
    heard.stop()
    assert [turn.stopped for turn in saved] == [False]


def test_listening_goes_on_where_it_was_left(listening):
    heard = listening("One. ", "Two. ", "Three.", pause=0.05)
    for text in heard:
        if "Two" in text:
            break
    assert [text for text in heard if text] == ["One. Two. ", "One. Two. Three."]
    assert list(heard) == []


def test_an_answer_is_saved_although_nobody_listens(listening, saved):
    listening("One. ", "Two.", pause=0.05)
    until(lambda: saved)
    assert saved[0].text == "One. Two."


def test_a_stopped_patient_is_asked_for_no_further_sentence(listening, saved):
    heard = listening(*(f"{number}. " for number in range(100)), pause=0.01)
    until(lambda: heard._pieces.qsize() > 2)
    heard.stop()
    time.sleep(0.05)
    count = heard._pieces.qsize()
    time.sleep(0.1)
    assert heard._pieces.qsize() == count < 100


def test_a_failure_is_raised_and_nothing_of_the_reply_is_saved(listening, saved):
    heard = listening("One. ", "Two. ", error=PatientSimError("the model is away"))
    with pytest.raises(PatientSimError, match="away"):
        list(heard)
    assert saved == []
    assert list(heard) == []


def test_an_answer_that_cannot_be_saved_is_said(listening):
    def full(*arguments):
        raise PatientSimError("the disk is full")

    with pytest.raises(PatientSimError, match="full"):
        list(listening("One.", change=full))
    heard = listening("One. ", "Two.", pause=0.1, change=full)
    next(text for text in heard if text)
    heard._shown = "One."
    with pytest.raises(PatientSimError, match="full"):
        heard.stop()


def test_an_unknown_model_is_refused_before_anything_is_heard(dialogue):
    asked = consult.ask(dialogue, "Hm?").model_copy(update={"model": "nothing"})
    with pytest.raises(InputError, match="not known"):
        Listening(asked, PLAIN, lambda *arguments: None)
