"""A patient that a model plays, over HTTP: what is heard, what is withheld, and what is kept of it."""

import pytest
from kinds import settings
from service import Answer, Problem, Service
from waiting import until

from patientsim_core import InputError, Persona, Turn, make_patient
from patientsim_core.errors import ModelError
from patientsim_core.models import Options
from patientsim_core.patient import LAST_RESORT, ModelPatient
from tests.cases import HEART, release

MODEL = "vllm:m"
ASKED = [Turn(role="doctor", text="What brings you in?")]


def patient(service: Service, persona: Persona | None = None, case=HEART, **about) -> ModelPatient:
    return make_patient(case, persona or Persona(), MODEL, settings=settings("vllm", service.url), **about)


def said(service: Service, *answers: str | Answer, history=ASKED, **levels: str):
    """The pieces and the reply to a history, where the model gives these answers."""
    service.answers(*(Answer(text=one) if isinstance(one, str) else one for one in answers))
    stream = patient(service, Persona(**levels)).stream(history)
    pieces = []
    while True:
        try:
            pieces.append(next(stream))
        except StopIteration as end:
            return pieces, end.value


def did(reply) -> list[tuple[str, str]]:
    return [(action.action, action.reason) for action in reply.guard]


def test_the_pieces_are_sentences_and_join_to_the_text(service):
    pieces, reply = said(service, "My chest hurts. It is bad, doctor.")
    assert pieces == ["My chest hurts.", " It is bad, doctor."]
    assert reply.text == "".join(pieces)
    assert reply.guard == []


def test_a_reply_keeps_what_it_took(service):
    _, reply = said(service, Answer(text="My chest.", usage=(900, 12, 5)))
    used = (reply.usage.prompt_tokens, reply.usage.completion_tokens, reply.usage.reasoning_tokens)
    assert used == (900, 12, 5)
    assert (reply.attempts, reply.model, reply.phase) == (1, MODEL, "normal")
    assert 0 < reply.first_seconds <= reply.seconds


def test_options_seed_and_prompt_are_the_ones_given(service):
    given = {"seed": 7, "options": Options(temperature=0.2, max_tokens=99), "prompt": "Be $age, $diagnosis."}
    patient(service, **given).reply(ASKED)
    body = service.requests[0].body
    assert (body["seed"], body["temperature"]) == (7, 0.2)
    assert body["messages"][0] == {"role": "system", "content": f"Be {HEART.age}, {HEART.diagnosis}."}


@pytest.mark.parametrize(
    ("spoken", "heard", "action"),
    [
        ("*winces* My chest hurts.", "My chest hurts.", ("removed", "stage direction")),
        ("(He sighs. He looks away.) My chest.", "My chest.", ("removed", "stage direction")),
        ('Patient: "My chest hurts."', "My chest hurts.", ("removed", "speaker's name or quotation marks")),
    ],
)
def test_stage_directions_and_names_are_not_heard(service, spoken, heard, action):
    pieces, reply = said(service, spoken)
    assert "".join(pieces) == reply.text == heard
    assert action in did(reply)
    assert len(service.requests) == 1


def test_more_sentences_than_allowed_are_not_heard_and_the_request_ends(service):
    long = " ".join(f"Sentence number {number}." for number in range(1, 40))
    pieces, reply = said(service, Answer(text=long, pause=0.02))
    assert len(pieces) == 3
    assert ("withheld", "over the sentence limit") in did(reply)
    assert reply.usage.estimated
    assert until(lambda: service.requests[0].hung_up)


def test_a_long_sentence_is_shortened(service):
    _, reply = said(service, f"It hurts here and {'it goes on and on and ' * 10}on.")
    assert len(reply.text.split()) <= 20
    assert ("shortened", "over 20 words") in did(reply)


def test_a_sentence_that_names_the_diagnosis_is_withheld_and_asked_for_once_more(service):
    pieces, reply = said(service, "My chest hurts. I have a heart attack. Help.", "I am afraid.")
    assert pieces == ["My chest hurts.", " I am afraid."]
    assert did(reply) == [
        ("withheld", "names the diagnosis before the doctor did"),
        ("asked again", "diagnosis"),
    ]
    assert reply.attempts == 2
    assert reply.usage.estimated is True  # the first request was ended before it reported
    again = service.requests[1].body["messages"][-1]["content"]
    assert "it named an illness as the cause" in again
    assert "You have already said: “My chest hurts.”" in again
    assert "heart attack" not in again


def test_one_that_speaks_as_a_program_is_asked_again_from_the_start(service):
    pieces, reply = said(service, "As an AI language model I feel no pain.", "My chest hurts.")
    assert pieces == ["My chest hurts."]
    assert did(reply) == [("withheld", "speaks as an AI"), ("asked again", "AI")]
    again = service.requests[1].body["messages"][-1]["content"]
    assert "a patient does not speak as a program" in again
    assert "Answer the doctor's last turn again" in again


def test_what_was_said_is_not_said_twice_by_the_second_answer(service):
    pieces, _ = said(service, "My chest hurts. I have a heart attack.", "My chest hurts! I am afraid.")
    assert pieces == ["My chest hurts.", " I am afraid."]


def test_at_most_one_more_call_is_made_and_then_the_patient_does_not_know(service):
    pieces, reply = said(service, "As an AI I cannot.", "As an AI I still cannot.", "Never asked.")
    assert len(service.requests) == 2
    assert pieces == [LAST_RESORT]
    assert did(reply)[-1] == ("replaced", "nothing of the answer was left")


def test_what_was_heard_stays_where_the_second_call_fails(service):
    pieces, reply = said(service, "My chest hurts. As an AI I stop.", Problem.wrong_key())
    assert "".join(pieces) == reply.text == "My chest hurts."


def test_a_second_call_that_fails_with_nothing_heard_is_an_error(service):
    service.answers(Answer(text="As an AI I cannot."), Problem.wrong_key())
    with pytest.raises(ModelError, match="refuses the key"):
        patient(service).reply(ASKED)


def test_the_diagnosis_may_be_said_once_the_doctor_has_named_it(service):
    history = [Turn(role="doctor", text="You may be having a heart attack. Do you understand?")]
    pieces, _ = said(service, "A heart attack? Oh no.", history=history)
    assert pieces == ["A heart attack?", " Oh no."]


def test_an_answer_cut_short_by_its_tokens_loses_only_its_unfinished_sentence(service):
    pieces, reply = said(service, Answer(text="My chest hurts. It began when I was", finish="length"))
    assert pieces == ["My chest hurts."]
    assert did(reply) == [("removed", "unfinished sentence")]


def test_an_unfinished_sentence_stays_where_there_is_no_other(service):
    pieces, _ = said(service, Answer(text="It began when I was", finish="length"))
    assert pieces == ["It began when I was"]


def test_reasoning_is_never_heard(service):
    pieces, reply = said(service, "<think>She asks. I should say chest.</think>My chest hurts.")
    assert "".join(pieces) == reply.text == "My chest hurts."


def test_an_error_before_a_word_says_what_is_wrong(service):
    service.answers(Problem.context_overflow())
    with pytest.raises(ModelError, match="no longer fits"):
        patient(service).reply(ASKED)
    assert len(service.requests) == 1


def test_disclosures_are_read_from_the_reply_and_marked_as_inferred(service):
    history = [Turn(role="doctor", text="What pills do you take at home?")]
    _, reply = said(service, "Lisinopril and omeprazole. And I have cold sweats.", history=history)
    found = {(one.fact, str(one.how), one.asked) for one in reply.disclosures}
    assert found == {
        ("Lisinopril 20 mg daily", "told", True),
        ("Omeprazole 20 mg daily", "told", True),
        ("cold sweats", "told", False),
    }
    assert all(one.inferred for one in reply.disclosures)


@pytest.mark.parametrize(
    ("question", "answer", "levels", "how"),
    [
        ("How bad is the pain, from 0 to 10?", "Oh, a 4 maybe.", {"personality": "pleasing"}, "minimised"),
        ("How bad is the pain, from 0 to 10?", "It is a 10!", {"personality": "overanxious"}, "exaggerated"),
        ("Do you smoke?", "That is my business.", {"personality": "distrust"}, "refused"),
        ("Any medical devices?", "I can't remember.", {"recall": "low"}, "forgotten"),
        ("Do you smoke?", "The light … so bright.", {"dazed": "high"}, "not understood"),
        ("Do you have dyspnea?", "What is that?", {"cefr": "A"}, "not understood"),
    ],
)
def test_what_was_asked_and_not_truly_told_is_read_by_the_persona(service, question, answer, levels, how):
    _, reply = said(service, answer, history=[Turn(role="doctor", text=question)], **levels)
    assert how in {str(one.how) for one in reply.disclosures}


def test_the_phase_of_confusion_is_kept_with_the_reply(service):
    _, reply = said(service, "Who … where?", dazed="high")
    assert reply.phase == "high"


def test_a_history_that_ends_with_the_patient_is_refused_before_anything_is_sent(service):
    with pytest.raises(InputError, match="must end with a doctor's turn"):
        patient(service).reply([*ASKED, Turn(role="patient", text="My chest.")])
    assert service.connections == 0


def test_closing_the_stream_ends_the_request(service):
    service.answers(Answer(text="One is said. " * 50, pause=0.02))
    stream = patient(service, Persona(personality="verbose")).stream(ASKED)
    next(stream)
    stream.close()
    assert until(lambda: service.requests[0].hung_up)


@pytest.mark.parametrize("name", ["openai:m", "gemini:m"])
def test_a_credentialed_case_goes_nowhere_it_may_not_go(service, name):
    case = release(provenance="credentialed")
    kind = name.partition(":")[0]
    with pytest.raises(InputError, match="credentialed data"):
        make_patient(case, Persona(), name, settings=settings(kind, service.url))
    assert service.connections == 0


def test_a_credentialed_case_may_go_to_a_server_on_this_machine(service):
    service.answers(Answer(text="My chest."))
    assert patient(service, case=release(provenance="credentialed")).reply(ASKED).text == "My chest."
