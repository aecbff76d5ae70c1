"""The errors of model services: each provider's own status and body for the same mishap."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

_TABLES = tomllib.loads((Path(__file__).parent / "problems.toml").read_text(encoding="utf-8"))
TABLES = {
    "openai": _TABLES["openai"],
    "azure": _TABLES["openai"] | _TABLES["azure"],
    "gemini": _TABLES["gemini"],
    "vertex": _TABLES["gemini"] | _TABLES["vertex"],
}
RPC = "type.googleapis.com/google.rpc."
SEVERITIES = ("hate", "self_harm", "sexual", "violence")


@dataclass(frozen=True)
class Problem:
    """An HTTP error of a kind that `problems.toml` knows; `status` and `message` overrule it.

    `after` is a Retry-After in seconds (OpenAI, Azure), `retry_delay` the seconds of Google's RetryInfo.
    With `after_pieces` a stream begins well and the error comes as an event after so many pieces.
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
    def wrong_key(cls) -> Self:
        return cls("wrong_key")

    @classmethod
    def rate_limited(cls, after: float | None = None) -> Self:
        """Too many requests a minute."""
        return cls("rate_limited", after=after, retry_delay=after)

    @classmethod
    def quota_exhausted(cls) -> Self:
        """The credit or the day's quota is used up; of Vertex AI, billing is off (403)."""
        return cls("quota_exhausted")

    @classmethod
    def server_error(cls, status: int = 500) -> Self:
        """500 or 503."""
        return cls(str(status))

    @classmethod
    def context_overflow(cls) -> Self:
        return cls("context_overflow")

    @classmethod
    def unknown_model(cls) -> Self:
        return cls("unknown_model")

    @classmethod
    def region(cls) -> Self:
        """The service does not serve this region; Azure has only its firewall (403)."""
        return cls("region")

    @classmethod
    def unsupported(cls, param: str) -> Self:
        """The model does not take a parameter; of `temperature`, OpenAI takes no other value than 1."""
        return cls("unsupported", param=param)

    @classmethod
    def bad_request(cls) -> Self:
        return cls("bad_request")

    @classmethod
    def flagged(cls) -> Self:
        """OpenAI's own refusal of a prompt; Azure and others say `content_filter` (Answer.blocked)."""
        return cls("flagged")

    @classmethod
    def redirect(cls, to: str) -> Self:
        """307 to the same path of another address."""
        return cls("redirect", status=307, message=to)

    @classmethod
    def web_page(cls, status: int = 502) -> Self:
        """A page for people, as a proxy or a wrong address gives, be it with status 200."""
        return cls("web_page", status=status)

    @classmethod
    def raw(cls, status: int, body: str) -> Self:
        """A body of one's own, be it with status 200."""
        return cls("raw", status=status, message=body)

    def midway(self, pieces: int = 1) -> Self:
        """The same as an event of the stream, after so many pieces of the default answer."""
        return replace(self, after_pieces=pieces)


def status_and_body(problem: Problem, provider: str, about: Mapping[str, object]) -> tuple[int, dict]:
    """A problem as `provider` (openai, azure, gemini or vertex) tells it; `about` fills in names."""
    table = TABLES[provider]
    of_value = provider in ("openai", "azure") and problem.param == "temperature"
    kind = "unsupported_value" if of_value and problem.kind == "unsupported" else problem.kind
    known = table.get(kind, table["bad_request"])
    wait = 20 if problem.after is None else problem.after
    names = {"wait": f"{wait:g}", "param": problem.param, "value": 0.7} | dict(about)
    status, message = problem.status or known["status"], problem.message or known["message"].format_map(names)
    if provider in ("gemini", "vertex"):
        error = {"code": status, "message": message, "status": known["code"]}
        details = list(_details(problem, known, provider, names))
        return status, {"error": error | ({"details": details} if details else {})}
    if provider == "azure" and kind in _TABLES["azure"]:
        return status, {"error": {"code": known["code"], "message": message}}
    error = {"message": message, "type": known.get("type"), "param": problem.param or known.get("param")}
    error["code"] = known.get("code")
    return status, {"error": error | (_FILTERED if (provider, kind) == ("azure", "blocked") else {})}


def _details(problem: Problem, known: Mapping, provider: str, names: Mapping):
    """What Google's error details hold for this kind of problem."""
    if reason := known.get("reason"):
        host = "aiplatform" if provider == "vertex" else "generativelanguage"
        of_key = {"domain": "googleapis.com", "metadata": {"service": f"{host}.googleapis.com"}}
        yield {"@type": RPC + "ErrorInfo", "reason": reason} | of_key
    if quota := known.get("quota"):
        metric = "generativelanguage.googleapis.com/generate_content_free_tier_requests"
        where = {"location": "global", "model": names.get("model", "")}
        violation = {"quotaMetric": metric, "quotaId": quota, "quotaDimensions": where, "quotaValue": "10"}
        yield {"@type": RPC + "QuotaFailure", "violations": [violation]}
    if place := known.get("field"):
        violation = {"field": place, "description": f'Unknown name "{problem.param}": Cannot find field.'}
        yield {"@type": RPC + "BadRequest", "fieldViolations": [violation]}
    if problem.retry_delay is not None:
        yield {"@type": RPC + "RetryInfo", "retryDelay": f"{problem.retry_delay:g}s"}


def _content_filter_error() -> dict:
    """What Azure adds to a blocked prompt: which of its filters stopped it."""
    results = {name: {"filtered": False, "severity": "safe"} for name in SEVERITIES}
    results["violence"] = {"filtered": True, "severity": "high"}
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": results}
    return {"status": 400, "innererror": inner}


_FILTERED = _content_filter_error()
