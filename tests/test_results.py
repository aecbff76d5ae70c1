"""The sections of the results: every chart says what it shows, and its points lead to dialogues."""

import json
import re
from html import escape
from itertools import product

import pandas as pd
import pytest

from patientsim_core import Persona
from patientsim_core.__main__ import main
from patientsim_core.charts import look, plain
from patientsim_core.charts.look import SYMBOLS
from patientsim_core.published import agreement, contradictions, published
from patientsim_core.results import SECTIONS, View
from patientsim_core.results.document import document
from patientsim_core.results.overview import board, cell
from patientsim_core.storage.runs import open_run
from patientsim_core.tables import FILTERS, pairs_of
from tests import played

RUNS = ("personas", "control")


@pytest.fixture(scope="module")
def view(tmp_path_factory) -> View:
    """Two runs, of which one has two judges, twice each."""
    folder = tmp_path_factory.mktemp("runs")
    first, second = played.copy(folder / "personas"), played.copy(folder / "control", play_as=Persona())
    for one, repeat in product(played.dialogues(), (1, 2)):
        said = [
            verdict.model_copy(update={"judge": "vllm:j", "repeat": repeat, **moved(verdict, repeat)})
            for verdict in played.verdicts()[one.id]
            if verdict.metric != "language"
        ]
        first.keep_verdicts(said)
    return View(played.rows(open_run(first.folder), second), look(RUNS), first="personas", second="control")


def moved(verdict, repeat: int) -> dict:
    """Another score for the second repeat of a criterion."""
    criteria = verdict.metric in ("fidelity", "doctor") and verdict.score
    return {"score": 1 + verdict.score % 4} if criteria and repeat == 2 else {}


def charts(view: View, section: str) -> list:
    if section == "judges":
        first, second = pairs_of(view.rows)
        view = view._replace(first=first, second=second, name="fidelity/personality")
    return list(SECTIONS[section][1](view))


EXPECTED = {
    "overview": {"fidelity"},
    "persona": {"levels", "map personas", "map control"},
    "facts": {"facts", "plausibility", "contradicted"},
    "record": {"coverage", "consistency", "coverage items", "consistency items"},
    "diagnosis": {"ddx", "ddx persona", "doctor"},
    "turns": {"disclosure", "phases", "length turns", "length patient_sentences", "length patient_words"},
    "effort": {"tokens", "cost", "seconds", "requests"},
    "pairs": {"pairs scores", "pairs shares", "pairs numbers"},
    "judges": {"agreement AC1", "agreement AC2", "confusion"},
}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_has_its_charts(view, section):
    assert {one.key for one in charts(view, section)} >= EXPECTED[section]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_chart_has_a_title_axes_words_and_data(view, section):
    for chart in charts(view, section):
        assert len(chart.title) > 10
        assert len(chart.alt) > 10
        assert chart.figure.layout.xaxis.title.text
        assert len(chart.data)
        assert chart.data.to_csv(index=False).count("\n") == len(chart.data) + 1


@pytest.mark.parametrize("section", [one for one in SECTIONS if one not in ("judges", "pairs")])
def test_a_run_has_the_same_colour_and_symbol_in_every_chart(view, section):
    traces = [trace for one in charts(view, section) for trace in one.figure.data]
    for trace in traces:
        run = next((run for run in RUNS if (trace.name or "").startswith(run)), None)
        if run and trace.type == "scatter":
            assert trace.marker.color == view.look.color(run)
            assert trace.marker.symbol.startswith(view.look.symbol(run))


@pytest.mark.parametrize("section", SECTIONS)
def test_points_lead_to_dialogues_of_their_run(view, section):
    known = {"run", "sort", *FILTERS}
    for chart in charts(view, section):
        for trace in chart.figure.data:
            for text in trace.customdata if trace.customdata is not None else ():
                if not isinstance(text, str):
                    continue  # published figures have none
                address = json.loads(text)
                assert set(address) <= known
                assert set(address["run"]) <= set(RUNS)
                for name, values in address.items():
                    if name in FILTERS:
                        assert set(values) <= set(view.rows[name])


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_of_runs_that_nobody_judged_breaks_nothing(tmp_path, section):
    rows = played.rows(played.write(tmp_path / "run", ids=3, judged=False))
    list(SECTIONS[section][1](View(rows, look(["run"]))))


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_of_one_dialogue_breaks_nothing(tmp_path, section):
    rows = played.rows(played.write(tmp_path / "run", ids=1))
    for chart in SECTIONS[section][1](View(rows, look(["run"]))):
        assert len(chart.data)


def test_published_figures_are_beside_ours_and_in_no_mean(view):
    (chart,) = charts(view, "overview")
    traces = {trace.name: trace for trace in chart.figure.data}
    known = published()
    known = known[(known["metric"] == "fidelity") & (known["axis"] == "")]
    assert sorted(traces["Published, each model"].x) == sorted(known["mean"])
    assert not set(chart.data["run"]) - set(RUNS)
    assert all(
        "Published" in text and "Gemini-2.5-Flash" in text
        for text in traces["Published, each model"].hovertext
    )


def test_published_figures_are_those_of_the_paper():
    def one(engine, metric, field, level=""):
        found = published()
        found = found[(found["engine"] == engine) & (found["metric"] == metric) & (found["field"] == field)]
        return found[found["level"] == level]["mean"].item()

    assert one("Llama-3.3-70B-Instruct", "fidelity", "personality") == 3.92
    assert one("Qwen2.5-72B-Instruct", "fidelity", "personality", "distrust") == 1.71
    assert one("Gemini-2.5-Flash", "facts", "entail") == 0.978
    assert one("GPT-4o mini", "profile", "icov_previous") == 0.76
    assert one("GPT-4o mini", "profile", "icon") == 3.35
    assert one("doctor GPT-4o mini", "dynamics", "patient_words", "verbose") == 27.63
    assert contradictions()["pain"] == 8
    assert sum(contradictions().values()) == 32
    own = agreement()
    assert own[(own["field"] == "recall") & (own["coefficient"] == "AC2")]["mean"].item() == 0.916


def test_the_leaderboard_names_runs_judges_and_the_range_of_published_models(view):
    table, found = board(view)
    assert table.columns.tolist() == [
        "personas · rules",
        "personas · vllm:j",
        "control · rules",
        "Published, 8 models",
    ]
    assert table.loc["Persona fidelity: personality", "Published, 8 models"] == "3.23 to 3.94"
    assert "n 20" in table.loc["Persona fidelity: personality", "control · rules"]
    assert cell(found, 0, "personas · vllm:j") == {
        "run": ["personas"],
        "sort": ["fidelity/vllm:j/personality"],
    }
    assert cell(found, 0, "Published, 8 models") == {}


def test_repeats_of_a_judge_show_their_spread(view):
    keys = {chart.key: chart for chart in charts(view, "judges")}
    spread = next(chart for key, chart in keys.items() if key.startswith("spread"))
    assert spread.data["mean"].max() > 0.5


def test_a_look_has_a_symbol_of_its_own_for_each_of_six_runs():
    six = look([f"run {number}" for number in range(6)])
    assert (
        len({six.symbol(run) for run in six.runs})
        == len({six.color(run) for run in six.runs})
        == len(SYMBOLS)
    )
    assert look(["a"], dark=True).color("a") != look(["a"]).color("a")


def test_names_are_never_tags_or_links_in_a_chart(tmp_path):
    nasty = "<a href='http://a.org'>x</a><b>"
    rows = played.rows(played.write(tmp_path / "run", ids=2)).assign(run=nasty)
    for _, section in SECTIONS.values():
        for chart in section(View(rows, look([nasty]))):
            text = "".join(
                f"{trace.name} {''.join(trace.hovertext) if trace.hovertext is not None else ''}"
                for trace in chart.figure.data
            )
            assert "<a" not in text
            assert "<b>" not in text
    assert plain("<i>") == "&lt;i&gt;"


def test_the_document_needs_nothing_else_and_shows_every_chart(view):
    html = document(view)
    titles = [chart.title for section in SECTIONS for chart in charts(view, section) if section != "judges"]
    for title in titles:
        assert f"<h3>{escape(title)}</h3>" in html
    assert "Plotly.newPlot" in html
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", html)


def test_text_in_the_document_is_escaped(tmp_path):
    rows = played.rows(played.write(tmp_path / "run", ids=2)).assign(run="<script>alert(1)</script>")
    assert "<script>alert" not in document(View(rows, look(["<script>alert(1)</script>"])))


@pytest.mark.parametrize("kind", ["csv", "parquet", "html"])
def test_export_writes_what_its_name_says(tmp_path, kind, capsys):
    run = played.write(tmp_path / "run", ids=2)
    out = tmp_path / f"out.{kind}"
    assert main(["export", str(run.folder), "--out", str(out)]) == 0
    start = out.read_bytes()[:15]
    assert start.startswith({"csv": b"id,case,", "parquet": b"PAR1", "html": b"<!doctype html>"}[kind])
    said = capsys.readouterr()
    assert "2 dialogues" in said.out + said.err


def test_an_exported_table_has_no_formula_in_it_and_its_numbers_are_numbers(tmp_path):
    run, out = played.write(tmp_path / "=run", ids=2), tmp_path / "out.csv"
    assert main(["export", str(run.folder), "--out", str(out)]) == 0
    table = pd.read_csv(out)
    assert set(table["run"]) == {"'=run"}
    assert pd.api.types.is_integer_dtype(table["patient_turns"])


@pytest.mark.parametrize(
    ("runs", "out", "says"),
    [
        (["run"], "out.xlsx", "must end with"),
        (["nowhere"], "out.csv", "no run.json"),
        (["empty"], "out.csv", "no dialogue"),
        (["run", "again/run"], "out.csv", "same name"),
        (["run"], "no/folder/out.csv", "cannot be written"),
    ],
)
def test_export_says_what_is_wrong(tmp_path, runs, out, says, capsys):
    played.write(tmp_path / "run", ids=1)
    played.write(tmp_path / "again" / "run", ids=1)
    played.write(tmp_path / "empty", ids=0)
    folders = [str(tmp_path / name) for name in runs]
    assert main(["export", *folders, "--out", str(tmp_path / out)]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / out).exists()
