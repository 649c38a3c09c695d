"""What is not as somebody meant it is before those who can mend it, without their searching or their browser's asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.people import AgentPage, session_of
from tests.running import Running

ADMIN, SUPERVISOR = "admin@example.com", "sam@example.com"


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the file."""
    running = Running(tmp_path_factory.mktemp("parley")).start()
    yield running
    running.stop()


def as_admin(parley: Running, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """Something an admin does elsewhere."""
    cookies = {"parley_session": session_of(parley.url, ADMIN)}
    headers = {"Origin": parley.url}
    url = f"{parley.url}/api/v1/{path}"
    answer = httpx.request(method, url, json=body, cookies=cookies, headers=headers, trust_env=False, timeout=30)
    assert answer.is_success, answer.text
    return answer.json()


def test_a_rule_that_never_matches_is_told_and_put_aside(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    page = AgentPage(new_context(viewport=DESKTOP), parley.url, SUPERVISOR).page
    colleague = AgentPage(new_context(viewport=DESKTOP), parley.url, "ana@example.com").page
    bar = page.get_by_role("status", name="Needs attention")
    broad = {"name": "Everybody", "conditions": {}, "actions": {"priority": "low"}}
    narrow = {"name": "Refunds", "conditions": {"words": ["refund"]}, "actions": {"priority": "high"}}
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    expect(bar).to_have_count(0)
    made = [as_admin(parley, "POST", "routing/rules", rule)["rule"]["id"] for rule in (broad, narrow)]
    expect(bar).to_contain_text("Rule “Refunds”: Can never match.")
    expect(colleague.get_by_role("status", name="Needs attention")).to_have_count(0)
    look_in_every_way(page, artefacts, "trouble-inbox")
    page.set_viewport_size(DESKTOP)
    bar.get_by_role("link", name="Show").click()
    told = page.get_by_role("region", name="Needs attention")
    expect(told).to_contain_text("Rule “Refunds”: Can never match.")
    expect(bar).to_have_count(0)
    look_in_every_way(page, artefacts, "trouble-wall")
    page.set_viewport_size(DESKTOP)
    page.go_back()
    bar.get_by_role("button", name="Dismiss").click()
    expect(bar).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.get_by_role("link", name="Wall").click()
    expect(told).to_contain_text("Refunds")
    as_admin(parley, "PUT", "routing/rules", {"rule_ids": made[::-1]})
    expect(told).to_have_count(0)
    for id in made:
        as_admin(parley, "DELETE", f"routing/rules/{id}")


def test_an_admin_is_led_to_where_it_is_mended(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    teams = [as_admin(parley, "POST", "teams", {"name": name})["team"]["id"] for name in ("Nights", "Weekends")]
    rules = [
        {"name": name, "conditions": {"words": [name]}, "actions": {"team_id": team}}
        for name, team in zip(("night", "weekend"), teams, strict=True)
    ]
    made = [as_admin(parley, "POST", "routing/rules", rule)["rule"]["id"] for rule in rules]
    page = AgentPage(new_context(viewport=DESKTOP), parley.url, ADMIN).page
    bar = page.get_by_role("status", name="Needs attention")
    expect(bar).to_contain_text("Team “Nights” gets conversations but has no members.")
    bar.get_by_role("link", name="All 2").click()
    told = page.get_by_role("region", name="Needs attention")
    expect(told.get_by_role("listitem")).to_have_count(2)
    look_in_every_way(page, artefacts, "trouble-two")
    page.set_viewport_size(DESKTOP)
    told.get_by_role("link", name="Fix").first.click()
    expect(page.get_by_text("Uses a team without members.").first).to_be_visible()
    for id in made:
        as_admin(parley, "DELETE", f"routing/rules/{id}")
    page.get_by_role("link", name="Wall").click()
    expect(page.get_by_role("table", name="Queues")).to_be_visible()
    expect(told).to_have_count(0)
