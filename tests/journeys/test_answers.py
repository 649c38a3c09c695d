"""A help centre that everybody can read, and its answers on the screens of those who need them: over real sockets and HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.running import Running


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo, its articles found by words."""
    running = Running(tmp_path_factory.mktemp("answers")).start()
    yield running
    running.stop()


@pytest.fixture
def browser(running: Running) -> Iterator[httpx.Client]:
    """Somebody who is not signed in."""
    with httpx.Client(base_url=running.url, trust_env=False, timeout=15) as browser:
        yield browser


async def test_a_question_brings_answers_to_the_agent_and_to_the_visitor_who_waits(running: Running):
    visitor, agent = await running.visitor(), await running.agent()
    started = await visitor.wire.ask("conversation.start", client_id="q1", body="When will I get my refund?")
    conversation_id, seq = started["conversation"]["id"], started["message"]["seq"]
    for wire in (visitor.wire, agent.wire):
        event = await wire.event("suggestions.ready", conversation_id=conversation_id, seq=seq)
        card = event["suggestions"][0]
        assert card["title"] == "When will I get my refund?"
        assert "five business days" in card["passage"]
        assert card["url"] == f"{running.url}/help/when-will-i-get-my-refund"
    opened = await agent.wire.ask("ticket.open", conversation_id=conversation_id)
    assert (opened["ticket"]["title"], opened["ticket"]["topic"]) == ("When will I get my refund?", "Returns and refunds")
    await visitor.wire.close()
    await agent.wire.close()


async def test_a_visitor_finds_articles_while_typing(running: Running):
    visitor = await running.visitor()
    for query, title in (
        ("refu", "When will I get my refund?"),
        ("gift card balance", "Gift cards: buying, using and checking the balance"),
    ):
        found = await visitor.wire.ask("article.search", query=query)
        assert title in [card["title"] for card in found["suggestions"]]
    assert (await visitor.wire.ask("article.search", query="zzzz"))["suggestions"] == []
    await visitor.wire.close()


def test_the_help_centre_lists_every_category_and_every_article_can_be_read(browser: httpx.Client):
    front = browser.get("/help")
    assert front.status_code == 200
    assert "Returns and refunds" in front.text
    assert "script-src 'self'" in front.headers["content-security-policy"]
    article = browser.get("/help/when-will-i-get-my-refund")
    assert "<h1>When will I get my refund?</h1>" in article.text
    assert 'rel=canonical href="' + str(browser.base_url).rstrip("/") + '/help/when-will-i-get-my-refund"' in article.text
    again = browser.get("/help/when-will-i-get-my-refund", headers={"if-none-match": article.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")


def test_the_widget_may_frame_an_article_and_other_sites_may_not(browser: httpx.Client):
    assert "frame-ancestors 'self'" in browser.get("/help/gift-cards").headers["content-security-policy"]
    embedded = browser.get("/help/gift-cards?embed=1")
    assert "frame-ancestors *" in embedded.headers["content-security-policy"]
    assert "script-src" not in embedded.headers["content-security-policy"]
    assert "<header>" not in embedded.text
    assert "<script" not in embedded.text


def test_a_search_shows_what_answers_and_says_when_nothing_does(browser: httpx.Client):
    assert "When will I get my refund?" in browser.get("/help/search", params={"q": "refund"}).text
    nothing = browser.get("/help/search", params={"q": "<zzzz>"})
    assert "Try other words, or ask us in the chat." in nothing.text
    assert "&lt;zzzz&gt;" in nothing.text
    assert "<zzzz>" not in nothing.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/help/no-such-article", 404), ("/help/%00", 404), ("/help/" + "x" * 500, 404), ("/help/search?q=" + "x" * 501, 400)],
)
def test_what_is_not_there_is_a_clear_refusal(browser: httpx.Client, path: str, status: int):
    assert browser.get(path).status_code == status
