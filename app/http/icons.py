"""The icon that every browser asks every site for."""

from __future__ import annotations

from pathlib import Path

from litestar import Response, get

from app.http.platform import AnyRequest

HERE = Path(__file__).parent
ICON = (HERE / "favicon.ico").read_bytes()
DRAWN = (HERE / "favicon.svg").read_bytes()
KEPT = {"Cache-Control": "public, max-age=86400"}


@get("/favicon.ico", include_in_schema=False, media_type="image/x-icon")
async def icon(request: AnyRequest) -> Response[bytes]:
    """Parley's icon, as old browsers want it."""
    return Response(ICON, media_type="image/x-icon", headers=KEPT)


@get("/favicon.svg", include_in_schema=False, media_type="image/svg+xml")
async def drawn_icon(request: AnyRequest) -> Response[bytes]:
    """Parley's icon at any size."""
    return Response(DRAWN, media_type="image/svg+xml", headers=KEPT)


ROUTES = [icon, drawn_icon]
