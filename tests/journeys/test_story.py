"""The main job, end to end: a visitor chats, agents answer, a ticket stands, and neither a restart nor leaving loses a word."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from tests.running import Agent, Running, Visitor
from tests.servers.smtp import SmtpSink
from tests.wire import Wire

Start = Callable[..., Running]
CANARY = "CANARY: the customer is wrong"


@pytest.fixture
def database(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The setting that makes a server use this kind of database."""
    if request.param == "sqlite":
        return {}
    return {"database_url": request.getfixturevalue("postgres_database_url")}


def said(wire: Wire) -> list[dict[str, Any]]:
    """Messages as they appeared on this screen, each once."""
    seen: dict[str, dict[str, Any]] = {}
    for event in wire.all_events("message.created"):
        seen.setdefault(event["message"]["id"], event["message"])
    return list(seen.values())


async def upload(running: Running, name: str, data: bytes, **credentials: Any) -> dict[str, Any]:
    async with running.http(**credentials) as http:
        response = await http.post("/api/v1/attachments", files={"file": (name, data)})
    assert response.status_code == 201, response.text
    return response.json()["attachment"]


async def fetch(running: Running, url: str, **credentials: Any) -> bytes:
    async with running.http(**credentials) as http:
        response = await http.get(url)
    assert response.status_code == 200, response.text
    return response.content


def by_token(visitor: Visitor) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {visitor.token}"}}


def by_cookie(agent: Agent) -> dict[str, Any]:
    return {"cookies": {"parley_session": agent.cookie}}


@pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
async def test_the_whole_story(database: dict[str, Any], start: Start, smtp_sink: SmtpSink) -> None:
    running = start(smtp_url=smtp_sink.url, mail_fallback_seconds=3, agent_capacity=1, **database)
    visitor, ana, ben = await running.visitor(), await running.agent("ana@example.com"), await running.agent("ben@example.com")

    id, owner, other = await routed_to_an_agent(visitor, ana, ben)
    await typing_is_seen_both_ways(id, visitor, owner)
    await answers_are_marked_delivered_and_read(id, visitor, owner)
    await a_note_stays_between_agents(id, visitor, owner, other)
    await files_go_both_ways(running, id, visitor, owner)
    await a_stale_answer_is_refused(id, visitor, owner)
    await a_ticket_is_opened(id, visitor, owner, other)
    await it_is_handed_over(id, visitor, owner, other)
    visitor, owner, other = await a_restart_loses_and_doubles_nothing(running, id, visitor, owner, other)
    await it_is_resolved_rated_and_reopened(id, visitor, other)
    await whoever_leaves_is_written_to(smtp_sink, id, visitor, other)
    await everybody_ends_with_the_same_transcript(running, id, visitor, owner, other)


async def routed_to_an_agent(visitor: Visitor, ana: Agent, ben: Agent) -> tuple[str, Agent, Agent]:
    """The first message goes to somebody at once; the visitor sees who joined once they look."""
    fields = {"name": "Mia", "email": "mia@example.com"}
    started = await visitor.wire.ask("conversation.start", client_id="v-1", body="My parcel is lost", fields=fields)
    id: str = started["conversation"]["id"]
    given = await ana.wire.event("message.created", message__conversation_id=id, message__system="assigned")
    owner, other = (ana, ben) if given["message"]["author"]["name"] == ana.me["agent"]["name"] else (ben, ana)
    assert given["message"]["visibility"] == "internal"
    offered = await owner.wire.event("assignment.offered", conversation_id=id)
    assert offered["reason"] == "routed"
    assert other.wire.all_events("assignment.offered") == []
    for agent in (ana, ben):
        assert (await agent.wire.event("message.created", message__client_id="v-1"))["message"]["body"] == "My parcel is lost"
        row = await agent.wire.event("conversation.changed", conversation__agent_id=owner.id)
        assert row["conversation"]["contact"]["name"] == "Mia"
        assert not row["conversation"]["contact"]["is_verified"]
    await owner.wire.ask("conversation.view", conversation_id=id)
    joined = await visitor.wire.event("message.created", message__system="joined")
    assert joined["message"]["author"]["name"] == owner.me["agent"]["name"]
    return id, owner, other


async def typing_is_seen_both_ways(id: str, visitor: Visitor, owner: Agent) -> None:
    await visitor.wire.ask("typing.set", conversation_id=id, typing=True)
    assert (await owner.wire.event("typing.changed", author_kind="contact"))["author_name"] == "Mia"
    await owner.wire.ask("typing.set", conversation_id=id, typing=True)
    seen = await visitor.wire.event("typing.changed", author_kind="agent")
    assert (seen["author_id"], seen["typing"]) == (None, True)


async def answers_are_marked_delivered_and_read(id: str, visitor: Visitor, owner: Agent) -> None:
    sent = await owner.wire.ask("message.send", client_id="a-1", conversation_id=id, body="Let me look.", seen_seq=2)
    seq = sent["message"]["seq"]
    assert (await visitor.wire.event("message.created", message__client_id="a-1"))["message"]["seq"] == seq
    await visitor.wire.ask("conversation.delivered", conversation_id=id, seq=seq)
    await owner.wire.event("message.marked", marks__contact_delivered_seq=seq)
    await visitor.wire.ask("conversation.read", conversation_id=id, seq=seq)
    await owner.wire.event("message.marked", marks__contact_read_seq=seq)
    sent = await visitor.wire.ask("message.send", client_id="v-2", conversation_id=id, body="Thank you")
    await owner.wire.ask("conversation.read", conversation_id=id, seq=sent["message"]["seq"])
    await visitor.wire.event("message.marked", marks__agent_read_seq=sent["message"]["seq"])


async def a_note_stays_between_agents(id: str, visitor: Visitor, owner: Agent, other: Agent) -> None:
    note = await owner.wire.ask("message.send", client_id="a-2", conversation_id=id, body=CANARY, visibility="internal")
    assert note["message"]["seq"] is None
    await other.wire.event("message.created", message__client_id="a-2")
    await owner.wire.ask("message.send", client_id="a-3", conversation_id=id, body="It is in Oslo.")
    await visitor.wire.event("message.created", message__client_id="a-3")
    synced = await visitor.wire.ask("conversation.sync", conversation_id=id, after_seq=0)
    assert CANARY not in str(visitor.wire.events) + str(synced)
    seqs = [message["seq"] for message in synced["messages"]]
    assert seqs == list(range(1, len(seqs) + 1)), "a note leaves no gap to count"


async def files_go_both_ways(running: Running, id: str, visitor: Visitor, owner: Agent) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "PNG")
    photo = await upload(running, "parcel.png", out.getvalue(), **by_token(visitor))
    await visitor.wire.ask("message.send", client_id="v-3", conversation_id=id, body="", attachment_ids=[photo["id"]])
    (shown,) = (await owner.wire.event("message.created", message__client_id="v-3"))["message"]["attachments"]
    assert (shown["name"], shown["content_type"], shown["width"]) == ("parcel.png", "image/png", 60)
    assert (await fetch(running, shown["url"], **by_cookie(owner))).startswith(b"\x89PNG")
    label = await upload(running, "label.pdf", b"%PDF-1.7 label", **by_cookie(owner))
    await owner.wire.ask("message.send", client_id="a-4", conversation_id=id, body="Your label", attachment_ids=[label["id"]])
    (got,) = (await visitor.wire.event("message.created", message__client_id="a-4"))["message"]["attachments"]
    assert await fetch(running, got["url"], **by_token(visitor)) == b"%PDF-1.7 label"


async def a_stale_answer_is_refused(id: str, visitor: Visitor, owner: Agent) -> None:
    seen = said(owner.wire)[-1]["seq"]
    await visitor.wire.ask("message.send", client_id="v-4", conversation_id=id, body="Wait, it just came!")
    refused = await owner.wire.command(
        "message.send", client_id="a-5", conversation_id=id, body="We will send another.", seen_seq=seen
    )
    assert (refused["ok"], refused["code"]) == (False, "conflict")
    assert [message["body"] for message in refused["missed"]] == ["Wait, it just came!"]
    await owner.wire.ask(
        "message.send",
        client_id="a-5",
        conversation_id=id,
        body="Wonderful!",
        seen_seq=refused["missed"][-1]["seq"],
    )
    await visitor.wire.event("message.created", message__client_id="a-5")


async def a_ticket_is_opened(id: str, visitor: Visitor, owner: Agent, other: Agent) -> None:
    ticket = (await owner.wire.ask("ticket.open", conversation_id=id, priority="high"))["ticket"]
    assert (ticket["number"], ticket["priority"]) == (1, "high")
    assert "parcel" in ticket["title"].lower()
    assert (await other.wire.event("ticket.opened"))["ticket"]["number"] == 1
    await visitor.wire.event("message.created", message__system="ticket_opened")
    await visitor.wire.event("conversation.changed", conversation__ticket_number=1)


async def it_is_handed_over(id: str, visitor: Visitor, owner: Agent, other: Agent) -> None:
    await owner.wire.ask("conversation.transfer", conversation_id=id, agent_id=other.id, note=CANARY)
    await other.wire.event("assignment.offered", conversation_id=id, reason="transferred")
    await other.wire.event("message.created", message__body=CANARY, message__visibility="internal")
    await visitor.wire.event("conversation.changed", conversation__agent_name=other.me["agent"]["name"])
    await visitor.wire.event("message.created", message__system="transferred")
    await other.wire.ask("conversation.view", conversation_id=id)
    await visitor.wire.event("message.created", message__body=f"{other.me['agent']['name']} joined.")
    for agent in (owner, other):
        await agent.wire.event("presence.changed", agent__id=owner.id, agent__load=0)


async def a_restart_loses_and_doubles_nothing(
    running: Running, id: str, visitor: Visitor, owner: Agent, other: Agent
) -> tuple[Visitor, Agent, Agent]:
    """The answer to the last message never arrived; everybody comes back, asks for what they missed, and sends it again."""
    unsure = await visitor.wire.ask("message.send", client_id="v-5", conversation_id=id, body="One more thing")
    last_seq, last_rev = said(visitor.wire)[-1]["seq"], said(owner.wire)[-1]["rev"]
    before = said(visitor.wire)
    await asyncio.to_thread(running.stop)
    for wire in (visitor.wire, owner.wire, other.wire):
        await asyncio.wait_for(wire.is_closed.wait(), 10)
        assert 0 < wire.all_events("going_away")[0]["retry_seconds"] <= 3
    await asyncio.to_thread(running.start)

    back = await running.visitor(visitor.token)
    assert [conversation["id"] for conversation in back.session["conversations"]] == [id]
    heads = await back.wire.event("heads")
    assert [(head["conversation_id"], head["seq"], head["rev"]) for head in heads["heads"]] == [(id, last_seq, 0)]
    again = await back.wire.ask("message.send", client_id="v-5", conversation_id=id, body="One more thing")
    assert again["message"] == unsure["message"]
    colleague = await running.agent(cookie=other.cookie)
    await colleague.wire.ask("message.send", client_id="a-6", conversation_id=id, body="Go ahead.")
    missed = await back.wire.ask("conversation.sync", conversation_id=id, after_seq=last_seq)
    assert [message["body"] for message in missed["messages"]] == ["Go ahead."]
    former = await running.agent(cookie=owner.cookie)
    missed = await former.wire.ask("conversation.sync", conversation_id=id, after_rev=last_rev)
    assert [message["body"] for message in missed["messages"]] == ["One more thing", "Go ahead."][-len(missed["messages"]) :]
    whole = await back.wire.ask("conversation.sync", conversation_id=id, after_seq=0)
    assert whole["messages"][: len(before)] == before
    return back, former, colleague


async def it_is_resolved_rated_and_reopened(id: str, visitor: Visitor, owner: Agent) -> None:
    await owner.wire.ask("conversation.set_status", conversation_id=id, status="resolved")
    await visitor.wire.event("conversation.changed", conversation__category="resolved")
    rated = await visitor.wire.ask("survey.answer", conversation_id=id, score=5, comment="Quick!")
    assert rated["conversation"]["rating"] == 5
    await visitor.wire.ask("message.send", client_id="v-6", conversation_id=id, body="It is the wrong colour")
    reopened = await owner.wire.event("conversation.changed", conversation__status="reopened")
    assert reopened["conversation"]["agent_id"] == owner.id, "back to whoever had it, while they are here"
    await visitor.wire.event("message.created", message__system="reopened")
    ended = await visitor.wire.ask("conversation.end", conversation_id=id)
    assert ended["conversation"]["category"] == "resolved"
    await owner.wire.event("message.created", message__system="ended_by_contact")
    again = await visitor.wire.ask("conversation.start", client_id="v-7", body="Sorry, still me")
    assert again["conversation"]["id"] != id, "after the end, a first message begins anew"
    await visitor.wire.ask("conversation.end", conversation_id=again["conversation"]["id"])


async def whoever_leaves_is_written_to(sink: SmtpSink, id: str, visitor: Visitor, owner: Agent) -> None:
    await visitor.wire.ask("conversation.read", conversation_id=id, seq=10**6)
    sink.mails.clear()
    await visitor.wire.vanish()
    await owner.wire.ask("message.send", client_id="a-7", conversation_id=id, body="A blue one is on its way.")
    await owner.wire.ask("message.send", client_id="a-8", conversation_id=id, body=CANARY, visibility="internal")
    await owner.wire.ask("message.send", client_id="a-9", conversation_id=id, body="It comes on Friday.")
    (mail,) = await sink.wait_for(1, seconds=20)
    assert mail.recipients == ["mia@example.com"]
    body = mail.message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "A blue one is on its way." in text
    assert "It comes on Friday." in text
    assert CANARY.encode() not in mail.raw


async def everybody_ends_with_the_same_transcript(running: Running, id: str, visitor: Visitor, *agents: Agent) -> None:
    fresh = await running.visitor(visitor.token)
    theirs = (await fresh.wire.ask("conversation.sync", conversation_id=id, after_seq=0))["messages"]
    assert [message["seq"] for message in theirs] == list(range(1, len(theirs) + 1))
    bodies = [message["body"] for message in theirs]
    for once in ("One more thing", "Wonderful!", "A blue one is on its way."):
        assert bodies.count(once) == 1
    for agent in agents:
        ours = (await agent.wire.ask("conversation.sync", conversation_id=id, after_rev=0))["messages"]
        revs = [message["rev"] for message in ours]
        assert revs == sorted(set(revs))
        assert [{**message, "rev": None} for message in ours if message["seq"]] == theirs
        unseen = [message for message in ours if message["seq"] is None]
        assert [message["body"] for message in unseen if not message["system"]] == [CANARY] * 3
        assert {message["system"] for message in unseen if message["system"]} == {"assigned"}
    lines = [message["body"] for message in theirs if message["system"] == "joined"]
    assert len(lines) == len(set(lines)) == 2, "each agent joined once"
