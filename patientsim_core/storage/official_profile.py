"""The published system's files on the profile: what a judge extracted from a dialogue, and how like it is."""

from collections.abc import Mapping
from typing import NamedTuple

from patientsim_core.case import UNKNOWN
from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.storage.official_dialogues import has_record
from patientsim_core.storage.official_files import Rated, as_text, rated
from patientsim_core.storage.official_verdicts import AGAIN, Judged, place, scored
from patientsim_core.text import clean

UNRATED = "was extracted and not scored"
_DEPTH = 8
PROFILE = (
    *("age", "gender", "race", "marital_status", "insurance", "occupation", "living_situation", "children"),
    *("exercise", "tobacco", "alcohol", "illicit_drug", "sexual_history", "allergies", "medical_history"),
    *("family_medical_history", "medical_device", "present_illness_positive", "present_illness_negative"),
    *("chiefcomplaint", "pain", "medication", "arrival_transport", "disposition"),
)
"""What a judge extracts; both halves of the present illness by themselves."""


class _By(NamedTuple):
    """Who judged, and in which files."""

    judge: str
    repeat: int
    file: str
    scores: str


def read_profile(
    judged: Judged, table: Mapping, file: str, judge: str, scores: Mapping | None, scores_file: str
) -> None:
    """What a judge extracted, {hadm_id: nested items}, with the likeness of each, {hadm_id: {item: text}}."""
    by = _By(judge, judged.repeat(judge, Metric.profile), file, scores_file or file)
    entries, likeness = judged.of_case(table, file), judged.of_case(scores or {}, by.scores)
    for dialogue in judged.dialogues:
        entry, given = entries.get(dialogue.id), likeness.get(dialogue.id)
        if scores is not None and not isinstance(given, dict):
            why, raw = judged.lack(likeness, dialogue)
            judged.listing.add(by.scores, place(dialogue), why, raw)
        left = dict(given) if isinstance(given, dict) else {}
        if isinstance(entry, dict):
            _items(judged, dialogue, by, _extracted(judged, dialogue, by, entry), left)
        else:
            why, raw = judged.lack(entries, dialogue)
            judged.listing.add(file, place(dialogue), why, raw)
            for item in PROFILE:
                judged.add(dialogue, Metric.profile, item, judge, by.repeat, unscored=why, raw=raw)
        for number, (key, value) in enumerate(left.items(), 1):
            why, where = "scores what was not extracted", place(dialogue, f"left over {number}")
            judged.listing.add(by.scores, where, why, as_text({key: value}))


def _extracted(judged: Judged, dialogue: Dialogue, by: _By, entry: dict) -> dict[str, object]:
    """The items of an entry; what is none, and what stands there twice, is listed."""
    items: dict[str, object] = {}
    for number, (key, value) in enumerate(_flat(entry), 1):
        if key not in PROFILE or key in items:
            why = AGAIN if key in items else "is not an item of the record"
            judged.listing.add(by.file, place(dialogue, f"extracted {number}"), why, as_text({key: value}))
        else:
            items[key] = value
    return items


def _items(judged: Judged, dialogue: Dialogue, by: _By, items: dict[str, object], left: dict) -> None:
    """A verdict for each item. Scores that are used are taken out of `left`."""
    for item in PROFILE:
        about = (dialogue, Metric.profile, item, by.judge, by.repeat)
        value = items.get(item)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = "; ".join(value)
        if item not in items:
            judged.absent(*about, by.file, place(dialogue, item))
        elif value is None or isinstance(value, dict | list):
            why = "is null" if value is None else "is no text"
            judged.listing.add(by.file, place(dialogue, item), why, as_text(value))
            judged.add(*about, unscored=why, raw=as_text(value))
        else:
            text = as_text(value)
            covered = text.strip(" .").lower() not in ("", UNKNOWN.lower())
            detail = {"extracted": text, "covered": covered} | _true(dialogue, item)
            judged.add(*about, detail=detail, **_likeness(judged, dialogue, by, item, covered, left))


def _likeness(
    judged: Judged, dialogue: Dialogue, by: _By, item: str, covered: bool, left: dict
) -> dict[str, object]:
    """Score and reason of an item that was extracted, or why there is none; nothing for one that was not."""
    if item not in left:
        if not covered:
            return {}
        judged.listing.add(by.scores, place(dialogue, item), UNRATED)
        return {"unscored": UNRATED}
    entry = left.pop(item)
    found = rated(entry) if covered else Rated(None, why="is scored and was not extracted")
    if found.why:
        judged.listing.add(by.scores, place(dialogue, item), found.why, as_text(entry))
    return scored(found, entry)


def _true(dialogue: Dialogue, item: str) -> dict[str, str | None]:
    """What the record says of an item: None where it says nothing; not even that without a record."""
    if not has_record(dialogue.case):
        return {}
    value = getattr(dialogue.case, item)
    return {"true": None if value in (None, UNKNOWN) else f"{value:g}" if item == "pain" else str(value)}


def _flat(nested: Mapping, prefix: str = "", depth: int = 0) -> list[tuple[str, object]]:
    """Items and their values; groups are opened, and both halves of the present illness carry its name."""
    found: list[tuple[str, object]] = []
    for key, value in nested.items():
        name = f"{prefix}{clean(key)}"
        if isinstance(value, dict) and name not in PROFILE and depth < _DEPTH:
            found += _flat(value, "present_illness_" if name == "present_illness" else "", depth + 1)
        else:
            found.append((name, value))
    return found
