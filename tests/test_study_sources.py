"""Where a study's dialogues are from: drawn of a run or of consultations, with what judges said of them."""

import pytest

from patientsim_core import EndReason, InputError, Persona
from patientsim_core.dialogue import Failure
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.storage import Database
from patientsim_core.storage.studies import Source, Studies
from patientsim_core.study import plan
from patientsim_core.study_sources import drawn, drawn_consultations, judged
from tests import played


@pytest.fixture
def run(tmp_path):
    return played.copy(tmp_path / "personas")


@pytest.fixture
def half(tmp_path):
    """A run of which one dialogue finished and one failed."""
    run = played.write(tmp_path / "half", ids=1)
    lost = {"end_reason": EndReason.model_failure, "failure": Failure(kind="service", text="no answer")}
    run.keep(played.dialogues()[1].model_copy(update=lost))
    return run


@pytest.fixture
def ended(store, dialogue):
    """Three consultations, of which the last has not ended."""

    def consultation(number: int, reason: EndReason | None):
        persona = Persona(cefr="ABC"[number])
        about = {"id": f"c{number}", "persona": persona, "end_reason": reason, "differential": []}
        return dialogue.model_copy(update=about)

    found = [consultation(number, EndReason.concluded) for number in (0, 1)]
    for one in (*found, consultation(2, None)):
        store.save(one)
    return found


def test_dialogues_are_drawn_from_a_run_so_that_each_persona_comes_about_as_often(run):
    found = drawn(run, 10, seed=1)
    assert len({one.id for _, one in found.dialogues}) == 10
    personas = [one.persona.key for _, one in found.dialogues]
    assert {personas.count(one.key) for one in played.PERSONAS} == {2}
    assert {name for name, _ in found.dialogues} == {"personas"}
    kept = [*run.dialogues()]
    assert all(one in kept for _, one in found.dialogues)


def test_a_draw_is_the_same_again_and_another_with_another_seed(run):
    assert drawn(run, 5, seed=1) == drawn(run, 5, seed=1)
    assert drawn(run, 5, seed=1).dialogues != drawn(run, 5, seed=2).dialogues


def test_the_verdicts_on_what_was_drawn_come_with_it(run):
    found = drawn(run, 3, seed=1)
    assert found.verdicts == {one.id: played.verdicts()[one.id] for _, one in found.dialogues}


def test_of_a_run_only_finished_dialogues_are_drawn(half):
    assert drawn(half, 20, seed=1).dialogues == [("half", one) for one in half.dialogues()]


def test_a_run_without_a_finished_dialogue_is_said(tmp_path):
    for name in ("empty", "lost"):
        run = played.write(tmp_path / name, ids=0)
        if name == "lost":
            lost = {"end_reason": EndReason.model_failure, "failure": Failure(kind="service", text="no")}
            run.keep(played.dialogues()[0].model_copy(update=lost))
        with pytest.raises(InputError, match=f"no finished dialogue in {name} yet"):
            drawn(run, 3, seed=1)


def test_of_consultations_those_are_drawn_that_have_ended(store, ended):
    found = drawn_consultations(store, 5, seed=1)
    assert sorted(one.id for _, one in found.dialogues) == ["c0", "c1"]
    assert {name for name, _ in found.dialogues} == {""}
    assert found.verdicts == {}
    assert len(drawn_consultations(store, 1, seed=1).dialogues) == 1


def test_that_no_consultation_has_ended_is_said(store, dialogue):
    with pytest.raises(InputError, match="No consultation has ended yet"):
        drawn_consultations(store, 5, seed=1)
    store.save(dialogue.model_copy(update={"end_reason": None, "differential": []}))
    with pytest.raises(InputError, match="No consultation has ended yet"):
        drawn_consultations(store, 5, seed=1)


def test_judges_verdicts_are_found_by_the_places_of_the_study(run):
    first, second = played.dialogues()[:2]
    sources = [
        Source(0, "personas", second.id),
        Source(1, "", first.id),
        Source(2, "other", first.id),
        Source(3, "personas", "gone"),
        Source(4, "personas", first.id),
    ]
    verdicts = played.verdicts()
    assert judged(run, sources) == {0: verdicts[second.id], 4: verdicts[first.id]}


def test_a_run_that_was_emptied_has_no_verdicts(tmp_path):
    run = played.write(tmp_path / "empty", ids=0)
    assert judged(run, [Source(0, "empty", "gone")]) == {}
    assert judged(run, []) == {}


def test_a_study_is_begun_from_python_as_the_page_begins_it(run, database_url):
    found = drawn(run, count=4, seed=7)
    dialogues = [one for _, one in found.dialogues]
    study = plan("Pilot", ["Ana", "Ben"], dialogues, 2, 7, "unsupported", found.verdicts)
    studies = Studies(Database(database_url))
    studies.begin(study, found.dialogues)
    sources = studies.sources(study.id)
    assert [(one.run, one.dialogue) for one in sources] == [("personas", one.id) for one in dialogues]
    there = judged(run, sources)
    assert list(there) == [0, 1, 2, 3]
    assert all(one.metric in Metric for own in there.values() for one in own)
