"""Verdicts of the published system's judges: its files on persona, doctor, diagnosis and profile."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.persona import Dazed
from patientsim_core.storage.official_dialogues import Row, differential
from patientsim_core.storage.official_files import Listing, Rated, as_text, known_id, rated
from patientsim_core.text import clean

FIDELITY = {
    "personality": "personality",
    "cefr": "language",
    "recall_level": "recall",
    "dazed_level": "confused",
    "realism_w_profile": "realism",
}
DOCTOR = {
    "presenting_complaint": "presenting_complaint",
    "systems_review": "systems_review",
    "past_medical_history": "past_history",
    "family_history": "family_history",
    "medication_history": "medication_history",
    "managing_patient_concerns": "managing_concerns",
    "empathy": "empathy",
    "maintaining_patient_welfare": "patient_welfare",
}
"""Their criteria -> this project's fields."""

ABSENT, LOST, AGAIN = "is missing", "belongs to no dialogue that is there", "stands there a second time"


@dataclass
class Judged:
    """The verdicts on a set of dialogues, as they come out of its files."""

    rows: list[Row]
    listing: Listing
    verdicts: list[Verdict] = field(default_factory=list)
    _files: Counter = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dialogues = list({row.dialogue.id: row.dialogue for row in self.rows}.values())
        self.by_case: dict[str, list[Dialogue]] = {}
        for one in self.dialogues:
            self.by_case.setdefault(one.case.hadm_id, []).append(one)

    def repeat(self, judge: str, metric: Metric, of: str = "") -> int:
        """Which judgement it is by this judge: a second file is a second one."""
        self._files[judge, metric, of] += 1
        return self._files[judge, metric, of]

    def add(self, dialogue: Dialogue, metric: Metric, name: str, judge: str, repeat: int, **about) -> None:
        self.verdicts.append(
            Verdict(dialogue_id=dialogue.id, metric=metric, field=name, judge=judge, repeat=repeat, **about)
        )

    def of_case(self, table: Mapping, file: str, part: str = "") -> dict[str, object]:
        """A file's entries by dialogue. It names the case only: of several dialogues of one, the last was
        judged last and is meant. Entries without a dialogue are listed."""
        found: dict[str, object] = {}
        for number, (key, entry) in enumerate(table.items(), 1):
            dialogues = self.by_case.get(known_id(key))
            if dialogues and dialogues[-1].id not in found:
                found[dialogues[-1].id] = entry
            else:
                why = AGAIN if dialogues else LOST
                self.listing.add(file, f"{part}entry {number}", why, as_text({key: entry}))
        return found

    def lack(self, entries: Mapping[str, object], dialogue: Dialogue) -> tuple[str, str]:
        """Why a dialogue's entry, which should be an object, is of no use, and what is there instead."""
        if dialogue.id not in entries:
            return ABSENT, ""
        entry = entries[dialogue.id]
        return "is null" if entry is None else "is no JSON object", as_text(entry)

    def rate(
        self, dialogue: Dialogue, metric: Metric, name: str, judge: str, repeat: int, entry: object, **where
    ) -> None:
        """A verdict of 1 to 4; one that cannot be read is unscored and listed."""
        found = rated(entry)
        if found.why:
            self.listing.add(where["file"], where["where"], found.why, as_text(entry))
        self.add(dialogue, metric, name, judge, repeat, **scored(found, entry))

    def absent(
        self, dialogue: Dialogue, metric: Metric, name: str, judge: str, repeat: int, file: str, where: str
    ) -> None:
        """An unscored verdict for what should be in a file and is not."""
        self.listing.add(file, where, ABSENT)
        self.add(dialogue, metric, name, judge, repeat, unscored=ABSENT)


def scored(found: Rated, entry: object) -> dict[str, object]:
    """A verdict's score and reason, or why there is none and what was there."""
    if not found.why:
        return {"score": found.score, "rationale": found.rationale}
    return {"unscored": found.why, "raw": as_text(entry), "rationale": found.rationale}


def place(dialogue: Dialogue, part: str = "") -> str:
    """Where in a file: by the case's number, as the file has it."""
    return f"{part}{', ' if part else ''}hadm_id {dialogue.case.hadm_id}"


def read_criteria(judged: Judged, table: Mapping, file: str, judge: str, metric: Metric) -> None:
    """Persona or doctor: {criterion: {hadm_id: text}}."""
    names = FIDELITY if metric is Metric.fidelity else DOCTOR
    repeat, given = judged.repeat(judge, metric), {}
    for number, (key, value) in enumerate(table.items(), 1):
        if clean(key).lower() in given:
            judged.listing.add(file, f"criterion {number}", AGAIN, as_text(value))
        given.setdefault(clean(key).lower(), value)
    if metric is Metric.fidelity and "realism_w_profile" not in given and "realism" in given:
        given["realism_w_profile"] = given.pop("realism")
    for number, (key, value) in enumerate(given.items(), 1):
        if key not in names:
            judged.listing.add(
                file, f"criterion {number}", "is not a criterion of the protocol", as_text(value)
            )
    for key, name in names.items():
        value = given.get(key, {})
        if not isinstance(value, dict):
            judged.listing.add(file, key, "is no JSON object", as_text(value))
            value = {}
        entries = judged.of_case(value, file, f"{key}, ")
        for dialogue in judged.dialogues:
            about = {"file": file, "where": place(dialogue, key)}
            if dialogue.id in entries:
                judged.rate(dialogue, metric, name, judge, repeat, entries[dialogue.id], **about)
            elif applies(name, dialogue):
                judged.absent(dialogue, metric, name, judge, repeat, **about)


def applies(name: str, dialogue: Dialogue) -> bool:
    """Whether the published judges are asked for a criterion: of a dazed patient for confusion and realism
    only, of another for all but confusion."""
    clear = dialogue.persona.dazed is Dazed.normal
    return name != "confused" if clear else name not in ("personality", "language", "recall")


def read_ddx(judged: Judged, table: Mapping, file: str, judge: str) -> None:
    """Diagnosis: {hadm_id: {gt, pred, answer}}."""
    repeat, entries = judged.repeat(judge, Metric.ddx), judged.of_case(table, file)
    for dialogue in judged.dialogues:
        about = (dialogue, Metric.ddx, "differential", judge, repeat)
        if dialogue.id not in entries:
            judged.absent(*about, file, place(dialogue))
            continue
        entry = entries[dialogue.id]
        taken = entry if isinstance(entry, dict) else {}
        answer = taken.get("answer")
        answer = clean(answer).strip(" .,!*\"'`[]()").lower() if isinstance(answer, str) else ""
        detail = {
            "true": as_text(taken["gt"]) if isinstance(taken.get("gt"), str) else dialogue.case.diagnosis,
            "predicted": differential(f"[DDX] {as_text(taken['pred'])}") if taken.get("pred") else [],
        }
        if answer in ("y", "yes", "n", "no"):
            judged.add(*about, score=float(answer[0] == "y"), detail=detail)
        else:
            why = "is null" if entry is None else "has no answer of Y or N"
            judged.listing.add(file, place(dialogue), why, as_text(entry))
            judged.add(*about, unscored=why, raw=as_text(entry), detail=detail)


def counts(verdicts: Iterable[Verdict]) -> dict[tuple[str, str], tuple[int, int]]:
    """For each judge and metric how many verdicts there are, and how many of them are unscored."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for one in verdicts:
        total, unscored = found.get((one.judge, one.metric), (0, 0))
        found[one.judge, one.metric] = total + 1, unscored + bool(one.unscored)
    return found
