"""The interface of every chat model: messages in; text and usage out, streamed or whole."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel

from patientsim_core.errors import ModelError
from patientsim_core.models.faults import Fault, model_error
from patientsim_core.models.options import Options
from patientsim_core.models.reasoning import ReasoningShown, thinks_first, without_reasoning
from patientsim_core.models.retry import Limits, retrying
from patientsim_core.models.untaken import SCHEMA
from patientsim_core.usage import Usage, estimate


class Message(NamedTuple):
    """One message. Only the first may be the system's; then user (doctor) and assistant take turns."""

    role: Literal["system", "user", "assistant"]
    text: str


class Request(NamedTuple):
    """What a service is asked: for one answer, in pieces or whole, of a form (`schema`) or free."""

    messages: Sequence[Message]
    options: Options = Options()
    seed: int | None = None
    streamed: bool = True
    schema: type[BaseModel] | None = None


class Part(NamedTuple):
    """What a service sends at once: some text, what was used, why it ended, or its refusal."""

    text: str = ""
    usage: Usage | None = None
    finish: str = ""
    refusal: bool = False


@dataclass(frozen=True)
class Completion:
    """An answer as it was given. `first_seconds` is the time to its first piece, `seconds` to its last,
    with the waits between `attempts`. `finish` is `stop`, `length` or `filter`, and empty where the service
    did not say or was not heard to the end; `ignored` names the options that the model does not take."""

    text: str
    usage: Usage
    first_seconds: float
    seconds: float
    attempts: int = 1
    finish: str = ""
    ignored: tuple[str, ...] = ()


class ChatModel(ABC):
    """One model of one service. Safe to use from several threads.

    Both calls raise ModelError, worded for the user, when the service does not do its part.
    """

    def __init__(self, name: str, limits: Limits, **words: str):
        """`name` is `provider:model`; `words` name the address and the settings in errors."""
        self.name, self.limits = name, limits
        self.model = name.partition(":")[2]
        self.ignored: frozenset[str] = frozenset()
        self.thinks = thinks_first(self.model)
        self.answered = False
        self._words = words

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name})"

    def stream(
        self,
        messages: Sequence[Message],
        options: Options | None = None,
        seed: int | None = None,
        whole: bool = False,
        schema: type[BaseModel] | None = None,
    ) -> "Answer":
        """The answer from its first piece on, while the rest is on its way.

        `whole` asks for it in one piece: an answer that breaks off was not heard yet, and is asked for again.
        With a `schema` the service is asked for a JSON object of this form, as far as it can do that;
        `structured.ask` reads whatever comes.
        """
        return self._begin(Request(messages, options or Options(), seed, not whole, schema))

    def complete(
        self,
        messages: Sequence[Message],
        options: Options | None = None,
        seed: int | None = None,
        schema: type[BaseModel] | None = None,
    ) -> Completion:
        """The whole answer, asked for in one piece; `schema` as in `stream`."""
        answer = self.stream(messages, options, seed, whole=True, schema=schema)
        for _ in answer:
            pass
        return answer.completion

    @abstractmethod
    def _send(self, request: Request, seconds: float) -> Iterator[Part]:
        """Asks once. Raises what the SDK raises, or an error for the user; waits `seconds` for any part."""

    @abstractmethod
    def fault(self, error: Exception, extra: Iterable[str] = ()) -> ModelError | None:
        """An SDK's exception as what it means, None where it is not the service's. `extra` are the names of
        the user's own options, one of which it may be about."""

    def error(self, fault: Fault, **about: object) -> ModelError:
        """The error for the user about this model."""
        return model_error(fault, self.name, **{**self._words, "seconds": self.limits.seconds, **about})

    def names(self) -> list[str]:
        """The models that the service says it has; empty where it does not tell."""
        return []

    def _begin(self, request: Request) -> "Answer":
        """Asks until an answer has begun; what fails before its first piece is tried again."""
        started = time.monotonic()
        deadline = started + self.limits.seconds

        def begin() -> Answer:
            left = max(1.0, deadline - time.monotonic())
            answer = Answer(self, request, self._send(request, left), started)
            try:
                answer.wait()
            except BaseException:
                answer.close()  # at once, however long the error is kept
                raise
            return answer

        answer, answer.attempts = retrying(begin, self.limits, lambda: self.answered)
        self.answered = True
        return answer


class Answer:
    """An answer on its way. Iterate for its pieces, of any size; closing it ends the request.

    A failure between two pieces raises ModelError and is not tried again: what was heard was heard.
    """

    def __init__(self, model: ChatModel, request: Request, parts: Iterator[Part], started: float):
        self._model, self._request, self._parts, self._started = model, request, parts, started
        self._visible = without_reasoning(self._texts(), model.thinks, lambda: not self.cut_short)
        self._first, self._first_seconds, self._seconds = "", 0.0, 0.0
        self._text, self._usage, self._finish, self._refused = "", None, "", False
        self.attempts = 1

    def wait(self) -> None:
        """Waits for the first piece. Raises ModelError where there is none."""
        self._first = next((text for text in self._visible if text.strip()), "").lstrip()
        self._first_seconds = time.monotonic() - self._started
        if not self._first:
            faults = {"length": Fault.length, "filter": Fault.filter}
            missing = Fault.refusal if self._refused else faults.get(self._finish, Fault.empty)
            raise self._model.error(missing)

    def __iter__(self) -> Iterator[str]:
        try:
            for piece in chain([self._first], self._visible):
                self._text += piece
                yield piece
        except ReasoningShown:
            self._model.thinks = True
            raise self._model.error(Fault.reasoning) from None
        finally:
            self.close()

    def close(self) -> None:
        self._seconds = self._seconds or time.monotonic() - self._started
        self._parts.close()

    @property
    def cut_short(self) -> bool:
        """Whether the answer may have ended before the model was done; one that did says `stop`."""
        return self._finish != "stop"

    @property
    def completion(self) -> Completion:
        """What was heard, with whole characters only, so that it can be sent and kept; tokens are estimated
        where the service did not get to report them."""
        return Completion(
            text=self._text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip(),
            usage=self._usage or _estimated(self._request.messages, self._text),
            first_seconds=self._first_seconds,
            seconds=self._seconds,
            attempts=self.attempts,
            finish=self._finish,
            ignored=tuple(sorted(self._model.ignored - {"", SCHEMA})),
        )

    def _texts(self) -> Iterator[str]:
        """The texts of the parts; what else they hold is kept."""
        limit = self._started + self._model.limits.seconds
        try:
            for part in self._parts:
                self._usage = part.usage or self._usage
                self._finish = part.finish or self._finish
                self._refused = self._refused or part.refusal
                if part.text:
                    yield part.text
                if time.monotonic() > limit:
                    raise self._model.error(Fault.timeout)
            return
        except ModelError:
            raise
        except Exception as error:
            fault = self._model.fault(error, self._request.options.extra)
            if fault is None:
                raise
        raise fault  # outside: the SDK's own error may hold the request, and so the record


def _estimated(messages: Sequence[Message], text: str) -> Usage:
    """The usage of an answer whose service did not report it."""
    sent = sum(estimate(message.text) for message in messages)
    return Usage(prompt_tokens=sent, completion_tokens=estimate(text), estimated=True)


def host_of(url: str) -> str:
    """An address without path, query, user and password, as errors name it."""
    return urlsplit(url).netloc.rpartition("@")[2]
