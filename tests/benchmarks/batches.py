"""Prints how fast, how steady and how safe batches are.

    python tests/benchmarks/batches.py [throughput] [trouble] [offline] [dask] [kills]

throughput   64 dialogues of 25 calls at 0.3 s latency, 32 at once: the share of the ideal that is reached
trouble      a service of which half the answers fail: whether every turn of every dialogue is there
offline      1,000 dialogues of the built-in doctor and patient on one core: rate and memory as they go
dask         two worker processes: the same dialogues as by threads, and one worker killed in mid-run
kills        the command killed 20 times at random moments, then let run: what is there, what was asked twice

All of them without a name. The model service is `tests/model_server.py`, in a process of its own. Measures
and prints; exit status 1 only where something was lost, doubled or different.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from patientsim_core import load_cases  # noqa: E402
from patientsim_core.batch import Batch  # noqa: E402
from patientsim_core.estimate import plan  # noqa: E402
from patientsim_core.facts import facts_of  # noqa: E402
from patientsim_core.job import Parameters  # noqa: E402
from patientsim_core.models import Settings  # noqa: E402
from patientsim_core.prompt import system_prompt  # noqa: E402
from patientsim_core.selection import Item, select  # noqa: E402
from patientsim_core.storage.run_writing import writing  # noqa: E402
from patientsim_core.storage.runs import open_run  # noqa: E402
from patientsim_core.threads import Threads  # noqa: E402
from patientsim_core.work import Progress  # noqa: E402
from tests.model_server import calls, digest, running  # noqa: E402

SAMPLES = ROOT / "data_samples" / "cases.json"
CASES = load_cases(SAMPLES)
MODELS = Parameters(patient="vllm:m", doctor="vllm:m")
PUBLISHED_SECONDS_A_CALL = 45.4 / 12
"""The published runner, measured against such a server: 45.4 s for the 12 calls of a dialogue."""

wrong: list[str] = []


def check(what: str, holds: bool) -> None:
    print(f"  {what}: {'yes' if holds else 'NO'}")
    if not holds:
        wrong.append(what)


def play(
    folder: Path, parameters: Parameters, items: list[Item], at_once: int, address: str = ""
) -> Progress:
    """Plays items on threads of this process."""
    settings = Settings({"VLLM_BASE_URL": address}) if address else None
    with writing(folder, parameters, CASES, items) as run, Threads(at_once) as threads:
        return Batch(run, items, threads, at_once, settings).play()


def lines(folder: Path) -> list[str]:
    return sorted((folder / "dialogues.jsonl").read_text(encoding="utf-8").splitlines())


def throughput(folder: Path, at_once: int = 32, latency: float = 0.3) -> None:
    items = select(CASES, "all")[::11][:64]
    plan(MODELS, {case.hadm_id: case for case in CASES}, items)  # as the command does before it begins: loads
    with running("--latency", str(latency)) as address:
        MODELS.check(CASES, Settings({"VLLM_BASE_URL": address}))  # word data and the SDK
        worked = time.process_time()
        progress = play(folder, MODELS, items, at_once, address)
        worked = time.process_time() - worked
        made = calls(address)["answered"]
    ideal = made * latency / at_once
    print(f"  {progress.finished} dialogues, {made} calls of {latency} s, {at_once} at once")
    print(f"  {progress.seconds:.2f} s, ideal {ideal:.2f} s: {ideal / progress.seconds:.0%} of the ideal")
    print(f"  {1000 * worked / made:.1f} ms of a core's time a call")
    ours = progress.seconds / made
    print(f"  {1000 * ours:.1f} ms a call; the published runner {1000 * PUBLISHED_SECONDS_A_CALL:.0f} ms: "
          f"{PUBLISHED_SECONDS_A_CALL / ours:.0f} times faster")  # fmt: skip


def trouble(folder: Path) -> None:
    items = select(CASES, "all")[::23][:32]
    with running("--latency", "0.02", "--trouble") as address:
        progress = play(folder / "trouble", MODELS, items, 16, address)
        print(f"  {calls(address)}".split(", 'patients'")[0] + "}")
    with running("--latency", "0.0") as address:
        play(folder / "calm", MODELS, items, 16, address)
    check(f"{progress.finished} of {len(items)} dialogues finished", progress.finished == len(items))
    said = [_texts(folder / name) for name in ("trouble", "calm")]
    check("every turn is the one that an untroubled service gives", said[0] == said[1])


def _texts(folder: Path) -> dict[str, list[str]]:
    return {one.id: [turn.text for turn in one.turns] for one in open_run(folder).dialogues()}


def offline(folder: Path, many: int = 1000) -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    items = select(CASES, "all", repeats=2)[:many]
    with writing(folder, Parameters(), CASES, items) as run, Threads(1) as threads:
        batch = Batch(run, items, threads, 1)
        keep, before = run.keep, [time.perf_counter()]

        def measured(dialogue) -> None:
            keep(dialogue)
            if (batch.progress.finished + 1) % (many // 5) == 0:
                now, peak = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                rate = many // 5 / (now - before[-1])
                before.append(now)
                print(
                    f"  {batch.progress.finished + 1:5} dialogues: {rate:5.1f} a second, peak {peak:.0f} MB"
                )

        run.keep = measured
        progress = batch.play()
    turns = progress.said / progress.finished
    print(
        f"  {progress.finished} in {progress.seconds:.1f} s: {progress.rate:.1f} a second, {turns:.0f} turns"
    )


def dask(folder: Path) -> None:
    from distributed import LocalCluster

    items = select(CASES, "all")[::7][:100]
    progress = play(folder / "threads", Parameters(), items, 2)
    print(f"  threads: {progress.rate:.1f} dialogues a second")
    about = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**about) as cluster:
        for name, victim in (("workers", None), ("killed", cluster.workers[0].pid)):
            progress = _on_dask(folder / name, items, cluster.scheduler_address, victim)
            print(f"  {name}: {progress.rate:.1f} dialogues a second")
            same = lines(folder / name) == lines(folder / "threads")
            check(f"{name}: {len(items)} dialogues, the same bytes as by threads", same)


def _on_dask(folder: Path, items: list[Item], address: str, victim: int | None) -> Progress:
    """Plays items on a cluster; the process `victim` is killed when a few are done."""
    from patientsim_core.commands.executor import executor

    with executor(address, 4) as workers, writing(folder, Parameters(), CASES, items) as run:
        batch = Batch(run, items, workers, 4, remote=True)
        keep = run.keep

        def kept(dialogue) -> None:
            keep(dialogue)
            if victim and batch.progress.finished == 10:
                os.kill(victim, 9)

        run.keep = kept
        return batch.play()


def kills(folder: Path, times: int = 20) -> None:
    chance = random.Random(7)
    items = select(CASES, "all")[:80]
    own = {item.id: digest(_system(item)) for item in items}
    with running("--latency", "0.02") as address:
        command = [sys.executable, "-m", "patientsim_core", "simulate", "--config", folder / "run.toml"]
        _write_config(folder)
        env = {**os.environ, "VLLM_BASE_URL": address}
        again, there = 0, []
        for number in range(times + 1):
            done = _done(folder / "run")
            there.append(len(done))
            before = Counter(calls(address)["patients"])
            with subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ) as process:
                if number < times:
                    time.sleep(chance.uniform(0.5, 4.0))
                    process.kill()
            asked = Counter(calls(address)["patients"]) - before
            again += sum(bool(asked[own[id]]) for id in done)
    ids = [json.loads(line)["id"] for line in lines(folder / "run")]
    planned = {item.id for item in open_run(folder / "run").planned}
    print(f"  {times} kills, when so many were there: {', '.join(map(str, there[1:]))}")
    print(f"  {len(planned)} dialogues planned, {len(ids)} kept")
    check("every planned dialogue exactly once", sorted(ids) == sorted(planned))
    check("no finished dialogue asked again", again == 0)


def _system(item: Item) -> str:
    case = next(case for case in CASES if case.hadm_id == item.case)
    return system_prompt(case, item.persona, facts_of(case))


def _done(folder: Path) -> set[str]:
    return open_run(folder).finished() if (folder / "run.json").exists() else set()


def _write_config(folder: Path) -> None:
    config = {"cases": str(SAMPLES), "out": str(folder / "run"), "patient": "vllm:m", "doctor": "vllm:m"}
    lines = [f'{name} = "{value}"' for name, value in config.items()]
    (folder / "run.toml").write_text("\n".join([*lines, 'personas = "all"', "limit = 80", "concurrency = 8"]))


def main(named: list[str]) -> int:
    parts = {part.__name__: part for part in (throughput, trouble, offline, dask, kills)}
    if len(named) != 1:  # each in a process of its own, so that none finds another's memory or caches
        runs = [subprocess.run([sys.executable, __file__, name]) for name in named or parts]
        return max(run.returncode for run in runs)
    print(named[0], flush=True)
    with tempfile.TemporaryDirectory() as folder:
        parts[named[0]](Path(folder))
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
