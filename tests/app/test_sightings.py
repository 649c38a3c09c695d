"""Where a widget's script was seen: one row for a key and a site, latest page kept, never too many."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.clock import new_id
from app.contract.inboxes import SaveInbox
from app.errors import Forbidden, NotFound
from app.people.actors import SignedInAgent
from app.people.inboxes import change_inbox
from app.visiting.sightings import (
    MAX_SITES,
    MAX_UNKNOWN,
    Sighting,
    is_allowed_site,
    list_sightings,
    origin_of,
    record_sighting,
    sighting_of,
)
from models import Inbox, InboxSighting
from tests.factories import House


@pytest.fixture
async def ada(house: House) -> SignedInAgent:
    return await house.agent("Ada", role="admin", teams=[], presence=None)


async def see(house: House, page: str, key: str = "shop") -> None:
    inbox = next(iter(await house.all(select(Inbox).where(Inbox.key == key))), None)
    seen = sighting_of(key, inbox, page, "chat.example")
    assert seen is not None
    await house.run(record_sighting, seen)


async def listed(house: House, ada: SignedInAgent) -> tuple[list[tuple[str, str, str]], list[str]]:
    async with house.works.read() as rows:
        found = await list_sightings(rows, ada, house.inbox_id)
    return [(one.origin, one.page, one.outcome) for one in found.sightings], [one.key for one in found.unknown]


@pytest.mark.parametrize(
    ("page", "origin"),
    [
        ("https://shop.example/tents?x=1", "https://shop.example"),
        ("https://Shop.Example:443/", "https://shop.example"),
        ("http://localhost:8080/a", "http://localhost:8080"),
        ("http://[::1]:80/", "http://[::1]"),
        ("about:blank", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("https://a\x00b/", None),
        ("https://shop.example:99999/", None),
        ("", None),
    ],
)
def test_a_page_has_the_origin_a_browser_names(page: str, origin: str | None) -> None:
    assert origin_of(page) == origin


@pytest.mark.parametrize(
    ("allowed", "origin", "is_allowed"),
    [
        ([], "https://anywhere.example", True),
        (["https://shop.example"], "https://shop.example", True),
        (["https://shop.example"], "http://shop.example", False),
        (["https://shop.example"], "https://shop.example.evil.example", False),
        (["https://*.shop.example"], "https://de.shop.example", True),
        (["https://*.shop.example"], "https://shop.example", False),
        (["https://*.shop.example"], "https://evilshop.example", False),
        (["http://localhost:8000"], "http://localhost:8001", False),
    ],
)
def test_a_site_is_allowed_as_the_browser_will_decide(allowed: list[str], origin: str, is_allowed: bool) -> None:
    assert is_allowed_site(allowed, origin) is is_allowed


async def test_a_site_is_one_row_with_its_latest_page(house: House, ada: SignedInAgent) -> None:
    await see(house, "https://shop.example/tents")
    house.clock.on(minutes=2)
    await see(house, "https://shop.example/")
    assert await listed(house, ada) == ([("https://shop.example", "https://shop.example/tents", "ok")], [])
    house.clock.on(minutes=2)
    await see(house, "https://shop.example/lamps")
    (row,) = await house.all(select(InboxSighting))
    assert (row.page, row.seen_at) == ("https://shop.example/lamps", house.clock())


async def test_a_site_that_is_not_allowed_and_a_wrong_key_are_told_apart(house: House, ada: SignedInAgent) -> None:
    await house.run(change_inbox, ada, house.inbox_id, SaveInbox(name="Shop", allowed_origins=["https://shop.example"]))
    await see(house, "https://other.example/")
    house.clock.on(seconds=1)
    await see(house, "https://shop.example/", key="shpo")
    assert await listed(house, ada) == ([("https://other.example", "https://other.example/", "blocked")], ["shpo"])
    await house.run(
        change_inbox,
        ada,
        house.inbox_id,
        SaveInbox(name="Shop", allowed_origins=["https://shop.example", "https://other.example"]),
    )
    await see(house, "https://other.example/")
    assert (await listed(house, ada))[0] == [("https://other.example", "https://other.example/", "ok")]


async def test_our_own_host_is_allowed_and_the_settings_preview_is_not_seen(house: House) -> None:
    inbox = Inbox(id=new_id(), allowed_origins=["https://shop.example"])
    own = sighting_of("shop", inbox, "https://chat.example/demo", "chat.example")
    assert own is not None
    assert own.outcome == "ok"
    assert sighting_of("shop", inbox, "https://chat.example/inbox/settings/inboxes/1", "chat.example") is None


async def test_rows_are_bounded_whoever_asks(house: House) -> None:
    async def count() -> int:
        (rows,) = await house.all(select(func.count()).select_from(InboxSighting))
        return rows

    for number in range(MAX_SITES + 3):
        await see(house, f"https://{number}.example/")
        house.clock.on(seconds=1)
    assert await count() == MAX_SITES
    for number in range(MAX_UNKNOWN + 3):
        await house.run(
            record_sighting,
            Sighting(
                key=f"wrong-{number}", origin="https://x.example", page="https://x.example/", outcome="unknown_key", inbox_id=None
            ),
        )
        house.clock.on(seconds=1)
    assert await count() == MAX_SITES + MAX_UNKNOWN


async def test_only_admins_see_where_the_script_was_seen(house: House, ada: SignedInAgent) -> None:
    ana = await house.agent("Ana")
    async with house.works.read() as rows:
        with pytest.raises(Forbidden):
            await list_sightings(rows, ana, house.inbox_id)
        with pytest.raises(NotFound):
            await list_sightings(rows, ada, new_id())
