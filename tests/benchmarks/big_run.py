"""Writes a large judged run quickly, to measure on it how reading and reckoning bear one.

    python tests/benchmarks/big_run.py FOLDER DIALOGUES

Each of the 37 personas plays 3 sample cases with the built-in engine. These 111 dialogues are brought to
their length by repeating exchanges from their middle, judged by rules on all seven metrics, and written over
and over under other ids. Two things do not hold as in a run that was played, and do not matter for speed:

- 17 of 20 cases of a persona have the words of another case: text, differential and verdicts do not fit their
  record, and the profile's verdicts are on the items that the other record knows: `evaluate` would add some.
- Scores of 1 to 4 (fidelity, the doctor) are moved by -1, 0 or 1 at random, so that repeats differ; their
  reasons are those of the score before. All other verdicts are the same in every repeat.
"""

import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from patientsim_core import load_cases  # noqa: E402
from patientsim_core.dialogue import Dialogue, Turn  # noqa: E402
from patientsim_core.evaluation.rules import by_rules  # noqa: E402
from patientsim_core.evaluation.verdict import Metric, Verdict  # noqa: E402
from patientsim_core.job import Job, Parameters, play  # noqa: E402
from patientsim_core.persona import ALL_PERSONAS, Persona  # noqa: E402
from patientsim_core.selection import Item, select  # noqa: E402
from patientsim_core.storage.run_lines import to_line  # noqa: E402
from patientsim_core.storage.run_writing import writing  # noqa: E402
from patientsim_core.storage.runs import DIALOGUES, VERDICTS  # noqa: E402

CASES = load_cases(ROOT / "data_samples" / "cases.json")
CASES_EACH = 3
VARIED = (Metric.fidelity, Metric.doctor)
ID, SCORE = "@dialogue@", "@score@"
"""What stands in a template where each copy has its own."""


class Template(NamedTuple):
    """A dialogue's line from its persona on, the lines of its verdicts, and the scores that are varied."""

    line: str
    verdicts: str
    scores: list[int]

    def dialogue(self, item: Item) -> str:
        line = self.line
        if item.repeat > 1:
            line = line.replace('"turns":', f'"repeat":{item.repeat},"turns":', 1)
        return f'{{"id":"{item.id}","case":"{item.case}",{line}\n'

    def judged(self, item: Item, chance: random.Random) -> str:
        first, *rest = self.verdicts.replace(ID, item.id).split(SCORE)
        moved = (min(4, max(1, score + chance.choice((-1, 0, 1)))) for score in self.scores)
        return first + "".join(f"{score}.0{after}" for score, after in zip(moved, rest, strict=True))


def write_run(folder: Path, dialogues: int, turns: int = 30) -> None:
    """Writes a run with so many dialogues and all verdicts of the rules. In each the doctor asks `turns`
    questions, 1 to 199, and gets as many replies; then it concludes. The same numbers give the same lines.

    All cases and personas have had their first repeat before the second begins. Raises FileExistsError where
    there is a run already.
    """
    if (folder / "run.json").exists():
        raise FileExistsError(f"{folder}: holds a run already")
    items = _items(dialogues)
    parameters = Parameters(max_turns=turns + 1)  # the conclusion counts as one
    templates = _templates(turns)
    place = {case.hadm_id: number for number, case in enumerate(CASES)}
    chance = random.Random(42)
    with (
        writing(folder, parameters, CASES, items) as run,
        (run.folder / DIALOGUES).open("w", encoding="utf-8", newline="\n") as said,
        (run.folder / VERDICTS).open("w", encoding="utf-8", newline="\n") as judged,
    ):
        for item in items:
            own = templates[item.persona]
            template = own.get(item.case) or list(own.values())[place[item.case] % len(own)]
            said.write(template.dialogue(item))
            judged.write(template.judged(item, chance))


def _items(dialogues: int) -> list[Item]:
    repeats = -(-dialogues // (len(CASES) * len(ALL_PERSONAS)))
    items = select(CASES, "all", repeats)
    return sorted(items, key=lambda item: item.repeat)[:dialogues]


def _templates(turns: int) -> dict[Persona, dict[str, Template]]:
    """The templates of each persona by their case."""
    cases = {case.hadm_id: case for case in CASES}
    found: dict[Persona, dict[str, Template]] = defaultdict(dict)
    for item in select(CASES, "all", cases_each=CASES_EACH):
        dialogue = play(Job(item, cases[item.case], Parameters()))
        said = _lengthened(dialogue.turns, turns)
        found[item.persona][item.case] = _template(dialogue.model_copy(update={"id": ID, "turns": said}))
    return found


def _lengthened(said: list[Turn], turns: int) -> list[Turn]:
    """So many exchanges: those there are, some twice or more where they do not suffice. The last comes last,
    and the doctor's conclusion after it."""
    exchanges = list(zip(said[::2], said[1::2], strict=False))
    conclusion = said[2 * len(exchanges) :]
    *before, last = exchanges[:turns]
    more = islice(cycle(before[1:] or [last]), turns - len(exchanges[:turns]))
    return [turn for exchange in (*before, *more, last) for turn in exchange] + conclusion


def _template(dialogue: Dialogue) -> Template:
    _, persona, rest = to_line(dialogue).partition('"persona":')
    verdicts = [one for metric in Metric for one in by_rules(dialogue, metric)]
    scores = [int(one.score) for one in verdicts if one.metric in VARIED]
    return Template(persona + rest, "".join(_lines(verdicts)), scores)


def _lines(verdicts: list[Verdict]) -> Iterator[str]:
    """Verdicts as a run keeps them, except for scores that are varied."""
    for one in verdicts:
        line = one.model_dump_json(exclude_defaults=True) + "\n"
        yield line.replace(f'"score":{one.score}', f'"score":{SCORE}', 1) if one.metric in VARIED else line


if __name__ == "__main__":
    target, many = Path(sys.argv[1]), int(sys.argv[2])
    start = time.perf_counter()
    write_run(target, many)
    print(f"{many:,} dialogues in {time.perf_counter() - start:.1f} s")
    for name in (DIALOGUES, VERDICTS):
        print(f"{name}: {(target / name).stat().st_size:,} bytes")
