"""The patient interface, and the patient that a model plays: functions of case, persona and history."""

import time
from collections.abc import Generator, Sequence
from string import Template
from typing import Protocol

from patientsim_core.case import Case
from patientsim_core.cue import cue
from patientsim_core.dialogue import Disclosure, Reply, Turn
from patientsim_core.disclosure import infer
from patientsim_core.errors import ModelError
from patientsim_core.facts import facts_of
from patientsim_core.guard import Guard
from patientsim_core.models import (
    OFFLINE,
    ChatModel,
    Completion,
    Limits,
    Message,
    Options,
    Settings,
    check_permission,
    load_model,
)
from patientsim_core.offline.comprehend import baffles
from patientsim_core.offline.disclose import look_up
from patientsim_core.offline.found import Found
from patientsim_core.persona import Dazed, Persona
from patientsim_core.prompt import sections, system_prompt
from patientsim_core.state import State, key, read_state
from patientsim_core.stream import is_finished, outcome, sentence_stream
from patientsim_core.text import sentences
from patientsim_core.usage import Usage

_ROLES = {"doctor": "user", "patient": "assistant"}
LAST_RESORT = "I don't know."
"""What a patient says of whom nothing else may be heard."""


class Patient(Protocol):
    """Someone who answers the last doctor's turn of a history. Keeps no state between calls."""

    def reply(self, history: Sequence[Turn]) -> Reply:
        """The whole answer. Raises InputError where the history does not end with the doctor, ModelError
        where a model service does not do its part."""

    def stream(self, history: Sequence[Turn]) -> Generator[str, None, Reply]:
        """The same answer in sentence-sized pieces; joined they are the text. Returns the Reply."""


def make_patient(
    case: Case,
    persona: Persona,
    model: str = OFFLINE,
    seed: int = 42,
    options: Options | None = None,
    prompt: str | None = None,
    settings: Settings | None = None,
    limits: Limits = Limits(),  # noqa: B008
) -> Patient:
    """The patient of a case, with a persona, played by a model.

    `prompt` replaces this project's system prompt (see `prompt.NAMES`); `settings` hold keys typed for
    the session; `limits` say how long a model is waited for. Raises InputError for a model name that is
    not known or not set up, and for a credentialed case that may not go to the model.
    """
    if model == OFFLINE:
        from patientsim_core.offline.patient import OfflinePatient

        return OfflinePatient(case, persona, seed)
    check_permission(case, model, settings)
    return ModelPatient(case, persona, load_model(model, settings, limits), seed, options, prompt)


class ModelPatient:
    """Gives a model the record that the patient may tell, the persona, and a note for every turn; passes
    its answer through the guard."""

    def __init__(
        self,
        case: Case,
        persona: Persona,
        model: ChatModel,
        seed: int = 42,
        options: Options | None = None,
        prompt: str | None = None,
    ) -> None:
        self.case, self.persona, self.model, self.seed = case, persona, model, seed
        self.options = options or Options()
        self.facts = facts_of(case)
        self.system = system_prompt(case, persona, self.facts, prompt)

    def messages(self, history: Sequence[Turn]) -> list[Message]:
        """What the model gets: the system prompt, the turns so far, and the note beside the last one."""
        return self._messages(history, *self._read(history))

    def reply(self, history: Sequence[Turn]) -> Reply:
        """The whole answer; see `Patient`. It is asked for in one piece: one that breaks off is asked for
        again, because nobody has heard it yet."""
        return outcome(self._answer(history, whole=True))

    def stream(self, history: Sequence[Turn]) -> Generator[str, None, Reply]:
        """The answer a sentence at a time, each as soon as it is whole and has passed the guard."""
        return self._answer(history, whole=False)

    def _answer(self, history: Sequence[Turn], whole: bool) -> Generator[str, None, Reply]:
        started = time.perf_counter()
        state, found = self._read(history)
        messages = self._messages(history, state, found)
        guard = Guard(self.case, self.persona, [turn.text for turn in history if turn.role == "doctor"])
        speech = _Speech(guard)
        yield from self._speak(messages, speech, whole)
        if guard.broken and guard.left:
            guard.note("asked again", guard.broken)
            try:
                yield from self._speak(_again(messages, guard.broken, speech.text), speech, whole)
            except ModelError:
                if not speech.text:  # what was heard of the first answer stays an answer
                    raise
        if not speech.text:
            guard.note("replaced", "nothing of the answer was left")
            yield speech.say(LAST_RESORT)
        return Reply(
            text=speech.text,
            disclosures=self._disclosures(speech.text, state, found),
            usage=speech.usage,
            guard=guard.actions,
            phase=state.phase,
            seconds=time.perf_counter() - started,
            first_seconds=speech.first_seconds,
            attempts=speech.attempts,
            model=self.model.name,
            ignored=list(speech.ignored),
        )

    def _read(self, history: Sequence[Turn]) -> tuple[State, list[Found]]:
        state = read_state(self.case, history, self.facts, self.persona.dazed)
        return state, look_up(self.case, self.persona, self.facts, state)

    def _disclosures(self, text: str, state: State, found: Sequence[Found]) -> list[Disclosure]:
        asked = {fact for one in found for fact in one.facts}
        cefr, explained = self.persona.cefr, state.explained
        lost = state.phase is Dazed.high or baffles(state.now.text, cefr, self.case, explained)
        return infer(text, self.facts, asked, self.persona, lost)

    def _messages(self, history: Sequence[Turn], state: State, found: Sequence[Found]) -> list[Message]:
        messages = [Message("system", self.system)]
        for turn in history:
            _append(messages, _ROLES[turn.role], turn.text)
        _append(messages, "user", cue(self.case, self.persona, state, found))
        return messages

    def _speak(
        self, messages: Sequence[Message], speech: "_Speech", whole: bool
    ) -> Generator[str, None, None]:
        """One call to the model: passes on what the guard admits, and ends the request where nothing more
        will be."""
        first_call = not speech.guard.broken
        answer = self.model.stream(messages, self.options, self.seed, whole)
        try:
            for sentence in sentence_stream(answer):
                if answer.cut_short and speech.text and not is_finished(sentence):
                    speech.guard.note("removed", "unfinished sentence")
                elif not speech.has_said(sentence) and (kept := speech.guard.admit(sentence)):
                    yield speech.say(kept)
                if speech.guard.full or (first_call and speech.guard.broken):
                    break
        finally:
            answer.close()
            speech.count(answer.completion)


class _Speech:
    """What the patient has said so far in a turn, and what it took."""

    def __init__(self, guard: Guard):
        self.guard, self.text, self.usage = guard, "", Usage()
        self.attempts, self.first_seconds, self.ignored = 0, 0.0, ()

    def say(self, sentence: str) -> str:
        """The next piece of the text."""
        piece = f" {sentence}" if self.text else sentence
        self.text += piece
        return piece

    def has_said(self, sentence: str) -> bool:
        """Whether a sentence stands in the text already: a second call may begin anew."""
        return key(sentence) in {key(said) for said in sentences(self.text)}

    def count(self, completion: Completion) -> None:
        self.first_seconds = self.first_seconds or completion.first_seconds
        self.usage += completion.usage
        self.attempts += completion.attempts
        self.ignored = completion.ignored


def _again(messages: Sequence[Message], broken: str, said: str) -> list[Message]:
    """The messages of a second call, after the guard stopped the first; what it stopped is not repeated."""
    texts = sections("cue.md")
    go_on = texts["again: go on"] if said else texts["again: from the start"]
    so_far = Template(go_on).substitute(text=said)
    note = Template(texts["again"]).substitute(reason=texts[f"again: {broken}"], so_far=so_far)
    again = list(messages)
    _append(again, "user", note)
    return again


def _append(messages: list[Message], role: str, text: str) -> None:
    """Adds a text; to the last message if that has the same role, as models want them to take turns."""
    if messages[-1].role == role:
        text = f"{messages.pop().text}\n\n{text}"
    messages.append(Message(role, text))
