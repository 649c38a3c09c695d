"""Answers above a kilobyte travel compressed: JSON, pages and other text, whatever handler made them."""

from __future__ import annotations

import gzip

import brotli
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

SMALLEST = 1024
BROTLI_QUALITY = 4
GZIP_LEVEL = 5
"""An answer of 130 kB takes a millisecond or two, on the event loop: higher levels cost more than they save."""
TEXT = ("application/json", "application/vnd.oai.openapi", "application/xml", "image/svg+xml", "text/")


class Compressing(ASGIMiddleware):
    """Compresses what is sent in one piece and is text. What a handler compressed already, and what it streams, stays as it is:
    Litestar's own middleware would compress both, and pictures too."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        encoding = _chosen(Headers.from_scope(scope).get("accept-encoding", ""))
        start: HTTPResponseStartEvent | None = None

        async def send_compressed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is None or message["type"] != "http.response.body":
                await send(message)
                return
            headers, first = MutableScopeHeaders.from_message(start), start
            start = None
            if not message.get("more_body", False) and len(message.get("body", b"")) >= SMALLEST and _is_plain_text(headers):
                headers.extend_header_value("Vary", "Accept-Encoding")
                if encoding is not None:
                    message["body"] = _compressed(message["body"], encoding)
                    headers["Content-Encoding"], headers["Content-Length"] = encoding, str(len(message["body"]))
            await send(first)
            await send(message)

        await next_app(scope, receive, send_compressed)


def _chosen(accepted: str) -> str | None:
    """Return the best encoding the client takes, or None."""
    weights = dict[str, bool]()
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        weights[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ("br", "gzip") if weights.get(name)), None)


def _is_plain_text(headers: MutableScopeHeaders) -> bool:
    return "content-encoding" not in headers and headers.get("content-type", "").startswith(TEXT)


def _compressed(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return brotli.compress(body, quality=BROTLI_QUALITY)
    return gzip.compress(body, GZIP_LEVEL, mtime=0)
