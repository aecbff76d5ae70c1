"""Prints how Results and Dialogues bear large runs: 1,000 and 10,000 dialogues of 30 turns with all verdicts.

    python tests/benchmarks/results.py [DIALOGUES ...]

The runs are written by `big_run`. Measured are: building the index, adding to it; what the app's own
scripts take, without a browser: Results in a new session, a filter, one dialogue of the list; the same in
Chromium, from the press of the mouse until what was asked for is seen and until all is drawn, on a server
that has just started and on one that knows the run; what travels to the browser; the server's memory. Medians
in milliseconds, each with its most.
Measures and prints only; exit status 0.
"""

import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "benchmarks")]

from big_run import write_run  # noqa: E402

from patientsim_core.storage.index import read_index  # noqa: E402
from patientsim_core.storage.runs import DIALOGUES, VERDICTS, open_run  # noqa: E402

LAST = 10
TIMES = 7
SECTIONS = ("Persona", "Sentences", "Record", "Doctor", "Turns", "Effort", "Overview")


class Taken(NamedTuple):
    """Seconds until what was asked for was seen, and until nothing was left to draw; the bytes that came."""

    seen: float
    done: float
    bytes: int = 0


def report(what: str, taken: list[Taken]) -> None:
    seen, done, sizes = zip(*taken, strict=True)
    times = [f"{1000 * statistics.median(one):6,.0f} (most {1000 * max(one):6,.0f})" for one in (seen, done)]
    print(f"  {what:48} seen {times[0]}   done {times[1]} ms   at most {max(sizes) / 1e3:4,.0f} kB")


def index(folder: Path) -> None:
    """Builds the index without the last few dialogues, then with them."""
    cut = {}
    for name in (DIALOGUES, VERDICTS):
        lines = (folder / name).read_bytes().splitlines(keepends=True)
        if name == DIALOGUES:
            last = [line.split(b'"')[3] for line in lines[-LAST:]]
            kept = len(lines) - LAST
        else:
            kept = next(place for place, line in enumerate(lines) if line.split(b'"')[3] in last)
        cut[name] = lines[kept:]
        (folder / name).write_bytes(b"".join(lines[:kept]))
        del lines
    print(f"  {'index, built':50} {_timed(folder):10.2f} s")
    print(f"  {'index, nothing new':50} {1000 * _timed(folder):7.0f} ms")
    for name, lines in cut.items():
        with (folder / name).open("ab") as file:
            file.write(b"".join(lines))
    print(f"  {f'index, {LAST} dialogues more':50} {1000 * _timed(folder):7.0f} ms")
    print(f"  {'index, size':50} {(folder / 'index.parquet').stat().st_size / 1e6:7.1f} MB")


def _timed(folder: Path) -> float:
    start = time.perf_counter()
    read_index(open_run(folder))
    return time.perf_counter() - start


def scripts(folder: Path, ids: list[str]) -> None:
    """The app's scripts on a server that knows the run; nothing is drawn."""
    from streamlit.testing.v1 import AppTest

    logging.disable(logging.WARNING)  # that no browser listens
    os.environ |= {"PATIENTSIM_RUNS": str(folder.parent), "PATIENTSIM_DATABASE_URL": f"sqlite:///{folder}.db"}

    def opened(page: str) -> AppTest:
        test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=300).run()
        test.query_params["run"] = folder.name
        return test.switch_page(f"pages/{page}.py")

    def timed(test: AppTest, **address: str) -> float:
        for name, value in address.items():
            test.query_params[name] = value
        start = time.perf_counter()
        test.run()
        if test.exception:
            raise RuntimeError(f"the page failed: {test.exception[0].message}")
        return time.perf_counter() - start

    opened("4_Results").run()
    first = [timed(opened("4_Results")) for _ in range(TIMES)]
    report("script of Results, first load of a session", [Taken(one, one) for one in first])
    test = opened("4_Results").run()
    report(
        "script of Results, a filter",
        [Taken(*[timed(test, only_cefr=level)] * 2) for level in ("A", "B", "C") * 3],
    )
    test = opened("5_Dialogues").run()
    each = [timed(test, dialogue=f"{folder.name}/{id}") for id in ids]
    report("script of Dialogues, one of the list", [Taken(one, one) for one in each])


TALK = """() => [...document.querySelectorAll(".st-key-talk *")].some(
    one => one.shadowRoot?.querySelector(".turn"))"""
FIGURES = """() => [...document.querySelectorAll("[data-testid=stMain] [aria-label]")]
    .map(one => one.ariaLabel).filter(one => one.includes("95%") || one.length > 80).join()"""
OLD = """() => document.querySelectorAll("[data-testid=stPlotlyChart]").forEach(one => one.dataset.old = 1)"""


class Tab:
    """A page of the app, and the bytes that its connection has received."""

    def __init__(self, browser, app):
        self.page = browser.new_page()  # of one context: the app's own files are known from the second on
        self.app, self.bytes = app, 0
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._count))

    def _count(self, frame) -> None:
        self.bytes += len(frame)

    def taken(self, act: Callable[[], object], until: Callable[[], object]) -> Taken:
        """What it takes from an act until something shows, and until the script is done."""
        before, start = self.bytes, time.perf_counter()
        act()
        until()
        seen = time.perf_counter() - start
        self.seen("[data-test-script-state=notRunning]")
        return Taken(seen, time.perf_counter() - start, self.bytes - before)

    def click(self, what) -> Callable[[], None]:
        """Presses the mouse where something stands; finding out where is not of what is timed."""
        what.scroll_into_view_if_needed()
        box = what.bounding_box()
        return lambda: self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def open(self, address: str, until: Callable[[], object]) -> Taken:
        return self.taken(lambda: self.page.goto(self.app.url + address), until)

    def seen(self, css: str) -> None:
        """Waits for an element. The page looks at every frame; a locator would look less and less often, only
        every half second in the end, and round all times up."""
        self.page.wait_for_function("css => document.querySelector(css)?.checkVisibility()", arg=css)

    def plot(self) -> None:
        self.seen(".js-plotly-plot")

    def other_figures(self, before: str) -> None:
        """Waits until the charts say something else, as those who do not see them are told it."""
        self.page.wait_for_function(f"before => ({FIGURES})() !== before", arg=before)

    def talk(self) -> None:
        """Waits for the turns, which the page's own script draws."""
        self.page.wait_for_function(TALK)

    def text(self, text: str) -> None:
        self.page.wait_for_function("text => document.body.textContent.includes(text)", arg=text)


def pages(browser, app) -> None:
    plain = Tab(browser, app)
    report(
        "Consult, with nothing known yet",
        [plain.open("/", lambda: plain.seen("[data-testid=stChatInputTextArea]"))],
    )
    first = Tab(browser, app)
    report("Results, on a server that has just started", [first.open("/Results?run=big", first.plot)])
    loads, others = [], []
    for _ in range(TIMES):
        tab = Tab(browser, app)
        loads.append(tab.open("/Results?run=big", tab.plot))
        tab.page.close()
        tab = Tab(browser, app)
        others.append(tab.open("/Simulate", lambda tab=tab: tab.text("Name of the run")))
        tab.page.close()
    report("Simulate, first load of a session, to compare", others)
    report("Results, first load of a session", loads)
    _sections(first)
    _filters(browser, app)
    _dialogues(browser, app)


def _sections(tab: Tab) -> None:
    for section in SECTIONS:
        button = tab.page.get_by_role("radio", name=section, exact=True).or_(
            tab.page.get_by_role("button", name=section, exact=True)
        )
        tab.page.evaluate(OLD)
        taken = tab.taken(
            tab.click(button.first), lambda: tab.seen("[data-testid=stPlotlyChart]:not([data-old])")
        )
        time.sleep(0.5)
        report(f"Results, to the section {section}", [taken])


def _filters(browser, app) -> None:
    tab, taken = Tab(browser, app), []
    tab.open("/Results?run=big&only_cefr=C", tab.plot)
    for level in ("A", "B") * 4:
        option = _option(tab, level)
        before = tab.page.evaluate(f"({FIGURES})()")
        taken.append(tab.taken(tab.click(option), lambda before=before: tab.other_figures(before)))
        tab.page.keyboard.press("Escape")
        tab.page.get_by_role("button", name=f"Remove {level}").or_(
            tab.page.locator(f"[data-baseweb=tag]:has-text('{level}') [role=presentation]")
        ).last.click()
        tab.text("Language level: C")
        tab.page.wait_for_selector("[data-test-script-state=notRunning]")
        time.sleep(0.3)
    report("Results, a filter more", taken)


def _option(tab: Tab, level: str):
    """An option of the opened list of language levels; a list closes while its page is drawn."""
    from playwright.sync_api import TimeoutError as Late

    option = tab.page.get_by_role("option", name=level, exact=True)
    for _ in range(20):
        tab.page.get_by_role("combobox", name="Language level").click()
        try:
            option.wait_for(timeout=1_000)
            return option
        except Late:
            tab.page.keyboard.press("Escape")
    raise RuntimeError("the list of language levels does not open")


def _dialogues(browser, app) -> None:
    tab, taken = Tab(browser, app), []
    card = "[class*=st-key-open-]"
    cards = tab.page.locator(card)
    opened = tab.open("/Dialogues?run=big&sort=fidelity/rules/personality", lambda: tab.seen(card))
    report("Dialogues, the list, first load of a session", [opened])
    for number in range(TIMES):
        button = cards.nth(number).get_by_role("button")
        taken.append(tab.taken(tab.click(button), tab.talk))
        tab.taken(tab.page.get_by_role("button", name="Back to the list").click, lambda: tab.seen(card))
        time.sleep(0.3)
    report("Dialogues, one of the list", taken)


def memory(app) -> None:
    """The server's memory now, and the most it had."""
    status = Path(f"/proc/{app.pid}/status").read_text().splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in status if line.startswith("Vm")}
    print(f"  {'memory of the server':50} {found['VmRSS']:7.0f} MB     most {found['VmHWM']:7.0f} MB")


def main(sizes: list[int]) -> None:
    from browser.conftest import FLAGS, App, find_chromium
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    for dialogues in sizes:
        print(f"{dialogues:,} dialogues of 30 turns")
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            app = App(f"sqlite:///{folder}/results.db", Path(folder) / "app.log", "offline")
            try:
                write_run(app.runs / "big", dialogues)
                index(app.runs / "big")
                scripts(app.runs / "big", read_index(open_run(app.runs / "big"))["id"].head(TIMES).tolist())
                if not path:
                    print("  the pages: no Chromium was found")
                    continue
                browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
                pages(browser.new_context(viewport={"width": 1280, "height": 900}), app)
                memory(app)
                browser.close()
            finally:
                app.kill()


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [1_000, 10_000])
