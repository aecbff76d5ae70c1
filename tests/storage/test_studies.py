"""Studies in the database, of either kind: a click is kept once, whoever clicks at the same time."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import update

from patientsim_core import InputError, Persona, StorageError
from patientsim_core.evaluation.facts import fields
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.storage import Database
from patientsim_core.storage.schema import StudyDialogueRow, StudyRow
from patientsim_core.storage.studies import Source, Studies
from patientsim_core.study import SCORES, Rating, Study, Target, plan, targets
from tests.waiting import threads

PERSONALITY, REALISM = Target(Metric.fidelity, "personality"), Target(Metric.fidelity, "realism")
ANA, BEN = "Ana", "Ben"


@pytest.fixture
def database(any_database_url) -> Database:
    return Database(any_database_url)


@pytest.fixture
def store(database) -> Studies:
    return Studies(database)


@pytest.fixture
def begun(store, dialogue) -> Callable[..., Study]:
    """Begins a study of three dialogues, two of them of a run; a new one each time."""
    from_run = [dialogue.model_copy(update={"id": id, "persona": Persona(cefr="A")}) for id in ("d1", "d2")]
    kept = [("pilot", from_run[0]), ("pilot", from_run[1]), ("", dialogue)]

    def begin(name="First", raters=(ANA, BEN), each=2, asked="none") -> Study:
        study = plan(name, raters, [one for _, one in kept], each, asked=asked)
        store.begin(study, kept)
        return study

    return begin


def test_a_study_is_kept_with_its_dialogues_and_where_they_are_from(store, begun, dialogue):
    study = begun()
    assert store.load(study.id) == study
    assert store.sources(study.id) == [
        Source(0, "pilot", "d1"),
        Source(1, "pilot", "d2"),
        Source(2, "", dialogue.id),
    ]
    assert store.dialogue(study.id, 2) == dialogue


def test_a_dialogue_stays_as_it_was_when_the_study_began(store, begun, dialogue):
    study = begun()
    before = dialogue.model_copy(deep=True)
    dialogue.turns[1].text = "changed"
    dialogue.case = dialogue.case.model_copy(update={"age": 90})
    assert store.dialogue(study.id, 2) == before != dialogue


def test_studies_are_listed_with_the_newest_first(store, begun):
    names = ["First", "Second", "Third"]
    for name in names:
        begun(name)
    assert [one.name for one in store.all()] == names[::-1]


def test_a_name_that_is_taken_is_refused_and_nothing_is_kept(store, begun):
    first = begun("First")
    with pytest.raises(InputError, match="There is a study named First already"):
        begun("First")
    assert [one.id for one in store.all()] == [first.id]


def test_of_studies_begun_at_the_same_moment_each_name_is_there_once(store, begun):
    names = ["First", "Second"] * 6
    found = threads(*(lambda name=name: begun(name) for name in names))
    refused = [str(one) for one in found if not isinstance(one, Study)]
    assert sorted(one.name for one in store.all()) == ["First", "Second"]
    assert len(refused) == 10
    assert all("already; give this one another name" in one for one in refused)


def test_a_study_that_is_refused_lets_the_next_one_begin_at_once(store, begun):
    begun("First")
    for _ in range(3):
        with pytest.raises(InputError):
            begun("First")
    assert begun("Second").name == "Second"


def test_what_is_not_there_is_said(store, begun):
    study = begun()
    for lost in (
        lambda: store.load("none"),
        lambda: store.load(study.id[:-1]),
        lambda: store.dialogue("none", 0),
        lambda: store.dialogue(study.id, 3),
        lambda: store.rate("none", 0, ANA, PERSONALITY, score=1),
        lambda: store.close("none"),
    ):
        with pytest.raises(StorageError, match="no study with this address"):
            lost()
    assert store.sources("none") == store.ratings("none") == []
    assert store.verdicts("none") == {}
    assert store.stamp("none") == ""


def test_a_score_and_its_reason_are_kept_one_after_the_other(store, begun):
    id = begun().id
    store.rate(id, 0, ANA, PERSONALITY, score=2)
    assert store.ratings(id) == [Rating(0, ANA, PERSONALITY, 2, "")]
    store.rate(id, 0, ANA, PERSONALITY, reason="too calm")
    assert store.ratings(id) == [Rating(0, ANA, PERSONALITY, 2, "too calm")]
    store.rate(id, 0, ANA, PERSONALITY, score=4)
    assert store.ratings(id) == [Rating(0, ANA, PERSONALITY, 4, "too calm")]
    store.rate(id, 0, ANA, PERSONALITY, score=1, reason="both")
    assert store.ratings(id) == [Rating(0, ANA, PERSONALITY, 1, "both")]


def test_a_reason_can_come_before_its_score(store, begun):
    id = begun().id
    store.rate(id, 0, ANA, PERSONALITY, reason="too calm")
    assert store.ratings(id) == [Rating(0, ANA, PERSONALITY, None, "too calm")]
    store.rate(id, 0, ANA, PERSONALITY, score=1)
    assert store.ratings(id) == [Rating(0, ANA, PERSONALITY, 1, "too calm")]


def test_a_score_and_a_reason_can_be_taken_back(store, begun):
    id = begun().id
    store.rate(id, 0, ANA, PERSONALITY, score=2, reason="why")
    store.rate(id, 0, ANA, PERSONALITY, score=None)
    assert store.ratings(id) == [Rating(0, ANA, PERSONALITY, None, "why")]
    store.rate(id, 0, ANA, PERSONALITY, reason="")
    assert store.ratings(id) == [Rating(0, ANA, PERSONALITY, None, "")]


def test_ratings_are_read_of_one_rater_or_of_all(store, begun):
    id = begun().id
    store.rate(id, 1, BEN, REALISM, score=3)
    store.rate(id, 0, BEN, PERSONALITY, score=3)
    store.rate(id, 2, ANA, PERSONALITY, score=4)
    assert [(one.rater, one.place) for one in store.ratings(id)] == [(ANA, 2), (BEN, 0), (BEN, 1)]
    assert [one.rater for one in store.ratings(id, ANA)] == [ANA]
    assert store.ratings(id, "ana") == []


def test_ratings_of_one_study_are_none_of_another(store, begun):
    first, second = begun("First").id, begun("Second").id
    store.rate(first, 0, ANA, PERSONALITY, score=1)
    store.rate(second, 0, ANA, PERSONALITY, score=4)
    assert [one.score for id in (first, second) for one in store.ratings(id)] == [1, 4]


ROBERT = "Robert'); DROP TABLE ratings;-- \N{GRINNING FACE} <b> %s :id"


def test_names_and_reasons_are_kept_as_they_are(store, begun):
    id = begun(raters=[ROBERT], each=1).id
    store.rate(id, 0, ROBERT, PERSONALITY, score=1, reason=f"\x00{ROBERT}\n=1+1")
    assert store.ratings(id, ROBERT) == [Rating(0, ROBERT, PERSONALITY, 1, f"{ROBERT}\n=1+1")]


@pytest.mark.parametrize(
    ("place", "rater", "target", "said", "says"),
    [
        (0, "Cy", PERSONALITY, {"score": 1}, "not among those that Cy rates"),
        (0, "ana", PERSONALITY, {"score": 1}, "not among those that ana rates"),
        (3, ANA, PERSONALITY, {"score": 1}, "not among those that Ana rates"),
        (-1, ANA, PERSONALITY, {"score": 1}, "not among those that Ana rates"),
        (0, ANA, Target(Metric.fidelity, "confused"), {"score": 1}, "confused is not rated"),
        (0, ANA, Target(Metric.facts, "1.0"), {"score": 1}, "1.0 is not rated"),
        (0, ANA, Target(Metric.fidelity, "x" * 500), {"score": 1}, "x is not rated"),
        (0, ANA, PERSONALITY, {"score": 0}, "1, 2, 3 or 4, not 0"),
        (0, ANA, PERSONALITY, {"score": 5, "reason": "fine"}, "1, 2, 3 or 4, not 5"),
        (0, ANA, PERSONALITY, {"reason": "x" * 2_001}, "at most 2,000 characters"),
    ],
)
def test_what_may_not_be_rated_is_refused_and_changes_nothing(store, begun, place, rater, target, said, says):
    id = begun().id
    store.rate(id, 0, ANA, PERSONALITY, score=3, reason="kept")
    with pytest.raises(InputError, match=says):
        store.rate(id, place, rater, target, **said)
    assert store.ratings(id) == [Rating(0, ANA, PERSONALITY, 3, "kept")]


def test_a_dialogue_is_rated_by_those_whom_it_was_given_to(store, begun):
    study = begun(raters=[ANA, BEN, "Cy"], each=1)
    for rater in study.raters:
        for place in range(3):
            if place in study.order[rater]:
                store.rate(study.id, place, rater, PERSONALITY, score=4)
            else:
                with pytest.raises(InputError, match="not among those"):
                    store.rate(study.id, place, rater, PERSONALITY, score=4)
    assert Counter(one.place for one in store.ratings(study.id)) == {0: 1, 1: 1, 2: 1}


def test_a_closed_study_takes_no_rating_until_it_is_open_again(store, begun):
    id = begun().id
    store.rate(id, 0, ANA, PERSONALITY, score=3)
    store.close(id)
    assert store.load(id).closed
    for said in ({"score": 1}, {"score": None}, {"reason": "late"}):
        with pytest.raises(InputError, match="This study is closed"):
            store.rate(id, 0, ANA, PERSONALITY, **said)
    assert store.ratings(id) == [Rating(0, ANA, PERSONALITY, 3)]
    store.close(id, False)
    store.rate(id, 0, ANA, PERSONALITY, score=1)
    assert store.ratings(id) == [Rating(0, ANA, PERSONALITY, 1)]


def test_nothing_comes_in_once_a_study_is_closed(store, begun):
    """Ten who go on clicking while it is closed: what is there then is all that is ever there."""
    raters = [f"r{number}" for number in range(10)]
    id = begun(raters=raters, each=10).id
    stop, clicked = Event(), Event()

    def click(rater: str) -> str:
        while not stop.is_set():
            for score in SCORES:
                store.rate(id, 0, rater, PERSONALITY, score=score)
                clicked.set()
        return "never refused"

    def close() -> list[Rating]:
        clicked.wait(10)
        store.close(id)
        return store.ratings(id)

    try:
        with ThreadPoolExecutor(len(raters)) as pool:
            clicks = [pool.submit(click, rater) for rater in raters]
            then = close()
            faults = [one.exception(30) for one in clicks]
    finally:
        stop.set()
    assert all(isinstance(one, InputError) and "closed" in str(one) for one in faults)
    assert store.ratings(id) == then != []


def spoil(database: Database, table: type, **key: object) -> None:
    with database.session() as session:
        session.execute(update(table).filter_by(**key).values(data='{"id": "half'))


def data(database: Database, table: type, key: object) -> str:
    with database.session() as session:
        return session.get(table, key).data


def test_a_damaged_study_is_said_and_left_and_the_others_are_there(database, store, begun):
    broken, whole = begun("Broken"), begun("Whole")
    store.rate(whole.id, 0, ANA, PERSONALITY, score=4)
    store.close(whole.id)
    spoil(database, StudyRow, id=broken.id)
    for use in (
        lambda: store.load(broken.id),
        lambda: store.rate(broken.id, 0, ANA, PERSONALITY, score=4),
        lambda: store.close(broken.id),
    ):
        with pytest.raises(StorageError, match=r"study 'Broken' cannot be read.*left as it is"):
            use()
    assert [one.id for one in store.all()] == [whole.id]
    assert store.unreadable() == ["Broken"]
    assert list(store.verdicts("pilot")) == ["d1"]
    assert data(database, StudyRow, broken.id) == '{"id": "half'


def test_a_damaged_dialogue_is_said_and_left_and_the_others_are_there(database, store, begun):
    id = begun().id
    spoil(database, StudyDialogueRow, study=id, place=1)
    with pytest.raises(StorageError, match=r"dialogue 'd2' of the study cannot be read.*left as it is"):
        store.dialogue(id, 1)
    assert store.dialogue(id, 0).id == "d1"
    assert data(database, StudyDialogueRow, (id, 1)) == '{"id": "half'


def test_twenty_who_save_at_once_lose_and_double_nothing(store, begun):
    raters = [f"r{number}" for number in range(20)]
    study = begun(raters=raters, each=20)
    asked = [(place, target) for place in range(2) for target in targets(study, place)]

    def click(number: int) -> Callable[[], None]:
        def act() -> None:
            for place, target in asked:
                store.rate(study.id, place, raters[number], target, score=SCORES[number % 4])
                store.rate(study.id, place, raters[number], target, reason=f"by {number}")

        return act

    assert threads(*map(click, range(20))) == [None] * 20
    kept = store.ratings(study.id)
    assert {(one.rater, one.place, one.target): (one.score, one.reason) for one in kept} == {
        (rater, *what): (SCORES[number % 4], f"by {number}")
        for number, rater in enumerate(raters)
        for what in asked
    }
    assert len(kept) == 20 * len(asked)


def test_of_twenty_who_save_the_same_rating_at_once_one_stands(store, begun):
    """As one rater with windows on many screens: a whole rating of one of them, once."""
    id = begun().id

    def click(number: int) -> Callable[[], None]:
        said = {"score": SCORES[number % 4], "reason": f"window {number}"}
        return lambda: [store.rate(id, 0, ANA, PERSONALITY, **said) for _ in range(5)] and None

    assert threads(*map(click, range(20))) == [None] * 20
    (kept,) = store.ratings(id)
    assert kept.score == SCORES[int(kept.reason.split()[1]) % 4]


def test_a_score_and_a_reason_that_are_saved_at_once_are_both_kept(store, begun):
    id = begun().id
    for place in range(3):
        acts = [
            lambda place=place: store.rate(id, place, ANA, PERSONALITY, score=1),
            lambda place=place: store.rate(id, place, ANA, PERSONALITY, reason="why"),
        ]
        assert threads(*acts) == [None, None]
    assert {(one.score, one.reason) for one in store.ratings(id)} == {(1, "why")}


def test_ratings_of_closed_studies_are_verdicts_on_the_dialogues_of_their_run(store, begun, dialogue):
    id = begun(asked="all").id
    sentence = Target(Metric.facts, fields(dialogue)[0])
    store.rate(id, 0, ANA, PERSONALITY, score=2, reason="too calm")
    store.rate(id, 0, BEN, sentence, score=3)
    store.rate(id, 1, BEN, PERSONALITY, score=None, reason="no score yet")
    store.rate(id, 2, ANA, PERSONALITY, score=4)  # of no run
    assert store.verdicts("pilot") == {}
    store.close(id)
    found = store.verdicts("pilot")
    assert list(found) == ["d1"]
    assert [(one.judge, one.field, one.score, one.rationale, one.repeat) for one in found["d1"]] == [
        ("clinician Ana", "personality", 2, "too calm", 1),
        ("clinician Ben", sentence.field, None, "", 1),
    ]
    assert found["d1"][1].detail["plausibility"] == 3
    assert store.verdicts("other") == {}
    assert list(store.verdicts("")) == [dialogue.id]


def test_what_a_rater_says_again_in_a_later_study_is_a_repeat(store, begun):
    ids = [begun(name).id for name in ("First", "Second", "Third")]
    for number, id in enumerate(ids, 1):
        store.rate(id, 0, ANA, PERSONALITY, score=number)
    store.rate(ids[2], 0, ANA, REALISM, score=4)
    store.rate(ids[1], 0, BEN, PERSONALITY, score=4)
    for id in ids[::-1]:  # the studies' age counts, not when they were closed
        store.close(id)
    found = store.verdicts("pilot")["d1"]
    said = [(one.judge[-3:], one.field, one.score, one.repeat) for one in found]
    assert sorted(said) == [
        (ANA, "personality", 1, 1),
        (ANA, "personality", 2, 2),
        (ANA, "personality", 3, 3),
        (ANA, "realism", 4, 1),
        (BEN, "personality", 4, 1),
    ]


def test_the_stamp_of_a_run_changes_when_its_verdicts_do(store, begun):
    stamps = [store.stamp("pilot")]
    id = begun().id
    stamps.append(store.stamp("pilot"))
    store.rate(id, 0, ANA, PERSONALITY, score=2)
    assert store.stamp("pilot") == stamps[-1]  # of an open study nothing is shown
    for closed in (True, False, True):
        store.close(id, closed)
        stamps.append(store.stamp("pilot"))
    begun("Second")
    stamps.append(store.stamp("pilot"))
    assert len(set(stamps)) == len(stamps)
    assert store.stamp("other") == ""
