"""The Simulate page as a researcher meets it, in Chromium."""

import re

from playwright.sync_api import expect

from patientsim_core.storage.runs import open_run
from tests.waiting import until

BAR = re.compile(r"\d+ of 740 · ")


def begin(consult, name: str):
    """All 37 personas of all cases, which takes longer than any test."""
    page = consult.page
    page.get_by_role("button", name="All 37", exact=True).or_(
        page.get_by_role("radio", name="All 37")
    ).first.click()
    expect(page.get_by_text("740 dialogues to play.")).to_be_visible()
    field = page.get_by_role("textbox", name="Name of the run")
    field.fill(name)
    field.press("Enter")
    consult.settle()
    consult.button("Start").click()
    expect(page.get_by_text(BAR)).to_be_visible()


def test_a_batch_goes_on_through_a_page_change_and_a_refresh_until_it_is_stopped(consult):
    consult.open("/Simulate")
    begin(consult, "trial")
    shown = consult.page.get_by_text(BAR)
    first = shown.inner_text()
    expect(shown).not_to_have_text(first)  # progress draws itself anew

    consult.page.get_by_role("link", name="Consult").click()
    expect(consult.input).to_be_visible()
    consult.page.get_by_role("link", name="Simulate").click()
    expect(shown).to_be_visible()
    consult.page.reload()
    expect(shown).to_be_visible()
    expect(consult.page.get_by_text("trial · running")).to_be_visible()

    consult.button("Stop").click()
    expect(consult.page.get_by_text("trial · stopped")).to_be_visible()
    expect(consult.page.get_by_text("the same again goes on from here")).to_be_visible()
    run = open_run(consult.app.runs / "trial")
    done = run.finished()
    assert 0 < len(done) < 740

    consult.button("Go on").click()
    expect(consult.page.get_by_text("trial · running")).to_be_visible()
    assert until(lambda: len(run.finished()) > len(done))
    assert done < run.finished()


def test_what_was_finished_survives_the_death_of_the_server(consult):
    consult.open("/Simulate")
    begin(consult, "killed")
    run = open_run(consult.app.runs / "killed")
    assert until(lambda: len(run.finished()) > 20)
    consult.app.kill()
    done = run.finished()
    consult.app.start()
    consult.open("/Simulate")
    expect(consult.page.get_by_text(f"{len(done)} of 740 dialogues")).to_be_visible()
    consult.button("Go on").click()
    assert until(lambda: len(run.finished()) > len(done) + 5)
    ids = [one.id for one in run.dialogues()]
    assert len(ids) == len(set(ids))


def test_the_page_fits_a_phone(consult):
    consult.page.set_viewport_size({"width": 390, "height": 844})
    consult.page.goto(consult.app.url + "/Simulate")
    expect(consult.button("Start")).to_be_visible()
    main = "document.querySelector('[data-testid=stMain]')"
    assert consult.page.evaluate(f"() => {main}.scrollWidth <= {main}.clientWidth + 1")
