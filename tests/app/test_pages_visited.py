"""Pages a contact was on: kept from the first message on, bounded, and nobody else's business."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.contract.audiences import ToInboxAgents
from app.contract.bases import Event
from app.contract.visitors import ContactVisited
from app.people.actors import Visitor
from app.visiting.pages import MAX_PAGES, Device, SeenPage, list_pages, page_address, remember_pages
from models import Contact, PageVisit
from tests.app.asking import Doors, ask
from tests.factories import House
from tests.recording import Stream

SHOP = "https://shop.example"


async def seen(doors: Doors, visitor: Visitor, path: str, **said: str) -> None:
    reply = await ask(doors.gateway, visitor, "page.visited", url=SHOP + path, title=path, **said)
    assert reply["ok"], reply


async def paths(house: House, visitor: Visitor) -> list[str]:
    async with house.works.read() as rows:
        return [page.url.removeprefix(SHOP) for page in await list_pages(rows, visitor.contact_id)]


async def test_a_visitor_who_has_not_written_leaves_no_row(house: House) -> None:
    doors, visitor = Doors(house), house.visitor()
    await seen(doors, visitor, "/")
    await seen(doors, visitor, "/tents")
    assert await house.all(select(func.count()).select_from(PageVisit)) == [0]
    assert await house.all(select(func.count()).select_from(Contact)) == [0]
    assert house.told.all(ContactVisited) == []


async def test_the_first_message_brings_the_pages_before_it(house: House) -> None:
    doors, visitor = Doors(house), house.visitor()
    for path in ("/", "/tents", "/tents/small"):
        await seen(doors, visitor, path, timezone="Europe/Berlin", browser="Mozilla/5.0")
        house.clock.on(seconds=30)
    await ask(doors.gateway, visitor, "conversation.start", client_id="s", body="Is it waterproof?")
    assert await paths(house, visitor) == ["/tents/small", "/tents", "/"]
    (contact,) = await house.all(select(Contact))
    assert (contact.timezone, contact.browser) == ("Europe/Berlin", "Mozilla/5.0")


async def test_staying_on_a_page_lengthens_it_and_coming_back_is_another(house: House) -> None:
    doors = Doors(house)
    _, visitor = await house.chat()
    await seen(doors, visitor, "/tents")
    arrived = house.clock()
    house.clock.on(minutes=2)
    await seen(doors, visitor, "/tents")
    await seen(doors, visitor, "/cart")
    await seen(doors, visitor, "/tents")
    async with house.works.read() as rows:
        pages = await list_pages(rows, visitor.contact_id)
    assert [page.url.removeprefix(SHOP) for page in pages] == ["/tents", "/cart", "/tents"]
    assert (pages[2].visited_at, pages[2].left_at) == (arrived, arrived + timedelta(minutes=2))


async def test_agents_hear_it_and_the_contact_does_not(house: House) -> None:
    doors = Doors(house)
    _, visitor = await house.chat()
    house.told.forget()
    await seen(doors, visitor, "/cart")
    told = house.told.one(ContactVisited, ToInboxAgents(inbox_id=house.inbox_id))
    assert (told.contact_id, told.page.url, told.page.title) == (visitor.contact_id, f"{SHOP}/cart", "/cart")
    assert house.told.to_contact() == []
    assert {type(event) for event in house.told.all(Event)} == {ContactVisited}


async def test_only_the_latest_pages_are_kept(house: House) -> None:
    _, visitor = await house.chat()
    for number in range(MAX_PAGES + 7):
        at = house.clock.on(minutes=1)
        page = SeenPage(url=f"{SHOP}/{number}", title="", since=at, until=at)
        await house.run(remember_pages, visitor, [page], Device())
    kept = await paths(house, visitor)
    assert (len(kept), kept[0], kept[-1]) == (MAX_PAGES, f"/{MAX_PAGES + 6}", "/7")
    assert await house.all(select(func.count()).select_from(PageVisit)) == [MAX_PAGES]


async def test_a_visitor_asks_for_nobodys_pages(house: House) -> None:
    """There is no command for it, and what agents are told never enters a visitor's room."""
    doors, stream = Doors(house), Stream()
    _, visitor = await house.chat()
    stranger = house.visitor()
    await doors.connected_clients.connected(stream, stranger)
    stream.heard.clear()
    await seen(doors, visitor, "/secret")
    for type in ("visitors.watch", "contact.edit", "visitor.invite"):
        reply = await ask(doors.gateway, stranger, type, stream, contact_id=visitor.contact_id)
        assert (reply["ok"], reply["code"]) == (False, "invalid")
    assert stream.heard == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://shop.example/a?b=c#secret", "https://shop.example/a?b=c"),
        ("https://user:pass@shop.example/", "https://shop.example/"),
        ("http://localhost:8000/x", "http://localhost:8000/x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_what_counts_as_a_page(said: str, kept: str | None) -> None:
    assert page_address(said) == kept
