"""Offers of conversations: accepted, declined, or left until they go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update

from app.activity.actor import PARLEY, Recorded
from app.contract.assignments import AcceptConversation, DeclineConversation
from app.contract.conversations import ConversationView
from app.conversations.access import access_conversation
from app.conversations.announcements import announce_conversation
from app.conversations.assignments.change import put_back
from app.conversations.assignments.claim import OFFER_JOB
from app.conversations.assignments.history import nothing_found
from app.conversations.due import do_all_due, select_due
from app.conversations.messages.send import accept_offer, has_joined, join
from app.conversations.views import agent_view_of, is_held
from app.database import prepared_by
from app.errors import Conflict
from app.job_kinds import does
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.work import Rows, Work, Works
from models import Assignment, Conversation, Routing

MAX_AT_ONCE = 200

_ROUTINGS = Routing.__table__
_ROUTING = prepared_by(Routing, "conversation_id")


async def accept_conversation(work: Work, agent: SignedInAgent, command: AcceptConversation) -> ConversationView:
    """Take what was offered; what one has already stays one's own. Raises Conflict once it has gone on."""
    require(Permission.REPLY, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    if conversation.agent_id != agent.id:
        raise Conflict("This conversation was offered to someone else.")
    if conversation.offer_until:
        await accept_offer(work, conversation, agent)
        return await agent_view_of(work, conversation.id)
    return await announce_conversation(work, conversation)


async def accept_by_looking(work: Work, agent: SignedInAgent, conversation_id: str) -> None:
    """Opening what was offered takes it, and the contact reads that its owner is there now. Anything else that is opened
    stays as it is."""
    conversation = await access_conversation(work, agent, conversation_id)
    if not is_held(conversation) or conversation.agent_id != agent.id:
        return
    if conversation.offer_until:
        await accept_offer(work, conversation, agent)
    elif not await has_joined(work, conversation, agent.id, agent.name):
        await announce_conversation(work, await join(work, conversation, agent.id, agent.name))


async def decline_conversation(work: Work, agent: SignedInAgent, command: DeclineConversation) -> ConversationView:
    """Decline an offer: the conversation goes on at once. Raises Conflict when it is not offered to this agent (any
    more)."""
    require(Permission.REPLY, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    if conversation.agent_id != agent.id or not conversation.offer_until:
        raise Conflict("This conversation is not offered to you.")
    await _pass_on(work, [conversation], "declined", agent)
    return await agent_view_of(work, conversation.id)


async def lapse_offers(work: Work, *, skip_locked: bool = True, most: int = MAX_AT_ONCE) -> int:
    """Offers whose time is over go on, many at once; how many. Those somebody is at are passed over, or waited for."""
    conversations = await work.all(select_due(Conversation.offer_until, work.now, most=most, skip_locked=skip_locked))
    await _pass_on(work, conversations, "missed", PARLEY)
    return len(conversations)


@does(OFFER_JOB)
async def lapse_all_offers(works: Works) -> None:
    """Pass on every offer whose time is over."""
    await do_all_due(works, lapse_offers)


async def routing_of(rows: Rows, conversation_id: str) -> Routing | None:
    """Return what routing knows of a conversation, or None when it knows nothing yet."""
    return await rows.first(_ROUTING, key=conversation_id)


async def keep_fields(work: Work, conversation_id: str, fields: dict[str, str]) -> None:
    """Store the form a visitor filled in before the chat, for the rules."""
    await ensure_routing(work, conversation_id, fields)


async def ensure_routing(work: Work, conversation_id: str, fields: dict[str, str] | None = None) -> None:
    """There is a row to keep what routing finds out."""
    await work.add_unless_there(nothing_found(conversation_id, work.now, fields))


async def _pass_on(work: Work, conversations: Sequence[Conversation], outcome: str, by: Recorded) -> None:
    if not conversations:
        return
    ids = [conversation.id for conversation in conversations]
    await note_passed(work, {conversation.id: conversation.agent_id or "" for conversation in conversations})
    await work.change(
        update(Assignment).where(Assignment.conversation_id.in_(ids), Assignment.ended_at.is_(None)).values(outcome=outcome)
    )
    await put_back(work, conversations, outcome, by)


async def note_passed(work: Work, agents: Mapping[str, str]) -> None:
    """By conversation, the agent who is not offered it again."""
    known = await work.rows(
        select(Routing.conversation_id, Routing.passed).where(Routing.conversation_id.in_(agents)).with_for_update()
    )
    passed = dict[str, list[str]]((id, those) for id, those in known)
    await work.add_all_unless_there([nothing_found(id, work.now) for id in sorted(agents.keys() - passed.keys())])
    alike: dict[tuple[str, ...], list[str]] = {}
    for id, agent_id in agents.items():
        alike.setdefault(tuple(dict.fromkeys([*passed.get(id, []), agent_id])), []).append(id)
    for those, ids in alike.items():
        await work.change(update(Routing).where(Routing.conversation_id.in_(ids)).values(passed=list(those)))
