"""Proactive messages: which of them fit a visit (a pure rule), and how admins keep them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from urllib.parse import urlsplit

from msgspec import Struct
from sqlalchemy import Select, delete, func, select, update

from app.activity.record import record
from app.clock import new_id
from app.contract.proactive import GreetingView, ProactiveMessageView, SaveProactiveMessage
from app.contract.values import Staffing, VisitorKind
from app.errors import Invalid, NotFound
from app.patterns import matches_whole
from app.people.actors import Staff
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.sla.hours_store import is_inbox_open
from app.text import clean_line, clean_text
from app.visiting.greetings import author_of, find_open_conversation
from app.work import Rows, Work
from models import Agent, Inbox, ProactiveMessage, TeamMember


class Visit(Struct, frozen=True, kw_only=True):
    """Visit, as far as a rule may ask about it."""

    url: str
    locale: str
    is_returning: bool
    is_staffed: bool


def fits(message: ProactiveMessage, visit: Visit) -> bool:
    """Return whether a message that is on is meant for this visit."""
    if not message.is_on or not is_page(message.page, visit.url):
        return False
    if message.locale and not _speaks(visit.locale, message.locale):
        return False
    if message.visitor != "any" and (message.visitor == "returning") != visit.is_returning:
        return False
    return message.staffing == "any" or (message.staffing == "staffed") == visit.is_staffed


def is_page(pattern: str, url: str) -> bool:
    """Return whether a pattern with `*` names the page: by its whole address, or from its first slash on by path and query.
    A pattern without a star must match to the end; the query counts only where the pattern has one.
    """
    if not pattern:
        return True
    parts = urlsplit(url)
    path = parts.path or "/"
    whole = f"{parts.scheme}://{parts.netloc}{path}" if "://" in pattern else path
    if "?" in pattern and parts.query:
        whole += "?" + parts.query
    return matches_whole(pattern, whole)


def _speaks(locale: str, wanted: str) -> bool:
    locale, wanted = locale.lower(), wanted.lower()
    return locale == wanted or locale.startswith(wanted + "-")


async def greetings_for(
    rows: Rows, inbox: Inbox, contact_id: str, now: datetime, url: str, locale: str, is_returning: bool
) -> list[GreetingView]:
    """Return the messages that rules allow on this page, in the order they are tried. Empty for a visitor in a conversation."""
    found = await rows.rows(
        select(ProactiveMessage, Agent)
        .outerjoin(Agent, Agent.id == ProactiveMessage.agent_id)
        .where(ProactiveMessage.inbox_id == inbox.id, ProactiveMessage.is_on.is_(True))
        .order_by(ProactiveMessage.position, ProactiveMessage.id)
    )
    if not found or inbox.archived_at is not None or await find_open_conversation(rows, contact_id, inbox.id) is not None:
        return []
    visit = Visit(url=url, locale=locale, is_returning=is_returning, is_staffed=await is_staffed(rows, inbox, now))
    return [
        GreetingView(
            id=message.id,
            author=author_of(agent, inbox.name),
            body=message.body,
            after_seconds=message.after_seconds,
            every_days=message.every_days,
        )
        for message, agent in found
        if fits(message, visit)
    ]


async def is_staffed(rows: Rows, inbox: Inbox, now: datetime) -> bool:
    """Return whether the inbox is open by its hours and an agent is there to answer."""
    return await is_inbox_open(rows, inbox.hours_id, now) and await is_anyone_there(rows, inbox, now)


async def is_anyone_there(rows: Rows, inbox: Inbox, now: datetime) -> bool:
    """Return whether an agent of the inbox's team is online and takes chats, or any agent where it has no team."""
    return await rows.one(who_is_there(inbox, now).limit(1)) is not None


def who_is_there(inbox: Inbox, now: datetime) -> Select[str]:
    """Select the names of the agents who could answer in this inbox now."""
    there = select(Agent.name).where(
        Agent.is_active, Agent.lease_until > now, Agent.presence == "online", Agent.takes_chats.is_not(False)
    )
    if inbox.team_id:
        return there.where(Agent.id.in_(select(TeamMember.agent_id).where(TeamMember.team_id == inbox.team_id)))
    return there


async def list_proactive_messages(rows: Rows) -> list[ProactiveMessageView]:
    """All of them, by inbox and in order."""
    ordered = select(ProactiveMessage).order_by(ProactiveMessage.inbox_id, ProactiveMessage.position, ProactiveMessage.id)
    return [proactive_view(message) for message in await rows.all(ordered)]


async def save_proactive_message(
    work: Work, actor: Staff, message_id: str | None, said: SaveProactiveMessage
) -> ProactiveMessageView:
    """Add one at the end of its inbox's, or change one. Raises NotFound for what it names and is not there."""
    require(Permission.SET_PROACTIVE, actor)
    values = await _values_of(work, said)
    if message_id is None:
        last = await work.one(select(func.max(ProactiveMessage.position)).where(ProactiveMessage.inbox_id == said.inbox_id))
        added = ProactiveMessage(
            id=new_id(), position=(last or 0) + 1, shown_count=0, answered_count=0, created_at=work.now, **values
        )
        record(work, actor, "proactive.add", about=("proactive", added.id), name=added.name)
        announce_config(work, "proactive")
        return proactive_view(await work.add(added))
    before = await work.one(select(ProactiveMessage).where(ProactiveMessage.id == message_id).with_for_update())
    if before is None:
        raise NotFound("proactive message", message_id)
    was = {name: getattr(before, name) for name in values}
    changed = await work.one(
        update(ProactiveMessage).where(ProactiveMessage.id == message_id).values(**values).returning(ProactiveMessage)
    )
    assert changed is not None
    record(work, actor, "proactive.change", about=("proactive", message_id), name=was["name"], before=was, after=values)
    announce_config(work, "proactive")
    return proactive_view(changed)


async def order_proactive_messages(work: Work, actor: Staff, inbox_id: str, ids: Sequence[str]) -> None:
    """Put an inbox's in this order. Raises Invalid unless every one of them is named once."""
    require(Permission.SET_PROACTIVE, actor)
    of_inbox = select(ProactiveMessage).where(ProactiveMessage.inbox_id == inbox_id).order_by(ProactiveMessage.position)
    names = {message.id: message.name for message in await work.all(of_inbox.with_for_update())}
    if sorted(names) != sorted(ids):
        raise Invalid("The list has changed. Reload to see it.")
    for position, id in enumerate(ids, 1):
        await work.change(update(ProactiveMessage).where(ProactiveMessage.id == id).values(position=position))
    order = {"order": [names[id] for id in ids]}
    record(work, actor, "proactive.order", about=("inbox", inbox_id), before={"order": list(names.values())}, after=order)
    announce_config(work, "proactive")


async def delete_proactive_message(work: Work, actor: Staff, message_id: str) -> None:
    """Remove one; what was said with it stays said. Raises NotFound."""
    require(Permission.SET_PROACTIVE, actor)
    name = await work.one(delete(ProactiveMessage).where(ProactiveMessage.id == message_id).returning(ProactiveMessage.name))
    if name is None:
        raise NotFound("proactive message", message_id)
    record(work, actor, "proactive.remove", about=("proactive", message_id), name=name)
    announce_config(work, "proactive")


def proactive_view(message: ProactiveMessage) -> ProactiveMessageView:
    return ProactiveMessageView(
        id=message.id,
        inbox_id=message.inbox_id,
        name=message.name,
        position=message.position,
        is_on=message.is_on,
        page=message.page,
        locale=message.locale,
        visitor=cast(VisitorKind, message.visitor),
        staffing=cast(Staffing, message.staffing),
        after_seconds=message.after_seconds,
        every_days=message.every_days,
        body=message.body,
        agent_id=message.agent_id,
        shown_count=message.shown_count,
        answered_count=message.answered_count,
    )


async def _values_of(work: Work, said: SaveProactiveMessage) -> dict[str, object]:
    if not await work.one(select(Inbox.id).where(Inbox.id == said.inbox_id)):
        raise NotFound("inbox", said.inbox_id)
    if said.agent_id and not await work.one(select(Agent.id).where(Agent.id == said.agent_id, Agent.is_active)):
        raise NotFound("agent", said.agent_id)
    name, body = clean_line(said.name), clean_text(said.body)
    if not name or not body:
        raise Invalid("A proactive message needs a name and words.")
    return {
        "inbox_id": said.inbox_id,
        "name": name,
        "is_on": said.is_on,
        "page": clean_line(said.page),
        "locale": clean_line(said.locale),
        "visitor": said.visitor,
        "staffing": said.staffing,
        "after_seconds": said.after_seconds,
        "every_days": said.every_days,
        "body": body,
        "agent_id": said.agent_id,
    }
