"""Result folders of the published system, and the tree of its release, as runs of this project.

A set of dialogues is a file of them with the judges' files beside it; each becomes a run:

<stamp>_<name>/outputs/dialogue.jsonl     a run of the published code, judges' files beside `outputs`
.../llm_simulation/<model>/llm_dialogue.* the release's, judges' files beside them
persona_test/expert_dialogue.jsonl        clinicians' dialogues, with their scores in them
info_test/dialogue.jsonl                  with sentence_label*.json and *_plausibility_label.jsonl
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

from patientsim_core.case import Case
from patientsim_core.case_file import CASE_FILE, load_cases
from patientsim_core.errors import InputError
from patientsim_core.job import Parameters
from patientsim_core.models import Options
from patientsim_core.selection import Item
from patientsim_core.storage.files import write_whole
from patientsim_core.storage.official_dialogues import read_dialogues
from patientsim_core.storage.official_experts import read_experts
from patientsim_core.storage.official_files import Listing, digest, read_rows
from patientsim_core.storage.official_judges import read_judges
from patientsim_core.storage.official_verdicts import Judged
from patientsim_core.storage.run_writing import writing
from patientsim_core.storage.runs import Imported

UNREAD = "unread.jsonl"
_DIALOGUES = re.compile(r"(?:\w+_)?dialogue\.jsonl?")
_TALKS = re.compile(rb'"dialog(?:ue)?_history"\s*:')
_SETTING = re.compile(r"^( *)(\w+): *(.*?) *$")


class NoResults(InputError):
    """A folder holds no dialogues of the published system."""


class Source(NamedTuple):
    """A file of dialogues with what lies beside it. `name` tells it from others of the same import."""

    name: str
    home: Path
    dialogues: Path
    files: list[Path]


class Import(NamedTuple):
    """A set, read: what goes into a run, and what is to be told of it."""

    source: Source
    judged: Judged
    cases: dict[str, Case]
    parameters: Parameters
    about: Imported


def find_sources(folder: Path, listing: Listing) -> list[Source]:
    """Every set of dialogues in a folder, however deep. Files that look like results and belong to none are
    listed. Raises InputError where there is no folder, NoResults where there is nothing in it."""
    if not folder.is_dir():
        raise InputError(f"{folder}: is no folder. Give the result folder that holds the dialogues.")
    found = sorted(path for path in folder.rglob("*.json*") if path.is_file())
    files = [path for path in found if not (path.parent / "run.json").exists()]  # a run of this project's
    talks = [path for path in files if _has_dialogues(path)]
    if not talks:
        raise NoResults(f"{folder}: holds no dialogues, such as outputs/dialogue.jsonl.")
    homes: dict[Path, list[Path]] = {}
    for path in talks:
        homes.setdefault(_home(path), []).append(path)
    sources, taken = [], {*talks, folder / CASE_FILE}
    for home, here in homes.items():
        beside = [path for path in files if _home(path) == home and path not in taken]
        taken |= {*beside}
        here.sort(key=lambda path: path.name.startswith("expert"))  # judges' files are of the others
        for number, path in enumerate(here):
            parts = list(home.relative_to(folder).parts) if home != folder.parent else []
            parts += [path.name.split(".")[0]] if len(here) > 1 else []
            sources.append(Source(".".join(parts), home, path, beside if not number else []))
    for path in files:
        if path not in taken:
            listing.add(str(path.relative_to(folder)), "", "has no dialogues beside it")
    return sources


def _home(path: Path) -> Path:
    return path.parent.parent if path.parent.name == "outputs" else path.parent


def _has_dialogues(path: Path) -> bool:
    if _DIALOGUES.fullmatch(path.name):
        return True
    try:
        with path.open("rb") as file:
            return path.suffix == ".jsonl" and bool(_TALKS.search(file.read(65_536)))
    except OSError:
        return False


def read_source(
    source: Source, cases: dict[str, Case], listing: Listing, credentialed: bool = False
) -> Import | None:
    """All of a set; None, and a fault, where none of its dialogues can be read."""

    def name(path: Path) -> str:
        return path.relative_to(source.home).as_posix()

    file, patient = name(source.dialogues), ""
    if source.home.parent.name == "llm_simulation":
        patient = source.home.name
    rows = read_rows(source.dialogues, file, listing)
    judged = Judged(read_dialogues(rows, file, cases, listing, patient, credentialed), listing)
    if not judged.rows:
        listing.add(file, "", "has no dialogue that can be read")
        return None
    read_experts(judged, file)
    read = [source.dialogues, *read_judges(source.files, name, judged)]
    found: dict[str, Case] = {}
    for one in judged.dialogues:
        found.setdefault(one.case.hadm_id, one.case)
    config = source.home / ".hydra" / "config.yaml"
    read += [config] if config.is_file() else []
    about = Imported(source=source.home.resolve().name, files={name(path): digest(path) for path in read})
    return Import(source, judged, found, _parameters(judged, config), about)


def _parameters(judged: Judged, config: Path) -> Parameters:
    """What the run's own settings say; of temperatures that they do not say, nothing is known."""
    said = _settings(config)
    named = {"seed": "experiment.random_seed", "max_turns": "experiment.total_inferences"}
    given: dict[str, object] = {
        key: int(said[path]) for key, path in named.items() if re.fullmatch(r"\d{1,9}", said.get(path, ""))
    }
    if not 1 <= given.get("max_turns", 1) <= 200:
        del given["max_turns"]
    try:
        options = Options(temperature=float(said["patient_agent.params.temperature"]))
    except (KeyError, ValueError):
        options = Options(temperature=None)
    for role, attribute in (("patient", "model"), ("doctor", "doctor")):
        given[role] = ", ".join(sorted({getattr(one, attribute) for one in judged.dialogues}))
    return Parameters(options=options, **given)


def _settings(config: Path) -> dict[str, str]:
    """`{"experiment.random_seed": "42"}`: the single values of a YAML file as Hydra writes it."""
    try:
        lines = config.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    found, path = {}, []
    for line in lines:
        if match := _SETTING.match(line):
            path = [*path[: len(match[1]) // 2], match[2]]
            found[".".join(path)] = match[3]
    return found


def find_cases(folder: Path, given: Path | None, listing: Listing, credentialed: bool) -> dict[str, Case]:
    """The cases of a file that is given, else of the one that lies in the folder, if it can be read."""
    path = given or folder / CASE_FILE
    if not given and not path.is_file():
        return {}
    try:
        cases = load_cases(path, credentialed)
    except InputError:
        if given:
            raise
        listing.add(CASE_FILE, "", "cannot be read as a file of cases; give it as --cases to see why")
        return {}
    if not given:
        listing.notes.append(f"{CASE_FILE}: {len(cases):,} cases of it are used.")
    return {case.hadm_id: case for case in cases}


def keep(found: Import, out: Path) -> tuple[int, int]:
    """Writes a set into a run's folder, as far as it is not there; how many dialogues and verdicts are new.
    Raises InputError where the folder holds something else."""
    dialogues = found.judged.dialogues
    items = [Item(one.case.hadm_id, one.persona, one.repeat) for one in dialogues]
    with writing(out, found.parameters, [*found.cases.values()], items, found.about) as run:
        there = run.finished()
        new = [one for one in dialogues if one.id not in there]
        for one in new:
            run.keep(one)
        known = {(one.key, one.field) for one in run.verdicts()}
        verdicts = [one for one in found.judged.verdicts if (one.key, one.field) not in known]
        run.keep_verdicts(verdicts)
    return len(new), len(verdicts)


def keep_unread(listing: Listing, out: Path) -> None:
    """Puts every fault of an import into the run's folder, with what stood there."""
    if not listing.faults:
        return
    lines = [json.dumps(one._asdict(), ensure_ascii=False) for one in listing.faults]
    write_whole(out / UNREAD, "".join(f"{line}\n" for line in lines))
