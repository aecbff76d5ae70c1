"""What both SDKs' HTTP clients have in common: where a request may go, and how long all of it may take."""

import time
from collections.abc import Iterator

import httpx2

from patientsim_core.errors import InputError
from patientsim_core.models.chat import host_of

CONNECT_SECONDS = 10.0
_LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=512)
"""How many ask at once is for callers to bound; every connection that they need so is kept open for the next
request. Idle ones close after 5 s, as servers themselves close them."""


def http_arguments(address: str) -> dict[str, object]:
    """Arguments of an HTTP client. An empty `address` is the service's own.

    No redirects: a request goes to the address that was checked, nowhere else. Nor does a plain one to a
    server of one's own pass through a proxy.
    """
    try:
        httpx2.URL(address)
    except httpx2.InvalidURL:
        raise InputError(f"{host_of(address)}: is not an address that can be asked.") from None
    return {
        "follow_redirects": False,
        "limits": _LIMITS,
        "trust_env": not address.startswith("http://"),
        "event_hooks": {"request": [_begin], "response": [_bound]},
    }


def _begin(request: httpx2.Request) -> None:
    timeout = request.extensions["timeout"]
    timeout["connect"] = min(CONNECT_SECONDS, timeout["connect"] or CONNECT_SECONDS)
    request.extensions["deadline"] = time.monotonic() + (timeout["read"] or float("inf"))


def _bound(response: httpx2.Response) -> None:
    response.stream = _Bounded(response.stream, response.request.extensions["deadline"])


class _Bounded(httpx2.SyncByteStream):
    """The bytes of a response until the deadline. The timeout of a read begins anew with every sign of life
    (comments, blanks), so that it alone would never end a response that says nothing."""

    def __init__(self, stream: httpx2.SyncByteStream, deadline: float):
        self._stream, self._deadline = stream, deadline

    def __iter__(self) -> Iterator[bytes]:
        for data in self._stream:
            yield data
            if time.monotonic() > self._deadline:
                raise httpx2.ReadTimeout("the whole response took too long")

    def close(self) -> None:
        self._stream.close()
