"""Limits on wrong passwords: per network, and per account and network, so that nobody locks out anybody else."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable

from app.clock import monotonic, new_id
from app.limits import Limit

BURST = 10
MAX_ACCOUNTS = 5
"""A browser is remembered for so many accounts."""
_COOKIE = re.compile(r"[0-9a-f-]{36}(\.[0-9a-f]{32}){1,5}")


class SignInLimits:
    """Counts wrong passwords. A browser that signed in to the account before counts for itself: what strangers guess does
    not keep it out, whatever network they share."""

    def __init__(self, rate: float, secret_key: str, clock: Callable[[], float] = monotonic) -> None:
        self._limit = Limit(rate, BURST, clock)
        self._key = hashlib.sha256(b"sign-in-device:" + secret_key.encode()).digest()

    def begin(self, email: str, network: str, device: str) -> Callable[[], None]:
        """Count an attempt before the password is looked at, so that a hundred at once are not better off.

        The answer takes it back: call it when the password was right. Raises RateLimited.
        """
        account = _account(email)
        known = self._known(account, device)
        keys = [f"device {known}"] if known else [f"network {network}", f"account {account} {network}"]
        for key in keys:
            self._limit.take(key)

        def succeeded() -> None:
            for key in keys:
                self._limit.give_back(key)

        return succeeded

    def remember(self, email: str, device: str) -> str:
        """Return the cookie of a browser that has just signed in to the account."""
        id, *signed = device.split(".") if _COOKIE.fullmatch(device) else [new_id()]
        mine = self._sign(id, _account(email))
        return ".".join((id, *[one for one in signed if one != mine][-MAX_ACCOUNTS + 1 :], mine))

    def _known(self, account: str, device: str) -> str | None:
        if not _COOKIE.fullmatch(device):
            return None
        id, *signed = device.split(".")
        mine = self._sign(id, account)
        return f"{id} {account}" if any(hmac.compare_digest(one, mine) for one in signed) else None

    def _sign(self, id: str, account: str) -> str:
        return hmac.digest(self._key, f"{id}:{account}".encode(), "sha256").hex()[:32]


def _account(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()
