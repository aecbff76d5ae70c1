"""The Compare page as a lab meeting uses it, in Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from serve import NASTY

from patientsim_core.storage import Database
from patientsim_core.storage.comparisons import Comparisons
from tests import played
from tests.browser.conftest import Consult
from tests.waiting import until

TABLE = "[data-testid=stDataFrame]"
OVERFLOW = (
    "Math.max(...[document.documentElement, ...document.querySelectorAll('main, main *')]"
    f".filter(e => e.matches('html, [data-testid=stMain]')"
    f" || !(e.closest('{TABLE}') || e.querySelector('{TABLE}')))"
    ".map(e => e.scrollWidth - e.clientWidth))"
)
"""Pixels by which anything is wider than its place. A table scrolls by itself; it and what is around it keep
the width they had before the page got its scrollbar."""


class Compare(Consult):
    """What a presenter, or somebody in the room, does with the page."""

    @property
    def answers(self):
        return self.page.get_by_role("main").locator("[data-testid=stColumn] [data-testid=stText]")

    @property
    def questions(self):
        return self.messages.get_by_test_id("stText")

    def start(self, all_six: bool = False, address: str = "/Compare") -> "Compare":
        self.open(address)
        self.settle()
        if all_six:
            self.button("All six personalities").click()
            expect(self.page.get_by_text("Patient 6", exact=True)).to_be_visible()
            second = self.page.get_by_role("combobox", name="Personality").nth(1)
            expect(second).to_have_value("Verbose")  # a card that was there before, dealt anew
            self.settle()
        return self

    def ask_all(self, question: str, answers: int) -> None:
        """Asks, and waits until so many answers stand on the page in all."""
        self.send(question)
        expect(self.answers).to_have_count(answers)
        self.settle()

    def choice(self, name: str):
        return self.page.get_by_role("radio", name=name, exact=True)

    def draw(self) -> "Compare":
        self.start(address="/Compare?mode=guess")
        self.button("Draw a patient").click()
        expect(self.page.get_by_text("Who is this?").first).to_be_visible()
        self.settle()
        return self


@pytest.fixture
def compare(consult) -> Compare:
    return Compare(consult.page, consult.app)


@pytest.fixture
def voter(app, chromium):
    """Another browser."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield Compare(context.new_page(), app)
    context.close()


@pytest.fixture
def comparisons(database_url) -> Comparisons:
    return Comparisons(Database(database_url))


def id_of(compare: Compare) -> str:
    return re.search(r"comparison=([0-9a-f]{32})", compare.page.url)[1]


def test_six_personalities_answer_beside_each_other(compare):
    page = compare.start(all_six=True).page
    compare.ask_all("What brings you in today?", 6)
    said = compare.answers.all_inner_texts()
    assert len(set(said)) > 1
    left = compare.answers.evaluate_all("all => all.map(one => one.getBoundingClientRect().left)")
    assert len({round(one) for one in left}) == 3
    assert left[0] < left[1] < left[2]
    for name in ("Plain", "Verbose", "Pleasing", "Impatient", "Distrustful", "Overanxious"):
        expect(page.get_by_role("main").get_by_text(name, exact=True)).to_be_visible()
    expect(page.get_by_text("told").first).to_be_visible()
    compare.ask_all("Do you take any medication?", 12)
    expect(compare.questions).to_have_text(["What brings you in today?", "Do you take any medication?"])
    page.reload()
    expect(compare.answers).to_have_count(12)
    assert compare.answers.all_inner_texts()[:6] == said
    compare.settle()
    with page.expect_download() as download:
        compare.button("Markdown").click()
    file = re.sub(r"\\(.)", r"\1", Path(download.value.path()).read_text())
    for text in said:
        assert text in file


def test_a_dialogue_of_a_run_is_replayed_from_its_page(compare):
    played.copy(compare.app.runs / "personas")
    original = played.dialogues()[0]
    compare.open(f"/Dialogues?run=personas&dialogue=personas/{original.id}")
    compare.page.get_by_role("link", name="Replay").click()
    expect(compare.page.get_by_text("Its questions are put")).to_be_visible()
    compare.settle()
    compare.button("Replay").click()
    asked = original.questions - 1
    expect(compare.questions).to_have_count(asked)
    expect(compare.answers).to_have_count(3 * asked, timeout=60_000)
    expect(compare.page.get_by_text("As it was:").first).to_be_visible()
    assert compare.answers.first.inner_text() == original.turns[1].text


def test_a_consultation_is_replayed_from_its_result(consult, compare):
    consult.open().ask("What brings you in today?")
    consult.end("Pneumonia")
    consult.page.get_by_role("link", name="Replay to another persona").click()
    expect(compare.page.get_by_text("Its questions are put")).to_be_visible()
    compare.settle()
    compare.button("Replay").click()
    expect(compare.answers).to_have_count(3)
    compare.settle()
    compare.ask_all("Do you smoke?", 6)


def test_the_room_votes_in_its_own_browsers_and_sees_by_itself_what_happens(compare, voter, comparisons):
    compare.draw().ask_all("What brings you in today?", 1)
    voter.page.goto(compare.page.url)
    expect(voter.answers).to_have_text(compare.answers.all_inner_texts())
    voter.settle()
    voter.choice("Distrustful").click()
    expect(voter.page.get_by_text("1 person has voted")).to_be_visible()
    expect(compare.page.get_by_text("1 person has voted")).to_be_visible()
    compare.settle()
    compare.choice("Plain").click()
    expect(voter.page.get_by_text("2 people have voted")).to_be_visible()

    compare.ask_all("Do you smoke?", 2)
    expect(voter.questions).to_have_text(["What brings you in today?", "Do you smoke?"])
    expect(voter.answers).to_have_text(compare.answers.all_inner_texts())
    expect(voter.choice("Distrustful")).to_be_checked()

    voter.page.reload()
    expect(voter.choice("Distrustful")).to_be_checked()
    voter.settle()
    voter.choice("Impatient").click()
    expect(voter.choice("Impatient")).to_be_checked()
    id = id_of(compare)
    assert until(lambda: sorted(one.level for one in comparisons.votes(id)) == ["impatient", "plain"])

    hidden = comparisons.load(id)[1][0].persona
    right = sum(one.level == hidden.personality for one in comparisons.votes(id))
    compare.settle()
    compare.button("Reveal").click()
    for seen in (compare, voter):
        expect(seen.page.get_by_text(f"It was: {hidden.label}")).to_be_visible()
        expect(seen.page.get_by_text(f"right in all rounds: {right} of 2")).to_be_visible()
        expect(seen.button("Reveal")).to_have_count(0)


def test_the_first_vote_of_a_new_browser_is_still_its_own_after_a_refresh(compare, voter, comparisons):
    """The cookie that tells browsers apart must be there from the first moment on."""
    compare.draw()
    voter.page.goto(compare.page.url)
    expect(voter.choice("Plain")).to_be_visible()
    voter.settle()
    voter.choice("Plain").click()
    expect(voter.page.get_by_text("1 person has voted")).to_be_visible()
    voter.page.reload()
    expect(voter.choice("Plain")).to_be_checked()
    voter.settle()
    voter.choice("Verbose").click()
    assert until(lambda: [one.level for one in comparisons.votes(id_of(compare))] == ["verbose"])
    expect(compare.page.get_by_text("1 person has voted")).to_be_visible()


@pytest.mark.patient("slow")
def test_answers_appear_as_they_are_made_and_a_stop_keeps_what_was_heard(compare):
    compare.start().send(" ".join(f"word{number}" for number in range(60)))
    expect(compare.answers).to_have_text([re.compile(r"word1\."), re.compile(r"word1\.")])
    compare.button("Stop").click()
    expect(compare.button("Stop")).to_have_count(0)
    expect(compare.answers).to_have_text([re.compile(r"^word0\. word1\..* …$")] * 2)
    expect(compare.button("Go on")).to_have_count(0)
    said = compare.answers.all_inner_texts()
    compare.page.reload()
    expect(compare.answers).to_have_text(said)
    compare.ask_all("One more", 4)
    assert compare.answers.all_inner_texts()[:2] == said


@pytest.mark.patient("stuck")
def test_patients_that_say_nothing_can_be_stopped_and_left_out(compare):
    compare.start().send("Hello?")
    expect(compare.page.get_by_text("…", exact=True).first).to_be_visible()
    compare.button("Stop").click()
    expect(compare.button("Go on")).to_be_visible()
    expect(compare.answers).to_have_count(0)
    compare.button("Leave out what is not answered").click()
    expect(compare.page.get_by_text("Left without an answer.")).to_have_count(2)
    expect(compare.input).to_be_enabled()


@pytest.mark.patient("slow")
def test_a_refresh_while_patients_speak_loses_nothing(compare, comparisons):
    compare.start().send("one two three")
    expect(compare.answers).to_have_text([re.compile("one"), re.compile("one")])
    compare.page.reload()
    expect(compare.questions).to_have_text(["one two three"])
    assert until(lambda: all(len(one.turns) == 2 for one in comparisons.load(id_of(compare))[1]))
    compare.page.reload()
    expect(compare.answers).to_have_text(["one. two. three."] * 2)


@pytest.mark.patient("flaky")
def test_a_patient_that_fails_is_asked_again(compare):
    compare.start().send("Where does it hurt")
    error = compare.page.get_by_role("alert").filter(has_text="did not answer").first
    expect(error).to_be_visible()
    expect(error.locator("a, img, code, script")).to_have_count(0)
    compare.button("Go on").click()
    expect(compare.answers).to_have_text(["Where. does. it. hurt."] * 2)
    expect(compare.button("Go on")).to_have_count(0)


@pytest.mark.patient("nasty")
def test_a_phone_has_no_horizontal_scroll_and_nothing_is_rendered(compare):
    compare.page.set_viewport_size({"width": 390, "height": 844})
    compare.start(all_six=True)
    assert compare.page.evaluate(OVERFLOW) <= 0
    compare.ask_all("w" * 200 + " " + NASTY, 6)
    compare.page.wait_for_function(f"{OVERFLOW} <= 0")  # once all is drawn
    right = "all => Math.max(...all.map(one => one.getBoundingClientRect().right))"
    assert 0 < compare.answers.evaluate_all(right) <= 390
    main = compare.page.get_by_role("main")
    for tag in ("script", "img[src*='198.51']", "a[href*='198.51']", "a[href*='a.org']", "code", ".katex"):
        expect(main.locator(tag)).to_have_count(0)
    assert "hacked" not in compare.page.title()


def test_a_guess_on_a_phone_has_no_horizontal_scroll(compare):
    compare.page.set_viewport_size({"width": 390, "height": 844})
    compare.draw().ask_all("What brings you in today?", 1)
    compare.page.wait_for_function(f"{OVERFLOW} <= 0")
    compare.button("Reveal").click()
    expect(compare.page.get_by_text("It was:")).to_be_visible()
    compare.page.wait_for_function(f"{OVERFLOW} <= 0")  # once all is drawn


def test_every_widget_has_a_name(compare):
    compare.start()
    unnamed = (
        "[...document.querySelectorAll('button, input, textarea, [role=radio]')].filter(e => "
        "e.offsetParent && !(e.innerText || e.ariaLabel || e.title || e.placeholder || e.labels?.length || "
        "e.getAttribute('aria-labelledby'))).map(e => e.outerHTML.slice(0, 200))"
    )
    assert compare.page.evaluate(unnamed) == []
    compare.draw().ask_all("What brings you in today?", 1)
    assert compare.page.evaluate(unnamed) == []
