"""The published system's figures (Kyung et al. 2025; see data_samples/published), as rows beside ours.

They are other dialogues, of other records, by other judges: shown for reference, never averaged with ours.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parents[1] / "data_samples" / "published"
JUDGE = "Gemini-2.5-Flash"
COLUMNS = ("engine", "metric", "field", "axis", "level", "mean")

_TABLES = {
    "persona_fidelity": "fidelity",
    "sentence_factuality": "facts",
    "profile_consistency": "profile",
}
_LEVELS = {
    "neutral": ("personality", "plain"),
    "distrustful": ("personality", "distrust"),
    "impatient": ("personality", "impatient"),
    "overanxious": ("personality", "overanxious"),
    "overly_positive": ("personality", "pleasing"),
    "overly positive": ("personality", "pleasing"),
    "verbose": ("personality", "verbose"),
    "A": ("cefr", "A"),
    "B": ("cefr", "B"),
    "C": ("cefr", "C"),
    "basic": ("cefr", "A"),
    "intermediate": ("cefr", "B"),
    "advanced": ("cefr", "C"),
    "recall_high": ("recall", "high"),
    "recall_low": ("recall", "low"),
    "confused_high": ("dazed", "high"),
}
_CRITERIA = {"personality": "personality", "cefr": "language", "recall": "recall", "dazed": "confused"}
_AXES = {"recall": "recall", "confusion": "dazed"}
_DYNAMICS = {
    "turns": ("dynamics", "turns"),
    "doctor_sentences_per_utterance": ("dynamics", "doctor_sentences"),
    "doctor_words_per_sentence": ("dynamics", "doctor_words"),
    "patient_sentences_per_utterance": ("dynamics", "patient_sentences"),
    "patient_words_per_sentence": ("dynamics", "patient_words"),
    "ddx_accuracy": ("ddx", "differential"),
}
_FIGURES = {"F9": "doctor GPT-4o mini", "F10": "doctor a clinician"}
_ITEMS = {
    "pain": "pain",
    "present illness": "present_illness",
    "marital status": "marital_status",
    "medications": "medication",
    "medical devices": "medical_device",
    "chief complaint": "chiefcomplaint",
    "arrival transport": "arrival_transport",
}


@cache
def published() -> pd.DataFrame:
    """A row a figure, with COLUMNS and `judge`: `engine` is who played the patient, or under what conditions;
    `axis` and `level` are of the persona, empty where the figure is over all."""
    rows = [*_over_all(), *_by_level(), *_dynamics()]
    return pd.DataFrame(rows, columns=[*COLUMNS]).assign(judge=JUDGE)


def contradictions() -> dict[str, int]:
    """How often Llama 3.3 70B contradicted an item of the record in 52 dialogues (figure F13)."""
    table = _read("contradicted_fields")
    return {
        _ITEMS.get(field, field.replace(" ", "_")): int(count)
        for field, count in zip(*table.values.T, strict=True)
    }


CONTRADICTIONS_OF, CONTRADICTIONS_IN = "Llama-3.3-70B-Instruct", 52


def agreement() -> pd.DataFrame:
    """AC1 and AC2 of clinicians with the judge by criterion (figure F11), and AC1 on plausibility (F14):
    field, coefficient, mean, low, high."""
    rows = []
    for one in _read("judge_agreement").to_dict("records"):
        field = {"confusion": "confused"}.get(one["metric"], one["metric"])
        for name in ("ac1", "ac2"):
            rows.append((field, name.upper(), one[name], one[f"{name}_lo"], one[f"{name}_hi"]))
    for one in _read("judge_plausibility_agreement").to_dict("records"):
        rows.append((f"plausibility, clinician {one['clinician']}", "AC1", one["ac1"], one["lo"], one["hi"]))
    return pd.DataFrame(rows, columns=["field", "coefficient", "mean", "low", "high"])


def _over_all() -> Iterator[tuple]:
    """The figures over all dialogues; means over a row are left out, as they follow from it."""
    for file, metric in _TABLES.items():
        for one in _read(file).drop(columns="avg", errors="ignore").to_dict("records"):
            engine = one.pop("engine")
            for name, mean in one.items():
                field = name.replace("_avg", "").replace("_pmh", "_previous")
                yield engine, metric, field, "", "", mean


def _by_level() -> Iterator[tuple]:
    for one in _read("persona_fidelity_by_level").to_dict("records"):
        engine = one.pop("engine")
        for name, mean in one.items():
            axis, level = _LEVELS[name]
            yield engine, "fidelity", _CRITERIA[axis], axis, level, mean


def _dynamics() -> Iterator[tuple]:
    for one in _read("dialogue_dynamics").to_dict("records"):
        engine, level = _FIGURES[one["figure"]], one["level"]
        axis, level = (_AXES[one["axis"]], level) if one["axis"] in _AXES else _LEVELS[level]
        for name, (metric, field) in _DYNAMICS.items():
            yield engine, metric, field, axis, level, one[name]


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", keep_default_na=False)
