"""What a client holds of each conversation, by the rules of `realtime/client/apply.ts`: once, in order, gaps known."""

from __future__ import annotations

from typing import Any

from tests.faults.history import Line


class Screen:
    """One conversation as a client shows it. Visitors count by seq, agents by rev."""

    def __init__(self, side: str, conversation_id: str) -> None:
        self.side = side
        self.conversation_id = conversation_id
        self.cursor = 0
        self.known = 0
        self.must_sync = True
        self._lines: dict[str, Line] = {}
        self._places: set[int] = set()

    @property
    def needs_sync(self) -> bool:
        return self.must_sync or self.known > self.cursor

    @property
    def lines(self) -> list[Line]:
        """As drawn."""
        return sorted(self._lines.values(), key=lambda line: (self._place(line), line.id))

    def add(self, line: Line) -> bool:
        """Whether it was not there yet."""
        if line.id in self._lines:
            return False
        self._lines[line.id] = line
        self._places.add(self._place(line))
        self.hear(self._place(line))
        while self.cursor + 1 in self._places:
            self.cursor += 1
        return True

    def hear(self, figure: int) -> None:
        """The server has come this far."""
        self.known = max(self.known, figure)

    def take_page(self, page: dict[str, Any]) -> list[Line]:
        """A sync's answer; the lines that were new."""
        lines = [Line.of_view(view) for view in page["messages"]]
        fresh = [line for line in lines if self.add(line)]
        if page["is_complete"]:
            self.cursor = max(self.cursor, page["conversation"]["rev" if self.side == "agent" else "seq"])
            self.known = self._place(self.lines[-1]) if self._lines else 0
            self.must_sync = False
        elif lines:
            self.cursor = max(self.cursor, self._place(lines[-1]))
        return fresh

    def _place(self, line: Line) -> int:
        return (line.rev if self.side == "agent" else line.seq) or 0
