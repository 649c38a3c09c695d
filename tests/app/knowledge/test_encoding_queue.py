"""Requests are encoded together where that is cheap, and live questions go first."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest

from app.errors import Unavailable
from app.knowledge.encoding_queue import BATCH_TOKENS, EncodingQueue, Request, take_batch


def request(tokens: int) -> Request:
    return Request("x" * (4 * (tokens - 2)), asyncio.get_running_loop().create_future())


async def test_short_texts_go_together_and_long_ones_alone():
    short = [request(10) for _ in range(4)]
    long = request(200)
    waiting = deque([short[0], long, *short[1:]])
    assert take_batch(waiting) == short
    assert take_batch(waiting) == [long]
    assert take_batch(waiting) == []


async def test_a_batch_is_never_larger_than_it_may_be_unless_it_is_one_text():
    waiting = deque(request(20 + 7 * place % 60) for place in range(50))
    while batch := take_batch(waiting):
        assert len(batch) == 1 or max(one.tokens for one in batch) * len(batch) <= BATCH_TOKENS


async def test_whoever_gave_up_is_passed_over():
    gone, here = request(10), request(10)
    gone.answer.cancel()
    assert take_batch(deque([gone, here])) == [here]


async def test_a_live_question_overtakes_what_is_being_indexed():
    queue = EncodingQueue()
    running = asyncio.create_task(asyncio.sleep(60, 0))
    for _ in range(5):
        queue.put("p" * 400, is_urgent=False)
    queue.put("where is my order", is_urgent=True)
    assert [one.text for one in await queue.take(running)] == ["where is my order"]
    assert [one.text[0] for one in await queue.take(running)] == ["p"]
    running.cancel()


async def test_when_the_process_ends_everybody_is_told():
    queue = EncodingQueue()
    waiting = queue.put("where is my order", is_urgent=True)
    ended = asyncio.create_task(asyncio.sleep(0, 0))
    await ended
    with pytest.raises(EOFError):
        await queue.take(ended)
    queue.refuse_all()
    with pytest.raises(Unavailable):
        await waiting
