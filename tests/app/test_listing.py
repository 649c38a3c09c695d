"""Lists: every row once, whatever arrives meanwhile, and cursors that are only what we gave out."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any, get_args

import pytest
from sqlalchemy import select

from app.clock import new_id
from app.contract.assignments import AssignConversation
from app.contract.bulk_changes import Change
from app.contract.conversations import ConversationChanged, ConversationView, SetPriority, SetStatus
from app.contract.forms import PrechatFields
from app.contract.lists import ListFilter
from app.contract.messages import MessageCreated, VisitorSendMessage
from app.contract.tickets import OpenTicket
from app.contract.toolbox import SaveView
from app.contract.values import ListView, Shelf, Sort
from app.conversations.assignments.change import assign_conversation
from app.conversations.bulk_changes import change_one_conversation
from app.conversations.contact_history import list_contact_conversations
from app.conversations.lifecycle import set_priority, set_status
from app.conversations.lists import counts as counts_module
from app.conversations.lists.counts import OpenCounts
from app.conversations.lists.pages import list_conversations, list_tickets
from app.conversations.messages.outbox import MessageOutbox
from app.conversations.tickets import open_ticket
from app.errors import Invalid
from app.people.actors import SignedInAgent
from app.routing.queue import queue_of
from app.toolbox import list_desk, save_view
from app.work import Rows
from models import SavedView
from tests.factories import READER, House
from tests.wording import write_down_all


async def page(
    house: House,
    agent: SignedInAgent,
    after: str | None = None,
    limit: int = 7,
    view: ListView = "all",
    shelf: Shelf = "open",
    words: str = "",
    **narrowing: Any,
) -> tuple[list[ConversationView], str | None]:
    async with house.works.read() as rows:
        wanted = ListFilter(view=view, shelf=shelf, query=words, **narrowing)
        found = await list_conversations(rows, agent, wanted, after, limit)
    return found.conversations, found.next


async def every(house: House, agent: SignedInAgent, limit: int = 7, view: ListView = "all") -> list[str]:
    ids: list[str] = []
    after = None
    while True:
        found, after = await page(house, agent, after, limit, view)
        ids += [one.id for one in found]
        if after is None:
            return ids


async def test_pages_are_complete_without_repeats_newest_first(house: House) -> None:
    ana = await house.agent()
    ids: list[str] = []
    for number in range(20):
        if number % 3:
            house.clock.on(seconds=1)  # some share a time: the id then decides
        ids.append((await house.chat())[0])
    listed = await every(house, ana)
    assert sorted(listed) == sorted(ids)
    times = [(await house.conversation(id)).last_message_at for id in listed]
    assert times == sorted(times, reverse=True)
    assert await every(house, ana, limit=1) == listed


async def test_pages_keep_their_order_across_minutes_and_within_one(house: House) -> None:
    """Whatever a conversation was moved by: the first message, a later one, the verb or the batch."""
    ana = await house.agent(capacity=100)
    posting = MessageOutbox(house.works)
    chats = [await house.chat(ana) for _ in range(12)]
    for number in range(60):
        house.clock.on(seconds=(0, 7, 53, 0.000001, 31)[number % 5])
        id, visitor = chats[(number * 7 + number // 12) % len(chats)]
        if number % 2:
            await house.write(visitor, id)
        else:
            await posting.send(visitor, VisitorSendMessage(client_id=f"k{number}", conversation_id=id, body="Hello"))
    for view in ("all", "mine"):
        places = [(one.last_message_at, one.id) for one in (await page(house, ana, limit=50, view=view))[0]]
        assert len(places) == len(chats)
        assert places == sorted(places, reverse=True)
        assert await every(house, ana, limit=1, view=view) == [id for _, id in places]


async def test_while_messages_arrive_a_reader_who_listens_misses_none(house: House) -> None:
    """A conversation that moves to the top while one pages is told as an event; pages and events together are everything."""
    ana = await house.agent()
    chats: list[tuple[str, object]] = []
    for _ in range(20):
        house.clock.on(seconds=1)
        chats.append(await house.chat())
    house.told.forget()
    seen: list[str] = []
    after = None
    for turn in range(100):
        found, after = await page(house, ana, after, 3)
        seen += [one.id for one in found]
        if after is None:
            break
        house.clock.on(seconds=1)
        id, visitor = chats[(turn * 7) % 20]
        await house.write(visitor, id)  # pyright: ignore[reportArgumentType]
        await house.chat()
    assert len(seen) == len(set(seen)), "a page repeated a row"
    told = {event.message.conversation_id for event in house.told.all(MessageCreated)}
    told |= {event.conversation.id for event in house.told.all(ConversationChanged)}
    assert {id for id, _ in chats} <= set(seen) | told


async def test_views_hold_what_they_say_and_the_counts_agree(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    mine, bens, free = (await house.chat(ana))[0], (await house.chat(ben))[0], (await house.chat())[0]
    done = (await house.chat(ana))[0]
    await house.resolve(ana, done)

    async def ids(view: ListView, shelf: Shelf = "open") -> set[str]:
        return {one.id for one in (await page(house, ana, view=view, shelf=shelf))[0]}

    assert await ids("mine") == {mine}
    assert await ids("unassigned") == {free}
    assert await ids("all") == {mine, bens, free}
    assert await ids("all", "resolved") == {done}
    counts = await OpenCounts(house.works).of(ana)
    assert (counts.mine, counts.unassigned, counts.all) == (1, 1, 3)


async def test_words_narrow_a_list_and_are_only_words(house: House) -> None:
    ana = await house.agent()
    fields = PrechatFields(name="Mia Berg", email="mia@example.com")
    id = (await house.start(body="My stove is cold", fields=fields)).conversation.id
    await house.start(body="100 tents")

    await write_down_all(house)

    async def finds(words: str) -> bool:
        return id in [one.id for one in (await page(house, ana, words=words))[0]]

    finding = ["", "mia", "MIA BERG", "berg mia", "stove", "mia@example", "mia\x00", "\x00"]
    assert [words for words in finding if not await finds(words)] == []
    not_finding = ["mia tent", "%", "_", "m%a", "\\", "' OR 1=1", "👋", " ".join("abcdefghijkl")]
    assert [words for words in not_finding if await finds(words)] == []


@pytest.mark.parametrize("sort", get_args(Sort))
async def test_every_order_pages_through_every_row_once(house: House, sort: Sort) -> None:
    """One row a page gives the same order as one page, ties included, whatever the keys are."""
    ana = await house.agent()
    for number in range(12):
        if number % 3:
            house.clock.on(seconds=1)
        id, _ = await house.chat(ana if number % 4 == 0 else None)
        if number % 2:
            await house.run(set_priority, ana, SetPriority(conversation_id=id, priority="urgent"))
        if number % 3 == 0:
            await house.run(open_ticket, ana, OpenTicket(conversation_id=id, topic="äpfel" if number % 2 else "Zelte"))
        if number % 5 == 0:
            await house.answer(ana, id)
            await house.run(set_status, ana, SetStatus(conversation_id=id, status="in_progress"))
    whole = [row.id for row in (await page(house, ana, limit=50, sort=sort))[0]]
    assert len(set(whole)) == 12
    paged: list[str] = []
    after = None
    while len(paged) <= 12:
        found, after = await page(house, ana, after, 1, sort=sort)
        paged += [row.id for row in found]
        if after is None:
            break
    assert paged == whole


async def test_orders_put_first_what_they_promise(house: House) -> None:
    ana = await house.agent()
    early, urgent, late = [(await house.chat())[0] for _ in range(3) if house.clock.on(seconds=1)]
    await house.run(set_priority, ana, SetPriority(conversation_id=urgent, priority="urgent"))
    house.clock.on(seconds=1)
    await house.run(open_ticket, ana, OpenTicket(conversation_id=late, topic="Beds"))
    await house.run(open_ticket, ana, OpenTicket(conversation_id=early, topic="Tents"))
    await house.answer(ana, early)

    async def order(sort: Sort) -> list[str]:
        return [row.id for row in (await page(house, ana, sort=sort))[0]]

    assert await order("newest") == [early, late, urgent]
    assert await order("queue") == [urgent, early, late], "urgent first, then whoever came first"
    assert await order("priority") == [urgent, late, early], "of equals whoever came last"
    assert await order("waiting") == [urgent, late, early], "whoever has waited longest; the answered one last"
    assert await order("status") == [late, urgent, early], "new before open"
    assert await order("topic") == [late, early, urgent], "by topic; without a ticket last"


async def test_the_queues_order_is_routings(house: House) -> None:
    ana = await house.agent()
    for number in range(8):
        house.clock.on(seconds=number % 2)
        id, _ = await house.chat()
        if number % 3 == 1:
            await house.run(set_priority, ana, SetPriority(conversation_id=id, priority="high"))
    listed = [row.id for row in (await page(house, ana, limit=50, view="unassigned", sort="queue"))[0]]
    assert listed == [row.id for row in await house.all(queue_of(house.team_id))]


async def test_filters_narrow_and_saved_views_count_what_they_show(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    team = await house.team("Orders")
    tagged, urgent, moved = [(await house.chat())[0] for _ in range(3)]
    await house.run(change_one_conversation, ana, tagged, Change(conversation_ids=[tagged], add_tags=["refund"]))
    await house.run(set_priority, ana, SetPriority(conversation_id=urgent, priority="urgent"))
    await house.run(assign_conversation, ana, AssignConversation(conversation_id=moved, team_id=team))
    of_ben = (await house.chat())[0]
    await house.run(assign_conversation, ana, AssignConversation(conversation_id=of_ben, agent_id=ben.id))
    numbered = await house.run(open_ticket, ana, OpenTicket(conversation_id=moved))
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({"tag": "refund"}, {tagged}),
        ({"tag": "nothing"}, set()),
        ({"priority": "urgent"}, {urgent}),
        ({"team_id": team}, {moved}),
        ({"inbox_id": house.inbox_id}, {tagged, urgent, moved, of_ben}),
        ({"agent_id": ben.id}, {of_ben}),
        ({"status": "new"}, {tagged, urgent, moved, of_ben}),
        ({"status": "open"}, set()),
        ({"words": f"#{numbered.number}"}, {moved}),
    ]
    for narrowing, expected in cases:
        assert {row.id for row in (await page(house, ana, **narrowing))[0]} == expected, narrowing
        kept = ListFilter(query=narrowing.get("words", ""), **{k: v for k, v in narrowing.items() if k != "words"})
        view = await house.run(save_view, ana, SaveView(name="One of mine", filter=kept))
        counts = await OpenCounts(house.works).of(ana)
        assert {one.id: one.count for one in counts.saved}[view.id] == len(expected), narrowing
        assert (await OpenCounts(house.works).of(ben)).saved == [], "nobody else's views are counted"


async def test_a_view_kept_before_a_filter_was_there_still_shows_and_counts(house: House) -> None:
    ana = await house.agent("Ana")
    conversation_id, _ = await house.chat()
    view = await house.run(save_view, ana, SaveView(name="Old", filter=ListFilter(view="all")))
    async with house.works.read() as rows:
        row = await rows.one(select(SavedView).where(SavedView.id == view.id))
        assert row is not None
        assert "agent_id" not in row.filter, "the version before this one can read it"
        assert [one.count for one in (await OpenCounts(house.works).of(ana)).saved] == [1]
        assert (await list_desk(rows, ana)).views[0].filter.agent_id is None
    assert conversation_id


ID = "00000000-0000-7000-8000-000000000000"
AT = "2026-03-02T09:00:00+00:00"
BAD_CURSORS = [
    *(
        base64.urlsafe_b64encode(json.dumps(held).encode()).decode()
        for held in ([], {}, 1, [AT], [AT, "x"], [1, ID], ["x", ID], [AT[:19], ID])
    ),
    "x",
    "_",
    f"{AT}_",
    f"{AT}_" + "x" * 36,
    f"2026-03-02T09:00:00_{ID}",
    f"yesterday_{ID}",
    f"{AT}_{ID}\n",
    "9" * 100,
    "\x00",
]
BAD_NUMBERS = ["x", "-1", "1.5", "²", "9" * 30, " ", "\x00", "1\n"]


async def test_a_made_up_cursor_is_refused(house: House) -> None:
    ana = await house.agent()
    for cursor in BAD_CURSORS:
        with pytest.raises(Invalid):
            await page(house, ana, cursor)
    for cursor in BAD_NUMBERS:
        async with house.works.read() as rows:
            with pytest.raises(Invalid):
                await list_tickets(rows, READER, cursor, 10)


async def test_a_page_has_a_sensible_size(house: House) -> None:
    ana = await house.agent()
    for _ in range(12):
        await house.chat()
    assert [len((await page(house, ana, limit=limit))[0]) for limit in (0, -5, 10**9)] == [1, 1, 12]


async def test_tickets_are_listed_newest_first_each_once(house: House) -> None:
    ana = await house.agent()
    for _ in range(9):
        await house.run(open_ticket, ana, OpenTicket(conversation_id=(await house.chat())[0]))
    numbers: list[int] = []
    after = None
    while True:
        async with house.works.read() as rows:
            found = await list_tickets(rows, READER, after, 4)
        numbers += [ticket.number for ticket in found.tickets]
        after = found.next
        if after is None:
            break
    assert numbers == list(range(9, 0, -1))


async def test_a_contacts_history_is_theirs_alone(house: House) -> None:
    ana = await house.agent()
    first, visitor = await house.chat(ana)
    await house.resolve(ana, first)
    house.clock.on(days=1)
    second, _ = await house.chat(visitor=visitor)
    await house.chat()
    async with house.works.read() as rows:
        history = await list_contact_conversations(rows, READER, visitor.contact_id)
        assert (await list_contact_conversations(rows, READER, new_id())).conversations == []
    assert [one.id for one in history.conversations] == [second, first]


async def test_a_list_shows_what_every_change_left(house: House) -> None:
    """Derived figures equal a recount: twenty conversations, many hands, one list."""
    agents = [await house.agent(f"Agent {n}") for n in range(3)]
    ana = agents[0]
    chats = [await house.chat() for _ in range(10)]
    await asyncio.gather(*(house.claim(agents[n % 3], id) for n, (id, _) in enumerate(chats)))
    await asyncio.gather(*(house.write(visitor, id) for id, visitor in chats[::2]))
    await asyncio.gather(*(house.answer(agents[n % 3], id) for n, (id, _) in enumerate(chats) if n % 4 == 1))
    for view in (await page(house, ana, limit=50))[0]:
        messages = await house.messages(view.id)
        public = [message for message in messages if message.seq]
        spoken = [message for message in public if message.system is None]
        assert (view.seq, view.rev) == (len(public), max(view.rev, messages[-1].rev))
        assert view.preview == spoken[-1].body
        last_answer = max((message.seq or 0 for message in public if message.author_kind == "agent"), default=0)
        asked = [message for message in public if message.author_kind == "contact" and (message.seq or 0) > last_answer]
        assert view.unread_count == len(asked)
        assert (view.waiting_since is not None) == bool(asked)


async def test_counts_are_shared_by_all_agents_and_read_once_a_second_at_most(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty views cost one read without joins, and only the views that are asked for are counted."""
    reads: list[None] = []
    reading = counts_module.read_open

    async def noted(rows: Rows) -> Any:
        reads.append(None)
        return await reading(rows)

    monkeypatch.setattr(counts_module, "read_open", noted)
    now = [0.0]
    counts = OpenCounts(house.works, clock=lambda: now[0])
    ana, ben = await house.agent("Ana", role="admin"), await house.agent("Ben")
    for number in range(60):
        kept = ListFilter(view="all", tag=f"tag{number}")
        await house.run(save_view, ana, SaveView(name=f"View {number}", filter=kept, is_shared=True))
    await house.chat(ana)
    now[0] = 10.0
    first = await counts.of(ana)
    assert (first.mine, first.all, len(first.saved)) == (1, 1, 60)
    await house.chat(ben)
    second = await counts.of(ben, [first.saved[7].id])
    assert [one.id for one in second.saved] == [first.saved[7].id]
    assert (second.mine, second.all, len(reads)) == (0, 1, 1)
    now[0] += counts_module.SHORTEST_SECONDS
    third = await counts.of(ben, [])
    assert (third.mine, third.all, len(reads)) == (1, 2, 2)
