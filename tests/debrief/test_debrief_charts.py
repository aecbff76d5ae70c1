"""Figures of a debrief and of a class: every fact is in them once, and a point says where it leads."""

import pandas as pd
import pytest

from patientsim_core.charts import look
from patientsim_core.charts.look import upon
from patientsim_core.debrief import Status, charts, debrief
from patientsim_core.debrief.cohort import OPEN, cohort, misses
from tests.debrief.scripted import named, scripted, talk

LOOKS = (look(()), look((), dark=True))
PLAIN = "plain,B,high,normal"
NASTY = "<a href='http://a.org'>x</a>"


@pytest.fixture(scope="module")
def full():
    return debrief(named("plain, a full history of the pain"))


@pytest.fixture(scope="module")
def table():
    """All scripted consultations of one case, by trainees of whom one tried twice."""
    own = [one.dialogue for one in scripted() if one.dialogue.case.hadm_id == "synthetic-01"]
    found = cohort(map(debrief, own))
    return found.assign(who=["Ann", "Ann", *(f"Trainee {number}" for number in range(2, len(found)))])


def points(chart, name: str | None = None) -> list[tuple]:
    """x, y, text and customdata of every mark."""
    return [
        point
        for trace in chart.figure.data
        if name in (None, trace.name)
        for point in zip(trace.x, trace.y, trace.hovertext, trace.customdata, strict=True)
    ]


def shown(chart) -> list[tuple[str, str, float]]:
    """Row, part and value of every part of a bar."""
    return [
        (row, bar.name, value) for bar in chart.figure.data for row, value in zip(bar.y, bar.x, strict=True)
    ]


@pytest.mark.parametrize("colors", LOOKS)
def test_every_figure_has_a_title_an_axis_words_and_data(full, table, colors):
    made = [charts.coverage(full, colors), charts.timeline(full, colors)]
    made += [charts.class_map(table, colors), charts.misses_chart(misses(table), colors)]
    for chart in made:
        assert len(chart.title) > 10
        assert len(chart.alt) > 10
        assert chart.figure.layout.xaxis.title.text
        assert len(chart.data)
    assert len({chart.key for chart in made}) == 4


def test_coverage_has_each_fact_of_the_record_once(full):
    chart = charts.coverage(full, LOOKS[0])
    facts = [fact.status for one in full.history.entries for fact in one.facts if fact.status not in OPEN]
    assert sum(value for *_, value in shown(chart)) == len(facts)
    heard = sum(value for _, part, value in shown(chart) if part == "Heard")
    assert heard == sum(status.heard for status in facts)
    assert chart.title == f"{heard:.0f} of {len(facts)} facts came out"


def test_coverage_tells_what_was_asked_in_vain_from_what_was_missed():
    lines = "D: What pills do you take?\nP: Lisinopril 20 mg. The rest I forget."
    chart = charts.coverage(debrief(talk("synthetic-01", "plain,B,low,normal", lines)), LOOKS[0])
    own = {part: value for row, part, value in shown(chart) if row == "Drugs and allergies"}
    assert own == {"Heard": 1, "Asked in vain": 2, "Missed": 1}
    assert list(chart.figure.data[0].text)[2] == "1"


def test_a_group_of_which_the_record_has_nothing_has_no_bar(full):
    totals = {one.group: one.total for one in full.history.coverage}
    rows = {row for row, *_ in shown(charts.coverage(full, LOOKS[0]))}
    assert rows == {group for group, total in totals.items() if total}


def test_a_point_of_the_timeline_leads_to_its_question_and_names_what_came_out(full):
    chart = charts.timeline(full, LOOKS[0])
    texts = {question: text for x, _, text, question in points(chart) if x == question}
    assert len(texts) == len(full.history.timeline)
    for moment in full.history.timeline:
        for key in moment.keys:
            assert full.history.entry(key).label in texts[moment.question]
    assert chart.title == "9 of 9 questions brought something new"


def test_a_question_that_brought_nothing_is_a_gap_in_the_timeline():
    lines = "D: Hello.\nP: Hello.\nD: When did it start?\nP: Two hours ago.\nD: Right.\nP: Yes."
    chart = charts.timeline(debrief(talk("synthetic-01", PLAIN, lines)), LOOKS[0])
    assert [question for *_, question in points(chart)] == [2]
    low, high = chart.figure.layout.xaxis.range
    assert low < 1 < 3 < high
    assert chart.title == "1 of 3 questions brought something new"


def test_a_consultation_in_which_nothing_came_out_has_its_figures():
    nothing = debrief(talk("synthetic-01", PLAIN, "D: Hello.\nP: Hello."))
    assert charts.timeline(nothing, LOOKS[0]).alt == "Nothing came out."
    assert charts.coverage(nothing, LOOKS[0]).title.startswith("0 of ")


def test_a_class_map_has_each_recorded_entry_of_each_consultation_once(table):
    chart = charts.class_map(table, LOOKS[0])
    ids = table["dialogue_id"].tolist()
    drawn = {
        (int(x), query): trace.name
        for trace in chart.figure.data
        for x, query in zip(trace.x, trace.customdata, strict=True)
    }
    ticks = chart.figure.layout.xaxis.ticktext
    for key, label in (("allergies", "Allergies"), ("pain", "Pain, 0 to 10"), ("tobacco", "Tobacco")):
        for id, status in zip(ids, table[key], strict=True):
            assert drawn[ticks.index(label), id] == status.capitalize()
    assert "Diagnosis" not in ticks
    assert len(drawn) == len(points(chart)) == len(chart.data)


def test_trainees_who_tried_twice_have_a_row_for_each_try(table):
    chart = charts.class_map(table, LOOKS[0])
    assert list(chart.figure.layout.yaxis.ticktext[:2]) == ["Ann", "Ann (2)"]
    for _, y, text, query in points(chart):
        assert table["dialogue_id"].iloc[int(y)] == query
        assert text.startswith(table["who"].iloc[int(y)])


@pytest.mark.parametrize("colors", LOOKS)
def test_each_status_has_a_colour_and_a_symbol_of_its_own(table, colors):
    every = [str(status) for status in Status if status not in OPEN]
    rows = [{**table.iloc[0].to_dict(), "allergies": status, "dialogue_id": status} for status in every]
    traces = charts.class_map(pd.DataFrame(rows), colors).figure.data
    assert len(traces) == len({one.marker.color for one in traces}) == len(every)
    assert len({one.marker.symbol for one in traces}) == len(every)


def test_sixty_consultations_are_higher_than_nine(table):
    sixty = pd.concat([table] * 60).head(60)
    nine = charts.class_map(sixty.head(9), LOOKS[0]).figure.layout.height
    assert charts.class_map(sixty, LOOKS[0]).figure.layout.height - nine == 51 * 20


def test_the_misses_are_the_first_twelve_with_how_many_of_how_many(table):
    found = misses(table)
    chart = charts.misses_chart(found, LOOKS[0])
    (bar,) = chart.figure.data
    assert list(bar.y) == found["label"].head(12).tolist()
    assert list(bar.x) == found["share"].head(12).tolist()
    assert bar.text[0] == f"{found['missed'][0]} of {found['consultations'][0]}"
    assert bar.text[0] in chart.title


def test_a_class_that_missed_nothing_has_an_empty_figure_that_says_so(table):
    assert charts.misses_chart(misses(table).head(0), LOOKS[0]).title == "Nothing was missed"


def test_a_name_is_never_a_link(table):
    chart = charts.class_map(table.assign(who=NASTY), LOOKS[0])
    assert "<a" not in "".join(chart.figure.layout.yaxis.ticktext)
    assert not any("<a" in text for _, _, text, _ in points(chart))


def test_text_on_a_bar_is_light_on_dark_and_dark_on_light():
    assert upon("#0072b2") == "#ffffff"
    assert upon("#56b4e9") == upon("#f0e442") == "#06151a"
