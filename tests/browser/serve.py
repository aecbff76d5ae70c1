"""Starts the app for a browser test: `python serve.py PATIENT PORT`.

The app runs as it is, except that it cannot reach another machine and that, unless PATIENT is
`offline`, its patient is one of those below.
"""

import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from network import block_network  # noqa: E402

import patientsim_core.offline.patient as offline  # noqa: E402
from patientsim_core import PatientSimError, Reply  # noqa: E402

NASTY = (
    "<b>bold</b> <script>document.title='hacked'</script> ![image](http://198.51.100.7/x.png) "
    "[link](http://198.51.100.7) `code` $x^2$ :smile: :material/home: www.a.org **strong** a -> b\n# heading"
)


class Echo:
    """Says the question back, one word a sentence, at its own pace."""

    pause, before = 0.0, 0.0

    def __init__(self, case, persona, seed=42):
        self.persona = persona

    def stream(self, history):
        time.sleep(self.before)
        words = history[-1].text.split()
        for word in words:
            yield f"{word}. "
            time.sleep(self.pause)
        return Reply(text=" ".join(f"{word}." for word in words))


class Slow(Echo):
    pause = 0.5


class Stuck(Echo):
    before = 60.0


class Nasty(Echo):
    def stream(self, history):
        yield NASTY
        return Reply(text=NASTY)


class Flaky(Echo):
    """Fails on the first attempt at every question."""

    failed: set[str] = set()  # noqa: RUF012

    def stream(self, history):
        question = history[-1].text
        if question not in self.failed:
            self.failed.add(question)
            yield "Half a "
            raise PatientSimError(f"The model service did not answer. {NASTY}")
        return (yield from super().stream(history))


if __name__ == "__main__":
    name, port = sys.argv[1:]
    block_network(pytest.MonkeyPatch())
    if name != "offline":
        offline.OfflinePatient = {"slow": Slow, "stuck": Stuck, "nasty": Nasty, "flaky": Flaky}[name]
    options = {"port": port, "headless": "true", "fileWatcherType": "none"}
    flags = [f"--server.{option}={value}" for option, value in options.items()]
    sys.argv = ["streamlit", "run", str(ROOT / "demo.py"), *flags]
    from streamlit.web.cli import main

    main()
