"""Check my site: what the HTML of a page says of the snippet, fetched by the one outgoing client."""

from __future__ import annotations

import pytest

from app.clock import new_id
from app.egress import Egress
from app.errors import Forbidden, NotFound
from app.people.actors import SignedInAgent
from app.visiting.page_check import check_page, keys_in
from tests.factories import House
from tests.servers.sites import site

OURS = "https://chat.example.com"
SNIPPET = f'<script async src="{OURS}/widget.js?inbox=shop" data-inbox="shop"></script>'
IN_CODE = f'<script>var s = document.createElement("script"); s.src = "{OURS}/widget.js?inbox=shop"</script>'


def page(body: str, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html", f"Content-Length: {len(body.encode())}", *headers, "", body]
    return "\r\n".join(lines).encode()


def csp(policy: str) -> str:
    return f"Content-Security-Policy: {policy}"


PAGES = {
    "tag": (page(f"<html><body>{SNIPPET}"), "found", "shop"),
    "quotes": (page("<SCRIPT data-inbox=shop SRC='https://chat.example.com/widget.js'></SCRIPT>"), "found", "shop"),
    "code": (page(IN_CODE), "found", "shop"),
    "none": (page("<html><script src=/other.js></script>"), "not_found", ""),
    "empty": (page(""), "not_found", ""),
    "other": (page(SNIPPET.replace("shop", "warehouse")), "other_key", "warehouse"),
    "both": (page(SNIPPET.replace("shop", "warehouse") + SNIPPET), "found", "shop"),
    "open": (page(SNIPPET, csp(f"script-src 'self' {OURS}; frame-src https://*.example.com")), "found", "shop"),
    "all": (page(SNIPPET, csp("default-src https:")), "found", "shop"),
    "nonce": (page(SNIPPET, csp(f"script-src 'nonce-abc'; frame-src {OURS}")), "found", "shop"),
    "shut": (page(SNIPPET, csp("default-src 'self'")), "blocked_by_csp", "shop"),
    "no-frame": (page(SNIPPET, csp(f"script-src {OURS}; frame-src 'none'")), "blocked_by_csp", "shop"),
    "two": (page(SNIPPET, csp(f"script-src {OURS}"), csp("script-src 'self'")), "blocked_by_csp", "shop"),
    "meta": (
        page(f"""<meta http-equiv="Content-Security-Policy" content="script-src 'self'">{SNIPPET}"""),
        "blocked_by_csp",
        "shop",
    ),
    "error": (page(SNIPPET, status="500 Broken"), "unreachable", ""),
}


async def ada(house: House) -> SignedInAgent:
    return await house.agent("Ada", role="admin")


async def test_a_page_says_what_became_of_the_snippet(house: House) -> None:
    admin = await ada(house)
    with site(**{name: answer for name, (answer, _, _) in PAGES.items()}) as shop:
        egress = Egress(f"127.0.0.1:{shop.port}")
        found = {
            name: await check_page(house.works, egress, admin, house.inbox_id, f"http://127.0.0.1:{shop.port}/{name}", OURS)
            for name in PAGES
        }
    assert {name: (one.outcome, one.key) for name, one in found.items()} == {
        name: (outcome, key) for name, (_, outcome, key) in PAGES.items()
    }


async def test_a_private_page_is_not_fetched_and_a_missing_one_is_unreachable(house: House) -> None:
    admin = await ada(house)
    with site() as inside:
        at = f"http://127.0.0.1:{inside.port}/"
        assert (await check_page(house.works, Egress(), admin, house.inbox_id, at, OURS)).outcome == "private_address"
        assert inside.asked == []
    egress = Egress("127.0.0.0/8")
    assert (await check_page(house.works, egress, admin, house.inbox_id, at, OURS)).outcome == "unreachable"


async def test_only_admins_have_pages_fetched(house: House) -> None:
    with site() as inside:
        at, egress = f"http://127.0.0.1:{inside.port}/", Egress("127.0.0.0/8")
        with pytest.raises(Forbidden):
            await check_page(house.works, egress, await house.agent(role="supervisor"), house.inbox_id, at, OURS)
        with pytest.raises(NotFound):
            await check_page(house.works, egress, await ada(house), new_id(), at, OURS)
        assert inside.asked == []


def test_b20_a_hostile_page_is_read_in_time() -> None:
    for evil in (
        "<script " * 60_000,
        "<script a=" * 50_000,
        "<script " + 'a="' * 200_000,
        ("<script" + " a= " * 450 + ">") * 500,
    ):
        assert keys_in(evil) == []
