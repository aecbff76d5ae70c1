"""python -m patientsim_core simulate: what it takes, what it says, and what survives."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patientsim_core.__main__ import main
from patientsim_core.storage.runs import open_run
from tests import model_server
from tests.cases import SAMPLES
from tests.waiting import until

ROOT = Path(__file__).parents[1]
SHORT = ["--max-turns", "3", "--limit", "4"]


def simulate(folder, *flags: str) -> int:
    return main(["simulate", "--cases", str(SAMPLES), "--out", str(folder), *flags])


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


def started(folder, address, *flags) -> subprocess.Popen:
    """The command in a process of its own, with both parts played by a model."""
    command = [sys.executable, "-m", "patientsim_core", "simulate", "--cases", SAMPLES, "--out", folder]
    played = ["--patient", "vllm:m", "--doctor", "vllm:m", "--personas", "all", "--limit", "12"]
    return subprocess.Popen(
        [*command, *played, "--concurrency", "3", *flags],
        cwd=ROOT,
        env=os.environ | {"VLLM_BASE_URL": address},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ids(folder) -> list[str]:
    return [one.id for one in open_run(folder).dialogues()]


def test_it_plays_what_is_planned_and_says_so(folder, capsys):
    assert simulate(folder, "--personas", "all", *SHORT) == 0
    said = capsys.readouterr()
    assert said.out.startswith("4 dialogues to play.\n")
    assert f"{folder}: 4 of 4 dialogues are there; 4 played in" in said.out
    assert "4 of 4" in said.err
    assert len(ids(folder)) == 4


def test_the_same_again_repeats_nothing_and_a_larger_plan_adds(folder, capsys):
    simulate(folder, *SHORT)
    before = (folder / "dialogues.jsonl").read_bytes()
    assert simulate(folder, *SHORT) == 0
    assert (folder / "dialogues.jsonl").read_bytes() == before
    assert "0 dialogues to play, 4 there already." in capsys.readouterr().out
    assert simulate(folder, "--max-turns", "3", "--limit", "6") == 0
    assert (folder / "dialogues.jsonl").read_bytes().startswith(before)
    assert len(ids(folder)) == 6


@pytest.mark.parametrize(
    ("flags", "keys"),
    [
        (["--limit", "1"], {"distrust,A,low,normal"}),
        (["--personas", "verbose,C,low,normal", "--limit", "1"], {"verbose,C,low,normal"}),
        (["--personality", "impatient", "--limit", "1"], {"impatient,B,high,normal"}),
        (
            ["--personality", "plain,verbose", "--recall", "all", "--limit", "4"],
            {"plain,B,low,normal", "plain,B,high,normal", "verbose,B,low,normal", "verbose,B,high,normal"},
        ),
    ],
)
def test_personas_are_assigned_one_or_every_combination_of_levels(folder, flags, keys):
    assert simulate(folder, "--max-turns", "1", *flags) == 0
    assert {one.persona.key for one in open_run(folder).dialogues()} == keys


def test_a_control_is_played_as_one_persona_and_keeps_the_assigned_ones(folder, capsys):
    flags = ["--max-turns", "3", "--limit", "2"]
    assert simulate(folder, "--play-as", "verbose,C,high,normal", *flags) == 0
    found = list(open_run(folder).dialogues())
    assert {one.persona.key for one in found} == {"distrust,A,low,normal", "pleasing,A,high,normal"}
    assert {turn.persona.key for one in found for turn in one.turns if turn.persona} == {
        "verbose,C,high,normal"
    }
    assert simulate(folder, *flags) == 2
    assert "play as was verbose,C,high,normal, now the persona assigned" in capsys.readouterr().err


def test_a_limit_cuts_what_the_cases_for_each_persona_leave(folder):
    flags = ["--personality", "all", "--cases-each", "5", "--max-turns", "1"]
    assert simulate(folder, *flags) == 0
    whole = open_run(folder).planned
    assert len(whole) == 6 * 5
    assert simulate(folder.with_name("part"), *flags, "--limit", "7") == 0
    assert open_run(folder.with_name("part")).planned == whole[:7]


def test_a_file_may_ask_for_a_control_and_cases_for_each(folder, tmp_path):
    file = tmp_path / "run.toml"
    file.write_text(
        f'cases = "{SAMPLES}"\nout = "{folder}"\nmax-turns = 1\nplay-as = "plain,B,high,normal"\n'
        'cases-each = 1\npersonality = "all"\n'
    )
    assert main(["simulate", "--config", str(file)]) == 0
    run = open_run(folder)
    assert run.parameters.play_as.key == "plain,B,high,normal"
    assert len(run.planned) == 6


def test_v_prints_each_turn_with_its_dialogue(folder, capsys):
    simulate(folder, "--limit", "1", "--max-turns", "2", "-v")
    (dialogue,) = open_run(folder).dialogues()
    printed = capsys.readouterr().out
    for turn in dialogue.turns:
        assert f"{dialogue.id}  {turn.role.title()}: {turn.text}" in printed


def test_a_file_may_say_it_all_and_flags_go_before_it(folder, tmp_path):
    file = tmp_path / "run.toml"
    file.write_text(
        f'cases = "{SAMPLES}"\nout = "{folder}"\nmax-turns = 2\nlimit = 3\nseed = 7\n'
        'temperature = "none"\npersonality = ["plain", "verbose"]\n[option]\ntop_p = 0.5\n'
    )
    assert main(["simulate", "--config", str(file), "--limit", "2"]) == 0
    run = open_run(folder)
    assert len(run.planned) == 2
    assert (run.parameters.seed, run.parameters.max_turns) == (7, 2)
    assert run.parameters.options.temperature is None
    assert run.parameters.options.extra == {"top_p": 0.5}


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--limit", "0"], "--limit: "),
        (["--repeats", "-1"], "--repeats: "),
        (["--max-turns", "0"], "--max-turns: "),
        (["--concurrency", "0"], "--concurrency: "),
        (["--temperature", "3"], "--temperature: "),
        (["--temperature", "hot"], "--temperature: "),
        (["--play-as", "plain,B"], "--play-as: persona 'plain,B': needs four levels"),
        (["--play-as", "grumpy,B,high,normal"], "--play-as: personality 'grumpy': is not known"),
        (["--cases-each", "0"], "--cases-each: "),
        (["--cases-each", "21", "--personas", "all"], "cases each: must be 1 to 20"),
        (["--cases-each", "3"], "cases each: is not for assigned personas"),
        (["--personas", "some"], "personas 'some': is assigned, all, or four levels"),
        (["--personality", "grumpy"], "personality 'grumpy': is not known. It is one of plain, verbose"),
        (
            ["--personality", "plain", "--personas", "all"],
            "--personas: cannot be combined with --personality",
        ),
        (["--patient", "gpt-4o"], "model 'gpt-4o': is not known"),
        (["--doctor", "openai:gpt-4o"], "OPENAI_API_KEY"),
        (["--option", "top_p"], "NAME=VALUE"),
        (["--option", "messages=1"], "option messages"),
        (["--patient-prompt", "nowhere.md"], "nowhere.md: cannot be read"),
        (["--prices", "nowhere.toml"], "nowhere.toml"),
        (["--config", "nowhere.toml"], "--config nowhere.toml: cannot be read"),
        (["--cases", "nowhere.json"], "nowhere.json: cannot be read"),
        (["--dask", "tcp://127.0.0.1:9"], "no Dask scheduler answers"),
    ],
)
def test_wrong_input_is_one_line_and_status_2_and_leaves_nothing(folder, capsys, flags, words, monkeypatch):
    from patientsim_core.commands import executor

    monkeypatch.setattr(executor, "CONNECT_SECONDS", 0.2)
    assert simulate(folder, *flags) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not (folder / "run.json").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cases = ", "is not TOML"),
        ("colour = 1", "colour: is not known. Known are cases, out"),
        ('seed = "x"', "seed: "),
        ("seed = 1", "--cases: is needed."),
        ("personality = 3", "personality: "),
        ("option = 3", "option: "),
        ('play-as = "plain"', "play_as: persona 'plain': needs four levels"),
        ("play_as = 3", "play_as: persona '3': needs four levels"),
        ('cases-each = "some"', "cases_each: "),
    ],
)
def test_a_faulty_file_is_named_with_the_key(tmp_path, capsys, text, words):
    file = tmp_path / "run.toml"
    file.write_text(text)
    assert main(["simulate", "--config", str(file)]) == 2
    assert words in capsys.readouterr().err


def test_another_seed_in_the_same_folder_is_refused_with_what_differs(folder, capsys):
    simulate(folder, *SHORT)
    assert simulate(folder, *SHORT, "--seed", "1") == 2
    assert "seed was 42, now 1" in capsys.readouterr().err
    assert len(ids(folder)) == 4


def test_credentialed_cases_do_not_go_to_a_public_service(folder, capsys, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert simulate(folder, *SHORT, "--credentialed", "--doctor", "openai:gpt-4o-mini") == 2
    assert "Nothing was sent" in capsys.readouterr().err


def test_failures_are_listed_and_make_status_1(folder, capsys, service, monkeypatch):
    monkeypatch.setenv("VLLM_BASE_URL", service.url)
    monkeypatch.setenv("VLLM_API_KEY", "wrong-key")
    assert simulate(folder, *SHORT, "--patient", "vllm:m", "--doctor", "vllm:m") == 1
    printed = capsys.readouterr().out
    assert "failed alike" in printed
    assert "- synthetic-01.distrust-A-low-normal.1: vllm:m: the service refuses the key." in printed
    assert "wrong-key" not in printed + "".join(one.read_text() for one in folder.iterdir())


def test_the_plan_says_calls_tokens_and_cost_before_anything_is_sent(folder, capsys, monkeypatch, service):
    monkeypatch.setenv("OPENAI_BASE_URL", f"{service.url}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "wrong-key")
    simulate(folder, "--personas", "all", "--doctor", "openai:gpt-4o-mini")
    plan = capsys.readouterr().out.split("failed alike")[0]
    assert plan.startswith("740 dialogues to play.\nopenai:gpt-4o-mini: about 13,320 calls, ")
    assert "tokens, $" in plan


@pytest.mark.parametrize("kills", [4])
def test_a_command_that_is_killed_loses_and_repeats_nothing(folder, kills):
    chance = random.Random(3)
    with model_server.running("--latency", "0.03", "--turns", "4") as address:
        for _ in range(kills):
            known = (folder / "run.json").exists()
            process = started(folder, address)
            if not known:
                until(lambda: (folder / "dialogues.jsonl").exists())
            else:
                time.sleep(chance.uniform(0.5, 2.0))
            process.send_signal(signal.SIGKILL)
            process.communicate()
        process = started(folder, address)
        process.communicate()
        assert process.returncode == 0
    found = ids(folder)
    assert sorted(found) == sorted(item.id for item in open_run(folder).planned)
    assert len(found) == 12


def test_ctrl_c_ends_in_order_and_the_same_command_goes_on(folder):
    whole, at_once = 12 * 7, 3  # calls of the run, calls under way
    with model_server.running("--latency", "0.1", "--turns", "4") as address:
        process = started(folder, address)
        # the first three dialogues, and two calls of each of the next three
        assert until(lambda: model_server.calls(address)["answered"] >= at_once * (7 + 2))
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
        assert process.returncode == 1
        assert "missing; the same again goes on from here" in out
        assert 0 < len(ids(folder)) < 12
        process = started(folder, address)
        process.communicate()
        assert process.returncode == 0
        # what was said before the stop was not asked for again, but for what was under way
        assert whole <= model_server.calls(address)["answered"] <= whole + at_once
    assert len(ids(folder)) == 12


def test_two_commands_at_once_in_one_folder_are_refused(folder):
    with model_server.running("--latency", "1", "--turns", "4") as address:
        first = started(folder, address)
        until(lambda: (folder / "run.json").exists())
        second = started(folder, address)
        _, said = second.communicate()
        first.kill()
        first.communicate()
    assert second.returncode == 2
    assert "another command is writing here" in said


def test_a_dask_cluster_plays_the_same_bytes_and_a_killed_worker_loses_nothing(tmp_path):
    from distributed import LocalCluster

    flags = ["--personas", "all", "--limit", "30", "--max-turns", "8"]
    assert simulate(tmp_path / "threads", *flags) == 0
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        command = [sys.executable, "-m", "patientsim_core", "simulate", "--cases", SAMPLES]
        command += ["--out", tmp_path / "dask", *flags, "--dask", cluster.scheduler_address]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            until(lambda: (tmp_path / "dask" / "dialogues.jsonl").exists())
            os.kill(cluster.workers[0].pid, signal.SIGKILL)
            process.communicate()
        assert process.returncode == 0
    by_threads, by_dask = (
        sorted((tmp_path / name / "dialogues.jsonl").read_bytes().splitlines())
        for name in ("threads", "dask")
    )
    assert by_dask == by_threads
    assert json.loads(by_dask[0])["end_reason"]


def test_a_reader_that_goes_away_does_not_decide_how_a_dialogue_ends(folder):
    command = f"{sys.executable} -m patientsim_core simulate --cases {SAMPLES} --out {folder} --limit 2 -v"
    subprocess.run(["bash", "-c", f"{command} | head -n 3"], cwd=ROOT, check=True, capture_output=True)
    assert len(ids(folder)) == 2
    assert not (folder / "failures.jsonl").exists()
