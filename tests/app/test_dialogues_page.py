"""The Dialogues page: the address says what is shown, nothing of it is rendered, and what cannot be shown
says why."""

import json
import os

import pytest
from driver import ROOT, checked, errors, plain, press
from hostile import ALIVE, LIVE, SAID
from streamlit.testing.v1 import AppTest

from patientsim_core import Persona
from patientsim_core.dialogue import EndReason, Failure
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.job import Parameters
from patientsim_core.storage.run_writing import writing
from patientsim_core.storage.runs import Imported
from tests import played

FIRST = played.ITEMS[0].id
NAME = f"personas/{FIRST}"


@pytest.fixture(autouse=True)
def runs(folder_of_runs):
    return folder_of_runs


def page(**address) -> AppTest:
    test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=60).run()
    test.switch_page("pages/5_Dialogues.py")
    for name, values in ({"run": ["personas"]} | address).items():
        test.query_params[name] = values
    return checked(test.run())


def listed(test: AppTest) -> list[str]:
    """The dialogues of the list, as run and id."""
    return [one.key.removeprefix("open ") for one in test.main.button if (one.key or "").startswith("open ")]


def shown(test: AppTest) -> str:
    """All that is to be read on the page itself."""
    kinds = (test.main.markdown, test.main.text, test.main.caption, test.main.subheader, test.main.info)
    return plain(" ".join(one.value for kind in kinds for one in kind))


def talk(test: AppTest) -> list[dict]:
    """The turns as the page's own script gets them: it makes texts of them, never markup."""
    return [turn for one in test.main.get("bidi_component") for turn in json.loads(one.proto.json)["turns"]]


def said(test: AppTest) -> list[str]:
    """Each turn's words."""
    return [turn["text"] or " ".join(part["text"] for part in turn["parts"]) for turn in talk(test)]


def colors(test: AppTest) -> set[str]:
    return {part["color"] for turn in talk(test) for part in turn["parts"]}


def assert_nothing_lives(test: AppTest) -> None:
    """Nothing that was typed or said by a model is rendered."""
    kinds = (test.markdown, test.caption, test.subheader, test.warning, test.error, test.info)
    texts = [one.value for kind in kinds for one in kind]
    for text in [*texts, *(one.label for one in (*test.button, *test.expander))]:
        assert not [live for live in ALIVE if live in text], text


def value(test: AppTest, name: str) -> str | None:
    found = test.query_params.get(name)
    return found[0] if isinstance(found, list) else found


def judged_by(run, judge: str, *about: dict) -> None:
    """Adds verdicts of another judge on the first dialogue."""
    run.keep_verdicts([Verdict(dialogue_id=FIRST, judge=judge, **one) for one in about])


def fact(field: str, **about) -> dict:
    return {"metric": Metric.facts, "field": field, "turn": int(field[0]), **about}


def by_model(runs, *texts: str, judged: bool = True, imported: Imported | None = None) -> None:
    """A run of one dialogue, played by a model that answered so."""
    first = played.dialogues()[0]
    turns = list(first.turns)
    for at, text in zip((1, 3), texts, strict=False):
        reply = turns[at].reply.model_copy(update={"text": text, "model": "vllm:m", "attempts": 1})
        turns[at] = turns[at].model_copy(update={"text": text, "reply": reply})
    by = Parameters(patient="vllm:m")
    with writing(runs / "model", by, played.SAMPLES, played.ITEMS, imported) as run:
        run.keep(first.model_copy(update={"turns": turns, "model": "vllm:m"}))
        if judged:
            run.keep_verdicts(played.verdicts()[FIRST])


def test_without_anything_asked_for_all_dialogues_are_listed_twenty_a_page(runs):
    played.copy(runs / "control", play_as=Persona())
    test = page(run=["personas", "control"])
    assert "40 dialogues" in shown(test)
    assert listed(test) == [f"personas/{item.id}" for item in played.ITEMS]
    for number in ("2", "9"):
        test = page(run=["personas", "control"], page=number)
        assert listed(test) == [f"control/{item.id}" for item in played.ITEMS]


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "99999999999999", "1.5", "²"])
def test_a_page_that_is_none_is_the_nearest_one(number):
    assert len(listed(page(page=number))) == 20


def test_the_address_filters_and_sorts(runs):
    score = "profile/rules/icov"
    test = page(only_personality=["distrust", "verbose"], sort=score)
    rows = played.rows(played.open_run(runs / "personas"))
    wanted = rows[rows["personality"].isin(["distrust", "verbose"])].sort_values(score, kind="stable")
    assert listed(test) == [f"personas/{id}" for id in wanted["id"]]
    assert test.selectbox(key="sort in address").value == score
    assert "Record: Coverage · rules" in test.selectbox(key="sort in address").options


def test_what_is_chosen_at_the_side_stands_in_the_address():
    test = page(page="1")
    checked(test.selectbox(key="sort in address").set_value("fidelity/rules/realism").run())
    assert value(test, "sort") == "fidelity/rules/realism"
    assert value(test, "page") is None
    checked(test.button_group(key="flag in address").set_value("failed").run())
    assert value(test, "flag") == "failed"
    assert listed(test) == []
    checked(test.button_group(key="flag in address").set_value(None).run())
    assert value(test, "flag") is None
    assert len(listed(test)) == 20


@pytest.mark.parametrize("sort", ["nothing/here", "facts/rules/marks", "id", "a/[b](http://c.d)/e"])
def test_a_measure_that_is_not_there_is_said(sort):
    test = page(sort=sort)
    assert len(listed(test)) == 20
    said = " ".join(one.value for one in test.sidebar.caption)
    assert f"There are no figures of {sort}" in plain(said)
    assert_nothing_lives(test)


def test_a_flag_that_is_none_asks_for_nothing():
    assert len(listed(page(flag="evil"))) == 20


def test_failed_dialogues_are_listed_and_say_why(runs):
    run = played.open_run(runs / "personas")
    failed = played.dialogues()[0].model_copy(
        update={
            "id": "broken.1",
            "end_reason": EndReason.model_failure,
            "failure": Failure(kind="rate limit", text=f"Too many. {LIVE}"),
        }
    )
    run.keep(failed)
    test = page(flag="failed")
    assert listed(test) == ["personas/broken.1"]
    press(test, test.main.button[0].label)
    assert f"rate limit: Too many. {LIVE}" in errors(test)
    assert_nothing_lives(test)


def test_an_empty_list_says_why(runs):
    assert "No dialogue is left" in shown(page(only_personality=["verbose"], only_cefr=["A"]))
    assert "No dialogue has what is asked for" in shown(page(flag="failed"))
    played.write(runs / "empty", ids=0)
    assert "no dialogue in these runs yet" in shown(page(run=["empty"]))


def test_without_any_run_the_page_says_where_they_come_from(runs):
    (runs / "personas").rename(runs.parent / "elsewhere")
    test = page(run=["personas"])
    assert "Choose a run at the side, or play one" in shown(test)


def test_one_click_opens_a_dialogue_and_another_leads_back(runs):
    played.copy(runs / "control", play_as=Persona())
    test = page(run=["personas", "control"], page="2")
    press(test, test.main.button[3].label)
    assert value(test, "dialogue") == f"control/{played.ITEMS[3].id}"
    assert "24 of 40" in shown(test)
    test.query_params["sentence"] = "1.0"
    press(checked(test.run()), "Back to the list")
    assert [value(test, name) for name in ("dialogue", "sentence", "page")] == [None, None, "2"]
    assert listed(test)[3] == f"control/{played.ITEMS[3].id}"


def test_previous_and_next_go_through_the_list_as_it_is_sorted_and_filtered():
    address = {"only_personality": ["distrust"], "sort": "profile/rules/icov"}
    order = listed(page(**address))
    test = page(**address, dialogue=order[0], sentence="1.0")
    assert next(one for one in test.button if one.label == "Previous").disabled
    for place in (1, 2, 3):
        press(test, "Next")
        assert value(test, "dialogue") == order[place]
        assert f"{place + 1} of 4" in shown(test)
    assert value(test, "sentence") is None
    assert next(one for one in test.button if one.label == "Next").disabled
    press(test, "Previous")
    assert value(test, "dialogue") == order[2]


def test_a_dialogue_that_the_filters_leave_out_is_shown_all_the_same():
    test = page(dialogue=NAME, only_personality=["distrust"])
    assert "Not among the dialogues that are listed now" in shown(test)
    assert said(test) == [turn.text for turn in played.dialogues()[0].turns]


def test_a_dialogue_opens_without_its_run_being_chosen(runs):
    played.copy(runs / "control", play_as=Persona())
    assert "run control" in shown(page(dialogue=f"control/{FIRST}"))


def test_a_dialogue_is_shown_whole_with_its_record_and_diagnosis():
    one = played.dialogues()[0]
    test = page(dialogue=NAME)
    text = shown(test)
    assert said(test) == [turn.text for turn in one.turns]
    assert [turn["head"] for turn in talk(test)][::2] == [f"Question {n + 1}" for n in range(one.questions)]
    for part in (
        one.case.title,
        one.persona.label,
        one.case.diagnosis,
        one.case.occupation,
        *one.differential,
    ):
        assert part in text
    assert "concluded" in text
    assert "patient offline" in text


def test_a_control_says_whom_it_was_played_as(runs):
    played.copy(runs / "control", play_as=Persona())
    text = shown(page(dialogue=f"control/{played.ITEMS[1].id}"))
    assert "Verbose · C · low recall · played as Plain · B · high recall" in text


def test_sentences_are_marked_and_counted_by_the_judge(runs):
    test = page(dialogue=NAME)
    assert "green" in colors(test)
    assert "red" not in colors(test)
    assert "judged by rules" in shown(test)
    judged_by(
        played.open_run(runs / "personas"),
        "vllm:judge",
        fact("1.0", score=0.0, detail={"kind": "information", "items": {"pain": "contradicted"}}),
    )
    test = page(dialogue=NAME, marks="vllm:judge")
    assert "contradicted · 1" in shown(test)
    part = talk(test)[1]["parts"][0]
    assert (part["color"], part["icon"], part["word"]) == ("red", "close", "contradicted")
    assert "rules" in test.button_group(key="marks in address").options
    checked(test.button_group(key="marks in address").set_value("rules").run())
    assert value(test, "marks") == "rules"
    assert "contradicted ·" not in shown(test)


def test_a_judge_of_the_address_who_judged_nothing_here_is_passed_over(runs):
    judged_by(played.open_run(runs / "personas"), "k", fact("1.0", unscored="is null"))
    test = page(dialogue=NAME, marks="nobody")
    assert "judged by rules" in shown(test)


def test_the_sentence_of_the_address_is_looked_at_below_its_turn_and_closed_again():
    test = page(dialogue=NAME, sentence="3.0")
    first, second = [json.loads(one.proto.json) for one in test.main.get("bidi_component")]
    assert (len(first["turns"]), first["chosen"]) == (4, "3.0")
    assert len(first["turns"] + second["turns"]) == len(played.dialogues()[0].turns)
    assert "Sentence 3.0" in [one.value for one in test.main.subheader]
    assert "In the record" in shown(test)
    press(test, "Close")
    assert value(test, "sentence") is None
    assert "In the record" not in shown(test)
    assert said(test) == [turn.text for turn in played.dialogues()[0].turns]


def test_each_dialogue_names_itself_so_that_it_is_shown_from_its_top():
    test = page(dialogue=NAME)
    (first,) = [json.loads(one.proto.json)["opened"] for one in test.main.get("bidi_component")]
    press(test, "Next")
    (second,) = [json.loads(one.proto.json)["opened"] for one in test.main.get("bidi_component")]
    assert first == NAME != second


def test_the_box_has_what_each_judge_says_and_the_records_own_value(runs):
    items = {"tobacco": "contradicted", "pain": "neutral", LIVE: LIVE}
    detail = {"kind": "information", "items": items}
    detail |= {"adds": True, "plausibility": 2, "permitted": "forgotten"}
    judged_by(
        played.open_run(runs / "personas"),
        "vllm:judge",
        fact("1.0", score=0.0, rationale=f"The record says. {LIVE}", detail=detail, attempts=3),
        fact("1.0", repeat=2, unscored="is no JSON object", raw=LIVE),
    )
    test = page(dialogue=NAME, sentence="1.0", marks="vllm:judge")
    text, case = shown(test), played.dialogues()[0].case
    for part in (
        "contradicted with permission",
        "kind: information · adds to the record · plausibility 2 of 4 · permitted: forgotten · 3 requests",
        f"The record says. {LIVE}",
        case.tobacco,
        "Tobacco: contradicted",
        "Pain (0-10): neutral",
        f"{LIVE}: {LIVE}",
        "vllm:judge (judgement 2)",
        "is no JSON object",
    ):
        assert part in text, part
    assert text.count("**rules**") == 1
    assert_nothing_lives(test)


@pytest.mark.parametrize("field", ["99.0", "1.99", "0.0", "x", LIVE])
def test_a_sentence_that_is_not_there_is_said(field):
    test = page(dialogue=NAME, sentence=field)
    assert "There is no sentence" in plain(test.warning[0].value)
    assert_nothing_lives(test)


def test_verdicts_on_no_sentence_here_are_listed(runs):
    judged_by(
        played.open_run(runs / "personas"),
        "clinician",
        {
            "metric": "facts",
            "field": "utter_3_1",
            "text": LIVE,
            "detail": {"only": "plausibility", "plausibility": 4},
        },
    )
    test = page(dialogue=NAME)
    assert "Judged in other pieces · 1" in [one.label for one in test.main.expander]
    assert f"utter_3_1: {LIVE}" in shown(test)
    assert_nothing_lives(test)
    assert "plausibility 4 of 4" in shown(test)


def test_a_dialogue_that_nobody_judged_is_shown_without_marks(runs):
    played.write(runs / "fresh", ids=1, judged=False)
    test = page(run=["fresh"], dialogue=f"fresh/{FIRST}")
    text = shown(test)
    assert "No judge has looked at the sentences" in text
    assert "Nothing was judged yet" in shown(
        page(run=["fresh"], dialogue=f"fresh/{FIRST}", beside="Verdicts")
    )
    assert said(test) == [turn.text for turn in played.dialogues()[0].turns]
    assert colors(test) == {""}


def test_all_verdicts_are_there_by_metric(runs):
    judged_by(
        played.open_run(runs / "personas"),
        "k",
        {"metric": "fidelity", "field": "realism", "score": 1.0, "rationale": LIVE},
    )
    test = page(dialogue=NAME, beside="Verdicts")
    titles = [one.label for one in test.main.expander]
    assert titles == [
        "Persona fidelity",
        "Factuality",
        "Record",
        "Diagnosis",
        "Doctor",
        "Language",
        "Disclosure",
    ]
    text = shown(test)
    assert f"**1 of 4** :gray[k]{LIVE}" in text.replace("\n", "")
    assert "judges differ" in text
    assert_nothing_lives(test)


@pytest.mark.parametrize("judged", [True, False])
def test_nothing_that_is_said_is_rendered(runs, judged):
    by_model(runs, SAID, f"# Heading\n- list\n> quote\n{SAID}", judged=judged)
    test = page(run=["model"], dialogue=f"model/{FIRST}", sentence="1.0")
    assert_nothing_lives(test)
    assert plain(" ".join(said(test))).count(SAID) == 2
    assert shown(test).count(SAID) == 1  # the sentence that is chosen


def test_a_reply_of_a_model_tells_how_it_came_about_when_asked(runs):
    by_model(runs, f"*coughs* My chest hurts. {SAID}")
    test = page(run=["model"], dialogue=f"model/{FIRST}", sentence="1.0")
    assert "Stage note" not in shown(test)
    test.session_state["turn 1"] = True
    text = shown(checked(test.run()))
    assert "[Stage note, unheard by the doctor:" in text
    assert f"*coughs* My chest hurts. {SAID}" in text
    assert "(told, asked)" in text
    assert "0 + 0 tokens" in text
    assert_nothing_lives(test)


def test_a_confused_patients_reply_tells_how_confused_it_was():
    test = page(dialogue=f"personas/{played.ITEMS[4].id}", sentence="1.0")
    test.session_state["turn 1"] = True
    assert "**Confusion**: high" in shown(checked(test.run()))


def test_a_reply_that_was_imported_had_no_stage_note(runs):
    by_model(runs, "My chest hurts.", imported=Imported(source="a release", files={}))
    test = page(run=["model"], dialogue=f"model/{FIRST}", sentence="1.0")
    test.session_state["turn 1"] = True
    text = shown(checked(test.run()))
    assert "Stage note" not in text
    assert "0 + 0 tokens" in text


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nobody/x", "There is no run"),
        ("personas/nobody", "There is no dialogue 'nobody' in 'personas'"),
        ("personas/", "There is no dialogue"),
        ("personas", "There is no dialogue"),
        ("/", "There is no run"),
        ("../personas/x", "There is no run"),
        (f"{LIVE}/{LIVE}", "There is no run"),
        ("personas/" + "x" * 5_000, "There is no dialogue"),
    ],
)
def test_a_dialogue_that_is_not_there_says_so_and_leads_back(name, why):
    test = page(dialogue=name)
    assert why in errors(test)
    assert_nothing_lives(test)
    assert len(test.error[0].value) < 1_000
    press(test, "Back to the list")
    assert len(listed(test)) == 20


def test_a_run_that_cannot_be_read_says_why_and_the_others_are_listed(runs):
    played.copy(runs / "broken")
    (runs / "broken" / "run.json").write_text("{")
    test = page(run=["broken", "personas"], dialogue=f"broken/{FIRST}")
    assert errors(test).count("is not the description of a run") == 2
    press(test, "Back to the list")
    assert len(listed(test)) == 20


@pytest.mark.parametrize("file", ["dialogues.jsonl", "verdicts.jsonl"])
def test_a_line_that_is_broken_under_the_page_is_named(runs, file):
    test = page(dialogue=NAME)
    path = runs / "personas" / file
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b'"', b"'", 40))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # as fast as only a machine can be
    checked(test.run())
    assert "personas" in errors(test)
    assert "cannot be read" in errors(test) or "is not a JSON object" in errors(test)
    assert "Back to the list" in [one.label for one in test.button]


def test_files_that_go_away_under_the_page_are_said(runs, monkeypatch):
    def gone(run, row):
        raise FileNotFoundError("dialogues.jsonl")

    monkeypatch.setattr("pages.parts.opened.dialogue_at", gone)
    assert "have changed meanwhile" in errors(page(dialogue=NAME))


def test_another_dialogue_in_the_place_of_the_one_asked_for_is_not_shown(runs, monkeypatch):
    other = played.dialogues()[1]
    monkeypatch.setattr("pages.parts.opened.dialogue_at", lambda run, row: other)
    test = page(dialogue=NAME)
    assert "have changed meanwhile" in errors(test)
    assert other.turns[1].text not in shown(test)


def test_dialogues_and_verdicts_that_come_while_one_looks_are_seen(runs):
    played.write(runs / "growing", ids=2)
    test = page(run=["growing"])
    assert len(listed(test)) == 2
    played.write(runs / "growing", ids=5)
    assert len(listed(checked(test.run()))) == 5
