import time
from types import SimpleNamespace

import pytest
from waiting import until

from patientsim_core import EndReason, InputError, PatientSimError, Persona, Reply, Turn
from patientsim_core import consultation as consult
from patientsim_core.consultation import Cast, Listening, Voice
from patientsim_core.models import Options, Settings

PLAIN = Persona()
AZURE = Cast("azure:gpt-4o-mini", 7, Options(temperature=None, max_tokens=90), "You are ill: $record")


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


def test_a_question_is_saved_with_whoever_is_to_answer_it(dialogue):
    for action in (consult.ask, consult.edit):
        asked = action(dialogue, "Hm?", AZURE)
        assert consult.last_cast(asked) == AZURE
        assert consult.last_cast(action(asked, "Hm?")) == AZURE
    assert consult.last_cast(dialogue) == Cast()


def test_recast_changes_who_answers_and_nothing_else(dialogue):
    changed = consult.recast(dialogue, AZURE)
    assert consult.last_cast(changed) == AZURE
    assert consult.recast(changed, Cast()) == dialogue


def test_the_first_answer_settles_the_persona(dialogue, case):
    anxious = Persona(personality="overanxious")
    begun = consult.ask(dialogue.model_copy(update={"turns": []}), "Hello?")
    answered = consult.answer(begun, Turn(role="patient", text="Oh!", persona=anxious))
    assert answered.persona == anxious == consult.last_persona(answered)
    assert consult.last_persona(begun) == dialogue.persona


def test_changes_stand_at_the_question_that_the_new_persona_answered(dialogue):
    assert consult.changes(dialogue) == {4: "Distrustful · B · high recall"}
    assert consult.changes(consult.take_back(dialogue)) == {}


def test_changes_name_the_model_where_another_one_took_over(dialogue):
    distrust = dialogue.turns[-1].persona
    dialogue = answered(
        dialogue, Turn(role="patient", text="Yes.", persona=distrust, reply=reply_of("azure:m"))
    )
    dialogue = answered(dialogue, Turn(role="patient", text="No.", persona=PLAIN, reply=reply_of("offline")))
    assert consult.changes(dialogue) == {
        4: "Distrustful · B · high recall",
        6: "azure:m",
        8: "built-in patient · Plain · B · high recall",
    }


def test_a_stopped_answer_counts_for_the_model_that_gave_it(dialogue):
    stopped = Turn(role="patient", text="I w", persona=PLAIN, model="azure:m", stopped=True)
    assert consult.changes(answered(consult.take_back(dialogue), stopped)) == {4: "azure:m"}
    unknown = stopped.model_copy(update={"model": None})
    assert consult.changes(answered(consult.take_back(dialogue), unknown)) == {}


def test_a_change_to_come_stands_before_the_question_that_waits_or_the_next_one(dialogue):
    dialogue = consult.take_back(dialogue)
    coming = Voice(PLAIN, "azure:m")
    assert consult.changes(dialogue, coming) == {4: "azure:m"}
    waiting = consult.ask(dialogue, "Hm?")
    assert consult.changes(waiting, coming) == {4: "azure:m"}
    turn = Turn(role="patient", text="Hm.", persona=PLAIN, reply=reply_of("azure:m"))
    assert consult.changes(consult.answer(waiting, turn), coming) == {4: "azure:m"}


def test_nothing_has_changed_before_the_first_answer_nor_for_a_model_not_chosen_yet(dialogue):
    other = Voice(Persona(personality="distrust"), "azure:m")
    empty = dialogue.model_copy(update={"turns": []})
    assert consult.changes(empty, other) == consult.changes(consult.ask(empty, "Hm?"), other) == {}
    assert consult.changes(consult.take_back(dialogue), Voice(PLAIN, "")) == {}


def answered(dialogue, turn):
    return consult.answer(consult.ask(dialogue, "Hm?"), turn)


def reply_of(model):
    return Reply(text="Yes.", model=model)


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
    assert [next(texts), next(texts)] == ["", ""]


def test_a_stopped_reply_keeps_the_sentences_that_were_shown_and_no_more(listening, saved):
    heard = listening("One. ", "Two. ", "Three.", pause=0.05)
    for text in heard:
        if "Two" in text:
            break  # as when showing this text was interrupted: it was not shown
    heard.stop()
    time.sleep(0.3)
    (turn,) = saved
    assert (turn.text, turn.stopped, turn.reply, turn.model) == ("One.", True, None, "offline")


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
    assert until(lambda: saved)
    assert saved[0].text == "One. Two."


def test_a_stopped_patient_is_asked_for_no_further_sentence(listening, saved):
    heard = listening(*(f"{number}. " for number in range(100)), pause=0.01)
    assert until(lambda: heard._pieces.qsize() > 2)
    heard.stop()
    time.sleep(0.05)
    count = heard._pieces.qsize()
    time.sleep(0.1)
    assert heard._pieces.qsize() == count < 100


def test_stopping_ends_what_the_patient_was_about_to_say(monkeypatch, dialogue, saved):
    ended = []

    def stream(history):
        try:
            for number in range(100):
                time.sleep(0.01)
                yield f"{number}. "
        finally:
            ended.append(number)

    monkeypatch.setattr(consult, "make_patient", lambda *arguments: SimpleNamespace(stream=stream))
    heard = Listening(consult.ask(dialogue, "Hm?"), PLAIN, lambda *arguments: None)
    next(text for text in heard if text)
    heard.stop()
    assert until(lambda: ended)
    assert ended[0] < 99


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


@pytest.mark.parametrize(
    ("model", "words"),
    [("nothing", "is not known"), ("azure:m", "Set AZURE_ENDPOINT"), ("openai:m", "credentialed data")],
)
def test_a_patient_that_cannot_be_made_is_said_and_the_question_waits(
    monkeypatch, dialogue, saved, model, words, tmp_path
):
    for name in ("AZURE_ENDPOINT", "AZURE_OPENAI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    case = dialogue.case.model_copy(update={"provenance": "credentialed"})
    asked = consult.ask(dialogue.model_copy(update={"case": case}), "Hm?", Cast(model))
    settings = Settings({}, tmp_path / "none.toml")
    heard = Listening(asked, PLAIN, lambda *arguments: saved.append(arguments), settings)
    with pytest.raises(InputError, match=words):
        list(heard)
    assert saved == []
