"""SLA as people see it: clocks that tick beside a conversation and in the list, the account of a due time, and what is late."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.people import AgentPage, VisitorPage, as_agent, session_of
from tests.running import Running

NewContext = Callable[..., BrowserContext]
ADMIN = "admin@example.com"
PRIORITIES = ("low", "medium", "high", "urgent")


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley"), agent_capacity=1000).start()
    yield running
    running.stop()


def as_admin(url: str, method: str, path: str, **body: Any) -> dict[str, Any]:
    """A request of the admin's from elsewhere."""
    cookies = {"parley_session": session_of(url, ADMIN)}
    headers = {"Origin": url}
    answer = httpx.request(
        method, f"{url}/api/v1/{path}", json=body, cookies=cookies, headers=headers, trust_env=False, timeout=60
    )
    assert answer.is_success, answer.text
    return answer.json()


def promise(name: str, hours_id: str | None = None, **minutes: int) -> dict[str, Any]:
    """The body of a policy with these targets at every priority."""
    targets = [
        {"clock": clock, "priority": priority, "minutes": length, "warn_minutes": 30}
        for clock, length in minutes.items()
        for priority in PRIORITIES
    ]
    return {"name": name, "conditions": {}, "targets": targets, "hours_id": hours_id}


def happened_earlier(parley: Running, conversation_id: str, **by: float) -> None:
    """Move the story of a conversation back in time. Its clocks are counted anew with the next thing that happens."""
    with sqlite3.connect(parley.folder / "data" / "parley.db", timeout=30) as rows:
        found = rows.execute("SELECT id, at FROM sla_events WHERE conversation_id = ?", (conversation_id,)).fetchall()
        for id, at in found:
            earlier = datetime.fromisoformat(at) - timedelta(**by)
            rows.execute("UPDATE sla_events SET at = ? WHERE id = ?", (earlier.isoformat(timespec="microseconds"), id))
        assert found


def test_clocks_tick_beside_a_conversation_and_say_why_they_are_due(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    closed = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    periods = [
        {"day": day, "opens": opens, "closes": closes}
        for day in range(7)
        for opens, closes in (("00:00", "12:00"), ("12:30", "00:00"))
    ]
    hours = as_admin(
        parley.url, "POST", "business-hours", name="Shop", time_zone="Asia/Tokyo", periods=periods, closed_on=[closed]
    )
    body = promise("Gold", hours["hours"]["id"], first_response=240, resolution=2400)
    policy = as_admin(parley.url, "POST", "sla/policies", **body)["policy"]

    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("Where is my tent?")
    ana = AgentPage(new_context(viewport=DESKTOP, locale="en-GB", timezone_id="Europe/Berlin"), parley.url)
    page = ana.page
    ana.open_row("Where is my tent?")
    conversation_id = page.url.split("?")[0].rsplit("/", 1)[1]
    row = page.locator(f"[data-conversation-list] a[data-id='{conversation_id}']")
    due = row.locator("[data-level]")
    expect(due).to_contain_text(re.compile(r"First response.*in 3 h 59"))
    expect(due).to_have_attribute("data-level", "calm")
    panel = page.get_by_role("complementary", name="Details").get_by_role("region", name="SLA")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    first = panel.get_by_role("listitem").filter(has_text="First response").get_by_role("button")
    expect(first).to_contain_text("in 3 h 59")

    first.hover()
    account = page.get_by_role("dialog", name=re.compile("^Why due "))
    expect(account.get_by_text("Gold, version 1")).to_be_visible()
    expect(account.get_by_text("4 h in business hours · warns 30 min before")).to_be_visible()
    expect(account.get_by_text(re.compile("Times in Asia/Tokyo · .* for you"))).to_be_visible()
    page.mouse.move(5, 5)
    expect(account).to_have_count(0)

    page.get_by_role("button", name="Priority: Medium").click()
    urgent = page.get_by_role("menuitemcheckbox", name=re.compile("^Urgent"))
    expect(urgent).to_contain_text("in 3 h 59")
    look_in_every_way(page, artefacts, "priorities", (DESKTOP,))
    page.keyboard.press("Escape")
    expect(urgent).to_have_count(0)

    ana.say("It left this morning.")
    expect(panel.get_by_role("listitem").filter(has_text="First response")).to_contain_text("On time")
    expect(due).to_contain_text("Resolution")
    as_agent(parley.url, "ana@example.com", type="conversation.set_status", conversation_id=conversation_id, status="responded")
    resolution = panel.get_by_role("listitem").filter(has_text="Resolution").get_by_role("button")
    expect(resolution).to_contain_text(re.compile(r"Paused: waiting on the customer · \d+ h \d\d left|Paused.*left"))
    expect(row.get_by_text("Resolution")).to_have_count(0)

    visitor.say("And my stove?")
    expect(resolution).to_contain_text(re.compile(r"^in \d"))
    happened_earlier(parley, conversation_id, days=4)
    visitor.say("Hello?")
    expect(resolution).to_contain_text(re.compile(r"^\d+ h \d\d late$|^\d d.*late$|^\d+ h late$"))
    expect(due).to_have_attribute("data-level", "late")
    resolution.focus()
    account = page.get_by_role("dialog", name=re.compile("^Why due "))
    expect(account.get_by_text("Closed on")).to_be_visible()
    seconds = account.locator("[data-seconds]").evaluate_all("all => all.map(it => Number(it.dataset.seconds))")
    assert len(seconds) >= 4, "a stretch before and after each lunch"
    assert sum(seconds) == 2400 * 60
    assert account.locator("[data-total]").get_attribute("data-total") == str(2400 * 60)
    expect(account.locator("tfoot")).to_contain_text("40 h")
    look_in_every_way(page, artefacts, "why", (DESKTOP,))
    page.keyboard.press("Escape")
    expect(account).to_have_count(0)

    as_admin(parley.url, "DELETE", f"sla/policies/{policy['id']}")
    expect(panel.get_by_role("listitem")).to_have_count(1)  # what is over keeps what applied
    expect(row.get_by_text("Resolution")).to_have_count(0)


def test_policies_are_written_checked_ordered_and_deleted(parley: Running, new_context: NewContext, artefacts: Path) -> None:
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("Is the stove in stock?")
    context = new_context(viewport=DESKTOP, locale="en-GB")
    page = AgentPage(context, parley.url, ADMIN, "settings/sla").page
    other = AgentPage(new_context(viewport=DESKTOP, locale="en-GB"), parley.url, ADMIN, "settings/sla").page
    expect(page.get_by_text("No SLA policies yet")).to_be_visible()
    look_in_every_way(page, artefacts, "empty", (DESKTOP,))
    page.get_by_role("link", name="Start with a proposal").click()
    expect(page.get_by_label("First response, Urgent")).to_have_value("30 min")
    expect(page.get_by_label("Resolution, Medium")).to_have_value("24 h")
    page.get_by_label("Name", exact=True).fill("Everyone")

    box = page.get_by_label("First response, Low")
    box.fill("tomorrow")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Write each time as 4 h, 30 min or 2 d.").last).to_be_visible()
    box.fill("1 d")
    box.press("Tab")
    expect(box).to_have_value("24 h")
    page.get_by_role("button", name="Add Update").click()
    page.get_by_label("Update, High").fill("1:30")
    page.get_by_role("button", name="Check what changes").click()
    expect(page.get_by_text(re.compile(r"^\d+ open conversations? checked\.$"))).to_be_visible()
    expect(page.get_by_text(re.compile("Nothing becomes overdue|become overdue|becomes overdue")).last).to_be_visible()
    look_in_every_way(page, artefacts, "policy")
    page.set_viewport_size(DESKTOP)
    page.get_by_role("button", name="Save").click()
    policies = page.get_by_role("list", name="SLA policies")
    expect(policies.get_by_role("listitem")).to_have_text(re.compile("Everyone.*Every conversation.*First response"))
    expect(other.get_by_role("link", name=re.compile("Everyone"))).to_be_visible()

    page.get_by_role("link", name="New policy").click()
    page.get_by_label("Name", exact=True).fill("Urgent things")
    page.get_by_label("Priorities").click()
    page.get_by_role("option", name="Urgent").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Conversations with priority “Urgent”.")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    handles = page.get_by_role("button", name=re.compile("^Move "))
    expect(handles).to_have_count(2)
    handles.nth(1).focus()
    page.keyboard.press("ArrowUp")
    expect(handles.first).to_have_accessible_name(re.compile("^Move Urgent things, position 1"))
    expect(other.get_by_role("listitem").first).to_contain_text("Urgent things")
    look_in_every_way(page, artefacts, "policies")
    page.set_viewport_size(DESKTOP)

    # Two admins: the second sees what the first changed, and nothing is overwritten unseen.
    policies.get_by_role("link", name=re.compile("Everyone")).click()
    other.get_by_role("link", name=re.compile("Everyone")).click()
    page.get_by_label("Name", exact=True).fill("Everybody")
    other.get_by_label("Name", exact=True).fill("All of them")
    other.get_by_role("button", name="Save").click()
    expect(page.get_by_text("All of them").first).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("All of them")
    page.get_by_role("button", name="Delete policy").click()
    dialog = page.get_by_role("dialog", name="Delete policy")
    expect(dialog).to_contain_text("All of them")
    dialog.get_by_role("button", name="Delete").click()
    expect(policies.get_by_role("listitem")).to_have_count(1)
