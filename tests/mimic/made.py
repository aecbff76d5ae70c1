"""Small downloads for tests: visits that pass every rule, each with what a test changes of it."""

import csv
import gzip
from pathlib import Path

from patientsim_core.mimic.cohort import table
from patientsim_core.mimic.ids import HADM, STAY, SUBJECT

LAYOUT = {name: columns.split(",") for name, columns in table("synthetic")["layout"].items()}
NOTE = "\n \n".join(
    [
        " \nName:  ___   Unit No:   ___",
        "Allergies: \nPenicillins",
        "Attending: ___.",
        "Chief Complaint:\nChest pain",
        "Major Surgical or Invasive Procedure:\nNone",
        "History of Present Illness:\n{present_illness}",
        "Past Medical History:\n{past_history}",
        "Social History:\n{social_history}",
        "Family History:\nFather with stroke\n\nPhysical Exam:\nWell.",
        "Discharge Disposition:\nHome\n",
    ]
)
GOOD = {
    "gender": "F",
    "race": "WHITE",
    "arrival_transport": "AMBULANCE",
    "disposition": "ADMITTED",
    "intime": "2151-03-01 10:00:00",
    "outtime": "2151-03-01 16:00:00",
    "admittime": "2151-03-01 16:20:00",
    "insurance": "Medicare",
    "marital_status": "MARRIED",
    "anchor_age": "60",
    "anchor_year": "2150",
    "chiefcomplaint": "Chest pain",
    "pain": "7",
    "medications": ["aspirin 81 mg tablet", "lisinopril 10 mg tablet"],
    "codes": [("10", "I214", "Non-ST elevation (NSTEMI) myocardial infarction")],
    "stays": 1,
    "note_type": "DS",
    "present_illness": "___ is a 61 year old woman who presents with crushing chest pain for two hours. "
    "She reports nausea and sweating. She denies fever, cough, or leg swelling.",
    "past_history": "Hypertension\nGout",
    "social_history": "___",
    "text": None,
}
"""A visit as `write` takes it; `text` is the whole note where it is not made of its parts."""


def write(folder: Path, *visits: dict, zipped: bool = False, heads: dict | None = None) -> Path:
    """Tables of these visits, each as GOOD but for what is given; `heads` are other columns of a table."""
    rows: dict[str, list[dict]] = {name: [] for name in LAYOUT}
    for number, changes in enumerate(visits, 1):
        for name, found in _rows(number, {**GOOD, **changes}):
            rows[name].append(found)
    for name, columns in LAYOUT.items():
        path = folder / f"{name}.csv{'.gz' if zipped else ''}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(path, "wt", newline="") if zipped else path.open("w", newline="") as file:
            writer = csv.DictWriter(file, (heads or {}).get(name, columns), restval="", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows[name])
    return folder


def hadm(number: int) -> str:
    """The admission of the visit so many in the list, from 1 on."""
    return str(HADM + number)


def _rows(number: int, visit: dict):
    ids = {"subject_id": SUBJECT + number, "hadm_id": HADM + number, "stay_id": STAY + number}
    ids |= visit.get("ids", {})
    one = {**visit, **ids}
    yield "hosp/patients", one
    yield "hosp/admissions", one
    for more in range(visit["stays"]):
        yield "ed/edstays", one | {"stay_id": int(ids["stay_id"]) + 1_000_000 * more}
    for version, code, title in visit["codes"]:
        yield "ed/diagnosis", one | {"icd_version": version, "icd_code": code, "icd_title": title}
    yield "ed/triage", one
    for name in visit["medications"]:
        yield "ed/medrecon", one | {"name": name}
    text = visit["text"] if visit["text"] is not None else NOTE.format(**visit)
    if visit["note_type"]:
        yield "note/discharge", one | {"note_id": f"{number}-DS-1", "text": text}
