"""transcripts: one interview put to patients of different personas."""

import argparse
from pathlib import Path

from patientsim_core.case_file import load_cases
from patientsim_core.errors import InputError, ModelError
from patientsim_core.interview import read_questions, standard_personas, transcripts
from patientsim_core.models import OFFLINE
from patientsim_core.prompt import read_prompt

SAMPLES = Path(__file__).parents[2] / "data_samples"
HELP = "put one interview to patients of different personas"


def add_flags(one: argparse.ArgumentParser) -> None:
    one.add_argument("--out", type=Path, help="Markdown file to write (default: print)")
    one.add_argument("--cases", type=Path, default=SAMPLES / "cases.json", help="file of cases")
    one.add_argument("--case", help="hadm_id of the case (default: the first of the file)")
    one.add_argument("--personas", choices=("shown", "all"), default="shown", help="seven, or all 37")
    one.add_argument("--interviews", type=Path, default=SAMPLES / "interviews", help="folder of questions")
    one.add_argument("--model", default=OFFLINE, help="who plays the patient, such as azure:gpt-4o-mini")
    one.add_argument("--prompt", type=Path, help="Markdown file with a system prompt of your own")
    one.add_argument("--credentialed", action="store_true", help="treat the cases as credentialed data")
    one.add_argument("--seed", type=int, default=42)


def run(given: argparse.Namespace) -> int:
    """Writes the transcripts; what was said before a model fails is kept."""
    cases = {case.hadm_id: case for case in load_cases(given.cases, given.credentialed)}
    if given.case and given.case not in cases:
        raise InputError(f"--case {given.case}: is not in {given.cases}; it has {', '.join(cases)}.")
    case = cases[given.case] if given.case else next(iter(cases.values()))
    asked = [read_questions(given.interviews / f"{name}.txt") for name in ("history", "reassuring")]
    prompt = read_prompt(given.prompt) if given.prompt else None
    lines, stopped = [], None
    try:
        for line in transcripts(
            case, standard_personas(given.personas), *asked, given.seed, given.model, prompt
        ):
            lines.append(line)  # one by one: what was said before a model fails is kept
    except ModelError as error:
        stopped = error
    if given.out is None:
        print("\n".join(lines))
    elif len(lines) > 1 or not stopped:
        _write(given.out, "\n".join(lines))
    if stopped:
        raise stopped
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from error
