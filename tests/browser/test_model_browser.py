"""Patients that models play, as a clinician meets them, against a model service on this machine."""

import json
import re
import sqlite3
from pathlib import Path

from playwright.sync_api import expect
from serve import NASTY
from service import Answer

SECRET = "sk-typed-8c1f5e"
LONG = " ".join(f"It began on day {number}." for number in range(1, 7))
WITHOUT_VALUES = """() => {
    const page = document.documentElement.cloneNode(true);
    page.querySelectorAll("input").forEach(input => input.removeAttribute("value"));
    return page.outerHTML;
}"""


def set_up(consult, service, key=SECRET) -> None:
    service.key = SECRET
    consult.open().choose("Azure", Endpoint=service.url, Key=key, Name_of_the_deployment="gpt-4o-mini")


def kept(database_url: str) -> str:
    """All that the database holds, and what lies beside it."""
    file = Path(database_url.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as connection:
        rows = "\n".join(connection.iterdump())
    return rows + "".join(part.read_bytes().decode("latin-1") for part in file.parent.glob(f"{file.name}*"))


def test_a_consultation_with_a_model_from_its_key_to_the_download(consult, service, saved, database_url):
    page = consult.page
    set_up(consult, service)
    consult.button("Test connection").click()
    expect(page.get_by_text("answered in")).to_be_visible()

    service.answers(Answer(text="It hurts here. I feel sick.", usage=(1204, 38, 0)))
    consult.ask("Where does it hurt?")
    expect(consult.messages.last).to_contain_text("gpt-4o-mini · 1,204 + 38 tokens · first words")

    service.answers(Answer(text=LONG, pause=0.4))
    consult.send("When did it begin?")
    expect(consult.messages.last).to_contain_text(re.compile(r"day 1\.(?!.*day 6\.)", re.DOTALL))
    consult.button("Stop").click()
    expect(page.get_by_text("Stopped here.")).to_be_visible()
    expect(consult.texts).to_have_count(4)
    assert consult.said()[3].startswith("It began on day 1.")
    assert LONG.startswith(consult.said()[3])

    said = consult.said()
    page.reload()
    consult.expect_said(*said)
    expect(page.get_by_role("textbox", name="Name of the deployment")).to_have_value("gpt-4o-mini")
    expect(page.get_by_role("textbox", name="Key", exact=True)).to_have_value("")

    consult.end("Pneumonia")
    with page.expect_download() as download:
        consult.button("Download JSON").click()
    file = json.loads(Path(download.value.path()).read_text())
    assert [turn["text"] for turn in file["turns"]] == said
    assert said[:2] == ["Where does it hurt?", "It hurts here. I feel sick."]
    assert [turn.text for turn in saved.wait(page.url, 4).turns] == said
    assert {request.headers.get("api-key") for request in service.requests} == {SECRET}
    for text in (json.dumps(file), kept(database_url), consult.app.log.read_text(), page.url):
        assert SECRET not in text


def test_a_wrong_key_is_said_in_words_and_mended(consult, service, database_url):
    page = consult.page
    set_up(consult, service, key="sk-wrong-00000000")
    consult.send("Where does it hurt?")
    error = page.get_by_role("alert").filter(has_text="the service refuses the key")
    expect(error).to_be_visible()
    consult.expect_said("Where does it hurt?")
    expect(consult.input).to_have_value("")
    consult.fill("Key", SECRET)
    assert SECRET not in page.evaluate(WITHOUT_VALUES)
    consult.button("Ask again").click()
    consult.expect_said("Where does it hurt?", Answer().text)
    expect(consult.button("Ask again")).to_have_count(0)
    for key in (SECRET, "sk-wrong-00000000"):
        assert key not in page.evaluate(WITHOUT_VALUES)
        assert key not in kept(database_url)
        assert key not in consult.app.log.read_text()
        assert key not in page.url


def test_nothing_of_a_model_nor_about_it_is_rendered(consult, service):
    name = NASTY.split("\n")[0][:190]
    service.answers(Answer(text=NASTY))
    consult.open().choose("Own server", Address=service.url, Key=service.key, Name_of_the_model=name)
    consult.button("Test connection").click()
    expect(consult.page.get_by_text("answered in")).to_be_visible()
    consult.ask("Hello?")
    expect(consult.messages.last).to_contain_text("tokens")
    consult.page.get_by_text("Advanced", exact=True).click()
    prompt = consult.page.get_by_role("textbox", name="Your own system prompt")
    prompt.fill(f"$nobody {NASTY}")
    prompt.press("Control+Enter")
    expect(consult.page.get_by_text("Your own prompt, line 1")).to_be_visible()
    for shown in (consult.page.get_by_role("main"), consult.page.get_by_test_id("stSidebar")):
        expect(shown).to_contain_text("bold")
        for tag in ("b", "script", "a[href*='198.51']", "a[href*='a.org']", "img[src*='198.51']", ".katex"):
            expect(shown.locator(tag)).to_have_count(0)
    assert "hacked" not in consult.page.title()


def test_the_side_with_a_model_can_be_used_by_name_and_on_a_phone(consult, service):
    consult.page.set_viewport_size({"width": 390, "height": 844})
    consult.open()
    consult.page.get_by_test_id("stExpandSidebarButton").click()
    consult.choose("Own server", Address=service.url, Key=service.key, Name_of_the_model="m" * 150)
    consult.page.get_by_text("Advanced", exact=True).click()
    expect(consult.page.get_by_role("textbox", name="Your own system prompt")).to_be_visible()
    consult.settle()
    consult.page.wait_for_timeout(500)  # what unfolds moves the switch away from a click
    consult.page.get_by_text("Show the built-in prompt").click()
    expect(consult.page.get_by_text("You are a patient in an emergency department")).to_be_visible()
    unnamed = consult.page.evaluate(
        "[...document.querySelectorAll('button, input, textarea, [role=slider]')].filter(e => "
        "e.offsetParent && !(e.innerText || e.ariaLabel || e.title || e.placeholder || e.labels?.length || "
        "e.getAttribute('aria-labelledby'))).map(e => e.outerHTML.slice(0, 200))"
    )
    assert unnamed == []
    assert overflow(consult.page.get_by_test_id("stSidebarContent")) <= 0
    consult.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    consult.ask("Hello?")
    expect(consult.messages.last).to_contain_text("tokens")
    assert overflow(consult.page.get_by_role("main")) <= 0


def overflow(part) -> int:
    return part.evaluate("e => e.scrollWidth - e.clientWidth")
