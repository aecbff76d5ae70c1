"""The Results page: what is chosen and filtered is shown, what is missing is said."""

import csv
import re

import pytest
from driver import ROOT, checked, errors, plain
from streamlit.testing.v1 import AppTest

from patientsim_core import Persona
from patientsim_core.playing import VARIABLE
from tests import played


@pytest.fixture(autouse=True)
def runs(folder_of_runs):
    """A run and its control."""
    played.copy(folder_of_runs / "control", play_as=Persona())
    return folder_of_runs


def page(**address) -> AppTest:
    test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=60).run()
    test.switch_page("pages/4_Results.py")
    for name, values in address.items():
        test.query_params[name] = values
    return checked(test.run())


def titles(test: AppTest) -> list[str]:
    return [plain(one.value).strip("*") for one in test.markdown if one.value.startswith("**")]


def board(test: AppTest) -> list[str]:
    return test.dataframe[0].value.columns.tolist()


def said(test: AppTest) -> str:
    return plain(" ".join(one.value for one in [*test.caption, *test.info]))


def choose(test: AppTest, key: str, value) -> AppTest:
    for kind in (test.multiselect, test.selectbox, test.button_group):
        for one in kind:
            if one.key == key:
                one.set_value(value)
    return checked(test.run())


def test_an_address_brings_its_runs(runs):
    test = page(run=["personas", "control"])
    assert board(test) == ["personas", "control", "Published, 8 models"]
    assert "40 dialogues of 4 cases" in said(test)


def test_without_an_address_the_newest_run_is_shown_and_the_address_says_so(runs):
    test = page()
    assert len(board(test)) == 2
    assert test.query_params["run"] == board(test)[0]


def test_a_filter_leaves_the_dialogues_that_have_it(runs):
    test = page(run=["personas"])
    assert "only_cefr in address" not in [one.key for one in test.multiselect]
    test.session_state["filters"] = True
    test = choose(checked(test.run()), "only_cefr in address", ["A"])
    assert "4 dialogues of 4 cases" in said(test)
    test = choose(test, "only_case in address", [])
    assert not errors(test)


def test_a_filter_in_the_address_counts(runs):
    assert "4 dialogues" in said(page(run=["personas"], only_personality=["verbose"]))


def test_a_filter_that_leaves_nothing_says_so(runs):
    test = choose(page(run=["personas"], only_personality=["verbose"]), "only_cefr in address", ["A"])
    assert "No dialogue is left" in said(test)


@pytest.mark.parametrize(
    ("section", "first"),
    [
        ("Persona", "Fidelity to each level"),
        ("Sentences", "What sentences are to the record"),
        ("Record", "How much of the record comes out"),
        ("Doctor", "How often the diagnosis"),
        ("Turns", "How much of the record is out"),
        ("Effort", "Tokens of a dialogue"),
        ("Two runs", "Differences of scores"),
    ],
)
def test_a_section_is_shown_by_its_name_in_the_address(runs, section, first):
    test = page(run=["personas", "control"], show=[section])
    assert any(title.startswith(first) for title in titles(test))


def test_judges_need_two_of_them(runs):
    assert "Agreement needs two judges" in said(page(run=["personas"], show=["Judges"]))


def test_two_runs_need_two_of_them(runs):
    assert "Choose two runs" in said(page(run=["personas"], show=["Two runs"]))


def test_runs_that_nobody_judged_say_how_to_have_them_judged(runs):
    played.write(runs / "bare", judged=False)
    assert "evaluate runs/NAME" in said(page(run=["bare"]))


def test_an_empty_run_says_that_there_is_nothing_yet(runs):
    played.write(runs / "empty", ids=0)
    assert "no dialogue in these runs yet" in said(page(run=["empty"]))


def test_no_run_at_all_says_where_to_play_one(runs, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nothing"))
    assert "Simulate page" in said(page())


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda run: (run / "verdicts.jsonl").open("ab").write(b"no JSON\n"), "verdicts.jsonl"),
        (
            lambda run: (run / "run.json").write_text(
                (run / "run.json").read_text().replace('"schema_version": 1', '"schema_version": 0')
            ),
            "schema version 0",
        ),
    ],
)
def test_a_run_that_cannot_be_read_says_why_and_leaves_the_others(runs, spoil, says):
    spoil(runs / "control")
    test = page(run=["personas", "control"])
    assert says in errors(test)
    assert board(test)[0] == "personas"


def test_a_run_that_is_being_written_is_shown_as_far_as_it_is(runs):
    run = played.write(runs / "growing", ids=2)
    test = page(run=["growing"])
    assert "2 dialogues" in said(test)
    with (run.folder / "dialogues.jsonl").open("ab") as log:
        log.write(b'{"id":"torn')
    played.copy(runs / "other")
    test = checked(test.run())
    assert "2 dialogues" in said(test)


def test_two_hundred_runs_are_there_to_choose(runs):
    for number in range(200):
        (runs / f"r{number}").symlink_to(runs / "personas")
    test = page(run=["r7"])
    assert len(test.multiselect(key="run in address").options) == 200
    assert board(test)[0] == "r7"


def test_no_table_that_is_offered_has_a_formula_in_it(runs, offered):
    (runs / "personas").rename(runs / "=personas")
    page(run=["=personas", "control"])
    tables = [text for text in offered if not text.startswith("<!doctype")]
    assert sum("'=personas" in text for text in tables) > 1
    for text in tables:
        rows = list(csv.reader(text.splitlines()))
        assert not [cell for row in rows for cell in row if re.match("[=+@]|-[^0-9]", cell)]
