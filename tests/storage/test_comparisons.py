"""Comparisons in the database, of either kind."""

from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import text

from patientsim_core import Dialogue, InputError, Persona, StorageError, Turn
from patientsim_core.comparison import MOST_QUESTIONS, Comparison
from patientsim_core.consultation import MAX_QUESTION
from patientsim_core.guessing import Vote
from patientsim_core.storage import Database
from patientsim_core.storage import comparisons as store
from patientsim_core.storage.comparisons import Comparisons

BOTH = [Turn(role="doctor", text="Where?"), Turn(role="patient", text="Here. Schmerz 🫀 'quoted' \\ \n end")]
FIRST, MORE = BOTH, [*BOTH, Turn(role="doctor", text="Since when?"), Turn(role="patient", text="Today.")]


@pytest.fixture
def database(any_database_url) -> Database:
    return Database(any_database_url)


@pytest.fixture
def comparisons(database) -> Comparisons:
    return Comparisons(database)


@pytest.fixture
def patients(case) -> list[Dialogue]:
    return [Dialogue(case=case, persona=Persona(cefr=cefr)) for cefr in "ABC"]


@pytest.fixture
def begun(comparisons, patients) -> Comparison:
    comparison = Comparison(title="3 patients · 'x'")
    comparisons.begin(comparison, patients)
    return comparison


@pytest.fixture
def guessed(comparisons, patients) -> Comparison:
    comparison = Comparison(title="Guess", kind="guess")
    comparisons.begin(comparison, patients[:1])
    return comparison


def at_once(*actions) -> list[Exception]:
    """Does all at the same moment; what they raised."""
    together, faults = Barrier(len(actions)), []

    def act(action):
        together.wait(30)
        try:
            action()
        except Exception as error:
            faults.append(error)

    threads = [Thread(target=act, args=[one]) for one in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def spoken(patient: Dialogue, turns: list[Turn]) -> Dialogue:
    return patient.model_copy(update={"turns": turns})


def test_what_was_begun_comes_back_the_same_from_another_connection(begun, patients, any_database_url):
    assert Comparisons(Database(any_database_url)).load(begun.id) == (begun, patients)


def test_a_comparison_that_cannot_be_begun_leaves_nothing_behind(comparisons, begun, patients):
    with pytest.raises(StorageError):
        comparisons.begin(begun, patients)
    assert len(comparisons.recent()) == 1
    assert comparisons.load(begun.id) == (begun, patients)


def test_questions_are_cleaned_and_added_in_order(comparisons, begun):
    asked = comparisons.ask(comparisons.ask(begun, ["  Where? "]), ["Since when?", "How\x00 bad?"])
    assert asked.questions == ["Where?", "Since when?", "How bad?"]
    assert comparisons.load(begun.id)[0] == asked


@pytest.mark.parametrize("questions", [[], [""], ["Where?", "  \n"], ["\x00"]])
def test_nothing_is_no_question(comparisons, begun, questions):
    with pytest.raises(InputError, match="type a question first"):
        comparisons.ask(begun, questions)
    assert comparisons.load(begun.id)[0] == begun


def test_an_overlong_question_is_refused_whole(comparisons, begun):
    with pytest.raises(InputError, match="at most 2,000 characters"):
        comparisons.ask(begun, ["Where?", "w" * (MAX_QUESTION + 1)])
    assert comparisons.load(begun.id)[0] == begun
    assert comparisons.ask(begun, ["w" * MAX_QUESTION]).questions


def test_there_is_an_end_to_questions(comparisons, begun):
    full = comparisons.ask(begun, ["Where?"] * MOST_QUESTIONS)
    with pytest.raises(InputError, match="at most 100 questions; begin a new one"):
        comparisons.ask(full, ["One more?"])
    assert comparisons.load(begun.id)[0] == full


def test_who_is_behind_asks_and_reveals_nothing(comparisons, begun, guessed):
    comparisons.ask(begun, ["From one window?"])
    comparisons.ask(guessed, ["From one window?"])
    for action in (lambda: comparisons.ask(begun, ["Another?"]), lambda: comparisons.reveal(guessed)):
        with pytest.raises(InputError, match="gone on meanwhile"):
            action()
    assert comparisons.load(begun.id)[0].questions == ["From one window?"]
    assert comparisons.load(guessed.id)[0].is_hidden


def test_of_many_questions_at_the_same_moment_one_is_asked(comparisons, begun):
    faults = at_once(*(lambda n=n: comparisons.ask(begun, [f"Question {n}?"]) for n in range(6)))
    assert len(faults) == 5
    assert all(isinstance(one, InputError) and "gone on meanwhile" in str(one) for one in faults)
    assert len(comparisons.load(begun.id)[0].questions) == 1


def test_patients_are_saved_each_at_its_place(comparisons, begun, patients):
    comparisons.save_patient(begun.id, 1, spoken(patients[1], FIRST))
    comparisons.save_patient(begun.id, 1, spoken(patients[1], MORE))
    assert comparisons.load(begun.id)[1] == [patients[0], spoken(patients[1], MORE), patients[2]]


@pytest.mark.parametrize(
    "turns", [[], MORE[:1], [*FIRST[:1], Turn(role="patient", text="There.")], MORE[2:]], ids=len
)
def test_a_patient_with_other_turns_than_those_saved_is_refused(comparisons, begun, patients, turns):
    comparisons.save_patient(begun.id, 0, spoken(patients[0], FIRST))
    with pytest.raises(InputError, match="gone on meanwhile"):
        comparisons.save_patient(begun.id, 0, spoken(patients[0], turns))
    assert comparisons.load(begun.id)[1][0].turns == FIRST


def test_all_patients_can_be_saved_at_the_same_moment(comparisons, begun, patients):
    saves = [
        lambda place=place: comparisons.save_patient(begun.id, place, spoken(patients[place], MORE))
        for place in range(3)
    ]
    assert at_once(*saves, lambda: comparisons.ask(begun, ["More?"])) == []
    comparison, there = comparisons.load(begun.id)
    assert comparison.questions == ["More?"]
    assert there == [spoken(one, MORE) for one in patients]


def test_of_two_answers_of_one_patient_at_the_same_moment_one_is_kept(comparisons, begun, patients):
    answers = [
        spoken(patients[0], [FIRST[0], Turn(role="patient", text=f"Answer {number}.")]) for number in range(4)
    ]
    faults = at_once(*(lambda one=one: comparisons.save_patient(begun.id, 0, one) for one in answers))
    assert len(faults) == 3
    assert all(isinstance(one, InputError) for one in faults)
    assert comparisons.load(begun.id)[1][0] in answers


def test_a_vote_takes_the_place_of_an_earlier_one_of_that_voter_and_axis(comparisons, guessed):
    for voter, axis, level in (
        ("ann", "cefr", "A"),
        ("ann", "cefr", "C"),
        ("bob", "cefr", "A"),
        ("ann", "recall", "low"),
    ):
        comparisons.vote(guessed.id, Vote(voter, axis, level))
    assert comparisons.votes(guessed.id) == [
        Vote("ann", "cefr", "C"),
        Vote("ann", "recall", "low"),
        Vote("bob", "cefr", "A"),
    ]


def test_votes_at_the_same_moment_are_neither_lost_nor_doubled(comparisons, guessed):
    votes = [Vote(voter, "cefr", level) for voter in ("ann", "bob", "eve") for level in "ABC"]
    assert at_once(*(lambda one=one: comparisons.vote(guessed.id, one) for one in votes)) == []
    there = comparisons.votes(guessed.id)
    assert [one.voter for one in there] == ["ann", "bob", "eve"]
    assert set(there) <= set(votes)


@pytest.mark.parametrize(("axis", "level"), [("cefr", "D"), ("recall", ""), ("personality", "x" * 900)])
def test_a_level_that_is_none_is_no_vote(comparisons, guessed, axis, level):
    with pytest.raises(InputError, match="is not known"):
        comparisons.vote(guessed.id, Vote("ann", axis, level))
    assert comparisons.votes(guessed.id) == []


def test_votes_are_over_once_the_patient_is_revealed(comparisons, guessed, begun):
    comparisons.vote(guessed.id, Vote("ann", "cefr", "A"))
    assert comparisons.reveal(guessed).revealed
    for id in (guessed.id, begun.id):  # of patients side by side there is nothing to guess
        with pytest.raises(InputError, match="votes are over"):
            comparisons.vote(id, Vote("ann", "cefr", "B"))
    assert comparisons.votes(guessed.id) == [Vote("ann", "cefr", "A")]
    assert comparisons.votes(begun.id) == []


@pytest.fixture
def meanwhile(monkeypatch):
    """Has something done in another window between a vote's check and its being kept."""

    def do(action) -> None:
        real = store.upsert
        monkeypatch.setattr(store, "upsert", lambda *given: (action(), real(*given)))

    return do


def test_a_vote_that_a_reveal_overtakes_is_not_kept(comparisons, guessed, meanwhile, any_database_url):
    comparisons.vote(guessed.id, Vote("ann", "cefr", "A"))
    meanwhile(lambda: Comparisons(Database(any_database_url)).reveal(guessed))
    with pytest.raises(InputError, match="votes are over"):
        comparisons.vote(guessed.id, Vote("ann", "cefr", "B"))
    assert comparisons.votes(guessed.id) == [Vote("ann", "cefr", "A")]
    assert comparisons.load(guessed.id)[0].revealed


def test_a_vote_that_a_question_overtakes_is_kept(comparisons, guessed, meanwhile, any_database_url):
    meanwhile(lambda: Comparisons(Database(any_database_url)).ask(guessed, ["Where?"]))
    comparisons.vote(guessed.id, Vote("ann", "cefr", "A"))
    assert comparisons.votes(guessed.id) == [Vote("ann", "cefr", "A")]


def test_what_the_room_said_at_the_reveal_is_all_that_it_ever_said(comparisons, guessed):
    """Ten who go on voting while it is revealed, until they are refused."""
    voted, then = Event(), []

    def vote(voter: str) -> None:
        for level in "ABC" * 1_000:
            comparisons.vote(guessed.id, Vote(voter, "cefr", level))
            voted.set()

    def reveal() -> None:
        voted.wait(10)
        comparisons.reveal(guessed)
        then.extend(comparisons.votes(guessed.id))

    faults = at_once(reveal, *(lambda voter=f"v{n}": vote(voter) for n in range(10)))
    assert len(faults) == 10
    assert all(isinstance(one, InputError) and "votes are over" in str(one) for one in faults)
    assert comparisons.votes(guessed.id) == then != []


def test_rounds_are_the_revealed_guesses_with_their_votes(comparisons, begun, guessed, patients):
    comparisons.vote(guessed.id, Vote("ann", "cefr", "A"))
    assert comparisons.rounds() == []
    comparisons.reveal(guessed)
    later = Comparison(title="Guess", kind="guess", revealed=True)
    comparisons.begin(later, patients[2:])
    assert comparisons.rounds() == [
        (patients[0].persona, [Vote("ann", "cefr", "A")]),
        (patients[2].persona, []),
    ]


def test_recent_lists_those_changed_last_first(comparisons, patients):
    made = [Comparison(title=title) for title in "abc"]
    for one in made:
        comparisons.begin(one, patients)
    comparisons.ask(made[0], ["Where?"])
    assert [one.title for one in comparisons.recent()] == ["a", "c", "b"]
    assert [one.id for one in comparisons.recent(1)] == [made[0].id]
    assert comparisons.recent()[0].updated.tzinfo


@pytest.mark.parametrize("id", ["", "nothing", "a" * 5_000, "'; drop table comparisons; --"])
def test_an_unknown_comparison_is_said_whatever_is_done(comparisons, begun, patients, id):
    unknown = begun.model_copy(update={"id": id})
    for action in (
        lambda: comparisons.load(id),
        lambda: comparisons.ask(unknown, ["Where?"]),
        lambda: comparisons.reveal(unknown),
        lambda: comparisons.save_patient(id, 0, patients[0]),
        lambda: comparisons.vote(id, Vote("ann", "cefr", "A")),
    ):
        with pytest.raises(StorageError, match="no comparison with this address"):
            action()
    assert comparisons.votes(id) == []
    assert comparisons.load(begun.id) == (begun, patients)


def test_a_patient_that_is_not_there_is_said(comparisons, begun, patients):
    with pytest.raises(StorageError, match="no comparison with this address"):
        comparisons.save_patient(begun.id, 3, patients[0])


@pytest.mark.parametrize("damage", ["{", "{}", '{"id": 3}', ""])
def test_a_damaged_comparison_is_said_kept_and_still_listed(comparisons, database, guessed, damage):
    comparisons.reveal(guessed)
    with database.session() as session:
        session.execute(text("update comparisons set data = :data"), {"data": damage})
    for action in (lambda: comparisons.load(guessed.id), lambda: comparisons.ask(guessed, ["Where?"])):
        with pytest.raises(StorageError, match=r"The comparison 'Guess' cannot be read.*left as it is"):
            action()
    assert [one.title for one in comparisons.recent()] == ["Guess"]
    assert comparisons.rounds() == []
    with database.session() as session:
        assert session.execute(text("select data from comparisons")).scalar() == damage


def test_a_damaged_patient_is_said_and_kept_and_spoils_no_other_round(
    comparisons, database, begun, guessed, patients
):
    comparisons.reveal(guessed)
    other = Comparison(title="Guess", kind="guess", revealed=True)
    comparisons.begin(other, patients[1:2])
    with database.session() as session:
        session.execute(
            text("update comparison_patients set data = '{}' where comparison <> :other"), {"other": other.id}
        )
    for action in (
        lambda: comparisons.load(begun.id),
        lambda: comparisons.save_patient(begun.id, 0, patients[0]),
    ):
        with pytest.raises(StorageError, match=r"Patient 1 of this comparison cannot be read.*as it is"):
            action()
    assert comparisons.rounds() == [(patients[1].persona, [])]
    with database.session() as session:
        kept = session.execute(text("select data from comparison_patients")).scalars().all()
    assert kept.count("{}") == 4
