"""The Class page: what a teacher settles for a case and sees of a class, without a browser."""

from datetime import date, timedelta

import pytest
from driver import ROOT, checked, errors, plain, press
from hostile import ALIVE, LIVE
from streamlit.testing.v1 import AppTest

from patientsim_core import EndReason
from patientsim_core.debrief.checklist import template
from patientsim_core.storage import Database
from patientsim_core.storage.lessons import Lessons
from tests.debrief.scripted import talk

PLAIN = "plain,B,high,normal"
CASE = "synthetic-01"
ASKED = "D: Are you allergic to anything?\nP: Penicillin, I get a rash."


@pytest.fixture
def lessons(database_url) -> Lessons:
    return Lessons(Database(database_url))


@pytest.fixture(autouse=True)
def pupils(store):
    """Three consultations of one case, one of another, and one that goes on."""
    found = (
        ("a", CASE, ASKED, "Ana"),
        ("b", CASE, "D: Hi\nP: Hello.", "Ben"),
        ("c", CASE, "D: Hi\nP: Hello.", ""),
        ("d", "synthetic-02", "D: Hi\nP: Hello.", "Cem"),
        ("e", CASE, "D: Hi\nP: Hello.", "Open"),
    )
    for id, case, said, trainee in found:
        end = None if trainee == "Open" else EndReason.concluded
        store.save(talk(case, PLAIN, said).model_copy(update={"id": id, "end_reason": end}))
        store.sign(id, trainee)


def page(**given) -> AppTest:
    test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=60).run()
    test.switch_page("pages/7_Class.py")
    for name, value in ({"case": CASE} | given).items():
        test.query_params[name] = value
    return checked(test.run())


def everything(test: AppTest) -> str:
    kinds = (test.main.markdown, test.main.caption, test.main.subheader, test.main.info)
    return plain(" ".join(one.value for kind in kinds for one in kind))


def trainees(test: AppTest) -> list[str]:
    return sorted(test.dataframe[0].value["Trainee"])


def test_a_class_are_the_ended_consultations_of_a_case():
    test = page()
    assert trainees(test) == ["Ana", "Ben", "unnamed"]
    assert "3 consultations" in everything(test)
    assert "Missed most: " in everything(test)
    assert len(test.get("plotly_chart")) == 2


def test_only_those_since_a_day_are_shown():
    tomorrow = (date.today() + timedelta(days=2)).isoformat()
    assert trainees(page(since=date.today().isoformat())) == ["Ana", "Ben", "unnamed"]
    assert "none since that day" in everything(page(since=tomorrow))


@pytest.mark.parametrize("given", [{"case": "nobody"}, {"since": "soon"}, {"since": "2026-99-99"}])
def test_an_address_that_makes_no_sense_shows_what_there_is(given):
    test = page(**given)
    assert not errors(test)
    assert test.dataframe


def test_a_case_that_nobody_took_can_be_prepared():
    test = page(case="synthetic-07")
    assert "No consultation of this case has ended yet" in everything(test)
    assert test.toggle


def test_debriefs_are_held_back_and_released_for_one_case_alone(lessons):
    lessons.hold("synthetic-02")
    test = page()
    assert not test.toggle(key="held").value
    checked(test.toggle(key="held").set_value(True).run())
    assert lessons.held() == {CASE, "synthetic-02"}
    checked(test.toggle(key="held").set_value(False).run())
    assert lessons.held() == {"synthetic-02"}


def test_a_teacher_sees_a_debrief_that_is_held_back(lessons):
    lessons.hold(CASE)
    test = page(consultation="a")
    assert "Next time" in [one.value for one in test.main.subheader]
    press(test, "Back to the class")
    assert trainees(test) == ["Ana", "Ben", "unnamed"]


def test_a_consultation_that_is_not_there_says_so():
    assert "no consultation with this address" in errors(page(consultation="x"))


def bring(test: AppTest, name: str, data: bytes) -> AppTest:
    test.session_state["checklist"] = True
    checked(test.run())
    return checked(test.file_uploader[0].set_value((name, data, "text/plain")).run())


def test_a_checklist_is_imported_held_against_the_class_and_taken_away(lessons):
    test = bring(page(), "list.csv", template().encode())
    assert [one.item for one in lessons.checklist(CASE)] == ["allergies", "", ""]
    assert "Asks for allergies :gray-badge[1 of 3]" in everything(test)
    press(test, "Take the checklist away")
    assert lessons.checklist(CASE) == []
    assert "1 of 3" not in everything(test)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("list.csv", b"what,item\nx,allergies\n", "needs a column named text"),
        ("list.json", b"{", "is no JSON"),
        ("list.txt", b"\n\n", "has no points"),
        ("list.txt", b"Gr\xfc\xdfe", "is no text in UTF-8"),
        ("list.csv", b"text,item\nx,nonsense\n", "item 'nonsense' is not known"),
    ],
)
def test_a_file_that_is_no_checklist_says_why_and_changes_nothing(lessons, name, data, said):
    test = bring(page(), "list.txt", b"Asks for allergies")
    bring(test, name, data)
    assert said in errors(test)
    assert [one.text for one in lessons.checklist(CASE)] == ["Asks for allergies"]


def test_nothing_typed_comes_alive(store, lessons):
    store.sign("a", LIVE[:100])
    test = bring(page(), "list.txt", LIVE.encode())
    shown = [one.value for kind in (test.markdown, test.caption, test.subheader) for one in kind]
    assert not [text for text in shown for sign in ALIVE if sign in text]
    assert any(LIVE in plain(text) for text in shown)
