"""The providers' own SDKs, all asked and heard in the same way."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import openai
from google import genai
from google.auth.credentials import Credentials
from google.genai.types import HttpOptions
from service import KEY

OPENAI, GOOGLE = ("openai", "azure"), ("gemini", "express", "project")
QUESTION = [{"role": "user", "content": "Where does it hurt?"}]


class Token(Credentials):
    """Google Cloud's own credentials, already there."""

    def refresh(self, request: object) -> None:
        self.token = KEY


@dataclass
class Heard:
    """What came out of an answer; `usage` is prompt, completion and reasoning tokens."""

    pieces: list[str] = field(default_factory=list)
    thoughts: str = ""
    usage: tuple[int, int, int] | None = None
    finish: str = ""


class Client:
    """One SDK, which asks once and never follows a redirect."""

    def __init__(self, name: str, url: str, key: str = KEY) -> None:
        self.name = name
        http = HttpOptions(base_url=url, api_version="v1beta" if name == "gemini" else None)
        plain = {"api_key": key, "max_retries": 0}
        plain["http_client"] = openai.DefaultHttpxClient(follow_redirects=False)
        account = {"project": "p", "location": "global", "credentials": Token()}
        http.client_args = {"follow_redirects": False}
        self.sdk = {
            "openai": lambda: openai.OpenAI(base_url=f"{url}/v1", **plain),
            "azure": lambda: openai.AzureOpenAI(azure_endpoint=url, api_version="2024-10-21", **plain),
            "gemini": lambda: genai.Client(api_key=key, http_options=http),
            "express": lambda: genai.Client(vertexai=True, api_key=key, http_options=http),
            "project": lambda: genai.Client(vertexai=True, http_options=http, **account),
        }[name]()

    def ask(self, streamed: bool, **options: object) -> Heard:
        """What arrives; `heard` has it, too, where an error ends it."""
        self.heard = Heard()
        for chunk in self.chunks(streamed, **options):
            (self._hear_openai if self.name in OPENAI else self._hear_google)(chunk)
        return self.heard

    def chunks(self, streamed: bool, **options: object) -> Iterator:
        """The SDK's own objects; a whole answer is one."""
        if self.name in OPENAI:
            more = {"stream_options": {"include_usage": True}} if streamed else {}
            request = {"model": "m", "messages": QUESTION, "stream": streamed} | more | options
            answer = self.sdk.chat.completions.create(**request)
            return answer if streamed else iter([answer])
        request = {"model": "m", "contents": "Where does it hurt?", "config": options or None}
        models = self.sdk.models
        return (
            models.generate_content_stream(**request)
            if streamed
            else iter([models.generate_content(**request)])
        )

    def _hear_openai(self, chunk) -> None:
        if used := chunk.usage:
            details = used.completion_tokens_details
            self.heard.usage = (used.prompt_tokens, used.completion_tokens, details.reasoning_tokens)
        for choice in chunk.choices:
            said = choice.delta if hasattr(choice, "delta") else choice.message
            self.heard.thoughts += getattr(said, "reasoning_content", "") or ""
            self.heard.pieces += [said.content] if said.content else []
            self.heard.finish = choice.finish_reason or ""

    def _hear_google(self, chunk) -> None:
        if used := chunk.usage_metadata:
            thoughts = used.thoughts_token_count or 0
            spoken = used.candidates_token_count or 0
            self.heard.usage = (used.prompt_token_count, spoken + thoughts, thoughts)
        for candidate in chunk.candidates or []:
            for part in (candidate.content and candidate.content.parts) or []:
                self.heard.thoughts += part.text if part.thought else ""
                self.heard.pieces += [part.text] if part.text and not part.thought else []
            self.heard.finish = candidate.finish_reason.name if candidate.finish_reason else ""
