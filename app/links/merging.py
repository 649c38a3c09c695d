"""Merging: a ticket takes another conversation over, and can give it back for a day."""

from __future__ import annotations

from typing import cast

from sqlalchemy import delete, insert, select, update

from app.activity.record import record
from app.clock import new_id
from app.contract.links import MergedMessage, MergePreview, MergeTicket, TicketLinks
from app.contract.values import AuthorKind, SystemCode, Visibility
from app.conversations.access import access_conversation, access_conversation_to_read
from app.conversations.announcements import announce_conversation
from app.conversations.lifecycle import close_merged
from app.conversations.merged import merge_of
from app.conversations.messages.send import add_system_message
from app.conversations.row_changes import ENDED, change_conversation
from app.conversations.tags import MAX_TAGS, change_tags
from app.conversations.undo import put_back
from app.conversations.undo_points import keep_undo, standing_of
from app.errors import Conflict, Invalid, NotFound
from app.links.tickets import UNDO_FOR, links_of
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.work import Rows, Work
from models import Contact, Conversation, Draft, Merge, Message, SlaEvent, SlaPolicy, Ticket, TicketWatcher

PREVIEWED = 60
"""Messages of each of the two that a preview shows at most."""
OTHER_CONTACT = "These belong to two customers. Each goes on reading only their own conversation."


async def preview_merge(rows: Rows, agent: SignedInAgent, conversation_id: str, number: int) -> MergePreview:
    """Return what a ticket would hold after it took a conversation over. Raises as `merge_ticket`."""
    require(Permission.MANAGE_TICKETS, agent)
    source = await access_conversation_to_read(rows, agent, conversation_id)
    ticket, target = await _target_of(rows, agent, number)
    await _refuse(rows, source, target)
    found: list[Message] = []
    for one in (source, target):
        written = select(Message).where(Message.conversation_id == one.id, Message.system.is_(None))
        found += await rows.all(written.order_by(Message.rev.desc()).limit(PREVIEWED))
    return MergePreview(
        conversation_id=target.id,
        number=ticket.number,
        title=ticket.title,
        contact_name=await rows.one(select(Contact.name).where(Contact.id == target.contact_id)) or "",
        is_other_contact=source.contact_id != target.contact_id,
        messages=[
            MergedMessage(
                id=one.id,
                is_moved=one.conversation_id == source.id,
                author_kind=cast(AuthorKind, one.author_kind),
                author_name=one.author_name,
                visibility=cast(Visibility, one.visibility),
                body=one.body,
                file_count=len(one.attachments),
                created_at=one.created_at,
            )
            for one in sorted(found, key=lambda message: (message.created_at, message.id))
        ],
    )


async def merge_ticket(work: Work, agent: SignedInAgent, conversation_id: str, asked: MergeTicket) -> TicketLinks:
    """Close a conversation because a ticket takes it over, with its tags, followers and drafts. Its messages stay where they are
    and are shown in the ticket; what its contact writes later goes there too. The same again changes nothing.

    Raises NotFound for an unknown number, Invalid for a ticket with itself or one that has ended, and Conflict where one of the
    two was merged already, or, without `is_other_contact`, for two customers.
    """
    require(Permission.MANAGE_TICKETS, agent)
    ticket, target = await _target_of(work, agent, asked.number)
    both = {id: await access_conversation(work, agent, id) for id in sorted({conversation_id, target.id})}
    source, target = both[conversation_id], both[target.id]
    known = await merge_of(work, source.id)
    if known is not None and known.target_id == target.id:
        return await links_of(work, agent, target.id)
    await _refuse(work, source, target)
    if source.contact_id != target.contact_id and not asked.is_other_contact:
        raise Conflict(OTHER_CONTACT)
    before = await standing_of(work, source)
    label = await _label_of(work, source)
    source = await close_merged(work, source, agent)
    merge = Merge(
        id=new_id(),
        source_id=source.id,
        target_id=target.id,
        made_by_id=agent.id,
        made_at=work.now,
        before=before,
        carried=await _carry(work, source, target),
    )
    await work.add(merge)
    await _stop_clocks(work, source.id)
    source = await _say(work, agent, source, "merged_into", f"#{ticket.number}", target.id)
    await keep_undo(work, agent, {}, source)
    await announce_conversation(work, source)
    target = await access_conversation(work, agent, target.id)
    record(work, agent, "ticket.merge", conversation=target, number=ticket.number, merged=label)
    if source.contact_id == target.contact_id and before["times"]["waiting_since"] and target.waiting_since is None:
        target = await change_conversation(work, target, waiting_since=work.now)
    target = await _say(work, agent, target, "merged", label, source.id)
    await announce_conversation(work, target)
    return await links_of(work, agent, target.id)


async def undo_merge(work: Work, agent: SignedInAgent, merge_id: str) -> None:
    """Give a conversation back as it stood; what was written since the merge stays where it was written. Undone already:
    nothing happens.

    Raises NotFound, Invalid a day after the merge, and what reopening raises.
    """
    require(Permission.MANAGE_TICKETS, agent)
    merge = await work.one(select(Merge).where(Merge.id == merge_id))
    if merge is None:
        raise NotFound("merge", merge_id)
    both = {id: await access_conversation(work, agent, id) for id in sorted((merge.source_id, merge.target_id))}
    if work.now - merge.made_at > UNDO_FOR:
        raise Invalid("A merge can be undone for a day.")
    undone = update(Merge).where(Merge.id == merge.id, Merge.undone_at.is_(None))
    if not await work.change(undone.values(undone_at=work.now, undone_by_id=agent.id)):
        return
    source = both[merge.source_id]
    if not source.is_extra and await _has_open_chat(work, source):
        source = await change_conversation(work, source, is_extra=True)
    source = await put_back(work, agent, source, merge.before, "conversation.unmerge")
    target = both[merge.target_id]
    number = await work.one(select(Ticket.number).where(Ticket.conversation_id == target.id))
    source = await _say(work, agent, source, "unmerged", f"#{number}", target.id)
    await keep_undo(work, agent, {}, source)
    await announce_conversation(work, source)
    tags = set(merge.carried["tags"])
    target = await change_tags(work, await access_conversation(work, agent, target.id), (), tags, by=None)
    theirs = TicketWatcher.conversation_id == target.id, TicketWatcher.agent_id.in_(merge.carried["watcher_ids"])
    await work.change(delete(TicketWatcher).where(*theirs))
    label = await _label_of(work, source)
    record(work, agent, "ticket.unmerge", conversation=target, merged=label)
    await announce_conversation(work, await _say(work, agent, target, "unmerged", label, source.id))


async def _target_of(rows: Rows, agent: SignedInAgent, number: int) -> tuple[Ticket, Conversation]:
    ticket = await rows.one(select(Ticket).where(Ticket.number == number))
    if ticket is None:
        raise NotFound("ticket", str(number))
    return ticket, await access_conversation_to_read(rows, agent, ticket.conversation_id)


async def _refuse(rows: Rows, source: Conversation, target: Conversation) -> None:
    if source.id == target.id:
        raise Invalid("A ticket can't be merged into itself.")
    for one, what in ((source, "This was"), (target, "That ticket was")):
        if await merge_of(rows, one.id) is not None:
            raise Conflict(f"{what} merged into another one already.")
    if target.category in ENDED:
        raise Invalid("That ticket has ended. Reopen it first.")


async def _has_open_chat(rows: Rows, conversation: Conversation) -> bool:
    """Return whether the contact has begun another chat in this inbox meanwhile: what is given back stands beside it."""
    mine = Conversation.contact_id == conversation.contact_id, Conversation.inbox_id == conversation.inbox_id
    other = select(Conversation.id).where(*mine, Conversation.is_extra.is_(False), Conversation.category.not_in(ENDED)).limit(1)
    return await rows.one(other) is not None


async def _carry(work: Work, source: Conversation, target: Conversation) -> dict[str, list[str]]:
    """Let the target have the tags, followers and drafts of the source that it lacks; what it got."""
    room = MAX_TAGS - len(target.tags or [])
    tags = [tag for tag in source.tags or [] if tag not in (target.tags or [])][:room]
    await change_tags(work, target, tags, (), by=None)
    watching = select(TicketWatcher.agent_id).where(TicketWatcher.conversation_id == target.id)
    theirs = TicketWatcher.conversation_id == source.id, TicketWatcher.agent_id.not_in(watching)
    watcher_ids = list(await work.all(select(TicketWatcher.agent_id).where(*theirs)))
    for id in watcher_ids:
        await work.add(TicketWatcher(conversation_id=target.id, agent_id=id, since=work.now))
    drafting = select(Draft.agent_id).where(Draft.conversation_id == target.id)
    free = Draft.conversation_id == source.id, Draft.agent_id.not_in(drafting)
    await work.change(update(Draft).where(*free).values(conversation_id=target.id))
    return {"tags": tags, "watcher_ids": watcher_ids}


async def _stop_clocks(work: Work, conversation_id: str) -> None:
    """Tell the SLA clocks, where there is a policy, that nothing more is promised here."""
    if await work.one(select(SlaPolicy.id).limit(1)) is not None:
        told = {"conversation_id": conversation_id, "at": work.now, "happened": "merged", "is_new": True}
        await work.change(insert(SlaEvent).values(told))


async def _label_of(rows: Rows, conversation: Conversation) -> str:
    """Return a ticket's number and title, or the name of the contact of a conversation without one."""
    ticket = await rows.one(select(Ticket).where(Ticket.conversation_id == conversation.id))
    if ticket is not None:
        return f"#{ticket.number} {ticket.title}"
    return await rows.one(select(Contact.name).where(Contact.id == conversation.contact_id)) or ""


async def _say(
    work: Work, agent: SignedInAgent, conversation: Conversation, code: SystemCode, label: str, other_id: str
) -> Conversation:
    """Leave a line for agents: the other conversation's label, and its id for the screen."""
    return await add_system_message(work, conversation, code, f"{label}\n{other_id}", agent.name, "internal")
