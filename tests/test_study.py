"""A study: who rates what, in what order, and what counts as rated."""

import random
from collections import Counter
from itertools import combinations

import pytest

from patientsim_core import InputError, Persona
from patientsim_core.evaluation.facts import fields
from patientsim_core.evaluation.ratios import Sentence
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.study import (
    MAX_DIALOGUES,
    MAX_NAME,
    MAX_RATERS,
    MAX_REASON,
    SCORES,
    Rating,
    Target,
    assign,
    checked,
    criteria,
    finished,
    judge_of,
    plan,
    spread,
    targets,
    verdict_of,
)

PERSONALITY = Target(Metric.fidelity, "personality")
SENTENCE = Target(Metric.facts, "1.0")
DAZED = Persona(dazed="high")


@pytest.fixture
def dialogues(dialogue) -> list:
    """Three: two of a clear-headed patient and one of a dazed one."""
    return [
        dialogue,
        dialogue.model_copy(update={"id": "second"}),
        dialogue.model_copy(update={"id": "third", "persona": DAZED}),
    ]


def of(dialogue, persona: Persona, asked="none", verdicts=()):
    """A study of one dialogue."""
    one = dialogue.model_copy(update={"persona": persona})
    return plan("One", ["Ana"], [one], 1, asked=asked, verdicts={one.id: verdicts})


def faults(name="Pilot", raters=("Ana", "Ben"), dialogues=(), each=1) -> str:
    with pytest.raises(InputError) as caught:
        plan(name, raters, dialogues, each)
    return str(caught.value)


def test_a_study_has_its_raters_by_name_and_a_persona_for_each_dialogue(dialogues):
    study = plan("  Pilot ", ["Ana", "", "  Ben  ", "   "], dialogues, each=2)
    assert (study.name, study.raters, study.each, study.closed) == ("Pilot", ["Ana", "Ben"], 2, False)
    assert study.personas == [one.persona.key for one in dialogues]
    assert all(sorted(places) == [0, 1, 2] for places in study.order.values())
    assert study.sentences == [[], [], []]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": " \n"}, "Give the study a name"),
        ({"name": "x" * (MAX_NAME + 1)}, "Give the study a name of at most 60"),
        ({"raters": []}, "at least one rater"),
        ({"raters": ["", "  ", "\u200b"]}, "at least one rater"),
        ({"raters": [f"r{number}" for number in range(MAX_RATERS + 1)]}, "at most 50 raters; these are 51"),
        ({"raters": ["Ana", "Ben", "Ana"]}, "ana is named more than once"),
        ({"raters": ["Müller", "MÜLLER "]}, "müller is named more than once"),
        ({"raters": ["Mu\u0308ller", "M\u00fcller"]}, "müller is named more than once"),
        ({"raters": ["Ana", "x" * (MAX_NAME + 1)]}, "rater's name has at most 60"),
        ({"raters": ["Ana", "All raters"]}, "No rater can be called All raters"),
        ({"raters": ["Ana", " ALL RATERS "]}, "No rater can be called ALL RATERS: tables use that word"),
        ({"raters": ["Ana", "criterion"]}, "No rater can be called criterion"),
        ({"each": 0}, "1 to 2 of 2 raters, not by 0"),
        ({"each": 3}, "1 to 2 of 2 raters, not by 3"),
    ],
)
def test_what_does_not_fit_is_said(dialogues, wrong, says):
    found = faults(**{"dialogues": dialogues, **wrong})
    assert says in found
    assert "\n" not in found


@pytest.mark.parametrize("count", [0, MAX_DIALOGUES + 1])
def test_a_study_has_dialogues_and_not_too_many(dialogue, count):
    assert f"1 to 500 dialogues; these are {count}" in faults(dialogues=[dialogue] * count)


def test_all_that_does_not_fit_is_said_at_once():
    found = faults("", ["Ana", "ana"], [], each=5).split("\n")
    assert [line.split()[0] for line in found] == ["Give", "Each", "A", "A"]


def test_as_many_as_there_may_be_are_taken(dialogue):
    raters = [f"{number:02}".ljust(MAX_NAME, "x") for number in range(MAX_RATERS)]
    study = plan("x" * MAX_NAME, raters, [dialogue] * MAX_DIALOGUES, each=MAX_RATERS)
    assert len(study.raters) == MAX_RATERS
    assert len(study.order[raters[0]]) == MAX_DIALOGUES


@pytest.mark.parametrize("seed", range(60))
def test_every_dialogue_has_its_raters_and_every_rater_an_equal_share(seed):
    chance = random.Random(seed)
    raters = [f"r{number}" for number in range(chance.randint(1, 12))]
    count, each = chance.randint(1, 60), chance.randint(1, len(raters))
    order = assign(count, raters, each, seed)
    assert list(order) == raters
    assert all(len(set(places)) == len(places) for places in order.values())
    assert Counter(place for places in order.values() for place in places) == dict.fromkeys(
        range(count), each
    )
    shares = [len(places) for places in order.values()]
    assert max(shares) - min(shares) <= 1


def test_the_same_seed_gives_the_same_order_and_another_seed_another_one():
    raters = ["Ana", "Ben", "Cy"]
    assert assign(20, raters, 2, seed=7) == assign(20, raters, 2, seed=7)
    assert assign(20, raters, 2, seed=7) != assign(20, raters, 2, seed=8)


def test_each_rater_has_an_order_of_its_own():
    orders = list(assign(20, ["Ana", "Ben", "Cy"], 3, seed=1).values())
    assert all(sorted(one) == list(range(20)) for one in orders)
    assert all(a != b for a, b in combinations([*orders, list(range(20))], 2))


@pytest.mark.parametrize("seed", range(5))
def test_everybody_meets_everybody_about_as_often(seed):
    """With 30 dialogues by two of four each of the six pairs could meet five times."""
    order = assign(30, ["Ana", "Ben", "Cy", "Di"], 2, seed)
    met = [len({*order[a]} & {*order[b]}) for a, b in combinations(order, 2)]
    assert sum(met) == 30
    assert max(met) - min(met) <= 2


KEYS = ["a"] * 50 + ["b"] * 10 + ["c"] * 2


def test_dialogues_are_drawn_so_that_each_persona_comes_about_as_often():
    drawn = Counter(KEYS[place] for place in spread(KEYS, 12, seed=3))
    assert drawn == {"a": 5, "b": 5, "c": 2}


@pytest.mark.parametrize("count", range(1, 63))
def test_so_many_are_drawn_as_are_asked_for_none_twice(count):
    drawn = spread(KEYS, count, seed=count)
    assert len(set(drawn)) == len(drawn) == count
    assert drawn == sorted(drawn)
    taken = Counter(KEYS[place] for place in drawn)
    most = max(taken.values())
    assert all(taken[key] >= min(most - 1, KEYS.count(key)) for key in "abc")


def test_where_there_are_fewer_all_of_them_are_drawn():
    assert spread(KEYS, 100, seed=1) == list(range(62))
    assert spread([], 5, seed=1) == []


def test_a_draw_can_be_repeated_and_another_seed_draws_others():
    assert spread(KEYS, 12, seed=3) == spread(KEYS, 12, seed=3)
    assert spread(KEYS, 12, seed=3) != spread(KEYS, 12, seed=4)


def test_fewer_than_there_are_personas_are_not_always_of_the_same_ones():
    keys = ["common"] * 50 + ["rare"]
    drawn = Counter(keys[place] for seed in range(40) for place in spread(keys, 1, seed))
    assert min(drawn["common"], drawn["rare"]) > 10


def test_a_clear_headed_patient_is_rated_on_recall_and_a_dazed_one_on_confusion(dialogue):
    rated = [
        [one.field for one in targets(of(dialogue, persona), 0)]
        for persona in (Persona(), DAZED, Persona(dazed="moderate"))
    ]
    assert rated[0] == ["personality", "language", "recall", "realism", "usefulness"]
    assert rated[1] == rated[2] == ["personality", "language", "confused", "realism", "usefulness"]


def test_all_that_can_be_rated_has_a_question_and_a_meaning_for_each_step(dialogue):
    named = {one.criterion for key in (Persona(), DAZED) for one in targets(of(dialogue, key, "all"), 0)}
    assert named == set(criteria().values())
    assert all(one.label and one.question and len(one.steps) == len(SCORES) for one in named)


def about(field: str, **detail) -> Verdict:
    items = detail.pop("items", {})
    score = 1.0 if "entailed" in items.values() else 0.0 if items else None
    detail = {"kind": "information", "items": items, **detail}
    said = {"dialogue_id": "d", "judge": "j", "metric": Metric.facts, "field": field}
    return Verdict(**said, score=score, detail=detail)


def test_no_sentence_is_asked_about_unless_wanted(dialogue):
    assert of(dialogue, Persona()).sentences == [[]]


def test_all_that_the_patient_said_can_be_asked_about(dialogue):
    study = of(dialogue, Persona(), "all")
    assert study.sentences == [fields(dialogue)] == [["1.0", "1.1", "3.0", "5.0"]]
    assert targets(study, 0)[-4:] == [Target(Metric.facts, field) for field in fields(dialogue)]


def test_only_sentences_without_support_can_be_asked_about(dialogue):
    verdicts = [
        about("5.0"),
        about("1.0", items={"chiefcomplaint": "entailed"}),
        about("1.1", items={"medical_history": "contradicted"}),
        about("3.0", kind="emotion"),
        about("9.9"),
    ]
    assert of(dialogue, Persona(), "unsupported", verdicts).sentences == [["5.0"]]


def test_a_sentence_that_one_of_two_judges_found_without_support_is_asked_about_once(dialogue):
    verdicts = [about("1.0", items={"pain": "entailed"}), about("1.0"), about("1.0")]
    assert of(dialogue, Persona(), "unsupported", verdicts).sentences == [["1.0"]]


def test_without_a_judge_no_sentence_is_known_to_lack_support(dialogue):
    assert plan("One", ["Ana"], [dialogue], 1, asked="unsupported").sentences == [[]]


def rated(target: Target = PERSONALITY, score: int | None = 4, reason: str = "", **more) -> Rating:
    return Rating(more.get("place", 0), more.get("rater", "Ana"), target, score, reason)


@pytest.mark.parametrize("score", [0, 5, -1, 2.5])
def test_a_score_off_the_scale_is_refused(score):
    with pytest.raises(InputError, match="1, 2, 3 or 4"):
        checked(rated(score=score), [PERSONALITY])


def test_what_is_not_asked_of_a_dialogue_is_refused():
    for target in (Target(Metric.facts, "personality"), Target(Metric.fidelity, "confused"), SENTENCE):
        with pytest.raises(InputError, match="is not rated of this dialogue"):
            checked(rated(target), [PERSONALITY])


def test_a_reason_is_cleaned_and_not_too_long():
    assert checked(rated(reason=" too\x00 terse\u202e "), [PERSONALITY]).reason == "too terse"
    assert len(checked(rated(reason="x" * MAX_REASON), [PERSONALITY]).reason) == MAX_REASON
    with pytest.raises(InputError, match=r"at most 2,000 characters; this one has 2,001"):
        checked(rated(reason="x" * (MAX_REASON + 1)), [PERSONALITY])


def test_a_score_can_be_taken_back():
    assert checked(rated(score=None), [PERSONALITY]).score is None


@pytest.mark.parametrize(
    ("score", "reason", "complete"),
    [
        (4, "", True),
        (3, "", True),
        (2, "", False),
        (1, "", False),
        (2, "why", True),
        (1, "why", True),
        (None, "why", False),
    ],
)
def test_a_low_score_is_complete_with_a_reason_only(score, reason, complete):
    assert rated(score=score, reason=reason).is_complete is complete


def test_a_dialogue_is_finished_once_all_of_it_is_rated(dialogue):
    study = of(dialogue, Persona(), "all")
    given = [rated(one) for one in targets(study, 0)]
    assert finished(study, "Ana", given) == [True]
    for place in range(len(given)):
        assert finished(study, "Ana", given[:place] + given[place + 1 :]) == [False]
        low = given[place]._replace(score=1)
        assert finished(study, "Ana", [*given[:place], low, *given[place + 1 :]]) == [False]
        with_reason = low._replace(reason="why")
        assert finished(study, "Ana", [*given[:place], with_reason, *given[place + 1 :]]) == [True]


def test_finished_goes_by_the_raters_own_order_and_ratings(dialogues):
    study = plan("Pilot", ["Ana", "Ben"], dialogues, each=2, seed=2)
    last = study.order["Ana"][-1]
    given = [rated(one, place=last) for one in targets(study, last)]
    assert finished(study, "Ana", given) == [False, False, True]
    assert finished(study, "Ben", given) == [False] * 3


def test_a_rating_becomes_a_verdict_of_the_clinician():
    found = verdict_of(rated(score=2, reason="too calm"), "d7", repeat=2)
    assert (found.dialogue_id, found.judge, found.repeat) == ("d7", judge_of("Ana"), 2)
    assert (found.metric, found.field, found.score) == ("fidelity", "personality", 2)
    assert (found.rationale, found.detail) == ("too calm", {})


def test_a_sentences_plausibility_says_nothing_of_whether_it_is_so():
    found = verdict_of(rated(SENTENCE, score=3), "d7")
    assert (found.field, found.score, found.detail["plausibility"]) == ("1.0", None, 3)
    assert Sentence.of(found).bare


def test_without_a_score_there_is_no_verdict():
    assert verdict_of(rated(score=None, reason="not sure yet"), "d7") is None
