"""The Cases page in a real browser: a case is made, changed, exported, imported, and played."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

NEEDED = {
    "Age": "41",
    "Present illness, reported": "onset: two days ago; hiccups that will not stop",
    "Chief complaint": "Hiccups",
    "Diagnosis": "Gastric reflux",
}


def fill(page: Page) -> None:
    for label, value in NEEDED.items():
        field = page.get_by_label(re.compile(f"^{re.escape(label)}")).first
        field.fill(value)
        if label == "Diagnosis":  # one of a list, or other words
            field.press("Enter")
        else:
            field.press("Tab")
    box = page.get_by_role("combobox", name=re.compile("Gender"))
    box.click()
    page.get_by_role("option", name="Female").click()
    expect(box).to_have_value("Female")


def test_a_case_is_made_changed_exported_imported_and_played(app, consult, tmp_path):
    page = consult.page
    page.set_viewport_size({"width": 1280, "height": 3_800})  # the whole form: scrolling closes lists
    consult.open("/Cases")
    page.get_by_role("button", name="New case").click()
    fill(page)
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("case=own-"))
    expect(page.get_by_role("heading", name=re.compile("Woman, 41 · Hiccups"))).to_be_visible()
    expect(page.get_by_text("Gastric reflux")).to_have_count(0)

    consult.settle()  # until then the form that was left is on the page, too
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("heading", name="Change a case")).to_be_visible()
    consult.settle()
    page.get_by_label(re.compile("^Chief complaint")).fill("Hiccups at night")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=re.compile("Hiccups at night"))).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    kept = Path(download.value.path()).read_text("utf-8")
    assert json.loads(kept)[0]["diagnosis"] == "Gastric reflux"
    (tmp_path / "mine.json").write_text(kept.replace("own-", "mine-"), "utf-8")

    consult.settle()
    page.get_by_role("button", name="All cases").click()
    expect(page.get_by_text("21 of 21 cases, 1 of your own")).to_be_visible()
    page.get_by_text("Import cases").click()
    expect(page.get_by_text("Template as CSV")).to_be_visible()
    consult.settle()
    page.locator("input[type=file]").set_input_files(tmp_path / "mine.json")
    page.get_by_role("button", name="Add 1 case").click()
    expect(page.get_by_text("22 of 22 cases, 2 of your own")).to_be_visible()

    page.locator("[class*=st-key-open-mine]").get_by_role("button").click()
    page.get_by_role("button", name="Consult").click()
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible()
    expect(page.get_by_test_id("stMain").or_(page.locator("body")).first).to_contain_text("Hiccups at night")
    consult.send("What brings you in today?")
    expect(consult.messages).to_have_count(2)


def test_the_list_fits_a_phone(app, consult):
    consult.page.set_viewport_size({"width": 390, "height": 800})
    consult.page.goto(f"{app.url}/Cases")
    expect(consult.page.get_by_role("heading", name="Cases")).to_be_visible()
    assert consult.page.evaluate("document.documentElement.scrollWidth") <= 390
