"""What clinicians said, in the files of the published system's release."""

import re

from patientsim_core.evaluation.verdict import Metric
from patientsim_core.storage.official_dialogues import Row
from patientsim_core.storage.official_files import as_text, known_id, rated
from patientsim_core.storage.official_verdicts import FIDELITY, LOST, Judged, applies
from patientsim_core.text import clean

EXPERT = {one: one for one in ("personality", "recall", "confused", "realism")}
EXPERT |= {"cefr": "language", "tool_usefulness": "usefulness"}
"""Their criteria -> this project's fields; `usefulness` is that of the tool for teaching."""

_LABEL = re.compile(r"utter_(\w+)$")


def read_experts(judged: Judged, file: str) -> None:
    """Clinicians' scores, and those of a model beside them, in the rows of their dialogues."""
    for row in judged.rows:
        if "labeler_name" not in row.entry:
            continue
        judge = clean(as_text(row.entry["labeler_name"]))[:80] if row.entry["labeler_name"] else "clinician"
        repeat = judged.repeat(judge, Metric.fidelity, row.dialogue.id)
        for key, name in EXPERT.items():
            entry = row.entry.get(key)
            if entry is None and not (name == "usefulness" or applies(name, row.dialogue)):
                continue
            about = {"file": file, "where": f"{row.where}, {key}"}
            if key not in row.entry:
                judged.absent(row.dialogue, Metric.fidelity, name, judge, repeat, **about)
            else:
                judged.rate(row.dialogue, Metric.fidelity, name, judge, repeat, entry, **about)
        reasons = [row.entry.get(key) for key in ("realism_reason", "realism_other")]
        said = "\n".join(clean(one) for one in reasons if isinstance(one, str) and one.strip())
        for verdict in judged.verdicts[-len(EXPERT) :]:
            if (verdict.dialogue_id, verdict.judge, verdict.field) == (row.dialogue.id, judge, "realism"):
                verdict.rationale = said
        if row.entry.get("llm_result") is not None:
            _beside(judged, row, file)


def _beside(judged: Judged, row: Row, file: str) -> None:
    """`llm_result`: {criterion: text}, by a judge that the file does not name."""
    entry, judge, names = row.entry["llm_result"], "llm_result", FIDELITY | EXPERT
    if not isinstance(entry, dict):
        judged.listing.add(file, f"{row.where}, llm_result", "is no JSON object", as_text(entry))
        return
    repeat = judged.repeat(judge, Metric.fidelity, row.dialogue.id)
    given = {clean(key).lower(): value for key, value in entry.items()}
    if "realism_w_profile" in given:
        names = {key: name for key, name in names.items() if key != "realism"}
    for number, (key, value) in enumerate(given.items(), 1):
        about = {"file": file, "where": f"{row.where}, llm_result {number}"}
        if key in names:
            judged.rate(row.dialogue, Metric.fidelity, names[key], judge, repeat, value, **about)
        else:
            judged.listing.add(why="is not a criterion of the protocol", raw=as_text(value), **about)


def read_labels(judged: Judged, rows: list[tuple[str, dict]], file: str, judge: str) -> None:
    """Plausibility of single sentences, {labeler_name, hadm_id, utterance_id, score}. The release labels only
    sentences that add to the record, and numbers them in a way of its own, which is kept as the field."""
    for where, entry in rows:
        named, number = entry.get("labeler_name"), entry.get("utterance_id")
        dialogues = judged.by_case.get(known_id(entry.get("hadm_id")), [])
        label = _LABEL.search(clean(number)) if isinstance(number, str) else None
        if not dialogues or not label:
            why = "has no utterance_id" if dialogues else LOST
            judged.listing.add(file, where, why, as_text(entry))
            continue
        by = clean(as_text(named))[:80] if named else judge
        name, dialogue, found = f"utter_{label[1]}", dialogues[-1], rated(entry.get("score"))
        about = {"judge": by, "repeat": judged.repeat(by, Metric.facts, f"{dialogue.id} {name}")}
        if found.why:
            judged.listing.add(file, where, found.why, as_text(entry))
            judged.add(dialogue, Metric.facts, name, **about, unscored=found.why, raw=as_text(entry))
            continue
        detail = {"kind": "information", "items": {}, "mentions": [], "adds": True}
        detail |= {"plausibility": int(found.score), "only": "plausibility"}
        judged.add(dialogue, Metric.facts, name, **about, rationale=found.rationale, detail=detail)
