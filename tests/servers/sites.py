"""A web server on a loopback address that answers what a test says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

SILENCE = b""
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello"


class Site:
    """A web server on one loopback address, and the requests that reached it."""

    def __init__(self, host: str, port: int, answers: dict[str, bytes]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.is_over = Event()
        site = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.headers["Host"])
                answer = site.answers.get(self.path, PAGE)
                self.close_connection = True
                self.wfile.write(answer)
                if answer == SILENCE:
                    site.is_over.wait(60)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer((host, port), Page)
        self.port = self.server.server_address[1]


@contextmanager
def site(host: str = "127.0.0.1", port: int = 0, **answers: bytes) -> Iterator[Site]:
    found = Site(host, port, {f"/{path}": answer for path, answer in answers.items()})
    thread = Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        found.is_over.set()
        found.server.shutdown()
        found.server.server_close()
        thread.join()
