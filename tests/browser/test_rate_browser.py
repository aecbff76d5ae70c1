"""Rate as clinicians meet it, in Chromium: two raters at once, blind to each other, and their organiser."""

import re
import sqlite3
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.export import literal
from patientsim_core.storage import Database
from patientsim_core.storage.studies import Studies
from patientsim_core.study import NEEDS_REASON, SCORES, Rating, Study, Target, plan, targets
from patientsim_core.tables.ratings import EVERYBODY, rater_agreement, read_ratings, side_by_side
from tests import played
from tests.browser.conftest import Consult
from tests.waiting import until

ANA, BEN = "Ana Ruiz", "Ben Okoro"
PERSONALITY, LANGUAGE = Target(Metric.fidelity, "personality"), Target(Metric.fidelity, "language")
MAIN = "document.querySelector('[data-testid=stMain]')"


class Rater(Consult):
    """One rater's browser, and all that the server sent to it."""

    def __init__(self, page: Page, app, study: Study, name: str):
        super().__init__(page, app)
        self.study, self.name, self.heard = study, name, bytearray()
        page.on("websocket", lambda socket: socket.on("framereceived", self._hear))
        self.open(f"/Rate?study={study.id}&rater={name}")
        expect(self.number).to_be_visible()

    def _hear(self, frame: str | bytes) -> None:
        self.heard += frame if isinstance(frame, bytes) else frame.encode()

    @property
    def number(self) -> Locator:
        return self.page.get_by_text(re.compile(r"^Dialogue \d of \d"))

    @property
    def place(self) -> int:
        return self.study.order[self.name][int(self.number.inner_text().split()[1]) - 1]

    def go(self, step: str, number: int) -> None:
        self.button(step).click()
        expect(self.number).to_contain_text(f"Dialogue {number} of")
        self.settle()

    def field(self, kind: str, target: Target) -> Locator:
        """The part of the page with a score or a reason: its key as a class."""
        key = f"{kind} {self.study.id} {self.name} {self.place} {target.metric} {target.field}"
        return self.page.locator(f".st-key-{re.sub('[^a-zA-Z0-9_-]', '-', key)}")

    def click(self, target: Target, score: int) -> None:
        field = self.field("score", target)
        if target.metric is Metric.facts:
            field.get_by_role("radio", name=str(score), exact=True).or_(
                field.get_by_role("button", name=str(score), exact=True)
            ).first.click()
        else:
            field.locator("label").filter(has_text=re.compile(f"^{score} · ")).click()

    def explain(self, target: Target, reason: str) -> None:
        self.field("reason", target).get_by_role("textbox").fill(reason)

    def expect_chosen(self, target: Target, score: int | None) -> None:
        for one in SCORES:
            radio = self.field("score", target).locator("input[type=radio]").nth(one - 1)
            expect(radio).to_be_checked(checked=one == score)


@pytest.fixture
def store(database_url) -> Studies:
    return Studies(Database(database_url))


@pytest.fixture
def study(app, store) -> Study:
    """Three judged dialogues of a run by two raters, with a sentence of one of them."""
    chosen = played.dialogues()[:3]
    about = {"metric": PERSONALITY.metric, "field": PERSONALITY.field, "judge": "zebra", "score": 1}
    judged = [Verdict(dialogue_id=one.id, rationale="zebra", **about) for one in chosen]
    played.copy(app.runs / "personas").keep_verdicts(judged)
    found = plan("Pilot", [ANA, BEN], chosen, 2)
    some = [["1.0"] if place == 0 else [] for place in range(3)]
    found = found.model_copy(update={"sentences": some})
    store.begin(found, [("personas", one) for one in chosen])
    return found


@pytest.fixture
def browser_of(app, chromium, study) -> Iterator[Callable[[str], Rater]]:
    """A browser of its own for a rater."""
    contexts = []

    def open_for(name: str) -> Rater:
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 1000}))
        return Rater(contexts[-1].new_page(), app, study, name)

    yield open_for
    for one in contexts:
        one.close()


def test_two_raters_at_once_and_their_organiser(app, chromium, consult, study, store, browser_of):
    ana, ben = browser_of(ANA), browser_of(BEN)
    said: dict[tuple, tuple] = {}

    def say(rater: Rater, target: Target, score: int, reason: str = "") -> None:
        rater.click(target, score)
        if score in NEEDS_REASON:
            expect(rater.field("reason", target).get_by_role("textbox")).to_be_visible()
            rater.explain(target, reason)
        said[rater.name, rater.place, target] = (score, reason if score in NEEDS_REASON else "")

    def kept() -> dict[tuple, tuple]:
        return {
            (one.rater, one.place, one.target): (one.score, one.reason) for one in store.ratings(study.id)
        }

    def walk(place_of: Callable[[Rater], int]) -> None:
        """Both click through one dialogue, turn about."""
        todo = {rater.name: targets(study, place_of(rater)) for rater in (ana, ben)}
        for number in range(max(map(len, todo.values()))):
            for rater, score, word in ((ana, number % 4 + 1, "wolf"), (ben, 4 - number % 3, "heron")):
                if number < len(todo[rater.name]):
                    say(rater, todo[rater.name][number], score, f"{word} {number}")

    walk(lambda rater: rater.place)
    for rater in (ana, ben):
        rater.go("Next", 2)  # straight from the field in which a reason may still be typed
        expect(rater.page.get_by_text("1 of 3 dialogues finished")).to_be_visible()
    assert until(lambda: kept() == said)

    app.kill()
    app.start()
    for rater in (ana, ben):
        rater.page.reload()
        expect(rater.number).to_contain_text("Dialogue 2 of 3")
    assert kept() == said
    walk(lambda rater: rater.place)
    for rater in (ana, ben):
        rater.go("Back", 1)
        rater.expect_chosen(PERSONALITY, said[rater.name, rater.place, PERSONALITY][0])
        expect(rater.page.get_by_text("2 of 3 dialogues finished")).to_be_visible()
    assert until(lambda: kept() == said)

    for rater, other, own, foreign in ((ana, BEN, b"wolf", b"heron"), (ben, ANA, b"heron", b"wolf")):
        assert own in rater.heard
        for secret in (foreign, other.encode(), b"personas", b"clinician", b"offline", b"zebra"):
            assert not rater.heard.count(secret), secret

    page = consult.page
    consult.open(f"/Rate?study={study.id}&organise=1&view=agreement")
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    consult.settle()
    with page.expect_download() as download:
        consult.button("All ratings as CSV").click()
    exact = side_by_side(rater_agreement(read_ratings(download.value.path().read_bytes())))
    assert len(read_ratings(download.value.path().read_bytes())) == len(said)
    exact = exact[exact["Raters"] == EVERYBODY].astype(str)
    assert len(exact) >= 5
    assert cells(page) == [list(exact), *exact.values.tolist()]
    consult.button("Progress").or_(page.get_by_role("radio", name="Progress")).first.click()
    expect(page.get_by_text(re.compile("% of all ratings"))).to_be_visible()
    rows = cells(page)
    assert [row[:3] for row in rows[1:]] == [[ANA, "2", "3"], [BEN, "2", "3"]]


def cells(page: Page) -> list[list[str]]:
    """What a table says to those who cannot see it: its head, and row by row."""
    table = page.get_by_test_id("stDataFrame").first
    expect(table.locator("canvas").first).to_be_visible()
    expect(table.locator("table tr").nth(1)).to_be_attached()
    read = "rows => rows.map(row => [...row.querySelectorAll('th, td')].map(cell => cell.textContent))"
    return table.locator("table tr").evaluate_all(read)


def test_what_is_being_typed_stays_while_another_click_is_saved(app, study, store, browser_of):
    """The database is busy for a moment: one criterion's click waits to be saved while the reason of another
    is typed."""
    ana = browser_of(ANA)
    place = ana.place
    ana.click(PERSONALITY, 1)
    box = ana.field("reason", PERSONALITY).get_by_role("textbox")
    expect(box).to_be_visible()
    ana.settle()
    with sqlite3.connect(store_file(app), isolation_level=None) as busy:
        busy.execute("BEGIN IMMEDIATE")
        ana.click(LANGUAGE, 3)
        box.click()
        box.press_sequentially("too calm for")
        busy.execute("ROLLBACK")
    busy.close()
    assert until(lambda: Rating(place, ANA, LANGUAGE, 3) in store.ratings(study.id))
    ana.settle()
    expect(box).to_have_value("too calm for")
    box.press_sequentially(" it")
    box.press("Enter")
    assert until(lambda: Rating(place, ANA, PERSONALITY, 1, "too calm for it") in store.ratings(study.id))


def store_file(app) -> str:
    return app._database_url.removeprefix("sqlite:///")


def test_a_reason_and_a_click_elsewhere_are_both_saved(study, store, browser_of):
    ana = browser_of(ANA)
    place = ana.place
    ana.click(PERSONALITY, 2)
    ana.explain(PERSONALITY, "too calm")
    ana.click(LANGUAGE, 4)
    said = {Rating(place, ANA, PERSONALITY, 2, "too calm"), Rating(place, ANA, LANGUAGE, 4)}
    assert until(lambda: {*store.ratings(study.id)} == said)


def test_the_organisers_figures_follow_the_raters(consult, study, browser_of, store):
    consult.open(f"/Rate?study={study.id}&organise=1")
    expect(consult.page.get_by_text("0% of all ratings")).to_be_visible()
    browser_of(ANA).click(PERSONALITY, 4)
    expect(consult.page.get_by_text("3% of all ratings")).to_be_visible(timeout=30_000)


def test_a_study_that_is_closed_meanwhile_takes_no_click_and_says_so(consult, study, browser_of, store):
    ana = browser_of(ANA)
    ana.click(PERSONALITY, 4)
    assert until(lambda: store.ratings(study.id))
    consult.open(f"/Rate?study={study.id}&organise=1")
    consult.button("Close and show in Results").click()
    expect(consult.button("Open again")).to_be_visible()
    ana.click(PERSONALITY, 1)
    expect(ana.page.get_by_text("This was not saved.")).to_be_visible()
    ana.expect_chosen(PERSONALITY, 4)
    assert [one.score for one in store.ratings(study.id)] == [4]


def test_a_study_is_begun_in_the_form_and_rated_by_its_link(consult, app, store, chromium):
    played.copy(app.runs / "personas")
    page = consult.page
    consult.open("/Rate")
    page.get_by_text("New study").click()
    page.get_by_label("Name", exact=True).fill("Ward round")
    page.get_by_label("Raters, a name a line").fill(f"{ANA}\n{BEN}")
    consult.settle()
    consult.button("Begin the study").click()
    expect(page.get_by_text("0% of all ratings")).to_be_visible()
    (found,) = store.all()
    assert (found.raters, found.name) == ([ANA, BEN], "Ward round")
    consult.settle()
    page.get_by_text("Links for the raters").click()
    expect(page.get_by_role("link", name=BEN)).to_be_visible()
    page.wait_for_timeout(500)  # what unfolds moves the link away from a click
    page.get_by_role("link", name=BEN).click()
    expect(page.get_by_text(re.compile("^Dialogue 1 of"))).to_be_visible()
    expect(page.get_by_text(f"{BEN} rates.")).to_be_visible()


@pytest.mark.parametrize("view", ["", "&rater=Ana+Ruiz", "&organise=1&view=means", "&organise=1&view=talk"])
def test_the_page_fits_a_phone(consult, study, store, view):
    for name, score in ((ANA, 1), (BEN, 4)):
        store.rate(study.id, 0, name, PERSONALITY, score=score, reason="x" * 90)
    consult.page.set_viewport_size({"width": 390, "height": 844})
    consult.page.goto(f"{consult.app.url}/Rate?study={study.id}{view}")
    expect(consult.page.get_by_text(literal("Pilot")).first).to_be_visible()
    consult.settle()
    assert consult.page.evaluate(f"() => {MAIN}.scrollWidth <= {MAIN}.clientWidth + 1")


def test_the_list_and_the_form_fit_a_phone(consult, study):
    consult.page.set_viewport_size({"width": 390, "height": 844})
    consult.page.goto(f"{consult.app.url}/Rate")
    consult.page.get_by_text("New study").click()
    expect(consult.button("Begin the study")).to_be_visible()
    consult.settle()
    assert consult.page.evaluate(f"() => {MAIN}.scrollWidth <= {MAIN}.clientWidth + 1")
