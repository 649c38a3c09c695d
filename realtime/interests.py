"""Interests of a screen: its agent's own conversations, those waiting in their teams' queues, and those it said it shows.

A connection hears everything of the inboxes its agent may view until it says what it shows (`screen.watch`). From then on
this node hears for it and passes on what concerns it. Nothing is filtered between nodes, so what was lost there is found as
before; and what a screen holds besides is read from the rows when it is shown again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, TextClause, select, true

from app.contract.bases import Event
from app.contract.conversations import ConversationView
from app.contract.lists import ConversationMoved, WatchedList, WatchScreen
from app.contract.people import AgentView
from app.contract.presence import PresenceMoved
from app.contract.values import OPEN_CATEGORIES
from app.conversations.access import is_visible_to
from app.people.actors import SignedInAgent
from app.people.agents import list_agents
from app.people.permissions import Permission
from app.work import Rows, Works
from models import Conversation
from models.conversation import IS_OPEN
from realtime.hub import EncodedEvent, Hub, Subscriber
from realtime.rooms import AGENTS

log = structlog.get_logger("realtime")

MAX_REMEMBERED = 50_000
READ_AT_ONCE = 1_000
MOVING = frozenset(PresenceMoved.__struct_fields__) - {"agent_id"}
"""What changes of an agent all day long."""


class Ranking(NamedTuple):
    """Owner and place of a conversation, as far as they decide who hears of it."""

    agent_id: str | None
    team_id: str | None
    inbox_id: str
    contact_id: str
    category: str

    @property
    def is_open(self) -> bool:
        return self.category in OPEN_CATEGORIES


class Interest(Struct):
    """Conversations one connection shows, and those its agent is told of anyway."""

    agent: SignedInAgent
    team_ids: frozenset[str]
    screen: WatchScreen
    conversation_ids: frozenset[str]

    def sees(self, standing: Ranking) -> bool:
        """Return whether the agent may see the conversation at all."""
        return is_visible_to(self.agent, standing)

    def sees_all(self) -> bool:
        """Return whether the agent may see every conversation."""
        return self.agent.inboxes_for(Permission.VIEW_CONVERSATIONS) is None

    def owns(self, standing: Ranking) -> bool:
        """Theirs, or in a queue of theirs: what has no team is everybody's."""
        if standing.agent_id is not None:
            return standing.agent_id == self.agent.id
        return standing.is_open and (standing.team_id is None or standing.team_id in self.team_ids)

    def lists(self, standing: Ranking) -> bool:
        """Return whether a list it shows holds the conversation, as far as lists are told apart here."""
        return any(_is_on(one, standing, self.agent.id) for one in self.screen.lists)


NOTHING = msgspec.Raw()


class _Of(Struct):
    conversation_id: str


class _Itself(Struct):
    id: str


class _Heard(Struct):
    """As much of an event as says what it is about."""

    type: str
    conversation_id: str | None = None
    message: _Of | None = None
    ticket: _Of | None = None
    contact_id: str | None = None
    contact: _Itself | None = None
    conversation: msgspec.Raw = NOTHING
    agent: msgspec.Raw = NOTHING


_heard = msgspec.json.Decoder(_Heard)
_conversation = msgspec.json.Decoder(ConversationView)
_agent = msgspec.json.Decoder(AgentView)


class Interests:
    """A subscriber that hears all of the inboxes for those who said what they show, and passes on what concerns each."""

    def __init__(self, works: Works, hub: Hub) -> None:
        self.rooms: set[str] = set()
        self._works = works
        self._hub = hub
        self._lines: dict[Subscriber, Interest] = {}
        self._young: dict[str, Ranking] = {}
        self._old: dict[str, Ranking] = {}
        self._people: dict[str, AgentView] = {}
        self._waiting: dict[str, list[tuple[str, EncodedEvent]]] = {}
        self._looking: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()

    def has(self, line: Subscriber) -> bool:
        """Return whether the connection has said what it shows."""
        return line in self._lines

    @property
    def is_looking(self) -> bool:
        """Return whether a conversation's owner is being looked up."""
        return bool(self._looking)

    async def settle(self) -> None:
        """Wait until what is being looked up is known."""
        await asyncio.gather(*self._looking)

    async def watch(self, line: Subscriber, agent: SignedInAgent, screen: WatchScreen) -> None:
        """This is what the connection shows from now on. It misses nothing on the way: it is heard for before it stops hearing
        itself."""
        rooms = {room for room in line.rooms if is_shared(room)}
        if rooms - self.rooms:
            self._hub.enter(self, rooms - self.rooms)
            await self._hub.hearing(self.rooms)
        async with self._one_at_a_time:
            await self._read_before(screen.conversation_ids)
        known = self._people.get(agent.id)
        team_ids = frozenset(known.team_ids if known else ())
        self._lines[line] = Interest(agent, team_ids, screen, frozenset(screen.conversation_ids))
        self._hub.leave(line, [room for room in line.rooms if is_shared(room)])

    async def _read_before(self, shown_ids: Sequence[str]) -> None:
        """Read who works here and who owns each open conversation, once for all; and of those shown, any not known yet."""
        async with self._works.read() as rows:
            if not self._people:
                self._people = {one.id: one for one in await list_agents(rows, self._works.clock())}
                await self._read_open(rows)
            unknown = [id for id in shown_ids if self._find(id) is None]
            for id, standing in await _read_standings(rows, Conversation.id.in_(unknown)) if unknown else []:
                self._remember(id, standing)

    async def _read_open(self, rows: Rows) -> None:
        after = ""
        for _ in range(MAX_REMEMBERED // READ_AT_ONCE):
            is_behind = Conversation.id > after if after else true()
            page = await _read_standings(rows, IS_OPEN, is_behind, limit=READ_AT_ONCE)
            for id, standing in page:
                if self._find(id) is None:  # what was heard meanwhile is newer
                    self._remember(id, standing)
            if len(page) < READ_AT_ONCE:
                return
            after = page[-1][0]
            await asyncio.sleep(0)

    def left(self, line: Subscriber) -> None:
        """Forget a connection, which shows nothing any more."""
        if self._lines.pop(line, None) is not None and not self._lines:
            self._hub.leave(self, set(self.rooms))
            self._people, self._young, self._old = {}, {}, {}

    def enter(self, rooms: Iterable[str]) -> None:
        """Inboxes were added."""
        if self._lines:
            self._hub.enter(self, [room for room in rooms if is_shared(room) and room not in self.rooms])

    def cut(self) -> None:
        """There is no connection to end."""

    def deliver(self, encoded: EncodedEvent) -> None:
        """Something happened, here or on another node. A hint never raises: what cannot be told apart is told to all who
        see every conversation."""
        try:
            self._deliver(encoded)
        except Exception:
            log.exception("whom an event concerns could not be told; all who see everything are told")
            self._pass_on(encoded, Interest.sees_all)

    def _deliver(self, encoded: EncodedEvent) -> None:
        heard = _heard.decode(encoded.json)
        if heard.type == "presence.changed":
            self._tell_of_agent(encoded, _agent.decode(heard.agent))
            return
        if heard.contact_id is not None or heard.contact is not None:
            self._tell_of_contact(encoded, heard.contact_id or (heard.contact.id if heard.contact else ""))
            return
        of = heard.message or heard.ticket
        id = heard.conversation_id or (of.conversation_id if of else None)
        if heard.type == "conversation.changed":
            view = _conversation.decode(heard.conversation)
            if view.id in self._waiting:
                self._waiting[view.id].append((heard.type, encoded))
            else:
                self._tell_of_change(encoded, view)
        elif id is not None:
            self._tell_about(id, heard.type, encoded)
        else:
            self._pass_on(encoded, lambda interest: True)

    def _tell_about(self, id: str, type: str, encoded: EncodedEvent) -> None:
        if type == "activity.added":  # a list shows none of it
            self._pass_on(encoded, lambda interest: id in interest.conversation_ids and self._is_seen(interest, id))
            return
        standing = self._find(id)
        if id in self._waiting:
            self._waiting[id].append((type, encoded))
        elif standing is None:
            self._waiting[id] = [(type, encoded)]
            task = asyncio.get_running_loop().create_task(self._look_up(id))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)
        else:
            is_listed = type in {"message.created", "message.marked", "sla.changed"}
            is_ticket = type.startswith("ticket.") or type == "sla.changed"
            self._pass_on(
                encoded,
                lambda interest: (
                    interest.sees(standing)
                    and (
                        id in interest.conversation_ids
                        or interest.owns(standing)
                        or (is_listed and interest.lists(standing))
                        or (is_ticket and (interest.screen.tickets or interest.lists(standing)))
                    )
                ),
            )

    async def _look_up(self, id: str) -> None:
        """Nothing has been heard of this conversation yet: whose it is stands in its row. What comes meanwhile waits behind."""
        standing: Ranking | None = None
        try:
            async with self._works.read() as rows:
                for _, standing in await _read_standings(rows, Conversation.id == id):
                    self._remember(id, standing)
        except Exception:
            log.exception("whose a conversation is could not be read; all who see everything are told")
        for type, encoded in self._waiting.pop(id, []):
            if standing is None:
                self._pass_on(encoded, Interest.sees_all)
            elif type == "conversation.changed":
                self.deliver(encoded)
            else:
                self._tell_about(id, type, encoded)

    def _tell_of_change(self, encoded: EncodedEvent, view: ConversationView) -> None:
        """Whole to whom it concerns now; who had it, or lists it, is told what a list shows of it. Of a queue that no list of theirs
        shows, agents are not told what leaves it."""
        before = self._find(view.id)
        now = Ranking(view.agent_id, view.team_id, view.inbox_id, view.contact.id, view.category)
        self._remember(view.id, now)
        moved: EncodedEvent | None = None
        for line, interest in list(self._lines.items()):
            if not interest.sees(now):
                continue
            if view.id in interest.conversation_ids or interest.owns(now):
                line.deliver(encoded)
            elif (before is not None and (before.agent_id == interest.agent.id or interest.lists(before))) or interest.lists(now):
                moved = moved or EncodedEvent(moved_of(view))
                line.deliver(moved)

    def _tell_of_agent(self, encoded: EncodedEvent, agent: AgentView) -> None:
        before, self._people[agent.id] = self._people.get(agent.id), agent
        for interest in self._lines.values():
            if interest.agent.id == agent.id:
                interest.team_ids = frozenset(agent.team_ids)
        if before is None or _lasting(before) != _lasting(agent):
            self._pass_on(encoded, lambda interest: True)
            return
        moved = EncodedEvent(PresenceMoved(agent_id=agent.id, **{name: getattr(agent, name) for name in MOVING}))
        teams = frozenset(agent.team_ids)
        for line, interest in list(self._lines.items()):
            if interest.agent.id == agent.id:
                line.deliver(encoded)
            elif interest.screen.people or teams & interest.team_ids:
                line.deliver(moved)

    def _tell_of_contact(self, encoded: EncodedEvent, contact_id: str) -> None:
        def shows(interest: Interest) -> bool:
            held = (self._find(id) for id in interest.conversation_ids)
            return any(
                standing is not None and standing.contact_id == contact_id and interest.sees(standing) for standing in held
            )

        self._pass_on(encoded, shows)

    def _pass_on(self, encoded: EncodedEvent, concerns: Callable[[Interest], bool]) -> None:
        for line, interest in list(self._lines.items()):
            if concerns(interest):
                line.deliver(encoded)

    def _is_seen(self, interest: Interest, id: str) -> bool:
        standing = self._find(id)
        return interest.sees_all() if standing is None else interest.sees(standing)

    def _find(self, id: str) -> Ranking | None:
        return self._young.get(id) or self._old.get(id)

    def _remember(self, id: str, standing: Ranking) -> None:
        self._young[id] = standing
        if len(self._young) > MAX_REMEMBERED:
            self._old, self._young = self._young, {}


def is_shared(room: str) -> bool:
    """Return whether events of this room reach many agents, few of whom it concerns."""
    return room == AGENTS or room.startswith("inbox:")


def moved_of(view: ConversationView) -> Event:
    """Return the event with the fields a list shows of a conversation that moved."""
    own = {"conversation_id": view.id, "ticket_number": view.ticket.number if view.ticket else None}
    values = {name: getattr(view, name) for name in ConversationMoved.__struct_fields__ if name not in own}
    return ConversationMoved(**own, **values)


def _lasting(agent: AgentView) -> dict[str, Any]:
    return {name: value for name, value in asdict(agent).items() if name not in MOVING}


def _is_on(listed: WatchedList, standing: Ranking, agent_id: str) -> bool:
    if standing.is_open != (listed.shelf == "open"):
        return False
    if listed.view == "mine" and standing.agent_id != agent_id:
        return False
    if listed.view == "unassigned" and standing.agent_id is not None:
        return False
    is_of_team = listed.team_id is None or listed.team_id == standing.team_id
    return is_of_team and (listed.inbox_id is None or listed.inbox_id == standing.inbox_id)


async def _read_standings(
    rows: Rows, *which: ColumnElement[bool] | TextClause, limit: int | None = None
) -> list[tuple[str, Ranking]]:
    one = Conversation
    wanted = select(one.id, one.agent_id, one.team_id, one.inbox_id, one.contact_id, one.category).where(*which)
    found = await rows.rows(wanted.order_by(one.id).limit(limit) if limit else wanted)
    return [
        (id, Ranking(agent_id, team_id, inbox_id, contact_id, category))
        for id, agent_id, team_id, inbox_id, contact_id, category in found
    ]
