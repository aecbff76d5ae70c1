"""Several patients answer at the same time, from a model service on this machine and offline."""

import threading
import traceback
from threading import Barrier, Event

import pytest
from kinds import settings
from service import KEY, Answer, Problem
from waiting import until

from patientsim_core import Dialogue, InputError, Persona, Reply, StorageError, Turn
from patientsim_core import hearing as hearing_module
from patientsim_core.comparison import leave_out
from patientsim_core.hearing import Hearing
from patientsim_core.patient import make_patient

LONG = "It hurts here. I feel sick. It began today. I was at home. I sat down. It is bad."


class Kept:
    """What was saved, by place; `wrong` says what saving one of them raises."""

    def __init__(self, **wrong: Exception):
        self.saved: dict[int, list[Dialogue]] = {}
        self.wrong = wrong

    def __call__(self, place: int, patient: Dialogue) -> None:
        if error := self.wrong.get(f"place{place}"):
            raise error
        self.saved.setdefault(place, []).append(patient)

    def texts(self, place: int) -> list[str]:
        return [turn.text for turn in self.saved[place][-1].turns]


@pytest.fixture
def patients(case):
    def make(*models: str, **about) -> list[Dialogue]:
        return [Dialogue(case=case, persona=Persona(), model=model, **about) for model in models]

    return make


@pytest.fixture
def hear(service):
    """Has patients answer, with a key of the service on this machine for each."""

    def begin(patients, questions, save, key=KEY, only_for=range(6)) -> Hearing:
        given = [
            settings("vllm", service.url, key if place in only_for else "") for place in range(len(patients))
        ]
        return Hearing(patients, questions, save, given)

    return begin


def heard(hearing: Hearing) -> Hearing:
    """To its end, as a page listens."""
    assert until(lambda: hearing.is_over)
    for _ in hearing:
        pass
    return hearing


def test_four_patients_are_asked_at_the_same_time(service, hear, patients):
    together = Barrier(4)
    answer = service.next

    def next_answer():
        together.wait(30)  # nobody is answered before all four ask
        return answer()

    service.next = next_answer
    kept = Kept()
    hearing = heard(hear(patients(*["vllm:m"] * 4), ["Where?"], kept))
    assert hearing.errors == {}
    assert [kept.texts(place) for place in range(4)] == [["Where?", Answer().text]] * 4
    assert len(service.requests) == 4


def test_each_patient_is_played_by_its_own_model(service, hear, patients):
    kept = Kept()
    heard(hear(patients("vllm:a", "vllm:b"), ["Where?"], kept))
    assert sorted(request.body["model"] for request in service.requests) == ["a", "b"]
    for place, model in enumerate(("vllm:a", "vllm:b")):
        turn = kept.saved[place][-1].turns[-1]
        assert (turn.model, turn.reply.model, turn.persona, turn.stopped) == (model, model, Persona(), False)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("vllm:gone", "gone"),
        ("openai:m", "OPENAI_API_KEY"),
        ("vllm", "vllm"),
        ("nobody:m", "nobody"),
    ],
)
def test_a_patient_that_fails_does_not_stop_the_others_and_says_why(service, hear, patients, bad, words):
    service.models, kept = ["m"], Kept()
    hearing = heard(hear(patients("vllm:m", bad, "offline"), ["Where?", "Since when?"], kept))
    assert list(hearing.errors) == [1]
    assert words in hearing.errors[1]
    assert set(kept.saved) == {0, 2}
    assert [len(kept.texts(place)) for place in (0, 2)] == [4, 4]


def test_keys_are_each_patients_own(service, hear, patients):
    kept = Kept()
    hearing = heard(hear(patients("vllm:m", "vllm:m"), ["Where?"], kept, only_for=[0]))
    assert list(hearing.errors) == [1]
    assert set(kept.saved) == {0}


def test_an_error_tells_neither_key_nor_record(hear, patients, case):
    hearing = heard(hear(patients("vllm:m"), ["Do you have gout?"], Kept(), key="sk-wrong-8c1f5e"))
    assert "refuses the key" in hearing.errors[0]
    for secret in ("sk-wrong", "8c1f5e", "gout", case.diagnosis, "crushing"):
        assert secret not in hearing.errors[0]


def test_what_was_answered_before_a_failure_is_kept(service, hear, patients):
    service.answers(Answer("First."), Problem.quota_exhausted())
    kept = Kept()
    hearing = heard(hear(patients("vllm:m"), ["Where?", "Since when?", "How bad?"], kept))
    assert "quota or credit" in hearing.errors[0]
    assert kept.texts(0) == ["Where?", "First."]
    assert len(service.requests) == 2


def test_a_patient_that_is_behind_catches_up_with_its_questions_in_order(service, hear, patients):
    service.answers(*(Answer(f"Answer {number}.") for number in range(4)))
    said = [Turn(role="doctor", text="Where?"), Turn(role="patient", text="Here.")]
    behind, even = patients("vllm:m", "vllm:m", turns=said)
    even = even.model_copy(update={"turns": said * 3})
    kept = Kept()
    hearing = heard(hear([even, behind], ["Where?", "Since when?", "How bad?"], kept))
    assert set(kept.saved) == {1}
    assert kept.texts(1) == ["Where?", "Here.", "Since when?", "Answer 0.", "How bad?", "Answer 1."]
    assert len(kept.saved[1]) == 2
    assert hearing.patients == [even, kept.saved[1][-1]]
    sent = str(service.requests[-1].body["messages"])
    assert sent.index("Here.") < sent.index("Since when?") < sent.index("Answer 0.") < sent.index("How bad?")


def test_a_question_that_was_left_out_is_not_asked(hear, patients):
    (patient,) = patients("offline")
    kept = Kept()
    heard(hear([leave_out(patient, ["Where?", "Since when?"])], ["Where?", "Since when?", "Smoke?"], kept))
    assert [turn.role for turn in kept.saved[0][-1].turns] == ["doctor", "doctor", "doctor", "patient"]


def test_nobody_is_asked_where_all_have_answered(service, hear, patients):
    assert list(hear(patients("vllm:m"), [], Kept())) == [None]  # the page hears once how things are
    assert service.requests == []


def test_an_answer_can_be_read_while_it_is_made(service, hear, patients):
    service.answers(Answer(LONG, pause=0.02))
    seen = []
    hearing = hear(patients("vllm:m"), ["Where?"], Kept())
    for _ in hearing:
        seen.append(hearing.texts[0])
    assert any(text and LONG.startswith(text) and text != LONG for text in seen)
    assert (seen[-1], hearing.texts) == ("", [""])


def test_a_listener_hears_again_and_again_although_nothing_is_new(service, hear, patients, monkeypatch):
    monkeypatch.setattr(hearing_module, "PAUSE", 0.001)
    go = Event()
    answer = service.next
    service.next = lambda: go.wait(30) and answer()
    hearing = hear(patients("vllm:m"), ["Where?"], Kept())
    listening = iter(hearing)
    for _ in range(20):
        next(listening)
    assert not hearing.is_over
    go.set()
    heard(hearing)


def test_a_stop_keeps_what_was_heard_at_once_and_nothing_is_asked_further(service, hear, patients):
    service.answers(Answer(LONG, pause=0.2))
    kept = Kept()
    hearing = hear(patients("vllm:m", "vllm:m"), ["Where?", "Since when?", "How bad?"], kept)
    assert until(lambda: all(hearing.texts))
    hearing.stop()
    for place in (0, 1):
        (saved,) = kept.saved[place]
        question, turn = saved.turns
        assert (question.text, turn.stopped, turn.reply, turn.model) == ("Where?", True, None, "vllm:m")
        assert LONG.startswith(turn.text)
        assert turn.text != LONG
    assert until(lambda: hearing.is_over)
    assert [len(kept.saved[place]) for place in (0, 1)] == [1, 1]
    assert len(service.requests) == 2
    assert hearing.errors == {}


def test_a_stop_while_nothing_was_said_keeps_nothing_and_a_late_answer_is_not_heard(service, hear, patients):
    go = Event()
    answer = service.next
    service.next = lambda: go.wait(30) and answer()
    kept = Kept()
    hearing = hear(patients("vllm:m", "vllm:m"), ["Where?"], kept)
    assert until(lambda: len(service.requests) == 2)
    hearing.stop()
    go.set()
    assert until(lambda: hearing.is_over)
    assert kept.saved == {}
    assert len(service.requests) == 2


def test_an_answer_that_comes_whole_after_a_stop_is_not_kept(patients, monkeypatch):
    begun, go = Event(), Event()

    class AtOnce:
        """Says nothing before its answer is whole."""

        def stream(self, history):
            begun.set()
            go.wait(30)
            yield from ()
            return Reply(text="Late.")

    monkeypatch.setattr(hearing_module, "make_patient", lambda *about: AtOnce())
    kept = Kept()
    hearing = Hearing(patients("offline"), ["Where?"], kept)
    assert begun.wait(30)
    hearing.stop()
    go.set()
    assert until(lambda: hearing.is_over)
    assert kept.saved == {}


def test_what_fails_in_saving_is_said_and_the_others_go_on(hear, patients):
    kept = Kept(place0=StorageError("The database is full."), place1=InputError("It has gone on."))
    hearing = heard(hear(patients("offline", "vllm:m", "vllm:m"), ["Where?"], kept))
    assert hearing.errors == {0: "The database is full.", 1: "It has gone on."}
    assert set(kept.saved) == {2}


def test_what_fails_in_saving_a_stopped_answer_is_said(service, hear, patients):
    service.answers(Answer(LONG, pause=0.2))
    kept = Kept(place0=StorageError("The database is full."))
    hearing = hear(patients("vllm:m", "vllm:m"), ["Where?"], kept)
    assert until(lambda: all(hearing.texts))
    hearing.stop()
    assert hearing.errors == {0: "The database is full."}
    assert set(kept.saved) == {1}
    assert until(lambda: hearing.is_over)


@pytest.fixture
def logged(monkeypatch) -> list[str]:
    """What threads that end with an error write to the log."""
    found = []

    def note(about) -> None:
        found.append("".join(traceback.format_exception(about.exc_value)))

    monkeypatch.setattr(threading, "excepthook", note)
    return found


def test_a_fault_of_ours_is_named_without_what_it_says_and_ends_the_waiting(patients, logged):
    kept = Kept(place0=KeyError("gout"))
    hearing = heard(Hearing(patients("offline", "offline"), ["Where?"], kept))
    assert hearing.errors == {0: "This patient cannot go on (KeyError)."}
    assert set(kept.saved) == {1}
    assert until(lambda: logged)


def test_the_log_of_a_fault_of_ours_has_nothing_of_the_reply(patients, logged):
    heard(Hearing(patients("offline"), ["What illnesses do you have?"], Kept(place0=KeyError("x"))))
    assert until(lambda: logged)
    assert "KeyError" in logged[0]
    assert "gout" not in logged[0]


def test_offline_patients_answer_as_their_personas(case):
    kept = Kept()
    pair = [Dialogue(case=case, persona=Persona(cefr=cefr)) for cefr in "AC"]
    hearing = heard(Hearing(pair, ["What brings you in today?", "Do you smoke?"], kept))
    assert hearing.errors == {}
    assert kept.texts(0) != kept.texts(1)
    for place, cefr in enumerate("AC"):
        spoken = [turn for turn in kept.saved[place][-1].turns if turn.role == "patient"]
        assert [turn.persona.cefr for turn in spoken] == [cefr, cefr]


def test_a_replayed_patient_goes_on_as_who_spoke_last(dialogue, monkeypatch):
    played = []

    def make(case, persona, *about):
        played.append(persona)
        return make_patient(case, persona, *about)

    monkeypatch.setattr(hearing_module, "make_patient", make)
    kept = Kept()
    heard(Hearing([dialogue], ["1", "2", "3", "Do you drink?"], kept))
    assert played == [dialogue.turns[-1].persona] == [kept.saved[0][-1].turns[-1].persona]
    assert played[0].personality == "distrust"
