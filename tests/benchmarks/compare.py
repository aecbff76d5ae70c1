"""Prints what Compare adds to the time of four models that answer one question side by side.

    python tests/benchmarks/compare.py [QUESTIONS]

A service on this machine begins each answer after 0.3 s and then streams it word by word. Measured in
Chromium, from Enter until the last of the four answers stands on the page whole, less the models' own time:
from the arrival of the first request to the last word of the last answer. Then the same without a browser,
from a Hearing's beginning to its end, with every answer saved in the database. The first question, which
also makes the clients of the models, is shown apart. Milliseconds. Measures and prints only; exit status 0.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "models")]

from kinds import settings  # noqa: E402
from service import KEY, Answer, Service  # noqa: E402

from patientsim_core import Dialogue, Persona, load_cases  # noqa: E402
from patientsim_core import comparison as compare  # noqa: E402
from patientsim_core.hearing import Hearing  # noqa: E402
from patientsim_core.storage import Database  # noqa: E402
from patientsim_core.storage.comparisons import Comparisons  # noqa: E402

COLUMNS, LATENCY = 4, 0.3
ANSWER = Answer("It hurts here in the middle. It began this morning.", delay=LATENCY, pause=0.01)
WATCH = """([answer, wanted]) => {
    window.answered = new Promise(resolve => {
        let start = 0;
        const begin = event => { if (event.key === 'Enter') start = performance.now(); };
        document.addEventListener('keydown', begin, {capture: true, once: true});
        const look = () => {
            const texts = [...document.querySelectorAll('[data-testid=stColumn] [data-testid=stText]')];
            if (start && texts.filter(one => one.innerText === answer).length >= wanted) {
                resolve((performance.now() - start) / 1000);
            } else {
                requestAnimationFrame(look);
            }
        };
        look();
    });
}"""
"""Seconds from Enter until so many answers are whole."""


def own_time(service: Service) -> float:
    """Seconds from the first of the last question's requests to the last word of its answers."""
    requests = service.requests[-COLUMNS:]
    return max(one.sent[-1] for one in requests) - min(one.seconds for one in requests)


def in_browser(service: Service, questions: int) -> Iterator[tuple[float, float]]:
    """The time of each question, and the models' own."""
    from browser.conftest import FLAGS, App, Consult, find_chromium
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App(f"sqlite:///{folder}/compare.db", Path(folder) / "app.log")
        try:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            consult = Consult(page, app).open("/Compare")
            consult.choose("Own server", Address=service.url, Key=KEY, Name_of_the_model="m")
            for _ in range(COLUMNS - 2):
                consult.settle()
                consult.button("One more patient").click()
            for number in range(1, questions + 1):
                consult.settle()
                page.wait_for_timeout(500)
                page.evaluate(WATCH, [ANSWER.text, COLUMNS * number])
                consult.send(f"Question {number}: where does it hurt?")
                taken = page.evaluate("window.answered")
                yield taken, own_time(service)
            browser.close()
        finally:
            app.kill()


def in_core(service: Service, questions: int) -> Iterator[tuple[float, float]]:
    """The same without a page."""
    case, levels = load_cases(ROOT / "data_samples" / "cases.json")[0], list("ABC") * 2
    patients = [
        Dialogue(case=case, persona=Persona(cefr=level), model="vllm:m") for level in levels[:COLUMNS]
    ]
    comparison, given = compare.side_by_side(patients), [settings("vllm", service.url)] * COLUMNS
    with tempfile.TemporaryDirectory() as folder:
        comparisons = Comparisons(Database(f"sqlite:///{folder}/compare.db"))
        comparisons.begin(comparison, patients)
        for number in range(1, questions + 1):
            start = time.perf_counter()
            comparison = comparisons.ask(comparison, [f"Question {number}: where does it hurt?"])
            hearing = Hearing(
                comparisons.load(comparison.id)[1],
                comparison.questions,
                partial(comparisons.save_patient, comparison.id),
                given,
            )
            for _ in hearing:
                pass
            yield time.perf_counter() - start, own_time(service)


def report(what: str, taken: list[tuple[float, float]]) -> None:
    added = [1000 * (whole - own) for whole, own in taken]
    whole, own = (1000 * statistics.median(times) for times in zip(*taken[1:], strict=True))
    print(
        f"  {what:12} whole {whole:5.0f}, of it the models' own {own:4.0f}; added: "
        f"median {statistics.median(added[1:]):4.0f}, most {max(added[1:]):4.0f}; "
        f"first question {added[0]:4.0f}; n {len(added) - 1}"
    )


def main(questions: int) -> None:
    from browser.conftest import find_chromium

    print(
        f"{COLUMNS} patients side by side, {LATENCY} s latency, milliseconds (load {os.getloadavg()[0]:.2f})"
    )
    with Service() as service:
        service.answers(ANSWER)
        report("in the core", list(in_core(service, questions)))
        if find_chromium():
            report("in Chromium", list(in_browser(service, questions)))
        else:
            print("  in Chromium: none was found")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)
