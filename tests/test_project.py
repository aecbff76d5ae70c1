"""What a newcomer relies on: requirements, the README's commands, privacy settings, data that parse."""

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from patientsim_core import load_cases
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.storage.index import INDEX
from patientsim_core.storage.run_list import SAMPLES
from patientsim_core.storage.runs import open_run

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "patientsim_core").rglob("*.py"))
APP = [ROOT / "demo.py", *sorted((ROOT / "pages").rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TOOLS = {"ruff", "psycopg"}  # a command, and a driver that SQLAlchemy imports
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt && "


def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))))


def imported(path: Path) -> set[str]:
    """Top-level names of the modules that a file imports, wherever in the file."""
    names = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements() -> dict[str, str]:
    """Distribution -> its version range, as requirements.txt has them."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line.partition("#")[0].strip() for line in lines]
    matches = [re.fullmatch(r"([\w.-]+)(?:\[\w+\])?\s*(.*)", line) for line in wanted if line]
    return {normal(match[1]): match[2] for match in matches}


def fenced(language: str = "") -> list[str]:
    """The README's fenced blocks, all or those of a language."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [body for name, body in blocks if not language or name == language]


def test_requirements_list_exactly_what_the_project_imports():
    own = (
        {"patientsim_core", "pages"}
        | {path.stem for path in APP + TESTS}
        | {path.parent.name for path in TESTS}
    )
    modules = set().union(*map(imported, CORE + APP + TESTS)) - own - sys.stdlib_module_names
    installed = packages_distributions()
    used = {normal(installed.get(module, [module])[0]) for module in modules}
    assert set(requirements()) == used | TOOLS


def test_every_requirement_has_a_lower_and_an_upper_bound():
    loose = {
        name: range for name, range in requirements().items() if not re.fullmatch(r">=[\d.]+,<[\d.]+", range)
    }
    assert not loose


def test_core_never_imports_streamlit():
    assert not [path.name for path in CORE if "streamlit" in imported(path)]


def test_importing_the_core_loads_neither_streamlit_nor_a_provider():
    code = "import sys, patientsim_core; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "patientsim_core" in run.stdout.split()
    assert not {"streamlit", "openai", "google.genai"} & set(run.stdout.split())


@pytest.mark.parametrize("marker", ["streamlit run demo.py", "pytest"])
def test_readme_has_exactly_one_command_for_the_app_and_one_for_the_tests(marker):
    lines = [line for block in fenced() for line in block.splitlines() if marker in line]
    assert len(lines) == 1
    assert lines[0].startswith(SET_UP)
    assert shlex.split(lines[0])[-1] == marker.split()[-1]


def test_readme_names_only_files_that_are_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    commands = re.findall(r"\b(?:tests|docs|data_samples)/[\w./-]*\w", text)
    assert links
    assert not [name for name in {*links, *commands} if not (ROOT / name).exists()]


def test_readme_python_example_runs():
    (example,) = fenced("python")
    run = subprocess.run(
        [sys.executable, "-c", example], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()


def test_every_sample_case_loads_and_says_it_is_synthetic():
    files = sorted((ROOT / "data_samples").rglob("cases.json"))
    assert ROOT / "data_samples" / "cases.json" in files
    assert {case.provenance for path in files for case in load_cases(path)} == {"synthetic"}


def test_sample_runs_are_whole_judged_and_small():
    runs = {path.name: open_run(path) for path in SAMPLES.iterdir() if path.is_dir()}
    assert set(runs) == {"offline-personas", "offline-no-persona"}
    for run in runs.values():
        assert run.finished() == {item.id for item in run.planned}
        assert {(one.dialogue_id, one.metric) for one in run.verdicts()} == {
            (id, metric) for id in run.finished() for metric in Metric
        }
    kept = [path for path in SAMPLES.rglob("*") if path.is_file() and path.name != INDEX]
    assert sum(path.stat().st_size for path in kept) < 10_000_000


def test_nothing_is_rendered_as_raw_html():
    keywords = [
        (path.name, node.arg) for path in CORE + APP for node in nodes(path) if isinstance(node, ast.keyword)
    ]
    assert keywords
    assert not [name for name, keyword in keywords if keyword == "unsafe_allow_html"]


def test_server_listens_on_localhost_only_and_sends_no_statistics():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] in ("localhost", "127.0.0.1")
    assert config["browser"]["gatherUsageStats"] is False
