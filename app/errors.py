"""Errors of the domain: a stable code and a clear sentence. No HTTP, no sockets."""

from __future__ import annotations

from collections.abc import Sequence

from app.contract.messages import MessageView
from app.contract.replies import Refused
from app.contract.values import ErrorCode


class ParleyError(Exception):
    """A refusal the caller can act on. `detail` is shown to people."""

    code: ErrorCode = "internal"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Invalid(ParleyError):
    """The request makes no sense as it stands; the same again will fail again."""

    code: ErrorCode = "invalid"


class Incomplete(ParleyError):
    """Required fields of a ticket have no value yet; the detail names them."""

    code: ErrorCode = "incomplete"


class Unauthenticated(ParleyError):
    """We do not know who is asking."""

    code: ErrorCode = "unauthenticated"


class Forbidden(ParleyError):
    """We know who is asking, and they may not."""

    code: ErrorCode = "forbidden"


class NotFound(ParleyError):
    """There is no such thing for this caller. A stranger's thing and a missing one answer alike."""

    code: ErrorCode = "not_found"

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"There is no such {kind}.")
        self.kind = kind
        self.id = id


class UnknownKey(NotFound):
    """A script tag names an inbox that does not exist. Read by whoever puts the tag on a site."""

    def __init__(self, key: str) -> None:
        super().__init__("inbox", key)
        self.detail = f'This chat is not set up: no inbox has the key "{key}".'
        self.args = (self.detail,)


class Conflict(ParleyError):
    """Somebody was faster. `missed` holds the messages the caller had not seen."""

    code: ErrorCode = "conflict"

    def __init__(self, detail: str, missed: Sequence[MessageView] = ()) -> None:
        super().__init__(detail)
        self.missed = list(missed)


class RateLimited(ParleyError):
    """Too much at once; try again after `retry_seconds`."""

    code: ErrorCode = "rate_limited"

    def __init__(self, retry_seconds: float) -> None:
        super().__init__("That was a lot at once. Please wait a moment.")
        self.retry_seconds = retry_seconds


class TooLarge(ParleyError):
    """More bytes than allowed."""

    code: ErrorCode = "too_large"


class Unavailable(ParleyError):
    """We cannot do it now; the same request may succeed in a moment."""

    code: ErrorCode = "unavailable"


class StorageFull(Unavailable):
    """The disk has no room. Nothing was kept; the same request succeeds once someone has made room."""

    def __init__(self, detail: str = "The server's disk is full. Nothing was saved. Try again later.") -> None:
        super().__init__(detail)


def refusal_of(error: ParleyError) -> Refused:
    """Return an error as the caller reads it, at whichever door."""
    return Refused(
        code=error.code,
        detail=error.detail,
        retry_seconds=error.retry_seconds if isinstance(error, RateLimited) else None,
        missed=error.missed if isinstance(error, Conflict) else [],
    )
