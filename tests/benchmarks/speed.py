"""Prints how fast the built-in patient, the import and the page are.

    python tests/benchmarks/speed.py

Medians in milliseconds. The page is measured in Chromium, where one is found: first paint from the
request to the input being there, on a server that has drawn the page once; a rerun from a slider's key
to its new description. Measures and prints only; exit status 0.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from patientsim_core import ALL_PERSONAS, Turn, load_cases, make_patient  # noqa: E402
from patientsim_core.interview import read_questions  # noqa: E402

SAMPLES = ROOT / "data_samples"
LOADED = ("streamlit", "openai", "google.genai")
IMPORT = f"import sys, patientsim_core; print(*[m for m in {LOADED} if m in sys.modules])"


def report(what: str, seconds: list[float]) -> None:
    middle, most = 1000 * statistics.median(seconds), 1000 * max(seconds)
    print(f"{what:45} median {middle:8.1f} ms   most {most:8.1f} ms   n {len(seconds)}")


def imports(times: int = 7) -> None:
    """A fresh interpreter that imports the core, less one that imports nothing."""
    taken = []
    for _ in range(times):
        bare = _run("pass")[0]
        whole, loaded = _run(IMPORT)
        taken.append(whole - bare)
    report("import patientsim_core", taken)
    print(f"{'provider SDKs and streamlit loaded by it':45} {loaded or 'none'}")


def _run(code: str) -> tuple[float, str]:
    start = time.perf_counter()
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, run.stdout.strip()


def replies() -> None:
    """Every reply of a 12-turn consultation with each of the 37 personas, over five cases."""
    cases = load_cases(SAMPLES / "cases.json")[::4]
    questions = read_questions(SAMPLES / "interviews" / "history.txt")
    taken = []
    for persona in ALL_PERSONAS:
        for case in cases:
            patient, turns = make_patient(case, persona), list[Turn]()
            for question in questions:
                turns.append(Turn(role="doctor", text=question))
                start = time.perf_counter()
                reply = patient.reply(turns)
                taken.append(time.perf_counter() - start)
                turns.append(Turn(role="patient", text=reply.text, persona=persona, reply=reply))
    report("a reply", taken)


def page(times: int = 7) -> None:
    """First paint and a rerun, in a real browser."""
    from browser.conftest import FLAGS, App, find_chromium
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if not path:
        print("the page: no Chromium was found")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App(f"sqlite:///{folder}/speed.db", Path(folder) / "app.log", "offline")
        try:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            paints, reruns = [], []
            for number in range(times + 1):
                tab = browser.new_page()
                start = time.perf_counter()
                tab.goto(app.url)
                tab.get_by_test_id("stChatInputTextArea").wait_for()
                paints += [time.perf_counter() - start] if number else []
                tab.wait_for_load_state("networkidle")
                reruns += _reruns(tab)
                tab.close()
            report("first paint of the page", paints)
            report("a rerun that asks nothing", reruns)
        finally:
            app.kill()


def _reruns(tab) -> list[float]:
    """Personality moved to verbose and back: until its description is the new one."""
    slider = tab.get_by_role("slider", name="Personality")
    slider.focus()
    taken = []
    for key, words in (("ArrowRight", "Talks a lot"), ("ArrowLeft", "Neutral and brief")):
        start = time.perf_counter()
        slider.press(key)
        tab.wait_for_function("words => document.body.innerText.includes(words)", arg=words, polling="raf")
        taken.append(time.perf_counter() - start)
    return taken


if __name__ == "__main__":
    imports()
    replies()
    page()
