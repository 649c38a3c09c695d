"""What was offered and must be taken: accepted, declined, or left until it goes on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update

from app.contract.commands import AcceptConversation, DeclineConversation
from app.contract.views import ConversationView
from app.conversations.access import access_conversation
from app.conversations.assignment import put_back
from app.conversations.messages import accept_offer
from app.conversations.telling import tell_change
from app.conversations.views import agent_view_of
from app.database import Prepared
from app.errors import Conflict
from app.people.actors import SignedInAgent
from app.people.permissions import may_reply, require
from app.work import Rows, Work
from models import Assignment, Conversation, Routing

MOST_OVERDUE = 100

_ROUTINGS = Routing.__table__
_ROUTING = Prepared(select(_ROUTINGS).where(_ROUTINGS.c.conversation_id == bindparam("row_id")), Routing)


async def accept_conversation(work: Work, agent: SignedInAgent, command: AcceptConversation) -> ConversationView:
    """Take what was offered; what one has already stays one's own. Raises Conflict once it has gone on."""
    require(may_reply, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    if conversation.agent_id != agent.id:
        raise Conflict("This conversation has gone on to somebody else.")
    if conversation.offer_until:
        await accept_offer(work, conversation, agent.name)
        return await agent_view_of(work, conversation.id)
    return await tell_change(work, conversation)


async def accept_by_looking(work: Work, agent: SignedInAgent, conversation_id: str) -> None:
    """Opening what was offered takes it. Anything else that is opened stays as it is."""
    conversation = await access_conversation(work, agent, conversation_id)
    if conversation.offer_until and conversation.agent_id == agent.id:
        await accept_offer(work, conversation, agent.name)


async def decline_conversation(work: Work, agent: SignedInAgent, command: DeclineConversation) -> ConversationView:
    """It goes on at once. Raises Conflict when it is not offered to this agent (any more)."""
    require(may_reply, agent)
    conversation = await access_conversation(work, agent, command.conversation_id)
    if conversation.agent_id != agent.id or not conversation.offer_until:
        raise Conflict("This conversation is not offered to you.")
    await _pass_on(work, conversation, agent.id, "declined")
    return await agent_view_of(work, conversation.id)


async def lapse_offer(work: Work, conversation_id: str) -> None:
    """An offer's time is over. Taken meanwhile, or offered anew for longer: nothing happens."""
    conversation = await work.one(select(Conversation).where(Conversation.id == conversation_id).with_for_update())
    if conversation is None or not conversation.offer_until or conversation.offer_until > work.now:
        return
    assert conversation.agent_id is not None
    await _pass_on(work, conversation, conversation.agent_id, "missed")


async def overdue_offers(rows: Rows, now: datetime) -> list[str]:
    """Conversations whose offer should have lapsed by now, should its job be lost."""
    overdue = select(Conversation.id).where(Conversation.offer_until <= now).limit(MOST_OVERDUE)
    return list(await rows.all(overdue))


async def routing_of(rows: Rows, conversation_id: str) -> Routing | None:
    """What routing knows of a conversation, if it knows anything yet."""
    return await rows.first(_ROUTING, row_id=conversation_id)


async def note_passed(work: Work, conversation_id: str, agent_id: str) -> None:
    """This agent is not offered it again."""
    await ensure_routing(work, conversation_id)
    routing = await routing_of(work, conversation_id)
    passed = [*(routing.passed if routing else []), agent_id]
    mine = Routing.conversation_id == conversation_id
    await work.change(update(Routing).where(mine).values(passed=list(dict.fromkeys(passed))))


async def keep_fields(work: Work, conversation_id: str, fields: dict[str, str]) -> None:
    """What the visitor filled in before the chat, for the rules."""
    await ensure_routing(work, conversation_id, fields)


async def ensure_routing(work: Work, conversation_id: str, fields: dict[str, str] | None = None) -> None:
    """There is a row to keep what routing finds out."""
    await work.add_unless_there(
        Routing(
            conversation_id=conversation_id, fields=fields or {}, trace=[], skills=[], overflow=[], passed=[], made_at=work.now
        )
    )


async def _pass_on(work: Work, conversation: Conversation, agent_id: str, outcome: str) -> None:
    await note_passed(work, conversation.id, agent_id)
    await work.change(
        update(Assignment)
        .where(Assignment.conversation_id == conversation.id, Assignment.ended_at.is_(None))
        .values(outcome=outcome)
    )
    await put_back(work, [conversation], outcome)
