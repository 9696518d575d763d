"""A real HTTP server on the loopback that keeps what it got."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A real HTTP server on the loopback that keeps what it got.

    Attributes:
        answers: Status and headers of the next answers; 200 when they are used up.
        reason: What it says beside the status; the usual words if empty.
        judge: Says instead, of a body, with which status it is answered.
    """

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    reason: str = ""
    judge: Callable[[bytes], int] | None = None

    def got(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]


@contextmanager
def receiving() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # its sender was killed meanwhile
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            kept.requests.append(Request(self.command, self.path, headers, body))
            status, answer = kept.answers.pop(0) if kept.answers else (200, {})
            if kept.judge:
                status = kept.judge(body)
            self.send_response(status, kept.reason or None)
            for name, value in {**answer, "content-length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        do_PUT = do_GET = do_POST  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()
