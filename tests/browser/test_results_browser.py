"""Results and Dialogues as a researcher meets them, in Chromium: from two runs down to one sentence."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from patientsim_core import Persona
from patientsim_core.storage.runs import open_run
from tests import played
from tests.browser.conftest import TWO_FRAMES
from tests.waiting import until

REASON = "says the opposite of what is recorded"
FIGURE = ".js-plotly-plot"
PLACE = """(figure, [name, row]) => {
    const place = figure.calcdata.find(all => all[0].trace.name === name).find(one => one.i === row);
    const box = figure.querySelector('.nsewdrag').getBoundingClientRect();
    const {xaxis, yaxis} = figure._fullLayout;
    return [box.left + xaxis.c2p(place.x), box.top + yaxis.c2p(place.y)];
}"""
MAIN = "document.querySelector('[data-testid=stMain]')"


def contradict(run, level: str) -> str:
    """Has a second judge find every informing sentence of one dialogue, with a language level, against the
    chief complaint, and all of the others right. Gives the dialogue's id."""
    wrong = next(one.id for one in played.dialogues() if one.persona.cefr == level)
    for one in played.dialogues():
        found = [verdict for verdict in played.verdicts()[one.id] if verdict.metric == "facts"]
        run.keep_verdicts([_second(verdict, one.id == wrong) for verdict in found])
    return wrong


def _second(verdict, is_wrong: bool):
    informs = verdict.detail["kind"] == "information"
    if not (informs and is_wrong):
        return verdict.model_copy(update={"judge": "second"})
    detail = {"kind": "information", "items": {"chiefcomplaint": "contradicted"}}
    about = {"score": 0.0, "rationale": REASON, "detail": detail}
    return verdict.model_copy(update={"judge": "second", **about})


@pytest.fixture
def runs(app):
    """The app's runs: one with two judges, and its control."""
    run = played.copy(app.runs / "personas")
    played.copy(app.runs / "control", play_as=Persona())
    return run, contradict(run, "C")


def pick(consult, label: str, *options: str) -> None:
    """Chooses options of a field by keyboard."""
    box = consult.page.get_by_role("combobox", name=label)
    for option in options:
        consult.settle()
        box.scroll_into_view_if_needed()
        consult.page.evaluate(TWO_FRAMES)  # scrolling closes the list
        box.press("ArrowDown")
        consult.page.get_by_role("option", name=option, exact=True).click()
        consult.settle()
        box.press("Escape")
        expect(consult.page.get_by_role("option")).to_have_count(0)
        box.blur()


def filters(consult) -> None:
    """Opens the fields by which dialogues are chosen, once the page has drawn all. The window is so high that
    no list of options reaches beyond it, as scrolling would close it."""
    consult.page.set_viewport_size({"width": 1280, "height": 1800})
    expect(consult.page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    consult.settle()
    consult.page.locator(".st-key-filters summary").click()
    expect(consult.page.locator(".st-key-filters details")).to_have_attribute("open", "")
    expect(consult.page.get_by_role("combobox", name="Personality")).to_be_visible()


def section(consult, name: str) -> None:
    button = consult.page.get_by_role("radio", name=name, exact=True)
    button.or_(consult.page.get_by_role("button", name=name, exact=True)).first.click()
    consult.settle()


def said(page) -> list[str]:
    return page.locator(".turn").all_inner_texts()


def click_point(consult, chart: str, series: str, row: int) -> None:
    """Clicks a point of a chart, by its key."""
    figure = consult.page.locator(f".st-key-chart-{chart} {FIGURE}")
    figure.scroll_into_view_if_needed()
    expect(figure.locator(".points path").first).to_be_visible()
    x, y = figure.evaluate(PLACE, [series, row])
    consult.page.mouse.click(x, y)


def test_from_two_runs_to_the_sentence_that_is_wrong_and_back_by_its_address(consult, runs, chromium):
    _, wrong = runs
    page = consult.page
    consult.open("/Results?run=control")
    pick(consult, "Runs", "personas")
    expect(page.get_by_text("Runs: control, personas · 40 dialogues")).to_be_visible()

    filters(consult)
    pick(consult, "Language level", "C")
    expect(page.get_by_text("8 dialogues of 4 cases · Language level: C")).to_be_visible()

    section(consult, "Sentences")
    click_point(consult, "facts", "personas · second", 6)
    expect(page).to_have_url(re.compile("/Dialogues"))
    consult.settle()
    address = page.url
    assert "only_cefr=C" in address
    assert "sort=facts%2Fsecond%2Fwrong" in address
    card = page.locator("[class*=st-key-open-]").first
    expect(card).to_be_visible()

    card.get_by_role("button").click()
    expect(page).to_have_url(re.compile("dialogue="))
    assert wrong in page.url
    page.get_by_text("second", exact=True).last.click()
    expect(page.get_by_text(re.compile("judged by second"))).to_be_visible()
    consult.settle()
    page.locator(".sentence.red").first.click()
    expect(page.get_by_text(REASON)).to_be_visible()
    expect(page.locator(".sentence[aria-pressed=true]")).to_have_count(1)
    complaint = next(one for one in played.dialogues() if one.id == wrong).case.chiefcomplaint
    expect(page.get_by_text(re.compile("^In the record"))).to_contain_text(complaint)

    shared = page.url
    other = chromium.new_context(viewport={"width": 1280, "height": 800})
    guest = other.new_page()
    guest.goto(shared)
    expect(guest.get_by_text(REASON)).to_be_visible()
    assert until(lambda: said(guest) == said(page))
    other.close()


def test_a_shared_address_of_results_shows_the_same_figures(consult, runs, chromium):
    page = consult.page
    consult.open("/Results?run=personas")
    section(consult, "Persona")
    filters(consult)
    pick(consult, "Personality", "verbose")
    expect(page.get_by_text("Personality: verbose", exact=False).first).to_be_visible()
    other = chromium.new_context()
    guest = other.new_page()
    guest.goto(page.url)
    expect(guest.locator(FIGURE).first).to_be_visible()
    data = "figure => figure.calcdata.map(all => [all[0].trace.name, all.map(one => [one.x, one.y])])"
    assert guest.locator(FIGURE).first.evaluate(data) == page.locator(FIGURE).first.evaluate(data)
    other.close()


def test_a_cell_of_the_leaderboard_leads_to_its_dialogues(consult, runs):
    page = consult.page
    consult.open("/Results?run=control")
    table = page.get_by_test_id("stDataFrame").first
    box = table.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 52)
    expect(page).to_have_url(re.compile("/Dialogues.*sort=fidelity"))
    expect(page.locator("[class*=st-key-open-]").first).to_be_visible()


def test_a_square_of_the_map_leads_to_the_dialogues_of_its_persona(consult, runs):
    consult.open("/Results?run=personas&show=Persona")
    click_point(consult, "map-personas", "trace 0", 0)
    expect(consult.page).to_have_url(re.compile("/Dialogues"))
    consult.settle()
    for part in ("only_personality=", "only_cefr=", "only_recall=", "only_dazed="):
        assert part in consult.page.url
    expect(consult.page.locator("[class*=st-key-open-]")).to_have_count(4)


def test_results_are_added_from_a_zip_and_what_is_none_says_why(consult, app, tmp_path):
    page = consult.page
    (tmp_path / "zipped").mkdir()
    played.write(tmp_path / "zipped" / "mine", ids=2)
    shutil.make_archive(str(tmp_path / "mine"), "zip", tmp_path / "zipped")
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "notes.txt").write_text("nothing")
    shutil.make_archive(str(tmp_path / "nothing"), "zip", tmp_path / "none")
    consult.open("/Results")
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    consult.settle()
    consult.button("Add results").click()
    file = page.get_by_test_id("stDialog").locator("input[type=file]")
    file.set_input_files(tmp_path / "nothing.zip")
    consult.button("Add").click()
    expect(page.get_by_text("is neither a run of this project")).to_be_visible()
    page.keyboard.press("Escape")
    consult.button("Add results").click()
    expect(consult.button("Add")).to_be_disabled()
    consult.settle()
    expect(file).to_have_count(1)
    file.set_input_files(tmp_path / "mine.zip")
    consult.button("Add").click()  # which waits until it is enabled: nothing is left of the other file
    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    expect(page.get_by_text("Runs: mine")).to_be_visible()
    assert "run=mine" in page.url
    assert len(open_run(app.runs / "mine").finished()) == 2


def test_the_report_is_one_file_with_the_figures(consult, runs):
    consult.open("/Results?run=control")
    with consult.page.expect_download() as download:
        consult.button("Report").click()
    text = download.value.path().read_text()
    assert text.startswith("<!doctype html>")
    assert "How well patients keep to their personas" in text


@pytest.mark.parametrize(
    "address", ["/Results?run=personas&show=Persona", "/Results?run=personas", "/Dialogues"]
)
def test_the_pages_fit_a_phone(consult, runs, address):
    consult.page.set_viewport_size({"width": 390, "height": 844})
    consult.page.goto(consult.app.url + address)
    expect(consult.page.locator(f"{FIGURE}, [class*=st-key-open-]").first).to_be_visible()
    assert consult.page.evaluate(f"() => {MAIN}.scrollWidth <= {MAIN}.clientWidth + 1")
