"""One dialogue: who speaks when, and how it ends."""

from itertools import count

import pytest

from patientsim_core import Disclosure, EndReason, How, ModelError, Persona, Reply, Turn
from patientsim_core.dialogue import Question
from patientsim_core.simulate import REFUSALS, simulate
from patientsim_core.stream import outcome
from tests.cases import HEART

FIVE = ["A", "B", "C", "D", "E"]


class Asks:
    """A doctor who asks, and concludes in the turn `last`."""

    def __init__(self, last: int | None = None):
        self.last, self.seen = last, []

    def question(self, arrival, history):
        self.seen.append((arrival, len(history)))
        number = 1 + sum(turn.role == "doctor" for turn in history)
        return Question(text=f"Question {number}?", differential=FIVE if number == self.last else [])


class Answers:
    """A patient who answers, refuses what `how` says, and fails at the turn `fails`."""

    def __init__(self, how: How = How.told, fails: int | None = None):
        self.how, self.fails, self.number = how, fails, count(1)

    def reply(self, history):
        if next(self.number) == self.fails:
            raise ModelError("m: is busy.", "unavailable", passing=True)
        return Reply(text="Well.", disclosures=[Disclosure(item="pain", fact="9", how=self.how)])


def played(doctor, patient, max_turns=30, turns=()):
    said, stream = list(turns), simulate(HEART.arrival, Persona(), doctor, patient, max_turns, turns)
    while True:
        try:
            said.append(next(stream))
        except StopIteration as end:
            return said, end.value


def test_they_take_turns_until_the_doctor_concludes():
    said, ending = played(Asks(last=4), Answers())
    assert [turn.role for turn in said] == ["doctor", "patient"] * 3 + ["doctor"]
    assert (ending.reason, ending.differential) == (EndReason.concluded, tuple(FIVE))
    assert said[1].persona == Persona()


def test_the_doctor_sees_age_gender_and_arrival_and_no_record():
    doctor = Asks(last=2)
    played(doctor, Answers())
    assert doctor.seen == [(HEART.arrival, 0), (HEART.arrival, 2)]
    assert set(HEART.arrival.model_dump()) == {"age", "gender", "transport", "provenance"}


def test_a_doctor_who_does_not_conclude_runs_out_of_turns():
    said, ending = played(Asks(), Answers(), max_turns=3)
    assert [turn.role for turn in said] == ["doctor", "patient"] * 3
    assert (ending.reason, ending.differential) == (EndReason.turn_limit, ())


def test_a_patient_who_only_refuses_ends_it():
    said, ending = played(Asks(), Answers(How.refused))
    assert ending.reason is EndReason.patient_refused
    assert len(said) == 2 * REFUSALS


def test_a_patient_who_tells_something_between_refusals_goes_on():
    patient = Answers(How.refused)
    answer = patient.reply

    def now_and_then(history):
        patient.how = How.told if len(history) % 8 == 1 else How.refused
        return answer(history)

    patient.reply = now_and_then
    assert played(Asks(last=20), patient)[1].reason is EndReason.concluded


def test_an_answer_that_refuses_one_thing_and_tells_another_is_no_refusal():
    class Torn(Answers):
        def reply(self, history):
            told = Disclosure(item="pain", fact="9", how=How.told)
            return Reply(
                text="Well.", disclosures=[told, Disclosure(item="alcohol", fact="x", how=How.refused)]
            )

    assert played(Asks(last=9), Torn())[1].reason is EndReason.concluded


def test_a_model_that_fails_leaves_what_was_said_and_says_why():
    said, ending = played(Asks(), Answers(fails=3))
    assert [turn.role for turn in said] == ["doctor", "patient"] * 2 + ["doctor"]
    assert (ending.reason, str(ending.error)) == (EndReason.model_failure, "m: is busy.")


def test_it_goes_on_after_what_was_said_before():
    before, _ = played(Asks(), Answers(fails=3))
    said, ending = played(Asks(last=5), Answers(), turns=before)
    assert said[: len(before)] == before
    assert [turn.text for turn in said if turn.role == "doctor"] == [f"Question {n}?" for n in range(1, 6)]
    assert ending.reason is EndReason.concluded


def test_one_that_had_concluded_asks_nobody_again():
    before, _ = played(Asks(last=2), Answers())
    doctor = Asks()
    assert played(doctor, Answers(fails=1), turns=before)[1].reason is EndReason.concluded
    assert not doctor.seen


def test_an_error_of_another_kind_is_not_swallowed():
    class Broken:
        def question(self, arrival, history):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outcome(simulate(HEART.arrival, Persona(), Broken(), Answers()))


def test_a_turn_of_a_person_never_concludes():
    turns = [Turn(role="doctor", text="[DDX] 1. A")]
    said, _ = played(Asks(last=2), Answers(), turns=turns)
    assert said[1].role == "patient"
