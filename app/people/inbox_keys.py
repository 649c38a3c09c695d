"""The keys that script tags name inboxes by."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import select

from app.work import Rows
from models import Inbox

MAX_SLUG = 40
FALLBACK = "inbox"


def slug_of(name: str) -> str:
    """Return a key made of a name: lower-case letters, digits and single dashes, `inbox` where nothing else is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].rstrip("-") or FALLBACK


async def free_key(rows: Rows, name: str) -> str:
    """Return a key made of the name that no inbox has yet: the first of shop, shop-2, shop-3..."""
    slug = slug_of(name)
    taken = set(await rows.all(select(Inbox.key).where(Inbox.key.startswith(slug, autoescape=True))))
    number = 1
    while (key := slug if number == 1 else f"{slug}-{number}") in taken:
        number += 1
    return key
