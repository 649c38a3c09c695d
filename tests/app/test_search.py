"""Search: by words in messages, contacts and tickets, whatever is typed, and nothing but what a list would show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.contract.forms import PrechatFields
from app.contract.lists import ListFilter
from app.contract.messages import AgentSendMessage
from app.contract.tickets import OpenTicket
from app.contract.values import ListView, Shelf
from app.conversations.lists import search, search_few
from app.conversations.lists.pages import list_conversations
from app.conversations.lists.search import BATCH, FEW, how_far, with_words, write_down_words
from app.conversations.messages.send import post_agent_message
from app.conversations.tickets import open_ticket
from app.people.actors import SignedInAgent
from app.timetable import domain_sweeps
from models import Conversation
from tests.factories import House
from tests.wording import write_down_all


@pytest.fixture(params=["read", "looked up"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The messages of few conversations are read, and those of more are looked up in an index: the same is found."""
    if request.param == "looked up":
        monkeypatch.setattr(search_few, "MAX_READ", -1)
        monkeypatch.setattr(search_few, "MAX_READ_OF_COMMON", -1)


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_few, "MAX_READ", -1)
    monkeypatch.setattr(search_few, "MAX_READ_OF_COMMON", -1)


async def found(house: House, agent: SignedInAgent, words: str, view: ListView = "all", shelf: Shelf = "open") -> list[str]:
    await write_down_all(house)
    return await listed(house, agent, words, view, shelf)


async def listed(house: House, agent: SignedInAgent, words: str, view: ListView = "all", shelf: Shelf = "open") -> list[str]:
    async with house.works.read() as rows:
        wanted = ListFilter(view=view, shelf=shelf, query=words)
        return [row.id for row in (await list_conversations(rows, agent, wanted, None, 50)).conversations]


@pytest.mark.usefixtures("either_way")
async def test_a_word_said_long_ago_is_found_and_a_note_as_well(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.chat(ana)
    await house.write(visitor, id, "My Übergröße tent-pole broke, see order AB-1234.")
    await house.run(
        post_agent_message, ana, AgentSendMessage(conversation_id=id, client_id="n1", body="Vip!", visibility="internal")
    )
    for number in range(3):
        await house.write(visitor, id, f"Hello {number}?")
    for words in ("übergröße", "ÜBERGR", "tent pole", "pole", "tent-pole", "ab-1234", "1234", "vip"):
        assert await found(house, ana, words) == [id], words
    assert await found(house, ana, "bergröße") == [], "a word is found by how it begins"
    assert await found(house, ana, "broke vip") == [], "all of it in one message"


@pytest.mark.usefixtures("either_way")
async def test_name_and_message_are_looked_for_together(house: House) -> None:
    ana = await house.agent()
    fields = PrechatFields(name="Mia Berg", email="mia@example.com")
    id = (await house.start(body="My stove is cold", fields=fields)).conversation.id
    await house.start(body="My stove is hot", fields=PrechatFields(name="Noa Berg", email="noa@example.com"))
    for words in ("mia stove", "stove mia", "mia berg stove cold", "mia@example.com", "mia example", "cold berg"):
        assert await found(house, ana, words) == [id], words
    assert await found(house, ana, "mia hot") == []


@pytest.mark.usefixtures("either_way")
async def test_tickets_are_found_by_title_and_number(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    ticket = await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title="Torn canvas"))
    for words in ("canvas", "torn can", f"#{ticket.number}", str(ticket.number)):
        assert id in await found(house, ana, words), words


@pytest.mark.usefixtures("either_way")
async def test_a_search_shows_what_its_list_would(house: House) -> None:
    """The view and the shelf hold for what is found, too."""
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    hers, visitor = await house.chat(ana)
    done, other = await house.chat(ben)
    await house.write(visitor, hers, "a zebra")
    await house.write(other, done, "a zebra as well")
    await house.resolve(ben, done)
    assert await found(house, ana, "zebra") == [hers]
    assert await found(house, ana, "zebra", view="mine") == [hers]
    assert await found(house, ben, "zebra", view="mine") == []
    assert await found(house, ben, "zebra", view="mine", shelf="resolved") == [done]


NONSENSE = ["%", "_", "\\", "'", '"', '""', "*", "'; DROP TABLE messages; --", "NEAR(a b)", "a AND", "NOT", "OR OR", "^x", "{a}", "a:b",
    "body:x", "-x", "(", ")", "a*b*", "!x & | <->", ":*", "👋", "é́", "\u202e", "中文", "ﬁ", "²", "x" * 200, "a " * 100, "\x00a", "\ufffe"]  # fmt: skip


@pytest.mark.usefixtures("either_way")
async def test_whatever_is_typed_is_only_words(house: House) -> None:
    ana = await house.agent()
    await house.chat(ana)
    for words in NONSENSE:
        assert await found(house, ana, words) == [], words


async def test_what_is_too_common_is_found_in_the_latest(house: House) -> None:
    ana = await house.agent()
    ids: list[str] = []
    for _ in range(4):
        id, visitor = await house.chat(ana)
        await house.write(visitor, id, "the parcel")
        ids.append(id)
    await write_down_all(house)
    async with house.works.read() as rows:
        latest = await rows.all(select(Conversation.id).where(*await with_words(rows, "parcel", most=2)))
    assert sorted(latest) == sorted(ids[2:])
    assert sorted(await listed(house, ana, "parcel")) == sorted(ids), "the others are there, and only too many"


@pytest.mark.parametrize("few", [FEW, 1])
@pytest.mark.usefixtures("either_way")
async def test_a_narrowed_search_loses_nothing_to_what_its_list_would_not_show(
    house: House, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Whether the list lets few conversations through or many."""
    monkeypatch.setattr(search, "FEW", few)
    ana, ben = await house.agent("Ana", capacity=20), await house.agent("Ben", capacity=20)
    hers: list[str] = []
    for number in range(12):
        owner = ana if number < 3 else ben
        id, visitor = await house.chat(owner)
        await house.write(visitor, id, "a refund")
        await house.run(open_ticket, owner, OpenTicket(conversation_id=id, title="Voucher"))
        hers += [id] if owner is ana else []
    await write_down_all(house)
    async with house.works.read() as rows:
        mine = [Conversation.agent_id == ana.id, Conversation.category.in_(("new", "open"))]
        for words in ("refund", "voucher", "visitor refund"):
            found = await rows.all(select(Conversation.id).where(*await with_words(rows, words, mine, most=5)))
            assert sorted(found) == (sorted(hers) if words != "visitor refund" else []), words
    assert sorted(await listed(house, ana, "refund", view="mine")) == sorted(hers)


async def test_few_conversations_are_read_a_part_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_few, "READ_AT_ONCE", 2)
    ana = await house.agent("Ana", capacity=20)
    ids: list[str] = []
    for number in range(7):
        id, visitor = await house.chat(ana)
        await house.write(visitor, id, f"It hums. Model {number}" if number % 2 else "It is quiet.")
        ids += [id] if number % 2 else []
    assert sorted(await listed(house, ana, "hums")) == sorted(ids), "before any is written down"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_more_are_read_when_the_index_would_tell_of_many_others(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen by what has not been written down yet: only who reads finds it."""
    monkeypatch.setattr(search_few, "MAX_READ", 3)
    monkeypatch.setattr(search, "COMMON_IN_SQLITE", 2)
    ana = await house.agent("Ana", capacity=20)
    for word in ("hums", "hums", "rattles"):
        id, visitor = await house.chat(ana)
        await house.write(visitor, id, f"It {word}.")
    await write_down_all(house)
    for word in ("hums", "rattles"):
        await house.write(visitor, id, f"Now it {word} again.")
    assert len(await listed(house, ana, "hums")) == 3, "many hold it, so all is read"
    assert len(await listed(house, ana, "again")) == 0, "nobody holds it as far as the index knows"
    monkeypatch.setattr(search_few, "MAX_READ_OF_COMMON", 3)
    assert len(await listed(house, ana, "hums")) == 2, "there is too much to read"


@pytest.mark.usefixtures("looked_up")
async def test_the_timetable_writes_words_down_unless_many_write(house: House) -> None:
    """On PostgreSQL there is nothing to write down, and all is found at once."""
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    sweeps = domain_sweeps(house.works, house.react(), timedelta(0), busy_messages=2)
    (sweep,) = [one for one in sweeps if one.name == "write down words"]
    await sweep.run()
    for _ in range(3):
        await house.write(visitor, id, "a zebra")
    await sweep.run()
    is_there = house.works.database.dialect == "postgresql"
    assert bool(await listed(house, ana, "zebra")) == is_there, "busy: it can wait"
    await sweep.run()
    assert await listed(house, ana, "zebra") == [id]


async def test_what_was_said_is_found_two_seconds_later(house: House) -> None:
    seconds = {one.name: one.seconds for one in domain_sweeps(house.works, house.react(), timedelta(0))}
    assert seconds["write down words"] <= 2.0


async def test_more_than_a_batch_is_written_down_and_nothing_twice(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    for number in range(BATCH + 5):
        await house.write(visitor, id, f"word{number}")
    await write_down_all(house)
    async with house.works.read() as rows:
        written, newest = await how_far(rows)
    assert written == newest
    if house.works.database.dialect == "sqlite":
        assert not await house.run(write_down_words)
    assert await found(house, ana, f"word{BATCH + 4}") == [id]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("looked_up")
async def test_l6_a_search_says_that_older_messages_are_still_being_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MANY_UNREAD", 3)
    ana = await house.agent("Ana")
    for number in range(4):
        conversation_id, visitor = await house.chat()
        await house.write(visitor, conversation_id, f"the kettle whistles {number}")

    async def said(query: str) -> tuple[int, bool]:
        async with house.works.read() as rows:
            page = await list_conversations(rows, ana, ListFilter(view="all", query=query), None, 50)
        return len(page.conversations), page.is_reading

    assert await said("kettle") == (0, True), "nothing has been read yet, and that is said"
    assert await said("") == (4, False)
    await write_down_all(house)
    assert await said("kettle") == (4, False)
