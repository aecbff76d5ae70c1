"""A run judged: what is missing is judged once, kept as it comes, and unscored where it cannot be read."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Thread

import pytest
from kinds import settings
from service import Answer

from patientsim_core.__main__ import main
from patientsim_core.dialogue import Failure
from patientsim_core.evaluation.evaluate import METRICS, Evaluation, make_judges
from patientsim_core.evaluation.summary import effort, figures, table
from patientsim_core.evaluation.verdict import RULES, Metric
from patientsim_core.models import load_model
from patientsim_core.storage.run_writing import judging
from patientsim_core.storage.runs import open_run
from patientsim_core.threads import Threads
from patientsim_core.work import Stage
from tests import model_server
from tests.cases import SAMPLES
from tests.waiting import until

ROOT = Path(__file__).parents[2]
GARBAGE = 0.1
OFFICIAL = next((ROOT / "tests" / "official_format").glob("*_sample"))


@pytest.fixture(scope="module")
def server():
    with model_server.running("--latency", "0", "--garbage", str(GARBAGE)) as address:
        yield address


@pytest.fixture
def run(tmp_path):
    """Six short dialogues of the built-in engine."""
    folder = tmp_path / "run"
    flags = ["--personas", "all", "--limit", "6", "--max-turns", "5"]
    assert main(["simulate", "--cases", str(SAMPLES), "--out", str(folder), *flags]) == 0
    return folder


def evaluate(folder, metrics=tuple(Metric), address="", repeats=1, name="vllm:j"):
    model = load_model(name, settings("vllm", address)) if address else None
    with judging(folder) as kept, Threads(4) as threads:
        judges = make_judges(model, 42, repeats) if model else None
        return Evaluation(kept, metrics, judges, threads, 4).play()


def counts(folder, of: str = "metric") -> Counter:
    return Counter(str(getattr(one, of)) for one in open_run(folder).verdicts())


def expected(folder) -> Counter:
    found = Counter()
    for dialogue in open_run(folder).dialogues():
        found.update({str(metric): len(module.fields(dialogue)) for metric, module in METRICS.items()})
    return found


def test_the_rules_judge_every_field_of_every_metric_once(run):
    progress = evaluate(run)
    assert progress.is_whole
    assert counts(run) == expected(run)
    assert counts(run, "judge") == {RULES: sum(expected(run).values())}


def test_the_rules_say_of_a_sentence_nothing_that_is_empty(run):
    evaluate(run, [Metric.facts])
    details = [one.detail for one in open_run(run).verdicts()]
    assert details
    assert all(detail["kind"] and all(detail.values()) for detail in details)


def test_the_same_again_judges_nothing(run):
    evaluate(run, [Metric.language])
    before = (run / "verdicts.jsonl").read_bytes()
    progress = evaluate(run, [Metric.language])
    assert (progress.earlier, progress.finished) == (6, 0)
    assert (run / "verdicts.jsonl").read_bytes() == before


def test_a_torn_last_verdict_is_judged_again(run):
    evaluate(run, [Metric.ddx])
    path = run / "verdicts.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    evaluate(run, [Metric.ddx])
    assert counts(run) == {"ddx": 6}


def test_a_stop_keeps_what_came_and_asks_no_more(run, service):
    service.answers(Answer('{"reason": "", "quote": "", "score": 3}', delay=0.1))
    with judging(run) as kept, Threads(2) as threads:
        judges = make_judges(load_model("vllm:j", settings("vllm", service.url)), 42, 1)
        work = Evaluation(kept, [Metric.doctor], judges, threads, 2)
        thread = Thread(target=work.play)
        thread.start()
        assert until(lambda: len(service.requests) >= 6)
        work.stop()
        thread.join()
    assert work.progress.stage is Stage.stopped
    assert len(service.requests) <= 10  # of 48: those under way, and no more of their dialogues
    assert counts(run) == {"doctor": len(service.requests)}


def test_an_imported_run_without_records_is_judged_as_far_as_it_can_be(tmp_path):
    folder = tmp_path / "imported"
    assert main(["import", str(OFFICIAL), "--out", str(folder)]) == 0
    imported = counts(folder, "judge")
    assert evaluate(folder).is_whole
    own = Counter(one.metric for one in open_run(folder).verdicts() if one.judge == RULES)
    assert set(own) == {Metric.fidelity, Metric.ddx, Metric.doctor, Metric.language}
    assert counts(folder, "judge") - imported == {RULES: sum(own.values())}


def test_a_second_judge_adds_and_overwrites_nothing(run, server):
    evaluate(run, [Metric.ddx])
    before = (run / "verdicts.jsonl").read_bytes()
    evaluate(run, [Metric.ddx], server)
    assert (run / "verdicts.jsonl").read_bytes().startswith(before)
    assert counts(run, "judge") == {RULES: 6, "vllm:j": 6}


def test_counted_metrics_are_by_rules_whoever_judges(run, server):
    evaluate(run, [Metric.language, Metric.disclosure], server)
    assert set(counts(run, "judge")) == {RULES}


def test_a_tenth_of_garbage_is_unscored_counted_and_no_crash(run, server):
    before = model_server.calls(server)
    progress = evaluate(run, address=server)
    assert progress.is_whole
    assert counts(run) == expected(run)
    found = list(open_run(run).verdicts())
    unscored = [one for one in found if one.unscored]
    assert progress.unscored == len(unscored)
    assert all(one.raw == "I'd rather not." and one.score is None for one in unscored)
    for metric in ("fidelity", "doctor"):  # one request a verdict: three tries each, then unscored
        own = [one for one in found if one.metric == metric]
        assert all(one.attempts == (3 if one.unscored else 1) for one in own)
    scored = [one for one in found if one.metric in ("fidelity", "doctor")]
    made = model_server.calls(server)["Score"] - before.get("Score", 0)
    assert sum(one.attempts for one in scored) == made
    share = sum(bool(one.unscored) for one in scored) / len(scored)
    assert 0 < share < 3 * GARBAGE


def test_sentences_take_at_most_a_fifth_of_the_published_calls(run, server):
    before = model_server.calls(server)
    evaluate(run, [Metric.facts], server)
    after = model_server.calls(server)
    made = sum(after.get(form, 0) - before.get(form, 0) for form in ("KindsOf", "RelationsAll"))
    sentences = counts(run)["facts"]
    assert 0 < made <= 5 * sentences / 5
    (line,) = effort(open_run(run))
    assert line.startswith(f"facts, by vllm:j: {made / 6:.1f} calls and")
    assert line.endswith(f"the published scheme takes about {5 * sentences / 6:.0f} calls.")


def test_repeats_are_judged_apart_and_their_spread_is_shown(run, server):
    evaluate(run, [Metric.doctor], server, repeats=2)
    assert counts(run, "repeat") == {"1": 48, "2": 48}
    evaluate(run, [Metric.doctor], server, repeats=3)
    assert counts(run, "repeat") == {"1": 48, "2": 48, "3": 48}
    assert counts(run, "seed") == {"42": 48, "43": 48, "44": 48}
    found = figures(open_run(run))
    assert all(one.spread is not None for one in found.values())
    assert "spread of repeats" in "\n".join(table(found))


def test_what_is_counted_is_counted_once_however_often_a_model_judges(run, server):
    progress = evaluate(run, [Metric.language, Metric.disclosure, Metric.ddx], server, repeats=3)
    assert progress.is_whole
    assert counts(run) == {metric: expected(run)[metric] for metric in ("language", "disclosure")} | {
        "ddx": 18
    }


def test_a_judge_that_fails_stops_after_a_few_and_what_came_is_kept(run, service):
    service.key = "another"
    progress = evaluate(run, [Metric.fidelity], service.url)
    assert progress.stage is Stage.stopped
    assert "refuses the key" in progress.why
    assert not progress.is_whole
    assert list(open_run(run).verdicts()) == []


def test_figures_are_means_over_dialogues_with_intervals_and_counts(run):
    evaluate(run, [Metric.doctor, Metric.facts])
    kept = open_run(run)
    lost = next(kept.dialogues()).model_copy(
        update={"id": "lost", "failure": Failure(kind="rate", text="busy")}
    )
    kept.keep(lost)
    found = figures(open_run(run))
    one, spread = found[(Metric.doctor, RULES, "empathy")]
    assert spread is None
    scores = [verdict.score for verdict in open_run(run).verdicts() if verdict.field == "empathy"]
    assert one.mean == pytest.approx(sum(scores) / 6)
    assert (one.n, one.unscored, one.failed) == (6, 0, 1)
    assert found[(Metric.facts, RULES, "info")].estimate.mean > 0
    lines = table(found)
    assert lines[1] == "facts, by rules"
    assert any(line.split()[:1] == ["empathy"] and "n 6" in line for line in lines)


def test_the_command_judges_and_prints_the_figures(run, capsys):
    assert main(["evaluate", str(run), "--judge", "offline", "--metrics", "ddx,language"]) == 0
    printed = capsys.readouterr().out
    assert f"{run}: 12 of 12 judgements are there" in printed
    assert "ddx, by rules" in printed
    assert "words_per_sentence" in printed


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--metrics", "beauty"], "--metrics: "),
        (["--metrics", ""], "--metrics: "),
        (["--repeats", "0"], "--repeats: "),
        (["--judge", "gpt-4o"], "model 'gpt-4o': is not known"),
        (["--judge", "openai:gpt-4o"], "OPENAI_API_KEY"),
    ],
)
def test_wrong_input_is_one_line_and_status_2(run, capsys, flags, words):
    capsys.readouterr()
    assert main(["evaluate", str(run), *flags]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert not (run / "verdicts.jsonl").exists()


def test_a_folder_that_is_no_run_or_has_no_dialogue_is_refused(tmp_path, run, capsys):
    assert main(["evaluate", str(tmp_path / "nowhere")]) == 2
    assert not (tmp_path / "nowhere").exists()
    (run / "dialogues.jsonl").unlink()
    assert main(["evaluate", str(run)]) == 2
    assert "has no finished dialogue" in capsys.readouterr().err


def test_a_killed_command_goes_on_and_repeats_no_verdict(run):
    with model_server.running("--latency", "0.02") as address:
        command = [
            sys.executable,
            "-m",
            "patientsim_core",
            "evaluate",
            run,
            "--judge",
            "vllm:j",
            "--concurrency",
            "2",
        ]
        env = os.environ | {"VLLM_BASE_URL": address}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, cwd=ROOT, env=env, **quiet)
        assert until(
            lambda: (run / "verdicts.jsonl").exists() and len((run / "verdicts.jsonl").read_bytes()) > 9_000
        )
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = (run / "verdicts.jsonl").read_bytes()
        assert subprocess.run(command, cwd=ROOT, env=env, **quiet).returncode == 0
    assert (run / "verdicts.jsonl").read_bytes().startswith(kept[: kept.rfind(b"\n") + 1])
    assert counts(run) == expected(run)
    keys = [(one.key, one.field) for one in open_run(run).verdicts()]
    assert len(keys) == len(set(keys))
