"""Addresses for servers that live as long as a test."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A loopback port that is this process's until it ends: the system gives it to nobody else, and refuses who calls there
    until a server of ours listens. Servers take it as they take one that was just left (SO_REUSEADDR), again and again."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    port = holder.getsockname()[1]
    holder.detach()  # stays bound
    return port


def answers(port: int) -> bool:
    """Whether something on this machine takes connections there."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0
