"""How far the rules judge agrees with sentences labelled by hand (tests/offline/sentences.toml).

    python tests/benchmarks/sentence_judge.py [--show tuning|held]

Prints the figures of each step beside those published for model classifiers; `--show` also the sentences
on which they differ.
"""

import argparse
import sys
import time
import tomllib
from pathlib import Path
from zlib import crc32

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from patientsim_core.case_file import load_cases  # noqa: E402
from patientsim_core.offline.judge import SentenceVerdict, judge_sentence  # noqa: E402
from patientsim_core.persona import Persona  # noqa: E402

PUBLISHED = {"kind": 0.96, "item F1": 0.92, "entailment": 0.98, "adds precision": 0.84, "adds recall": 0.86}
"""Gemini-2.5-Flash, from the published table."""


def labelled() -> list[tuple[str, bool, dict]]:
    """(source, whether held out, label) of every sentence."""
    table = tomllib.loads((ROOT / "tests/offline/sentences.toml").read_text(encoding="utf-8"))
    return [
        (source, crc32(label["text"].encode()) % 3 == 0, label) for source in table for label in table[source]
    ]


def judged(label: dict, cases: dict) -> SentenceVerdict:
    """What the rules say of a labelled sentence."""
    persona = Persona.from_key(label["persona"])
    return judge_sentence(label["text"], label["question"], cases[label["case"]], persona)


def figures(pairs: list[tuple[dict, SentenceVerdict]]) -> dict[str, float]:
    """The figures of each step. Items and entailment count where both call the sentence informing, as the
    published classifiers were measured one step at a time."""
    told = [(label, said) for label, said in pairs if label["kind"] == said.kind == "information"]
    hits = sum(len(label.get("items", {}).keys() & said.items.keys()) for label, said in told)
    precision = _ratio(hits, sum(len(said.items) for _, said in told))
    recall = _ratio(hits, sum(len(label.get("items", {})) for label, _ in told))
    same = sum(
        said.items.get(item) == status
        for label, said in told
        for item, status in label.get("items", {}).items()
    )
    adds = sum(label.get("adds", False) and said.adds for label, said in told)
    return {
        "kind": _ratio(sum(label["kind"] == said.kind for label, said in pairs), len(pairs)),
        "item precision": precision,
        "item recall": recall,
        "item F1": _ratio(2 * precision * recall, precision + recall),
        "entailment": _ratio(same, hits),
        "adds precision": _ratio(adds, sum(said.adds for _, said in told)),
        "adds recall": _ratio(adds, sum(label.get("adds", False) for label, _ in told)),
    }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--show", choices=("tuning", "held"))
    show = parser.parse_args().show
    cases = {case.hadm_id: case for case in load_cases(ROOT / "data_samples/cases.json")}
    everything = labelled()
    start = time.perf_counter()
    pairs = [(source, held, label, judged(label, cases)) for source, held, label in everything]
    each = (time.perf_counter() - start) / len(pairs) * 1000
    columns = {
        f"{source}{' held out' if held else ''}": [
            (p[2], p[3]) for p in pairs if p[0] == source and p[1] is held
        ]
        for source in ("offline", "free")
        for held in (False, True)
    }
    columns["all offline"] = columns["offline"] + columns["offline held out"]
    print(f"{'':15}{'published':>11}" + "".join(f"{name:>18}" for name in columns))
    print(f"{'sentences':15}{'':>11}" + "".join(f"{len(found):18}" for found in columns.values()))
    rows = {name: figures(found) for name, found in columns.items()}
    for name in rows["offline"]:
        told = f"{PUBLISHED[name]:.2f}" if name in PUBLISHED else ""
        print(f"{name:15}{told:>11}" + "".join(f"{row[name]:18.2f}" for row in rows.values()))
    print(f"{each:.2f} ms a sentence, nothing remembered")
    for source, held, label, said in pairs if show else ():
        wanted = (label["kind"], label.get("items", {}), label.get("adds", False))
        if held is (show == "held") and wanted != (said.kind, said.items, said.adds):
            print(f"{source} {label['case'][-2:]} {label['persona']} | {label['question']} | {label['text']}")
            print(f"    wanted {wanted}\n    got    {(said.kind, said.items, said.adds)} {said.rationale}")


if __name__ == "__main__":
    main()
