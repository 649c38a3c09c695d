"""Litestar with what holds for every answer, also for those that no route gives."""

from __future__ import annotations

from typing import Any, cast

from litestar import Litestar

from app.cleaning import UNWANTED, clean_query
from app.http.middleware import Wrapping


class ParleyApp(Litestar):
    """Cleans the address of every request, and wraps every answer, a missing page's included."""

    wrapping: Wrapping | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in {"http", "websocket"}:
            scope["path"] = UNWANTED.sub("\ufffd", scope["path"])  # no page has such an address
            scope["query_string"] = clean_query(scope.get("query_string", b""))
        if scope["type"] == "http" and self.wrapping is not None:
            await self.wrapping.handle(scope, receive, send, cast(Any, super().__call__))
        else:
            await super().__call__(scope, receive, send)
