"""Which of an agent's browsers keep them awake."""

from __future__ import annotations

from tests.app.asking import LEASE, Doors
from tests.factories import House
from tests.recording import Stream


async def test_a_line_that_died_without_a_word_keeps_nobody_awake(house: House) -> None:
    doors, ana = Doors(house), await house.agent("Ana")
    left_behind, in_use = Stream(), Stream()
    for line in (left_behind, in_use):
        await doors.connected_clients.connected(line, ana)
    assert not doors.connected_clients.note_idle(ana, in_use, is_idle=True), "the other may be touched at any moment"
    assert doors.connected_clients.idle_here() == []
    left_behind.silent_seconds = LEASE.total_seconds()
    assert doors.connected_clients.note_idle(ana, in_use, is_idle=True)
    assert doors.connected_clients.idle_here() == [ana.id]
    left_behind.silent_seconds = 0.0
    assert doors.connected_clients.idle_here() == []
