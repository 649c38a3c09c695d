"""The whole story in two real browsers: a visitor chats, an agent answers live, a ticket stands, the answer was on the screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, expect

from tests.browser.guests import Guest
from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running

OTHERS = (
    ("Maja Lind", "Does the blanket survive the washing machine?"),
    ("Tom Okoro", "My parcel has been in Hamburg for a week"),
    ("Ines Castro", "Can I change the address of order 4417?"),
)
"""Who writes in besides; with the story, as many as one agent talks to."""


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server with the real model for the file."""
    running = Running(tmp_path_factory.mktemp("parley"), embedding_model="bundled")
    running.start().wait_for_model()
    yield running
    running.stop()


def test_visitor_and_agent_talk_and_the_answer_was_on_the_screen(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path, tmp_path: Path
) -> None:
    agent = AgentPage(new_context(viewport={"width": 1440, "height": 900}), parley.url)
    for name, text in OTHERS:
        Guest(parley.url, name, text)
    visitor = VisitorPage(new_context(viewport={"width": 1440, "height": 900}), parley.url)
    visitor.open()
    visitor.begin("My lamp arrived broken. Can I send it back and get a refund?")
    visitor.sees("My lamp arrived broken. Can I send it back and get a refund?")

    agent.open_row("My lamp arrived broken")
    agent.sees("My lamp arrived broken. Can I send it back and get a refund?")
    expect(visitor.log.get_by_text("Ana Duarte joined")).to_be_visible()

    panel = agent.page.get_by_role("complementary", name="Details")
    card = panel.get_by_role("button", name=re.compile("^Insert "))
    expect(card.first).to_be_visible(timeout=15_000)
    card.first.click()
    expect(agent.composer).not_to_have_value("")
    agent.page.screenshot(path=artefacts / "suggestion-inserted.png")
    agent.composer.fill("Of course. Could you show me the damage?")
    agent.composer.press("Enter")
    visitor.sees("Of course. Could you show me the damage?")
    expect(agent.log.get_by_text("Read")).to_be_visible()

    box = visitor.frame.get_by_role("textbox", name=re.compile("write", re.I)).last
    box.press_sequentially("One mom", delay=20)
    expect(agent.page.get_by_text(re.compile("is typing"))).to_be_visible()
    box.fill("")

    image = tmp_path / "lamp.png"
    _draw_lamp(image)
    visitor.frame.locator("input[type=file]").set_input_files(image)
    expect(visitor.frame.get_by_role("button", name="Send")).to_be_enabled()
    visitor.say("Here it is")
    expect(
        agent.log.get_by_role("link", name=re.compile("lamp.png")).or_(
            agent.log.get_by_role("button", name=re.compile("lamp.png"))
        )
    ).to_be_visible()

    agent.page.keyboard.press("Escape")
    agent.page.get_by_role("group", name="Reply or internal note").get_by_text("Note").click()
    agent.say("Looks like glass damage, warranty applies")
    agent.sees("Looks like glass damage, warranty applies")
    expect(visitor.log.get_by_text("warranty applies")).to_have_count(0)

    panel.get_by_role("button", name="Open ticket").click()
    expect(visitor.log.get_by_text(re.compile(r"request \(#\d+\)", re.I))).to_be_visible()
    expect(agent.page.get_by_text("New for you")).to_have_count(0)
    agent.page.screenshot(path=artefacts / "inbox.png")
    visitor.page.screenshot(path=artefacts / "widget.png")
    _side_by_side(artefacts / "widget.png", artefacts / "inbox.png", artefacts / "parley.png")

    visitor.reload()
    visitor.sees("Of course. Could you show me the damage?")
    visitor.sees("Here it is")
    visitor.say("Thank you!")
    agent.sees("Thank you!")

    agent.page.get_by_role("button", name="Resolve", exact=True).click()
    expect(visitor.frame.get_by_role("group", name="How did we do?")).to_be_visible()
    visitor.page.screenshot(path=artefacts / "survey.png")


def test_tickets_and_wall_show_what_happened(
    parley: Running, new_context: Callable[..., BrowserContext], artefacts: Path
) -> None:
    supervisor = AgentPage(new_context(viewport={"width": 1440, "height": 900}), parley.url, "sam@example.com")
    visitor = VisitorPage(new_context(), parley.url)
    visitor.open()
    visitor.begin("Where is my parcel?")
    visitor.sees("Where is my parcel?")
    supervisor.page.get_by_role("link", name="Wall").click()
    expect(supervisor.page.get_by_role("heading", name="Wall")).to_be_visible()
    expect(supervisor.page.get_by_text("Sam Supervisor").first).to_be_visible()
    supervisor.page.screenshot(path=artefacts / "wall.png")
    supervisor.page.get_by_role("link", name="Tickets").click()
    expect(supervisor.page.get_by_role("heading", name="Tickets")).to_be_visible()
    supervisor.page.screenshot(path=artefacts / "tickets.png")


SHOP_PX = 560
"""As much of the shop's page as holds the open panel."""
PICTURE_PX = 1440


def _side_by_side(left: Path, right: Path, both: Path) -> None:
    """The README's picture: `docs/parley.png` is a copy of it."""
    widget, inbox = Image.open(left), Image.open(right)
    widget = widget.crop((widget.width - SHOP_PX, 0, widget.width, widget.height))
    picture = Image.new("RGB", (widget.width + inbox.width + 24, inbox.height), "#d0d5dd")
    picture.paste(widget, (0, 0))
    picture.paste(inbox, (widget.width + 24, 0))
    picture.resize((PICTURE_PX, picture.height * PICTURE_PX // picture.width), Image.Resampling.LANCZOS).save(both, optimize=True)


def _draw_lamp(path: Path) -> None:
    image = Image.new("RGB", (320, 240), "#f3ead8")
    draw = ImageDraw.Draw(image)
    draw.rectangle([(0, 190), (320, 240)], fill="#d9c7a8")
    draw.rectangle([(156, 120), (164, 200)], fill="#4a3b2c")
    draw.rounded_rectangle([(125, 196), (195, 208)], 6, fill="#4a3b2c")
    draw.polygon([(100, 125), (220, 125), (190, 40), (130, 40)], fill="#c26a3d")
    draw.line([(150, 40), (166, 70), (154, 88), (172, 125)], fill="#f3ead8", width=4)
    image.save(path)
