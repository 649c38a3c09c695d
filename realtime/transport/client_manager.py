"""Client manager, as the library's server wants it kept; rooms are the hub's business."""

from __future__ import annotations

from typing import Any

import socketio


class Connected(socketio.AsyncManager):
    """The library looks through the rooms of everybody when one leaves: ten thousand who leave at once, as when a node
    stops, took it longer than a stop may take. Here each is in two rooms and no more: their own, and the one of all."""

    def basic_disconnect(self, sid: str, namespace: str, **_: Any) -> None:
        for room in (sid, None):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]
