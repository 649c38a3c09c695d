"""Load of this node, measured, and what is shed first: signs, then searches and suggestions. Chat never."""

from __future__ import annotations

import asyncio

from prometheus_client import Counter, Gauge

from app.clock import monotonic
from app.contract.articles import SearchArticles, SuggestArticles
from app.contract.bases import Command
from app.contract.conversations import ViewConversation
from app.contract.messages import SetTyping
from app.errors import RateLimited

STEP_SECONDS = 0.1
WEIGHT = 0.2
"""Of the newest measure: what lasts a second counts, a hiccup does not."""
MAX_IN_FLIGHT = 200
RETRY_SECONDS = 2.0
SIGNS = (SetTyping, ViewConversation)
SEARCHES = (SearchArticles, SuggestArticles)
SIGNS_END, SEARCHES_END = 1.0, 2.0
"""The pressure at which each is let go of."""

lag_gauge = Gauge("parley_loop_lag_seconds", "How late the event loop is, averaged over about a second")
in_flight_gauge = Gauge("parley_commands_in_flight", "Commands taken and not yet answered")
shed_total = Counter(
    "parley_shed_total", "Commands refused, and suggestions not looked for, because the node was overloaded", ["command"]
)


class Load:
    """`patience` is how late the event loop may be, in seconds, before signs are refused; searches and suggestions at twice that."""

    def __init__(self, patience: float) -> None:
        self.lag_seconds = 0.0
        self.in_flight = 0
        self._patience = patience

    @property
    def pressure(self) -> float:
        """1 is where it begins to hurt: by the loop's lag or by the commands that wait, whichever is worse."""
        return max(self.lag_seconds / self._patience, self.in_flight / MAX_IN_FLIGHT)

    def refuse_when_strained(self, command: Command) -> None:
        """Raises RateLimited for what the chat does without. Typing and viewing go first, searches next."""
        floor = SIGNS_END if isinstance(command, SIGNS) else SEARCHES_END if isinstance(command, SEARCHES) else None
        if floor is not None and self.pressure >= floor:
            shed_total.labels(str(command.__struct_config__.tag)).inc()
            raise RateLimited(RETRY_SECONDS)

    def may_suggest(self) -> bool:
        """Return whether there is time to look for answers nobody has asked for; counts those it sheds."""
        if self.pressure < SEARCHES_END:
            return True
        shed_total.labels("suggestions").inc()
        return False

    def late_by(self, seconds: float) -> None:
        """The loop was so late just now."""
        self.lag_seconds += WEIGHT * (max(0.0, seconds) - self.lag_seconds)

    async def measure_forever(self) -> None:
        """Ask to be woken every tenth of a second, and see how much later it is."""
        while True:
            due = monotonic() + STEP_SECONDS
            await asyncio.sleep(STEP_SECONDS)
            self.late_by(monotonic() - due)
            lag_gauge.set(self.lag_seconds)
            in_flight_gauge.set(self.in_flight)
