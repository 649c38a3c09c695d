"""What the contact thought of it."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from app.contract.audiences import ToContact
from app.contract.conversations import VisitorConversationChanged
from app.contract.surveys import AnswerSurvey
from app.csat import answer_survey
from models import CsatScore
from tests.factories import House


async def test_a_score_is_kept_and_shown_to_the_one_who_gave_it(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.resolve(ana, id)
    house.told.forget()
    view = await house.run(answer_survey, visitor, AnswerSurvey(conversation_id=id, score=5, comment=" Great!\x00 "))
    assert view.rating == 5
    (row,) = await house.all(select(CsatScore))
    assert (row.conversation_id, row.score, row.comment, row.answered_at) == (id, 5, "Great!", house.clock())
    assert house.told.one(VisitorConversationChanged, ToContact(contact_id=visitor.contact_id)).conversation.rating == 5


async def test_a_later_score_replaces_the_earlier(house: House) -> None:
    id, visitor = await house.chat()
    for score in (1, 4):
        await house.run(answer_survey, visitor, AnswerSurvey(conversation_id=id, score=score))
    assert list(await house.all(select(CsatScore.score))) == [4]


async def test_two_scores_at_once_are_one(house: House) -> None:
    id, visitor = await house.chat()
    async with house.another_node() as other:
        await asyncio.gather(
            *(
                works.run(answer_survey, visitor, AnswerSurvey(conversation_id=id, score=score))
                for works in (house.works, other)
                for score in (2, 3)
            )
        )
    assert len(await house.all(select(CsatScore))) == 1
