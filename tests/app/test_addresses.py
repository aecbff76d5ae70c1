"""Addresses that nobody would write: whatever stands in one, a page opens and says what is wrong with it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from patientsim_core import Dialogue, Persona
from patientsim_core import comparison as compare
from patientsim_core.storage import Database
from patientsim_core.storage.comparisons import Comparisons
from patientsim_core.storage.studies import Studies
from patientsim_core.study import plan
from patientsim_core.tables import FILTERS
from tests import played

ROOT = Path(__file__).parents[2]
RATER = "Ana"
ONLY = f"only_{next(iter(FILTERS))}"
BOTH = {"run": ["personas", "control"]}
PARAMETERS = {
    "demo.py": [({}, ["consultation"])],
    "pages/1_Compare.py": [({}, ["comparison", "mode", "dialogue"]), ({"mode": ["replay"]}, ["dialogue"])],
    "pages/2_Cases.py": [({}, ["case", "do"]), ({"case": ["{case}"]}, ["do"])],
    "pages/3_Simulate.py": [({}, ["run"])],
    "pages/4_Results.py": [
        ({}, ["run"]),
        (BOTH, ["judge", "show", ONLY]),
        ({**BOTH, "show": ["Persona"]}, ["criterion"]),
        ({**BOTH, "show": ["Turns"]}, ["by"]),
        ({**BOTH, "show": ["Two runs"]}, ["first", "second"]),
        ({**BOTH, "show": ["Judges"]}, ["judge one", "judge two", "on"]),
    ],
    "pages/5_Dialogues.py": [
        ({}, ["run", "dialogue"]),
        (BOTH, ["sort", "flag", "page", ONLY]),
        ({**BOTH, "dialogue": ["{dialogue}"]}, ["view", "sentence", "marks", "beside"]),
    ],
    "pages/6_Rate.py": [
        ({}, ["study"]),
        ({"study": ["{study}"]}, ["rater", "organise"]),
        ({"study": ["{study}"], "rater": [RATER]}, ["number"]),
        ({"study": ["{study}"], "organise": ["1"]}, ["view"]),
    ],
    "pages/7_Class.py": [({}, ["case", "since", "consultation"])],
}
"""Each page's parameters, beside others without which they would say nothing."""
ODD = ("", "../no?such&thing", ["a", "x" * 20_000])
"""Nothing, what is not there, and several, of which the last is long."""
ALL = [
    pytest.param(page, given, name, id=f"{Path(page).stem} {name}")
    for page, addresses in PARAMETERS.items()
    for given, names in addresses
    for name in names
]


@pytest.fixture(autouse=True)
def there(folder_of_runs, database_url, case) -> dict[str, str]:
    """Something of all that an address may name: two runs, one with two judges, a study, a comparison."""
    second = played.copy(folder_of_runs / "control", play_as=Persona())
    dialogues = played.dialogues()[:2]
    second.keep_verdicts(
        one.model_copy(update={"judge": "other"})
        for judged in played.verdicts(Persona()).values()
        for one in judged
    )
    study = plan("Pilot", [RATER, "Ben"], dialogues, 2)
    Studies(Database(database_url)).begin(study, [("personas", one) for one in dialogues])
    patients = [Dialogue(case=case, persona=Persona(cefr=cefr)) for cefr in "AB"]
    Comparisons(Database(database_url)).begin(compare.side_by_side(patients), patients)
    return {
        "case": played.SAMPLES[0].hadm_id,
        "dialogue": f"control/{played.dialogues(Persona())[0].id}",
        "study": study.id,
    }


@pytest.mark.parametrize(("page", "given", "name"), ALL)
def test_a_page_opens_whatever_stands_in_its_address(there, page, given, name):
    for odd in ODD:
        test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=60)
        if page != "demo.py":
            test.run()
            test.switch_page(page)
        for key, texts in given.items():
            test.query_params[key] = [one.format(**there) for one in texts]
        test.query_params[name] = odd
        test.run()
        assert not test.exception, odd[:20]
        assert [
            *test.main.header,
            *test.main.subheader,
            *test.main.button,
            *test.main.error,
            *test.chat_input,
        ]
