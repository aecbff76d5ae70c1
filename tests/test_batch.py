"""Many dialogues: kept as they finish, gone on with, stopped in order."""

import threading
from concurrent.futures import Future

import pytest
from kinds import settings
from problems import Problem
from wire import Answer

from patientsim_core import EndReason, Persona, StorageError, work
from patientsim_core import batch as batches
from patientsim_core import job as jobs
from patientsim_core.batch import Batch
from patientsim_core.facts import facts_of
from patientsim_core.job import Parameters
from patientsim_core.models import Limits
from patientsim_core.models.prices import load_prices
from patientsim_core.prompt import system_prompt
from patientsim_core.selection import select
from patientsim_core.storage.run_writing import writing
from patientsim_core.storage.runs import open_run
from patientsim_core.threads import Threads
from patientsim_core.work import ALIKE, Stage
from tests import model_server
from tests.cases import CASES, HEART
from tests.waiting import until

MODELS = Parameters(patient="vllm:m", doctor="vllm:m", max_turns=4)
ITEMS = select([HEART, CASES["synthetic-02"]], "all")[:60:6]


@pytest.fixture(scope="module")
def server():
    with model_server.running("--latency", "0.005", "--turns", "4") as address:
        yield address


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


def play(folder, items=ITEMS, parameters=MODELS, url="", at_once=4, **about):
    known = settings("vllm", url) if url else None
    with writing(folder, parameters, list(CASES.values()), items) as run, Threads(at_once) as threads:
        return Batch(run, items, threads, at_once, known, **about).play()


def texts(folder) -> dict[str, list[str]]:
    return {one.id: [turn.text for turn in one.turns] for one in open_run(folder).dialogues()}


def test_every_dialogue_is_played_once_and_kept(folder, server):
    progress = play(folder, url=server)
    assert (progress.finished, progress.failed, progress.stage) == (len(ITEMS), 0, Stage.finished)
    found = list(open_run(folder).dialogues())
    assert sorted(one.id for one in found) == sorted(item.id for item in ITEMS)
    assert {one.end_reason for one in found} == {EndReason.concluded}
    assert {len(one.turns) for one in found} == {7}
    assert progress.said == 7 * len(ITEMS)


def test_the_same_again_asks_nobody(folder, server):
    play(folder, url=server)
    before = model_server.calls(server)["answered"]
    progress = play(folder, url=server)
    assert (progress.earlier, progress.finished) == (len(ITEMS), 0)
    assert model_server.calls(server)["answered"] == before


def test_tokens_are_counted_by_model_and_cost_where_the_price_is_known(folder, server):
    progress = play(folder, url=server)
    used = progress.usage["vllm:m"]
    assert used.prompt_tokens == 7 * len(ITEMS) * 1000
    assert progress.cost(load_prices()) is None
    progress.usage = {"openai:gpt-4o-mini": used}
    assert progress.cost(load_prices()) == pytest.approx(
        used.prompt_tokens * 0.15e-6 + used.completion_tokens * 0.6e-6
    )


def test_a_dialogue_is_on_disk_before_it_counts(folder, server):
    seen = []
    with writing(folder, MODELS, list(CASES.values()), ITEMS) as run, Threads(3) as threads:
        batch = Batch(run, ITEMS, threads, 3, settings("vllm", server))
        keep = run.keep

        def watched(dialogue):
            keep(dialogue)
            seen.append((batch.progress.finished, len(open_run(folder).finished())))

        run.keep = watched
        batch.play()
    assert seen == [(number, number + 1) for number in range(len(ITEMS))]


def test_the_same_seed_gives_the_same_bytes_whatever_the_number_of_threads(tmp_path):
    for name, at_once in (("one", 1), ("many", 5)):
        play(tmp_path / name, parameters=Parameters(), at_once=at_once)
    one, many = ((tmp_path / name / "dialogues.jsonl").read_bytes().splitlines() for name in ("one", "many"))
    assert sorted(one) == sorted(many)


def test_repeats_differ_by_their_seed(folder):
    items = select([HEART], [Persona(personality="verbose")], repeats=2)
    play(folder, items, Parameters(max_turns=4))
    one, two = texts(folder).values()
    assert one != two


def test_a_patient_played_as_another_persona_speaks_as_that_one_and_keeps_its_own(tmp_path):
    wordy, plain = Persona(personality="verbose", cefr="C"), Persona()
    for name, persona, by in (
        ("control", wordy, Parameters(play_as=plain)),
        ("plain", plain, Parameters()),
        ("own", wordy, Parameters()),
    ):
        play(tmp_path / name, select([HEART], [persona]), by)
    (control,) = open_run(tmp_path / "control").dialogues()
    assert control.persona == wordy
    assert control.id == select([HEART], [wordy])[0].id
    assert {turn.persona for turn in control.turns if turn.role == "patient"} == {plain}
    said = {name: next(iter(texts(tmp_path / name).values())) for name in ("control", "plain", "own")}
    assert said["control"] == said["plain"] != said["own"]


def test_a_model_is_told_the_persona_to_play_and_not_the_one_assigned(folder, service):
    service.answers(Answer("Where is it?"), Answer("Here."), Answer("[DDX] 1. A 2. B 3. C 4. D 5. E"))
    wordy = Persona(personality="verbose")
    play(folder, select([HEART], [wordy]), MODELS.model_copy(update={"play_as": Persona()}), service.url)
    told = str(service.requests[1].body["messages"])
    (dialogue,) = open_run(folder).dialogues()
    own = system_prompt(HEART, Persona(), facts_of(HEART))
    assert service.requests[1].body["messages"][0]["content"] == own
    assert system_prompt(HEART, wordy, facts_of(HEART)) not in told
    assert dialogue.turns[1].persona == Persona()


def test_trouble_of_the_service_leaves_no_trace_in_the_dialogues(tmp_path, server, monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE", Limits(attempts=20, seconds=60, pause=0.001, longest=0.01))
    with model_server.running("--latency", "0", "--turns", "4", "--trouble", "--wait", "0.01") as troubled:
        progress = play(tmp_path / "troubled", url=troubled, at_once=8)
        made = model_server.calls(troubled)
    play(tmp_path / "calm", url=server)
    assert progress.failed == 0
    assert {"status 500", "status 429"} <= set(made)
    assert texts(tmp_path / "troubled") == texts(tmp_path / "calm")


@pytest.mark.parametrize(
    ("problem", "words"),
    [(Problem.wrong_key(), "refuses the key"), (Problem.quota_exhausted(), "quota or credit"),
     (Problem("unknown_model"), "no model of this name")],
)  # fmt: skip
def test_an_error_that_repeats_stops_the_batch_after_a_few_with_one_message(folder, service, problem, words):
    service.answers(problem)
    progress = play(folder, url=service.url, at_once=2)
    assert progress.stage is Stage.stopped
    assert words in progress.why
    assert ALIKE <= progress.failed <= ALIKE + 3
    assert len(service.requests) <= ALIKE + 3
    assert {one.failure.kind for one in open_run(folder).failures().values()} == {
        one.kind for one in progress.failures.values()
    }


def test_failures_with_something_finished_between_them_do_not_stop_a_batch(folder, service):
    ends, wrong = Answer("Where is it? [DDX] 1. A 2. B 3. C 4. D 5. E"), Problem.wrong_key()
    service.answers(wrong, wrong, ends, ends, ends, wrong, wrong, ends)
    progress = play(folder, ITEMS[:6], url=service.url, at_once=1)
    assert (progress.stage, progress.failed, progress.finished) == (Stage.finished, 4, 2)


def test_what_failed_is_played_on_from_where_it_was(folder, service):
    asked, refused = Answer("Where is it?"), Problem.wrong_key()
    service.answers(asked, asked, refused)
    items = ITEMS[:1]
    assert play(folder, items, url=service.url).failed == 1
    (failed,) = open_run(folder).failures().values()
    assert [turn.role for turn in failed.turns] == ["doctor", "patient"]
    assert failed.failure.kind == "key"
    service.answers(Answer("[DDX] 1. A 2. B 3. C 4. D 5. E"))
    assert play(folder, items, url=service.url).finished == 1
    (done,) = open_run(folder).dialogues()
    assert done.turns[:2] == failed.turns
    assert done.differential == list("ABCDE")


def test_failures_of_single_cases_do_not_stop_a_batch(folder, service):
    service.answers(Problem("blocked"))
    progress = play(folder, url=service.url)
    assert (progress.stage, progress.failed) == (Stage.finished, len(ITEMS))


def test_a_fault_of_our_own_is_kept_with_its_place_and_without_contents(folder, monkeypatch):
    def broken(job, *rest, **named):
        raise ZeroDivisionError(job.case.allergies)

    monkeypatch.setattr(batches, "play", broken)
    progress = play(folder, parameters=Parameters())
    assert progress.failed >= ALIKE
    assert "ZeroDivisionError in " in progress.why
    assert "Penicillin" not in (folder / "failures.jsonl").read_text()


def test_a_stop_lets_turns_end_and_keeps_what_was_said(folder, service, server):
    service.answers(Answer("Where is it?", delay=0.2))
    box = []
    with writing(folder, MODELS, list(CASES.values()), ITEMS) as run, Threads(2) as threads:
        batch = Batch(run, ITEMS, threads, 2, settings("vllm", service.url))
        thread = threading.Thread(target=lambda: box.append(batch.play()))
        thread.start()
        until(lambda: batch.progress.said >= 3)
        batch.stop()
        thread.join(timeout=20)
    (progress,) = box
    assert progress.stage is Stage.stopped
    assert progress.failed == 0
    asked = len(service.requests)
    kept = open_run(folder).failures()
    assert {one.failure.kind for one in kept.values()} == {"cancelled"}
    assert sum(len(one.turns) for one in kept.values()) == progress.said == asked
    assert play(folder, url=server).finished == len(ITEMS)
    assert all(texts(folder)[id][: len(one.turns)] == [t.text for t in one.turns] for id, one in kept.items())


def test_a_turn_that_does_not_end_is_left_behind(folder, service, monkeypatch):
    monkeypatch.setattr(work, "GRACE", 0.3)
    service.answers(Answer("Where is it?"), Answer("Here.", delay=5.0))
    with writing(folder, MODELS, list(CASES.values()), ITEMS[:1]) as run:
        threads = Threads(1)
        batch = Batch(run, ITEMS[:1], threads, 1, settings("vllm", service.url))
        thread = threading.Thread(target=batch.play)
        thread.start()
        until(lambda: len(service.requests) == 2)
        batch.stop()
        thread.join(timeout=20)
        threads.shutdown(wait=False)
    (kept,) = open_run(folder).failures().values()
    assert [turn.text for turn in kept.turns] == ["Where is it?"]  # nobody waited for the answer


def test_a_full_disk_stops_the_batch_and_says_so(folder, server):
    with writing(folder, MODELS, list(CASES.values()), ITEMS) as run, Threads(2) as threads:
        batch = Batch(run, ITEMS, threads, 2, settings("vllm", server))

        def full(dialogue):
            raise StorageError("the disk is full")

        run.keep = full
        with pytest.raises(StorageError, match="full"):
            batch.play()
        assert batch.progress.stage is Stage.stopped


def test_whoever_listens_hears_every_turn_in_order(folder):
    heard = {}
    play(
        folder,
        parameters=Parameters(max_turns=3),
        heard=lambda job, turn: heard.setdefault(job.item.id, []).append(turn.text),
    )
    assert heard == texts(folder)


def test_options_that_a_model_does_not_take_are_named_once(folder, service):
    service.refused = {"seed"}
    service.answers(Answer("Where is it? [DDX] 1. A 2. B 3. C 4. D 5. E"))
    progress = play(folder, ITEMS[:3], url=service.url)
    assert progress.ignored == {"vllm:m": {"seed"}}


def test_threads_do_what_they_are_given_and_end_with_the_program():
    with Threads(2) as threads:
        assert list(threads.map(len, ["a", "bb", "ccc"])) == [1, 2, 3]
        failing: Future = threads.submit(int, "x")
        with pytest.raises(ValueError, match="invalid literal"):
            failing.result()
        assert all(thread.daemon for thread in threads._threads)


def test_work_that_waits_can_be_cancelled():
    gate = threading.Event()
    threads = Threads(1)
    running, waiting = threads.submit(gate.wait), threads.submit(len, "a")
    until(running.running)
    threads.shutdown(wait=False, cancel_futures=True)
    gate.set()
    assert running.result() is True
    assert waiting.cancelled()


def test_a_thread_passes_over_work_that_was_cancelled():
    gate = threading.Event()
    with Threads(1) as threads:
        running, cancelled, last = (
            threads.submit(gate.wait),
            threads.submit(len, "a"),
            threads.submit(len, "bb"),
        )
        assert until(running.running)
        assert cancelled.cancel()
        gate.set()
        assert last.result(timeout=10) == 2
