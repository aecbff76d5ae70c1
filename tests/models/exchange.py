"""One request to the model service and its answer, over HTTP."""

import json
import select
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, unquote, urlsplit

from problems import Problem, status_and_body
from routes import ROUTES, Request
from wire import Answer, ChatCompletions, GenerateContent, packed

PAGE = b"<!DOCTYPE html>\n<html><title>Error</title><p>That is all we know.</html>\n"


class Exchange(BaseHTTPRequestHandler):
    """Answers as the server's `service` says, in the format of the address that was asked."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a piece goes out when it is written

    def do_GET(self) -> None:
        self._exchange()

    def do_POST(self) -> None:
        self._exchange()

    def log_message(self, *args: object) -> None:
        """Says nothing: `requests` tells it all."""

    def _exchange(self) -> None:
        self.service = self.server.service
        self.request_seen, readable = self._request()
        self.service.record(self.request_seen)
        routes = ((route, route.named(self.command, self.request_seen)) for route in ROUTES)
        route, named = next((found for found in routes if found[1] is not None), (None, {}))
        self.provider = route.provider if route else self._likely_provider()
        chat = self.provider in ("openai", "azure")
        self.format = (ChatCompletions if chat else GenerateContent)(self.provider in ("azure", "vertex"))
        self.about = self._about(named)
        try:
            self._answer(self._objection(readable) if route else self._no_path())
        except ConnectionError:
            self.request_seen.hung_up = True
            raise

    def _request(self) -> tuple[Request, bool]:
        """The request, and whether its body is what it should be: a JSON object."""
        url = urlsplit(self.path)
        try:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        except ValueError:
            body = None
        readable = isinstance(body, dict)
        body = body if readable else {}
        streamed = body.get("stream") is True or ":streamGenerateContent" in url.path
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(url.query))
        return Request(unquote(url.path), query, headers, body, streamed, time.monotonic()), readable

    def _likely_provider(self) -> str:
        if self.request_seen.google_key:
            return "gemini"
        return "azure" if self.request_seen.path.startswith("/openai/") else "openai"

    def _about(self, named: dict[str, str]) -> dict[str, object]:
        """What the messages of problems name."""
        request, key = self.request_seen, self._key()
        model = named.get("model") or str(request.body.get("model", ""))
        return {
            "method": self.command,
            "path": request.path,
            "model": model,
            "key": f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}" if len(key) > 12 else "*" * len(key),
            "version": named.get("version") or request.query.get("api-version", ""),
            "resource": f"{named.get('project', '')}publishers/google/models/{model}",
        }

    def _key(self) -> str:
        request = self.request_seen
        return {
            "openai": request.bearer,
            "azure": request.headers.get("api-key") or request.bearer,
            "gemini": request.google_key,
            "vertex": request.google_key or request.bearer,
        }[self.provider]

    def _no_path(self) -> Problem:
        return Problem.web_page(404) if self.provider == "gemini" else Problem("no_path")

    def _objection(self, readable: bool) -> Problem | None:
        """What is wrong with the request itself, whatever the service is set to answer."""
        service, body, key = self.service, self.request_seen.body, self._key()
        if service.key is not None and key != service.key:
            token = self.provider == "vertex" and not self.request_seen.google_key
            return Problem(("wrong_token" if token else "wrong_key") if key else "no_key")
        if self.command == "GET":
            return None
        if not readable or not (body.get("messages") or body.get("contents")):
            return Problem.bad_request()
        if service.models is not None and self.about["model"] not in service.models:
            return Problem.unknown_model()
        sent = body | body.get("generationConfig", {})
        refused = next((name for name in sent if name in service.refused), None)
        self.about |= {"value": sent[refused]} if refused else {}
        return Problem.unsupported(refused) if refused else None

    def _answer(self, objection: Problem | None) -> None:
        if objection:
            self._tell(objection)
        elif self.command == "GET" and self.service.listing:
            self._tell(self.service.listing)
        elif self.command == "GET":
            self._send(200, packed(self.format.models(self.service.models or ["any-model"])))
        else:
            self._do(self.service.next())

    def _do(self, answer: Answer | Problem) -> None:
        problem = answer if isinstance(answer, Problem) else None
        if problem and (problem.after_pieces is None or not self.request_seen.streamed):
            return self._tell(problem)
        if problem:
            return self._stream(Answer(), problem)
        self._wait(answer.delay)
        if answer.busy:
            return self._keep_busy(answer.busy)
        if answer.blocked and isinstance(self.format, ChatCompletions):
            return self._tell(Problem("blocked"))
        return self._stream(answer) if self.request_seen.streamed else self._whole(answer)

    def _keep_busy(self, seconds: float) -> None:
        self._begin_stream()
        comments = self.request_seen.streamed and isinstance(self.format, ChatCompletions)
        while True:
            self._chunk(b": still busy\n\n" if comments else b"\r\n")
            self._wait(seconds)

    def _whole(self, answer: Answer) -> None:
        body = packed(self.format.whole(answer, self.about["model"]))
        if answer.malformed:
            self._send(200, body[: len(body) // 2])
        elif answer.cut_after is not None:
            self._send(200, body, kept=len(body) // 2)
        else:
            self.request_seen.sent.append(time.monotonic())
            self._send(200, body)

    def _stream(self, answer: Answer, problem: Problem | None = None) -> None:
        """The events of an answer, up to the piece where it breaks or where a problem comes up."""
        stop = problem.after_pieces if problem else answer.cut_after
        stop = 0 if stop is None and answer.malformed else stop
        options = self.request_seen.body.get("stream_options") or {}
        self._begin_stream()
        pieces = 0
        for event in self.format.events(answer, self.about["model"], bool(options.get("include_usage"))):
            if pieces == stop and (pieces or event.piece):
                break
            if event.piece and pieces:
                self._wait(answer.pause)
            if event.piece:  # noted before it goes out: whoever has received it finds it there
                pieces += 1
                self.request_seen.sent.append(time.monotonic())
            self._chunk(self.format.frame(event.data))
        if problem:
            self._chunk(self.format.frame(packed(status_and_body(problem, self.provider, self.about)[1])))
        elif answer.malformed:
            self._chunk(self.format.frame(b'{"choices": [{"delta"'))
        if answer.cut_after is not None and not answer.malformed:
            self.close_connection = True  # without the empty chunk that ends a body
        else:
            self._chunk(b"")

    def _begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _tell(self, problem: Problem) -> None:
        if problem.kind == "redirect":
            return self._send(problem.status, b"", Location=f"{problem.message}{self.path}")
        if problem.kind == "web_page":
            return self._send(problem.status, PAGE, **{"Content-Type": "text/html; charset=utf-8"})
        if problem.kind == "raw":
            return self._send(problem.status, problem.message.encode())
        status, body = status_and_body(problem, self.provider, self.about)
        after = problem.after if isinstance(self.format, ChatCompletions) else None
        headers = {} if after is None else {"Retry-After": f"{after:g}"}
        self._send(status, packed(body), **headers | problem.headers)

    def _send(self, status: int, body: bytes, kept: int | None = None, **headers: str) -> None:
        """A whole response, or one whose connection is lost after `kept` bytes of the body."""
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:kept])
        self.close_connection = self.close_connection or kept is not None

    def _wait(self, seconds: float) -> None:
        """Waits, but not for a client that has gone."""
        if seconds and select.select([self.connection], [], [], seconds)[0]:
            raise ConnectionResetError("the client hung up")
