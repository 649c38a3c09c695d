"""A supervisor steps in: watches, whispers, takes over, pulls back. Each leaves a line in the audit."""

from __future__ import annotations

from app.activity.record import record
from app.contract.conversations import ConversationView
from app.contract.messages import MessageView
from app.contract.supervision import PullBackConversation, TakeOverConversation, WatchConversation, WhisperConversation
from app.conversations.access import access_conversation, access_conversation_to_read
from app.conversations.assignments.change import give_conversation, put_back
from app.conversations.assignments.offers import note_passed
from app.conversations.messages.send import add_agent_message, announce_again, find_message
from app.conversations.views import agent_view_of, is_held, message_view
from app.errors import Invalid
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.work import Work


async def watch_conversation(work: Work, supervisor: SignedInAgent, command: WatchConversation) -> None:
    """Note that a supervisor reads along. Nobody is told and no mark moves: reading is `conversation.sync` and events."""
    require(Permission.SUPERVISE, supervisor)
    conversation = await access_conversation_to_read(work, supervisor, command.conversation_id)
    record(work, supervisor, "conversation.watch", conversation_id=conversation.id, agent_id=conversation.agent_id)


async def whisper(work: Work, supervisor: SignedInAgent, command: WhisperConversation) -> MessageView:
    """A note for whoever has the conversation, marked as whispered; like every note it never reaches the contact.

    Retried with the same client_id it is the same whisper. Raises Invalid when no colleague has the conversation.
    """
    require(Permission.SUPERVISE, supervisor)
    conversation = await access_conversation(work, supervisor, command.conversation_id)
    if earlier := await find_message(work, supervisor.id, command.client_id):
        announce_again(work, conversation, earlier)
        return message_view(earlier, for_agents=True)
    if conversation.agent_id is None or conversation.agent_id == supervisor.id:
        raise Invalid("No colleague owns this conversation.")
    record(work, supervisor, "conversation.whisper", conversation_id=conversation.id, agent_id=conversation.agent_id)
    return await add_agent_message(
        work, conversation, supervisor, command.client_id, command.body, "internal", system="whispered"
    )


async def take_over(work: Work, supervisor: SignedInAgent, command: TakeOverConversation) -> ConversationView:
    """The conversation is the supervisor's, whoever had it and however much they hold. One's own changes nothing."""
    require(Permission.SUPERVISE, supervisor)
    conversation = await access_conversation(work, supervisor, command.conversation_id)
    mine = (supervisor.id, conversation.team_id)
    return await give_conversation(work, supervisor, conversation, *mine, reason="assigned", action="conversation.take_over")


async def pull_back(work: Work, supervisor: SignedInAgent, command: PullBackConversation) -> ConversationView:
    """Back to the head of its queue, from where routing gives it to somebody else: it has waited since its contact first
    did. Whoever had it is not given it again until somebody has taken it.

    Raises Invalid when nobody has it, or it has ended or is set aside.
    """
    require(Permission.SUPERVISE, supervisor)
    conversation = await access_conversation(work, supervisor, command.conversation_id)
    if not is_held(conversation):
        raise Invalid("This conversation has no owner.")
    former = conversation.agent_id or ""
    await put_back(work, [conversation], "pulled_back", supervisor)
    await note_passed(work, {conversation.id: former})
    return await agent_view_of(work, conversation.id)
