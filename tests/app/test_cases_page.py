"""The Cases page: records to browse and check, and own cases that come, change and go."""

import sqlite3

import pytest
from driver import ROOT, ask, checked, errors, labels, plain, press
from driver import page as consult_page
from hostile import ALIVE, LIVE
from streamlit.testing.v1 import AppTest

from patientsim_core import Case, StorageError, load_cases
from patientsim_core.case import HIDDEN
from patientsim_core.case_file import to_json
from patientsim_core.case_form import example, form_values
from patientsim_core.storage import Database
from patientsim_core.storage.own_cases import OwnCases

SAMPLES = load_cases(ROOT / "data_samples" / "cases.json")
FIRST = SAMPLES[0]


@pytest.fixture
def own(database_url) -> OwnCases:
    return OwnCases(Database(database_url))


@pytest.fixture
def mine(own) -> Case:
    case = FIRST.model_copy(
        update={"hadm_id": "own-1", "chiefcomplaint": "Sore thumb", "diagnosis": "Sprain"}
    )
    own.add([case])
    return case


def page(**address) -> AppTest:
    test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=60).run()
    test.switch_page("pages/2_Cases.py")
    for name, value in address.items():
        test.query_params[name] = value
    return checked(test.run())


def text(test: AppTest) -> str:
    kinds = (test.main.markdown, test.main.caption, test.main.info, test.main.subheader, test.main.header)
    return plain(" ".join(one.value for kind in kinds for one in kind))


def opened(test: AppTest) -> list[str]:
    return [one.key.removeprefix("open ") for one in test.main.button if (one.key or "").startswith("open ")]


def fill(test: AppTest, **values) -> AppTest:
    """Fills fields of the form, those that are not shown in another way by the session."""
    for key, value in values.items():
        test.session_state[f"form {key}"] = value
    return test


def test_all_samples_and_own_cases_are_listed_and_no_diagnosis(mine):
    test = page()
    assert opened(test) == [*(case.hadm_id for case in SAMPLES), "own-1"]
    assert "21 of 21 cases, 1 of your own" in text(test)
    assert not [case.diagnosis for case in (*SAMPLES, mine) if case.diagnosis.lower() in text(test).lower()]


def test_words_leave_the_cases_that_have_all_of_them(mine):
    test = page()
    test.text_input(key="case words").set_value("sore THUMB").run()
    assert opened(test) == ["own-1"]
    test.text_input(key="case words").set_value("sore zebra").run()
    assert opened(test) == []
    assert "No case has all of these words" in text(test)


def test_the_diagnosis_is_found_and_shown_only_when_asked_for(mine):
    test = page()
    test.text_input(key="case words").set_value("sprain").run()
    assert opened(test) == []
    checked(test.toggle(key="case diagnoses").set_value(True).run())
    assert opened(test) == ["own-1"]
    assert "Sprain" in text(test)


def test_a_case_shows_its_record_with_the_diagnosis_covered_until_asked_for():
    test = page(case=FIRST.hadm_id)
    shown = text(test)
    assert plain(FIRST.tobacco) in shown
    assert "Diagnosis" in shown
    assert not [item for item in HIDDEN if getattr(FIRST, item) in shown]
    checked(test.toggle(key="case uncovered").set_value(True).run())
    assert FIRST.diagnosis in text(test)


def test_the_check_says_what_contradicts(own):
    own.add(
        [FIRST.model_copy(update={"hadm_id": "own-2", "allergies": "Aspirin", "medication": "Aspirin 81 mg"})]
    )
    shown = text(page(case="own-2"))
    assert "contradicts itself" in shown
    assert "Aspirin" in shown


def test_samples_cannot_be_edited_or_deleted():
    test = page(case=FIRST.hadm_id)
    assert {"Edit", "Delete it"}.isdisjoint(one.label for one in test.button)
    assert "Edit" not in {one.label for one in page(case=FIRST.hadm_id, do="edit").button}


def test_a_new_case_is_saved_and_played(own):
    test = page(do="new")
    press(fill(test, **form_values(example())), "Save")
    (case,) = own.all()
    assert case.chiefcomplaint == example().chiefcomplaint
    assert case.hadm_id.startswith("own-")
    press(test, "Consult")
    shown = plain(" ".join(one.value for one in test.main.markdown))
    assert example().chiefcomplaint in shown


def test_a_form_with_faults_names_them_by_their_labels_and_keeps_what_was_typed(own):
    test = page(do="new")
    press(fill(test, chiefcomplaint="Hiccups", pain=3), "Save")
    assert "Age" in errors(test)
    assert "Diagnosis" in errors(test)
    assert own.all() == []
    assert test.session_state["form chiefcomplaint"] == "Hiccups"


def test_a_copy_is_another_case_and_keeps_word_lists(own):
    test = page(case=FIRST.hadm_id, do="copy")
    press(fill(test, chiefcomplaint="Hiccups"), "Save")
    (case,) = own.all()
    assert (case.chiefcomplaint, case.hadm_id != FIRST.hadm_id) == ("Hiccups", True)
    assert (case.tobacco, case.cefr_A1) == (FIRST.tobacco, FIRST.cefr_A1)


def test_an_edit_changes_the_case_and_no_saved_dialogue(mine, own, store):
    talk = consult_page()
    talk.selectbox[0].set_value(next(one for one in talk.selectbox[0].options if "Sore thumb" in one)).run()
    ask(talk, "Hello?")
    id = store.recent()[0].id
    press(fill(page(case="own-1", do="edit"), chiefcomplaint="Sore toe"), "Save")
    assert [case.chiefcomplaint for case in own.all()] == ["Sore toe"]
    assert store.load(id).case == mine
    own.delete(own.all()[0])
    assert store.load(id).case == mine
    assert "Sore thumb" in plain(" ".join(one.value for one in consult_page(id).main.markdown))


def test_a_form_that_was_left_without_saving_begins_with_the_case_again(mine, own):
    def back(test):
        del test.query_params["do"]
        checked(test.run())

    def elsewhere(test):
        checked(test.switch_page("pages/7_Class.py").run())
        test.switch_page("pages/2_Cases.py")
        test.query_params["case"] = "own-1"

    for leave in (back, elsewhere):
        for action in ("edit", "copy"):
            test = page(case="own-1", do=action)
            test.text_input(key="form occupation").set_value("Never saved")
            leave(test)
            test.query_params["do"] = action
            checked(test.run())
            assert test.text_input(key="form occupation").value == mine.occupation
            assert test.text_area(key="form medication").value == mine.medication
            assert test.radio(key="form origin").value == mine.provenance
    press(test, "Save")
    assert own.all()[-1].medication == mine.medication


def test_a_case_that_changed_meanwhile_is_not_overwritten_however_often_it_is_saved(mine, own):
    test = page(case="own-1", do="edit")
    other = mine.model_copy(update={"occupation": "Diver"})
    own.change(mine, other)
    press(fill(test, race="Mine"), "Save")
    for _ in range(2):
        assert own.all() == [other]
        assert errors(test).count("changed meanwhile") == 1
        assert test.text_input(key="form race").value == "Mine"
        assert "Save" not in labels(test)
        checked(test.run())


def test_what_was_typed_of_a_case_that_changed_meanwhile_becomes_another_case(mine, own):
    test = page(case="own-1", do="edit")
    other = mine.model_copy(update={"occupation": "Diver"})
    own.change(mine, other)
    press(press(fill(test, race="Mine"), "Save"), "Save as new")
    first, second = own.all()
    assert first == other
    assert second == mine.model_copy(update={"race": "Mine", "hadm_id": second.hadm_id})


def test_the_new_version_of_a_case_that_changed_meanwhile_can_be_loaded_and_changed(mine, own):
    test = page(case="own-1", do="edit")
    own.change(mine, mine.model_copy(update={"occupation": "Diver"}))
    press(press(fill(test, race="Mine"), "Save"), "Load the new version")
    assert (test.text_input(key="form occupation").value, errors(test)) == ("Diver", "")
    press(fill(test, race="Theirs"), "Save")
    assert own.all() == [mine.model_copy(update={"occupation": "Diver", "race": "Theirs"})]


def test_what_was_typed_of_a_case_that_was_deleted_meanwhile_becomes_a_new_case(mine, own):
    test = page(case="own-1", do="edit")
    own.delete(mine)
    press(fill(test, race="Mine"), "Save")
    assert own.all() == []
    assert "deleted meanwhile" in errors(test)
    assert "Load the new version" not in labels(test)
    press(test, "Save as new")
    (case,) = own.all()
    assert case == mine.model_copy(update={"race": "Mine", "hadm_id": case.hadm_id})
    assert "Sore thumb" in text(test)


def test_what_was_typed_is_there_when_the_database_is_again(mine, own, monkeypatch):
    test = page(case="own-1", do="edit")
    with monkeypatch.context() as away:
        for name in ("all", "change"):
            away.setattr(OwnCases, name, fails)
        press(fill(test, race="Mine"), "Save")
        assert "The database is full" in errors(test)
    checked(test.run())
    assert test.text_input(key="form race").value == "Mine"
    press(test, "Save")
    assert own.all() == [mine.model_copy(update={"race": "Mine"})]


def test_a_case_that_is_saved_unchanged_stays_as_it_is(mine, own):
    own.change(mine, mine := mine.model_copy(update={"pain": 6.5}))
    press(page(case="own-1", do="edit"), "Save")
    assert own.all() == [mine]


@pytest.mark.parametrize("action", ["edit", "copy"])
def test_the_origin_of_credentialed_data_cannot_be_chosen_anew_and_the_form_says_so(mine, own, action):
    own.change(mine, mine.model_copy(update={"provenance": "credentialed"}))
    test = page(case="own-1", do=action)
    assert test.radio(key="form origin").disabled
    assert "stays so" in text(test)
    press(test, "Save")
    assert {case.provenance for case in own.all()} == {"credentialed"}
    assert not page(do="new").radio(key="form origin").disabled


def test_a_case_that_changed_meanwhile_is_played_as_it_is_now(mine, own):
    test = page(case="own-1")
    own.change(mine, mine.model_copy(update={"chiefcomplaint": "Sore toe"}))
    press(test, "Consult")
    assert "Sore toe" in plain(" ".join(one.value for one in test.main.markdown))


def test_a_case_that_was_deleted_meanwhile_is_not_played_and_that_is_said(mine, own):
    test = page(case="own-1")
    own.delete(mine)
    press(test, "Consult")
    assert "no case own-1" in errors(test)


def test_a_case_is_deleted_after_a_question(mine, own):
    test = press(page(case="own-1"), "Delete it")
    assert own.all() == []
    assert len(opened(test)) == 20


def test_a_file_is_looked_at_first_and_then_added(own):
    test = page()
    more = [FIRST.model_copy(update={"hadm_id": f"mine-{number}"}) for number in range(12)]
    uploader = test.file_uploader[0].set_value(("cases.json", to_json(more).encode(), "application/json"))
    checked(uploader.run())
    assert own.all() == []
    press(test, "Add 12 cases")
    assert [case.hadm_id for case in own.all()] == [case.hadm_id for case in more]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cases.json", b"[{", "cases.json, line 1"),
        ("cases.json", b"[]", "at least one"),
        ("cases.csv", b"age,gendr\n3,f\n", "cases.csv"),
        ("cases.csv", b"\xff\xfea\x00", "cases.csv"),
    ],
)
def test_a_file_that_is_none_says_why_and_adds_nothing(own, name, content, said):
    test = page()
    checked(test.file_uploader[0].set_value((name, content, "text/plain")).run())
    assert said in errors(test)
    assert own.all() == []


def test_a_file_with_a_needed_field_that_nobody_sees_is_refused(own):
    header = "hadm_id,age,gender,chiefcomplaint,present_illness_positive,diagnosis"
    test = page()
    content = f"{header}\nz1,5,\u200b,cough,cough,\u200b\n".encode()
    checked(test.file_uploader[0].set_value(("cases.csv", content, "text/csv")).run())
    assert "row 2 (hadm_id z1), column gender: is missing" in errors(test)
    assert "column diagnosis: is missing" in errors(test)
    assert own.all() == []


def test_a_number_that_is_there_already_is_refused_and_nothing_is_added(own):
    test = page()
    more = [FIRST.model_copy(update={"hadm_id": "mine-1"}), FIRST]
    checked(test.file_uploader[0].set_value(("cases.json", to_json(more).encode(), "application/json")).run())
    press(test, "Add 2 cases")
    assert "is there already" in errors(test)
    assert own.all() == []


def test_an_address_of_no_case_is_said():
    test = page(case="nothing")
    assert "no case nothing" in errors(test)
    assert len(opened(press(test, "All cases"))) == 20


def test_texts_of_a_case_are_shown_as_they_are(own):
    own.add([FIRST.model_copy(update={"hadm_id": "own-3", "chiefcomplaint": LIVE, "tobacco": LIVE})])
    for test in (page(), page(case="own-3")):
        assert not [live for live in ALIVE for one in test.main.markdown if live in one.value]
        assert LIVE in text(test)


def test_a_damaged_case_is_said_and_the_others_are_listed(mine, own, database_url):
    own.add([FIRST.model_copy(update={"hadm_id": "own-4"})])
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
        connection.execute("update cases set data = '{' where id = 'own-4'")
    test = page()
    assert "cannot be read" in " ".join(one.value for one in test.main.warning)
    assert "own-1" in opened(test)
    press(test, "Delete it")
    assert not test.main.warning
    assert "own-1" in opened(test)
    own.add([FIRST.model_copy(update={"hadm_id": "own-4"})])


def fails(*given):
    raise StorageError("The database is full.")


def test_a_database_that_fails_is_said(monkeypatch):
    monkeypatch.setattr(OwnCases, "all", fails)
    test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=60).run()
    test.switch_page("pages/2_Cases.py").run()
    assert "The database is full" in errors(checked(test))
