"""Who is told that somebody types, and what."""

from __future__ import annotations

import pytest
from msgspec import ValidationError
from msgspec.json import decode
from sqlalchemy import update

from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.commands import VisitorCommand
from app.contract.inboxes import SetInbox
from app.contract.messages import SetTyping, TypingChanged
from app.conversations.messages.typing_notices import typing_changed
from app.errors import Forbidden, NotFound
from app.people.actors import SignedInAgent, Visitor
from app.people.inboxes import set_inbox
from app.work import Announcement
from models import Inbox
from tests.factories import House

HALF = "My card number is 4\x00"


async def told(
    house: House, actor: Visitor | SignedInAgent, id: str, preview: str = HALF, typing: bool = True
) -> list[Announcement]:
    async with house.works.read() as rows:
        return await typing_changed(rows, actor, SetTyping(conversation_id=id, typing=typing, preview=preview))


def preview_of(announcement: Announcement) -> str:
    assert isinstance(announcement.event, TypingChanged)
    return announcement.event.preview


async def test_what_a_visitor_types_is_shown_only_where_an_admin_says_so(house: House) -> None:
    admin = await house.agent("Ada", role="admin")
    id, visitor = await house.chat()
    assert [preview_of(one) for one in await told(house, visitor, id)] == [""], "off unless somebody switches it on"
    view = await house.run(set_inbox, admin, house.inbox_id, SetInbox(previews_typing=True))
    assert (view.previews_typing, view.shows_visitors) == (True, False)
    (one,) = await told(house, visitor, id)
    assert (preview_of(one), one.to) == ("My card number is 4", ToInboxAgents(inbox_id=house.inbox_id)), "to agents alone"
    assert [preview_of(one) for one in await told(house, visitor, id, typing=False)] == [""]
    await house.run(set_inbox, admin, house.inbox_id, SetInbox(previews_typing=False))
    assert [preview_of(one) for one in await told(house, visitor, id)] == [""], "a widget that was not told yet is not believed"


async def test_what_an_agent_types_is_shown_to_nobody(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    async with house.works.begin() as work:
        await work.change(update(Inbox).values(previews_typing=True))
    announced = await told(house, ana, id)
    assert {type(one.to) for one in announced} == {ToInboxAgents, ToContact}
    assert [preview_of(one) for one in announced] == ["", ""]


async def test_strangers_and_agents_decide_nothing(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat()
    with pytest.raises(NotFound):
        await told(house, house.visitor(), id)
    with pytest.raises(Forbidden):
        await house.run(set_inbox, ana, house.inbox_id, SetInbox(previews_typing=True))


def test_a_preview_is_bounded() -> None:
    long = (
        f'{{"type":"typing.set","conversation_id":"00000000-0000-7000-8000-000000000000","typing":true,"preview":"{"x" * 501}"}}'
    )
    with pytest.raises(ValidationError):
        decode(long, type=VisitorCommand)
