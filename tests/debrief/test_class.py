import pytest

from patientsim_core import Dialogue, InputError, Persona
from patientsim_core.consultation import again_from, answer, ask, end
from patientsim_core.debrief import Status, compare, debrief
from patientsim_core.debrief.cohort import ABOUT, cohort, misses
from patientsim_core.debrief.layout import places
from tests.cases import CASES
from tests.debrief.scripted import named, scripted, talk

PLAIN = "plain,B,high,normal"


@pytest.fixture
def class_of_three():
    asked = "D: Are you allergic to anything?\nP: Penicillin, I get a rash."
    return [
        debrief(talk("synthetic-01", PLAIN, asked)),
        debrief(talk("synthetic-01", PLAIN, "D: Hi\nP: Hello.")),
        debrief(talk("synthetic-02", PLAIN, "D: Hi\nP: Hello.")),
    ]


def test_a_class_has_a_row_a_consultation_and_a_column_an_entry(class_of_three):
    table = cohort(class_of_three)
    assert list(table.columns) == [*ABOUT, *places()]
    assert table["case_id"].tolist() == ["synthetic-01", "synthetic-01", "synthetic-02"]
    assert sorted(table.loc[table["case_id"] == "synthetic-01", "allergies"]) == ["elicited", "missed"]


def test_ranks_are_whole_numbers_or_missing():
    table = cohort(debrief(one.dialogue) for one in scripted())
    assert len(table) == 30
    assert str(table["rank"].dtype) == "Int64"
    assert table["rank"].isna().any()


def test_misses_are_by_case_with_the_share_of_those_whose_record_has_it(class_of_three):
    found = misses(cohort(class_of_three)).set_index(["case_id", "key"])
    allergies = found.loc[("synthetic-01", "allergies")]
    assert (allergies["missed"], allergies["consultations"], allergies["share"]) == (1, 2, 0.5)
    assert found.loc[("synthetic-01", "tobacco"), "share"] == 1.0
    assert ("synthetic-01", "sexual_history") not in found.index
    assert ("synthetic-01", "diagnosis") not in found.index
    assert found.loc[("synthetic-01", "tobacco"), "label"] == "Tobacco"


def test_misses_begin_with_what_most_missed(class_of_three):
    shares = misses(cohort(class_of_three))
    own = shares.loc[shares["case_id"] == "synthetic-01", "share"].tolist()
    assert own == sorted(own, reverse=True)
    assert (misses(cohort(class_of_three), least=2)["missed"] >= 2).all()


def test_an_empty_class_has_the_columns_and_no_rows():
    assert list(cohort([]).columns) == [*ABOUT, *places()]
    assert len(misses(cohort([]))) == 0


# --- taken up again, and compared -----------------------------------------------------------------


def test_taken_up_again_it_has_the_turns_before_the_question_and_is_new_and_open():
    old = named("plain, a full history of the pain")
    new = again_from(old, 3)
    assert [turn.text for turn in new.turns] == [turn.text for turn in old.turns[:4]]
    assert new.id != old.id
    assert (new.end_reason, new.differential) == (None, [])
    assert (new.case, new.persona, new.model, new.seed) == (old.case, old.persona, old.model, old.seed)
    assert len(old.turns) == 18


def test_from_the_first_question_on_it_is_empty():
    assert again_from(named("plain, a full history of the pain"), 1).turns == []


@pytest.mark.parametrize("question", [0, -1, 10, 99])
def test_a_question_that_was_not_asked_cannot_be_taken_up(question):
    with pytest.raises(InputError, match=f"no question {question} .* has 9"):
        again_from(named("plain, a full history of the pain"), question)


def test_an_open_consultation_can_be_taken_up_too_and_stays_as_it_is():
    old = ask(Dialogue(case=CASES["synthetic-01"], persona=Persona()), "What brings you in?")
    new = ask(again_from(old, 1), "Where does it hurt?")
    assert old.turns[0].text == "What brings you in?"
    assert new.turns[0].text == "Where does it hurt?"


def test_two_tries_are_compared_entry_by_entry():
    old = named("plain, a full history of the pain")
    new = again_from(old, 9)
    new = ask(new, "Do you smoke?")
    new = answer(new, talk("synthetic-01", PLAIN, "P: A pack a day for 32 years.").turns[0])
    new = end(new, ["Angina"])
    found = compare(debrief(old), debrief(new))
    changes = {one.key: one for one in found.changes}
    assert changes.keys() == {"allergies", "tobacco"}
    assert (changes["allergies"].before, changes["allergies"].after) == (Status.elicited, Status.missed)
    assert changes["allergies"].lost == ("Penicillin (rash)",)
    assert changes["tobacco"].gained == ("One pack a day for 32 years",)
    assert found.before == found.after
    assert (found.rank_before, found.rank_after) == (1, None)


def test_the_same_twice_has_no_changes():
    one = debrief(named("plain, a full history of the pain"))
    assert compare(one, one).changes == ()


def test_two_cases_cannot_be_compared():
    with pytest.raises(InputError, match="synthetic-01, the other of synthetic-02"):
        compare(
            debrief(talk("synthetic-01", PLAIN, "D: Hi\nP: Hello.")),
            debrief(talk("synthetic-02", PLAIN, "D: Hi\nP: Hello.")),
        )
