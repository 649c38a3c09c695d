"""Golden transcripts: every command on a real database, with what both screens held before, heard, and should hold after.

`python -m tests.contract.record` writes them to realtime/client/test/transcripts, where the front end's own code replays
them; `--check` changes nothing and fails when they are not what would be written. Ids are counted and time stands still.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec

import app.clock
from app.contract.routing import RuleActions, RuleConditions, SaveRule, SetAgentRouting, SetTeamRouting
from app.contract.sla import SaveSlaPolicy, SlaConditions, SlaTarget
from app.contract.toolbox import SaveCannedResponse
from app.conversations.snooze import wake_conversations
from app.database.migrate import migrate
from app.knowledge.articles import ArticleDraft, publish_article
from app.people.actors import SignedInAgent, Visitor
from app.people.agents import list_agents
from app.people.presence import end_graces, lapse_leases, renew_leases
from app.people.team_routing import set_agent_routing, set_team_routing
from app.routing.dispatch import dispatch, hand_on
from app.routing.rule_store import save_rule
from app.sla.policies import save_policy
from app.sla.tracking import run_clocks
from app.toolbox import save_canned_response
from app.work import Work
from realtime.hub import EncodedEvent, Subscriber
from tests.app.asking import LEASE, Doors, ask
from tests.factories import OPERATOR, House, open_house
from tests.recording import Stream

FOLDER = Path(__file__).resolve().parents[2] / "realtime" / "client" / "test" / "transcripts"
Act = Callable[[], Awaitable[Any]]


class Stage:
    """One visitor and two agents with everything open, and a pen."""

    def __init__(self, house: House, doors: Doors) -> None:
        self.house = house
        self.doors = doors
        self.told: dict[str, str] = {}
        self.visitor_stream, self.agent_stream = Stream(), Stream()

    async def open(self) -> None:
        """Let the agents in."""
        self.ana = await self.house.agent("Ana Duarte", role="supervisor", presence=None)
        self.ben = await self.house.agent("Ben Okafor", presence=None)
        await self.doors.connected_clients.connected(self.agent_stream, self.ana)
        await self.doors.connected_clients.connected(Stream(), self.ben)

    async def new_visitor(self) -> None:
        """The last one leaves, the next one comes."""
        await self.doors.connected_clients.disconnected(self.visitor_stream)
        self.visitor_stream, self.mia = Stream(), self.house.visitor()
        await self.doors.connected_clients.connected(self.visitor_stream, self.mia)

    async def claimed(self, agent: SignedInAgent) -> str:
        """A conversation of the visitor that an agent has; nothing of it is recorded."""
        reply = await self.say(self.mia, "conversation.start", client_id="s", body="My stove is cold")
        await self.say(agent, "conversation.claim", conversation_id=reply["conversation"]["id"])
        return reply["conversation"]["id"]

    async def say(self, actor: Visitor | SignedInAgent, type: str, **given: Any) -> dict[str, Any]:
        """Obey a command, as if it came over this actor's stream."""
        stream: Subscriber | None = self.agent_stream if actor == self.ana else self.visitor_stream if actor == self.mia else None
        return await ask(self.doors.gateway, actor, type, stream, **given)

    async def command(
        self,
        story: str,
        actor: Visitor | SignedInAgent,
        type: str,
        conversation_id: str | None = None,
        about: str | dict[str, Any] | None = None,
        **given: Any,
    ) -> dict[str, Any]:
        """Record what a command does to the conversation it names, or to the one it is `about`."""
        if conversation_id:
            given["conversation_id"] = conversation_id
        reply: dict[str, Any] = {}

        async def act() -> None:
            reply.update(await self.say(actor, type, **given))

        by = "visitor" if isinstance(actor, Visitor) else "agent"
        asked = {"by": by, "said": {"type": type, **given}, "reply": reply}
        await self.record(story, act, conversation_id or about or reply, asked)
        return reply

    async def record(self, story: str, act: Act, about: str | dict[str, Any], asked: dict[str, Any] | None = None) -> None:
        """Both screens before, what they hear, both screens after. `about` is the conversation, or the reply that names it."""
        self.house.clock.on(seconds=1)
        await self.house.run(renew_leases, [self.ana.id, self.ben.id], LEASE)
        before = await self.screens(about) if isinstance(about, str) else {"visitor": None, "agent": None}
        agents = await self.agents()
        self.visitor_stream.heard.clear()
        self.agent_stream.heard.clear()
        await act()
        heard = {"visitor": heard_by(self.visitor_stream), "agent": heard_by(self.agent_stream)}
        id = about if isinstance(about, str) else about["conversation"]["id"] if "conversation" in about else None
        after = await self.screens(id) if id else {"visitor": None, "agent": None}
        transcript = {
            "story": story,
            "conversation_id": id,
            "command": asked,
            "agents": {"before": agents, "after": await self.agents()},
            "sides": {
                side: {"before": before[side], "events": heard[side], "after": after[side]} for side in ("visitor", "agent")
            },
        }
        name = story.replace(" ", "-")
        assert name not in self.told, f"two stories called {story}"
        self.told[name] = written(transcript) + "\n"

    async def screens(self, id: str) -> dict[str, Any]:
        """What a client that has just synced holds."""
        shown: dict[str, Any] = {}
        for side, actor, after in (("visitor", self.mia, {"after_seq": 0}), ("agent", self.ana, {"after_rev": 0})):
            page = await self.say(actor, "conversation.sync", conversation_id=id, **after)
            assert page["is_complete"], page
            shown[side] = {name: page[name] for name in ("conversation", "messages", "is_complete")}
        return shown

    def heard_greeting(self) -> str:
        """The last thing an agent has said to the visitor first."""
        said = [it["greeting"]["id"] for it in heard_by(self.visitor_stream) if it["type"] == "invitation.made"]
        return said[-1]

    async def agents(self) -> list[Any]:
        async with self.house.works.read() as rows:
            return msgspec.to_builtins(await list_agents(rows, self.house.clock()))


async def tell(stage: Stage) -> None:
    """The stories, a visitor each."""
    for chapter in (
        talking,
        understanding,
        handing_over,
        stepping_in,
        setting_aside,
        ending,
        at_the_desk,
        visiting,
        offering,
        showing,
        promising,
    ):
        await stage.new_visitor()
        await chapter(stage)


async def talking(stage: Stage) -> None:
    """Messages, marks and signs of typing."""
    house, ana, mia, command = stage.house, stage.ana, stage.mia, stage.command
    started = await command("a visitor starts a conversation", mia, "conversation.start", client_id="s1", body="My stove is cold")
    id: str = started["conversation"]["id"]
    again = {"client_id": "s1", "body": "My stove is cold"}
    await command("the same start again changes nothing", mia, "conversation.start", about=id, **again)
    await stage.record("routing finds an agent", lambda: dispatch(house.works, house.team_id), id)
    await command("an agent answers", ana, "message.send", id, client_id="a1", body="Let me look.", seen_seq=2)
    await command("an agent answers again", ana, "message.send", id, client_id="a5", body="Is it the big one?")
    await command("an agent writes a note", ana, "message.send", id, client_id="a2", body="Gas?", visibility="internal")
    await command("a visitor writes", mia, "message.send", id, client_id="v1", body="It is the *small* one 👋")
    await command("an answer that missed something", ana, "message.send", id, client_id="a3", body="Which one?", seen_seq=2)
    await command("an agent has received", ana, "conversation.delivered", id, seq=5)
    await command("an agent has read", ana, "conversation.read", id, seq=5)
    await command("a visitor has received", mia, "conversation.delivered", id, seq=2)
    await command("a visitor has read", mia, "conversation.read", id, seq=4)
    await command("a visitor types", mia, "typing.set", id, typing=True)
    await command("a visitor stops typing", mia, "typing.set", id, typing=False)
    await command("an agent types", ana, "typing.set", id, typing=True)
    await command("a visitor catches up", mia, "conversation.sync", id, after_seq=2)
    await command("an agent catches up", ana, "conversation.sync", id, after_rev=2)
    await command("a visitor reads what was said before", mia, "conversation.earlier", id, before_seq=3)
    await command("an agent reads what was said before", ana, "conversation.earlier", id, before_rev=3)
    await stage.record("a beat tells how far everything has come", stage.doors.connected_clients.send_heads, id)


async def understanding(stage: Stage) -> None:
    """Who it is, what it is about, and what may help."""
    ana, mia, command = stage.ana, stage.mia, stage.command
    id = await stage.claimed(ana)
    await command("an agent asks for an address", ana, "contact.ask_email", id)
    await command("a visitor says who they are", mia, "contact.update", about=id, name="Mia Berg", email="mia@example.com")
    await command("a visitor fills in a form", mia, "form.submit", id, fields={"phone": "+49 30 1"})
    await command("an agent looks", ana, "conversation.view", id)
    await suggestions(stage, id)
    await command("a visitor searches", mia, "article.search", query="stove")
    await command("an agent asks what may help", ana, "article.suggest", id)
    await command("an agent searches", ana, "article.search", query="stove")
    await command("an agent makes it urgent", ana, "conversation.set_priority", id, priority="urgent")
    await command("an agent opens a ticket", ana, "ticket.open", id, topic="Stoves")
    await command("an agent changes the ticket", ana, "ticket.update", id, title="Stove", priority="high")
    await command("an agent escalates", ana, "conversation.escalate", id, level=2, reason="Gas")
    await command("an agent takes the escalation back", ana, "conversation.deescalate", id)


async def handing_over(stage: Stage) -> None:
    """From one to another, and back to the queue."""
    ana, ben, command = stage.ana, stage.ben, stage.command
    id = await stage.claimed(ana)
    await command("an agent gives it to another", ana, "conversation.assign", id, agent_id=ben.id)
    await command("an agent transfers with a note", ben, "conversation.transfer", id, agent_id=ana.id, note="Yours.")
    await command("an agent puts it back", ana, "conversation.assign", id)
    await stage.record("those who wait are told their place", lambda: dispatch_while_busy(stage), id)
    await command("an agent claims", ana, "conversation.claim", id)


async def stepping_in(stage: Stage) -> None:
    """A supervisor watches, whispers, takes over and pulls back."""
    ana, ben, command = stage.ana, stage.ben, stage.command
    id = await stage.claimed(ben)
    await command("a supervisor watches a chat", ana, "conversation.watch", id)
    await command("a supervisor whispers", ana, "conversation.whisper", id, client_id="w1", body="Gas?")
    await command("a supervisor takes over", ana, "conversation.take_over", id)
    await command("a supervisor pulls back", ana, "conversation.pull_back", id)
    thresholds = {"waiting_count": 5, "longest_seconds": 120, "p90_seconds": 90, "answer_seconds": 60}
    await command("a supervisor sets thresholds", ana, "team.set_thresholds", about=id, team_id=stage.house.team_id, **thresholds)


async def setting_aside(stage: Stage) -> None:
    """Snoozed, woken, and left alone by an agent who vanishes."""
    house, ana, mia, command = stage.house, stage.ana, stage.mia, stage.command
    id = await stage.claimed(ana)
    until = house.clock().replace(hour=20)
    await command("an agent snoozes", ana, "conversation.snooze", id, until=until.isoformat().replace("+00:00", "Z"))
    house.clock.now = until
    await stage.record("a snooze is over", lambda: house.run(wake_conversations), id)
    await stage.say(ana, "message.send", conversation_id=id, client_id="a4", body="How is it now?")
    await command("a visitor writes into what was answered", mia, "message.send", id, client_id="v2", body="Still cold")
    await stage.record("an agent vanishes", lambda: vanish(stage, ana), id)
    await stage.record("routing finds another", lambda: dispatch(house.works, house.team_id), id)
    await command("an agent is away", ana, "presence.set", about=id, presence="away")
    await command("an agent watches the wall", ana, "wall.watch", about=id, watching=True)


async def ending(stage: Stage) -> None:
    """Resolved, rated, reopened, ended."""
    ben, mia, command = stage.ben, stage.mia, stage.command
    id = await stage.claimed(ben)
    await command("an agent resolves", ben, "conversation.set_status", id, status="resolved")
    await command("a visitor rates", mia, "survey.answer", id, score=5, comment="Warm again")
    await command("a visitor reopens by writing", mia, "message.send", id, client_id="v3", body="Cold again")
    await command("a visitor ends", mia, "conversation.end", id)
    await command("an agent reopens", ben, "conversation.set_status", id, status="open")


async def at_the_desk(stage: Stage) -> None:
    """Drafts, tags, several at once, and what is at hand."""
    ana, command = stage.ana, stage.command
    id = await stage.claimed(ana)
    await command("an agent begins to write", ana, "draft.save", id, body="Let me", visibility="public")
    await command("what was begun is sent", ana, "message.send", id, client_id="a6", body="Let me look.")
    tagging = {"conversation_ids": [id], "add_tags": ["Gas"], "priority": "high"}
    await command("an agent tags several", ana, "conversations.bulk", about=id, changes=[tagging])
    resolving = {"conversation_ids": [id], "status": "resolved"}
    await command("an agent resolves several", ana, "conversations.bulk", about=id, changes=[resolving])
    await command("an agent undoes it", ana, "conversations.undo", about=id, conversation_ids=[id])
    canned = SaveCannedResponse(shortcut="hi", body="Hello {{contact.name}}!")
    await stage.record("a text is kept at hand", lambda: stage.house.run(save_canned_response, ana, canned), id)


async def showing(stage: Stage) -> None:
    """Somebody else's conversation, once an agent has said what their screen shows."""
    ana, ben, command = stage.ana, stage.ben, stage.command
    id = await stage.claimed(ben)
    shown = [{"view": "all", "shelf": "open"}]
    await command("an agent says what the screen shows", ana, "screen.watch", about=id, lists=shown)
    await command("a colleague makes it urgent", ben, "conversation.set_priority", id, priority="urgent")
    await command("a colleague resolves what is listed", ben, "conversation.set_status", id, status="resolved")


async def visiting(stage: Stage) -> None:
    """Where the contact is, what is known of them, and who else is on the site."""
    ana, mia, command = stage.ana, stage.mia, stage.command
    id = await stage.claimed(ana)
    page = {"url": "https://shop.example/stoves?size=small", "title": "Stoves", "timezone": "Europe/Berlin"}
    await command("a visitor is on a page", mia, "page.visited", about=id, **page)
    facts = [{"name": "Stove", "value": "The small one"}]
    await command("an agent writes down what they know", ana, "contact.edit", about=id, contact_id=mia.contact_id, facts=facts)
    named = {"contact_id": mia.contact_id, "name": "Mia B."}
    await command("an agent corrects a name", ana, "contact.edit", about=id, **named)
    await command("an agent watches visitors", ana, "visitors.watch", about=id, watching=True)
    await stage.record("a visitor moves on", lambda: move_on(stage), id)
    await stage.new_visitor()
    await stage.say(stage.mia, "page.visited", url="https://shop.example/", title="Shop")
    invited = {"contact_id": stage.mia.contact_id, "client_id": "i1", "body": "Shall I show you around?"}
    await command("an agent speaks first", ana, "visitor.invite", about={}, **invited)
    started = await stage.say(
        stage.mia, "conversation.start", client_id="s2", body="Yes, please", greeting_id=stage.heard_greeting()
    )
    await command(
        "a visitor has answered what was said first", ana, "conversation.sync", started["conversation"]["id"], after_rev=0
    )


async def move_on(stage: Stage) -> None:
    """To another page, and whoever watches is told."""
    await stage.say(stage.mia, "page.visited", url="https://shop.example/cart", title="Cart")
    await stage.doors.visits.paint({stage.mia.contact_id})


async def offering(stage: Stage) -> None:
    """A team whose agents must take what they are offered."""
    house, ana, ben, mia, command = stage.house, stage.ana, stage.ben, stage.mia, stage.command
    started = await stage.say(mia, "conversation.start", client_id="s", body="My stove is cold")
    id: str = started["conversation"]["id"]
    await house.run(set_team_routing, OPERATOR, house.team_id, SetTeamRouting(accept_seconds=20))
    for agent in (ana, ben):
        await house.run(set_agent_routing, OPERATOR, agent.id, SetAgentRouting(capacity=20))
    await stage.say(ana, "presence.set", presence="online")
    await stage.say(ben, "presence.set", presence="busy")
    await stage.record("routing offers it", lambda: dispatch(house.works, house.team_id), id)
    await command("an agent declines", ana, "conversation.decline", id)
    await stage.say(ben, "presence.set", presence="online")
    await command("a supervisor sends somebody to lunch", ana, "presence.force", about=id, agent_id=ben.id, presence="away")
    await stage.say(ben, "presence.set", presence="online")
    await stage.record("routing offers it to another", lambda: dispatch(house.works, house.team_id), id)
    await command("the other accepts", ben, "conversation.accept", id)
    await command("an agent takes over", ana, "conversation.assign", id, agent_id=ana.id)
    await house.run(set_team_routing, OPERATOR, house.team_id, SetTeamRouting())
    await command("a supervisor sends themself away", ana, "presence.force", about=id, agent_id=ana.id, presence="away")
    rule = SaveRule(name="Nights", conditions=RuleConditions(is_open=False), actions=RuleActions(priority="low"))
    await stage.record("an admin makes a rule that can never match", lambda: stage.house.run(save_rule, OPERATOR, rule), id)


async def promising(stage: Stage) -> None:
    """A conversation with an SLA."""
    house, ana = stage.house, stage.ana
    id = await stage.claimed(ana)
    admin = await house.agent("Ada Lind", role="admin", presence=None)
    target = SlaTarget(clock="first_response", priority="medium", minutes=60, warn_minutes=10)
    await house.run(save_policy, admin, SaveSlaPolicy(name="Gold", conditions=SlaConditions(), targets=[target]))
    await stage.record("a promise begins to run", lambda: run_clocks(house.works), id)


async def suggestions(stage: Stage, id: str) -> None:
    """Articles that fit, found while the contact waits."""
    article = ArticleDraft(
        title="My stove is cold", category="Stoves", body="## A cold stove\n\nTurn the small stove on. It is cold."
    )
    await stage.house.run(publish_article, article)
    await stage.doors.library.refresh()

    async def suggest() -> None:
        stage.doors.suggester.wanted(id)
        await stage.doors.suggester.settle()

    await stage.record("suggestions are ready", suggest, id)


async def dispatch_while_busy(stage: Stage) -> None:
    """Nobody is free, so whoever waits is only told where they stand."""
    for agent in (stage.ana, stage.ben):
        await stage.say(agent, "presence.set", presence="busy")
    await dispatch(stage.house.works, stage.house.team_id)
    for agent in (stage.ana, stage.ben):
        await stage.say(agent, "presence.set", presence="online")


async def vanish(stage: Stage, agent: SignedInAgent) -> None:
    """The lease of one lapses while the others' are renewed."""
    stage.house.clock.on(hours=9)
    await stage.house.run(renew_leases, [one.id for one in (stage.ana, stage.ben) if one != agent], LEASE)

    async def sweep(work: Work) -> None:
        await lapse_leases(work)
        await hand_on(work, await end_graces(work, timedelta(0)))

    await stage.house.run(sweep)


def heard_by(stream: Stream) -> list[Any]:
    return [json.loads(told.json) for told in stream.heard if isinstance(told, EncodedEvent)]


@contextmanager
def counted_ids() -> Iterator[None]:
    """Ids that count up, so that two recordings are alike."""
    numbers = itertools.count(1)

    def next_id() -> str:
        return f"00000000-0000-7000-8000-{next(numbers):012x}"

    with mock.patch.object(app.clock.uuid_utils, "uuid7", next_id):
        yield


async def record_all(database_url: str) -> dict[str, str]:
    """File name to text."""
    with counted_ids():
        async with open_house(database_url) as house:
            stage = Stage(house, Doors(house))
            await stage.open()
            await tell(stage)
    return {f"{name}.json": text for name, text in stage.told.items()}


def stale(recorded: dict[str, str]) -> list[str]:
    """Names of files that are not what would be written."""
    held = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    return sorted(name for name in held.keys() | recorded.keys() if held.get(name) != recorded.get(name))


def written(value: Any, indent: str = "") -> str:
    """JSON as the front ends' formatter would have it."""
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        lines = [f"{deeper}{json.dumps(key)}: {written(inner, deeper)}" for key, inner in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(inner, (dict, list)) for inner in value):
        return "[\n" + ",\n".join(deeper + written(inner, deeper) for inner in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/parley.db"
        migrate(url)
        recorded = asyncio.run(record_all(url))
    changed = stale(recorded)
    if "--check" in sys.argv[1:]:
        print("\n".join(changed), file=sys.stderr)  # noqa: T201
        return 1 if changed else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in changed:
        (FOLDER / name).unlink(missing_ok=True)
        if name in recorded:
            (FOLDER / name).write_text(recorded[name], "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
