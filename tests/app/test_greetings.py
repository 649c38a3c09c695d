"""What we say first: by an agent's hand to one visitor, by rule to many; a conversation only once it is answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.contract.audiences import ToContact
from app.contract.proactive import InvitationMade, InviteVisitor, ProactiveMessageView, SaveProactiveMessage
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.people.actors import SignedInAgent, Visitor
from app.people.presence import set_presence
from app.visiting.greetings import greeting_told, invite_visitor, pending_invitation
from app.visiting.proactive import (
    Visit,
    delete_proactive_message,
    fits,
    greetings_for,
    is_page,
    list_proactive_messages,
    order_proactive_messages,
    save_proactive_message,
)
from models import Contact, Conversation, Inbox, Invitation, ProactiveMessage
from tests.factories import LEASE, House

HELLO = "Shall I show you around?"


async def invite(house: House, agent: SignedInAgent, visitor: Visitor, client_id: str = "i", body: str = HELLO) -> str:
    command = InviteVisitor(client_id=client_id, contact_id=visitor.contact_id, body=body)
    return (await house.run(invite_visitor, agent, command, visitor)).id


async def rule(house: House, admin: SignedInAgent, **said: Any) -> ProactiveMessageView:
    given = {"inbox_id": house.inbox_id, "name": "Hello", "body": "Need a hand?", **said}
    return await house.run(save_proactive_message, admin, None, SaveProactiveMessage(**given))


async def count(house: House, table: Any) -> int:
    return (await house.all(select(func.count()).select_from(table)))[0]


async def greetings(house: House, visitor: Visitor | None = None, url: str = "https://shop.example/") -> list[str]:
    async with house.works.read() as rows:
        inbox = await rows.one(select(Inbox).where(Inbox.id == house.inbox_id))
        assert inbox is not None
        return [
            it.body
            for it in await greetings_for(rows, inbox, (visitor or house.visitor()).contact_id, house.clock(), url, "en", False)
        ]


async def test_an_invitation_is_told_to_its_visitor_and_makes_no_contact(house: House) -> None:
    ana, visitor = await house.agent(), house.visitor()
    house.told.forget()
    id = await invite(house, ana, visitor)
    told = house.told.one(InvitationMade, ToContact(contact_id=visitor.contact_id)).greeting
    assert (told.id, told.body, told.author.name, told.after_seconds) == (id, HELLO, "Ana", 0)
    assert (await count(house, Contact), await count(house, Conversation)) == (0, 0)


async def test_the_same_invitation_again_changes_nothing(house: House) -> None:
    ana, visitor = await house.agent(), house.visitor()
    assert await invite(house, ana, visitor) == await invite(house, ana, visitor)
    assert await count(house, Invitation) == 1


async def test_the_answer_begins_a_conversation_with_the_invitation_and_its_author_has_it(house: House) -> None:
    ana, visitor = await house.agent(), house.visitor()
    id = await invite(house, ana, visitor)
    started = await house.start(visitor, "Yes, please", greeting_id=id)
    said = [(it.author_kind, it.author_name, it.body) for it in await house.messages(started.conversation.id)]
    assert said[:2] == [("agent", "Ana", HELLO), ("contact", "", "Yes, please")]
    assert [it.seq for it in await house.messages(started.conversation.id)] == [1, 2, 3]
    conversation = await house.conversation(started.conversation.id)
    assert (conversation.agent_id, conversation.contact_read_seq, conversation.unread_count) == (ana.id, 2, 1)
    assert (await house.all(select(Invitation.answered_at)))[0] is not None


async def test_an_answer_sent_again_says_the_first_line_once(house: House) -> None:
    ana, visitor = await house.agent(), house.visitor()
    id = await invite(house, ana, visitor)
    first = await house.start(visitor, "Yes", greeting_id=id, client_id="same")
    again = await house.start(visitor, "Yes", greeting_id=id, client_id="same")
    more = await house.start(visitor, "Still there?", greeting_id=id)
    assert first.message.id == again.message.id
    assert more.conversation.id == first.conversation.id
    bodies = [it.body for it in await house.messages(first.conversation.id)]
    assert (bodies.count(HELLO), bodies.count("Yes"), bodies.count("Still there?")) == (1, 1, 1)


async def test_an_answer_waits_in_the_queue_when_its_author_has_left(house: House) -> None:
    ana, visitor = await house.agent(), house.visitor()
    id = await invite(house, ana, visitor)
    await house.run(set_presence, ana.id, "offline", LEASE)
    started = await house.start(visitor, "Yes", greeting_id=id)
    assert (await house.conversation(started.conversation.id)).agent_id is None
    assert (await house.messages(started.conversation.id))[0].body == HELLO


async def test_an_invitation_is_nobody_elses_to_answer_show_or_wave_away(house: House) -> None:
    ana, visitor, stranger = await house.agent(), house.visitor(), house.visitor()
    id = await invite(house, ana, visitor)
    assert await house.run(greeting_told, stranger, id, "dismissed") is None
    started = await house.start(stranger, "Yes", greeting_id=id)
    assert [it.body for it in await house.messages(started.conversation.id)] == ["Yes"]
    async with house.works.read() as rows:
        assert await pending_invitation(rows, stranger, house.clock()) is None
        found = await pending_invitation(rows, visitor, house.clock())
    assert found is not None
    assert found.id == id


async def test_an_invitation_waits_until_it_is_waved_away(house: House) -> None:
    ana, visitor = await house.agent(), house.visitor()
    id = await invite(house, ana, visitor)
    assert await house.run(greeting_told, visitor, id, "shown") == "shown"
    async with house.works.read() as rows:
        assert await pending_invitation(rows, visitor, house.clock()) is not None, "it is there on the next page, too"
    assert await house.run(greeting_told, visitor, id, "dismissed") == "dismissed"
    async with house.works.read() as rows:
        assert await pending_invitation(rows, visitor, house.clock()) is None


async def test_an_invitation_nobody_saw_for_an_hour_is_stale(house: House) -> None:
    ana, visitor = await house.agent(), house.visitor()
    await invite(house, ana, visitor)
    house.clock.on(hours=1, seconds=1)
    async with house.works.read() as rows:
        assert await pending_invitation(rows, visitor, house.clock()) is None


async def test_somebody_in_a_conversation_is_not_invited(house: House) -> None:
    ana = await house.agent()
    _, visitor = await house.chat(ana)
    with pytest.raises(Conflict):
        await invite(house, ana, visitor)


async def test_empty_words_are_no_invitation(house: House) -> None:
    ana = await house.agent()
    with pytest.raises(Invalid):
        await invite(house, ana, house.visitor(), body=" \n ")


async def test_a_rules_message_begins_the_conversation_as_the_inbox_and_is_counted(house: House) -> None:
    admin, visitor = await house.agent(role="admin"), house.visitor()
    message = await rule(house, admin)
    for _ in range(3):
        await house.run(greeting_told, visitor, message.id, "shown")
    started = await house.start(visitor, "Yes", greeting_id=message.id, client_id="same")
    await house.start(visitor, "Yes", greeting_id=message.id, client_id="same")
    first = (await house.messages(started.conversation.id))[0]
    assert (first.author_kind, first.author_name, first.body) == ("bot", "Shop", "Need a hand?")
    async with house.works.read() as rows:
        (counted,) = await list_proactive_messages(rows)
    assert (counted.shown_count, counted.answered_count) == (3, 1)


async def test_a_rules_message_may_speak_as_an_agent(house: House) -> None:
    admin, ana = await house.agent("Ada", role="admin"), await house.agent()
    message = await rule(house, admin, agent_id=ana.id)
    started = await house.start(house.visitor(), "Yes", greeting_id=message.id)
    first = (await house.messages(started.conversation.id))[0]
    assert (first.author_kind, first.author_id, first.author_name) == ("agent", ana.id, "Ana")


async def test_another_inboxs_message_is_not_said_here(house: House) -> None:
    admin = await house.agent(role="admin")
    elsewhere = await house.inbox("elsewhere")
    message = await rule(house, admin, inbox_id=elsewhere)
    started = await house.start(house.visitor(), "Yes", greeting_id=message.id)
    assert [it.body for it in await house.messages(started.conversation.id)] == ["Yes"]
    assert await greetings(house) == []


async def test_the_order_is_the_admins(house: House) -> None:
    admin = await house.agent(role="admin")
    first, second = [await rule(house, admin, name=name, body=name) for name in ("first", "second")]
    assert await greetings(house) == ["first", "second"]
    await house.run(order_proactive_messages, admin, house.inbox_id, [second.id, first.id])
    assert await greetings(house) == ["second", "first"]
    with pytest.raises(Invalid):
        await house.run(order_proactive_messages, admin, house.inbox_id, [second.id])


async def test_a_message_is_changed_switched_off_and_removed(house: House) -> None:
    admin = await house.agent(role="admin")
    message = await rule(house, admin)
    said = SaveProactiveMessage(inbox_id=house.inbox_id, name="Hello", body="Another word", is_on=False)
    changed = await house.run(save_proactive_message, admin, message.id, said)
    assert (changed.id, changed.body, changed.is_on, changed.position) == (message.id, "Another word", False, message.position)
    assert await greetings(house) == []
    await house.run(delete_proactive_message, admin, message.id)
    with pytest.raises(NotFound):
        await house.run(save_proactive_message, admin, message.id, said)


@pytest.mark.parametrize("role", ["agent", "supervisor"])
async def test_only_admins_keep_them(house: House, role: Any) -> None:
    admin, other = await house.agent("Ada", role="admin"), await house.agent(role=role)
    message = await rule(house, admin)
    said = SaveProactiveMessage(inbox_id=house.inbox_id, name="Hello", body="Mine now")
    with pytest.raises(Forbidden):
        await house.run(save_proactive_message, other, message.id, said)
    with pytest.raises(Forbidden):
        await house.run(delete_proactive_message, other, message.id)
    with pytest.raises(Forbidden):
        await house.run(order_proactive_messages, other, house.inbox_id, [message.id])


async def test_somebody_in_a_conversation_is_told_nothing_by_rule(house: House) -> None:
    admin = await house.agent(role="admin")
    await rule(house, admin)
    id, visitor = await house.chat(admin)
    assert await greetings(house, visitor) == []
    await house.resolve(admin, id)
    assert await greetings(house, visitor) == ["Need a hand?"]


async def test_staffed_is_asked_of_the_leases(house: House) -> None:
    admin = await house.agent(role="admin", presence=None)
    await rule(house, admin, body="We are here", staffing="staffed")
    await rule(house, admin, body="Leave a message", staffing="unstaffed")
    assert await greetings(house) == ["Leave a message"]
    await house.agent(lease=timedelta(minutes=1))
    assert await greetings(house) == ["We are here"]
    house.clock.on(minutes=2)
    assert await greetings(house) == ["Leave a message"]


VISIT = Visit(url="https://shop.example/tents/small?size=2", locale="de-AT", is_returning=False, is_staffed=True)


@pytest.mark.parametrize(
    ("conditions", "is_meant"),
    [
        ({}, True),
        ({"is_on": False}, False),
        ({"page": "/tents*"}, True),
        ({"page": "/cart"}, False),
        ({"locale": "de"}, True),
        ({"locale": "DE-at"}, True),
        ({"locale": "d"}, False),
        ({"locale": "en"}, False),
        ({"visitor": "new"}, True),
        ({"visitor": "returning"}, False),
        ({"staffing": "staffed"}, True),
        ({"staffing": "unstaffed"}, False),
        ({"page": "/tents*", "locale": "de", "visitor": "new", "staffing": "staffed"}, True),
        ({"page": "/tents*", "locale": "de", "visitor": "returning", "staffing": "staffed"}, False),
    ],
)
def test_whom_a_rule_is_meant_for(conditions: dict[str, Any], is_meant: bool) -> None:
    blank = {"is_on": True, "page": "", "locale": "", "visitor": "any", "staffing": "any"}
    assert fits(ProactiveMessage(**{**blank, **conditions}), VISIT) is is_meant


@pytest.mark.parametrize(
    ("pattern", "url", "matches"),
    [
        ("", "https://shop.example/x", True),
        ("/", "https://shop.example", True),
        ("/", "https://shop.example/x", False),
        ("/cart", "https://shop.example/cart?step=2#pay", True),
        ("/cart", "https://shop.example/cart/", False),
        ("/cart*", "https://shop.example/cart/", True),
        ("*/sale/*", "https://shop.example/de/sale/tents", True),
        ("/p?id=*", "https://shop.example/p?id=3", True),
        ("/p?id=*", "https://shop.example/p", False),
        ("https://shop.example/*", "https://shop.example/x", True),
        ("https://shop.example/*", "https://other.example/x", False),
        ("/a.b", "https://shop.example/aXb", False),
        ("*" * 400 + "x", "https://shop.example/" + "y" * 1900, False),
    ],
)
def test_what_a_pattern_names(pattern: str, url: str, matches: bool) -> None:
    assert is_page(pattern, url) is matches
