"""Splitting: some of a customer's messages begin a ticket of their own."""

from __future__ import annotations

from typing import cast

from sqlalchemy import select

from app.activity.record import record
from app.clock import new_id
from app.contract.links import SplitOff, SplitTicket
from app.contract.values import Channel, SystemCode
from app.conversations.access import access_conversation
from app.conversations.announcements import announce_conversation
from app.conversations.messages.send import add_contact_message, add_system_message, find_message
from app.conversations.new_conversations import add_conversation
from app.conversations.tickets import open_ticket_for
from app.errors import Invalid, NotFound
from app.people.actors import SignedInAgent, Visitor
from app.people.permissions import Permission, require
from app.text import clean_line, shorten
from app.work import Work
from models import Attachment, Conversation, Message, Ticket, TicketFieldValue, TicketLink

QUOTED = 80
"""Characters of each message that the line in the old conversation repeats."""


async def split_ticket(work: Work, agent: SignedInAgent, conversation_id: str, asked: SplitTicket) -> SplitOff:
    """Begin a ticket with copies of the customer's messages named, in their order, and the answers of the form; the two are linked. What the customer reads in
    the old conversation stays whole. The same messages again give the same ticket.

    Raises NotFound for a message of another conversation, Invalid for one that is not the customer's.
    """
    require(Permission.MANAGE_TICKETS, agent)
    source = await access_conversation(work, agent, conversation_id)
    named = Message.conversation_id == source.id, Message.id.in_(asked.message_ids)
    moved = await work.all(select(Message).where(*named).order_by(Message.rev))
    for id in set(asked.message_ids) - {one.id for one in moved}:
        raise NotFound("message", id)
    if any(one.author_kind != "contact" or one.system for one in moved):
        raise Invalid("Only what the customer wrote can move to a new ticket.")
    if (known := await find_message(work, source.contact_id, _key_of(moved[0]))) is not None:
        number = await work.one(select(Ticket.number).where(Ticket.conversation_id == known.conversation_id))
        return SplitOff(conversation_id=known.conversation_id, number=number or 0)
    before = await work.one(select(Ticket).where(Ticket.conversation_id == source.id))
    if before is None:
        raise Invalid("Open a ticket for this conversation first.")
    new = await add_conversation(
        work, source.inbox_id, source.contact_id, channel=cast(Channel, source.channel), team_id=source.team_id, is_extra=True
    )
    visitor = Visitor(contact_id=source.contact_id, inbox_id=source.inbox_id)
    for one in moved:
        files = await _copy_files(work, one, new)
        await add_contact_message(work, await access_conversation(work, agent, new.id), visitor, _key_of(one), one.body, files)
    kept = select(TicketFieldValue.field_id, TicketFieldValue.value).where(TicketFieldValue.conversation_id == source.id)
    answers = dict(await work.rows(kept))
    opened = await open_ticket_for(
        work,
        await access_conversation(work, agent, new.id),
        title=clean_line(asked.title),
        topic=before.topic,
        opened_by=agent,
        fields=answers,
    )
    await work.add(
        TicketLink(id=new_id(), kind="related", from_id=new.id, to_id=source.id, made_by_id=agent.id, created_at=work.now)
    )
    quoted = "\n".join(f"> {shorten(clean_line(one.body), QUOTED)}" for one in moved)
    said: list[tuple[str, SystemCode, str]] = [
        (source.id, "split", f"#{opened.number}\n{quoted}"),
        (new.id, "split_from", f"#{before.number}"),
    ]
    for id, code, body in said:
        conversation = await access_conversation(work, agent, id)
        record(work, agent, f"ticket.{code}", conversation=conversation, number=opened.number, messages=len(moved))
        changed = await add_system_message(work, conversation, code, body, agent.name, "internal")
        await announce_conversation(work, changed)
    return SplitOff(conversation_id=new.id, number=opened.number)


def _key_of(message: Message) -> str:
    """Return the client_id of a message's copy: the same message is split off once."""
    return f"split:{message.id}"


async def _copy_files(work: Work, message: Message, new: Conversation) -> list[str]:
    """Give the new conversation rows of its own for the files of a message; the bytes are shared."""
    ids = [str(file["id"]) for file in message.attachments]
    found = {one.id: one for one in await work.all(select(Attachment).where(Attachment.id.in_(ids)))} if ids else {}
    copies: list[str] = []
    for one in (found[id] for id in ids if id in found):
        columns = {column.key: getattr(one, column.key) for column in Attachment.__table__.columns}
        copy = Attachment(**columns | {"id": new_id(), "conversation_id": new.id, "created_at": work.now})
        await work.add(copy)
        copies.append(copy.id)
    return copies
