"""Plain pages of somebody else's, on a port and, by the name they are asked for, on a site of their own."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """One page at any address; `localhost` and `127.0.0.1` are two sites to a browser."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.html.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                return

        self.html = ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://{host}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def shop_page(parley_url: str, inbox: str = "demo") -> str:
    """A shop's page with the snippet on it."""
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title><h1>Lamps</h1>
      <script async src="{parley_url}/widget.js?inbox={inbox}" data-inbox="{inbox}"></script></html>"""
