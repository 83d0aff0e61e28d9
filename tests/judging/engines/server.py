"""A server of the OpenAI API on the loopback interface that misbehaves as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behave = Callable[["Handler", int, dict[str, Any]], None]


class FakeServer(ThreadingHTTPServer):
    """`behave(handler, number of the call, body)` answers every call; `seen` keeps what was asked."""

    request_queue_size = 128
    daemon_threads = False  # closing the server waits for every connection, so a leaked one is noticed

    def __init__(self, behave: Behave) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behave = behave
        self.seen: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.now = 0
        self.most_at_once = 0
        self.lock = threading.Lock()
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that went away are part of the test."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: FakeServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            number = len(self.server.seen)
            self.server.seen.append((self.path, body, dict(self.headers)))
            self.server.now += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.now)
        try:
            self.server.behave(self, number, body)
        finally:
            with self.server.lock:
                self.server.now -= 1

    def answer(self, status: int, body: object, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data))}.items() | headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def serving(behave: Behave) -> Iterator[FakeServer]:
    server = FakeServer(behave)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def chat(text: str, finish: str = "stop") -> dict[str, Any]:
    """The body of a good reply."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return {"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": len(text)}}


def good(handler: Handler, number: int, body: dict[str, Any]) -> None:
    handler.answer(200, chat('{"reason": "Nothing is untrue.", "verdict": "clean"}'))


def busy(handler: Handler, number: int, body: dict[str, Any]) -> None:
    handler.answer(429, {"error": {"message": "Slow down."}}, Retry_After="0")


def failing(handler: Handler, number: int, body: dict[str, Any]) -> None:
    handler.answer(500, {"error": {"message": "Out of memory."}})


def half(handler: Handler, number: int, body: dict[str, Any]) -> None:
    data = json.dumps(chat('{"reason": "x", "verdict": "clean"}')).encode()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data[: len(data) // 2])
    handler.close_connection = True


def silent(handler: Handler, number: int, body: dict[str, Any]) -> None:
    """Never answers."""
    handler.server.released.wait()
    handler.close_connection = True


def closing(handler: Handler, number: int, body: dict[str, Any]) -> None:
    """Says nothing and closes the connection."""
    handler.close_connection = True


def cut(handler: Handler, number: int, body: dict[str, Any]) -> None:
    handler.answer(200, chat('{"reason": "The answer says that', "length"))
