"""The host a page was asked from, named for its content security policy."""

from __future__ import annotations

import re

from app.http.platform import AnyRequest

_HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]{1,255}")


def named_host(request: AnyRequest, *schemes: str) -> str:
    """Return this host with each scheme: `'self'` covers no websockets in some browsers, and nothing in a sandboxed WebKit."""
    host = request.headers.get("host", "")
    return " ".join(f"{scheme}://{host}" for scheme in schemes) if _HOST.fullmatch(host) else ""
