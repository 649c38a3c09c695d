"""Sites that a widget's script was seen on, so that an admin can check that it is where it should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

from msgspec import Struct
from sqlalchemy import delete, select, update

from app.clock import new_id
from app.contract.inboxes import InboxSightings, InboxSightingView
from app.contract.values import SightingOutcome
from app.errors import NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.work import Rows, Work
from models import Inbox, InboxSighting

MAX_SITES = 20
"""Sites kept of one key."""
MAX_UNKNOWN = 50
"""Rows kept of keys that no inbox has."""
MAX_SHOWN = 5
MAX_PAGE = 2000
MAX_ORIGIN = 300


class Sighting(Struct, frozen=True, kw_only=True):
    """A page whose script asked for an inbox by this key."""

    key: str
    origin: str
    page: str
    outcome: SightingOutcome
    inbox_id: str | None

    @property
    def is_site_only(self) -> bool:
        """Return whether the address names only the site, which is often all a script is told."""
        parts = urlsplit(self.page)
        return parts.path in ("", "/") and not parts.query


def sighting_of(key: str, inbox: Inbox | None, page: str, own_host: str) -> Sighting | None:
    """Return what is to be noted of a page, or None for an address that is no page, and for the settings' own preview.
    Pages of our own host are always allowed."""
    origin = origin_of(page)
    is_own = origin is not None and origin.partition("://")[2] == own_host
    if origin is None or (is_own and urlsplit(page).path.startswith("/inbox")):
        return None
    outcome: SightingOutcome = "unknown_key"
    if inbox is not None:
        outcome = "ok" if is_own or is_allowed_site(inbox.allowed_origins, origin) else "blocked"
    return Sighting(key=key, origin=origin, page=page[:MAX_PAGE], outcome=outcome, inbox_id=inbox.id if inbox else None)


def origin_of(page: str) -> str | None:
    """Return scheme and host of a web page's address, as browsers write them, or None."""
    try:
        parts = urlsplit(page)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or not page.isprintable():
        return None
    name = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{name}" + (f":{port}" if port not in (None, 80 if parts.scheme == "http" else 443) else "")
    return origin if len(origin) <= MAX_ORIGIN else None


def is_allowed_site(allowed: Sequence[str], origin: str) -> bool:
    """Return whether the sites an inbox allows hold this origin; none listed allow all. `https://*.example.com` stands for
    every host below example.com, and a site without a port for its usual one, as in a browser's frame-ancestors.
    """
    return not allowed or any(_holds(str(site).lower(), origin) for site in allowed)


async def record_sighting(work: Work, seen: Sighting) -> None:
    """Note a site: one row for a key and a site. The oldest rows go when there are too many."""
    values = {"inbox_id": seen.inbox_id, "outcome": seen.outcome, "seen_at": work.now}
    if not seen.is_site_only:  # else what is known of the page stays
        values["page"] = seen.page
    named = (InboxSighting.key == seen.key, InboxSighting.origin == seen.origin)
    if await work.change(update(InboxSighting).where(*named).values(**values)):
        return
    await work.add_unless_there(InboxSighting(id=new_id(), key=seen.key, origin=seen.origin, **(values | {"page": seen.page})))
    bounded = InboxSighting.inbox_id.is_(None) if seen.inbox_id is None else InboxSighting.key == seen.key
    most = MAX_UNKNOWN if seen.inbox_id is None else MAX_SITES
    old = await work.all(select(InboxSighting.id).where(bounded).order_by(InboxSighting.seen_at.desc()).offset(most).limit(100))
    if old:
        await work.change(delete(InboxSighting).where(InboxSighting.id.in_(old)))


async def list_sightings(rows: Rows, agent: SignedInAgent, inbox_id: str) -> InboxSightings:
    """Where the inbox's script was seen, latest first, and script tags that name a key no inbox has. Raises NotFound."""
    require(Permission.SET_INBOXES, agent)
    key = await rows.one(select(Inbox.key).where(Inbox.id == inbox_id))
    if key is None:
        raise NotFound("inbox", inbox_id)
    latest = select(InboxSighting).order_by(InboxSighting.seen_at.desc()).limit(MAX_SHOWN)
    seen = await rows.all(latest.where(InboxSighting.key == key))
    unknown = await rows.all(latest.where(InboxSighting.inbox_id.is_(None), InboxSighting.key != key))
    return InboxSightings(sightings=[_view(one) for one in seen], unknown=[_view(one) for one in unknown])


def _holds(site: str, origin: str) -> bool:
    scheme, _, rest = site.partition("://*.")
    if rest:
        return origin.startswith(f"{scheme}://") and origin.endswith(f".{rest}")
    return origin_of(site) == origin


def _view(seen: InboxSighting) -> InboxSightingView:
    return InboxSightingView(
        key=seen.key,
        origin=seen.origin,
        page=seen.page,
        outcome=cast(SightingOutcome, seen.outcome),
        seen_at=seen.seen_at,
    )
