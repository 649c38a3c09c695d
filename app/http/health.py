"""Alive, ready, measured."""

from __future__ import annotations

from litestar import MediaType, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import select

from app.errors import NotFound, Unavailable
from app.http.platform import AnyRequest, address_of, is_private, platform_of
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
    trouble = platform_of(request).trouble()
    return f"ready, degraded: {trouble}" if trouble else "ready"


@get("/metrics")
async def metrics(request: AnyRequest) -> Response[bytes]:
    """Figures for Prometheus, for scrapers on this machine or its private network only."""
    if not is_private(address_of(request)):
        raise NotFound("page", "/metrics")
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
