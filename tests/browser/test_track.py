"""The track of changes inside a conversation: who changed what, from what to what, in order with the messages, at once for all."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.guests import Guest
from tests.browser.looking import DESKTOP, look_in_every_way
from tests.browser.people import AgentPage, as_agent
from tests.running import Running

NewContext = Callable[..., BrowserContext]
ANA, BEN, SAM = "ana@example.com", "ben@example.com", "sam@example.com"
LONG = "W" * 190
FOLD = re.compile(r"^\d+ changes by .*Ana Duarte")
"""Routing may have its own part in them, when others are here."""


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


def test_changes_stand_in_order_with_the_messages_and_are_seen_at_once(
    parley: Running, new_context: NewContext, artefacts: Path
) -> None:
    guest = Guest(parley.url, "Traced Tess")
    url, id = parley.url, guest.id
    as_agent(url, ANA, type="message.send", conversation_id=id, client_id=f"first-{id}", body="Let me look")
    as_agent(url, ANA, type="conversation.set_priority", conversation_id=id, priority="high")
    guest.say("Thank you")
    sam = AgentPage(new_context(viewport=DESKTOP), url, SAM, f"c/{id}?view=all")
    expect(sam.composer).to_be_visible()
    log = sam.log
    expect(log.get_by_text("Ana Duarte changed priority from Medium to High")).to_be_visible()

    order = log.inner_text()
    places = [order.index(words) for words in ("Hello", "Let me look", "changed priority", "Thank you")]
    assert places == sorted(places), order

    # While Sam looks, Ana goes on: no reload.
    as_agent(url, ANA, type="ticket.open", conversation_id=id)  # unless it has one: nobody may be here to answer
    expect(log.get_by_text(re.compile(r"Ticket \d+ opened.*Title: Hello"))).to_be_visible()
    as_agent(url, ANA, type="ticket.update", conversation_id=id, title=f"Lamp {LONG}")
    as_agent(url, ANA, type="conversations.bulk", changes=[{"conversation_ids": [id], "add_tags": ["vip", "lamp"]}])
    fold = log.get_by_role("button", name=FOLD).last
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.focus()
    sam.page.keyboard.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(log.get_by_text("Title: Hello → Lamp")).to_be_visible()
    expect(log.get_by_text("Tags added: vip, lamp")).to_be_visible()

    # One thing is said once: the line for agents gives way to the change, the line that the contact reads stays.
    guest.say("Any news?")
    as_agent(url, SAM, type="conversation.take_over", conversation_id=id)
    expect(log.get_by_text("Sam Supervisor took it over")).to_have_count(1)
    expect(log.get_by_text("Sam Supervisor joined")).to_have_count(1)
    expect(log.get_by_text("Assigned to Sam Supervisor")).to_have_count(0)
    as_agent(url, SAM, type="conversation.set_status", conversation_id=id, status="resolved")
    expect(log.get_by_text(re.compile("Sam Supervisor resolved the conversation.*Status: Open → Resolved"))).to_have_count(1)
    expect(log.get_by_text("resolved the conversation")).to_have_count(1)
    guest.say("It broke again")
    expect(log.get_by_text(re.compile("Conversation reopened.*Status: Resolved → Reopened"))).to_have_count(1)

    look_in_every_way(sam.page, artefacts, "track")
    sam.page.set_viewport_size({"width": 320, "height": 700})
    assert sam.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    sam.page.set_viewport_size(DESKTOP)

    sam.page.reload()
    expect(log.get_by_text("Ana Duarte changed priority from Medium to High")).to_have_count(1)
    expect(log.get_by_role("button", name=FOLD)).to_have_count(1)


def test_a_long_conversation_shows_the_changes_of_the_part_that_is_read(parley: Running, new_context: NewContext) -> None:
    guest = Guest(parley.url, "Lengthy Lena")
    url, id = parley.url, guest.id
    as_agent(url, BEN, type="conversation.set_priority", conversation_id=id, priority="urgent")
    for number in range(40):
        guest.say(f"Line {number}")
    as_agent(url, BEN, type="conversation.set_priority", conversation_id=id, priority="low")
    sam = AgentPage(new_context(), url, SAM, f"c/{id}?view=all")
    expect(sam.log.get_by_text("changed priority from Urgent to Low")).to_be_visible()
    expect(sam.log.get_by_text("changed priority from Medium to Urgent")).to_have_count(0)
    sam.page.get_by_role("region", name="Messages").evaluate("it => { it.scrollTop = 0 }")
    expect(sam.log.get_by_text("changed priority from Medium to Urgent")).to_have_count(1)
