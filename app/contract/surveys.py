"""Scores that contacts give a conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from app.contract.bases import Command, View
from app.contract.conversations import Ended
from app.contract.values import Id


class ScoreView(View):
    """A contact's score of a conversation: 1 (bad) to 5 (good)."""

    conversation_id: str
    score: int
    comment: str
    answered_at: datetime


class AnswerSurvey(Command, tag="survey.answer", answers=Ended):
    """CSAT: 1 (bad) to 5 (good) and a comment, once per conversation; a later answer replaces the earlier."""

    conversation_id: Id
    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Annotated[str, Meta(max_length=2000)] = ""
