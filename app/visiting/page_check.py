"""A look at a page of the customer's site: does its HTML carry the snippet, and may browsers load it?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from urllib.parse import urlsplit

from sqlalchemy import select

from app.contract.inboxes import PageCheckIs
from app.contract.values import PageOutcome
from app.egress import Egress, Fetched, Unreachable
from app.errors import NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.work import Works
from models import Inbox

MAX_TAGS = 500
_SCRIPT = re.compile(r"<script\b([^<>]{0,2000})>", re.IGNORECASE)
_META = re.compile(r"<meta\b([^<>]{0,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z-]{1,40})\s{0,5}=\s{0,5}(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'>]{1,2000}))""", re.IGNORECASE
)
_IN_CODE = re.compile(r"/widget\.js\?inbox=([\w-]{1,100})")


async def check_page(works: Works, egress: Egress, agent: SignedInAgent, inbox_id: str, url: str, public_url: str) -> PageCheckIs:
    """Fetch a page and say what became of the inbox's snippet there. Raises NotFound for an inbox that does not exist."""
    require(Permission.SET_INBOXES, agent)
    async with works.read() as rows:
        key = await rows.one(select(Inbox.key).where(Inbox.id == inbox_id))
    if key is None:
        raise NotFound("inbox", inbox_id)
    try:
        page = await egress.get(url)
    except Unreachable as error:
        return _is(url, "private_address" if error.reason == "private" else "unreachable")
    if page.status >= 400:
        return _is(page.url, "unreachable")
    html = page.body.decode("utf-8", "replace")
    keys = keys_in(html)
    if key not in keys:
        return _is(page.url, "other_key" if keys else "not_found", next(iter(keys), ""))
    policies = [*page.all("content-security-policy"), *_policies_in(html)]
    blocked = not all(_lets_load(policy, page, public_url) for policy in policies)
    return _is(page.url, "blocked_by_csp" if blocked else "found", key)


def keys_in(html: str) -> list[str]:
    """Return the inboxes that snippets in a page name, each once: of script tags, and of code that makes one."""
    tags = (_attributes(tag) for tag in _SCRIPT.findall(html)[:MAX_TAGS])
    named = [tag["data-inbox"] for tag in tags if tag.get("data-inbox") and "/widget.js" in tag.get("src", "")]
    return list(dict.fromkeys([*named, *_IN_CODE.findall(html)[:MAX_TAGS]]))


def _policies_in(html: str) -> list[str]:
    tags = (_attributes(tag) for tag in _META.findall(html)[:MAX_TAGS])
    return [tag.get("content", "") for tag in tags if tag.get("http-equiv", "").lower() == "content-security-policy"]


def _lets_load(policy: str, page: Fetched, public_url: str) -> bool:
    """Return whether a policy lets a script tag and a frame of ours load. A nonce or a hash may let them, so it is believed."""
    rules: dict[str, list[str]] = {}
    for rule in policy.split(";"):
        name, *sources = rule.lower().split() or [""]
        rules.setdefault(name, sources)
    scripts = rules.get("script-src-elem", rules.get("script-src", rules.get("default-src")))
    frames = rules.get("frame-src", rules.get("child-src", rules.get("default-src")))
    return _allows(scripts, page, public_url) and _allows(frames, page, public_url)


def _allows(sources: Sequence[str] | None, page: Fetched, public_url: str) -> bool:
    if sources is None:
        return True
    ours, site = urlsplit(public_url.lower()), urlsplit(page.url.lower())
    for source in sources:
        scheme, _, rest = source.rpartition("://")
        host = rest.split("/")[0]
        is_ours = host == ours.netloc or (host.startswith("*.") and (ours.hostname or "").endswith(host[1:]))
        if source in ("*", f"{ours.scheme}:") or source.startswith(("'nonce-", "'sha", "'strict-dynamic")):
            return True
        if source == "'self'" and (site.scheme, site.netloc) == (ours.scheme, ours.netloc):
            return True
        if is_ours and scheme in ("", ours.scheme):
            return True
    return False


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}


def _is(url: str, outcome: PageOutcome, key: str = "") -> PageCheckIs:
    return PageCheckIs(url=url, outcome=outcome, key=key)
