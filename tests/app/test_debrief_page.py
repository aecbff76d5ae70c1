"""The debrief of an ended consultation and of a run's dialogue, without a browser."""

import json

import pytest
from driver import ROOT, address, ask, checked, errors, finish, page, plain, press, said
from hostile import ALIVE, LIVE
from kinds import ADDRESS_NAMES, KEY_NAMES
from service import KEY, Answer, Problem
from streamlit.testing.v1 import AppTest

from patientsim_core import Dialogue, EndReason, Persona, Turn
from patientsim_core.debrief.checklist import Check
from patientsim_core.evaluation.doctor import CRITERIA
from patientsim_core.storage import Database
from patientsim_core.storage.lessons import Lessons
from tests.cases import CASES, release
from tests.debrief.scripted import named, talk
from tests.played import ITEMS


@pytest.fixture
def lessons(database_url) -> Lessons:
    return Lessons(Database(database_url))


@pytest.fixture
def kept(store):
    """Saves a dialogue as a consultation that ended, and gives its id."""

    def keep(dialogue: Dialogue, **about) -> str:
        store.save(dialogue.model_copy(update={"end_reason": EndReason.concluded}), **about)
        return dialogue.id

    return keep


@pytest.fixture
def forgetful(kept) -> str:
    return kept(named("low recall, history mostly forgotten"))


def everything(test: AppTest) -> str:
    kinds = (test.main.markdown, test.main.caption, test.main.subheader, test.main.info, test.main.text)
    return plain(" ".join(one.value for kind in kinds for one in kind))


def files(test: AppTest) -> set[str]:
    return {one.proto.label for one in test.get("download_button")}


def test_each_part_of_the_debrief_stands_on_one_page(forgetful):
    test = page(forgetful)
    titles = [one.value for one in test.main.subheader if "Question" not in one.value]
    for title in ("Next time", "What went well", "History", "Differential", "Red flags", "Communication"):
        assert title in titles
    text = everything(test)
    assert "[Doctor 5](#question-5)** Do you have any medical conditions?" in text
    assert "forgotten" in text
    assert len(test.get("plotly_chart")) == 2


def test_it_comes_as_html_markdown_and_json(forgetful):
    assert {"HTML, to print", "Markdown", "JSON"} <= files(page(forgetful))


def test_the_consultation_is_taken_again_from_a_suggestions_question(forgetful, store):
    test = page(forgetful)
    button = next(one for one in test.main.button if one.label.startswith("Take it again from question"))
    question = int(button.label.split()[-1])
    checked(button.click().run())
    new = address(test)
    assert new != forgetful
    original, again = store.load(forgetful), store.load(new)
    asked = [turn.text for turn in again.turns if turn.role == "doctor"]
    assert asked == [turn.text for turn in original.turns if turn.role == "doctor"][: question - 1]
    assert again.end_reason is None
    assert store.about(new).again_of == forgetful
    assert test.chat_input
    assert store.load(forgetful) == original


def test_it_is_taken_again_from_any_other_question(forgetful, store):
    test = page(forgetful)
    test.number_input(key="again from").set_value(3)
    checked(test.button(key="again").click().run())
    assert store.load(address(test)).questions == 2


def test_two_tries_are_compared_with_the_first_one_chosen(forgetful, store):
    test = page(forgetful)
    test.number_input(key="again from").set_value(1)
    checked(test.button(key="again").click().run())
    finish(ask(test, "What medicines do you take?"), "Pneumonia")
    box = test.selectbox(key="compare with")
    assert box.value == forgetful
    text = everything(test)
    assert "Facts heard: " in text
    assert "only before" in text


def test_another_case_is_no_other_try(forgetful, kept):
    kept(named("stroke on waking"))
    assert not any(one.key == "compare with" for one in page(forgetful).selectbox)


def test_a_held_debrief_shows_the_conversation_and_nothing_of_the_case(forgetful, store, lessons):
    case = store.load(forgetful).case
    lessons.hold(case.hadm_id)
    test = page(forgetful)
    text = everything(test)
    assert "Your teacher shows the debrief later" in text
    assert len(said(test)) == len(store.load(forgetful).turns)
    for secret in (case.diagnosis, case.occupation, "Next time", "missed"):
        assert secret not in text
    assert not files(test)
    lessons.hold(case.hadm_id, False)
    assert "Next time" in everything(page(forgetful))


def test_a_teachers_checklist_is_held_against_the_consultation(forgetful, store, lessons):
    points = [Check("Asks for illnesses", "medical_history"), Check("Says goodbye", words=("goodbye",))]
    lessons.set_checklist(store.load(forgetful).case.hadm_id, points)
    text = everything(page(forgetful))
    assert "1 of 2 points of your teacher's list" in text
    assert "Says goodbye :red-badge[missed]" in text


def test_a_trainee_signs_when_the_consultation_ends(store):
    test = press(ask(page(), "What brings you in today?"), "End consultation")
    test.text_input[0].set_value("Pneumonia")
    test.text_input(key="trainee").set_value("  Ana Ruiz ")
    press(test, "End and debrief")
    assert store.about(address(test)).trainee == "Ana Ruiz"


def test_nothing_that_was_said_or_recorded_comes_alive(kept):
    case = release(medical_history=LIVE.replace(";", ","), chiefcomplaint=LIVE[:60], diagnosis=LIVE[:60])
    turns = [
        Turn(role="doctor", text=f"Any illnesses? {LIVE}"),
        Turn(role="patient", text=LIVE, persona=Persona()),
    ]
    test = page(kept(Dialogue(case=case, persona=Persona(), turns=turns, differential=[LIVE[:150]])))
    shown = [
        one.value for kind in (test.main.markdown, test.main.caption, test.main.subheader) for one in kind
    ]
    for text in shown:
        for sign in ALIVE:
            assert sign not in text.replace("](#question", ""), text


def test_a_consultation_without_a_word_has_a_debrief(kept):
    test = page(kept(Dialogue(case=CASES["synthetic-01"], persona=Persona())))
    assert "0 open and 0 closed questions" in everything(test)
    assert all(one.disabled for one in test.main.button if one.key == "again")


def judge(test: AppTest, service) -> AppTest:
    """Asks this machine's service to judge, as a model of the user's own server."""
    test.session_state["ask a judge"] = True
    checked(test.run())
    checked(test.selectbox(key="judge service").set_value("vllm").run())
    test.text_input(key="judge name vllm").set_value("j")
    test.text_input(key=f"typed vllm {ADDRESS_NAMES['vllm']}").set_value(service.url)
    test.text_input(key=f"typed vllm {KEY_NAMES['vllm']}").set_value(KEY)
    checked(test.run())
    return press(test, "Judge this consultation")


def scores(number: int) -> list[Answer]:
    text = json.dumps({"reason": "Seen.", "quote": "", "score": number})
    return [Answer(text)] * len(CRITERIA)


def test_a_judge_models_scores_are_kept_and_shown_as_bands(kept, service, store):
    id = kept(talk("synthetic-01", "plain,B,high,normal", "D: Are you allergic to anything?"))
    service.answers(*scores(4))
    test = judge(page(id), service)
    assert len([one for one in store.verdicts(id) if one.metric == "doctor"]) == len(CRITERIA)
    text = everything(page(id))
    assert "Past history, by vllm:j :green-badge[strong]" in text
    assert not errors(test)


def test_what_a_judge_said_before_a_fault_is_kept(kept, service, store):
    id = kept(talk("synthetic-01", "plain,B,high,normal", "D: Are you allergic to anything?"))
    service.answers(scores(4)[0], *[Problem(400)] * 5)
    test = judge(page(id), service)
    assert len(store.verdicts(id)) == 1
    assert "vllm:j: the service finds the request wrong" in errors(test)


def run_page(**given) -> AppTest:
    test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=60).run()
    test.switch_page("pages/5_Dialogues.py")
    for name, value in given.items():
        test.query_params[name] = value
    return checked(test.run())


def test_a_runs_dialogue_has_its_debrief_and_can_be_taken_again(folder_of_runs, store):
    name = f"personas/{ITEMS[0].id}"
    test = run_page(run=["personas"], dialogue=name, view="Debrief")
    assert "Next time" in [one.value for one in test.main.subheader]
    assert not any(one.label == "Ask a judge model" for one in test.expander)
    checked(test.button(key="again").click().run())
    (new,) = [one for one in store.recent() if one.questions == 0]
    assert store.about(new.id).again_of == name
