"""Conversations an actor may see: one predicate for the gate, lists, counts, search, files, contacts, the wall and what is heard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from sqlalchemy import select

from app.attachments import FileStore, access_attachment, upload_file
from app.clock import new_id
from app.contract.lists import ListFilter
from app.contract.messages import AgentSendMessage
from app.contract.tickets import OpenTicket
from app.contract.work_list import TicketListing
from app.conversations.access import is_visible_to, visible_to
from app.conversations.contact_history import get_contact, list_contact_conversations
from app.conversations.lists.counts import OpenCounts
from app.conversations.lists.pages import list_conversations, list_tickets
from app.conversations.lists.work_list import count_work, list_work
from app.conversations.messages.outbox import MessageOutbox
from app.conversations.tickets import open_ticket
from app.errors import Forbidden, NotFound
from app.people.actors import Actor, SignedInAgent, Visitor
from app.people.permissions import ROLES, Grant, Permission, require_everywhere
from models import Conversation
from tests.app.asking import Doors, ask
from tests.app.test_access import AGENTS_ASK, SUPERVISORS_ASK
from tests.factories import House
from tests.recording import Stream
from tests.wording import write_down_all


class Split(Struct):
    """Two inboxes with one conversation each, of one contact, and an agent whose role sees the first alone."""

    house: House
    eve: SignedInAgent
    ana: SignedInAgent
    visitor: Visitor
    seen: str
    hidden: str
    other_inbox: str


@pytest.fixture
async def split(house: House, monkeypatch: pytest.MonkeyPatch) -> Split:
    other_inbox = await house.inbox("elsewhere", house.team_id)
    ana, eve = await house.agent("Ana"), await house.agent("Eve", role="admin")
    visitor = house.visitor()
    seen = (await house.start(visitor, "My stove smokes")).conversation.id
    elsewhere = Visitor(contact_id=visitor.contact_id, inbox_id=other_inbox)
    hidden = (await house.start(elsewhere, "Another stove smokes")).conversation.id
    for id in (seen, hidden):
        await house.run(open_ticket, eve, OpenTicket(conversation_id=id, title="Stove"), "", "", "medium")
    monkeypatch.setitem(ROLES, "agent", Grant(ROLES["supervisor"].names, frozenset({house.inbox_id})))
    return Split(house, eve, ana, visitor, seen, hidden, other_inbox)


async def rows_of(house: House) -> Sequence[Conversation]:
    async with house.works.read() as rows:
        return await rows.all(select(Conversation).order_by(Conversation.id))


async def test_the_condition_and_its_twin_agree_about_every_actor(split: Split) -> None:
    elsewhere = Visitor(contact_id=split.visitor.contact_id, inbox_id=split.other_inbox)
    actors: list[Actor] = [split.ana, split.eve, split.visitor, elsewhere, split.house.visitor()]
    seen: list[list[str]] = []
    for actor in actors:
        async with split.house.works.read() as rows:
            found = await rows.all(select(Conversation.id).where(visible_to(actor)).order_by(Conversation.id))
        assert [one.id for one in await rows_of(split.house) if is_visible_to(actor, one)] == list(found)
        seen.append(list(found))
    both = sorted([split.seen, split.hidden])
    assert seen == [[split.seen], both, [split.seen], [split.hidden], []]


async def test_lists_search_and_contacts_show_what_may_be_seen(split: Split) -> None:
    house = split.house
    await write_down_all(house)

    async def found(agent: SignedInAgent) -> list[list[str]]:
        async with house.works.read() as rows:
            history = await get_contact(rows, agent, split.visitor.contact_id)
            pages: list[Any] = [
                (await list_conversations(rows, agent, ListFilter(), None, 50)).conversations,
                (await list_conversations(rows, agent, ListFilter(query="stove"), None, 50)).conversations,
                (await list_conversations(rows, agent, ListFilter(query="2"), None, 50)).conversations,
                (await list_work(rows, agent, ListFilter(), TicketListing(), None, 50)).conversations,
                (await list_contact_conversations(rows, agent, split.visitor.contact_id)).conversations,
            ]
            tickets = [(await list_tickets(rows, agent, None, 50)).tickets, history.tickets]
        return [sorted(one.id for one in page) for page in pages] + [
            sorted(one.conversation_id for one in page) for page in tickets
        ]

    both = sorted([split.seen, split.hidden])
    assert await found(split.eve) == [both, both, [split.hidden], both, both, both, both]
    one = [split.seen]
    assert await found(split.ana) == [one, one, [], one, one, one, one]


async def test_counts_are_of_what_may_be_seen_whoever_asks_first(split: Split) -> None:
    counts = OpenCounts(split.house.works)
    for _ in range(2):
        assert (await counts.of(split.eve)).all == 2
        assert (await counts.of(split.ana)).all == 1
    async with split.house.works.read() as rows:
        assert await count_work(rows, split.eve, ListFilter(), TicketListing()) == 2
        assert await count_work(rows, split.ana, ListFilter(), TicketListing()) == 1


async def test_every_command_finds_a_hidden_conversation_missing(split: Split) -> None:
    doors = Doors(split.house)
    before = {one.id: one.rev for one in await rows_of(split.house)}
    for type, given in (AGENTS_ASK | SUPERVISORS_ASK).items():
        hidden = await ask(doors.gateway, split.ana, type, conversation_id=split.hidden, **given)
        missing = await ask(doors.gateway, split.ana, type, conversation_id=new_id(), **given)
        assert hidden == missing, type
        assert hidden["code"] == "not_found", type
    assert {one.id: one.rev for one in await rows_of(split.house)} == before


async def test_a_message_in_a_batch_goes_by_the_gate(split: Split) -> None:
    outbox = MessageOutbox(split.house.works)
    hidden = AgentSendMessage(conversation_id=split.hidden, client_id="k", body="Let me in", visibility="internal")
    with pytest.raises(NotFound):
        await outbox.send(split.ana, hidden)
    await outbox.send(split.ana, AgentSendMessage(conversation_id=split.seen, client_id="k", body="Hello"))


async def test_files_are_those_of_conversations_that_may_be_seen(split: Split, tmp_path: Path) -> None:
    house = split.house
    elsewhere = Visitor(contact_id=split.visitor.contact_id, inbox_id=split.other_inbox)
    file = (await upload_file(house.works, FileStore(tmp_path), elsewhere, "a.txt", b"words", 1000)).id
    await house.write(elsewhere, split.hidden, "", attachment_ids=[file])
    async with house.works.read() as rows:
        assert (await access_attachment(rows, split.eve, file)).id == file
        with pytest.raises(NotFound):
            await access_attachment(rows, split.ana, file)


async def test_a_hidden_conversation_is_never_heard_of(split: Split) -> None:
    """Neither before the screen has said what it shows nor after, not even when it says that it shows this one."""
    house, doors = split.house, Doors(split.house)
    lists = [{"view": "all", "shelf": "open"}]
    plain, watching, admin = Stream(), Stream(), Stream()
    for stream, agent in ((plain, split.ana), (watching, split.ana), (admin, split.eve)):
        await doors.connected_clients.connected(stream, agent)
    for stream, agent in ((watching, split.ana), (admin, split.eve)):
        given = {"lists": lists, "tickets": True, "conversation_ids": [split.hidden]}
        assert (await ask(doors.gateway, agent, "screen.watch", stream, **given))["ok"]
    for stream in (plain, watching, admin):
        stream.heard.clear()
    elsewhere = Visitor(contact_id=split.visitor.contact_id, inbox_id=split.other_inbox)
    await house.write(elsewhere, split.hidden, "CANARY")
    await house.note(split.eve, split.hidden, "CANARY")
    await house.claim(split.eve, split.hidden)
    while doors.connected_clients.interests.is_looking:
        await doors.connected_clients.interests.settle()
    heard = [str([one.json for one in stream.heard]) for stream in (plain, watching, admin)]
    assert [split.hidden in said or "CANARY" in said for said in heard] == [False, False, True]


async def test_the_wall_is_for_those_who_see_every_inbox(split: Split) -> None:
    answer = await ask(Doors(split.house).gateway, split.ana, "wall.watch", watching=True)
    assert answer["code"] == "forbidden"
    require_everywhere(Permission.WATCH_WALL, split.eve)
    with pytest.raises(Forbidden):
        require_everywhere(Permission.WATCH_WALL, split.ana)
