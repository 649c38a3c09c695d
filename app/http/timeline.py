"""The timeline of a conversation over HTTP."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter

from app.contract.activity import TimelinePage
from app.conversations.timeline import read_timeline
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of

Cursor = Annotated[str | None, QueryParameter(max_length=36)]


@get("/api/v1/conversations/{conversation_id:str}/timeline")
async def timeline(
    request: AnyRequest, conversation_id: FromPath[str], before: Cursor = None, limit: FromQuery[int] = 100
) -> TimelinePage:
    """List the changes of a conversation in their order, the newest page first."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    async with platform_of(request).works.read() as rows:
        return await read_timeline(rows, agent, id, as_id(before, "change") if before else None, limit)


ROUTES = [timeline]
