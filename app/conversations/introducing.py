"""A visitor says who they are."""

from __future__ import annotations

from sqlalchemy import select

from app.contract.commands import PrechatFields, UpdateContact
from app.contract.values import OPEN_CATEGORIES
from app.contract.views import WidgetContactView
from app.conversations.changing import change_conversation
from app.conversations.telling import tell_change
from app.people.actors import Visitor
from app.people.contacts import remember_contact, widget_contact_view
from app.work import Work
from models import Conversation


async def update_contact(work: Work, visitor: Visitor, command: UpdateContact) -> WidgetContactView:
    """Keep the name or address, unverified; agents see it in every open conversation of theirs."""
    contact = await remember_contact(work, visitor, PrechatFields(name=command.name, email=command.email), None)
    open_ones = await work.all(
        select(Conversation)
        .where(Conversation.contact_id == visitor.contact_id, Conversation.category.in_(OPEN_CATEGORIES))
        .order_by(Conversation.id)
        .with_for_update()
    )
    for conversation in open_ones:
        await tell_change(work, await change_conversation(work, conversation))
    return widget_contact_view(visitor, contact)
