"""What the model service is asked, and whose addresses it has."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass
class Request:
    """One request as it arrived: its path decoded, its header names in lower case, its body as JSON.

    `sent` has the monotonic times at which the pieces of its answer, or the whole one, went out.
    """

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict
    streamed: bool
    seconds: float
    """The monotonic time of its arrival."""
    sent: list[float] = field(default_factory=list)
    hung_up: bool = False
    """The connection was closed from outside before the answer's end."""

    @property
    def bearer(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    @property
    def google_key(self) -> str:
        return self.headers.get("x-goog-api-key") or self.query.get("key", "")


class Route(NamedTuple):
    """One of the service's addresses: whose it is, and what its path says."""

    provider: str
    method: str
    path: re.Pattern

    def named(self, method: str, request: Request) -> dict[str, str] | None:
        """What the path names; None where the request is not for this address."""
        match = self.path.fullmatch(request.path)
        if not match or method != self.method:
            return None
        if self.provider == "azure" and "api-version" not in request.query:
            return None
        if self.provider == "openai" and request.google_key:  # /v1/models is both OpenAI's and Google's
            return None
        return {name: text or "" for name, text in match.groupdict().items()}


_VERSION = r"/(?P<version>v1|v1beta|v1beta1)/"
_PROJECT = r"(?P<project>projects/[^/]+/locations/[^/]+/)?"
_GENERATE = r"/(?P<model>[^/:]+):(generateContent|streamGenerateContent)"
ROUTES = [
    Route(provider, method, re.compile(path))
    for provider, method, path in (
        ("openai", "POST", r"/v1/chat/completions"),
        ("openai", "GET", r"/v1/models"),
        ("azure", "POST", r"/openai/deployments/(?P<model>[^/]+)/chat/completions"),
        ("azure", "GET", r"/openai/models"),
        ("gemini", "POST", rf"{_VERSION}models{_GENERATE}"),
        ("gemini", "GET", rf"{_VERSION}models"),
        ("vertex", "POST", rf"{_VERSION}{_PROJECT}publishers/google/models{_GENERATE}"),
        ("vertex", "GET", rf"{_VERSION}{_PROJECT}publishers/google/models"),
    )
]
