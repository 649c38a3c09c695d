"""A whole cluster on this machine: PostgreSQL, Redis, nodes that serve, one that works, and Caddy in front.

`make cluster` runs it for people; tests and benches make their own. Everything lies in one folder and goes with it.
"""

from __future__ import annotations

import argparse
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from tests.running import PASSWORD, ROOT, Running
from tests.servers.caddy import CaddyServer
from tests.servers.ports import answers, free_port
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

START_SECONDS = 120


class Cluster:
    """Nodes behind one address, with the demo's people and help centre. Settings are the nodes', as `Running` takes them."""

    def __init__(self, folder: Path, *, count: int = 2, port: int = 0, has_worker: bool = True, **settings: Any) -> None:
        port = port or free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.postgres = PostgresServer()
        self.redis = RedisServer()
        shared = {
            "database_url": self.postgres.url(),
            "redis_url": self.redis.url(),
            "secret_key": secrets.token_urlsafe(32),
            "public_url": self.url,
            "trusted_proxies": "127.0.0.0/8",
            "data_dir": folder / "data",
        }
        self.nodes: list[Running] = []
        for number in range(1, count + 1):
            (folder / f"node-{number}").mkdir()
            self.nodes.append(Running(folder / f"node-{number}", **(shared | settings)))
        self.caddy = CaddyServer([node.port for node in self.nodes], port)
        self._worker: subprocess.Popen[bytes] | None = None
        self._folder = folder
        self._has_worker = has_worker

    @property
    def database_url(self) -> str:
        return self.postgres.url()

    def start(self) -> Cluster:
        """Everything, in the order it needs; the first node fills the database. Returns when all are ready."""
        self.postgres.start()
        self.redis.start()
        for node in self.nodes:
            node.start(START_SECONDS)
        if self._has_worker:
            with (self._folder / "worker.log").open("ab") as log:
                words = [sys.executable, "-m", "cli", "worker"]
                self._worker = subprocess.Popen(words, cwd=ROOT, env=self.nodes[0].environment, stdout=log, stderr=log)
        self.caddy.start()
        return self

    def restart(self, node: Running) -> None:
        """As a deploy does: ask it to stop, wait until it has, start the new one, wait until it is ready."""
        node.stop(signal.SIGTERM)
        node.start(START_SECONDS)

    def stop(self) -> None:
        """Everything, the other way round."""
        self.caddy.stop()
        if self._worker and self._worker.poll() is None:
            self._worker.terminate()
            self._worker.wait(40)
        for node in self.nodes:
            node.stop()
        self.redis.stop()
        self.postgres.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-model", action="store_true", help="find articles by words alone: half a gigabyte less a node")
    asked = parser.parse_args()
    if answers(asked.port):
        parser.error(f'port {asked.port} is taken. Another: CLUSTER="--port {asked.port + 100}" make cluster')
    stopping = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.set())
    with tempfile.TemporaryDirectory(prefix="parley-cluster-") as folder:
        cluster = Cluster(
            Path(folder), count=asked.nodes, port=asked.port, embedding_model="off" if asked.no_model else "bundled"
        )
        try:
            print("Starting PostgreSQL, Redis, the nodes, a worker and Caddy ...", flush=True)
            cluster.start()
            print(_said_of(cluster), flush=True)
            stopping.wait()
            print("Stopping ...", flush=True)
        finally:
            cluster.stop()


def _said_of(cluster: Cluster) -> str:
    nodes = "\n".join(f"  {node.folder.name:<22} {node.url}   process {node.pid}" for node in cluster.nodes)
    return f"""
  Shop with the widget   {cluster.url}/demo
  Agents' inbox          {cluster.url}/inbox     ana@example.com   {PASSWORD}
  Help centre            {cluster.url}/help

{nodes}
  PostgreSQL             {cluster.postgres.url()}
  Redis                  {cluster.redis.url()}

Stop a node (kill PROCESS) and go on chatting. Ctrl-C stops everything, and nothing of it is kept.
"""


if __name__ == "__main__":
    main()
