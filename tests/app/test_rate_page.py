"""The Rate page: a rater is blind and loses no click, an organiser sees how far all are, and what comes of
it stands in Results and Dialogues."""

import re

import pytest
import streamlit as st
from driver import ROOT, checked, errors, plain, press
from hostile import ALIVE, LIVE, SAID
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from patientsim_core import Dialogue, EndReason, Persona, StorageError, Turn
from patientsim_core.dialogue import Failure
from patientsim_core.evaluation.facts import sentences_of
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.storage import Consultations, Database
from patientsim_core.storage.run_writing import writing
from patientsim_core.storage.runs import open_run
from patientsim_core.storage.schema import StudyDialogueRow, StudyRow
from patientsim_core.storage.studies import Studies
from patientsim_core.study import Rating, Study, Target, plan, targets
from patientsim_core.tables import ratings as tables
from patientsim_core.tables.ratings import EVERYBODY, read_ratings
from tests import played

ANA, BEN = "Ana Ruiz", "Ben Okoro"
PERSONALITY = Target(Metric.fidelity, "personality")
SECRET = ("zebra-run", "zebra-model", "zebra-judge", "zebra disease", "zebra reason")
"""What a rater must not see of a dialogue: its run, its model, judges, the differential, others' reasons."""


@pytest.fixture(autouse=True)
def runs(folder_of_runs):
    return folder_of_runs


@pytest.fixture
def store(database_url) -> Studies:
    return Studies(Database(database_url))


@pytest.fixture
def begun(store) -> Study:
    """A study of four dialogues of the run, by two raters each."""
    return begin(store, raters=[ANA, BEN], each=2)


def begin(store, count=4, name="Pilot", asked="none", run="personas", **about) -> Study:
    chosen = played.dialogues()[:count]
    study = plan(name, about.pop("raters"), chosen, asked=asked, **about)
    store.begin(study, [(run, one) for one in chosen])
    return study


def page(**address) -> AppTest:
    test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=60).run()
    test.switch_page("pages/6_Rate.py")
    for name, value in address.items():
        test.query_params[name] = str(value)
    return checked(test.run())


def rater(study: Study, name=ANA, **address) -> AppTest:
    return page(study=study.id, rater=name, **address)


def organiser(study: Study, **address) -> AppTest:
    return page(study=study.id, organise=1, **address)


def raw(test: AppTest) -> list[str]:
    """All texts that are rendered, and the labels of what can be clicked."""
    kinds = (test.markdown, test.caption, test.subheader, test.header, test.info, test.warning, test.error)
    found = [one.value for kind in kinds for one in kind]
    return [*found, *(one.label for kind in (test.button, test.expander, test.radio) for one in kind)]


def shown(test: AppTest) -> str:
    """All that is to be read on the page itself."""
    kinds = (test.main.markdown, test.main.text, test.main.caption, test.main.subheader, test.main.info)
    return plain(" ".join(one.value for kind in kinds for one in kind))


def address(test: AppTest, name: str) -> str | None:
    given = test.query_params.get(name)
    return given[0] if isinstance(given, list) else given


def number(test: AppTest) -> str:
    return re.search(r"Dialogue (\d+ of \d+)", shown(test))[1]


def field(test: AppTest, kind: str, study: Study, target: Target, name=ANA):
    """The score or the reason that is shown of a target."""
    place = study.order[name][int(address(test, "number")) - 1]
    key = f"{kind} {study.id} {name} {place} {target.metric} {target.field}"
    fields = (test.radio, test.button_group, test.text_input)
    return next(one for found in fields for one in found if one.key == key)


def score(test: AppTest, study: Study, target: Target, value, name=ANA) -> AppTest:
    return checked(field(test, "score", study, target, name).set_value(value).run())


def explain(test: AppTest, study: Study, target: Target, words: str, name=ANA) -> AppTest:
    return checked(field(test, "reason", study, target, name).set_value(words).run())


def rate_all(store, study: Study, name: str, place: int, value=4) -> None:
    for target in targets(study, place):
        store.rate(study.id, place, name, target, score=value)


# A new study


def fill(test: AppTest, **fields) -> AppTest:
    kinds = (test.text_input, test.text_area, test.selectbox, test.number_input, test.radio)
    known = {one.key: one for kind in kinds for one in kind}
    for name, value in fields.items():
        known[f"study {name}"].set_value(value)
    return test


def typed(test: AppTest) -> dict:
    kinds = (test.text_input, test.text_area, test.selectbox, test.number_input, test.radio)
    found = {one.key: one.value for kind in kinds for one in kind}
    return {key.removeprefix("study "): value for key, value in found.items() if key.startswith("study ")}


def test_a_study_begins_with_what_was_chosen_and_leads_to_its_organiser(store, runs):
    about = {"name": "Pilot", "raters": f"{ANA}\n\n {BEN} \nCy", "from": "personas", "count": 8, "each": 2}
    test = press(fill(page(), **about, seed=5, asked="all"), "Begin the study")
    (study,) = store.all()
    assert (study.name, study.raters, study.each, study.seed) == ("Pilot", [ANA, BEN, "Cy"], 2, 5)
    assert len(study.sentences) == 8
    assert all(study.sentences)
    assert [one.run for one in store.sources(study.id)] == ["personas"] * 8
    assert len(set(study.personas)) == len(played.PERSONAS)
    assert (address(test, "study"), address(test, "organise")) == (study.id, "1")
    assert "Pilot" in shown(test)
    assert test.dataframe[0].value["rater"].tolist() == [ANA, BEN, "Cy"]


def test_what_does_not_fit_is_said_and_nothing_that_was_typed_is_lost(store, runs):
    about = {"name": "Pilot", "raters": "Ana\nana\n", "from": "personas", "count": 3, "each": 4, "seed": 9}
    test = press(fill(page(), **about, asked="unsupported"), "Begin the study")
    assert "ana is named more than once" in errors(test)
    assert "1 to 2 of 2 raters, not by 4" in errors(test)
    assert typed(test) == about | {"asked": "unsupported"}
    assert store.all() == []
    test = press(fill(test, raters="Ana\nBen", each=2), "Begin the study")
    assert not errors(test)
    assert [one.name for one in store.all()] == ["Pilot"]


def test_a_name_that_is_taken_is_said_and_nothing_that_was_typed_is_lost(store, begun):
    test = press(fill(page(), name="Pilot", raters="Ana", each=1), "Begin the study")
    assert "There is a study named Pilot already" in errors(test)
    assert (typed(test)["name"], typed(test)["raters"]) == ("Pilot", "Ana")
    assert len(store.all()) == 1


@pytest.mark.parametrize(
    ("source", "says"),
    [("empty", "no finished dialogue in empty"), ("Consultations that have ended", "No consultation has")],
)
def test_where_there_is_no_dialogue_it_is_said(store, runs, source, says):
    played.write(runs / "empty", ids=0)
    about = {"name": "Pilot", "raters": "Ana", "each": 1}
    assert says in errors(press(fill(page(), **about, **{"from": source}), "Begin the study"))
    assert store.all() == []


def test_consultations_that_have_ended_can_be_rated(store, database_url, dialogue):
    kept = Consultations(Database(database_url))
    kept.save(dialogue)
    ended = dialogue.model_copy(update={"id": "ended", "end_reason": EndReason.concluded})
    kept.save(ended)
    about = {"name": "Ward", "raters": ANA, "each": 1, "from": "Consultations that have ended"}
    press(fill(page(), **about), "Begin the study")
    (study,) = store.all()
    assert store.sources(study.id)[0][1:] == ("", "ended")
    test = rater(study)
    assert [one.value for one in test.text] == [one.text for one in dialogue.turns]


def test_sentences_without_support_are_those_of_the_runs_judges(store, runs):
    one = played.dialogues()[0]
    sentence = sentences_of(one)[1].field
    about = {"metric": Metric.facts, "judge": "second", "detail": {"kind": "information"}}
    run = open_run(runs / "personas")
    run.keep_verdicts([Verdict(dialogue_id=one.id, field=sentence, **about)])
    fields = {"name": "P", "raters": ANA, "each": 1, "count": 20, "asked": "unsupported"}
    press(fill(page(), **fields, **{"from": "personas"}), "Begin the study")
    (study,) = store.all()
    places = {one.dialogue: one.place for one in store.sources(study.id)}
    assert sentence in study.sentences[places[one.id]]
    assert len(study.sentences[places[one.id]]) < len(sentences_of(one))


def test_the_list_names_the_studies_and_leads_to_each(store, begun):
    begin(store, raters=[ANA], each=1, name="Later", count=1)
    store.close(begun.id)
    test = page()
    assert re.search(r"Later.*open.*1 dialogue, each by 1 of 1.*Pilot.*closed.*4 dialogues", shown(test))
    test = checked(test.button(key=f"rate {begun.id}").click().run())
    assert address(test, "study") == begun.id
    assert {ANA, BEN} <= {one.label for one in test.main.button}
    test = press(test, BEN)
    assert address(test, "rater") == BEN
    assert number(test) == "1 of 4"


def test_a_damaged_study_is_named_and_the_others_are_there(store, begun, database_url):
    broken = begin(store, raters=[ANA], each=1, name="Broken")
    with Database(database_url).session() as session:
        session.execute(update(StudyRow).filter_by(id=broken.id).values(data="{"))
    test = page()
    assert "left as they are: Broken" in plain(test.warning[0].value)
    assert "Pilot" in shown(test)
    assert "Broken" in errors(page(study=broken.id, rater=ANA))


# A rater


def test_a_click_is_saved_and_shown_by_whoever_opens_the_page(store, begun):
    test = score(rater(begun), begun, PERSONALITY, 3)
    place = begun.order[ANA][0]
    assert store.ratings(begun.id) == [Rating(place, ANA, PERSONALITY, 3)]
    assert field(rater(begun), "score", begun, PERSONALITY).value == 3
    test = score(test, begun, PERSONALITY, 4)
    assert store.ratings(begun.id) == [Rating(place, ANA, PERSONALITY, 4)]


def test_each_criterion_is_asked_with_the_meaning_of_each_step(begun):
    test = rater(begun)
    asked = targets(begun, begun.order[ANA][0])
    assert [one.label for one in test.radio] == [one.criterion.label for one in asked]
    for target in asked:
        steps = [f"{number} · {step}" for number, step in enumerate(target.criterion.steps, 1)]
        assert field(test, "score", begun, target).options == steps
        assert target.criterion.question in shown(test)
        assert field(test, "score", begun, target).value is None


@pytest.mark.parametrize("low", [1, 2])
def test_a_low_score_needs_a_reason_before_the_dialogue_is_finished(store, begun, low):
    place = begun.order[ANA][0]
    rate_all(store, begun, ANA, place)
    assert "1 of 4 dialogues" in progress(rater(begun, number=1))
    test = score(rater(begun, number=1), begun, PERSONALITY, low)
    assert "needs a reason" in shown(test)
    assert "1 of 5 still to rate" in shown(test)
    assert "0 of 4 dialogues" in progress(test)
    test = explain(test, begun, PERSONALITY, "too calm")
    assert "needs a reason" not in shown(test)
    assert "All rated" in shown(test)
    assert "1 of 4 dialogues" in progress(test)
    assert Rating(place, ANA, PERSONALITY, low, "too calm") in store.ratings(begun.id)


def progress(test: AppTest) -> str:
    return next(one.proto.text for one in test.get("progress"))


def test_a_high_score_asks_for_no_reason_and_keeps_the_one_there_is(store, begun):
    test = score(rater(begun), begun, PERSONALITY, 4)
    assert not [one for one in test.text_input if one.label == "Reason"]
    test = explain(score(test, begun, PERSONALITY, 2), begun, PERSONALITY, "too calm")
    test = score(test, begun, PERSONALITY, 3)
    assert field(test, "reason", begun, PERSONALITY).value == "too calm"
    assert store.ratings(begun.id)[0][3:] == (3, "too calm")


def test_the_plausibility_of_sentences_is_asked_of_each_and_can_be_taken_back(store, runs):
    study = begin(store, raters=[ANA], each=1, asked="all", count=1)
    test = rater(study)
    sentences = sentences_of(played.dialogues()[0])
    assert [one.value for one in test.text][-len(sentences) :] == [one.text for one in sentences]
    target = Target(Metric.facts, sentences[2].field)
    test = score(test, study, target, 2)
    assert "needs a reason" in shown(test)
    test = explain(test, study, target, "not at 54")
    assert store.ratings(study.id) == [Rating(0, ANA, target, 2, "not at 54")]
    score(test, study, target, None)
    assert store.ratings(study.id) == [Rating(0, ANA, target, None, "not at 54")]


def test_back_and_forth_shows_what_was_said_of_each(store, begun):
    test = score(rater(begun), begun, PERSONALITY, 3)
    first = [one.value for one in test.text]
    assert next(one for one in test.button if one.label == "Back").disabled
    test = press(test, "Next")
    assert number(test) == "2 of 4"
    assert [one.value for one in test.text] != first
    assert field(test, "score", begun, PERSONALITY).value is None
    test = press(score(test, begun, PERSONALITY, 1), "Back")
    assert [one.value for one in test.text] == first
    assert field(test, "score", begun, PERSONALITY).value == 3
    for _ in range(3):
        test = press(test, "Next")
    assert next(one for one in test.button if one.label == "Next").disabled
    assert [one.score for one in store.ratings(begun.id)].count(None) == 0


def test_a_rater_goes_on_at_the_first_dialogue_that_is_not_finished(store, begun):
    order = begun.order[ANA]
    for place in (order[0], order[1], order[3]):
        rate_all(store, begun, ANA, place)
    store.rate(begun.id, order[1], ANA, PERSONALITY, score=1)  # without a reason
    assert number(rater(begun)) == "2 of 4"
    store.rate(begun.id, order[1], ANA, PERSONALITY, reason="why")
    assert number(rater(begun)) == "3 of 4"
    rate_all(store, begun, ANA, order[2])
    test = rater(begun)
    assert number(test) == "1 of 4"
    assert "4 of 4 dialogues" in progress(test)


def test_the_last_click_on_a_dialogue_does_not_take_it_away(store, begun):
    rest = targets(begun, begun.order[ANA][0])
    for target in rest[:-1]:
        store.rate(begun.id, begun.order[ANA][0], ANA, target, score=4)
    test = score(rater(begun), begun, rest[-1], 4)
    assert number(test) == "1 of 4"
    assert "All rated" in shown(test)


def test_each_rater_sees_its_dialogues_in_its_own_order(begun):
    for name in (ANA, BEN):
        for place, expected in enumerate(begun.order[name], 1):
            test = rater(begun, name, number=place)
            said = [one.text for one in played.dialogues()[expected].turns if not concludes(one)]
            assert [plain(one.value) for one in test.text][: len(said)] == [plain(one) for one in said]


def concludes(turn: Turn) -> bool:
    return bool(turn.question and turn.question.differential)


@pytest.mark.parametrize(
    "given", ["0", "-1", "5", "999", "abc", "1.5", "", " 1", "²", "9" * 5_000, "<b>", "None"]
)
def test_a_number_that_is_none_leads_to_the_first_that_is_not_finished(store, begun, given):
    rate_all(store, begun, ANA, begun.order[ANA][0])
    test = rater(begun, number=given)
    assert (number(test), address(test, "number")) == ("2 of 4", "2")


def test_a_number_in_the_address_counts_until_it_is_changed(begun):
    test = rater(begun, number=3)
    assert number(test) == "3 of 4"
    assert number(score(test, begun, PERSONALITY, 4)) == "3 of 4"


@pytest.mark.parametrize("id", ["none", "<b>", "x" * 3_000, "../../etc", "%"])
def test_an_unknown_study_is_said(begun, id):
    for about in ({}, {"rater": ANA}, {"organise": 1}):
        assert "no study with this address" in errors(page(study=id, **about))


@pytest.mark.parametrize("name", ["Nobody", ANA.lower(), ANA + " ", LIVE, "x" * 3_000])
def test_who_does_not_rate_is_said_and_the_raters_are_named(begun, name):
    test = rater(begun, name)
    assert "does not rate in this study" in plain(test.warning[0].value)
    assert {ANA, BEN} <= {one.label for one in test.main.button}
    assert_nothing_lives(test)
    assert not test.radio


def test_a_rater_without_a_dialogue_is_told(store, runs):
    study = begin(store, raters=[ANA, BEN], each=1, count=1)
    idle = next(name for name in study.raters if not study.order[name])
    assert "There is no dialogue for" in shown(rater(study, idle))


@pytest.fixture
def telling(store, runs) -> Study:
    """A study whose dialogue would give much away."""
    base = played.dialogues()[0]
    asked, shown_as = base.persona, Persona(personality="overanxious", cefr="A", recall="low")
    turns = [
        one.model_copy(update={"persona": shown_as, "model": "zebra-model"}) if one.role == "patient" else one
        for one in base.turns
    ]
    last = turns[-1].model_copy(deep=True) if concludes(turns[-1]) else None
    assert last
    last.text, last.question.differential = "[DDX] 1. zebra disease", ["zebra disease"]
    about = {"turns": [*turns[:-1], last], "model": "zebra-model", "doctor": "zebra-model"}
    one = base.model_copy(update={**about, "differential": ["zebra disease"], "persona": asked})
    played.copy(runs / "zebra-run")
    verdict = Verdict(
        dialogue_id=one.id, metric="fidelity", field="personality", score=1, judge="zebra-judge"
    )
    open_run(runs / "zebra-run").keep_verdicts([verdict])
    study = plan("Pilot", [ANA, BEN], [one], 2, asked="all")
    store.begin(study, [("zebra-run", one)])
    for target in targets(study, 0):
        store.rate(study.id, 0, BEN, target, score=1, reason="zebra reason")
    return study


def everything(test: AppTest) -> str:
    """All that is sent to the browser."""
    return plain(repr(test.main) + " ".join(raw(test)) + " ".join(map(repr, test.sidebar)))


def test_a_rater_is_blind_to_others_to_judges_and_to_how_the_dialogue_was_made(store, telling):
    test = rater(telling)
    for secret in (*SECRET, BEN, "Overanxious", "clinician"):
        assert secret not in everything(test), secret
    assert "Plain" in shown(test)  # what was asked of the patient
    assert field(test, "score", telling, PERSONALITY).value is None
    assert "0 of 1 dialogues" in progress(test)
    test = score(test, telling, PERSONALITY, 3)
    for secret in (*SECRET, BEN):
        assert secret not in everything(test), secret
    assert store.ratings(telling.id, ANA) == [Rating(0, ANA, PERSONALITY, 3)]


def test_what_would_tell_is_in_the_dialogue_of_the_test_above(store, telling):
    """Else the test above would say nothing."""
    found = store.dialogue(telling.id, 0).model_dump_json() + repr(store.ratings(telling.id))
    found += repr(store.sources(telling.id))
    for secret in (*SECRET[:2], *SECRET[3:], BEN, "overanxious"):
        assert secret in found


def test_a_closed_study_can_be_read_and_not_changed(store, begun):
    store.rate(begun.id, begun.order[ANA][0], ANA, PERSONALITY, score=2, reason="too calm")
    store.close(begun.id)
    test = rater(begun, number=1)
    assert "This study is closed" in shown(test)
    assert all(one.disabled for one in (*test.radio, *test.text_input))
    assert field(test, "score", begun, PERSONALITY).value == 2
    assert field(test, "reason", begun, PERSONALITY).value == "too calm"


def test_a_click_after_the_study_was_closed_is_said_and_the_field_shows_what_is_kept(store, begun):
    test = score(rater(begun), begun, PERSONALITY, 3)
    store.close(begun.id)
    test = score(test, begun, PERSONALITY, 1)
    assert "This was not saved. This study is closed" in errors(test)
    assert field(test, "score", begun, PERSONALITY).value == 3
    assert field(test, "score", begun, PERSONALITY).disabled
    assert [one.score for one in store.ratings(begun.id)] == [3]


@pytest.fixture
def broken(monkeypatch):
    """Makes methods of the store fail as they do when the database does."""

    def away(*_, **__):
        raise StorageError("The database pilot.db cannot be used (disk is full).")

    def fail(*names: str):
        patch = pytest.MonkeyPatch()
        for name in names:
            patch.setattr(Studies, name, away)
        patches.append(patch)
        return patch.undo

    patches: list[pytest.MonkeyPatch] = []
    yield fail
    for patch in patches:
        patch.undo()


def test_a_click_that_cannot_be_saved_is_said_and_the_field_shows_what_is_kept(store, begun, broken):
    test = score(rater(begun), begun, PERSONALITY, 3)
    mended = broken("rate")
    test = score(test, begun, PERSONALITY, 1)
    assert "This was not saved. The database pilot.db cannot be used (disk is full)." in errors(test)
    assert field(test, "score", begun, PERSONALITY).value == 3
    mended()
    test = score(test, begun, PERSONALITY, 1)
    assert not errors(test)
    assert [one.score for one in store.ratings(begun.id)] == [1]


def test_a_reason_that_cannot_be_saved_is_not_lost(store, begun, broken):
    test = score(rater(begun), begun, PERSONALITY, 1)
    broken("rate")
    test = explain(test, begun, PERSONALITY, "I typed <b>this</b>")
    assert "Your words were: I typed <b>this</b>" in errors(test)
    assert_nothing_lives(test)
    assert store.ratings(begun.id)[0].reason == ""


def test_a_database_that_is_away_is_said_until_it_is_back(begun, broken):
    test = rater(begun)
    back = broken("rate", "load", "ratings", "dialogue", "all")
    test = score(test, begun, PERSONALITY, 4)
    assert "disk is full" in errors(test)
    assert "disk is full" in errors(rater(begun))
    assert "disk is full" in errors(page())
    back()
    assert number(rater(begun)) == "1 of 4"


def test_a_fault_while_a_dialogue_is_drawn_leaves_a_way_to_try_again(begun, broken):
    back = broken("dialogue")
    test = rater(begun)
    assert "disk is full" in errors(test)
    back()
    assert number(press(test, "Try again")) == "1 of 4"


def test_a_damaged_dialogue_is_said(begun, database_url):
    with Database(database_url).session() as session:
        place = begun.order[ANA][0]
        session.execute(update(StudyDialogueRow).filter_by(study=begun.id, place=place).values(data="{"))
    assert "cannot be read" in errors(rater(begun))
    assert number(rater(begun, number=2)) == "2 of 4"


# What people and models write


def assert_nothing_lives(test: AppTest) -> None:
    for text in raw(test):
        assert not [live for live in ALIVE if live in text], text


@pytest.fixture
def hostile(store, runs) -> tuple[Study, Dialogue]:
    """A study whose names, record and conversation would do much if they were rendered."""
    base = played.dialogues()[0]
    case = base.case.model_copy(update={"chiefcomplaint": LIVE, "medical_history": LIVE, "occupation": LIVE})
    said = [one.model_copy(update={"text": SAID}) for one in base.turns[:4]]
    one = base.model_copy(update={"case": case, "turns": said, "id": f"<b>{base.id}"})
    study = plan(LIVE[:55], [LIVE[:54], SAID[:58]], [one], 2, asked="all")
    store.begin(study, [("personas", one)])
    for name, value in zip(study.raters, (1, 4), strict=True):
        for target in targets(study, 0):
            store.rate(study.id, 0, name, target, score=value, reason=LIVE)
    return study, one


def test_what_people_and_models_wrote_is_shown_to_raters_as_it_is(hostile):
    study, _ = hostile
    for test in (page(), page(study=study.id), rater(study, study.raters[0], number=1)):
        assert_nothing_lives(test)
    texts = [one.value for one in test.text]
    assert SAID in texts
    assert LIVE[:55] in shown(test)
    assert field(test, "reason", study, PERSONALITY, study.raters[0]).value == LIVE


@pytest.mark.parametrize("view", ["progress", "agreement", "means", "talk", "judges"])
def test_what_people_and_models_wrote_is_shown_to_organisers_as_it_is(hostile, view):
    study, _ = hostile
    test = organiser(study, view=view)
    assert not errors(test)
    assert_nothing_lives(test)
    if view == "talk":
        assert LIVE in shown(test)


# An organiser


def rated(store, study: Study, scores: dict[str, list[int]]) -> None:
    """Personality of the first dialogues, by rater."""
    for name, own in scores.items():
        for place, value in enumerate(own):
            store.rate(study.id, place, name, PERSONALITY, score=value, reason=f"reason of {name}")


def test_an_organiser_sees_how_far_each_rater_is(store, begun):
    rate_all(store, begun, ANA, 0)
    store.rate(begun.id, 1, ANA, PERSONALITY, score=1)
    found = organiser(begun).dataframe[0].value.set_index("rater")
    assert found.loc[ANA].tolist()[:5] == [1, 4, 5, 20, 1]
    assert found.loc[BEN].tolist()[:3] == [0, 4, 0]


def test_a_link_for_each_rater_leads_to_its_own_view(begun):
    links = [plain(one.label) for one in organiser(begun).get("page_link") if one.proto.query_string]
    assert links == [ANA, BEN]


@pytest.mark.parametrize("view", ["agreement", "means", "talk", "judges"])
def test_before_anything_is_rated_each_view_says_so(begun, view):
    assert "Nothing is rated yet" in shown(organiser(begun, view=view))


def test_one_rater_alone_has_nobody_to_agree_with(store, begun):
    rated(store, begun, {ANA: [4, 4]})
    assert "No two raters have rated the same yet" in shown(organiser(begun, view="agreement"))
    assert "No two raters are two steps" in shown(organiser(begun, view="talk"))


def test_agreement_is_shown_of_all_and_of_each_pair_if_wanted(store, begun):
    rated(store, begun, {ANA: [4, 3, 2, 1], BEN: [4, 3, 2, 1]})
    test = organiser(begun, view="agreement")
    found = test.dataframe[0].value
    assert found[["Criterion", "Raters", "The same"]].values.tolist() == [["Personality", EVERYBODY, "100%"]]
    assert found["AC1"][0].startswith("1.00")
    found = checked(test.toggle[0].set_value(True).run()).dataframe[0].value
    assert found["Raters"].tolist() == [EVERYBODY, f"{ANA} and {BEN}"]


def test_pairs_of_raters_are_worked_out_only_if_wanted(store, begun, monkeypatch):
    """With 50 raters there are 1,225 of them, and the view looks again every ten seconds."""
    rated(store, begun, {ANA: [4, 3, 2, 2], BEN: [4, 3, 2, 1]})
    asked, real = [], tables.rater_agreement
    monkeypatch.setattr(
        tables, "rater_agreement", lambda table, pairs: asked.append(pairs) or real(table, pairs)
    )
    st.cache_data.clear()
    test = organiser(begun, view="agreement")
    checked(test.toggle[0].set_value(True).run())
    assert asked == [False, True]


def test_means_are_shown_by_rater(store, begun):
    rated(store, begun, {ANA: [4, 2], BEN: [1, 1]})
    found = organiser(begun, view="means").dataframe[0].value
    assert [found[name][0].split()[0] for name in (EVERYBODY, ANA, BEN)] == ["2.00", "3.00", "1.00"]


def test_disagreements_are_shown_with_both_reasons_and_the_dialogue(store, begun):
    rated(store, begun, {ANA: [4, 4], BEN: [3, 1]})
    test = organiser(begun, view="talk")
    assert f"{ANA} 4, {BEN} 1" in shown(test)
    assert f"{ANA} 4, {BEN} 3" not in shown(test)
    assert f"{ANA}: reason of {ANA}" in shown(test)
    assert f"{BEN}: reason of {BEN}" in shown(test)
    assert "The dialogue" in [one.label for one in test.get("page_link")]


def test_judges_are_laid_beside_the_clinicians(store, begun):
    rated(store, begun, {ANA: [4, 4], BEN: [3, 3]})
    found = organiser(begun, view="judges").dataframe[0].value
    assert found["Judge"].tolist() == ["rules"]
    assert found["Rated by both"].tolist() == [4]


def test_a_run_that_is_gone_is_said_and_the_rest_is_there(store, runs):
    study = begin(store, raters=[ANA], each=1, run="gone")
    rated(store, study, {ANA: [4]})
    test = organiser(study, view="judges")
    assert "No judge scored the same criteria" in shown(test)
    assert "gone" in plain(test.warning[0].value)
    assert len(organiser(study, view="means").dataframe) == 1


@pytest.mark.parametrize("view", ["nonsense", "<b>", ""])
def test_a_view_that_is_none_shows_the_progress(begun, view):
    assert organiser(begun, view=view).dataframe[0].value["rater"].tolist() == [ANA, BEN]


def test_a_study_that_cannot_be_closed_says_so(store, begun, broken):
    test = organiser(begun)
    broken("close")
    test = press(test, "Close and show in Results")
    assert "disk is full" in errors(test)
    assert not store.load(begun.id).closed


def test_figures_that_cannot_be_looked_up_are_said(begun, broken):
    broken("ratings")
    assert "disk is full" in errors(organiser(begun))


# Results and Dialogues


def results(name="personas", **address) -> AppTest:
    test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=60).run()
    test.switch_page("pages/4_Results.py")
    for key, value in {"run": [name], **address}.items():
        test.query_params[key] = value
    return checked(test.run())


def judges(test: AppTest) -> list[str]:
    return [plain(one) for field in test.sidebar.multiselect for one in field.options if "linician" in one]


def test_once_a_study_is_closed_results_have_the_clinicians_among_the_judges(store, begun):
    rated(store, begun, {ANA: [4, 2], BEN: [1]})
    test = organiser(begun)
    assert judges(results()) == []
    press(test, "Close and show in Results")
    assert {f"clinician {ANA}", f"clinician {BEN}"} <= set(judges(results()))
    press(organiser(begun), "Open again")
    assert judges(results()) == []


def test_once_a_study_is_closed_dialogues_show_what_clinicians_said(store, begun):
    rated(store, begun, {ANA: [2]})

    def opened() -> str:
        test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=60).run()
        test.switch_page("pages/5_Dialogues.py")
        test.query_params["run"] = ["personas"]
        test.query_params["dialogue"] = f"personas/{played.dialogues()[0].id}"
        test.query_params["beside"] = "Verdicts"
        return shown(checked(test.run()))

    assert "clinician" not in opened()
    store.close(begun.id)
    assert f"2 of 4 clinician {ANA}" in re.sub(r":\w+\[|\*|\]", "", opened())
    assert f"reason of {ANA}" in opened()


def test_the_run_itself_is_left_as_it_is(store, begun, runs):
    results()
    files = {one: one.read_bytes() for one in (runs / "personas").iterdir()}
    rated(store, begun, {ANA: [4, 2]})
    store.close(begun.id)
    assert f"clinician {ANA}" in judges(results())
    assert {one: one.read_bytes() for one in (runs / "personas").iterdir()} == files


def test_only_finished_dialogues_of_a_run_are_drawn(store, runs):
    with writing(runs / "half", played.Parameters(), played.SAMPLES, played.ITEMS) as run:
        run.keep(played.dialogues()[0])
        fault = Failure(kind="service", text="no answer")
        lost = {"end_reason": EndReason.model_failure, "failure": fault}
        run.keep(played.dialogues()[1].model_copy(update=lost))
    fields = {"name": "P", "raters": ANA, "each": 1, "count": 20, "from": "half"}
    test = press(fill(page(), **fields), "Begin the study")
    assert not errors(test)
    (study,) = store.all()
    assert [one.dialogue for one in store.sources(study.id)] == [played.dialogues()[0].id]


def test_the_exported_ratings_have_no_formula_in_them_and_come_back(store, runs, offered):
    study = begin(store, raters=["=Ana", "@Ben"], each=2)
    rated(store, study, {"=Ana": [4, 1], "@Ben": [4, 3]})
    store.rate(study.id, 0, "=Ana", PERSONALITY, reason='=HYPERLINK("http://a.b")')
    organiser(study, view="agreement")
    assert "'=Ana" in offered[0]
    assert "'@Ben" in offered[0]
    assert not re.search(r"[,\n]\"?[=@]", offered[0])
    back = read_ratings(offered[0])
    assert set(back["rater"]) == {"=Ana", "@Ben"}
    assert '=HYPERLINK("http://a.b")' in set(back["reason"])
    assert back["score"].tolist() == [4, 1, 4, 3]


def test_a_rater_called_as_a_label_of_the_tables_is_refused_and_nothing_that_was_typed_is_lost(store, runs):
    test = fill(page(), name="Pilot", raters=f"{EVERYBODY}\n{BEN}", each=1, **{"from": "personas"})
    test = press(test, "Begin the study")
    assert "No rater can be called All raters" in errors(test)
    assert typed(test)["raters"] == f"{EVERYBODY}\n{BEN}"
    assert store.all() == []
