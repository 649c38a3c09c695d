"""The process that holds the model: `python encoder_process.py FOLDER SHA256 THREADS`, spoken to over its pipes.

It is run by its path and imports nothing of Parley, so that it needs no more than the model does. Every frame is a
little-endian 4-byte length and that many bytes. In come msgpack lists of texts. Out comes first a msgpack `{name,
dimensions, rss_bytes}`, then for each list the vectors as float32, row after row, of length 1. When the pipe closes,
for whatever reason, the process ends at once: it cannot outlive its parent.
"""

from __future__ import annotations

import hashlib
import os
import queue
import resource
import signal
import struct
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

LENGTH = struct.Struct("<I")
LONGEST_FRAME = 16 * 1024 * 1024
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TQDM_DISABLE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
POLITENESS = 2


def main(folder: str, sha256: str, threads: str) -> None:
    """Load the model and answer until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides when we go
    os.nice(POLITENESS)  # chat comes first
    os.environ.update(QUIET, OMP_NUM_THREADS=threads, MKL_NUM_THREADS=threads)
    answers = _private_stdout()
    asked: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read_frames, args=(asked,), daemon=True).start()
    digest = _digest(Path(folder) / "model.safetensors")
    if sha256 and digest != sha256:
        raise SystemExit("the model's weights are not the ones they should be")
    model = _load(folder, int(threads))
    dimensions = model.get_embedding_dimension()
    name = f"{_name_of(Path(folder), sha256)}@{digest[:12]}"
    _write_frame(answers, msgspec.msgpack.encode({"name": name, "dimensions": dimensions, "rss_bytes": _rss_bytes()}))
    while True:
        texts = msgspec.msgpack.decode(asked.get(), type=list[str])
        vectors = model.encode(texts, batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False)
        _write_frame(answers, vectors.astype("<f4").tobytes())


def _load(folder: str, threads: int) -> Any:
    import torch  # noqa: PLC0415 - after the environment is set
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - as above

    torch.set_num_threads(threads)
    model = SentenceTransformer(
        folder,
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True, "dtype": torch.float32},
    )
    model.encode(["A first sentence takes longer than all others."])
    return model


def _name_of(folder: Path, sha256: str) -> str:
    return "all-MiniLM-L6-v2" if sha256 else folder.name


def _digest(weights: Path) -> str:
    with weights.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rss_bytes() -> int:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * resource.getpagesize() if statm.exists() else 0


def _private_stdout() -> BinaryIO:
    """Our end of the pipe; whatever a library prints goes to stderr instead of between the frames."""
    kept = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return kept


def _read_frames(asked: queue.SimpleQueue[bytes]) -> None:
    while True:
        (length,) = LENGTH.unpack(_read_exactly(LENGTH.size))
        asked.put(_read_exactly(min(length, LONGEST_FRAME)))


def _read_exactly(size: int) -> bytes:
    """Straight from the pipe: a thread that waits inside a buffered reader would keep the process from ending in order."""
    parts: list[bytes] = []
    while size:
        part = os.read(0, size)
        if not part:
            os._exit(0)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write_frame(pipe: BinaryIO, body: bytes) -> None:
    try:
        pipe.write(LENGTH.pack(len(body)) + body)
        pipe.flush()
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:4])
