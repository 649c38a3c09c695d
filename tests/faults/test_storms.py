"""Storms, small: the same with thousands is `bench/storms.py`."""

from __future__ import annotations

from tests.faults.proxy import Proxy
from tests.faults.storms import come_back, first_messages, resume_after
from tests.running import Running


async def test_a_first_message_sent_ten_times_at_once_opens_one_conversation(quiet: Running) -> None:
    left = await first_messages([quiet], visitors=40, tries=10)
    assert (left.conversations, left.messages, left.answers) == (40, 40, 40)


async def test_a_crowd_that_was_cut_off_is_back_and_has_what_it_missed(quiet: Running) -> None:
    door = await Proxy(quiet.port).start()
    try:
        back = await come_back(quiet, door, visitors=60)
    finally:
        await door.stop()
    assert len(back.seconds) == 60


async def test_whoever_missed_two_thousand_messages_holds_what_a_fresh_page_shows(quiet: Running) -> None:
    url = f"sqlite:///{quiet.folder / 'data' / 'parley.db'}"
    missed = await resume_after(quiet, url, await quiet.visitor(), 2000)
    assert missed.messages >= 2000
    assert missed.pages > 1
    assert missed.is_equal
