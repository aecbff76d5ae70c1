"""Sentence by sentence: the published system's factuality files."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from patientsim_core.case import ITEMS, item_of
from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.storage.official_files import SCALE, as_text, known_id, whole
from patientsim_core.storage.official_verdicts import ABSENT, AGAIN, LOST, Judged, place
from patientsim_core.text import clean

KINDS = {kind: kind for kind in ("politeness", "emotion", "inquiry", "information")}
KINDS |= {"meta-information": "meta", "meta information": "meta", "meta": "meta"}

RELATIONS = {1: "entailed", 0: "neutral", -1: "contradicted"}
_STRENGTH = ("neutral", "contradicted", "entailed")
"""Of several answers about one item the last of these counts, as one entailed item makes the sentence so."""

_ITEM_WORDS = {
    "family": "family_medical_history",
    "device": "medical_device",
    "medical history": "medical_history",
    "present illness": "present_illness",
    "complaint": "chiefcomplaint",
    "pain": "pain",
    "medication": "medication",
    "transport": "arrival_transport",
    "disposition": "disposition",
    "diagnosis": "diagnosis",
    "illicit": "illicit_drug",
    "sexual": "sexual_history",
    "marital": "marital_status",
    "living": "living_situation",
    "allerg": "allergies",
} | {item: item for item in ("gender", "race", "tobacco", "alcohol", "exercise", "children")}
_ITEM_WORDS |= {"occupation": "occupation", "insurance": "insurance", "age": "age"}
"""A word of the label before a record's text -> the item; the first that fits counts."""


class Unreadable(ValueError):
    """A step of a sentence cannot be read; says which and why."""


class Told(NamedTuple):
    """What was read of a sentence; `wrong` is a plausibility that cannot be read."""

    score: float | None
    rationale: str
    detail: dict
    wrong: str = ""


def read_sentences(judged: Judged, table: Mapping, file: str, judge: str) -> None:
    """{hadm_id: {utterance: {sentence: steps}}}: a verdict for each sentence, and an unscored one for each of
    the patient's turns that the file does not have."""
    repeat = judged.repeat(judge, Metric.facts)
    entries: dict[str, object] = {}
    for number, (key, entry) in enumerate(table.items(), 1):
        dialogue = _meant(judged.by_case.get(known_id(key), []), entry)
        if dialogue and dialogue.id not in entries:
            entries[dialogue.id] = entry
        else:
            judged.listing.add(file, f"entry {number}", AGAIN if dialogue else LOST, as_text({key: entry}))
    for dialogue in judged.dialogues:
        entry = entries.get(dialogue.id)
        why, raw = "", ""
        if not isinstance(entry, dict):
            why, raw = judged.lack(entries, dialogue)
            judged.listing.add(file, place(dialogue), why, raw)
            entry = {}
        told = _utterances(judged, dialogue, entry, file, judge, repeat)
        for at in sorted({*_patient_turns(dialogue).values()} - told):
            if not why:
                judged.listing.add(file, place(dialogue, f"turn {at}"), ABSENT)
            about = {"turn": at, "text": dialogue.turns[at].text, "unscored": why or ABSENT, "raw": raw}
            judged.add(dialogue, Metric.facts, f"{at}.0", judge, repeat, **about)


def _meant(dialogues: list[Dialogue], entry: object) -> Dialogue | None:
    """Of several dialogues of a case the one in which most of the utterances stand."""
    said = {_bare(key) for key in entry} if isinstance(entry, dict) else set()
    return max(dialogues, key=lambda one: sum(_bare(turn.text) in said for turn in one.turns), default=None)


def _bare(text: str) -> str:
    return " ".join(clean(text).split())


def _patient_turns(dialogue: Dialogue) -> dict[str, int]:
    """What the patient said -> its turn. What was said twice stands once in a file, as it was judged last,
    and counts for its last turn."""
    return {_bare(turn.text): at for at, turn in enumerate(dialogue.turns) if turn.role == "patient"}


def _utterances(
    judged: Judged, dialogue: Dialogue, entry: Mapping, file: str, judge: str, repeat: int
) -> set[int]:
    """The verdicts of a dialogue; which turns there is something of."""
    turns, told = _patient_turns(dialogue), set()
    for number, (utterance, sentences) in enumerate(entry.items(), 1):
        at, where = turns.get(_bare(utterance)), place(dialogue, f"utterance {number}")
        if at is None or at in told:
            why = LOST if at is None else AGAIN
            judged.listing.add(file, where, why, as_text({utterance: sentences}))
            continue
        told.add(at)
        if isinstance(sentences, dict):
            for index, (text, steps) in enumerate(sentences.items()):
                _sentence(judged, dialogue, (at, index, clean(text)), steps, file, judge, repeat)
            continue
        why, raw = "is null" if sentences is None else "is no JSON object", as_text(sentences)
        judged.listing.add(file, where, why, raw)
        about = {"turn": at, "text": dialogue.turns[at].text, "unscored": why, "raw": raw}
        judged.add(dialogue, Metric.facts, f"{at}.0", judge, repeat, **about)
    return told


def _sentence(
    judged: Judged,
    dialogue: Dialogue,
    at: tuple[int, int, str],
    steps: object,
    file: str,
    judge: str,
    repeat: int,
) -> None:
    turn, index, text = at
    about, where = {"turn": turn, "text": text}, place(dialogue, f"turn {turn}, sentence {index}")
    try:
        told = _told(steps)
    except Unreadable as fault:
        judged.listing.add(file, where, str(fault), as_text(steps))
        about |= {"unscored": str(fault), "raw": as_text(steps)}
    else:
        about |= {"score": told.score, "rationale": told.rationale, "detail": told.detail}
        if told.wrong:
            judged.listing.add(file, where, told.wrong, as_text(steps))
            about |= {"raw": as_text(steps)}
    judged.add(dialogue, Metric.facts, f"{turn}.{index}", judge, repeat, **about)


def _told(steps: object) -> Told:
    if not isinstance(steps, dict):
        raise Unreadable("is null" if steps is None else "is no JSON object")
    kind = KINDS.get(_word(steps.get("step0"), "prediction"))
    if kind is None:
        raise Unreadable("step0 names no kind of sentence")
    detail = {"kind": kind, "items": {}, "mentions": [], "adds": False, "plausibility": None}
    if kind != "information":
        return Told(None, _why(steps.get("step0")), detail)
    mentions = list(dict.fromkeys(_mentioned(steps.get("step1-1"))))
    adds = _number(steps.get("step1-2"), "prediction")
    if adds not in (0, 1):
        raise Unreadable("step1-2 has no prediction of 0 or 1")
    items = _related(steps.get("step2-2"), mentions) if mentions or steps.get("step2-2") else {}
    score = 1.0 if "entailed" in items.values() else 0.0 if "contradicted" in items.values() else None
    plausible, wrong = _number(steps.get("step2-1"), "likelihood_rating"), ""
    if plausible not in SCALE:
        due = "step2-1" in steps or adds or score is None
        plausible, wrong = None, "step2-1 has no rating of 1 to 4" if due else ""
    detail |= {"items": items, "mentions": mentions, "adds": bool(adds), "plausibility": plausible}
    said = [steps.get(step) for step in ("step0", "step1-2", "step2-1")]
    parts = [*said, *(one for one in steps.get("step2-2") or [])]
    return Told(score, "\n".join(dict.fromkeys(filter(None, map(_why, parts)))), detail, wrong)


def _mentioned(step: object) -> Iterator[str]:
    """The items of step1-1 that a sentence mentions."""
    if not isinstance(step, list):
        raise Unreadable("step1-1 is no list")
    for one in step:
        prediction = _number(one, "prediction")
        if prediction not in (0, 1):
            raise Unreadable("step1-1 has an entry without a prediction of 0 or 1")
        name = item_of(_word(one, "category").replace(" ", "_").replace("chief_complaint", "chiefcomplaint"))
        if prediction and name not in ITEMS:
            raise Unreadable("step1-1 names what is no item of the record")
        if prediction:
            yield name


def _related(step: object, mentions: list[str]) -> dict[str, str]:
    """Item -> relation. The judge repeats the record's text instead of naming the item; an entry that tells
    neither counts for the mentioned item that is left, or stands by itself."""
    if not isinstance(step, list):
        raise Unreadable("step2-2 is no list")
    found: list[tuple[str, str]] = []
    for one in step:
        relation = RELATIONS.get(_number(one, "entailment_prediction"))
        if relation is None:
            raise Unreadable("step2-2 has an entry without a prediction of -1, 0 or 1")
        found.append((_item(one.get("profile")), relation))
    if mentions and not found:
        raise Unreadable("step2-2 is empty")
    left = [item for item in mentions if item not in {name for name, _ in found}]
    nameless = sum(not name for name, _ in found)
    items: dict[str, str] = {}
    for number, (name, relation) in enumerate(found, 1):
        if not name:
            name = left[0] if len(left) == nameless == 1 else f"unnamed {number}"
        items[name] = max(relation, items.get(name, relation), key=_STRENGTH.index)
    return items


def _item(profile: object) -> str:
    """`Allergies: Codeine` is about allergies; empty where no label says so."""
    label = profile.partition(":")[0].lower() if isinstance(profile, str) and ":" in profile else ""
    words = re.findall(r"[a-z]+", label.partition("(")[0])
    text = f" {' '.join(words)}"
    return next((item for word, item in _ITEM_WORDS.items() if f" {word}" in text), "")


def _word(step: object, key: str) -> str:
    value = step.get(key) if isinstance(step, dict) else None
    return " ".join(value.replace("_", " ").lower().split()) if isinstance(value, str) else ""


def _number(step: object, key: str) -> int | None:
    return whole(step.get(key)) if isinstance(step, dict) else None


def _why(step: object) -> str:
    value = step.get("explanation") if isinstance(step, dict) else None
    return clean(value) if isinstance(value, str) else ""
