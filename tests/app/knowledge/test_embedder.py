"""The model's process: true to sentence-transformers, restarted when it dies, gone when we are."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.errors import Unavailable
from app.knowledge import encoder_process
from app.knowledge.embedder import NoEmbedder
from app.knowledge.model_files import ModelFiles, find_model
from app.knowledge.sentence_transformer import SentenceTransformerEmbedder

pytestmark = pytest.mark.asyncio(loop_scope="session")


def bundled() -> ModelFiles:
    files = find_model("bundled")
    assert files is not None
    return files


async def test_vectors_have_length_one_and_like_meanings_are_near(embedder: SentenceTransformerEmbedder):
    money, refund, weather = await embedder.encode(["I want my money back", "how do refunds work", "it is raining in Lisbon"])
    assert embedder.dimensions == 384
    assert embedder.name.startswith("all-MiniLM-L6-v2@53aa51172d14")
    assert money.dtype == np.float32
    assert np.linalg.norm(money) == pytest.approx(1, abs=1e-5)
    assert money @ refund > 0.4 > money @ weather


async def test_a_text_has_the_same_vector_alone_and_in_company(embedder: SentenceTransformerEmbedder):
    texts = [f"{'long ' * (place % 3 * 7)}question number {place}" for place in range(9)]
    together = await asyncio.gather(*(embedder.encode([text], is_urgent=False) for text in texts))
    alone = [await embedder.encode([text], is_urgent=False) for text in texts]
    assert np.abs(np.concatenate(together) - np.concatenate(alone)).max() < 1e-5


@pytest.mark.parametrize("texts", [[], [""], ["\x00"], ["x" * 100_000], ["🙂" * 3000], ["ا" * 300, "返品"]])
async def test_any_text_can_be_encoded(embedder: SentenceTransformerEmbedder, texts: list[str]):
    assert (await embedder.encode(texts)).shape == (len(texts), 384)


async def test_whoever_cannot_wait_is_told_so_and_the_next_is_served(embedder: SentenceTransformerEmbedder):
    with pytest.raises(Unavailable):
        await embedder.encode(["a text that nobody has asked for before " * 20], within=0.001)
    assert (await embedder.encode(["where is my order"])).shape == (1, 384)


async def test_it_comes_back_when_it_dies_and_what_was_under_way_is_refused(embedder: SentenceTransformerEmbedder):
    first = embedder.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    asked = asyncio.create_task(embedder.encode(["lost with the process"]))
    await asyncio.sleep(0.05)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(Unavailable):
        await asked
    assert not embedder.is_ready
    with pytest.raises(Unavailable):
        await embedder.encode(["too early"])
    await asyncio.wait_for(embedder.wait_until_ready(), 60)
    assert embedder.pid not in (None, first)
    assert (await embedder.encode(["here again"])).shape == (1, 384)


async def test_it_ends_with_its_parent_even_while_loading():
    command = [sys.executable, "-P", encoder_process.__file__, str(bundled().folder), bundled().sha256, "1"]
    pipe_read, pipe_write = os.pipe()
    child = await asyncio.create_subprocess_exec(*command, stdin=pipe_read, stdout=subprocess.DEVNULL)
    os.close(pipe_read)
    await asyncio.sleep(0.5)
    os.close(pipe_write)
    assert await asyncio.wait_for(child.wait(), 60) == 0


async def test_b40_weights_that_are_not_the_ones_expected_are_refused(tmp_path: Path):
    folder = tmp_path / "model"
    shutil.copytree(bundled().folder, folder)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    command = [sys.executable, "-P", encoder_process.__file__, str(folder), bundled().sha256, "1"]
    child = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stderr is not None
    said = await asyncio.wait_for(child.stderr.read(), 60)
    child.stdin.close()
    assert await child.wait() == 1
    assert b"not the ones they should be" in said


async def test_without_a_model_the_answer_is_a_clear_refusal():
    none = NoEmbedder()
    await none.start()
    with pytest.raises(Unavailable):
        await none.encode(["anything"])
    await none.close()
