"""Escalate and approve, propose and reject, merge and undo: how a ticket goes on, as agents and customers see it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.guests import Guest
from tests.browser.looking import DESKTOP, PHONE, look_in_every_way
from tests.browser.people import AgentPage, VisitorPage, as_agent, session_of
from tests.running import Running
from tests.servers.smtp import SmtpSink

ANA, SAM, ADMIN = "ana@example.com", "sam@example.com", "admin@example.com"


@pytest.fixture(scope="module")
def sink() -> Iterator[SmtpSink]:
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory, sink: SmtpSink) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("flow")
    running = Running(folder, smtp_url=sink.url, agent_capacity=1000).start()
    yield running
    running.stop()


def mailed_to(sink: SmtpSink, address: str, count: int) -> str:
    """The path of the decision's link in the newest mail to this address, once there are so many."""
    until = time.monotonic() + 30
    while len(mails := [mail for mail in sink.mails if address in mail.recipients]) < count and time.monotonic() < until:
        time.sleep(0.05)
    body = mails[count - 1].message.get_body(("plain",))
    assert body is not None
    return re.findall(r"/escalations/\S+", body.get_content())[0]


def test_an_agent_escalates_and_the_approver_decides(
    parley: Running, sink: SmtpSink, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    guest = Guest(parley.url, "Mia", "I want my money back.")
    as_agent(parley.url, ANA, type="conversation.claim", conversation_id=guest.id)
    sam = AgentPage(new_context(viewport=DESKTOP), parley.url, SAM).page
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url, ANA, f"c/{guest.id}").page
    expect(ana.get_by_role("log").get_by_text("I want my money back.", exact=True)).to_be_visible()
    expect(sam.get_by_role("heading", name="Inbox")).to_be_visible()
    ana.get_by_role("button", name="More actions").click()
    ana.get_by_role("menuitem", name="Escalate").click()
    dialog = ana.get_by_role("dialog", name="Escalate conversation")
    dialog.get_by_label("Reason").fill("A refund over 500 needs your word.")
    expect(dialog.get_by_text("Here now:")).to_be_visible()
    dialog.get_by_label("Approver").click()
    ana.get_by_role("option", name=re.compile("^Sam")).click()
    expect(dialog.get_by_text("Sam Supervisor decides.")).to_be_visible()
    look_in_every_way(ana, artefacts, "escalate-dialog")
    ana.set_viewport_size(DESKTOP)
    dialog.get_by_role("button", name="Escalate").click()
    card = ana.get_by_role("region", name="Escalation")
    expect(card).to_contain_text("A refund over 500 needs your word.")
    expect(card.get_by_role("button", name="Approve")).to_have_count(0)
    bar = sam.get_by_text("An escalation waits for your decision.")
    expect(bar).to_be_visible()
    sam.get_by_role("link", name="Review").click()
    mine = sam.get_by_role("region", name="Waiting for you")
    expect(mine).to_contain_text("A refund over 500 needs your word.")
    look_in_every_way(sam, artefacts, "approvals")
    sam.set_viewport_size(DESKTOP)
    mine.get_by_role("link", name="Mia").click()
    asked = sam.get_by_role("region", name="Escalation")
    expect(asked).to_contain_text("asks you to decide")
    look_in_every_way(sam, artefacts, "escalation-card", (DESKTOP, PHONE))
    sam.set_viewport_size(DESKTOP)
    asked.get_by_role("button", name="Approve").click()
    decision = sam.get_by_role("dialog", name="Approve escalation")
    decision.get_by_label("Note for the team").fill("Go ahead.")
    decision.get_by_role("button", name="Approve").click()
    expect(card).to_contain_text("approved by Sam Supervisor")
    expect(card).to_contain_text("Go ahead.")
    expect(ana.get_by_role("log")).to_contain_text("Sam Supervisor approved the escalation")
    expect(sam.get_by_text("An escalation waits for your decision.")).to_have_count(0)
    assert guest.heard() == ["I want my money back."], "the customer reads no reason"


def test_a_mailed_link_shows_and_its_button_decides(
    parley: Running, sink: SmtpSink, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    guest = Guest(parley.url, "Noor", "Please call me.")
    as_agent(parley.url, ANA, type="conversation.claim", conversation_id=guest.id)
    before = len([mail for mail in sink.mails if SAM in mail.recipients])
    as_agent(parley.url, ANA, type="conversation.escalate", conversation_id=guest.id, level=1, reason="She is angry.")
    path = mailed_to(sink, SAM, before + 1)
    with httpx.Client(base_url=parley.url, trust_env=False) as http:
        for _ in range(20):
            assert "She is angry." in http.get(path).text, "looking decides nothing"
            assert http.head(path).status_code in (200, 405)
        assert http.get(path[:-2] + "xx").status_code == 404
    page = new_context(viewport=DESKTOP).new_page()
    page.goto(parley.url + path)
    look_in_every_way(page, artefacts, "mailed-decision")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("Say why you decline.")).to_be_visible()
    page.get_by_label("Reason").fill("Call her first.")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("heading", name="You declined this escalation")).to_be_visible()
    page.goto(parley.url + path)
    expect(page.get_by_text("Sam Supervisor declined this escalation.")).to_be_visible()


def test_a_solution_is_proposed_rejected_and_approved(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    visitor = VisitorPage(new_context(viewport=DESKTOP), parley.url)
    visitor.open()
    visitor.begin("My stove leaks.")
    ana = AgentPage(new_context(viewport=DESKTOP), parley.url, ANA, "?view=all")
    ana.open_row("My stove leaks.")
    section = ana.page.get_by_role("region", name="Solution", exact=True)
    section.get_by_role("button", name="Propose solution").click()
    dialog = ana.page.get_by_role("dialog", name="Propose solution")
    expect(dialog.get_by_label("Problem")).to_have_value("My stove leaks.")
    dialog.get_by_label("Solution", exact=True).fill("Turn the valve to the left.")
    expect(dialog.get_by_role("region", name="What the customer sees")).to_contain_text("Turn the valve to the left.")
    look_in_every_way(ana.page, artefacts, "solution-form", (DESKTOP,))
    ana.page.set_viewport_size(DESKTOP)
    dialog.get_by_role("button", name="Send to customer").click()
    expect(section).to_contain_text("Waiting for the customer")
    visitor.sees("Turn the valve to the left.")
    card = visitor.frame.get_by_role("form", name="Did this solve it?")
    expect(card.get_by_role("button", name="Solved", exact=True)).to_be_visible()
    look_in_every_way(visitor.page, artefacts, "solution-asked")
    visitor.page.set_viewport_size(DESKTOP)
    card.get_by_role("button", name="Not solved yet").click()
    card.get_by_role("textbox", name="What is missing?").fill("It still leaks a little.")
    card.get_by_role("button", name="Send").click()
    visitor.sees("It still leaks a little.")
    expect(card).to_have_count(0)
    ana.sees("It still leaks a little.")
    expect(section).to_contain_text("Not solved, says the customer")
    section.get_by_role("button", name="Propose solution").click()
    dialog.get_by_label("Solution", exact=True).fill("Tighten the ring by hand.")
    dialog.get_by_role("button", name="Send to customer").click()
    visitor.sees("Tighten the ring by hand.")
    card.get_by_role("button", name="Solved", exact=True).click()
    expect(section).to_contain_text("Approved by the customer")
    expect(ana.page.get_by_role("button", name="Reopen")).to_be_visible()


def test_solution_settings(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    page = AgentPage(new_context(viewport=DESKTOP), parley.url, ADMIN, "settings/solutions").page
    days = page.get_by_role("spinbutton", name="Days without an answer")
    expect(days).to_have_value("3")
    page.get_by_role("switch", name="Support").click()
    look_in_every_way(page, artefacts, "solution-settings")
    page.set_viewport_size(DESKTOP)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("switch", name="Support")).to_be_checked()
    page.get_by_role("switch", name="Support").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_tickets_are_linked_and_followed(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    guests = [Guest(parley.url, name, f"{name} has the same trouble.") for name in ("Lea", "Tom")]
    for guest in guests:
        as_agent(parley.url, ANA, type="ticket.open", conversation_id=guest.id, title=f"Trouble of {guest.name}")
    page = AgentPage(new_context(viewport=DESKTOP), parley.url, ANA, f"c/{guests[0].id}").page
    section = page.get_by_role("region", name="Linked tickets")
    expect(section).to_contain_text("No linked tickets.")
    cookies = {"parley_session": session_of(parley.url, ANA)}
    found = httpx.get(f"{parley.url}/api/v1/conversations?q=Tom", cookies=cookies, trust_env=False).json()
    (number,) = [it["ticket"]["number"] for it in found["conversations"] if it["id"] == guests[1].id]
    section.get_by_role("textbox", name="Ticket number").fill(f"#{number}")
    section.get_by_role("button", name="Link", exact=True).click()
    expect(section).to_contain_text(f"#{number}")
    section.get_by_role("button", name="Follow").click()
    expect(section).to_contain_text("Followed by Ana Duarte")
    section.scroll_into_view_if_needed()
    look_in_every_way(page, artefacts, "linked-tickets", (DESKTOP,))
    section.get_by_role("button", name=re.compile(f"^#{number}")).click()
    expect(page).to_have_url(re.compile(guests[1].id))
    expect(section).to_contain_text("related to")
    section.get_by_role("button", name=re.compile("^Remove link")).click()
    expect(section).to_contain_text("No linked tickets.")


def test_a_ticket_is_merged_and_given_back(parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path) -> None:
    """Both threads are read in one ticket; the undo separates them again."""
    guest = Guest(parley.url, "Ida", "The lid came off.")
    other = Guest(parley.url, "Ida Berg", "My lid, again.")
    for one in (guest, other):
        as_agent(parley.url, ANA, type="ticket.open", conversation_id=one.id, title=f"Lid of {one.name}")
    page = AgentPage(new_context(viewport=DESKTOP), parley.url, ANA, f"c/{other.id}").page
    section = page.get_by_role("region", name="Linked tickets")
    section.get_by_role("button", name="Merge into").click()
    dialog = page.get_by_role("dialog", name="Merge into a ticket")
    expect(dialog.get_by_text("No open ticket found.")).to_be_visible()
    dialog.get_by_role("textbox", name="Ticket").fill("Ida")
    dialog.get_by_role("button", name=re.compile("#.* Ida$", re.DOTALL)).click()
    both = dialog.get_by_role("list", name="Both, in the order they were written")
    expect(both.get_by_role("listitem")).to_have_text([re.compile("The lid came off"), re.compile("My lid, again.*", re.DOTALL)])
    merge = dialog.get_by_role("button", name=re.compile("^Merge into #"))
    expect(merge).to_be_disabled()
    dialog.get_by_role("checkbox", name=re.compile("another customer")).click()
    look_in_every_way(page, artefacts, "merge-dialog", (DESKTOP,))
    page.set_viewport_size(DESKTOP)
    merge.click()
    expect(page).to_have_url(re.compile(guest.id))
    log = page.get_by_role("log")
    expect(log).to_contain_text("Ana Duarte merged this conversation into the ticket:")
    log.get_by_role("button", name="Show conversation").click()
    expect(log.get_by_role("list", name="Messages").get_by_text("My lid, again.")).to_be_visible()
    look_in_every_way(page, artefacts, "merged-ticket")
    page.set_viewport_size(DESKTOP)
    assert other.heard() == ["My lid, again."], "the customer reads nothing of it"
    section.get_by_role("button", name="Undo merge").click()
    expect(log).to_contain_text("Ana Duarte undid the merge with:")
    expect(section.get_by_role("button", name="Undo merge")).to_have_count(0)


def test_messages_are_split_off_into_a_ticket(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    guest = Guest(parley.url, "Kai", "My kettle is late.")
    guest.say("And the invoice says 90 in place of 60.")
    as_agent(parley.url, ANA, type="ticket.open", conversation_id=guest.id)
    page = AgentPage(new_context(viewport=DESKTOP), parley.url, ANA, f"c/{guest.id}").page
    section = page.get_by_role("region", name="Linked tickets")
    section.get_by_role("button", name="Split").click()
    dialog = page.get_by_role("dialog", name="Move messages to a new ticket")
    expect(dialog.get_by_role("button", name="Move to new ticket")).to_be_disabled()
    dialog.get_by_role("checkbox", name=re.compile("invoice")).click()
    dialog.get_by_role("textbox", name="Title").fill("Wrong invoice")
    look_in_every_way(page, artefacts, "split-dialog", (DESKTOP,))
    dialog.get_by_role("button", name="Move to new ticket").click()
    expect(page).not_to_have_url(re.compile(guest.id))
    log = page.get_by_role("log")
    expect(log).to_contain_text("And the invoice says 90 in place of 60.")
    expect(log).not_to_contain_text("My kettle is late.")
    expect(log).to_contain_text("Ana Duarte split this off from:")
    expect(section).to_contain_text("related to")
    look_in_every_way(page, artefacts, "split-off")
    assert guest.heard() == ["My kettle is late.", "And the invoice says 90 in place of 60."]


def test_words_after_the_close_come_as_a_follow_up(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    guest = Guest(parley.url, "Uma", "My tent has a hole.")
    as_agent(parley.url, ANA, type="ticket.open", conversation_id=guest.id)
    page = AgentPage(new_context(viewport=DESKTOP), parley.url, ANA, "?view=all").page
    as_agent(parley.url, ANA, type="conversation.set_status", conversation_id=guest.id, status="closed")
    rows = page.locator("[data-conversation-list] a").filter(has_text="Uma")
    expect(rows).to_have_count(0)
    guest.say("There is a second hole.")
    guest.say("And a third.")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("And a third.")
    rows.click()
    expect(page).not_to_have_url(re.compile(guest.id))
    section = page.get_by_role("region", name="Linked tickets")
    expect(section).to_contain_text("follow-up of")
    expect(page.get_by_role("log")).to_contain_text("Follow-up of a closed ticket:")
    look_in_every_way(page, artefacts, "follow-up", (DESKTOP,))
    page.reload()
    expect(page.get_by_role("log").get_by_text("There is a second hole.")).to_be_visible()
    expect(section).to_contain_text("follow-up of")
