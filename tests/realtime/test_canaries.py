"""A canary in every setting that is a secret: whatever goes wrong, no log, answer or command shows one (B37)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import ROOT, Running
from tests.servers.ports import free_port

CANARY = "canary7319"
NOWHERE = f"127.0.0.1:{free_port()}"
MISTAKES: list[tuple[str, dict[str, str]]] = [
    ("serve", {"DATABASE_URL": f"postgresql://parley:{CANARY}-database@{NOWHERE}/parley"}),
    ("serve", {"DATABASE_URL": f"mysql://parley:{CANARY}-database@{NOWHERE}/parley"}),
    ("serve", {"DATABASE_URL": f"postgresql://parley:{CANARY}-database@{NOWHERE}:x/parley"}),
    ("serve", {"REDIS_URL": f"amqp://:{CANARY}-redis@{NOWHERE}/0"}),
    ("doctor", {"REDIS_URL": f"redis://:{CANARY}-redis@{NOWHERE}/0", "SMTP_URL": f"smtp://support:{CANARY}-smtp@{NOWHERE}"}),
    ("serve", {"SMTP_URL": f"imap://support:{CANARY}-smtp@{NOWHERE}"}),
    ("serve", {"SECRET_KEY": f"{CANARY}-short"}),
]


def environment(folder: Path, **settings: str) -> dict[str, str]:
    ours = {"DATA_DIR": str(folder), "EMBEDDING_MODEL": "off", "PORT": str(free_port()), **settings}
    return {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")} | {
        f"PARLEY_{name}": value for name, value in ours.items()
    }


def test_b37_a_mistake_in_a_setting_shows_no_secret(tmp_path: Path) -> None:
    """All at once: each is a process that says what is wrong and ends."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "cli", command],
            cwd=ROOT,
            env=environment(tmp_path / str(at), **settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for at, (command, settings) in enumerate(MISTAKES)
    ]
    for (command, settings), process in zip(MISTAKES, started, strict=True):
        said, _ = process.communicate(timeout=120)
        assert process.returncode != 0, (command, settings, said)
        assert said.strip(), "it says what is wrong"
        assert CANARY not in said, (command, settings)
        assert "Traceback" not in said, said


@pytest.fixture
def server(tmp_path: Path) -> Running:
    return Running(
        tmp_path,
        secret_key=f"{CANARY}-key-{'x' * 32}",
        smtp_url=f"smtp://support:{CANARY}-smtp@{NOWHERE}",
        metrics_token=f"{CANARY}-metrics",
        log_level="debug",
    )


async def test_b37_no_error_of_a_running_server_shows_a_secret(server: Running) -> None:
    server.start()
    try:
        answers: list[str] = []
        cookie = await server.sign_in("admin@example.com")
        headers = {"Origin": server.url}
        async with server.http(cookies={"parley_session": cookie}, headers=headers) as http:
            tested = await http.post("/api/v1/mail/test")
            assert tested.json()["is_accepted"] is False
            answers.append(tested.text)
            pages = ["/api/v1/mail/status", "/mailbox", "/api/v1/me", "/api/v1/notices", "/health/ready", "/metrics", "/none/%00"]
            answers += [(await http.get(path)).text for path in pages]
            bodies = [b"{", b'{"type":"message.send"}', b'{"type":"__init__"}', b"\xff" * 100]
            answers += [(await http.post("/api/v1/commands", content=body)).text for body in bodies]
            answers.append((await http.get("/metrics", headers={"Authorization": "Bearer wrong"})).text)
            answers.append(
                (await http.post("/api/v1/widget/sessions", json={"inbox_key": "demo", "identity_token": "e.e.e"})).text
            )
        guest = await server.visitor()
        await guest.wire.send_raw('42/visitor,1["command",{"type":"\\ud800"}]')
        await guest.wire.close()
    finally:
        server.stop()
    assert all(CANARY not in answer for answer in answers)
    assert CANARY not in server.log.read_text("utf-8")
