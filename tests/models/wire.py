"""What a model service says, in the bytes of each wire format: chat completions and generateContent."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from problems import SEVERITIES

FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}
HARMS = ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
SAFE = {name: {"filtered": False, "severity": "safe"} for name in SEVERITIES}
CREATED = 1_760_000_000


@dataclass(frozen=True)
class Answer:
    """What the service does on one request.

    Reasoning and text are streamed in pieces: words with the space before them, or `pieces` of the text.
    `usage` is prompt, completion and reasoning tokens; the second includes the third.
    """

    text: str = "It hurts here."
    pieces: tuple[str, ...] | None = None
    reasoning: str = ""
    usage: tuple[int, int, int] | None = (120, 8, 0)
    finish: str = "stop"
    """`stop`, `length` or `content_filter`; empty: the stream ends without saying why."""
    refusal: str = ""
    """Goes in place of the text; Gemini has no field for it and refuses in plain words."""
    pause: float = 0.0
    """Seconds between two pieces."""
    delay: float = 0.0
    """Seconds before the first byte."""
    cut_after: int | None = None
    """The connection is lost after so many pieces; of a whole answer, in the middle of its body."""
    malformed: bool = False
    """What comes, after `cut_after` pieces or at once, is no JSON."""
    no_choice: bool = False
    blocked: bool = False
    """The prompt is stopped by the content filter."""
    busy: float = 0.0
    """Seconds between signs of life, comments or blank lines, which come without end instead of an answer."""

    def said(self) -> tuple[str, ...]:
        """The pieces of the text, or of the refusal."""
        if self.refusal or self.pieces is None:
            return split(self.refusal or self.text)
        return self.pieces

    def whole(self) -> str:
        return "".join(self.said())


def split(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\s*\S+|\s+$", text))


class Event(NamedTuple):
    """The data of one event of a stream; `piece` where it brings reasoning or text."""

    data: bytes
    piece: bool = False


class ChatCompletions:
    """OpenAI's format, which Azure and the servers of open models speak too."""

    def __init__(self, azure: bool = False) -> None:
        self.azure = azure

    def frame(self, data: bytes) -> bytes:
        return b"data: " + data + b"\n\n"

    def whole(self, answer: Answer, model: str) -> dict:
        message = {"role": "assistant", "content": None, "refusal": None}
        message["refusal" if answer.refusal else "content"] = answer.whole() or None
        if answer.reasoning:
            message["reasoning_content"] = answer.reasoning
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish or None}
        body = self._body(model, "chat.completion", [] if answer.no_choice else [choice])
        if self.azure:
            choice["content_filter_results"] = SAFE
            body["prompt_filter_results"] = [{"prompt_index": 0, "content_filter_results": SAFE}]
        return body | ({"usage": self._usage(answer)} if answer.usage else {})

    def events(self, answer: Answer, model: str, usage: bool) -> Iterator[Event]:
        """The stream of an answer; its usage comes last, where it was asked for."""
        asked = {"usage": None} if usage and answer.usage else {}

        def chunk(choices: list[dict], **more: object) -> bytes:
            return packed(self._body(model, "chat.completion.chunk", choices) | asked | more)

        if self.azure:
            results = [{"prompt_index": 0, "content_filter_results": SAFE}]
            yield Event(chunk([], prompt_filter_results=results))
        for delta, finish in [] if answer.no_choice else _deltas(answer):
            piece = any(delta.get(key) for key in ("content", "refusal", "reasoning_content"))
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
            yield Event(chunk([choice | ({"content_filter_results": {}} if self.azure else {})]), piece)
        if answer.no_choice:
            yield Event(chunk([]))
        if asked:
            yield Event(chunk([], usage=self._usage(answer)))
        yield Event(b"[DONE]")

    def models(self, names: list[str]) -> dict:
        owner = {"object": "model", "created": CREATED, "owned_by": "system"}
        return {"object": "list", "data": [{"id": name} | owner for name in names]}

    def _body(self, model: str, kind: str, choices: list[dict]) -> dict:
        about = {"id": "chatcmpl-1", "object": kind, "created": CREATED, "model": model}
        return about | {"choices": choices, "system_fingerprint": "fp_1"}

    def _usage(self, answer: Answer) -> dict:
        prompt, completion, reasoning = answer.usage
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": reasoning},
        }


def _deltas(answer: Answer) -> Iterator[tuple[dict, str | None]]:
    yield {"role": "assistant", "content": "", "refusal": None}, None
    for piece in split(answer.reasoning):
        yield {"reasoning_content": piece}, None
    key = "refusal" if answer.refusal else "content"
    for piece in answer.said():
        yield {key: piece}, None
    if answer.finish:
        yield {}, answer.finish


class GenerateContent:
    """Google's format, of AI Studio and of Vertex AI."""

    def __init__(self, vertex: bool = False) -> None:
        self.vertex = vertex

    def frame(self, data: bytes) -> bytes:
        return b"data: " + data + b"\r\n\r\n"

    def whole(self, answer: Answer, model: str) -> dict:
        if answer.blocked:
            return self._blocked(answer, model)
        parts = [{"text": answer.reasoning, "thought": True}] if answer.reasoning else []
        parts += [{"text": answer.whole()}] if answer.whole() else []
        return self._body(answer, model, [self._candidate(parts, answer.finish)])

    def events(self, answer: Answer, model: str, usage: bool = True) -> Iterator[Event]:
        """The stream of an answer; each event brings the usage so far, the last says why it ends."""
        if answer.blocked:
            yield Event(packed(self._blocked(answer, model)))
            return
        parts = [{"text": piece, "thought": True} for piece in split(answer.reasoning)]
        parts += [{"text": piece} for piece in answer.said()]
        for part in [] if answer.no_choice else parts:
            yield Event(packed(self._body(answer, model, [self._candidate([part])])), True)
        if answer.finish or answer.no_choice:
            end = self._candidate([{"text": ""}] if answer.said() else [], answer.finish)
            yield Event(packed(self._body(answer, model, [end])))

    def models(self, names: list[str]) -> dict:
        if self.vertex:
            return {"publisherModels": [{"name": f"publishers/google/models/{name}"} for name in names]}
        methods = ["generateContent", "countTokens"]
        return {"models": [{"name": f"models/{n}", "supportedGenerationMethods": methods} for n in names]}

    def _candidate(self, parts: list[dict], finish: str = "") -> dict:
        if finish == "content_filter":
            ratings = [{"category": f"HARM_CATEGORY_{harm}", "probability": "NEGLIGIBLE"} for harm in HARMS]
            ratings[-1] |= {"probability": "HIGH", "blocked": True}
            return {"finishReason": "SAFETY", "index": 0, "safetyRatings": ratings}
        content = ({"parts": parts} if parts else {}) | {"role": "model"}
        return {"content": content, "index": 0} | ({"finishReason": FINISH[finish]} if finish else {})

    def _blocked(self, answer: Answer, model: str) -> dict:
        feedback = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
        return feedback | self._body(answer, model, [])

    def _body(self, answer: Answer, model: str, candidates: list[dict]) -> dict:
        body = {} if answer.no_choice or not candidates else {"candidates": candidates}
        if answer.usage:
            prompt, completion, thoughts = answer.usage
            used = {"promptTokenCount": prompt, "totalTokenCount": prompt + (completion if candidates else 0)}
            used |= {"candidatesTokenCount": completion - thoughts} if candidates else {}
            used |= {"thoughtsTokenCount": thoughts} if thoughts else {}
            body["usageMetadata"] = used
        return body | {"modelVersion": model, "responseId": "response-1"}


def packed(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
