"""The app in a process of its own, and Chromium to look at it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from network import KEYS
from playwright.sync_api import Browser, Page, expect, sync_playwright

from patientsim_core import Dialogue
from patientsim_core.storage import Consultations, Database

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
expect.set_options(timeout=30_000)


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


class App:
    """A running app with a database and a folder of runs of its own; it can be killed and started again."""

    def __init__(self, database_url: str, log: Path, patient: str = "offline"):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log, self.runs = log, log.parent / "runs"
        self._database_url, self._patient = database_url, patient
        self.start()

    def start(self) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith(KEYS)}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, ROOT / "tests" / "browser" / "serve.py", self._patient, str(self.port)],
                cwd=ROOT,
                env=env | {"PATIENTSIM_DATABASE_URL": self._database_url, "PATIENTSIM_RUNS": str(self.runs)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
        raise RuntimeError(f"the app did not start:\n{self.log.read_text()}")

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Consult:
    """What a clinician does with the page."""

    def __init__(self, page: Page, app: App):
        self.page, self.app = page, app

    def open(self, address: str = "/") -> "Consult":
        self.page.goto(self.app.url + address)
        expect(self.page.get_by_role("heading", name="PatientSim")).to_be_visible()
        return self

    @property
    def input(self):
        return self.page.get_by_test_id("stChatInputTextArea")

    @property
    def messages(self):
        return self.page.get_by_test_id("stChatMessage")

    @property
    def texts(self):
        return self.messages.get_by_test_id("stText")

    def said(self) -> list[str]:
        return [text.inner_text() for text in self.texts.all()]

    def expect_said(self, *texts: str) -> None:
        """Waits until the chat says this and no more."""
        expect(self.messages).to_have_count(len(texts))
        expect(self.texts).to_have_text(list(texts))
        assert self.said() == list(texts)

    def settle(self) -> None:
        """Waits until the page has drawn what was asked of it. A run may end to begin anew: wait for what
        it brings as well."""
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")

    def send(self, question: str) -> None:
        self.settle()
        expect(self.input).to_be_enabled()
        self.input.fill(question)
        self.input.press("Enter")

    def ask(self, question: str) -> None:
        """Asks, and waits for the whole answer: "End consultation" is disabled while the patient speaks."""
        before = self.messages.count()
        self.send(question)
        expect(self.messages).to_have_count(before + 2)
        expect(self.button("End consultation")).to_be_enabled()
        self.settle()

    def button(self, name: str):
        return self.page.get_by_role("button", name=name, exact=True)

    def slider(self, name: str):
        return self.page.get_by_role("slider", name=name)

    def choose(self, provider: str, **fields: str) -> None:
        """Picks a service by keyboard, and types what its fields want."""
        self.settle()
        options = self.page.get_by_role("option")
        box = self.page.get_by_role("combobox", name="Who plays the patient")
        box.scroll_into_view_if_needed()
        self.page.evaluate(TWO_FRAMES)  # scrolling closes the list
        box.press("ArrowDown")
        expect(options.nth(1)).to_be_visible()
        box.press_sequentially(provider)
        expect(options).to_have_count(1)
        box.press("Enter")
        expect(box).to_have_value(re.compile(f"^{re.escape(provider)}"))
        for label, text in fields.items():
            self.fill(label.replace("_", " "), text)

    def fill(self, label: str, text: str) -> None:
        """Types into a field at the side, and waits until the app knows it."""
        field = self.page.get_by_test_id("stSidebar").get_by_role("textbox", name=label, exact=True)
        field.fill(text)
        field.press("Enter")
        expect(self.page.get_by_text("Press Enter to apply")).to_have_count(0)

    def end(self, *diagnoses: str, trainee: str = "") -> None:
        self.button("End consultation").click()
        for rank, diagnosis in enumerate(diagnoses, 1):
            self.page.get_by_label(f"Diagnosis {rank}").fill(diagnosis)
        self.page.get_by_label("Your name, for your teacher").fill(trainee)
        self.button("End and debrief").click()
        expect(self.page.get_by_role("heading", name="Next time")).to_be_visible()
        self.settle()
        expect(self.button("Download JSON")).to_have_count(1)  # those at the side are gone


class Saved:
    """What the app has saved."""

    def __init__(self, url: str):
        self._store = Consultations(Database(url))

    def wait(self, url: str, turns: int) -> Dialogue:
        """The consultation of an address, once it has so many turns."""
        id = re.search(r"consultation=(\w+)", url)[1]
        for _ in range(300):
            dialogue = self._store.load(id)
            if len(dialogue.turns) == turns:
                return dialogue
            time.sleep(0.1)
        raise AssertionError(f"{len(dialogue.turns)} turns were saved, not {turns}")


@pytest.fixture
def saved(database_url) -> Saved:
    return Saved(database_url)


@pytest.fixture(scope="session")
def chromium() -> Browser:
    path = find_chromium()
    if not path:
        pytest.skip("no Chromium is found: the browser tests need one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def app(request, database_url, tmp_path, chromium):
    """The app with its built-in patient, or with the one that `@patient(name)` names."""
    marker = request.node.get_closest_marker("patient")
    running = App(database_url, tmp_path / "app.log", marker.args[0] if marker else "offline")
    yield running
    running.kill()


@pytest.fixture
def consult(app, chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    yield Consult(context.new_page(), app)
    context.close()


def pytest_configure(config):
    config.addinivalue_line("markers", "patient(name): which patient of serve.py the app plays")
