"""What a model is told, to the letter, in a sample chat with each of the 37 personas.

`tests/messages/` holds it for reading. To write the files anew after a change that is meant:

    WRITE_MESSAGES=1 python -m pytest tests/test_messages.py
"""

import os
from pathlib import Path

import pytest
from kinds import settings
from service import Answer, Service

from patientsim_core import ALL_PERSONAS, Case, Dazed, Persona, Turn, make_patient
from patientsim_core.facts import facts_of
from patientsim_core.interview import read_questions
from patientsim_core.offline.lexicon import find_concepts
from patientsim_core.offline.spelling import normalise
from patientsim_core.patient import ModelPatient
from patientsim_core.prompt import system_prompt
from patientsim_core.usage import estimate
from tests.cases import CASES, HEART, SAMPLES, names_of

FOLDER = Path(__file__).parent / "messages"
SHOWN = (1, 5, 12)
"""Turns whose messages are kept."""

CHAT = [
    "Good morning, I'm Dr. Lee. What brings you in today?",
    "When did it start?",
    "Where is it, and what does it feel like?",
    "How bad is the pain, from 0 to 10?",
    "What pills do you take at home?",
    "Do you have any dyspnea?",
    "Is it hard to breathe?",
    "Have you had other illnesses before this?",
    "Do you smoke?",
    "I ask because smoking can change which medicine is safe for you.",
    "I know this is scary. We will take good care of you.",
    "Do you drink alcohol? And how bad is the pain now, from 0 to 10?",
]
REASSURING = read_questions(SAMPLES.parent / "interviews" / "reassuring.txt")
LONGEST_SYSTEM, LONGEST_CUE = 1_500, 200
"""Tokens."""

Body = list[dict[str, str]]


def questions(persona: Persona) -> list[str]:
    return CHAT if persona.dazed is Dazed.normal else REASSURING


def bodies(service: Service, case: Case, persona: Persona) -> list[Body]:
    """What arrives at the service at each turn of a chat, in which it says what the built-in patient says."""
    built_in = make_patient(case, persona)
    patient = make_patient(case, persona, "vllm:m", settings=settings("vllm", service.url))
    told: list[Turn] = []
    answered: list[Turn] = []
    for question in questions(persona):
        for history in (told, answered):
            history.append(Turn(role="doctor", text=question))
        said = built_in.reply(told)
        told.append(Turn(role="patient", text=said.text, persona=persona, reply=said))
        service.answers(Answer(text=said.text))
        reply = patient.reply(answered)
        answered.append(Turn(role="patient", text=reply.text, persona=persona, reply=reply))
    return [request.body["messages"] for request in service.requests]


def page(persona: Persona, sent: list[Body]) -> str:
    """The messages of the shown turns, for reading: the system prompt is the same at each."""
    parts = [f"# {persona.label}", "## The system prompt, at every turn", sent[0][0]["content"]]
    for number in SHOWN:
        parts.append(f"## Turn {number}")
        parts += [f"**{message['role']}**\n\n{message['content']}" for message in sent[number - 1][1:]]
    return "\n\n".join(parts) + "\n"


@pytest.mark.parametrize("persona", ALL_PERSONAS, ids=lambda persona: persona.key)
def test_a_persona_is_told_exactly_this(persona, service):
    sent = bodies(service, HEART, persona)
    assert len(sent) == len(questions(persona))
    assert {body[0]["content"] for body in sent} == {sent[0][0]["content"]}
    file = FOLDER / f"{persona.key.replace(',', '-')}.md"
    if os.environ.get("WRITE_MESSAGES"):
        file.write_text(page(persona, sent), encoding="utf-8")
    assert page(persona, sent) == file.read_text(encoding="utf-8"), f"{file.name} differs: see {__name__}"


def test_every_file_of_messages_is_a_personas():
    files = {file.name for file in FOLDER.iterdir()}
    assert files == {f"{persona.key.replace(',', '-')}.md" for persona in ALL_PERSONAS}


def test_the_roles_take_turns_and_the_note_stands_beside_the_last_turn_alone(service):
    for number, body in enumerate(bodies(service, HEART, Persona()), 1):
        roles = ["system", *["user", "assistant"] * number][: 2 * number]
        assert [message["role"] for message in body] == roles
        noted = [message["content"] for message in body[1:] if "[Stage note" in message["content"]]
        assert noted == [body[-1]["content"]]
        assert noted[0].startswith(f"{CHAT[number - 1]}\n\n[Stage note")


def cues_and_system(case: Case, persona: Persona) -> tuple[list[str], str]:
    """What is told at every turn, without asking a service: the notes, and the system prompt."""
    built_in, patient = make_patient(case, persona), ModelPatient(case, persona, model=None)
    history: list[Turn] = []
    cues = []
    for question in questions(persona):
        history.append(Turn(role="doctor", text=question))
        messages = patient.messages(history)
        cues.append(messages[-1].text.removeprefix(question).strip())
        reply = built_in.reply(history)
        history.append(Turn(role="patient", text=reply.text, persona=persona, reply=reply))
    return cues, messages[0].text


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_message_names_the_diagnosis_and_none_is_long(case):
    elsewhere = {
        mention.id
        for text in (case.medical_history, case.family_medical_history, case.present_illness_positive)
        for mention in find_concepts(normalise(text))
    }
    secret = {mention.id for mention in find_concepts(normalise(case.diagnosis))}
    names = names_of(case.diagnosis) if not secret & elsewhere else [normalise(case.diagnosis)]
    for persona in ALL_PERSONAS:
        cues, system = cues_and_system(case, persona)
        assert estimate(system) < LONGEST_SYSTEM
        for text in (system, *cues):
            spoken = f" {normalise(text)} "
            assert not [name for name in names if f" {name} " in spoken], text
            assert case.diagnosis.lower() not in text.lower()
            assert "disposition" not in text.lower()
        assert max(map(estimate, cues)) < LONGEST_CUE


def test_a_prompt_of_the_users_own_may_ask_for_the_diagnosis():
    own = "Play a $age year old with $diagnosis, $disposition."
    assert system_prompt(HEART, Persona(), facts_of(HEART), own) == (
        f"Play a {HEART.age} year old with {HEART.diagnosis}, {HEART.disposition}."
    )
