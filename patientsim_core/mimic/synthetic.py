"""Invented tables and notes in the layout of MIMIC-IV, MIMIC-IV-ED and MIMIC-IV-Note.

For tests, for benchmarks, and to see the whole way before one has the data. Visits are made to pass every
rule of the cohort, or with one flaw for which a rule drops them.
"""

import csv
import gzip
import io
import random
import shutil
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TextIO

from patientsim_core.errors import InputError, StorageError
from patientsim_core.mimic.cohort import table
from patientsim_core.mimic.ids import HADM, STAY, SUBJECT

FLAWS = (
    "second stay", "two titles", "other diagnosis", "marital_status", "insurance", "race", "chiefcomplaint",
    "arrival_transport", "pain", "medications", "length", "complaint", "no note", "short", "past", "history",
)  # fmt: skip
"""What can be wrong with a visit: an item that is unknown, or what keeps another rule from holding; `history`
is one of another illness."""

UNKNOWN = {
    "marital_status": "", "insurance": "", "race": "UNKNOWN", "chiefcomplaint": "",
    "arrival_transport": "UNKNOWN", "pain": "unable",
}  # fmt: skip
COURSES, RESULTS = 8, 10
"""So often paragraphs are repeated that nobody reads, to bring a note to the length of a real one."""


class Person(NamedTuple):
    """What a visit's rows are made of."""

    number: int
    gender: str
    age: int
    came: datetime
    illness: dict
    flaw: str
    values: dict[str, str]

    @property
    def ids(self) -> tuple[int, int, int]:
        return SUBJECT + self.number, HADM + self.number, STAY + self.number


def write_tables(
    folder: Path, patients: int, seed: int = 42, fitting: float = 0.6, compressed: bool = True
) -> None:
    """Writes `hosp/`, `ed/` and `note/` of so many patients, one visit each; `fitting` of them, 0-1, pass
    every rule. The same numbers give the same bytes. Raises InputError where the folder is there already."""
    if folder.exists():
        raise InputError(f"{folder}: is there already. Choose another name.")
    part = folder.with_name(f".{folder.name}.new")
    chance = random.Random(seed)
    try:
        shutil.rmtree(part, ignore_errors=True)
        with ExitStack() as files:
            writers = {}
            for name, columns in table("synthetic")["layout"].items():
                path = part / f"{name}.csv{'.gz' if compressed else ''}"
                writers[name] = csv.writer(files.enter_context(_opened(path)), lineterminator="\n")
                writers[name].writerow(columns.split(","))
            for number in range(1, patients + 1):
                for name, row in _rows(_person(number, chance, fitting), chance):
                    writers[name].writerow(row)
        part.rename(folder)
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written ({error.strerror}).") from error


def _opened(path: Path) -> TextIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix != ".gz":
        return path.open("w", encoding="utf-8", newline="")
    return io.TextIOWrapper(gzip.GzipFile(path, "wb", 6, mtime=0), encoding="utf-8", newline="")


def _person(number: int, chance: random.Random, fitting: float) -> Person:
    data = table("synthetic")
    illness = chance.choice(data["illness"])
    flaw = "" if chance.random() < fitting else chance.choice(FLAWS)
    people = data["people"]
    drawn = ("race", "insurance", "marital_status", "arrival_transport", "disposition")
    values = {name: chance.choice(people[name]) for name in drawn}
    values |= {"chiefcomplaint": chance.choice(illness["complaints"]), "pain": str(chance.randint(0, 10))}
    if flaw in UNKNOWN:
        values[flaw] = UNKNOWN[flaw]
    if flaw == "complaint":
        values["chiefcomplaint"] = chance.choice(["Altered mental status", "Transfer", "Abnormal labs"])
    came = datetime(2150, 1, 1) + timedelta(minutes=chance.randrange(30 * 365 * 24 * 60))
    return Person(number, chance.choice("FM"), chance.randint(20, 89), came, illness, flaw, values)


def _rows(one: Person, chance: random.Random):
    """Every row of a visit, with the table that it belongs to."""
    data, values = table("synthetic"), one.values
    subject, hadm, stay = one.ids
    left = one.came if one.flaw == "length" else one.came + timedelta(minutes=chance.randint(90, 900))
    admitted, gone = left + timedelta(minutes=20), left + timedelta(days=chance.randint(1, 9))
    anchor = one.came.year - chance.randint(0, 3)
    age = one.age - (admitted.year - anchor)
    yield "hosp/patients", (subject, one.gender, age, anchor, "2014 - 2016", "")
    yield (
        "hosp/admissions",
        (subject, hadm, admitted, gone, "", "EW EMER.", "P00AAA", "EMERGENCY ROOM", "HOME",
         values["insurance"], "English", values["marital_status"], values["race"], one.came, left, 0),
    )  # fmt: skip
    at_the_door = (one.gender, values["race"], values["arrival_transport"], values["disposition"])
    yield "ed/edstays", (subject, hadm, stay, one.came, left, *at_the_door)
    earlier = one.came - timedelta(days=40)
    seen = (subject, "", stay + 5_000_000, earlier, earlier + timedelta(hours=2), *at_the_door)
    if one.flaw == "second stay":
        yield "ed/edstays", (subject, hadm, *seen[2:])
    elif chance.random() < 0.2:  # seen and sent home
        yield "ed/edstays", seen
    codes = [
        chance.choice(data["others"]["codes"] if one.flaw == "other diagnosis" else one.illness["codes"])
    ]
    codes += [chance.choice(data["others"]["codes"])] if one.flaw == "two titles" else []
    for place, (version, code, title) in enumerate(codes, 1):
        yield "ed/diagnosis", (subject, stay, place, code, version, title)
    vitals = (98.4, chance.randint(60, 110), 18, 97, chance.randint(105, 165), chance.randint(60, 95))
    yield "ed/triage", (subject, stay, *vitals, values["pain"], 3, values["chiefcomplaint"])
    count = 16 if one.flaw == "medications" else chance.randint(0, 8)
    for name in chance.sample(data["people"]["medications"], count):
        yield "ed/medrecon", (subject, stay, one.came, name, "016995", "00000000000", 1, "00000", "Drug")
    if one.flaw != "no note":
        text = _note(one, chance)
        yield "note/discharge", (f"{subject}-DS-1", subject, hadm, "DS", 1, gone, gone, text)


def _note(one: Person, chance: random.Random) -> str:
    """A discharge note of about 7 kB."""
    data = table("synthetic")
    people, texts = data["people"], data["note"]
    words = {"He": "She", "Mr": "Ms."} if one.gender == "F" else {"He": "He", "Mr": "Mr."}
    heading = {name: chance.choice(variants) for name, variants in data["headings"].items()}
    past = chance.sample(people["past"], chance.randint(1, 4)) * (40 if one.flaw == "past" else 1)
    parts = [
        " \nName:  ___                   Unit No:   ___\n \nAdmission Date:  ___\n ",
        f"Date of Birth:  ___             Sex:   {one.gender}\n \nService: MEDICINE\n ",
        f"Allergies: \n{chance.choice(people['allergies'])}\n \nAttending: ___.\n ",
        f"{heading['complaint']}\n{one.values['chiefcomplaint'] or 'see below'}\n ",
        f"{heading['procedure']}\nNone\n ",
        f"{heading['present_illness']}\n{_illness(one, chance, words)}\n ",
        f"{heading['past_history']}\n" + "\n".join(f"- {item}" for item in past) + "\n ",
        f"{heading['social_history']}\n{chance.choice(people['social'])}\n ",
        f"{heading['family_history']}\n" + "\n".join(chance.sample(people["family"], 2)) + "\n ",
        f"Physical Exam:\n{texts['exam']}\n ",
        "Pertinent Results:\n"
        + "\n".join([f"___ 06:{chance.randint(10, 59)}AM   {texts['results']}"] * RESULTS),
        " \nBrief Hospital Course:\n" + "\n\n".join([texts["course"].format(**words)] * COURSES),
        f" \nDischarge Disposition:\nHome\n \nDischarge Instructions:\n{texts['ending'].format(**words)}\n",
    ]
    return "\n".join(parts)


def _illness(one: Person, chance: random.Random, words: dict[str, str]) -> str:
    illnesses = table("synthetic")["illness"]
    told = one.illness
    if one.flaw == "history":
        told = illnesses[(illnesses.index(told) + 1) % len(illnesses)]
    if one.flaw == "short":
        return f"Presents with {one.values['chiefcomplaint']}."
    reports = chance.sample(told["reports"], 4)
    *denied, last = chance.sample(told["denies"], 3)
    sentences = [
        f"___ is a {one.age} year old {'woman' if one.gender == 'F' else 'man'} who presents with "
        f"{chance.choice(told['core'])}.",
        *(f"{sentence.format(**words)}." for sentence in reports),
        f"{words['He']} denies {', '.join(denied)}, or {last}.",
    ]
    return f"{' '.join(sentences)}\n\n{table('synthetic')['note']['door']}"
