"""The Simulate page: what a form asks for is planned, played, stopped and gone on with."""

import pytest
import streamlit as st
from driver import ROOT, checked, errors, plain
from service import KEY, Answer
from streamlit.testing.v1 import AppTest

from patientsim_core import EndReason, Persona, playing
from patientsim_core.persona import Dazed, Personality
from patientsim_core.playing import VARIABLE
from patientsim_core.storage.runs import open_run
from tests.waiting import until


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    """The folder of runs, and a server that has played nothing yet."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "runs"))
    st.cache_resource.clear()
    return tmp_path / "runs"


def page() -> AppTest:
    test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=30).run()
    return checked(test.switch_page("pages/3_Simulate.py").run())


def press(test: AppTest, label: str) -> AppTest:
    return checked(next(button for button in test.button if button.label == label).click().run())


def labels(test: AppTest) -> list[str]:
    return [button.label for button in test.button]


def plan(test: AppTest) -> str:
    return plain(" ".join(one.value for one in [*test.info, *test.warning]))


def choose(test: AppTest, **fields) -> AppTest:
    """Sets fields by their keys, a blank for each underscore."""
    for name, value in fields.items():
        key = name.replace("_", " ")
        for kind in (test.multiselect, test.selectbox, test.number_input, test.text_input, test.text_area):
            for one in kind:
                if one.key == key:
                    one.set_value(value)
    return checked(test.run())


def personas(test: AppTest, which: str) -> AppTest:
    return checked(test.segmented_control(key="batch personas").set_value(which).run())


def small(test: AppTest) -> AppTest:
    """Two cases, each with its own persona."""
    options = test.multiselect(key="batch cases").options
    return choose(test, batch_cases=options[:2], batch_turns=3, run_name="trial")


def ended(test: AppTest, runs) -> AppTest:
    """The page once the batch is over."""
    assert until(lambda: len(open_run(runs / "trial").finished()) == len(open_run(runs / "trial").planned))
    assert until(lambda: checked(test.run()).success)
    return test


def test_the_plan_stands_there_before_anything_starts(runs):
    test = page()
    assert plan(test) == "20 dialogues to play."
    assert "740 dialogues" in plan(personas(test, "All 37"))
    assert not runs.exists()


def test_levels_are_combined_and_counted(runs):
    test = personas(page(), "By level")
    choose(test, batch_personality=[Personality.verbose, Personality.distrust], batch_dazed=[Dazed.high])
    assert "2 combinations, 2 outside the 37 standard ones." in [one.value for one in test.caption]
    assert "40 dialogues" in plan(test)


def test_each_persona_may_meet_only_some_cases_unless_each_case_has_its_own(runs):
    test = personas(page(), "All 37")
    assert "111 dialogues" in plan(choose(test, batch_cases_each=3))
    assert "must be 1 to 20, the number of cases, not 21" in plan(choose(test, batch_cases_each=21))
    assert plan(personas(test, "Each case's own")) == "20 dialogues to play."
    assert "batch cases each" not in [one.key for one in test.number_input]


def test_a_batch_without_persona_behaviour_is_played_plain_and_keeps_the_personas(runs):
    test = small(page())
    ended(press(checked(test.checkbox(key="batch control").check().run()), "Start"), runs)
    run = open_run(runs / "trial")
    assert run.parameters.play_as == Persona()
    found = list(run.dialogues())
    assert {turn.persona for one in found for turn in one.turns if turn.persona} == {Persona()}
    assert Persona() not in {one.persona for one in found}


def test_a_batch_is_played_and_kept_by_its_name(runs):
    test = press(small(page()), "Start")
    ended(test, runs)
    assert "trial: 2 of 2 dialogues are there" in plain(test.success[0].value)
    found = list(open_run(runs / "trial").dialogues())
    assert {one.end_reason for one in found} == {EndReason.concluded}
    assert open_run(runs / "trial").parameters.play_as is None
    assert "Hide" in labels(test)
    assert "Hide" not in labels(press(test, "Hide"))


def test_another_session_sees_the_batch_and_the_run(runs):
    ended(press(small(page()), "Start"), runs)
    other = page()
    assert "trial: 2 of 2" in plain(other.success[0].value)
    assert any("2 of 2 dialogues" in plain(one.value) for one in other.markdown)


def test_a_batch_can_be_stopped_and_gone_on_with(runs, service, monkeypatch):
    monkeypatch.setenv("VLLM_BASE_URL", service.url)
    monkeypatch.setenv("VLLM_API_KEY", KEY)
    service.answers(Answer("Where is it?", delay=0.1))
    test = small(page())
    choose(test, doctor_service="vllm")
    choose(test, doctor_name_vllm="m")
    press(test, "Start")
    assert until(lambda: service.requests)
    press(test, "Stop")
    assert until(lambda: "Go on" in labels(checked(test.run())))
    assert "missing; the same again goes on" in plain(test.warning[0].value)
    service.answers(Answer("Where is it? [DDX] 1. A 2. B 3. C 4. D 5. E"))
    ended(press(test, "Go on"), runs)


def test_what_is_wrong_is_said_and_nothing_is_begun(runs):
    test = choose(small(page()), run_name="../elsewhere")
    assert "must begin with a letter or a digit" in errors(press(test, "Start"))
    assert not runs.exists()
    assert test.multiselect(key="batch cases").value, "the form keeps what was chosen"


def test_a_model_without_a_name_or_a_key_cannot_start(runs):
    test = choose(page(), patient_service="openai")
    assert "Patient, OpenAI: type the model's name." in plan(test)
    assert next(one for one in test.button if one.label == "Start").disabled
    choose(test, patient_name_openai="gpt-4o-mini")
    assert "openai:gpt-4o-mini: about 360 calls" in plan(test)
    assert "OPENAI_API_KEY" in errors(press(test, "Start"))
    assert not runs.exists()


def test_an_option_that_cannot_be_given_is_said_before_the_start(runs):
    assert "must be NAME=VALUE" in plan(choose(page(), batch_extra="top_p"))


def test_a_name_that_is_taken_goes_on_with_the_same_and_refuses_another(runs):
    test = ended(press(small(page()), "Start"), runs)
    choose(test, run_name="trial", batch_seed=1)
    assert "seed was 42, now 1" in errors(press(test, "Start"))


def test_a_run_that_cannot_be_read_is_listed_with_the_reason(runs):
    (runs / "broken").mkdir(parents=True)
    (runs / "broken" / "run.json").write_text("{")
    assert any("is not the description of a run" in plain(one.value) for one in page().markdown)


def test_a_server_plays_a_bounded_number_of_batches(runs, monkeypatch):
    monkeypatch.setattr(playing, "MOST", 0)
    assert "0 batches are playing" in errors(press(small(page()), "Start"))
