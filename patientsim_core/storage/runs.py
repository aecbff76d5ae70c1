"""A run on disk: what was planned, every finished dialogue, and what did not finish.

runs/NAME/
  run.json          schema, when it began, models, parameters, hash of the prompts, planned items
  cases.json        the cases as they were played
  dialogues.jsonl   one finished dialogue a line
  failures.jsonl    one that did not finish a line, the last word on it counts
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from patientsim_core.case import Case
from patientsim_core.case_file import load_cases
from patientsim_core.dialogue import Dialogue
from patientsim_core.errors import InputError
from patientsim_core.evaluation.verdict import Verdict
from patientsim_core.job import Parameters
from patientsim_core.persona import Persona
from patientsim_core.selection import Item
from patientsim_core.storage.files import Log, write_whole
from patientsim_core.storage.run_lines import from_line, to_line

SCHEMA = 1
DIALOGUES, FAILURES, VERDICTS = "dialogues.jsonl", "failures.jsonl", "verdicts.jsonl"
CORE = Path(__file__).parents[1]
_WORDS = [
    path
    for pattern in ("prompts/*.md", "offline/data/*.toml", "words.toml")
    for path in sorted(CORE.glob(pattern))
    if path.stem != "judge"  # judges say nothing in a dialogue
]


class Imported(BaseModel):
    """What an imported run was made of: the name of the folder, and a hash of each file that was read."""

    source: str
    files: dict[str, str]


class About(BaseModel):
    """What run.json holds. `planned` has case, persona key and repeat of each dialogue; `words` is a hash
    of this project's prompts and word data, which decide what is said as much as the parameters do."""

    model_config = ConfigDict(extra="allow")

    schema_version: int = SCHEMA
    created: datetime
    parameters: Parameters
    words: str
    planned: list[tuple[str, str, int]]
    imported: Imported | None = None


class Run:
    """A run's folder. Anybody may read it at any time; whoever writes got it from `writing`."""

    def __init__(self, folder: Path, about: About, cases: Sequence[Case]):
        self.folder, self.about = folder, about
        self.cases = {case.hadm_id: case for case in cases}
        self._finished, self._failed = Log(folder / DIALOGUES), Log(folder / FAILURES)
        self._verdicts = Log(folder / VERDICTS)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def parameters(self) -> Parameters:
        return self.about.parameters

    @property
    def planned(self) -> list[Item]:
        return [Item(case, Persona.from_key(key), repeat) for case, key, repeat in self.about.planned]

    def finished(self) -> set[str]:
        """The ids of the dialogues that are done."""
        return {line["id"] for _, line in self._finished.objects()}

    def failures(self) -> dict[str, Dialogue]:
        """What did not finish, by id: the last attempt of each, with its turns and its failure."""
        lines = {line["id"]: line for _, line in self._failed.objects()}
        done = self.finished() if lines else set()
        return {id: self._read(line) for id, line in lines.items() if id not in done}

    def dialogues(self) -> Iterator[Dialogue]:
        """Every finished dialogue, in the order in which they finished, one at a time."""
        for _, line in self._finished.objects():
            yield self._read(line)

    def keep(self, dialogue: Dialogue) -> None:
        """Puts a dialogue on disk: a finished one for good, another among the failures."""
        (self._failed if dialogue.failure else self._finished).append(to_line(dialogue))

    def verdicts(self) -> Iterator[Verdict]:
        """Every verdict, in the order in which they came, one at a time. Raises InputError for a line that
        is none."""
        for _, line in self._verdicts.objects():
            try:
                yield Verdict.model_validate(line)
            except ValidationError as error:
                fields = ", ".join(str(fault["loc"][0]) for fault in error.errors())
                raise InputError(f"{self._verdicts.path}: a verdict cannot be read ({fields}).") from None

    def keep_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        """Puts the verdicts of one request on disk, all of them at once."""
        lines = [one.model_dump_json(exclude_defaults=True) for one in verdicts]
        if lines:
            self._verdicts.append("\n".join(lines))

    def mend(self) -> None:
        """Cuts off what an earlier command was killed in the middle of writing."""
        self._finished.mend()
        self._failed.mend()
        self._verdicts.mend()

    def _read(self, line: dict) -> Dialogue:
        by, repeat = self.parameters, line.get("repeat", 1)
        run = {"seed": by.seed + repeat - 1, "options": by.options, "prompt": by.patient_prompt}
        return from_line(line, self.cases, run, self.about.created)


def open_run(folder: str | Path) -> Run:
    """A run that is there. Raises InputError that says what is wrong with the folder."""
    folder = Path(folder)
    return Run(folder, read_about(folder), load_cases(folder / "cases.json"))


def read_about(folder: Path) -> About:
    """What run.json says. Raises InputError that says what is wrong with it."""
    path = folder / "run.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        version = found["schema_version"]
        if version == SCHEMA:
            return About.model_validate(found)
    except FileNotFoundError:
        raise InputError(f"{folder}: is no run; it has no run.json.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path}: is not the description of a run.") from None
    raise InputError(f"{path}: has schema version {version}; this version of the project reads {SCHEMA}.")


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
    with _locked(folder):
        run = _begun(folder, parameters, cases, items, imported)
        run.mend()
        yield run


@contextmanager
def judging(folder: str | Path) -> Iterator[Run]:
    """A run that is there, with other processes kept from writing. Raises InputError where there is none, or
    it is being written."""
    folder = Path(folder)
    read_about(folder)
    with _locked(folder):
        run = open_run(folder)
        run.mend()
        yield run


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / ".lock", timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise InputError(
            f"{folder}: another command is writing here. Wait for it, or choose another folder."
        ) from None
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}).") from None
    try:
        yield
    finally:
        lock.release()


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
    write_whole(folder / "cases.json", _cases_text(known.values()))
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
    """Parameters by name; a prompt, which can be long, by what it is and its hash."""
    found = parameters.model_dump()
    options = found.pop("options")
    for name in ("patient_prompt", "doctor_prompt"):
        text = found[name]
        found[name] = (
            f"your own ({hashlib.sha256(text.encode()).hexdigest()[:8]})" if text else "the project's"
        )
    return {name.replace("_", " "): value for name, value in {**found, **options}.items()}


def _cases_text(cases) -> str:
    rows = [case.model_dump(mode="json", exclude_unset=True) for case in cases]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
