"""Codes to statuses, and every way a request can fail to one shape of body."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from litestar import MediaType, Response
from litestar.exceptions import HTTPException, ValidationException

from app.clock import new_id
from app.contract.replies import Refused
from app.contract.values import ErrorCode
from app.database.connection_errors import refusal_for
from app.errors import ParleyError, StorageFull, refusal_of
from app.http.missing_pages import page_of_refusal, wants_page
from app.http.platform import AnyRequest

log = structlog.get_logger("http")

STATUSES: dict[ErrorCode, int] = {
    "invalid": 400,
    "incomplete": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "too_large": 413,
    "rate_limited": 429,
    "internal": 500,
    "unavailable": 503,
}
FULL = 507
"""Insufficient storage: `unavailable`, and it is the disk."""
CODES: dict[int, ErrorCode] = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    413: "too_large",
    429: "rate_limited",
    503: "unavailable",
}

CAREFUL = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""On every refusal, because those of the router never pass the middleware that says so."""


def answer(refused: Refused, status: int | None = None) -> Response[bytes]:
    """A refusal as a response; 429 says when to come back."""
    headers = dict(CAREFUL)
    if refused.retry_seconds:
        headers["Retry-After"] = str(max(1, round(refused.retry_seconds)))
    return Response(
        msgspec.json.encode(refused), status_code=status or STATUSES[refused.code], media_type=MediaType.JSON, headers=headers
    )


def on_parley_error(request: AnyRequest, error: ParleyError) -> Response[bytes]:
    refused = refusal_of(error)
    status = FULL if isinstance(error, StorageFull) else STATUSES[refused.code]
    return _page(request, status, refused) if wants_page(request) else answer(refused, status)


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """The framework's refusals: no route, a body that does not fit, too many bytes."""
    status = error.status_code
    if wants_page(request):
        return _page(request, status)
    code: ErrorCode = CODES.get(status, "internal" if status >= 500 else "invalid")
    return answer(Refused(code=code, detail=_sentence(error), retry_seconds=None, missed=[]), status)


def on_any_error(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Answer an unforeseen error: the caller gets an id to quote, the log gets the rest."""
    if known := refusal_for(error):
        log.error("request refused", path=request.url.path, reason=known.detail, error=str(error)[:300])
        return on_parley_error(request, known)
    id = new_id()
    log.error("request failed", path=request.url.path, error_id=id, exc_info=error)
    detail = f"Something went wrong on our side. It is noted as {id}."
    return (
        _page(request, 500)
        if wants_page(request)
        else answer(Refused(code="internal", detail=detail, retry_seconds=None, missed=[]))
    )


def _page(request: AnyRequest, status: int, refused: Refused | None = None) -> Response[bytes]:
    page = page_of_refusal(request, status)
    if refused and refused.retry_seconds:
        page.headers["Retry-After"] = str(max(1, round(refused.retry_seconds)))
    return page


def _sentence(error: HTTPException) -> str:
    if isinstance(error, ValidationException) and error.extra:
        extra: Any = error.extra
        first = extra[0] if isinstance(extra, list) and extra else extra
        if isinstance(first, dict) and "message" in first:
            return f"{first.get('key', 'The request')}: {first['message']}"[:300]
    return str(error.detail)[:300]
