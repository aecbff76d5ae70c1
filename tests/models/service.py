"""A model service on this machine that speaks the wire formats of OpenAI, Azure, AI Studio and Vertex AI.

`python service.py PORT` serves the default answer until it is stopped, for trying the app by hand.
"""

import json
import re
import select
import socket
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from problems import Problem, status_and_body
from wire import Answer, ChatCompletions, GenerateContent, packed

KEY = "test-key"
PAGE = b"<!DOCTYPE html>\n<html><title>Error</title><p>That is all we know.</html>\n"


@dataclass
class Request:
    """One request as it arrived. `sent` has the times at which pieces of its answer were flushed."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict
    streamed: bool
    seconds: float
    sent: list[float] = field(default_factory=list)
    hung_up: bool = False
    """The client closed the connection before the answer's end."""


class Route(NamedTuple):
    """One of the service's addresses: whose it is, and what its path says."""

    provider: str
    method: str
    path: re.Pattern

    @property
    def format(self) -> ChatCompletions | GenerateContent:
        kind = ChatCompletions if self.provider in ("openai", "azure") else GenerateContent
        return kind(self.provider in ("azure", "vertex"))


_GOOGLE = r"(?P<version>v1|v1beta|v1beta1)/"
_GENERATE = r":(?P<call>generateContent|streamGenerateContent)"
_PROJECT = r"(?P<project>projects/[^/]+/locations/[^/]+/)?"
ROUTES = [
    Route(provider, method, re.compile(path))
    for provider, method, path in (
        ("openai", "POST", r"/v1/chat/completions"),
        ("openai", "GET", r"/v1/models"),
        ("azure", "POST", r"/openai/deployments/(?P<model>[^/]+)/chat/completions"),
        ("azure", "GET", r"/openai/models"),
        ("gemini", "POST", rf"/{_GOOGLE}models/(?P<model>[^/:]+){_GENERATE}"),
        ("gemini", "GET", rf"/{_GOOGLE}models"),
        ("vertex", "POST", rf"/{_GOOGLE}{_PROJECT}publishers/google/models/(?P<model>[^/:]+){_GENERATE}"),
        ("vertex", "GET", rf"/{_GOOGLE}{_PROJECT}publishers/google/models"),
    )
]


class Service:
    """The service: `answers` says what it does next, `requests` what it was asked.

    `key` is the key it takes (None: any, or none), `models` the names or deployments it knows (None:
    all), `refused` the parameters that its models do not take.
    """

    def __init__(self, port: int = 0) -> None:
        self.key: str | None = KEY
        self.models: list[str] | None = None
        self.refused: frozenset[str] = frozenset()
        self.requests: list[Request] = []
        self._queue: deque[Answer | Problem] = deque([Answer()])
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> "Service":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends every connection at once; from then on, connecting is refused."""
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    def answers(self, *answers: Answer | Problem) -> None:
        """What the service does on the requests to come, one after the other; the last again and again."""
        with self._lock:
            self._queue = deque(answers or [Answer()])

    def record(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)

    def next(self) -> Answer | Problem:
        with self._lock:
            return self._queue.popleft() if len(self._queue) > 1 else self._queue[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for the handlers, so that nothing outlives a test

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        self.service = service
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: socket.socket, client_address: object) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error of the service."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._exchange()

    def do_POST(self) -> None:
        self._exchange()

    def log_message(self, *args: object) -> None:
        """Nothing: tests read `requests`."""

    def _exchange(self) -> None:
        request, readable = self._request()
        self.server.service.record(request)
        found = self._route(request)
        if found is None:
            return self._no_path(request)
        route, named = found
        self.route, self.request_seen = route, request
        self.about = self._about(request, named)
        try:
            problem = self._objection(request, readable)
            if problem:
                self._tell(problem)
            elif self.command == "GET":
                self._send(200, packed(route.format.models(self.server.service.models or ["any-model"])))
            else:
                self._do(self.server.service.next())
        except ConnectionError:
            request.hung_up = True
            raise

    def _request(self) -> tuple[Request, bool]:
        """The request, and whether its body is what it should be: a JSON object."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            body = None
        readable = isinstance(body, dict)
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = body if readable else {}
        streamed = body.get("stream") is True or ":streamGenerateContent" in url.path
        query = dict(parse_qsl(url.query))
        return Request(unquote(url.path), query, headers, body, streamed, time.monotonic()), readable

    def _route(self, request: Request) -> tuple[Route, dict] | None:
        google = "x-goog-api-key" in request.headers
        for route in ROUTES:
            match = route.path.fullmatch(request.path)
            if not match or route.method != self.command or (google and route.provider == "openai"):
                continue
            if route.provider == "azure" and "api-version" not in request.query:
                continue
            return route, {name: text or "" for name, text in match.groupdict().items()}
        return None

    def _about(self, request: Request, named: dict) -> dict:
        model = named.get("model") or str(request.body.get("model", ""))
        key = self._key(request)
        return {
            "method": self.command,
            "path": request.path,
            "model": model,
            "key": f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}" if len(key) > 12 else "*" * len(key),
            "version": named.get("version") or request.query.get("api-version", ""),
            "resource": f"{named.get('project', '')}publishers/google/models/{model}",
        }

    def _key(self, request: Request) -> str:
        headers = request.headers
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        return {
            "openai": bearer,
            "azure": headers.get("api-key") or bearer,
            "gemini": headers.get("x-goog-api-key") or request.query.get("key", ""),
            "vertex": headers.get("x-goog-api-key") or bearer,
        }[self.route.provider]

    def _objection(self, request: Request, readable: bool) -> Problem | None:
        """What is wrong with the request itself, whatever the service is set to answer."""
        service, body = self.server.service, request.body
        key = self._key(request)
        if service.key is not None and key != service.key:
            token = self.route.provider == "vertex" and "authorization" in request.headers
            return Problem("wrong_token" if token else "wrong_key") if key else Problem("no_key")
        if self.command == "GET":
            return None
        if not readable or not (body.get("messages") or body.get("contents")):
            return Problem.bad_request()
        if service.models is not None and self.about["model"] not in service.models:
            return Problem.unknown_model()
        sent = body.keys() | body.get("generationConfig", {}).keys()
        return next((Problem.unsupported(name) for name in sorted(service.refused & sent)), None)

    def _do(self, answer: Answer | Problem) -> None:
        if isinstance(answer, Problem):
            if answer.after_pieces is None or not self.request_seen.streamed:
                return self._tell(answer)
            return self._stream(Answer(), answer)
        self._wait(answer.delay)
        if answer.blocked and isinstance(self.route.format, ChatCompletions):
            return self._tell(Problem("blocked"))
        if self.request_seen.streamed:
            return self._stream(answer)
        body = packed(self.route.format.whole(answer, self.about["model"]))
        if answer.malformed:
            body = body[: len(body) // 2]
        kept = len(body) // 2 if answer.cut_after is not None and not answer.malformed else len(body)
        self._send(200, body, kept=kept)
        if kept == len(body):
            self.request_seen.sent.append(time.monotonic())

    def _stream(self, answer: Answer, problem: Problem | None = None) -> None:
        format = self.route.format
        options = self.request_seen.body.get("stream_options") or {}
        stop = problem.after_pieces if problem else 0 if answer.malformed else None
        stop = answer.cut_after if answer.cut_after is not None else stop
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pieces = 0
        for event in format.events(answer, self.about["model"], bool(options.get("include_usage"))):
            if event.piece and pieces == stop:
                break
            if event.piece and pieces:
                self._wait(answer.pause)
            self._chunk(event.data)
            if event.piece:
                pieces += 1
                self.request_seen.sent.append(time.monotonic())
        else:
            if stop is None:
                self._chunk(b"")
                return
        if problem:
            _, body = status_and_body(problem, self.route.provider, self.about)
            self._chunk(format.event(body))
            self._chunk(b"")
        elif answer.malformed:
            self._chunk(b'data: {"choices": [{"delta"\r\n\r\n')
            self._chunk(b"")
        else:
            self.close_connection = True

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _tell(self, problem: Problem) -> None:
        if problem.kind == "redirect":
            return self._send(problem.status, b"", headers={"Location": f"{problem.message}{self.path}"})
        if problem.kind == "web_page":
            return self._send(problem.status, PAGE, "text/html; charset=utf-8")
        status, body = status_and_body(problem, self.route.provider, self.about)
        headers = dict(problem.headers)
        if problem.after is not None and self.route.provider in ("openai", "azure"):
            headers["Retry-After"] = f"{problem.after:g}"
        self._send(status, packed(body), headers=headers)

    def _no_path(self, request: Request) -> None:
        if "x-goog-api-key" in request.headers:
            return self._send(404, PAGE, "text/html; charset=utf-8")
        about = {"method": self.command, "path": request.path}
        azure = request.path.startswith("/openai/")
        status, body = status_and_body(Problem("no_path"), "azure" if azure else "openai", about)
        self._send(status, packed(body))

    def _send(
        self, status: int, body: bytes, type: str = "application/json", headers: dict | None = None,
        kept: int | None = None,
    ) -> None:  # fmt: skip
        """A whole response, or its first `kept` bytes before the connection is lost."""
        self.send_response(status)
        for name, value in {"Content-Type": type, "Content-Length": len(body), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body[:kept])
        self.close_connection = self.close_connection or (kept is not None and kept < len(body))

    def _wait(self, seconds: float) -> None:
        """Waits as long as the client does."""
        if seconds and select.select([self.connection], [], [], seconds)[0]:
            raise ConnectionResetError("the client hung up")


@pytest.fixture
def service():
    with Service() as running:
        yield running


if __name__ == "__main__":
    with Service(int(sys.argv[1])) as running:
        print(running.url, flush=True)
        threading.Event().wait()
