"""A model service on this machine that speaks the wire formats of OpenAI, Azure, AI Studio and Vertex AI.

`python service.py PORT` serves the default answer until it is stopped, for trying the app by hand.
"""

import socket
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from http.server import ThreadingHTTPServer

import pytest
from exchange import Exchange
from problems import Problem
from routes import Request
from wire import Answer

__all__ = ["KEY", "Answer", "Problem", "Request", "Service", "service"]

KEY = "test-key"


class Service:
    """The service while its `with` block runs: `answers` sets what it does, `requests` what it was asked.

    `key` is the key it takes (None: any or none), `models` the models or deployments it has (None: all),
    `refused` the parameters that its models do not take, whatever they are set to answer.
    """

    def __init__(self, port: int = 0) -> None:
        self.key: str | None = KEY
        self.models: list[str] | None = None
        self.refused: set[str] = set()
        self.listing: Problem | None = None
        """What goes wrong when it is asked for its models."""
        self.requests: list[Request] = []
        self.connections = 0
        """How often something connected, whether it asked or not."""
        self._queue: deque[Answer | Problem] = deque([Answer()])
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), self)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.002,))

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

    def next(self) -> Answer | Problem:
        with self._lock:
            return self._queue.popleft() if len(self._queue) > 1 else self._queue[0]

    def record(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for the requests under way, so that nothing outlives a test
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        self.service = service
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, Exchange)

    def process_request(self, request: socket.socket, client_address: object) -> None:
        with self._open_lock:
            self._open.add(request)
            self.service.connections += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._open_lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that ends early is no error of the service."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as running:
        yield running


if __name__ == "__main__":
    with Service(int(sys.argv[1])) as running, suppress(KeyboardInterrupt):
        sys.stdout.write(f"{running.url}\n")
        sys.stdout.flush()
        threading.Event().wait()
