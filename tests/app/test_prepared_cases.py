"""Cases that were made of MIMIC's layouts, in the app: they come as own cases and answer in Consult."""

import pytest
from driver import ask, checked, page, said

from patientsim_core import Case
from patientsim_core.__main__ import main
from patientsim_core.case_file import read_cases
from patientsim_core.mimic.synthetic import write_tables
from patientsim_core.storage import Database
from patientsim_core.storage.own_cases import OwnCases


@pytest.fixture
def prepared(tmp_path) -> list[Case]:
    """The cases of a file that `prepare-mimic` wrote, read as the Cases page reads what it is given."""
    write_tables(tmp_path / "tables", 20, fitting=1)
    places = [text for name in ("mimic", "ed", "notes") for text in (f"--{name}", str(tmp_path / "tables"))]
    out = tmp_path / "cases.json"
    assert main(["prepare-mimic", *places, "--out", str(out)]) == 0
    return read_cases(out.read_bytes(), out.name)


def test_prepared_cases_are_offered_in_consult_and_answer(prepared, database_url):
    OwnCases(Database(database_url)).add(prepared)
    test = page()
    offered = test.selectbox[0].options
    for case in prepared[:3]:
        title = next(option for option in offered if case.title in option)
        checked(test.selectbox[0].select(title).run())
        ask(test, "What brings you in today?")
        assert said(test)[-1]
        test = page()
