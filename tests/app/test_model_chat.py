"""A chat with patients that models play: the same text everywhere, captions, errors, another model."""

import json
import sqlite3

import pytest
from driver import (
    address,
    ask,
    captions,
    checked,
    choose,
    errors,
    finish,
    labels,
    marks,
    page,
    plain,
    press,
    said,
)
from kinds import ADDRESS_NAMES, KEY_NAMES, KINDS
from service import KEY, Answer, Problem

from patientsim_core.export import to_json, to_markdown

SAID = 'It hurts here, <b>badly</b>. Since "six", I think: $5 & more! See http://a.b or :smile:'


def talk(service, kind="vllm", key=KEY, id=None):
    """The page with a model chosen that this machine's service plays."""
    url = f"{service.url}/v1" if kind == "openai" else service.url
    return choose(page(id), kind, "m-1", **{ADDRESS_NAMES[kind]: url, KEY_NAMES[kind]: key})


def stored(database_url) -> list[str]:
    """Everything in the database, as text."""
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
        return list(connection.iterdump())


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_model_says_is_the_same_on_the_wire_in_the_chat_the_database_and_the_files(
    service, store, kind
):
    service.answers(Answer(text=SAID, usage=(1204, 38, 0)))
    test = ask(talk(service, kind), "Where does it hurt?")
    (request,) = service.requests
    assert request.streamed
    assert "Where does it hurt?" in json.dumps(request.body)
    assert said(test) == ["Where does it hurt?", SAID]
    assert said(page(address(test))) == said(test)
    finish(test)
    dialogue = store.load(address(test))
    turn = dialogue.turns[1]
    assert turn.text == turn.reply.text == SAID
    assert turn.reply.model == turn.model == f"{kind}:m-1"
    assert json.loads(to_json(dialogue))["turns"][1]["text"] == SAID
    file = plain(to_markdown(dialogue))
    assert f"**Patient:** {SAID}" in file
    assert f"Model: {kind}:m-1 (1,204 + 38 tokens)" in file


def test_the_key_is_kept_nowhere(service, store, database_url):
    test = ask(talk(service), "Hello?")
    dialogue = store.load(address(finish(test)))
    assert said(test)
    for kept in (*stored(database_url), to_json(dialogue), to_markdown(dialogue), str(test.query_params)):
        assert KEY not in kept


def test_below_an_answer_stands_what_it_took(service):
    service.answers(Answer(usage=(1204, 1338, 1300)))
    test = ask(talk(service), "Hello?")
    (line,) = captions(test)
    assert line.startswith("m-1 · 1,204 + 1,338 tokens (of them 1,300 reasoning) · first words ")
    assert captions(page(address(test))) == [line]


def test_below_an_answer_stands_that_tokens_were_counted_here_and_what_was_withheld(service):
    service.answers(Answer(text="As an AI I cannot feel pain.", usage=None), Answer(text="It hurts."))
    test = ask(talk(service), "Hello?")
    assert said(test)[1] == "It hurts."
    (line,) = captions(test)
    assert "m-1 · about " in line
    assert "2 requests · 1 sentence withheld" in line


def test_below_an_answer_of_the_built_in_patient_stands_nothing():
    assert captions(ask(page(), "What brings you in?")) == []


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem.wrong_key(), "refuses the key"),
        (Problem.quota_exhausted(), "quota or credit is used up"),
        (Problem.context_overflow(), "no longer fits"),
        (Answer(cut_after=1), "broke off"),
    ],
)
def test_an_error_keeps_the_question_once_and_a_retry_answers_it(service, store, problem, words):
    service.answers(problem)
    test = ask(talk(service), "Where?")
    assert words in errors(test)
    assert said(test) == ["Where?"]
    assert test.chat_input[0].proto.value == ""
    assert [turn.text for turn in store.load(address(test)).turns] == ["Where?"]
    service.answers(Answer())
    assert said(press(test, "Ask again")) == ["Where?", Answer().text]
    assert len(store.load(address(test)).turns) == 2
    assert "Ask again" not in labels(test)


def test_a_wrong_key_is_mended_at_the_side_and_the_question_asked_again(service):
    test = ask(talk(service, key="wrong"), "Where?")
    assert "refuses the key" in errors(test)
    choose(test, "vllm", VLLM_API_KEY=KEY)
    assert said(press(test, "Ask again")) == ["Where?", Answer().text]


def test_a_missing_key_is_said_and_the_question_waits_for_it(service, store):
    test = ask(choose(page(), "azure", "m"), "Where?")
    assert "Azure OpenAI is not set up. Set AZURE_ENDPOINT" in errors(test)
    assert said(test) == ["Where?"]
    assert "Ask again" in labels(test)
    choose(test, "azure", AZURE_ENDPOINT=service.url, AZURE_OPENAI_KEY=KEY)
    assert said(press(test, "Ask again")) == ["Where?", Answer().text]
    assert store.load(address(test)).model == "azure:m"


def test_the_built_in_patient_takes_over_from_a_service_that_fails(service, store):
    test = ask(talk(service), "What brings you in?")
    service.answers(Problem.quota_exhausted())
    ask(test, "When did it start?")
    checked(test.selectbox(key="provider").set_value("offline").run())
    assert "From here: built-in patient" in plain(marks(test)[0])
    press(test, "Ask again")
    assert len(said(test)) == 4
    assert len(captions(test)) == 1
    dialogue = store.load(address(test))
    assert dialogue.model == "offline"
    assert [turn.reply.model for turn in dialogue.turns if turn.reply] == ["vllm:m-1", "offline"]


def test_another_model_in_mid_chat_leaves_a_mark_that_shows_its_name_as_it_is(service):
    test = ask(page(), "First?")
    name = "m[x](http://a.b) :smile: <b>"
    choose(test, "vllm", name, VLLM_BASE_URL=service.url, VLLM_API_KEY=KEY)
    assert f"From here: vllm:{name}" in plain(marks(test)[0])
    assert "[x](http" not in marks(test)[0]
    ask(ask(test, "Second?"), "Third?")
    assert len(marks(test)) == 1
    assert marks(page(address(test))) == marks(test)
    assert [caption.partition(" · ")[0] for caption in captions(test)] == [name, name]


def test_the_question_that_waits_is_answered_by_whoever_is_chosen_when_it_is_asked_again(service, store):
    service.answers(Problem.wrong_key())
    test = ask(talk(service), "Where?")
    service.answers(Answer())
    checked(test.number_input(key="temperature").set_value(0.2).run())
    test.text_input(key="name vllm").set_value("m-2")
    press(test, "Ask again")
    sent = service.requests[-1].body
    assert (sent["model"], sent["temperature"]) == ("m-2", 0.2)
    dialogue = store.load(address(test))
    assert (dialogue.model, dialogue.options.temperature) == ("vllm:m-2", 0.2)


def test_a_retry_with_a_faulty_prompt_is_refused_and_the_question_still_waits(service):
    service.answers(Problem.wrong_key())
    test = ask(talk(service), "Where?")
    checked(test.text_area(key="prompt").set_value("$nobody").run())
    asked = len(service.requests)
    press(test, "Ask again")
    assert "$nobody is not known" in errors(test)
    assert said(test) == ["Where?"]
    assert len(service.requests) == asked
