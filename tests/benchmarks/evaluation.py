"""Prints how fast a run is judged by rules, and what a model judge takes.

    python tests/benchmarks/evaluation.py

The run is that of all 20 sample cases with all 37 personas, played by the built-in engine first. Then a model
service on this machine (`tests/model_server.py`) judges 20 of its dialogues, with no JSON for a tenth of what
it is asked: calls beside the published scheme's, and what is unscored. Measures and prints; exit status 1
only where a verdict is missing or doubled.
"""

import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from patientsim_core import load_cases  # noqa: E402
from patientsim_core.batch import Batch  # noqa: E402
from patientsim_core.evaluation.evaluate import METRICS, Evaluation, make_judges  # noqa: E402
from patientsim_core.evaluation.summary import effort, figures  # noqa: E402
from patientsim_core.evaluation.verdict import RULES, Metric  # noqa: E402
from patientsim_core.job import Parameters  # noqa: E402
from patientsim_core.models import Settings, load_model  # noqa: E402
from patientsim_core.selection import select  # noqa: E402
from patientsim_core.storage.run_writing import judging, writing  # noqa: E402
from patientsim_core.storage.runs import open_run  # noqa: E402
from patientsim_core.threads import Threads  # noqa: E402
from tests.model_server import running  # noqa: E402

CASES = load_cases(ROOT / "data_samples" / "cases.json")


def play(folder: Path, every: int) -> None:
    items = select(CASES, "all")[::every]
    with writing(folder, Parameters(), CASES, items) as run, Threads(1) as threads:
        Batch(run, items, threads, 1).play()


def by_rules(folder: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with judging(folder) as run, Threads(1) as threads:
        progress = Evaluation(run, tuple(Metric), None, threads, 1).play()
    start = time.perf_counter()
    figures(open_run(folder))
    drawn = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"rules, {progress.planned // len(Metric)} dialogues, all metrics: {progress.seconds:.1f} s; "
          f"means and intervals {drawn:.1f} s; peak {peak:.0f} MB ({before:.0f} MB before)")  # fmt: skip


def by_model(folder: Path) -> None:
    with (
        running("--latency", "0", "--garbage", "0.1") as address,
        judging(folder) as run,
        Threads(8) as threads,
    ):
        model = load_model("vllm:scripted", Settings({"VLLM_BASE_URL": address}))
        progress = Evaluation(run, tuple(Metric), make_judges(model, 42, 1), threads, 8).play()
    print(f"scripted model, {progress.planned // len(Metric)} dialogues, no JSON for 10% of requests: "
          f"{progress.failed} failed, {progress.unscored} verdicts unscored")  # fmt: skip
    print("\n".join(effort(open_run(folder))))


def check(folder: Path, judge: str) -> bool:
    """Whether every field has one verdict of the judge, or of the rules where no judge is asked."""
    run = open_run(folder)
    found = Counter((one.dialogue_id, one.metric, one.field) for one in run.verdicts())
    wanted = {
        (d.id, metric, field)
        for d in run.dialogues()
        for metric, one in METRICS.items()
        for field in one.fields(d)
    }
    whole = set(found) == wanted and set(found.values()) == {1}
    print(f"every field judged once by {judge}: {'yes' if whole else 'NO'}")
    return whole


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        rules, model = Path(temporary) / "rules", Path(temporary) / "model"
        play(rules, 1)
        by_rules(rules)
        play(model, 37)
        by_model(model)
        sys.exit(0 if check(rules, RULES) & check(model, "the model") else 1)
