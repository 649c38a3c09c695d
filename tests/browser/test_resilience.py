"""Cut, blocked, reloaded, restarted: nothing lost, nothing doubled, in a real browser."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, WebSocketRoute, expect

from tests.browser.people import AgentPage, VisitorPage
from tests.running import Running


@pytest.fixture
def parley(busy_parley: Running) -> Running:
    return busy_parley


@pytest.fixture
def mortal_parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of the test's own, to be killed."""
    running = Running(tmp_path_factory.mktemp("parley")).start()
    yield running
    running.stop()


def test_messages_written_while_the_server_is_dead_arrive_once_and_in_order(
    mortal_parley: Running, new_context: Callable[..., BrowserContext]
) -> None:
    agent = AgentPage(new_context(), mortal_parley.url)
    visitor = VisitorPage(new_context(), mortal_parley.url)
    visitor.open()
    visitor.begin("before the crash")
    agent.open_row("before the crash")
    mortal_parley.stop(signal.SIGKILL)
    for number in range(5):
        visitor.say(f"while it was dead {number}")
    mortal_parley.start()
    visitor.reload()
    for number in range(5):
        visitor.sees(f"while it was dead {number}")
        expect(agent.log.get_by_text(f"while it was dead {number}", exact=True)).to_have_count(1, timeout=30_000)
    heard = [text for text in agent.log.inner_text().splitlines() if text.startswith("while it was dead")]
    assert heard == [f"while it was dead {number}" for number in range(5)]


def test_a_conversation_begun_without_a_line_says_so_and_is_sent_when_it_is_back(
    parley: Running, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    visitor = VisitorPage(context, parley.url)
    visitor.open()
    field = visitor.frame.get_by_role("textbox")
    expect(field).to_be_visible()
    context.set_offline(True)
    field.fill("said into the void")
    field.press("Enter")
    expect(visitor.frame.get_by_text("The chat can't be reached right now. We'll keep trying.")).to_be_visible()
    expect(field).to_have_value("said into the void")
    context.set_offline(False)
    visitor.sees("said into the void")
    agent = AgentPage(new_context(), parley.url, path="?view=all")
    agent.open_row("said into the void")


def test_chat_works_where_websockets_are_blocked(parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    def block(socket: WebSocketRoute) -> None:
        socket.close()

    context = new_context()
    context.route_web_socket("**/socket.io/**", block)
    agent = AgentPage(new_context(), parley.url, path="?view=all")
    visitor = VisitorPage(context, parley.url)
    visitor.open()
    visitor.begin("no websocket here")
    agent.open_row("no websocket here")
    agent.say("and yet I hear you")
    visitor.sees("and yet I hear you")
    visitor.sees("no websocket here")


def test_cut_connection_heals_and_fills_the_gap(parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    open_sockets: list[WebSocketRoute] = []

    def pass_through(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        open_sockets.append(socket)

    context = new_context()
    context.route_web_socket("**/socket.io/**", pass_through)
    agent = AgentPage(new_context(), parley.url, path="?view=all")
    visitor = VisitorPage(context, parley.url)
    visitor.open()
    visitor.begin("hello from afar")
    agent.open_row("hello from afar")
    for socket in open_sockets:
        socket.close()
    agent.say("written while you were away")
    visitor.sees("written while you were away")
    visitor.say("back again")
    agent.sees("back again")


def test_two_tabs_show_one_conversation(parley: Running, new_context: Callable[..., BrowserContext]) -> None:
    context = new_context()
    first = VisitorPage(context, parley.url)
    first.open()
    first.begin("from the first tab")
    first.sees("from the first tab")
    second = VisitorPage(context, parley.url)
    second.reload()
    second.sees("from the first tab")
    second.say("from the second tab")
    first.sees("from the second tab")
    second.sees("from the second tab")
