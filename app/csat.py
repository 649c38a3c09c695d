"""Contacts' scores of their conversations."""

from __future__ import annotations

from sqlalchemy import delete

from app.contract.conversations import VisitorConversationView
from app.contract.surveys import AnswerSurvey
from app.conversations.access import access_conversation
from app.conversations.announcements import announce_conversation
from app.conversations.views import visitor_view_of
from app.people.actors import Visitor
from app.text import clean_text
from app.work import Work
from models import CsatScore


async def answer_survey(work: Work, visitor: Visitor, command: AnswerSurvey) -> VisitorConversationView:
    """Keep the score; a later answer replaces the earlier."""
    conversation = await access_conversation(work, visitor, command.conversation_id)
    await work.change(delete(CsatScore).where(CsatScore.conversation_id == conversation.id))
    await work.add(
        CsatScore(conversation_id=conversation.id, score=command.score, comment=clean_text(command.comment), answered_at=work.now)
    )
    await announce_conversation(work, conversation)
    return await visitor_view_of(work, conversation)
