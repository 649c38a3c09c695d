"""Alive, ready, measured."""

from __future__ import annotations

import hmac

from litestar import MediaType, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import select

from app.errors import NotFound, Unavailable
from app.http.platform import AnyRequest, caller_of_request, platform_of
from models import Status


@get("/health/live", media_type=MediaType.TEXT)
async def live() -> str:
    """The process answers."""
    return "ok"


@get("/health/ready", media_type=MediaType.TEXT)
async def ready(request: AnyRequest) -> str:
    """The database answers and is migrated, and this node is not draining. Trouble that chat outlives is named after
    the word and changes no status: `ready, degraded: ...`."""
    if request.app.state.is_draining:
        raise Unavailable("This node is about to stop.")
    try:
        async with platform_of(request).works.read() as rows:
            await rows.all(select(Status.key).limit(1))
    except Exception as error:
        raise Unavailable("The database does not answer.") from error
    caller = caller_of_request(request)
    troubles = [platform_of(request).trouble()]
    if caller.has_unknown_proxy:
        troubles.append(f"the proxy at {caller.peer} is not in PARLEY_TRUSTED_PROXIES, so all its clients share one limit")
    said = "; ".join(trouble for trouble in troubles if trouble)
    return f"ready, degraded: {said}" if said else "ready"


@get("/metrics")
async def metrics(request: AnyRequest) -> Response[bytes]:
    """Figures for Prometheus: for who bears PARLEY_METRICS_TOKEN, or, without one, for scrapers on this machine or its
    private network. What a proxy passed on may come from anywhere, so it needs the token."""
    token, caller = platform_of(request).settings.metrics_token, caller_of_request(request)
    if token:
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode()):
            raise NotFound("page", "/metrics")
    elif caller.is_forwarded or not caller.is_private:
        raise NotFound("page", "/metrics")
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


ROUTES = [live, ready, metrics]
