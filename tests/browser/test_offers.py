"""What an agent is offered and given: accepted or declined where it stands, and told of without getting in the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.guests import Guest
from tests.browser.lists import row_of
from tests.browser.looking import DESKTOP, PHONE, look_in_every_way
from tests.browser.people import AgentPage, as_agent, session_of
from tests.running import PASSWORD, Running

NewContext = Callable[..., BrowserContext]
ADMIN = "admin@example.com"


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


class Team:
    """A team of its own, whose agents nobody else's conversations reach."""

    def __init__(self, url: str, name: str, accept_seconds: int = 0) -> None:
        self.url = url
        self.name = name
        self.id: str = self._ask("POST", "/api/v1/teams", name=name)["team"]["id"]
        self._ask("PUT", f"/api/v1/teams/{self.id}/routing", mode="least_load", accept_seconds=accept_seconds)

    def add(self, name: str) -> str:
        """Someone new in the team; their address."""
        email = f"{name}.{self.name}@example.com".lower().replace(" ", "-")
        self._ask("POST", "/api/v1/agents", name=name, email=email, password=PASSWORD, team_ids=[self.id])
        return email

    def give(self, guest: Guest) -> None:
        """Into the team's queue."""
        as_agent(self.url, ADMIN, type="conversation.assign", conversation_id=guest.id, team_id=self.id)

    def _ask(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        cookies = {"parley_session": session_of(self.url, ADMIN)}
        headers = {"Origin": self.url}
        answer = httpx.request(method, self.url + path, json=body, cookies=cookies, headers=headers, trust_env=False, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()


def owner_of(page: Page, url: str, id: str) -> tuple[str | None, str | None]:
    """Who has it, and until when it is offered, as the server has it."""
    data = {"type": "conversation.sync", "conversation_id": id, "after_rev": 0}
    row = page.request.post(f"{url}/api/v1/commands", data=data, headers={"Origin": url}).json()["conversation"]
    return row["agent_id"], row["offer_until"]


def test_an_offer_is_accepted_or_declined_on_the_row_and_in_the_header(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    """U7: buttons with the seconds left, keys and palette; looking is not taking; declining passes it on."""
    team = Team(parley.url, "Offer team", accept_seconds=600)
    first = AgentPage(new_context(viewport=DESKTOP), parley.url, team.add("Olga"))
    guest = Guest(parley.url, "Offered Omar")
    team.give(guest)
    page = first.page
    row = row_of(page, guest.name)
    offer = page.locator("li").filter(has_text=guest.name).get_by_role("group", name="Offered to you")
    expect(offer).to_contain_text(re.compile(r"9:\d\d left"))
    row.click()
    header = page.locator("section header").get_by_role("group", name="Offered to you")
    expect(header).to_be_visible()
    expect(first.log.get_by_text("Hello", exact=True).first).to_be_visible()
    page.wait_for_timeout(600)  # longer than it takes to be counted as looking
    assert owner_of(page, parley.url, guest.id)[1] is not None
    look_in_every_way(page, artefacts, "offered", [DESKTOP, PHONE])
    page.set_viewport_size(DESKTOP)

    second = AgentPage(new_context(viewport=DESKTOP), parley.url, team.add("Piet"))
    header.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("Declined. It goes to the next agent.")).to_be_visible()
    theirs = row_of(second.page, guest.name)
    expect(theirs).to_be_visible()
    beside = second.page.locator("li").filter(has_text=guest.name)
    beside.get_by_role("button", name="Accept").click()
    expect(second.page.get_by_text("Accepted.")).to_be_visible()
    expect(beside.get_by_role("group", name="Offered to you")).to_have_count(0)
    assert owner_of(second.page, parley.url, guest.id)[1] is None

    later = Guest(parley.url, "Offered Olive")
    team.give(later)
    expect(row_of(page, later.name)).to_be_visible()
    row_of(page, later.name).click()
    expect(first.log.get_by_text("Hello", exact=True).first).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("decl")
    expect(page.get_by_role("option").filter(has_text="Decline")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("y")
    expect(page.get_by_text("Accepted.")).to_be_visible()
    expect(page.get_by_role("button", name="Resolve", exact=True)).to_be_visible()


def test_what_is_new_is_told_once_and_goes_and_a_reload_tells_nothing(parley: Running, new_context: NewContext) -> None:
    """U12: one card however many come, gone after six seconds, none for what was held before."""
    team = Team(parley.url, "Given team")
    context = new_context()
    context.clock.install()
    agent = AgentPage(context, parley.url, team.add("Quinn"))
    page = agent.page
    notices = page.get_by_role("region", name="Notifications")
    guests = [Guest(parley.url, f"Given {number}") for number in range(3)]
    for guest in guests:
        team.give(guest)
    expect(notices.get_by_text("3 new for you")).to_be_visible()
    expect(notices.get_by_role("status")).to_have_count(1)
    notices.get_by_text("3 new for you").hover()
    context.clock.run_for(6_500)
    expect(notices.get_by_role("status")).to_have_count(0)
    page.reload()
    for guest in guests:
        expect(row_of(page, guest.name)).to_be_visible()
    context.clock.run_for(3_000)
    expect(notices.get_by_role("status")).to_have_count(0)
