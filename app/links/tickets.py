"""Linking tickets: related, parent and child, duplicates; never in a circle."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import aliased

from app.activity.record import record
from app.clock import new_id
from app.contract.links import LinkKind, LinkTicket, LinkView, MergeView, SeenLinkKind, SetWatching, TicketLinks, WatcherView
from app.contract.values import Category
from app.conversations.access import access_conversation, access_conversation_to_read
from app.conversations.announcements import announce_conversation
from app.conversations.messages.send import add_system_message
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.work import Rows, Work
from models import Agent, Contact, Conversation, Merge, Sequence, Ticket, TicketLink, TicketWatcher

MAX_LINKS = 100
UNDO_FOR = timedelta(days=1)
MAX_DEPTH = 100
KINDS: dict[LinkKind, tuple[str, bool]] = {
    "related": ("related", True),
    "parent": ("child", True),
    "child": ("child", False),
    "duplicate_of": ("duplicate", True),
    "duplicated_by": ("duplicate", False),
}
"""The stored kind of each, and whether the link goes from the ticket that was asked to the other."""
SEEN: dict[tuple[str, bool], LinkKind] = {
    ("related", True): "related",
    ("related", False): "related",
    ("child", True): "parent",
    ("child", False): "child",
    ("duplicate", True): "duplicate_of",
    ("duplicate", False): "duplicated_by",
}
"""The kind that a stored link is to the ticket at one of its ends: at the one it goes from, or at the other."""
OPPOSITE: dict[LinkKind, LinkKind] = {
    "related": "related",
    "parent": "child",
    "child": "parent",
    "duplicate_of": "duplicated_by",
    "duplicated_by": "duplicate_of",
}
WORDS: dict[LinkKind, str] = {
    "related": "related to",
    "parent": "child of",
    "child": "parent of",
    "duplicate_of": "duplicate of",
    "duplicated_by": "duplicated by",
}


async def links_of(rows: Rows, agent: SignedInAgent, conversation_id: str) -> TicketLinks:
    """Return the tickets linked with one, and the agents who follow it."""
    conversation = await access_conversation_to_read(rows, agent, conversation_id)
    ours = or_(TicketLink.from_id == conversation.id, TicketLink.to_id == conversation.id)
    links = await rows.all(select(TicketLink).where(ours).order_by(TicketLink.id).limit(MAX_LINKS))
    others = {link.id: link.to_id if link.from_id == conversation.id else link.from_id for link in links}
    follows = await _follow_ups_of(rows, conversation)
    found = await rows.rows(
        select(Ticket, Conversation)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .where(Ticket.conversation_id.in_({*others.values(), *follows}))
    )
    there = {ticket.conversation_id: (ticket, other) for ticket, other in found}
    seen: list[tuple[str, SeenLinkKind, str]] = [
        *((link.id, SEEN[link.kind, link.from_id == conversation.id], others[link.id]) for link in links),
        *((id, kind, id) for id, kind in follows.items()),
    ]
    views = [
        LinkView(
            id=id,
            kind=kind,
            conversation_id=other,
            number=there[other][0].number,
            title=there[other][0].title,
            status=there[other][1].status,
            category=cast(Category, there[other][1].category),
        )
        for id, kind, other in seen
        if other in there
    ]
    watching = await rows.rows(
        select(TicketWatcher.agent_id, Agent.name)
        .join(Agent, Agent.id == TicketWatcher.agent_id)
        .where(TicketWatcher.conversation_id == conversation.id)
        .order_by(Agent.name, Agent.id)
    )
    merges = await _merges_of(rows, conversation.id)
    order: list[SeenLinkKind] = [*KINDS, "follow_up_of", "followed_by"]
    return TicketLinks(
        links=sorted(views, key=lambda view: (order.index(view.kind), view.number)),
        watchers=[WatcherView(agent_id=id, name=name) for id, name in watching],
        merges=merges,
    )


async def link_ticket(work: Work, agent: SignedInAgent, conversation_id: str, asked: LinkTicket) -> TicketLinks:
    """Link two tickets, and say so in both. The same link again changes nothing.

    Raises NotFound for an unknown number, Invalid for a conversation without a ticket, a link with itself and a circle, and
    Conflict where the two are linked otherwise or a child has another parent.
    """
    require(Permission.MANAGE_TICKETS, agent)
    await access_conversation_to_read(work, agent, conversation_id)
    other_id = await work.one(select(Ticket.conversation_id).where(Ticket.number == asked.number))
    if other_id is None:
        raise NotFound("ticket", str(asked.number))
    if other_id == conversation_id:
        raise Invalid("A ticket can't be linked with itself.")
    # One at a time, or two links made at once could close a circle that neither sees.
    await work.one(select(Sequence).where(Sequence.name == "ticket").with_for_update())
    both = {id: await access_conversation(work, agent, id) for id in sorted((conversation_id, other_id))}
    number = await work.one(select(Ticket.number).where(Ticket.conversation_id == conversation_id))
    if number is None:
        raise Invalid("Open a ticket for this conversation first.")
    kind, is_onward = KINDS[asked.kind]
    from_id, to_id = (conversation_id, other_id) if is_onward else (other_id, conversation_id)
    pair = {from_id, to_id}
    existing = await work.one(select(TicketLink).where(TicketLink.from_id.in_(pair), TicketLink.to_id.in_(pair)))
    if existing is not None:
        if existing.kind == kind and (kind == "related" or existing.from_id == from_id):
            return await links_of(work, agent, conversation_id)
        raise Conflict("These two tickets are linked already. Remove that link first.")
    if kind != "related":
        await _refuse_circle(work, kind, from_id, to_id)
    await work.add(TicketLink(id=new_id(), kind=kind, from_id=from_id, to_id=to_id, made_by_id=agent.id, created_at=work.now))
    await _say(work, agent, both[conversation_id], "link_added", asked.kind, asked.number)
    await _say(work, agent, both[other_id], "link_added", OPPOSITE[asked.kind], number)
    return await links_of(work, agent, conversation_id)


async def unlink_ticket(work: Work, agent: SignedInAgent, conversation_id: str, link_id: str) -> TicketLinks:
    """Remove a link, and say so in both tickets. Raises NotFound."""
    require(Permission.MANAGE_TICKETS, agent)
    await access_conversation_to_read(work, agent, conversation_id)
    link = await work.one(select(TicketLink).where(TicketLink.id == link_id))
    if link is None or conversation_id not in (link.from_id, link.to_id):
        raise NotFound("link", link_id)
    both = {id: await access_conversation(work, agent, id) for id in sorted((link.from_id, link.to_id))}
    if await work.change(delete(TicketLink).where(TicketLink.id == link_id)):
        numbers = dict(
            await work.rows(select(Ticket.conversation_id, Ticket.number).where(Ticket.conversation_id.in_(list(both))))
        )
        for id, other in ((link.from_id, link.to_id), (link.to_id, link.from_id)):
            await _say(work, agent, both[id], "link_removed", SEEN[link.kind, id == link.from_id], numbers.get(other, 0))
    return await links_of(work, agent, conversation_id)


async def set_watching(work: Work, agent: SignedInAgent, conversation_id: str, asked: SetWatching) -> TicketLinks:
    """Follow a ticket, or no longer. The same again changes nothing."""
    require(Permission.VIEW_CONVERSATIONS, agent)
    conversation = await access_conversation_to_read(work, agent, conversation_id)
    if asked.is_watching:
        await work.add_unless_there(TicketWatcher(conversation_id=conversation.id, agent_id=agent.id, since=work.now))
    else:
        mine = TicketWatcher.conversation_id == conversation.id, TicketWatcher.agent_id == agent.id
        await work.change(delete(TicketWatcher).where(*mine))
    return await links_of(work, agent, conversation.id)


async def _follow_ups_of(rows: Rows, conversation: Conversation) -> dict[str, SeenLinkKind]:
    """Return the conversation that one follows, and those that follow it."""
    after = select(Conversation.id).where(Conversation.follows_id == conversation.id).order_by(Conversation.id).limit(MAX_LINKS)
    found: dict[str, SeenLinkKind] = dict.fromkeys(await rows.all(after), "followed_by")
    if conversation.follows_id:
        found[conversation.follows_id] = "follow_up_of"
    return found


async def _merges_of(rows: Rows, conversation_id: str) -> list[MergeView]:
    """Return what was merged into a conversation, oldest first, and before that what it was merged into."""
    into, source = aliased(Ticket), aliased(Ticket)
    ours = or_(Merge.source_id == conversation_id, Merge.target_id == conversation_id)
    found = await rows.rows(
        select(Merge, Agent.name, Contact.name, source.number, source.title, into.number, into.title)
        .join(Agent, Agent.id == Merge.made_by_id)
        .join(Conversation, Conversation.id == Merge.source_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .outerjoin(source, source.conversation_id == Merge.source_id)
        .join(into, into.conversation_id == Merge.target_id)
        .where(ours, Merge.undone_at.is_(None))
        .order_by(Merge.id)
        .limit(MAX_LINKS)
    )
    views = [
        MergeView(
            id=merge.id,
            is_into=(is_into := merge.source_id == conversation_id),
            conversation_id=merge.target_id if is_into else merge.source_id,
            number=into_number if is_into else number,
            title=(into_title if is_into else title) or contact_name,
            by_name=by_name,
            made_at=merge.made_at,
            undo_until=merge.made_at + UNDO_FOR,
        )
        for merge, by_name, contact_name, number, title, into_number, into_title in found
    ]
    return sorted(views, key=lambda view: not view.is_into)


async def _refuse_circle(work: Work, kind: str, from_id: str, to_id: str) -> None:
    """Follow the way up from the ticket that is pointed at: it must not come back."""
    up = select(TicketLink.to_id).where(TicketLink.kind == kind)
    if other := await work.one(up.where(TicketLink.from_id == from_id).limit(1)):
        number = await work.one(select(Ticket.number).where(Ticket.conversation_id == other))
        what = "has a parent" if kind == "child" else "is a duplicate"
        raise Conflict(f"That ticket {what} already: #{number}.")
    at: str | None = to_id
    for _ in range(MAX_DEPTH):
        at = await work.one(up.where(TicketLink.from_id == at).limit(1))
        if at is None:
            return
        if at == from_id:
            raise Invalid("That would be a circle.")
    raise Invalid("These tickets are nested too deeply.")


async def _say(work: Work, agent: SignedInAgent, conversation: Conversation, code: str, kind: LinkKind, number: int) -> None:
    """Leave a line for agents and a row in the record of one of the two tickets."""
    body = f"{WORDS[kind]} #{number}"
    record(
        work,
        agent,
        "ticket.link" if code == "link_added" else "ticket.unlink",
        conversation=conversation,
        kind=kind,
        number=number,
    )
    changed = await add_system_message(work, conversation, code, body, agent.name, "internal")  # pyright: ignore[reportArgumentType]
    await announce_conversation(work, changed)
