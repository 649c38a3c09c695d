"""Commands of an agent. Decides nothing: one verb a command."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from msgspec.structs import replace

from app.contract.articles import SearchArticles, SuggestArticles
from app.contract.assignments import (
    AcceptConversation,
    AssignConversation,
    ClaimConversation,
    DeclineConversation,
    TransferConversation,
)
from app.contract.bases import Done, Reply
from app.contract.bulk_changes import ChangeConversations, UndoConversations
from app.contract.commands import AgentCommand
from app.contract.contacts import EditContact
from app.contract.conversations import AskEmail, Changed, SetPriority, SetStatus, SnoozeConversation, ViewConversation
from app.contract.drafts import DraftIs, SaveDraft
from app.contract.escalations import DeescalateConversation, EscalateConversation
from app.contract.lists import WatchScreen
from app.contract.messages import AgentSendMessage, Sent, SetTyping
from app.contract.presence import ForcePresence, PresenceIs, SetPresence
from app.contract.proactive import InviteVisitor
from app.contract.reading import AgentEarlier, AgentSync, ConversationDelivered, ReadConversation
from app.contract.supervision import PullBackConversation, TakeOverConversation, WatchConversation, WhisperConversation
from app.contract.tickets import OpenTicket, TicketIs, UpdateTicket
from app.contract.visitors import VisitorsWatched, WatchVisitors
from app.contract.wall import SetThresholds, Watching, WatchWall
from app.conversations.access import access_conversation_to_read
from app.conversations.assignments.change import assign_conversation, claim_conversation, transfer_conversation
from app.conversations.assignments.offers import accept_by_looking, accept_conversation, decline_conversation
from app.conversations.assignments.supervision import pull_back, take_over, watch_conversation, whisper
from app.conversations.bulk_changes import change_conversations
from app.conversations.contact_details import ask_email, edit_contact
from app.conversations.lifecycle import (
    set_priority,
    set_status,
    snooze_conversation,
)
from app.conversations.messages.send import post_agent_message
from app.conversations.messages.typing_notices import typing_changed
from app.conversations.reading.drafts import save_draft
from app.conversations.reading.sync import earlier_for_agent, mark_delivered, mark_read, sync_for_agent
from app.conversations.tickets import first_words, open_ticket, update_ticket
from app.conversations.undo import undo_conversations
from app.conversations.views import is_held
from app.errors import Conflict, Invalid
from app.escalation.requests import deescalate_conversation, escalate_conversation
from app.knowledge.proposals import propose_priority
from app.knowledge.suggest import Suggester
from app.people.actors import SignedInAgent, Visitor
from app.people.permissions import Permission, require, require_everywhere
from app.people.presence import force_presence, set_own_presence
from app.reports.thresholds import set_thresholds
from app.visiting.greetings import invite_visitor
from app.work import Works
from realtime.connected_clients import ConnectedClients
from realtime.hub import Hub, Subscriber
from realtime.rooms import VISITORS
from realtime.visiting import Visits
from realtime.wall import WallPainter


class AgentCommands:
    """Agent commands to verbs."""

    def __init__(
        self,
        works: Works,
        hub: Hub,
        suggester: Suggester,
        connected_clients: ConnectedClients,
        visits: Visits,
        wall: WallPainter,
        lease: timedelta,
    ) -> None:
        self._works = works
        self._hub = hub
        self._suggester = suggester
        self._connected_clients = connected_clients
        self._visits = visits
        self._wall = wall
        self._lease = lease

    async def obey(self, agent: SignedInAgent, stream: Subscriber | None, command: AgentCommand) -> Reply:
        run = self._works.run
        match command:
            case AgentSendMessage():  # the gateway hands these to Outbox, which comes back to the same verb
                return Sent(message=await run(post_agent_message, agent, command))
            case AgentSync():
                async with self._works.read() as rows:
                    return await sync_for_agent(rows, agent, command)
            case AgentEarlier():
                async with self._works.read() as rows:
                    return await earlier_for_agent(rows, agent, command)
            case ReadConversation():
                await run(mark_read, agent, command)
                return Done()
            case ConversationDelivered():
                await run(mark_delivered, agent, command)
                return Done()
            case SetTyping():
                async with self._works.read() as rows:
                    self._hub.publish(await typing_changed(rows, agent, command))
                return Done()
            case SetPresence():
                return await self._set_presence(agent, stream, command)
            case ForcePresence():
                return PresenceIs(agent=await run(force_presence, agent, command))
            case AskEmail():
                return Changed(conversation=await run(ask_email, agent, command))
            case AcceptConversation():
                return Changed(conversation=await run(accept_conversation, agent, command))
            case DeclineConversation():
                return Changed(conversation=await run(decline_conversation, agent, command))
            case ClaimConversation():
                return Changed(conversation=await run(claim_conversation, agent, command))
            case AssignConversation():
                return Changed(conversation=await run(assign_conversation, agent, command))
            case TransferConversation():
                return Changed(conversation=await run(transfer_conversation, agent, command))
            case SetStatus():
                return Changed(conversation=await run(set_status, agent, command))
            case SetPriority():
                return Changed(conversation=await run(set_priority, agent, command))
            case SnoozeConversation():
                return Changed(conversation=await run(snooze_conversation, agent, command))
            case EscalateConversation():
                return Changed(conversation=await run(escalate_conversation, agent, command))
            case UndoConversations():
                return await undo_conversations(self._works, agent, command)
            case ChangeConversations():
                return await change_conversations(self._works, agent, command)
            case SaveDraft():
                return DraftIs(draft=await run(save_draft, agent, command))
            case DeescalateConversation():
                return Changed(conversation=await run(deescalate_conversation, agent, command))
            case UpdateTicket():
                return TicketIs(ticket=await run(update_ticket, agent, command))
            case OpenTicket():
                return await self._open_ticket(agent, command)
            case ViewConversation():
                return await self._view(agent, stream, command)
            case SearchArticles():
                return await self._suggester.look_up(command.query, for_visitor=False)
            case SuggestArticles():
                async with self._works.read() as rows:
                    await access_conversation_to_read(rows, agent, command.conversation_id)
                return await self._suggester.suggest_for(command.conversation_id)
            case WatchConversation():
                await run(watch_conversation, agent, command)
                return Done()
            case WhisperConversation():
                return Sent(message=await run(whisper, agent, command))
            case TakeOverConversation():
                return Changed(conversation=await run(take_over, agent, command))
            case PullBackConversation():
                return Changed(conversation=await run(pull_back, agent, command))
            case SetThresholds():
                await run(set_thresholds, agent, command)
                return Done()
            case WatchWall():
                return await self._watch_wall(agent, stream, command)
            case EditContact():
                return await run(edit_contact, agent, command)
            case WatchScreen():
                require(Permission.VIEW_CONVERSATIONS, agent)
                if stream is None:
                    raise Invalid("Watching a screen needs a stream of events.")
                await self._connected_clients.interests.watch(stream, agent, command)
                return Done()
            case WatchVisitors():
                return await self._watch_visitors(agent, stream, command)
            case InviteVisitor():
                return await self._invite(agent, command)
            case _:
                assert_never(command)

    async def _set_presence(self, agent: SignedInAgent, stream: Subscriber | None, command: SetPresence) -> PresenceIs:
        """An idle browser makes its agent idle only when every other of theirs here is idle too."""
        if command.is_automatic:
            is_idle = self._connected_clients.note_idle(agent, stream, is_idle=command.presence != "online")
            command = replace(command, presence="away" if is_idle else "online")
        return PresenceIs(agent=await self._works.run(set_own_presence, agent, command, self._lease))

    async def _open_ticket(self, agent: SignedInAgent, command: OpenTicket) -> TicketIs:
        """Open a ticket. Fields the agent left out are proposed from the contact's words, before the transaction begins."""
        async with self._works.read() as rows:
            await access_conversation_to_read(rows, agent, command.conversation_id)
            words = await first_words(rows, command.conversation_id)
        title, topic = await self._suggester.propose(words)
        ticket = await self._works.run(open_ticket, agent, command, title, topic, propose_priority(words))
        return TicketIs(ticket=ticket)

    async def _view(self, agent: SignedInAgent, stream: Subscriber | None, command: ViewConversation) -> Done:
        conversation = None
        if command.conversation_id is not None:
            async with self._works.read() as rows:
                conversation = await access_conversation_to_read(rows, agent, command.conversation_id)
        if stream is None:
            raise Invalid("Looking at a conversation needs a stream of events.")
        if conversation is not None and (
            is_held(conversation)
            and conversation.agent_id == agent.id
            and (conversation.offer_until or agent.id not in (conversation.joined_ids or []))
        ):
            await self._works.run(accept_by_looking, agent, conversation.id)
        await self._connected_clients.look_at(stream, command.conversation_id)
        if command.conversation_id is not None:
            self._suggester.wanted(command.conversation_id)
        return Done()

    async def _watch_visitors(self, agent: SignedInAgent, stream: Subscriber | None, command: WatchVisitors) -> VisitorsWatched:
        require(Permission.VIEW_VISITORS, agent)
        if stream is None:
            raise Invalid("Watching visitors needs a stream of events.")
        if command.watching:
            self._hub.enter(stream, [VISITORS])
        else:
            self._hub.leave(stream, [VISITORS])
        return VisitorsWatched(visitors=await self._visits.list())

    async def _invite(self, agent: SignedInAgent, command: InviteVisitor) -> Done:
        require(Permission.INVITE_VISITORS, agent)
        visit = self._visits.find(command.contact_id)
        if visit is None:
            raise Conflict("This visitor has left.")
        visitor = Visitor(contact_id=visit.contact_id, inbox_id=visit.inbox_id)
        self._visits.invited(visitor, await self._works.run(invite_visitor, agent, command, visitor))
        return Done()

    async def _watch_wall(self, agent: SignedInAgent, stream: Subscriber | None, command: WatchWall) -> Watching | Done:
        require_everywhere(Permission.WATCH_WALL, agent)
        if stream is None:
            raise Invalid("Watching the wall needs a stream of events.")
        if command.watching:
            return Watching(wall=await self._wall.watch(stream, by_rows=command.by_rows))
        self._wall.unwatch(stream)
        return Done()
