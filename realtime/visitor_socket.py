"""Commands of a visitor. Decides nothing: one verb a command."""

from __future__ import annotations

from typing import assert_never

from app.contract.articles import ArticlesFound, SearchArticles
from app.contract.bases import Done, Reply
from app.contract.commands import VisitorCommand
from app.contract.contacts import ContactIs, UpdateContact
from app.contract.conversations import EndConversation, Ended, StartConversation
from app.contract.forms import SubmitForm
from app.contract.messages import Sent, SetTyping, VisitorSendMessage
from app.contract.reading import ConversationDelivered, ReadConversation, VisitorEarlier, VisitorSync
from app.contract.surveys import AnswerSurvey
from app.contract.visitors import VisitPage
from app.conversations.contact_details import update_contact
from app.conversations.forms import submit_form
from app.conversations.lifecycle import end_conversation
from app.conversations.messages.first_message import start_conversation
from app.conversations.messages.send import post_visitor_message
from app.conversations.messages.typing_notices import typing_changed
from app.conversations.reading.sync import earlier_for_visitor, mark_delivered, mark_read, sync_for_visitor
from app.csat import answer_survey
from app.knowledge.suggest import Suggester
from app.people.actors import Visitor
from app.people.inboxes import shows_suggestions
from app.visiting.visits import Whereabouts
from app.work import Works
from realtime.hub import Hub, Subscriber
from realtime.visiting import Visits


class VisitorCommands:
    """Visitor commands to verbs."""

    def __init__(self, works: Works, hub: Hub, suggester: Suggester, visits: Visits) -> None:
        self._visits = visits
        self._works = works
        self._hub = hub
        self._suggester = suggester

    async def obey(self, visitor: Visitor, stream: Subscriber | None, command: VisitorCommand) -> Reply:
        run = self._works.run
        match command:
            case VisitorSendMessage():  # the gateway hands these to Outbox, which comes back to the same verb
                return Sent(message=await run(post_visitor_message, visitor, command))
            case StartConversation():
                started = await run(start_conversation, visitor, command)
                await self._visits.remember(visitor)
                return started
            case VisitorSync():
                async with self._works.read() as rows:
                    return await sync_for_visitor(rows, visitor, command)
            case VisitorEarlier():
                async with self._works.read() as rows:
                    return await earlier_for_visitor(rows, visitor, command)
            case ReadConversation():
                await run(mark_read, visitor, command)
                return Done()
            case ConversationDelivered():
                await run(mark_delivered, visitor, command)
                return Done()
            case SetTyping():
                async with self._works.read() as rows:
                    self._hub.publish(await typing_changed(rows, visitor, command))
                return Done()
            case EndConversation():
                return Ended(conversation=await run(end_conversation, visitor, command))
            case AnswerSurvey():
                return Ended(conversation=await run(answer_survey, visitor, command))
            case SearchArticles():
                async with self._works.read() as rows:
                    is_shown = await shows_suggestions(rows, visitor.inbox_id)
                if not is_shown:
                    return ArticlesFound(suggestions=[], is_by_words=False)
                return await self._suggester.look_up(command.query, for_visitor=True)
            case VisitPage():
                at = Whereabouts(url=command.url, title=command.title, timezone=command.timezone, browser=command.browser)
                await self._visits.seen(visitor, at)
                return Done()
            case SubmitForm():
                return ContactIs(contact=await run(submit_form, visitor, command))
            case UpdateContact():
                return ContactIs(contact=await run(update_contact, visitor, command))
            case _:
                assert_never(command)
