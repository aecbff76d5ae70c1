"""OpenAI, Azure OpenAI, and every server that speaks chat completions: vLLM, llama.cpp, Ollama …"""

from collections.abc import Iterable, Iterator

import httpx2
import openai

from patientsim_core.errors import ModelError
from patientsim_core.models.chat import ChatModel, Part, Request, host_of
from patientsim_core.models.faults import Fault, detail, fault_of_status
from patientsim_core.models.retry import Limits
from patientsim_core.models.retry_after import seconds_to_wait
from patientsim_core.models.strict import response_format
from patientsim_core.models.transport import CONNECT_SECONDS, http_arguments
from patientsim_core.models.untaken import SCHEMA, named, untaken
from patientsim_core.usage import Usage

_PARAMETERS = {
    "temperature": "temperature",
    "seed": "seed",
    "max_tokens": "max tokens",
    "max_completion_tokens": "max tokens",
    "reasoning_effort": "reasoning effort",
    "stream_options": "",
    "response_format": SCHEMA,
}
"""What a request may be sent without, and the option's name for people; not every model takes all."""

_LIMITS = ("max_completion_tokens", "max_tokens")
"""The newer name first; servers of one's own may know only the older one."""

_STATUS = {"rate_limit_exceeded": 429, "insufficient_quota": 429, "context_length_exceeded": 400}
_FINISH = {"content_filter": "filter"}


class OpenAICompatible(ChatModel):
    """A model behind chat completions. `azure_version` makes the address an Azure resource."""

    def __init__(
        self, name: str, limits: Limits, key: str, address: str, azure_version: str = "", **words: str
    ):
        """`key` may be empty for a server of one's own; `address` is the base URL or the Azure endpoint."""
        super().__init__(name, limits, where=host_of(address), **words)
        self._limits = _LIMITS[::-1] if name.startswith("vllm:") else _LIMITS
        http = openai.DefaultHttpxClient(**http_arguments(address))
        common = {"api_key": key or "none", "max_retries": 0, "http_client": http}
        if azure_version:
            self._client = openai.AzureOpenAI(azure_endpoint=address, api_version=azure_version, **common)
        else:
            self._client = openai.OpenAI(base_url=address, **common)
        if not name.startswith("openai:"):  # the SDK has them from the environment
            self._client.organization = self._client.project = None

    def names(self) -> list[str]:
        try:
            models = self._client.models.list(timeout=CONNECT_SECONDS)
            return sorted(model.id for model in models if isinstance(model.id, str))
        except (openai.OpenAIError, ValueError, AttributeError, TypeError):
            return []

    def _send(self, request: Request, seconds: float) -> Iterator[Part]:
        answer = self._create(request, seconds)
        if not request.streamed:
            yield self._part(answer)
            return
        with answer:
            if "html" in answer.response.headers.get("content-type", ""):  # a web page: the SDK sees no event
                raise self.error(Fault.malformed)
            for chunk in answer:
                yield self._part(chunk)

    def _create(self, request: Request, seconds: float) -> object:
        """Sends the request, without a parameter that the model turns out not to take."""
        asked = _parameters(request)
        extra = request.options.extra
        # All goes beside the SDK's own arguments, through which it walks by their types: 4 of 5 ms.
        body = {"messages": [{"role": role, "content": text} for role, text in request.messages], **extra}
        while True:
            limits = self._limits  # other threads may find out the same at the same time
            taken = {
                limits[0] if name == "max_tokens" else name: value
                for name, value in asked.items()
                if value is not None and _PARAMETERS[name] not in self.ignored
            }
            try:
                return self._client.chat.completions.create(
                    model=self.model,
                    messages=[],
                    stream=request.streamed,
                    timeout=seconds,
                    extra_body={**body, **taken},
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                words = {name: name for name in taken}
                name = untaken(_said(error), words, extra, "response_format" in taken)
                if not name:
                    raise
                if name in limits[:-1]:
                    self._limits = limits[1:]
                else:
                    self.ignored |= {_PARAMETERS.get(name, name)}

    def _part(self, chunk: object) -> Part:
        """A chunk of a stream, or a whole answer: the same fields under another name."""
        try:
            used = chunk.usage
            usage = used and Usage(
                prompt_tokens=used.prompt_tokens or 0,
                completion_tokens=used.completion_tokens or 0,
                reasoning_tokens=getattr(used.completion_tokens_details, "reasoning_tokens", 0) or 0,
            )
            if not chunk.choices:
                return Part(usage=usage)
            choice = chunk.choices[0]
            said = choice.delta if hasattr(choice, "delta") else choice.message
            return Part(
                text="" + ((said and said.content) or ""),  # only text: some send lists
                usage=usage,
                finish=_FINISH.get(choice.finish_reason, choice.finish_reason or ""),
                refusal=bool(getattr(said, "refusal", None)),
            )
        except (AttributeError, TypeError, ValueError):
            raise self.error(Fault.malformed) from None

    def fault(self, error: Exception, extra: Iterable[str] = ()) -> ModelError | None:
        if isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout):
            return self.error(Fault.address)
        if isinstance(error, openai.APITimeoutError):
            return self.error(Fault.timeout)
        if isinstance(error, openai.APIStatusError):
            code = error.code or error.type
            fault = fault_of_status(error.status_code, f"{code} {error.message} {error.body}")
            after = seconds_to_wait(error.response.headers)
            option = named(_said(error), extra) if fault is Fault.request else None
            return self.error(fault, after=after, detail=detail(error.status_code, code, option))
        if isinstance(error, openai.APIResponseValidationError | ValueError):
            return self.error(Fault.malformed)
        if isinstance(error, openai.APIConnectionError):
            return self.error(Fault.cut)
        if isinstance(error, openai.APIError):  # an error event in the middle of a stream, without status
            code = str(error.code or error.type)
            status = int(code) if code.isdecimal() else _STATUS.get(code, 500)
            return self.error(fault_of_status(status, f"{code} {error.message}"), detail=detail(None, code))
        return None


def _parameters(request: Request) -> dict[str, object]:
    """What is asked for beside the messages, by the names of `_PARAMETERS`; None is left out."""
    options = request.options
    return {
        "temperature": options.temperature,
        "seed": request.seed,
        "max_tokens": options.max_tokens,
        "reasoning_effort": options.reasoning_effort,
        "stream_options": {"include_usage": True} if request.streamed else None,
        "response_format": response_format(request.schema) if request.schema else None,
    }


def _said(error: openai.APIError) -> str:
    """An error's words; the parameter that it is about comes first."""
    return f"{error.param or ''} {error.code} {error.message}"
