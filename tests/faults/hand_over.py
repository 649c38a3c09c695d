"""What becomes of the chats of an agent whose node is killed, and how long it takes."""

from __future__ import annotations

import asyncio
import contextlib

from msgspec import Struct

from tests.faults.stage import Stage
from tests.running import Visitor


class HandedOver(Struct, frozen=True):
    """From the kill until colleagues saw the agent offline, until the last chat was back in the queue, and where there."""

    seconds_to_offline: float
    seconds_to_queue: float
    places: list[int]


async def hand_over(stage: Stage) -> HandedOver:
    """Kill the second node under an agent who holds two chats that wait, while a third visitor stands in the queue.

    It is started first, if it was killed before.
    """
    loop = asyncio.get_running_loop()
    first, second = stage.nodes[0].running, stage.nodes[1]
    if second.running.process and second.running.process.poll() is not None:
        await second.start()
    sam = await first.agent("sam@example.com")
    await sam.wire.ask("presence.set", presence="away")
    ana = await second.running.agent("ana@example.com")
    await ana.wire.ask("presence.set", presence="online")
    held = [await first.visitor() for _ in range(2)]
    ids = [await _start(visitor) for visitor in held]
    for id in ids:
        await ana.wire.event("message.created", message__conversation_id=id, message__system="assigned")
    await ana.wire.ask("presence.set", presence="away")  # so that the next one queues
    last = await first.visitor()
    last_id = await _start(last)
    await last.wire.event("conversation.queued")
    sam.wire.events.clear()
    for visitor in held:
        visitor.wire.events.clear()
    killed = loop.time()
    await second.kill()
    await sam.wire.event("presence.changed", timeout=40, agent__id=ana.id, agent__presence="offline")
    offline = loop.time() - killed
    for visitor in held:
        await visitor.wire.event("conversation.queued", timeout=40)
    queued = loop.time() - killed
    places = [await _place_of(visitor, place) for place, visitor in enumerate(held, start=1)]
    for visitor, id in zip([*held, last], [*ids, last_id], strict=True):
        await visitor.wire.ask("conversation.end", conversation_id=id)
        await visitor.wire.close()
    await sam.wire.close()
    await ana.wire.vanish()
    return HandedOver(offline, queued, places)


async def _place_of(visitor: Visitor, wanted: int) -> int:
    """Where they were told last that they stand, once that is what it should be: those who wait are told at most every second."""
    with contextlib.suppress(TimeoutError):
        await visitor.wire.event("conversation.queued", queue__position=wanted)
    return visitor.wire.all_events("conversation.queued")[-1]["queue"]["position"]


async def _start(visitor: Visitor) -> str:
    reply = await visitor.wire.ask("conversation.start", client_id="start", body="Is anybody there?")
    return reply["conversation"]["id"]
