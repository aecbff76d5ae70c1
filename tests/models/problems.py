"""The errors of model services: each provider's own status and body for the same mishap."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wire import SEVERITIES

_QUOTA = "You exceeded your current quota, please check your plan and billing details."
_WAIT = 20.0

_OPENAI = {
    "wrong_key": (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: {key}. You can "
                  "find your API key at https://platform.openai.com/account/api-keys."),
    "no_key": (401, "invalid_request_error", None, "You didn't provide an API key. You need to provide your API "
               "key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."),
    "rate_limited": (429, "requests", "rate_limit_exceeded", "Rate limit reached for {model} in organization "
                     "org-1 on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in {wait}s. "
                     "Visit https://platform.openai.com/account/rate-limits to learn more."),
    "quota_exhausted": (429, "insufficient_quota", "insufficient_quota", _QUOTA + " For more information on this "
                        "error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."),
    "500": (500, "server_error", None, "The server had an error while processing your request. Sorry about that!"),
    "503": (503, "service_unavailable_error", None, "The server is overloaded or not ready yet."),
    "context_overflow": (400, "invalid_request_error", "context_length_exceeded", "This model's maximum context "
                         "length is 8192 tokens. However, your messages resulted in 9001 tokens. Please reduce the "
                         "length of the messages."),
    "unknown_model": (404, "invalid_request_error", "model_not_found", "The model `{model}` does not exist or you "
                      "do not have access to it."),
    "no_path": (404, "invalid_request_error", None, "Invalid URL ({method} {path})"),
    "region": (403, "request_forbidden", "unsupported_country_region_territory", "Country, region, or territory "
               "not supported"),
    "unsupported": (400, "invalid_request_error", "unsupported_parameter", "Unsupported parameter: '{param}' is "
                    "not supported with this model."),
    "unsupported_value": (400, "invalid_request_error", "unsupported_value", "Unsupported value: '{param}' does "
                          "not support {value} with this model. Only the default (1) value is supported."),
    "bad_request": (400, "invalid_request_error", None, "We could not parse the JSON body of your request."),
    "blocked": (400, None, "content_filter", "The response was filtered due to the prompt triggering the content "
                "management policy. Please modify your prompt and retry."),
    "flagged": (400, "invalid_request_error", "invalid_prompt", "Invalid prompt: your prompt was flagged as "
                "potentially violating our usage policy. Please try again with a different prompt."),
}  # fmt: skip
_PARAM = {"context_overflow": "messages", "blocked": "prompt"}

_AZURE = {
    "wrong_key": (401, "401", "Access denied due to invalid subscription key or wrong API endpoint. Make sure to "
                  "provide a valid key for an active subscription and use a correct regional API endpoint for your "
                  "resource."),
    "rate_limited": (429, "429", "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version "
                     "{version} have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry "
                     "after {wait} seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to "
                     "further increase the default rate limit."),
    "500": (500, "InternalServerError", "Backend returned unexpected response. Please contact Microsoft for help."),
    "503": (503, "ServiceUnavailable", "The service is temporarily unable to process your request. Please try "
            "again later."),
    "unknown_model": (404, "DeploymentNotFound", "The API deployment for this resource does not exist. If you "
                      "created the deployment within the last 5 minutes, please wait a moment and try again."),
    "no_path": (404, "404", "Resource not found"),
    "region": (403, "403", "Access denied due to Virtual Network/Firewall rules."),
}  # fmt: skip
_AZURE["no_key"] = _AZURE["wrong_key"]

_GOOGLE = {
    "wrong_key": (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    "no_key": (403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers (callers without established "
               "identity). Please use API Key or other form of API consumer identity to call this API."),
    "rate_limited": (429, "RESOURCE_EXHAUSTED", _QUOTA + " For more information on this error, head to: "
                     "https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: "
                     "generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 10\nPlease "
                     "retry in {wait}s."),
    "500": (500, "INTERNAL", "An internal error has occurred. Please retry or report in "
            "https://developers.generativeai.google/guide/troubleshooting"),
    "503": (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    "context_overflow": (400, "INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of "
                         "tokens allowed (1048576)."),
    "unknown_model": (404, "NOT_FOUND", "models/{model} is not found for API version {version}, or is not "
                      "supported for generateContent. Call ListModels to see the list of available models and "
                      "their supported methods."),
    "region": (400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
    "unsupported": (400, "INVALID_ARGUMENT", "Invalid JSON payload received. Unknown name \"{param}\" at "
                    "'generation_config': Cannot find field."),
    "bad_request": (400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
}  # fmt: skip
_GOOGLE["quota_exhausted"] = _GOOGLE["rate_limited"]

_VERTEX = _GOOGLE | {
    "no_key": (401, "UNAUTHENTICATED", "API keys are not supported by this API. Expected OAuth2 access token or "
               "other authentication credentials that assert a principal."),
    "wrong_token": (401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 "
                    "access token, login cookie or other valid authentication credential."),
    "rate_limited": (429, "RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later. Please refer to "
                     "https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details."),
    "quota_exhausted": (403, "PERMISSION_DENIED", "This API method requires billing to be enabled. Please enable "
                        "billing on project #1 by visiting https://console.developers.google.com/billing/enable"
                        "?project=1 then retry."),
    "503": (503, "UNAVAILABLE", "The service is currently unavailable."),
    "unknown_model": (404, "NOT_FOUND", "Publisher Model `{resource}` was not found or your project does not have "
                      "access to it. Please ensure you are using a valid model version."),
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """An HTTP error of a kind that the tables above know; `status` and `message` overrule them.

    `after` is a Retry-After in seconds, `retry_delay` Google's RetryInfo. With `after_pieces` a stream
    begins well and the error comes as an event after so many pieces of the default answer.
    """

    kind: str
    status: int | None = None
    message: str | None = None
    param: str | None = None
    after: float | None = None
    retry_delay: float | None = None
    after_pieces: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def wrong_key(cls) -> "Problem":
        return cls("wrong_key")

    @classmethod
    def rate_limited(cls, after: float | None = None) -> "Problem":
        """Too many requests a minute. Google names the wait in the body, the others in a header."""
        return cls("rate_limited", after=after, retry_delay=after)

    @classmethod
    def quota_exhausted(cls) -> "Problem":
        """The day's quota or the credit is used up (Vertex AI: billing is off)."""
        return cls("quota_exhausted")

    @classmethod
    def server_error(cls, status: int = 500) -> "Problem":
        return cls(str(status))

    @classmethod
    def context_overflow(cls) -> "Problem":
        return cls("context_overflow")

    @classmethod
    def unknown_model(cls) -> "Problem":
        return cls("unknown_model")

    @classmethod
    def region(cls) -> "Problem":
        return cls("region")

    @classmethod
    def unsupported(cls, param: str) -> "Problem":
        """The model does not take a parameter; of `temperature`, no other value than 1."""
        return cls("unsupported", param=param)

    @classmethod
    def bad_request(cls) -> "Problem":
        return cls("bad_request")

    @classmethod
    def flagged(cls) -> "Problem":
        """OpenAI's own refusal of a prompt; Azure and many others say `content_filter` (Answer.blocked)."""
        return cls("flagged")

    @classmethod
    def redirect(cls, to: str) -> "Problem":
        """307 to the same path of another address."""
        return cls("redirect", status=307, message=to)

    @classmethod
    def web_page(cls, status: int = 502) -> "Problem":
        """A page for people, as a proxy or a wrong address gives; with status 200, too."""
        return cls("web_page", status=status)

    def midway(self, pieces: int = 1) -> "Problem":
        """The same as an event of the stream, after so many pieces."""
        return replace(self, after_pieces=pieces)


def status_and_body(problem: Problem, provider: str, about: Mapping[str, str]) -> tuple[int, dict]:
    """A problem as `provider` (openai, azure, gemini or vertex) tells it; `about` fills in names."""
    about = {"wait": f"{problem.after or _WAIT:g}", "param": problem.param or "", "value": "0.7"} | dict(about)
    make = {"openai": _openai, "azure": _azure, "gemini": _google, "vertex": _google}[provider]
    status, error = make(problem, provider, about)
    return problem.status or status, {"error": error}


def _openai(problem: Problem, provider: str, about: Mapping[str, str]) -> tuple[int, dict]:
    kind = "unsupported_value" if (problem.kind, problem.param) == ("unsupported", "temperature") else problem.kind
    status, type_, code, text = _OPENAI[kind]
    param = problem.param or _PARAM.get(kind)
    return status, {"message": _say(problem, text, about), "type": type_, "param": param, "code": code}


def _azure(problem: Problem, provider: str, about: Mapping[str, str]) -> tuple[int, dict]:
    """Azure's gateway has errors of its own; the others are the model's, as OpenAI gives them."""
    if problem.kind in _AZURE:
        status, code, text = _AZURE[problem.kind]
        return status, {"code": code, "message": _say(problem, text, about)}
    status, error = _openai(problem, provider, about)
    if problem.kind == "blocked":
        filtered = {name: {"filtered": name == "violence", "severity": "safe"} for name in SEVERITIES}
        filtered["violence"]["severity"] = "high"
        inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": filtered}
        error |= {"status": 400, "innererror": inner}
    return status, error


def _google(problem: Problem, provider: str, about: Mapping[str, str]) -> tuple[int, dict]:
    table = _VERTEX if provider == "vertex" else _GOOGLE
    status, name, text = table.get(problem.kind, table["bad_request"])
    error = {"code": problem.status or status, "message": _say(problem, text, about), "status": name}
    details = _details(problem, provider, about)
    return status, error | ({"details": details} if details else {})


def _details(problem: Problem, provider: str, about: Mapping[str, str]) -> list[dict]:
    """The parts of Google's error details that this kind of problem comes with."""
    details, kind, rpc = [], problem.kind, "type.googleapis.com/google.rpc."
    reason = {"wrong_key": "API_KEY_INVALID", "wrong_token": "ACCESS_TOKEN_TYPE_UNSUPPORTED"}.get(kind)
    if kind == "quota_exhausted" and provider == "vertex":
        reason = "BILLING_DISABLED"
    if reason:
        host = "aiplatform" if provider == "vertex" else "generativelanguage"
        about_key = {"domain": "googleapis.com", "metadata": {"service": f"{host}.googleapis.com"}}
        details.append({"@type": rpc + "ErrorInfo", "reason": reason} | about_key)
    if kind in ("rate_limited", "quota_exhausted") and provider == "gemini":
        period = "Minute" if kind == "rate_limited" else "Day"
        violation = {
            "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
            "quotaId": f"GenerateRequestsPer{period}PerProjectPerModel-FreeTier",
            "quotaDimensions": {"location": "global", "model": about.get("model", "")},
            "quotaValue": "10",
        }
        details.append({"@type": rpc + "QuotaFailure", "violations": [violation]})
    if kind == "unsupported":
        field = {"field": "generation_config", "description": f'Unknown name "{problem.param}"'}
        details.append({"@type": rpc + "BadRequest", "fieldViolations": [field]})
    if problem.retry_delay is not None:
        details.append({"@type": rpc + "RetryInfo", "retryDelay": f"{problem.retry_delay:g}s"})
    return details


def _say(problem: Problem, text: str, about: Mapping[str, str]) -> str:
    return problem.message or text.format_map(about)
