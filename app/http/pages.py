"""Pages: the widget's loader and frame, the inbox, and in the demo a shop."""

from __future__ import annotations

import re
from pathlib import Path

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy import select

from app.errors import NotFound
from app.http.assets import Assets
from app.http.hosts import named_host
from app.http.loader import KEY, MAX_KEY, blocked_site, console_error, looks_of, unknown_key
from app.http.platform import AnyRequest, platform_of
from app.visiting.sightings import sighting_of
from models import Inbox

FRAME_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self' {socket}; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
INBOX_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
    "connect-src 'self' {socket}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DEMO_CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.\w+$")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.*_-]+(:\d{1,5})?")


def page_routes(widget: Path, inbox: Path, shop: Path | None) -> list[HTTPRouteHandler]:
    """Routes over the built front ends; `shop` is the demo's page, if there is one."""
    widget_assets, inbox_assets = Assets(widget), Assets(inbox)

    @get("/widget.js")
    async def loader(request: AnyRequest, inbox: FromQuery[str] = "") -> Response[bytes]:
        """The one script of a host page. Asked for with an inbox that shows its visitors, it brings one more later."""
        return await _loaded(request, widget_assets, inbox)

    @get("/widget/frame")
    async def frame(request: AnyRequest, inbox: FromQuery[str] = "") -> Response[bytes]:
        """The panel. Only the inbox's allowed sites may frame it; without such an inbox it says so."""
        return await _framed(request, widget_assets, "frame.html", inbox)

    @get("/widget/page")
    async def own_page(request: AnyRequest, inbox: FromQuery[str] = "") -> Response[bytes]:
        """The panel as a page of its own, where links in mails lead. Nobody may frame it, and it names itself to nobody."""
        if await _find_inbox(request, inbox) is None:
            raise NotFound("inbox", inbox)
        policy = FRAME_CSP.format(ancestors="'none'", socket=named_host(request, "ws", "wss"))
        headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
        return widget_assets.respond(request, "frame.html", is_immutable=False, headers=headers)

    @get("/widget/{path:path}")
    async def widget_file(request: AnyRequest, path: FromPath[str]) -> Response[bytes]:
        """Serve a file of the widget's panel."""
        name = str(path).lstrip("/")
        return widget_assets.respond(request, name, is_immutable=_HASHED.search(name) is not None)

    @get(["/inbox", "/inbox/{path:path}"])
    async def inbox_page(request: AnyRequest, path: FromPath[str] = "") -> Response[bytes]:
        """The agents' application: its files, and its one page for every address below /inbox."""
        name = str(path).lstrip("/")
        headers = {"Content-Security-Policy": INBOX_CSP.format(socket=named_host(request, "ws", "wss"))}
        if name and inbox_assets.find(name):
            return inbox_assets.respond(request, name, is_immutable=_HASHED.search(name) is not None, headers=headers)
        if name.startswith("assets/"):
            raise NotFound("page", name)
        return inbox_assets.respond(request, "index.html", is_immutable=False, headers=headers)

    @get("/")
    async def front_door() -> Redirect:
        """Agents are most of those who come here."""
        return Redirect("/inbox")

    routes: list[HTTPRouteHandler] = [loader, frame, own_page, *_near_routes(widget_assets), widget_file, inbox_page, front_door]
    if shop is not None:
        shop_assets = Assets(shop.parent)

        @get("/demo")
        async def demo(request: AnyRequest) -> Response[bytes]:
            """A shop with the widget on it."""
            return shop_assets.respond(request, shop.name, is_immutable=False, headers={"Content-Security-Policy": DEMO_CSP})

        routes.append(demo)
    return routes


def _near_routes(widget: Assets) -> list[HTTPRouteHandler]:
    """Return the extra routes of an inbox that shows its visitors."""

    @get("/widget/near.js")
    async def near_script(request: AnyRequest) -> Response[bytes]:
        """Serve the script that reports, on the host page, where the visitor is."""
        return widget.respond(request, "near.js", is_immutable=False, headers=SHARED)

    @get("/widget/near")
    async def near_frame(request: AnyRequest, inbox: FromQuery[str] = "") -> Response[bytes]:
        """The small frame that knows who the visitor is. Only the inbox's allowed sites may frame it."""
        return await _framed(request, widget, "near.html", inbox)

    return [near_script, near_frame]


async def _loaded(request: AnyRequest, widget: Assets, key: str) -> Response[bytes]:
    """The loader of an inbox, as the inbox looks. Where it cannot work the console of the page says why."""
    if not key:
        return widget.respond(request, "embed.js", is_immutable=False, headers=SHARED)
    found = await _find_inbox(request, key)
    seen = sighting_of(key[:MAX_KEY], found, request.headers.get("referer", ""), request.headers.get("host", ""))
    if found is not None or KEY.fullmatch(key):
        platform_of(request).sightings.note(seen)
    if found is None:
        return widget.respond_around(
            request, "embed.js", console_error(unknown_key(key[:MAX_KEY])), b"", is_kept=False, headers=SHARED
        )
    if seen is not None and seen.outcome == "blocked":
        said = console_error(blocked_site(found.name, seen.origin))
        return Response(said, headers=SHARED | {"Cache-Control": "no-store"}, media_type="text/javascript")
    name = "embed-near.js" if found.shows_visitors else "embed.js"
    return widget.respond_around(request, name, *looks_of(found), is_kept=True, headers=SHARED)


async def _framed(request: AnyRequest, widget: Assets, page: str, key: str) -> Response[bytes]:
    found = await _find_inbox(request, key)
    if found is None and (page != "frame.html" or not KEY.fullmatch(key)):
        raise NotFound("inbox", key)
    allowed = found.allowed_origins if found is not None else []
    origins = [origin for origin in allowed if _ORIGIN.fullmatch(str(origin))]
    ancestors = " ".join(["'self'", *origins]) if allowed else "*"
    headers = {"Content-Security-Policy": FRAME_CSP.format(ancestors=ancestors, socket=named_host(request, "ws", "wss"))}
    return widget.respond(request, page, is_immutable=False, headers=headers)


async def _find_inbox(request: AnyRequest, key: str) -> Inbox | None:
    async with platform_of(request).works.read() as rows:
        return await rows.one(select(Inbox).where(Inbox.key == key))
