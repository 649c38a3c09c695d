"""Inboxes as agents see them, and what admins decide about them."""

from __future__ import annotations

from typing import cast

from sqlalchemy import select, update

from app.contract.http import SetInbox
from app.contract.values import Channel
from app.contract.views import InboxView
from app.errors import NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import may_manage_inboxes, require
from app.work import Work
from models import Inbox


async def set_inbox(work: Work, agent: SignedInAgent, inbox_id: str, said: SetInbox) -> InboxView:
    """Decide whether the inbox shows who is on its site, and what visitors are typing. Raises NotFound."""
    require(may_manage_inboxes, agent)
    inbox = await work.one(select(Inbox).where(Inbox.id == inbox_id).with_for_update())
    if inbox is None:
        raise NotFound("inbox", inbox_id)
    asked = {"shows_visitors": said.shows_visitors, "previews_typing": said.previews_typing}
    if values := {name: value for name, value in asked.items() if value is not None}:
        inbox = await work.one(update(Inbox).where(Inbox.id == inbox_id).values(**values).returning(Inbox))
        assert inbox is not None
    return inbox_view(inbox)


def inbox_view(inbox: Inbox) -> InboxView:
    """An inbox as agents see it."""
    return InboxView(
        id=inbox.id,
        key=inbox.key,
        name=inbox.name,
        channel=cast(Channel, inbox.channel),
        team_id=inbox.team_id,
        hours_id=inbox.hours_id,
        shows_visitors=bool(inbox.shows_visitors),
        previews_typing=bool(inbox.previews_typing),
    )
