"""The Compare page: patients side by side, a dialogue replayed, a persona to guess."""

import json
import re

import pytest
from driver import ROOT, ask, checked, choose, errors, labels, plain, press, said, typed
from hostile import ALIVE, LIVE
from service import KEY, Answer, Problem
from sqlalchemy import text
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from pages.parts.guess import COOKIE
from patientsim_core import Dialogue, Persona, Turn, models
from patientsim_core import comparison as compare
from patientsim_core.comparison import Comparison
from patientsim_core.comparison_text import to_json
from patientsim_core.consultation import Cast
from patientsim_core.guessing import Vote
from patientsim_core.persona import AXES, Level, Personality, Recall
from patientsim_core.storage import Database
from patientsim_core.storage.comparisons import Comparisons
from patientsim_core.storage.own_cases import OwnCases
from tests import cases, played


def page(**address: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=60).run()
    test.switch_page("pages/1_Compare.py")
    for name, value in address.items():
        test.query_params[name] = value
    return checked(test.run())


def opened(test: AppTest) -> str | None:
    """The comparison in the page's address."""
    given = test.query_params.get("comparison")
    return given[0] if isinstance(given, list) else given


def again(test: AppTest) -> AppTest:
    """The same comparison as another visitor sees it."""
    return page(comparison=opened(test))


def texts(test: AppTest) -> list[str]:
    """Questions and answers, as they stand on the page."""
    return [text.value for text in test.main.text]


def shown(test: AppTest) -> str:
    kinds = (test.main.markdown, test.main.text, test.main.caption, test.main.subheader, test.main.info)
    return plain(" ".join(one.value for kind in kinds for one in kind))


def rendered(test: AppTest) -> str:
    """All that the browser gets, whatever it shows of it; without what is another for each comparison."""
    nodes = [node for node in test._tree if getattr(node, "proto", None) is not None]
    text = "\n".join(f"{node.type} {node.proto}" for node in nodes)
    return re.sub(r"\b[0-9a-f]{32}\b|\d\d \w{3} \d{4}, \d\d:\d\d", "…", text)


def cards(test: AppTest) -> list[str]:
    """The personas on the cards, by their keys."""
    count = test.session_state["cards"]
    return [
        ",".join(test.selectbox(key=f"card {place} {axis}").value for axis in AXES) for place in range(count)
    ]


def put(test: AppTest, **values) -> AppTest:
    """Sets widgets by their keys, `card_1_model`."""
    for key, value in values.items():
        test.session_state[key.replace("_", " ")] = value
    return checked(test.run())


def talk(service, *names: str) -> AppTest:
    """The cards, each played by a model of the service on this machine; the names are typed, and go to the
    app with what is done next."""
    test = choose(page(), "vllm", "m-0", VLLM_BASE_URL=service.url, VLLM_API_KEY=KEY)
    test = put(test, cards=len(names))
    for place, name in enumerate(names):
        box = test.selectbox(key=f"card {place} model")
        box.options.append(f"vllm:{name}")
        box.set_value(f"vllm:{name}")
    return test


@pytest.fixture
def cookies(monkeypatch) -> dict[str, str]:
    """What the browsers of all visitors send."""
    sent = {}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda self: sent))
    return sent


@pytest.fixture
def comparisons(database_url) -> Comparisons:
    return Comparisons(Database(database_url))


def test_the_page_begins_with_two_equal_patients_and_an_input():
    test = page()
    assert cards(test) == ["plain,B,high,normal"] * 2
    assert test.chat_input[0].proto.placeholder == "Ask all patients"
    assert opened(test) is None


@pytest.mark.parametrize("key", list(compare.presets()))
def test_a_preset_fills_the_cards(key):
    preset = compare.presets()[key]
    test = press(page(), preset.label)
    assert cards(test) == [one.key for one in preset.personas]


def test_a_preset_takes_back_what_was_chosen_before():
    test = press(page(), "Confusion over time")
    test = press(test, "A, B, C")
    assert cards(test) == [f"plain,{cefr},high,normal" for cefr in "ABC"]
    assert not [label for label in labels(test) if "in a row" in label]


def test_one_patient_more_or_less_keeps_the_others_and_has_its_limits():
    test = press(page(), "All six personalities")
    assert not {one.label for one in test.button if one.disabled} ^ {"One more patient"}
    for _ in range(4):
        test = press(test, "One less")
    assert cards(test) == ["plain,B,high,normal", "verbose,B,high,normal"]
    assert {one.label for one in test.button if one.disabled} == {"One less"}
    assert len(cards(press(test, "One more patient"))) == 3


def test_the_first_question_begins_a_comparison_whose_address_brings_it_back(comparisons):
    test = ask(press(page(), "A, B, C"), "What brings you in today?")
    question, *answers = texts(test)
    assert question == "What brings you in today?"
    assert len(answers) == len(set(answers)) == 3
    assert [plain(caption.value) for caption in test.main.caption][:3] == ["**A**", "**B**", "**C**"]
    assert "told Chief complaint" in re.sub(r":\w+\[:material/\w+: |\]", "", shown(test))
    assert texts(again(test)) == texts(test)
    comparison, patients = comparisons.load(opened(test))
    assert comparison.questions == [question]
    assert [one.turns[1].text for one in patients] == answers


def test_more_questions_are_asked_of_all(comparisons):
    test = put(press(page(), "Recall low and high"), case=cases.HEART.title)
    test = ask(ask(test, "What brings you in?"), "What illnesses do you have?")
    assert said(test) == ["What brings you in?", "What illnesses do you have?"]
    assert len(texts(test)) == 6
    assert all(one.questions == 2 for one in comparisons.load(opened(test))[1])
    table = test.main.dataframe[0].value
    assert list(table.columns) == ["Item", "Fact", "low recall", "high recall"]
    assert "told · question 1" in table.to_string()
    assert "forgotten · question 2" in table.to_string()
    assert "differs" in shown(test)
    assert [one.proto.label for one in test.main.get("download_button")] == ["Markdown", "JSON"]


def test_the_questions_of_a_preset_are_asked_in_a_row(comparisons):
    test = press(press(page(), "Confusion over time"), "Ask 10 questions in a row")
    comparison, patients = comparisons.load(opened(test))
    assert comparison.questions == list(compare.presets()["dazed"].questions)
    assert [one.questions for one in patients] == [10, 10, 10]
    assert len(texts(test)) == 40
    assert patients[2].turns[-1].reply.phase != patients[2].turns[1].reply.phase


def test_past_comparisons_are_at_the_side_and_a_new_one_begins_there():
    test = ask(page(), "What brings you in?")
    id = opened(test)
    test = press(test, "New comparison")
    assert opened(test) is None
    assert texts(test) == []
    test.button(key=id).click()
    assert opened(checked(test.run())) == id
    assert len(texts(test)) == 3


@pytest.mark.parametrize("id", ["nothing", "a" * 5_000, "<b>x</b>"])
def test_an_unknown_comparison_is_said_and_a_new_one_is_a_click_away(id):
    test = page(comparison=id)
    assert "There is no comparison with this address" in errors(test)
    assert cards(press(test, "New comparison"))


def test_an_own_case_is_compared_with_the_case_at_the_side(comparisons, database_url, case):
    OwnCases(Database(database_url)).add([case.model_copy(update={"hadm_id": "own-1"})])
    test = put(page(), card_1_case="Man, 52 · Chest pain · own")
    test = ask(test, "What brings you in?")
    first, second = comparisons.load(opened(test))[1]
    assert second.case.hadm_id == "own-1"
    assert first.case.hadm_id != "own-1"
    assert "and others" in shown(test)
    assert "Chest pain" in test.main.markdown[1].value  # a triage card for each of the cases


def test_models_are_compared_and_an_answer_is_what_the_model_said(service, comparisons):
    service.answers(Answer("It hurts here."))
    test = ask(talk(service, "m-1", "m-2"), "Where?")
    assert sorted(one.body["model"] for one in service.requests) == ["m-1", "m-2"]
    assert texts(test) == ["Where?", "It hurts here.", "It hurts here."]
    assert "vllm:m-1" in shown(test)
    assert KEY not in rendered(test)


def test_a_column_that_fails_stops_no_other_and_go_on_asks_it_again(service, comparisons):
    service.models = ["m-1", "m-3"]
    test = ask(talk(service, "m-1", "m-2", "m-3"), "Where?")
    assert texts(test) == ["Where?", Answer().text, Answer().text]
    assert "vllm:m-2** did not answer" in errors(test)
    assert KEY not in errors(test)
    assert test.chat_input[0].disabled
    assert len(service.requests) == 3
    service.models = None
    test = press(test, "Go on")
    assert texts(test) == ["Where?", *[Answer().text] * 3]
    assert [one.body["model"] for one in service.requests][3:] == ["m-2"]
    assert (errors(test), labels(test) & {"Go on", "Leave out what is not answered"}) == ("", set())
    assert len(texts(ask(test, "Since when?"))) == 8


def test_what_a_column_did_not_answer_can_be_left_out_and_the_others_answers_stay(service, comparisons):
    service.models = ["m-1"]
    test = ask(talk(service, "m-1", "m-2"), "Where?")
    service.models = None
    service.answers(Answer("Since today."))
    test = press(test, "Leave out what is not answered")
    assert "did not answer" not in errors(test)
    assert texts(test) == ["Where?", Answer().text]
    assert "Left without an answer." in shown(test)
    test = ask(test, "Since when?")
    assert texts(test) == ["Where?", Answer().text, "Since when?", "Since today.", "Since today."]
    assert texts(again(test)) == texts(test)


def test_a_page_left_while_patients_answer_can_go_on_later(comparisons, case):
    patients = [Dialogue(case=case, persona=Persona(cefr=cefr)) for cefr in "AC"]
    comparison = compare.side_by_side(patients)
    comparisons.begin(comparison, patients)
    comparisons.ask(comparison, ["What brings you in?"])
    test = page(comparison=comparison.id)
    assert texts(test) == ["What brings you in?"]
    assert len(texts(press(test, "Go on"))) == 3


def test_a_question_that_cannot_be_asked_stays_in_the_input(comparisons):
    test, long = ask(page(), "What brings you in?"), "long " * 500
    test = ask(test, long)
    assert "at most 2,000 characters" in errors(test)
    assert typed(test) == long
    assert comparisons.load(opened(test))[0].questions == ["What brings you in?"]
    test = ask(test, "Since when?")
    assert (errors(test), typed(test)) == ("", "")


@pytest.mark.parametrize(
    ("question", "says"),
    [("long " * 500, "at most 2,000 characters"), ("  \u200b", "type a question first"), ("\x00", "first")],
)
def test_a_first_question_that_cannot_be_asked_begins_nothing_and_stays_in_the_input(
    comparisons, question, says
):
    test = ask(page(), question)
    assert says in errors(test)
    assert typed(test) == question
    assert opened(test) is None
    assert comparisons.recent() == []
    assert len(texts(ask(test, "What brings you in?"))) == 3


def test_a_question_asked_meanwhile_in_another_window_is_said_and_nothing_lost(comparisons):
    test = ask(page(), "What brings you in?")
    comparisons.ask(comparisons.load(opened(test))[0], ["From another window?"])
    test = ask(test, "Since when?")
    assert "gone on meanwhile" in errors(test)
    assert typed(test) == "Since when?"
    assert said(test) == ["What brings you in?", "From another window?"]


def test_a_model_without_a_name_begins_nothing_and_the_question_stays(comparisons):
    test = ask(choose(page(), "vllm"), "Where?")
    assert "type the model's name at the side first" in errors(test)
    assert typed(test) == "Where?"
    assert comparisons.recent() == []


def test_a_saved_consultation_is_replayed_to_other_patients(store, comparisons, dialogue):
    store.save(dialogue)
    test = page(mode="replay", dialogue=f"/{dialogue.id}")
    assert "Man, 52 · Chest pain** Plain" in shown(test).replace(" · Plain", " Plain")
    test = press(test, "One less") if len(cards(test)) > 1 else test
    test = put(test, card_0_personality=Personality.distrust)
    test = press(test, "Replay")
    comparison, (first, other) = comparisons.load(opened(test))
    assert comparison.questions == said(test) == ["What brings you in?", "Do you feel sick?", "Do you smoke?"]
    assert (first, other.case, other.questions) == (dialogue, dialogue.case, 3)
    assert "As it was: Plain" in shown(test)
    assert "differs" in shown(test)
    assert "dialogue" not in test.query_params
    assert len(said(ask(test, "Do you have any allergies?"))) == 4
    assert store.load(dialogue.id) == dialogue


def test_without_an_address_a_consultation_is_chosen_from_the_list(store, dialogue):
    assert "No consultation is saved yet" in shown(page(mode="replay"))
    store.save(dialogue)
    test = page(mode="replay")
    assert test.selectbox(key="replayed").options[0].startswith("Man, 52 · Chest pain · ")
    assert len(said(press(test, "Replay"))) == 3


def test_a_dialogue_of_a_run_is_replayed_without_the_turn_that_names_its_diagnoses(
    folder_of_runs, comparisons
):
    original = played.dialogues()[1]
    test = press(page(mode="replay", dialogue=f"personas/{original.id}"), "Replay")
    comparison, (first, *others) = comparisons.load(opened(test))
    assert len(comparison.questions) == original.questions - 1
    assert first.turns == original.turns[: len(first.turns)]
    assert not [one for one in comparison.questions if "[DDX]" in one]
    assert [one.questions for one in others] == [original.questions - 1] * 2
    assert len(said(ask(test, "Anything else?"))) == original.questions


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("/nothing", "There is no consultation with this address"),
        ("personas/nothing", "There is no dialogue 'nothing'"),
        ("nothing/x", "nothing"),
        ("nothing", "nothing"),
        ("../../etc/passwd", "There is no run"),
        (f"personas/{LIVE}", "There is no dialogue"),
    ],
)
def test_an_unknown_dialogue_is_said(folder_of_runs, name, words):
    test = page(mode="replay", dialogue=name)
    assert words in errors(test)
    assert "Replay" not in labels(test)
    assert not [live for live in ALIVE if live in " ".join(one.value for one in test.error)]


def test_a_mode_that_is_none_is_the_usual_one():
    assert cards(page(mode="<b>x</b>"))


DRAWN = (Persona(), Persona(personality="distrust", cefr="A", recall="low"), Persona(dazed="high"))


def drawn(monkeypatch, persona: Persona, start=page) -> AppTest:
    """A guess whose hidden patient has this persona."""
    with monkeypatch.context() as patch:
        patch.setattr(compare, "ALL_PERSONAS", (persona,))
        test = start()
        test.query_params["mode"] = "guess"
        return press(checked(test.run()), "Draw a patient")


def by(service, name: str):
    return lambda: choose(page(), "vllm", name, VLLM_BASE_URL=service.url, VLLM_API_KEY=KEY)


def test_before_the_reveal_the_page_is_the_same_whoever_hides(
    monkeypatch, service, comparisons, database_url
):
    """What the browser gets cannot tell the persona, the model, nor what was disclosed of the record: it
    is the same for all of them, as long as they say the same."""
    service.answers(Answer("I have a cough. I don't know."))
    pages = {}
    for persona, name in zip(DRAWN, ("m-1", "m-2", "m-3"), strict=True):
        test = drawn(monkeypatch, persona, by(service, name))
        test = ask(ask(test, "What brings you in?"), "What illnesses do you have?")
        hidden = comparisons.load(opened(test))[1][0]
        assert (hidden.persona, hidden.model) == (persona, f"vllm:{name}")
        assert len(texts(test)) == 4
        pages[name] = (rendered(test), rendered(again(test)))
        with Database(database_url).session() as session:  # the next one finds no other at the side
            session.execute(text("delete from comparison_patients"))
            session.execute(text("delete from comparisons"))
    assert len({first for first, _ in pages.values()}) == 1
    assert len({other for _, other in pages.values()}) == 1


def test_before_the_reveal_nothing_of_the_hidden_patient_is_on_the_page(monkeypatch, service):
    persona = Persona(personality="overanxious", cefr="C", recall="low")
    test = drawn(monkeypatch, persona, by(service, "secret-model"))
    test = ask(test, "What brings you in?")
    for shown_to in (test, again(test)):
        everything = rendered(shown_to)
        for word in (persona.label, persona.key, "secret-model", "told", "differs", "forgotten", "dataframe"):
            assert word not in everything
        assert everything.count("Overanxious") == everything.count("Pleasing") == 1  # the choice to vote
        assert shown_to.main.get("download_button") == []
        assert "Who is this?" in shown(shown_to)


FAILING = ("secret-model", "vllm", "vLLM", "127.0.0.1", Persona(dazed="high").label)
"""What the text of an error could tell of the hidden patient."""


def test_before_the_reveal_an_error_says_what_to_do_and_not_who_failed_and_afterwards_all(
    monkeypatch, service
):
    test = drawn(monkeypatch, Persona(dazed="high"), by(service, "secret-model"))
    service.models = ["another"]
    test = ask(test, "What brings you in?")
    assert "Whoever drew it can go on" in errors(test)
    assert not [word for word in FAILING if word in rendered(test)]
    test = press(test, "Reveal")
    assert "did not answer. vllm:secret-model: " in errors(test)
    assert "Whoever drew it can go on" not in errors(test)


def test_side_by_side_an_error_names_who_failed_at_once(service):
    service.models = ["m-1"]
    assert "vllm:m-2** did not answer. vllm:m-2: " in errors(ask(talk(service, "m-1", "m-2"), "Where?"))


NEXT = {"Go on", "Leave out what is not answered"}
HOST, VOTER = "2|00000000|0a0b0c0d0e0f|1790000000", "2|00000000|0f0e0d0c0b0a|1790000000"


def test_before_the_reveal_only_who_drew_the_patient_goes_on_or_leaves_out(monkeypatch, service, cookies):
    cookies[COOKIE] = HOST
    test = drawn(monkeypatch, Persona(), by(service, "m"))
    service.models = ["another"]
    test = ask(test, "What brings you in?")
    assert labels(test) >= NEXT
    assert labels(again(test)) >= NEXT, "the host's browser, after the page was loaded again"
    cookies[COOKIE] = VOTER
    voter = again(test)
    assert not labels(voter) & NEXT
    assert "This question is not answered yet." in [plain(one.value) for one in voter.caption]
    assert voter.chat_input[0].disabled
    assert labels(press(voter, "Reveal")) >= NEXT, "nothing is hidden any more"


def test_a_voter_who_asks_has_the_answer_and_goes_on_nowhere(service, comparisons, cookies):
    cookies[COOKIE] = HOST
    test = press(page(mode="guess"), "Draw a patient")
    cookies[COOKIE] = VOTER
    voter = ask(again(test), "What brings you in?")
    assert len(texts(voter)) == 2
    assert not labels(voter) & NEXT
    assert "not answered yet" not in shown(voter)


def test_where_browsers_cannot_be_told_apart_each_can_go_on(monkeypatch, service, cookies):
    test = drawn(monkeypatch, Persona(), by(service, "m"))
    service.models = ["another"]
    test = ask(test, "What brings you in?")
    assert labels(again(test)) >= NEXT


def test_the_host_is_in_no_file_to_keep(monkeypatch, comparisons, cookies):
    cookies[COOKIE] = HOST
    test = press(page(mode="guess"), "Draw a patient")
    comparison, patients = comparisons.load(opened(test))
    assert comparison.host
    assert "host" not in json.loads(to_json(comparison, patients))


def test_the_reveal_shows_who_it_was_what_was_told_the_votes_and_the_tally(monkeypatch, comparisons):
    persona = Persona(personality="distrust", cefr="A", recall="low")
    test = ask(drawn(monkeypatch, persona), "What brings you in?")
    id = opened(test)
    for voter, level in (("ann", "distrust"), ("bob", "distrust"), ("eve", "plain")):
        comparisons.vote(id, Vote(voter, "personality", level))
    test = press(test, "Reveal")
    for shown_to in (test, page(comparison=id)):
        all_of_it = shown(shown_to)
        assert f"It was: {persona.label}" in all_of_it
        assert "✓ Distrustful: 2" in all_of_it
        assert "Plain: 1" in all_of_it
        assert "right in all rounds: 2 of 3" in all_of_it
        assert "✓ A · basic: 0" in all_of_it
        assert "told" in all_of_it
        assert len(shown_to.main.get("download_button")) == 2
        assert "Reveal" not in labels(shown_to)
    other = drawn(monkeypatch, persona)
    comparisons.vote(opened(other), Vote("ann", "personality", "plain"))
    assert "right in all rounds: 2 of 4" in shown(press(other, "Reveal"))


def vote(test: AppTest, label: str, level: Level) -> AppTest:
    return checked(control(test, label).set_value(level).run())


def control(test: AppTest, label: str):
    return next(one for one in test.main.button_group if one.label == label)


def test_two_visitors_vote_each_once_and_can_change_their_mind(comparisons, cookies):
    test = press(page(mode="guess"), "Draw a patient")
    id = opened(test)
    first, second = test, page(comparison=id)
    vote(first, "Personality", Personality.plain)
    vote(first, "Personality", Personality.verbose)
    vote(second, "Personality", Personality.plain)
    votes = comparisons.votes(id)
    assert sorted((one.axis, one.level) for one in votes) == [
        ("personality", "plain"),
        ("personality", "verbose"),
    ]
    assert len({one.voter for one in votes}) == 2
    assert "2 people have voted" in shown(checked(first.run()))
    assert control(first, "Personality").value == Personality.verbose


def test_a_browser_that_comes_back_has_its_vote_and_its_cookie_is_not_kept(comparisons, cookies):
    cookies[COOKIE] = "2|00000000|0a0b0c0d0e0f|1790000000"
    test = vote(press(page(mode="guess"), "Draw a patient"), "Personality", Personality.plain)
    cookies[COOKIE] = "2|01020304|0b090f090f0d|1790000001"  # the same one, masked anew
    back = again(test)
    assert control(back, "Personality").value == Personality.plain
    vote(back, "Personality", Personality.verbose)
    (kept,) = comparisons.votes(opened(test))
    assert kept.level == "verbose"
    assert "0a0b0c0d0e0f" not in kept.voter
    cookies[COOKIE] = "2|01020304|0b090f090f0e|1790000001"
    assert control(again(test), "Personality").value is None


def test_a_vote_after_the_reveal_is_refused_in_words(comparisons, cookies):
    test = press(page(mode="guess"), "Draw a patient")
    late = page(comparison=opened(test))
    press(test, "Reveal")
    vote(late, "Recall", Recall.low)
    assert comparisons.votes(opened(test)) == []
    assert "votes are over" in errors(late)
    assert "It was: " in shown(late)
    assert errors(checked(late.run())) == ""


def test_a_new_question_in_a_guess_needs_no_reveal(monkeypatch, comparisons):
    test = press(page(mode="guess"), "Draw a patient")
    assert "Greet the patient and ask what is wrong." in shown(test)
    test = ask(ask(test, "What brings you in?"), "Since when?")
    assert len(texts(test)) == 4
    assert comparisons.load(opened(test))[0].is_hidden


def test_the_seed_and_the_options_of_the_model_at_the_side_are_the_hidden_patients(service, comparisons):
    test = by(service, "m")()
    test.number_input(key="temperature").set_value(0.2)
    test.query_params["mode"] = "guess"
    test = press(checked(test.run()), "Draw a patient")
    hidden = comparisons.load(opened(test))[1][0]
    assert (hidden.model, hidden.options.temperature, hidden.seed) == ("vllm:m", 0.2, Cast().seed)


def test_nothing_typed_or_said_is_rendered(service, comparisons, database_url, case):
    hostile = {"hadm_id": "own-1", "chiefcomplaint": f"pain {LIVE}"}
    OwnCases(Database(database_url)).add([case.model_copy(update=hostile)])
    service.answers(Answer("pain __strong__ `code` <b>bold</b> http://a.b :smile:"))
    test = talk(service, "m", f"m {LIVE}"[:60])
    own = next(one for one in test.selectbox(key="card 1 case").options if one.endswith("own"))
    for place in (0, 1):
        test.selectbox(key=f"card {place} case").set_value(own)
    test = ask(test, f"Where? {LIVE}")
    assert texts(test)[0] == f"Where? {LIVE}"
    assert len(texts(test)) == 3
    service.answers(Problem("bad_request", message=f"No. {LIVE}"))
    test = ask(test, f"Since when? {LIVE}")
    assert "did not answer" in errors(test)
    for seen in (test, again(test)):
        kinds = (seen.markdown, seen.caption, seen.subheader, seen.warning, seen.error, seen.info)
        written = [one.value for kind in kinds for one in kind]
        for value in [*written, *(one.label for one in (*seen.button, *seen.expander))]:
            assert not [live for live in ALIVE if live in value.replace("**", "", 2)], value


def test_a_damaged_comparison_is_said(comparisons, database_url, case):
    comparison = Comparison(title="Mine")
    comparisons.begin(
        comparison, [Dialogue(case=case, persona=Persona(), turns=[Turn(role="doctor", text="?")])]
    )
    with Database(database_url).session() as session:
        session.execute(text("update comparison_patients set data = '{}'"))
    assert "Patient 1 of this comparison cannot be read" in errors(page(comparison=comparison.id))


@pytest.mark.parametrize("cookie", ["", "2|x|y|z", "2||ab|1", "a|b", "|||", "\x00é"])
def test_a_cookie_of_another_make_leaves_the_vote_to_the_session(comparisons, cookies, cookie):
    cookies[COOKIE] = cookie
    test = press(page(mode="guess"), "Draw a patient")
    for visitor in (test, again(test)):
        vote(visitor, "Recall", Recall.low)
        vote(visitor, "Recall", Recall.high)
    assert [one.level for one in comparisons.votes(opened(test))] == ["high", "high"]


def test_a_cards_model_and_those_of_an_opened_comparison_have_their_sdk_imported_beforehand(
    monkeypatch, comparisons, case
):
    warmed = []
    monkeypatch.setattr(models, "warm", warmed.append)
    monkeypatch.setattr("pages.parts.cards.warm", warmed.append)
    test = page()
    box = test.selectbox(key="card 0 model")
    box.options.append("vllm:m-1")
    checked(box.set_value("vllm:m-1").run())
    assert "vllm:m-1" in warmed
    warmed.clear()
    patients = [Dialogue(case=case, persona=Persona(), model=name) for name in ("gemini:g", "offline")]
    begun = compare.side_by_side(patients)
    comparisons.begin(begun, patients)
    page(comparison=begun.id)
    assert "gemini:g" in warmed
