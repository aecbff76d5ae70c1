"""Prints how right the debrief's history map is, and how long a debrief takes.

    python tests/benchmarks/debrief.py

Right and wrong are counted over the entries of the consultations in `tests/debrief`, but those that the
record alone decides; the held-out ones, six and six, were written after the rules. Seconds are of a debrief
of 30 questions, the sample dialogues cut or told on to that length; the first is in a new process, with
nothing read yet.
Measures and prints only; exit status 0.
"""

import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from patientsim_core import Dialogue  # noqa: E402
from patientsim_core.debrief import Status, debrief  # noqa: E402
from patientsim_core.storage.runs import open_run  # noqa: E402
from tests.debrief.scripted import FIXED, scripted  # noqa: E402

RUNS = ROOT / "data_samples" / "runs"
QUESTIONS = 30
NOT_TOLD = (Status.missed, Status.triage)
COLD = """
import sys, time
sys.path[:0] = [sys.argv[1]]
from tests.benchmarks.debrief import longest
from patientsim_core.debrief import debrief
one = next(longest())
start = time.perf_counter()
debrief(one)
print(time.perf_counter() - start)
"""


def accuracy(file: str) -> None:
    """How often the map has the true status, and what it takes for what."""
    counts: Counter[tuple[Status, Status]] = Counter()
    for one in scripted(file):
        for entry in debrief(one.dialogue).history.entries:
            if entry.status not in FIXED:
                counts[one.status_of(entry), entry.status] += 1
    came_up = {pair: count for pair, count in counts.items() if pair[0] not in NOT_TOLD}
    print(f"{file}: {len(scripted(file))} consultations")
    for what, found in (("entries", counts), ("entries that came up", came_up)):
        right = sum(count for (true, said), count in found.items() if true is said)
        print(f"  {what:22} {right} of {sum(found.values())} right: {right / sum(found.values()):.1%}")
    told = (Status.elicited, Status.volunteered, Status.partly, Status.wrong)
    lost = sum(count for (true, said), count in counts.items() if true in told and said in NOT_TOLD)
    print(f"  told, and called missed: {lost}")
    for (true, said), count in sorted(counts.items(), key=lambda pair: (pair[0][0], -pair[1])):
        print(f"    {true:20} -> {said:20} {count:4}" + ("" if true is said else "   wrong"))


def longest():
    """The sample dialogues at 30 questions: cut there, or told again from their beginning until then."""
    for dialogue in open_run(RUNS / "offline-personas").dialogues():
        turns = dialogue.turns
        while sum(turn.role == "doctor" for turn in turns) < QUESTIONS:
            turns = [*turns, *dialogue.turns]
        yield Dialogue(
            case=dialogue.case,
            persona=dialogue.persona,
            turns=turns[: 2 * QUESTIONS],
            differential=dialogue.differential,
        )


def speed() -> None:
    cold = subprocess.run([sys.executable, "-c", COLD, str(ROOT)], capture_output=True, text=True, check=True)
    seconds = []
    for dialogue in longest():
        start = time.perf_counter()
        debrief(dialogue)
        seconds.append(time.perf_counter() - start)
    print(f"a debrief of {QUESTIONS} questions, {len(seconds)} dialogues")
    print(f"  median {statistics.median(seconds):.3f} s, most {max(seconds):.3f} s")
    print(f"  the first of a new process {float(cold.stdout):.3f} s")


if __name__ == "__main__":
    accuracy("consultations.toml")
    accuracy("held_out.toml")
    accuracy("held_out_2.toml")
    speed()
