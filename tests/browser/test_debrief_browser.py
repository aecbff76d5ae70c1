"""The debrief as a trainee and a teacher meet it, in Chromium: from the last question to a second try."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from patientsim_core.debrief.document import from_json


def take(consult, *questions: str, diagnosis: str = "Pneumonia", trainee: str = "") -> str:
    """A whole consultation; gives its address."""
    consult.open()
    for question in questions:
        consult.ask(question)
    consult.end(diagnosis, trainee=trainee)
    return re.search(r"consultation=\w+", consult.page.url)[0]


@pytest.fixture
def taken(consult) -> str:
    return take(consult, "What brings you in today?", "Do you smoke?", trainee="Ana")


def test_a_debrief_is_read_saved_and_printed(consult, taken, tmp_path):
    page = consult.page
    said = consult.said()
    for title in ("Next time", "History", "Differential", "Red flags", "Communication", "Conversation"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    page.locator("summary").filter(has_text="Social").click()
    link = page.get_by_role("link", name="Doctor 2").filter(visible=True).first
    link.click()
    expect(page.get_by_text("Do you smoke?", exact=True).last).to_be_in_viewport()
    assert page.url.endswith("#question-2")

    files = {}
    for label, suffix in (("HTML, to print", "html"), ("Markdown", "md"), ("JSON", "json")):
        with page.expect_download() as download:
            consult.button(label).click()
        assert download.value.suggested_filename.endswith(f".{suffix}")
        files[suffix] = Path(download.value.path()).read_text(encoding="utf-8")
    assert from_json(files["json"]).questions == 2
    assert json.loads(files["json"])["differential"]["named"][0]["text"] == "Pneumonia"
    for text in said:
        assert text in re.sub(r"\\(.)", r"\1", files["md"])

    printed = page.context.new_page()
    written = tmp_path / "debrief.html"
    written.write_text(files["html"], encoding="utf-8")
    printed.goto(written.as_uri())
    expect(printed.get_by_role("heading", name="Next time")).to_be_visible()
    assert printed.pdf(format="A4").startswith(b"%PDF")


def test_it_is_taken_again_and_the_two_tries_are_compared(consult, taken):
    page = consult.page
    consult.button("From another question").click()
    page.get_by_role("spinbutton", name="Question").fill("2")
    page.get_by_role("spinbutton", name="Question").press("Enter")
    consult.settle()
    consult.button("Take it again").click()
    expect(consult.input).to_be_visible()
    expect(consult.messages).to_have_count(2)
    assert taken not in page.url
    consult.ask("Are you allergic to anything?")
    consult.end("Angina")
    expect(page.get_by_role("heading", name="Another try at this case")).to_be_visible()
    expect(page.get_by_role("combobox", name="Compare with")).to_have_value(
        re.compile("Ana · .*taken up again")
    )
    expect(page.get_by_text(re.compile(r"Facts heard: \d+ of \d+ before"))).to_be_visible()
    expect(page.get_by_text("Allergies", exact=True).first).to_be_visible()


def test_a_teacher_holds_debriefs_back_brings_a_checklist_and_sees_the_class(consult, taken, app, chromium):
    page = consult.page
    consult.open("/Class")
    expect(page.get_by_role("heading", name="1 consultation")).to_be_visible()
    page.get_by_test_id("stCheckbox").get_by_text("Hold the debriefs").click()
    consult.settle()

    trainee = chromium.new_page()
    trainee.goto(f"{app.url}/?{taken}")
    expect(trainee.get_by_text("Your teacher shows the debrief later")).to_be_visible()
    expect(trainee.get_by_role("heading", name="Next time")).to_have_count(0)

    page.locator("summary").filter(has_text="Checklist").click()
    points = "text,item,words\nAsks for tobacco,tobacco,\nSays goodbye,,goodbye\n"
    file = {"name": "own.csv", "mimeType": "text/csv", "buffer": points.encode()}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("listitem").filter(has_text="Asks for tobacco").last).to_contain_text("1 of 1")
    expect(page.get_by_role("listitem").filter(has_text="Says goodbye").last).to_contain_text("0 of 1")

    consult.settle()
    point = page.locator(".js-plotly-plot .points path").first
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", name="Next time")).to_be_visible()
    expect(page.get_by_text("1 of 2 points")).to_be_visible()
    consult.button("Back to the class").click()
    expect(page.get_by_role("heading", name="1 consultation")).to_be_visible()
    consult.settle()
    page.get_by_test_id("stCheckbox").get_by_text("Hold the debriefs").click()
    consult.settle()
    trainee.reload()
    expect(trainee.get_by_role("heading", name="Next time")).to_be_visible()
    trainee.close()


@pytest.mark.parametrize("address", ["/?{}", "/Class"])
def test_a_phone_has_no_horizontal_scroll_in_a_debrief_and_a_class(consult, taken, address):
    page = consult.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(consult.app.url + address.format(taken))
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    consult.settle()
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 390
