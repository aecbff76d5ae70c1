"""Gemini, by AI Studio or by Vertex AI."""

from collections.abc import Iterator, Sequence

import httpx2
from google import genai
from google.auth.exceptions import GoogleAuthError
from google.genai import errors, types

from patientsim_core.errors import ModelError
from patientsim_core.models.chat import ChatModel, Message, Options, Part, host_of
from patientsim_core.models.faults import Fault, detail, fault_of_status
from patientsim_core.models.retry import Limits
from patientsim_core.models.retry_after import seconds_to_wait
from patientsim_core.usage import Usage

_ROLES = {"user": "user", "assistant": "model"}
_FINISH = {"STOP": "stop", "MAX_TOKENS": "length"}
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
        http = types.HttpOptions(base_url=address or None, client_args={"follow_redirects": False})
        self._client = genai.Client(vertexai=vertex, http_options=http, **account)

    def names(self) -> list[str]:
        try:
            return sorted((model.name or "").rpartition("/")[2] for model in self._client.models.list())
        except (errors.APIError, httpx2.HTTPError, GoogleAuthError, ValueError):
            return []

    def _send(
        self, messages: Sequence[Message], options: Options, seed: int | None, streamed: bool, seconds: float
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
                temperature=options.temperature,
                seed=seed,
                max_output_tokens=options.max_tokens,
                thinking_config=self._thinking(options),
                http_options=types.HttpOptions(timeout=int(seconds * 1000)),
                automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
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
        if isinstance(error, httpx2.TimeoutException):
            return self.error(Fault.timeout)
        if isinstance(error, httpx2.ConnectError):
            return self.error(Fault.address)
        if isinstance(error, httpx2.HTTPError):
            return self.error(Fault.cut)
        if isinstance(error, GoogleAuthError):
            return self.error(Fault.key)
        # JSON's and pydantic's ValueError for what is no answer; the others come of error events without
        # the usual fields, which the SDK does not expect.
        if isinstance(error, ValueError | AttributeError | TypeError):
            return self.error(Fault.malformed)
        return None


def _retry_delay(details: object) -> float | None:
    """Seconds by google.rpc.RetryInfo, `"retryDelay": "7s"`, in an error's details."""
    body = details.get("error", details) if isinstance(details, dict) else {}
    for one in body.get("details") or []:
        given = str(one.get("retryDelay", "")) if isinstance(one, dict) else ""
        if given.endswith("s") and given[:-1].replace(".", "", 1).isdigit():
            return float(given[:-1])
    return None
