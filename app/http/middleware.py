"""Around every request: an id, a line in the log, and headers that keep browsers careful."""

from __future__ import annotations

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.clock import monotonic, new_id

log = structlog.get_logger("http")
SECRET_PATHS = ("/chat/", "/mail/stop/")
"""What follows is a token from a mail, which no log may hold."""
QUIET_PATHS = ("/health/", "/metrics", "/widget/assets", "/inbox/assets")


class Wrapping(ASGIMiddleware):
    """Adds a request id (kept from a proxy if it looks like one), security headers, and one log line a request."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, *, is_https: bool) -> None:
        self._is_https = is_https

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        began, request_id = monotonic(), new_id()
        status = 0

        async def send_wrapped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableScopeHeaders.from_message(message)
                self._secure(headers, scope["path"])
                headers["X-Request-ID"] = request_id
            await send(message)

        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        await next_app(scope, receive, send_wrapped)
        if not scope["path"].startswith(QUIET_PATHS):
            log.info(
                "request",
                method=scope.get("method"),
                path=_without_token(scope["path"]),
                status=status,
                ms=round((monotonic() - began) * 1000, 1),
            )

    def _secure(self, headers: MutableScopeHeaders, path: str) -> None:
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        if path.startswith("/api/"):
            headers.setdefault("Cache-Control", "no-store")
        if self._is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def _without_token(path: str) -> str:
    return next((f"{start}…" for start in SECRET_PATHS if path.startswith(start)), path)
