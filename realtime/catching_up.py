"""What other nodes changed while this one was deaf, found in the rows and told to the clients here."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.events import ConversationChanged, VisitorConversationChanged
from app.conversations.views import agent_views, select_for_agents, visitor_views
from app.work import Announcement, Rows, Works
from models import Conversation
from realtime.attendance import Attendance
from realtime.hub import LocalHub
from realtime.rooms import room_of

OVERLAP = timedelta(seconds=5)
MOST = 500


class CatchUp:
    """Reads what changed since the last look. Rows that committed late are covered by looking a little further back."""

    def __init__(self, works: Works, hub: LocalHub, attendance: Attendance) -> None:
        self._works = works
        self._hub = hub
        self._attendance = attendance
        self._until: datetime | None = None
        self._told: dict[str, datetime] = {}

    async def run(self) -> None:
        """Tell clients here how every conversation that moved stands now; whoever is behind syncs by seq or rev."""
        now = self._works.clock()
        since = (self._until or now) - OVERLAP
        async with self._works.read() as rows:
            moved = await rows.rows(
                select(Conversation.id, Conversation.contact_id, Conversation.changed_at)
                .where(Conversation.changed_at > since)
                .order_by(Conversation.changed_at)
                .limit(MOST)
            )
            fresh = [(id, contact_id) for id, contact_id, at in moved if self._told.get(id) != at]
            announcements = await self._announcements(rows, fresh) if fresh else []
        self._told = {id: at for id, _, at in moved}
        self._until = moved[-1][2] if len(moved) == MOST else now
        self._hub.deliver_here(announcements)
        await self._attendance.beat()

    async def _announcements(self, rows: Rows, moved: list[tuple[str, str]]) -> list[Announcement]:
        views = await agent_views(rows, select_for_agents().where(Conversation.id.in_([id for id, _ in moved])))
        told = [Announcement(ConversationChanged(conversation=view), ToInboxAgents(inbox_id=view.inbox_id)) for view in views]
        for id, contact_id in moved:
            to = ToContact(contact_id=contact_id)
            if self._hub.is_anyone_in(room_of(to)):
                found = await visitor_views(rows, contact_id, id)
                told += [Announcement(VisitorConversationChanged(conversation=view), to) for view in found]
        return told
