"""The doctor that a model plays: what it is told, and how its answers are read."""

import json

import pytest
from kinds import KINDS, QUICK, settings
from service import Answer, Problem

from patientsim_core import InputError, ModelError, Turn, make_doctor
from patientsim_core.dialogue import concluding
from patientsim_core.doctor import (
    DIAGNOSES,
    check_doctor_prompt,
    own_doctor_prompt,
    read_answer,
)
from tests.cases import HEART, release

FIVE = ["Myocardial infarction", "Unstable angina", "Pulmonary embolism", "Pericarditis", "Reflux"]
NUMBERED = "[DDX]\n" + "\n".join(f"{rank}. {name}" for rank, name in enumerate(FIVE, 1))
TALK = [
    Turn(role="doctor", text="What brings you in?"),
    Turn(role="patient", text="My chest hurts."),
]


def doctor(kind, url, **about):
    return make_doctor(f"{kind}:m", settings=settings(kind, url), limits=QUICK, **about)


def answer(say="", differential=()):
    return Answer(json.dumps({"say": say, "differential": list(differential)}))


@pytest.mark.parametrize("kind", KINDS)
def test_it_asks_with_the_schema_and_says_what_comes(service, kind):
    service.answers(answer("Where does it hurt?"))
    question = doctor(kind, service.url).question(HEART.arrival, TALK)
    assert (question.text, question.differential) == ("Where does it hurt?", [])
    assert question.usage.prompt_tokens
    assert question.attempts == 1
    assert "differential" in json.dumps(service.requests[-1].body)


@pytest.mark.parametrize("kind", KINDS)
def test_it_sees_age_gender_arrival_and_the_talk_but_nothing_of_the_record(service, kind):
    service.answers(answer("Since when?"))
    doctor(kind, service.url).question(HEART.arrival, TALK)
    sent = json.dumps(service.requests[-1].body)
    for known in ("54", "male", "ambulance", "My chest hurts.", "What brings you in?"):
        assert known in sent
    for secret in ("infarction", "Penicillin", "Truck driver", "lisinopril", "synthetic-01"):
        assert secret.lower() not in sent.lower()


@pytest.mark.parametrize(
    ("rounds", "max_turns", "words"),
    [
        (0, 30, "Turn 1 of 30"),
        (5, 30, "Turn 6 of 30"),
        (27, 30, "only what can still change"),
        (29, 30, "your last"),
    ],
)
def test_the_note_tells_how_many_turns_are_left(rounds, max_turns, words):
    by = make_doctor("vllm:m", settings=settings("vllm", "http://localhost:1"), max_turns=max_turns)
    messages = by.messages(HEART.arrival, TALK * rounds)
    assert words in messages[-1].text
    assert [message.role for message in messages[1:]] == ["user", *["assistant", "user"] * rounds][
        -len(messages) + 1 :
    ]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"say": "Thank you.", "differential": FIVE}),
        "```json\n" + json.dumps({"say": "", "differential": FIVE}) + "\n```",
        json.dumps({"say": NUMBERED, "differential": []}),
        NUMBERED,
        "Thank you, that is all I need.\n" + NUMBERED,
        "[ddx] " + "; ".join(f"{n}) {name}" for n, name in enumerate(FIVE, 1)),
        "[DDX] " + " ".join(f"{n}. {name}" for n, name in enumerate(FIVE, 1)),
        "[DDX] " + ", ".join(FIVE),
        "[DDX]\n" + "\n".join(f"- **{name}**: because of the pain" for name in FIVE),
        "[DDX]\n" + "\n".join(f"{n}. {name} (likely) - typical" for n, name in enumerate([*FIVE, "Gout"], 1)),
    ],
)
def test_five_diagnoses_are_read_from_every_usual_form(text):
    assert read_answer(text)[1] == FIVE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Doctor: Where does it hurt?", "Where does it hurt?"),
        ("*leans in* Where does it hurt?", "Where does it hurt?"),
        ('"Where does\nit hurt?"', "Where does it hurt?"),
        ("{'say': 'Where does it hurt?', 'differential': []}", "Where does it hurt?"),
        ("", ""),
        ("{}", ""),
    ],
)
def test_what_is_said_is_spoken_words_only(text, said):
    assert read_answer(text) == (said, [])


def test_a_last_turn_reads_as_the_protocol_has_it(service):
    service.answers(answer("Thank you.", FIVE))
    question = doctor("vllm", service.url).question(HEART.arrival, TALK)
    assert question.differential == FIVE
    assert question.text == concluding(FIVE)
    assert question.text.startswith("[DDX] 1. Myocardial infarction; 2.")


def test_fewer_than_five_are_asked_for_once_more_and_all_requests_count(service):
    service.answers(answer("", FIVE[:3]), answer("", FIVE))
    question = doctor("vllm", service.url).question(HEART.arrival, TALK)
    assert question.differential == FIVE
    assert question.attempts == 2
    assert "exactly five" in service.requests[-1].body["messages"][-1]["content"]


def test_a_doctor_who_cannot_find_five_concludes_with_fewer(service):
    service.answers(answer("", FIVE[:3]))
    question = doctor("vllm", service.url).question(HEART.arrival, TALK)
    assert question.differential == FIVE[:3]
    assert len(service.requests) == 3


def test_on_the_last_turn_a_question_is_not_taken_for_an_ending(service):
    service.answers(answer("And your family?"), answer("", FIVE))
    question = doctor("vllm", service.url, max_turns=2).question(HEART.arrival, TALK)
    assert question.differential == FIVE


def test_a_doctor_who_will_not_conclude_is_heard_with_what_it_says(service):
    service.answers(answer("And your family?"))
    question = doctor("vllm", service.url, max_turns=2).question(HEART.arrival, TALK)
    assert (question.text, question.differential) == ("And your family?", [])


def test_diagnoses_before_a_word_was_heard_are_no_conclusion(service):
    service.answers(answer("What brings you in?", FIVE))
    question = doctor("vllm", service.url).question(HEART.arrival, [])
    assert (question.text, question.differential) == ("What brings you in?", [])


def test_an_answer_without_a_word_to_say_is_asked_for_again_then_an_error(service):
    service.answers(answer(), answer(), answer("Since when?"))
    assert doctor("vllm", service.url).question(HEART.arrival, TALK).text == "Since when?"
    service.answers(answer())
    with pytest.raises(ModelError, match="vllm:m"):
        doctor("vllm", service.url).question(HEART.arrival, TALK)


def test_a_server_without_schemas_is_asked_without_and_its_text_is_read(service):
    service.refused = {"response_format"}
    service.answers(Answer("Where does it hurt?"), Answer(NUMBERED))
    by = doctor("vllm", service.url)
    assert by.question(HEART.arrival, TALK).text == "Where does it hurt?"
    assert by.question(HEART.arrival, TALK).differential == FIVE
    assert by.question(HEART.arrival, TALK).ignored == []


@pytest.mark.parametrize("problem", [Problem.server_error(), Answer(cut_after=1), Answer(malformed=True)])
def test_a_passing_fault_is_tried_again(service, problem):
    service.answers(problem, answer("Since when?"))
    question = doctor("vllm", service.url).question(HEART.arrival, TALK)
    assert (question.text, question.attempts) == ("Since when?", 2)


def test_a_patient_of_credentialed_data_is_not_heard_by_a_public_service(service):
    arrival = release(provenance="credentialed").arrival
    with pytest.raises(InputError, match="Nothing was sent"):
        doctor("openai", service.url).question(arrival, TALK)
    assert not service.requests


def test_a_history_that_ends_with_the_doctor_is_refused(service):
    with pytest.raises(InputError, match="history"):
        doctor("vllm", service.url).question(HEART.arrival, TALK[:1])


def test_an_own_prompt_may_ask_for_what_a_doctor_sees_and_no_more(service):
    service.answers(answer("Hm?"))
    doctor("vllm", service.url, prompt="You see $arrival in $rounds turns.").question(HEART.arrival, TALK)
    sent = service.requests[-1].body["messages"][0]["content"]
    assert sent == "You see a patient: age 54, gender male, arrival by ambulance in 30 turns."
    with pytest.raises(InputError, match=r"\$diagnosis is not known"):
        check_doctor_prompt("It is $diagnosis.")


def test_the_built_in_prompt_fills_and_asks_for_five():
    assert check_doctor_prompt(own_doctor_prompt())
    assert DIAGNOSES == 5


def test_hostile_text_is_read_in_no_time():
    for text in ("[DDX]" * 5_000, "1. " * 30_000, "*" * 50_000, "(" * 50_000, "{" * 50_000):
        read_answer(text)
