"""Writing a run: by one process at a time, and never two kinds of dialogues into one folder."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from patientsim_core.case import Case
from patientsim_core.case_file import to_json
from patientsim_core.errors import InputError
from patientsim_core.job import Parameters
from patientsim_core.selection import Item
from patientsim_core.storage.files import locked, write_whole
from patientsim_core.storage.runs import About, Imported, Run, open_run, read_about

CORE = Path(__file__).parents[1]
_WORDS = [
    path
    for pattern in ("prompts/*.md", "offline/data/*.toml", "words.toml")
    for path in sorted(CORE.glob(pattern))
    if path.stem not in ("judge", "mimic")  # who judges, or reads notes, says nothing in a dialogue
]


@contextmanager
def writing(
    folder: str | Path,
    parameters: Parameters,
    cases: Sequence[Case],
    items: Sequence[Item],
    imported: Imported | None = None,
) -> Iterator[Run]:
    """The run of a folder, begun if there is none, with other processes kept from writing. Items and cases
    that it does not have yet are added.

    Raises InputError, and changes nothing, where the folder holds something else, is being written, or holds
    a run whose dialogues were or would be made differently; it says what differs.
    """
    folder = Path(folder)
    if not (folder / "run.json").exists() and _is_taken(folder):
        raise InputError(f"{folder}: is there already and is no run. Choose another name.")
    with locked(folder, folder / ".lock"):
        run = _begun(folder, parameters, cases, items, imported)
        run.mend()
        yield run


@contextmanager
def judging(folder: str | Path) -> Iterator[Run]:
    """A run that is there, with other processes kept from writing. Raises InputError where there is none, or
    it is being written."""
    folder = Path(folder)
    read_about(folder)
    with locked(folder, folder / ".lock"):
        run = open_run(folder)
        run.mend()
        yield run


def _is_taken(folder: Path) -> bool:
    """Whether something else is there: a file, or a folder with anything that can be seen."""
    if not folder.exists():
        return False
    return not folder.is_dir() or any(not one.name.startswith(".") for one in folder.iterdir())


def _begun(
    folder: Path,
    parameters: Parameters,
    cases: Sequence[Case],
    items: Sequence[Item],
    imported: Imported | None,
) -> Run:
    if (folder / "run.json").exists():
        run = open_run(folder)
        _check_same(run, parameters, cases, imported)
        about, known = run.about, run.cases
    else:
        now = datetime.now(UTC).replace(microsecond=0)
        words = "" if imported else words_hash()  # an imported run owes nothing to this project's words
        about = About(created=now, parameters=parameters, words=words, planned=[], imported=imported)
        known = {}
    planned = [(item.case, item.persona.key, item.repeat) for item in items]
    about = about.model_copy(update={"planned": list(dict.fromkeys([*about.planned, *planned]))})
    known = known | {case.hadm_id: case for case in cases}
    write_whole(folder / "cases.json", to_json(known.values()))
    write_whole(folder / "run.json", about.model_dump_json(indent=1) + "\n")
    return Run(folder, about, list(known.values()))


def words_hash() -> str:
    """A hash of this project's own prompts and word data."""
    found = hashlib.sha256()
    for path in _WORDS:
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _check_same(run: Run, parameters: Parameters, cases: Sequence[Case], imported: Imported | None) -> None:
    """Raises InputError with what differs, one difference a line."""
    old, new = _flat(run.parameters), _flat(parameters)
    differs = [f"{name} was {old[name]}, now {new[name]}" for name in new if old[name] != new[name]]
    if bool(imported) != bool(run.about.imported):
        differs.append(
            "its dialogues were imported" if run.about.imported else "its dialogues were played here"
        )
    elif imported and imported.files != run.about.imported.files:
        changed = {name for name, _ in imported.files.items() ^ run.about.imported.files.items()}
        differs.append(f"other files were imported ({', '.join(sorted(changed))})")
    elif not imported and run.about.words != words_hash():
        differs.append("this project's prompts or word data have changed since")
    changed = []
    for case in cases:
        known = run.cases.get(case.hadm_id)
        fields = [name for name, value in case if known and value != getattr(known, name, None)]
        if fields:
            changed.append(f"case {case.hadm_id} has changed ({', '.join(fields)})")
    more = [f"so have {len(changed) - 3:,} more cases"] if len(changed) > 3 else []
    differs += changed[:3] + more
    if differs:
        raise InputError(
            f"{run.folder}: holds a run that was made differently: {'; '.join(differs)}. "
            "Choose another folder, or give what it was made with."
        )


def _flat(parameters: Parameters) -> dict[str, object]:
    """Parameters by name; a prompt, which can be long, by what it is and its hash, a persona by its key."""
    found = parameters.model_dump()
    options = found.pop("options")
    found["play_as"] = parameters.play_as.key if parameters.play_as else "the persona assigned"
    for name in ("patient_prompt", "doctor_prompt"):
        text = found[name]
        found[name] = (
            f"your own ({hashlib.sha256(text.encode()).hexdigest()[:8]})" if text else "the project's"
        )
    return {name.replace("_", " "): value for name, value in {**found, **options}.items()}
