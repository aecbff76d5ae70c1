"""A run on disk: what was planned, every finished dialogue, and what did not finish.

runs/NAME/
  run.json          schema, when it began, models, parameters, hash of the prompts, planned items
  cases.json        the cases as they were played
  dialogues.jsonl   one finished dialogue a line
  failures.jsonl    one that did not finish a line, the last word on it counts
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from patientsim_core.case import Case
from patientsim_core.case_file import load_cases
from patientsim_core.dialogue import Dialogue
from patientsim_core.errors import InputError
from patientsim_core.evaluation.verdict import Verdict
from patientsim_core.job import Parameters
from patientsim_core.persona import Persona
from patientsim_core.selection import Item
from patientsim_core.storage.files import Log
from patientsim_core.storage.run_lines import from_line, to_line

SCHEMA = 1
DIALOGUES, FAILURES, VERDICTS = "dialogues.jsonl", "failures.jsonl", "verdicts.jsonl"


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
        self.verdict_log = Log(folder / VERDICTS)
        self.logs = (self._finished, self._failed, self.verdict_log)

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

    def read_dialogue(self, offset: int, failed: bool = False) -> Dialogue:
        """The dialogue whose line begins at an offset of its file, or of that of the failures."""
        log = self._failed if failed else self._finished
        return self._read(log.parse(log.at(offset), offset))

    def keep(self, dialogue: Dialogue) -> None:
        """Puts a dialogue on disk: a finished one for good, another among the failures."""
        (self._failed if dialogue.failure else self._finished).append(to_line(dialogue))

    def verdicts(self) -> Iterator[Verdict]:
        """Every verdict, in the order in which they came, one at a time. Raises InputError for a line that
        is none."""
        for _, line in self.verdict_log.objects():
            try:
                yield Verdict.model_validate(line)
            except ValidationError as error:
                fields = ", ".join(str(fault["loc"][0]) for fault in error.errors())
                raise InputError(f"{self.verdict_log.path}: a verdict cannot be read ({fields}).") from None

    def keep_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        """Puts the verdicts of one request on disk, all of them at once."""
        lines = [one.model_dump_json(exclude_defaults=True) for one in verdicts]
        if lines:
            self.verdict_log.append("\n".join(lines))

    def mend(self) -> None:
        """Cuts off what an earlier command was killed in the middle of writing."""
        for log in self.logs:
            log.mend()

    def _read(self, line: dict) -> Dialogue:
        by, repeat = self.parameters, line.get("repeat", 1)
        run = {"seed": by.seed + repeat - 1, "options": by.options, "prompt": by.patient_prompt}
        return from_line(line, self.cases, run, self.about.created, by.play_as)


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
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{folder}: is no run's folder; there is no run.json in it.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path}: is not the description of a run.") from None
    raise InputError(f"{path}: has schema version {version}; this version of the project reads {SCHEMA}.")
