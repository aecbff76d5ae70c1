"""Gemini, by AI Studio or by Vertex AI."""

import re
from collections.abc import Iterator, Sequence

import httpx2
from google import genai
from google.auth.exceptions import GoogleAuthError, TransportError
from google.genai import errors, types

from patientsim_core.errors import ModelError
from patientsim_core.models.chat import ChatModel, Message, Options, Part, host_of
from patientsim_core.models.faults import Fault, detail, fault_of_status, says_untaken
from patientsim_core.models.retry import Limits
from patientsim_core.models.retry_after import seconds_to_wait
from patientsim_core.models.transport import CONNECT_SECONDS, http_arguments
from patientsim_core.usage import Usage

_ROLES = {"user": "user", "assistant": "model"}
_FINISH = {"STOP": "stop", "MAX_TOKENS": "length"}
_PARAMETERS = {
    "temperature": ("temperature", "temperature"),
    "seed": ("seed", "seed"),
    "max_output_tokens": ("max tokens", "maxoutputtokens"),
    "thinking_config": ("reasoning effort", "thinking"),
}
"""What a request may be sent without: the option's name for people, and the word for it in refusals."""

_BUDGETS = {"none": 0, "minimal": 512, "low": 1024, "medium": 8192, "high": 24576}
"""Thinking tokens by effort for Gemini 2.5, as Google's own OpenAI-compatible interface maps them."""


class Gemini(ChatModel):
    """A Gemini model. With `project` it signs in by Google Cloud's own credentials instead of a key."""

    def __init__(
        self,
        name: str,
        limits: Limits,
        key: str,
        address: str,
        project: str = "",
        location: str = "",
        **words: str,
    ):
        vertex = name.startswith("vertex:")
        default = "aiplatform.googleapis.com" if vertex else "generativelanguage.googleapis.com"
        super().__init__(name, limits, where=host_of(address) or default, **words)
        account = {"api_key": key} if key else {"project": project, "location": location or "global"}
        http = types.HttpOptions(base_url=address or None, client_args=http_arguments(address))
        self._client = genai.Client(vertexai=vertex, http_options=http, **account)

    def names(self) -> list[str]:
        try:
            http = types.HttpOptions(timeout=int(CONNECT_SECONDS * 1000))
            models = self._client.models.list(config=types.ListModelsConfig(http_options=http))
            return sorted((model.name or "").rpartition("/")[2] for model in models)
        except (errors.APIError, httpx2.HTTPError, GoogleAuthError, ValueError, TypeError, AttributeError):
            return []

    def _send(
        self, messages: Sequence[Message], options: Options, seed: int | None, streamed: bool, seconds: float
    ) -> Iterator[Part]:
        asked = {
            "temperature": options.temperature,
            "seed": seed,
            "max_output_tokens": options.max_tokens,
            "thinking_config": self._thinking(options),
        }
        while True:
            taken = {
                name: value
                for name, value in asked.items()
                if value is not None and _PARAMETERS[name][0] not in self.ignored
            }
            parts = self._ask(messages, taken, streamed, seconds)
            try:
                first = next(parts, Part())
            except errors.APIError as error:
                untaken = _untaken(error, taken)
                if not untaken:
                    raise
                self.ignored |= {untaken}
                continue
            yield first
            yield from parts
            return

    def _ask(
        self, messages: Sequence[Message], taken: dict, streamed: bool, seconds: float
    ) -> Iterator[Part]:
        system = [message.text for message in messages if message.role == "system"]
        spoken = [message for message in messages if message.role != "system"]
        request = {
            "model": self.model,
            "contents": [
                types.Content(role=_ROLES[message.role], parts=[types.Part(text=message.text)])
                for message in spoken
            ],
            "config": types.GenerateContentConfig(
                system_instruction="\n\n".join(system) or None,
                http_options=types.HttpOptions(timeout=int(seconds * 1000)),
                automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
                **taken,
            ),
        }
        if streamed:
            for chunk in self._client.models.generate_content_stream(**request):
                yield self._part(chunk)
        else:
            yield self._part(self._client.models.generate_content(**request))

    def _thinking(self, options: Options) -> types.ThinkingConfig | None:
        """Gemini 2.5 takes a budget of tokens, later models a level."""
        effort = options.reasoning_effort
        if effort is None:
            return None
        if "2.5" in self.model:
            return types.ThinkingConfig(thinking_budget=_BUDGETS[effort])
        return types.ThinkingConfig(thinking_level="minimal" if effort == "none" else effort)

    def _part(self, chunk: types.GenerateContentResponse) -> Part:
        used, feedback = chunk.usage_metadata, chunk.prompt_feedback
        usage = used and Usage(
            prompt_tokens=used.prompt_token_count or 0,
            completion_tokens=(used.candidates_token_count or 0) + (used.thoughts_token_count or 0),
            reasoning_tokens=used.thoughts_token_count or 0,
        )
        if feedback and feedback.block_reason:
            return Part(usage=usage, finish="filter")
        if not chunk.candidates:
            return Part(usage=usage)
        one = chunk.candidates[0]
        parts = (one.content and one.content.parts) or []
        reason = one.finish_reason.name if one.finish_reason else ""
        return Part(
            text="".join(part.text or "" for part in parts if not part.thought),
            usage=usage,
            finish=_FINISH.get(reason, "filter" if reason else ""),
        )

    def fault(self, error: Exception) -> ModelError | None:
        if isinstance(error, errors.APIError):
            code = error.code or 0
            fault = fault_of_status(code, f"{error.status} {error.message} {error.details}")
            headers = getattr(error.response, "headers", None) or {}
            after = seconds_to_wait(headers) or _retry_delay(error.details)
            return self.error(fault, after=after, detail=detail(code, error.status))
        if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
            return self.error(Fault.address)
        if isinstance(error, httpx2.TimeoutException):
            return self.error(Fault.timeout)
        if isinstance(error, httpx2.HTTPError):
            return self.error(Fault.cut)
        if isinstance(error, TransportError):  # of Google's sign-in, which has its own address
            return self.error(Fault.address)
        if isinstance(error, GoogleAuthError):
            return self.error(Fault.sign_in)
        # JSON's and pydantic's ValueError for what is no answer; the others come of error events without
        # the usual fields, which the SDK does not expect.
        if isinstance(error, ValueError | AttributeError | TypeError):
            return self.error(Fault.malformed)
        return None


def _untaken(error: errors.APIError, sent: dict) -> str | None:
    """The option that the model does not take, by its name for people."""
    said = str(error.message).lower().replace("_", "")
    if error.code != 400 or not says_untaken(said):
        return None
    options = (_PARAMETERS[name] for name in sent)
    return next((option for option, word in options if word in said), None)


def _retry_delay(details: object) -> float | None:
    """Seconds by google.rpc.RetryInfo, `"retryDelay": "7s"`, in an error's details."""
    found = re.search(r"'retryDelay': '(\d+(\.\d+)?)s'", str(details))  # whatever shape the rest has
    return float(found[1]) if found else None
