"""Gemini, by AI Studio or by Vertex AI."""

import re
from collections.abc import Iterable, Iterator

import httpx2
from google import genai
from google.auth.exceptions import GoogleAuthError, TransportError
from google.genai import errors, types
from pydantic import ValidationError

from patientsim_core.errors import InputError, ModelError
from patientsim_core.models.chat import ChatModel, Options, Part, Request, host_of
from patientsim_core.models.faults import Fault, detail, fault_of_status
from patientsim_core.models.retry import Limits
from patientsim_core.models.retry_after import seconds_to_wait
from patientsim_core.models.strict import json_schema
from patientsim_core.models.transport import CONNECT_SECONDS, http_arguments
from patientsim_core.models.untaken import SCHEMA, named, untaken
from patientsim_core.usage import Usage

_ROLES = {"user": "user", "assistant": "model"}
_FINISH = {"STOP": "stop", "MAX_TOKENS": "length"}
_PARAMETERS = {
    "temperature": ("temperature", "temperature"),
    "seed": ("seed", "seed"),
    "max_output_tokens": ("max tokens", "maxoutputtokens"),
    "thinking_config": ("reasoning effort", "thinking"),
    "response_json_schema": (SCHEMA, "responsejsonschema"),
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

    def _send(self, request: Request, seconds: float) -> Iterator[Part]:
        if request.options.extra:
            _check(self.name, request.options.extra)
        asked = {
            "temperature": request.options.temperature,
            "seed": request.seed,
            "max_output_tokens": request.options.max_tokens,
            "thinking_config": self._thinking(request.options),
            "response_json_schema": json_schema(request.schema) if request.schema else None,
        }
        while True:
            taken = {
                name: value
                for name, value in asked.items()
                if value is not None and _PARAMETERS[name][0] not in self.ignored
            }
            parts = self._ask(request, taken, seconds)
            try:
                first = next(parts, Part())
            except errors.APIError as error:
                name = _untaken(error, taken, request.options.extra)
                if not name:
                    raise
                self.ignored |= {name}
                continue
            yield first
            yield from parts
            return

    def _ask(self, request: Request, taken: dict, seconds: float) -> Iterator[Part]:
        system = [message.text for message in request.messages if message.role == "system"]
        spoken = [
            {"role": _ROLES[message.role], "parts": [{"text": message.text}]}
            for message in request.messages
            if message.role != "system"
        ]
        structured = "response_json_schema" in taken
        # Messages go beside the SDK's own argument, which looks into every one by its types: 7 of 10 ms.
        http = types.HttpOptions(timeout=int(seconds * 1000), extra_body={"contents": spoken})
        asked = {
            "model": self.model,
            "contents": "instead of this",
            "config": types.GenerateContentConfig(
                system_instruction="\n\n".join(system) or None,
                http_options=http,
                automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
                response_mime_type="application/json" if structured else None,
                **taken,
                **request.options.extra,
            ),
        }
        if request.streamed:
            for chunk in self._client.models.generate_content_stream(**asked):
                yield self._part(chunk)
        else:
            yield self._part(self._client.models.generate_content(**asked))

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

    def fault(self, error: Exception, extra: Iterable[str] = ()) -> ModelError | None:
        if isinstance(error, errors.APIError):
            code = error.code or 0
            fault = fault_of_status(code, f"{error.status} {error.message} {error.details}")
            headers = getattr(error.response, "headers", None) or {}
            after = seconds_to_wait(headers) or _retry_delay(error.details)
            option = named(str(error.message), extra) if fault is Fault.request else None
            return self.error(fault, after=after, detail=detail(code, error.status, option))
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
        if isinstance(error, ValueError) and " supported in " in str(error):  # the SDK; nothing was sent
            return self.error(Fault.request, detail=detail(None, None, named(str(error), extra)))
        # JSON's and pydantic's ValueError for what is no answer; the others come of error events without
        # the usual fields, which the SDK does not expect.
        if isinstance(error, ValueError | AttributeError | TypeError):
            return self.error(Fault.malformed)
        return None


def _check(model: str, extra: dict) -> None:
    """Raises InputError for an option that the SDK does not know, or of another type than it has."""
    try:
        types.GenerateContentConfig(**extra)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_context=False)[0]
    else:
        return
    known = "has a value of another type than" if fault["type"] != "extra_forbidden" else "is not among"
    raise InputError(f"{model}: option {fault['loc'][0]}: {known} what Gemini's GenerateContentConfig takes.")


def _untaken(error: errors.APIError, sent: dict, extra: Iterable[str]) -> str | None:
    """The option that the model does not take, by its name for people."""
    if error.code != 400:
        return None
    words = {_PARAMETERS[name][0]: _PARAMETERS[name][1] for name in sent}
    return untaken(str(error.message), words, extra, "response_json_schema" in sent)


def _retry_delay(details: object) -> float | None:
    """Seconds by google.rpc.RetryInfo, `"retryDelay": "7s"`, in an error's details."""
    found = re.search(r"'retryDelay': '(\d+(\.\d+)?)s'", str(details))  # whatever shape the rest has
    return float(found[1]) if found else None
