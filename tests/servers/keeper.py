"""Keeps a server running for a test session, and stops it when the session's process is gone, however it went.

Several pytest workers share one server: the first to ask starts a keeper, the others wait for what it writes. Nobody
has to be the last to leave, and a killed session leaves nothing running.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

ROOT = Path(__file__).resolve().parents[2]
SERVERS = {"postgres": PostgresServer, "redis": RedisServer}
START_SECONDS = 60.0
_keepers: list[subprocess.Popen[bytes]] = []  # never waited for: they outlive us by a moment


def kept_url(kind: str, folder: Path, owner: int) -> str:
    """The URL of the one server of this kind in this folder, started if need be, for as long as `owner` lives.

    Raises RuntimeError with the server's own words when it cannot start.
    """
    state = folder / f"{kind}.json"
    try:
        (folder / f"{kind}.asked").touch(exist_ok=False)
    except FileExistsError:
        pass
    else:
        words = [sys.executable, "-m", "tests.servers.keeper", kind, str(owner), str(state)]
        _keepers.append(
            subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
        )
    deadline = time.monotonic() + START_SECONDS
    while not state.exists():
        if time.monotonic() > deadline:
            raise RuntimeError(f"The keeper of {kind} said nothing for {START_SECONDS:.0f} seconds.")
        time.sleep(0.01)
    said = json.loads(state.read_text())
    if "error" in said:
        raise RuntimeError(said["error"])
    return said["url"]


def keep(kind: str, owner: int, state: Path) -> None:
    """Start, tell, wait for the owner to go, stop."""
    server: PostgresServer | RedisServer | None = None
    try:
        server = SERVERS[kind]()
        server.start()
        _tell(state, {"url": server.url()})
        while _is_alive(owner):
            time.sleep(0.1)
    except Exception as error:
        _tell(state, {"error": str(error)})
        raise
    finally:
        if server:
            server.stop()


def _tell(state: Path, what: dict[str, str]) -> None:
    draft = state.with_suffix(".draft")
    draft.write_text(json.dumps(what))
    draft.replace(state)


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


if __name__ == "__main__":
    keep(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
