"""Who a browser is: signing out, stale proof, and two tabs of somebody new at once."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
from playwright.sync_api import BrowserContext, FrameLocator, Page, Route, expect

from tests.running import Running

ASK = re.compile("Type to find answers|Ask a question", re.I)


def identity(parley: Running, sub: str, since: int = 0, life: int = 600, secret: str = "") -> str:
    """A token of the site around, issued so many seconds from now."""
    with sqlite3.connect(parley.folder / "data" / "parley.db") as rows:
        (own,) = rows.execute("SELECT identity_secret FROM inboxes WHERE key = 'demo'").fetchone()
    now = int(time.time()) + since
    claims = {"sub": sub, "name": sub.title(), "aud": "demo", "iat": now, "exp": now + life}
    return jwt.encode(claims, secret or own, "HS256")


class Shop:
    """A page of a site with the widget, signed in or not."""

    def __init__(self, context: BrowserContext, parley: Running, token: str = "") -> None:
        self.parley = parley
        self.page: Page = context.new_page()
        self.visit(token)

    def visit(self, token: str = "") -> None:
        """Load the page as the site renders it for whoever is signed in."""
        attribute = f'data-identity-token="{token}"' if token else ""
        html = f'<!doctype html><title>Shop</title><script async src="/widget.js" data-inbox="demo" {attribute}></script>'
        where = f"{self.parley.url}/shop"
        self.page.unroute(where)
        self.page.route(where, lambda route: route.fulfill(body=html, content_type="text/html"))
        self.page.goto(where)
        self.page.wait_for_function("() => !!window.Parley")

    @property
    def panel(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def open(self) -> None:
        self.page.evaluate("() => Parley.open()")

    def begin(self, text: str) -> None:
        self.panel.get_by_role("textbox", name=ASK).fill(text)
        self.panel.get_by_role("button", name="Start conversation").click()
        expect(self.panel.get_by_role("log").get_by_text(text, exact=True)).to_be_visible()

    def is_empty(self) -> None:
        """The home screen of somebody nobody knows."""
        expect(self.panel.get_by_role("textbox", name=ASK)).to_be_visible()
        expect(self.panel.get_by_text("Your conversations")).to_have_count(0)

    def token(self) -> str | None:
        (frame,) = [it for it in self.page.frames if "/widget/frame" in it.url]
        return frame.evaluate("() => localStorage.getItem('parley:demo:token')")


def session(parley: Running, token: str | None) -> dict[str, Any]:
    body = {"inbox_key": "demo", "visitor_token": token}
    return httpx.post(f"{parley.url}/api/v1/widget/sessions", json=body, trust_env=False, timeout=15).json()


def test_signing_out_leaves_nothing_to_the_next_person(busy_parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    context = new_context()
    mia = identity(busy_parley, "mia")
    shop, other_tab = Shop(context, busy_parley, mia), Shop(context, busy_parley, mia)
    shop.open()
    shop.begin("My private order")
    other_tab.open()
    expect(other_tab.panel.get_by_text("My private order").first).to_be_visible()
    old = shop.token()
    assert old
    assert old.startswith("pv2.")

    shop.page.evaluate("() => Parley.signOut()")
    for tab in (shop, other_tab):
        tab.is_empty()
        expect(tab.panel.get_by_text("My private order")).to_have_count(0)
    shop.visit()
    shop.open()
    shop.is_empty()
    assert session(busy_parley, old)["contact"]["id"] != old.split(".")[1], "the old token opens nothing"

    shop.visit(identity(busy_parley, "mia"))
    expect(shop.panel.get_by_text("My private order").first).to_be_visible()


def test_a_page_left_while_signing_out_signs_out_on_the_next(
    busy_parley: Running, new_context: Callable[..., BrowserContext]
) -> None:
    shop = Shop(new_context(), busy_parley, identity(busy_parley, "ole"))
    shop.open()
    shop.begin("Only for Ole")
    shop.page.evaluate("() => localStorage.setItem('parley:demo', '#123456 left')")
    shop.visit()
    shop.open()
    shop.is_empty()


def test_a_stale_identity_keeps_the_chat_and_asks_the_page(
    busy_parley: Running, new_context: Callable[..., BrowserContext]
) -> None:
    shop = Shop(new_context(), busy_parley, identity(busy_parley, "ida", since=-7200))
    shop.page.evaluate("() => { window.asked = 0; Parley.onTokenNeeded = () => { asked += 1 } }")
    shop.open()
    expect(shop.panel.get_by_text("Your sign-in has expired.")).to_be_visible()
    shop.page.wait_for_function("() => asked > 0")
    before = shop.token()
    shop.begin("I can write all the same")
    shop.page.evaluate("token => Parley.identify(token)", identity(busy_parley, "ida"))
    expect(shop.panel.get_by_text("Your sign-in has expired.")).to_have_count(0)
    expect(shop.panel.get_by_text("I can write all the same").first).to_be_visible()
    after = shop.token()
    assert before
    assert after
    assert (before.split(".")[0], after.split(".")[0]) == ("pv1", "pv2")

    shop.page.evaluate(
        "token => Parley.identify(token)", identity(busy_parley, "ida", secret="somebody else's secret, long enough")
    )
    expect(shop.panel.get_by_role("alert").get_by_text("could not verify who you are")).to_be_visible()
    assert shop.token() == after, "what is stored stays"


def test_two_tabs_of_somebody_new_are_one_visitor(busy_parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    context = new_context()
    asked: list[dict[str, Any]] = []
    held: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route.request.post_data_json)
        if len(asked) == 1:
            held.append(route)
        else:
            route.continue_()

    context.route("**/api/v1/widget/sessions", hold)
    first, second = Shop(context, busy_parley), Shop(context, busy_parley)
    first.open()
    expect(first.panel.get_by_role("textbox", name=ASK)).to_be_visible()
    second.open()
    expect(second.panel.get_by_role("textbox", name=ASK)).to_be_visible()
    until = time.monotonic() + 15
    while not held and time.monotonic() < until:
        first.page.wait_for_timeout(50)
    held[0].continue_()
    first.begin("Written in the first tab")
    second.page.reload()
    second.page.wait_for_function("() => !!window.Parley")
    second.open()
    expect(second.panel.get_by_text("Written in the first tab").first).to_be_visible()
    assert (first.token() or "").split(".")[1] == (second.token() or "").split(".")[1]
