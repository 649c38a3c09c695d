"""Wrong passwords (B35): slow for whoever guesses, and never a lock on the right person."""

from __future__ import annotations

import pytest

from app.errors import RateLimited
from app.people.sign_in_limits import BURST, SignInLimits

ANA = "ana@example.com"


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def limits() -> SignInLimits:
    return SignInLimits(0.2, "k" * 40, Seconds())


def guess(kept: SignInLimits, network: str, email: str = ANA, device: str = "", times: int = 100) -> int:
    passed = 0
    for _ in range(times):
        try:
            kept.begin(email, network, device)
        except RateLimited:
            continue
        passed += 1
    return passed


def test_b35_strangers_who_guess_do_not_lock_the_right_person_out() -> None:
    kept = limits()
    for n in range(50):
        assert guess(kept, f"203.0.113.{n}") == BURST
    kept.begin(ANA, "198.51.100.1", "")


def test_b35_a_browser_that_signed_in_before_is_not_refused_for_its_networks_guesses() -> None:
    kept = limits()
    device = kept.remember(ANA, "")
    assert guess(kept, "office") == BURST
    with pytest.raises(RateLimited):
        kept.begin(ANA, "office", "")
    kept.begin(" ANA@example.com ", "office", device)


def test_b35_a_known_browser_guesses_no_faster_and_is_known_for_its_own_accounts_only() -> None:
    kept = limits()
    device = kept.remember(ANA, "")
    assert guess(kept, "home", device=device) == BURST
    assert guess(kept, "home", "ben@example.com", device) == BURST
    with pytest.raises(RateLimited):
        kept.begin("ben@example.com", "home", device)


@pytest.mark.parametrize("forgery", ["a letter changed", "a letter more", "nothing"])
def test_b35_a_made_up_browser_is_not_known(forgery: str) -> None:
    kept = limits()
    real = kept.remember(ANA, "")
    changed = real[:-1] + ("1" if real[-1] == "0" else "0")
    device = {"a letter changed": changed, "a letter more": "x" + real, "nothing": ""}[forgery]
    assert guess(kept, "home", device=device) == BURST
    with pytest.raises(RateLimited):
        kept.begin(ANA, "home", device)


def test_b35_right_passwords_do_not_count() -> None:
    kept = limits()
    for _ in range(100):
        kept.begin(ANA, "office", "")()
    assert guess(kept, "office") == BURST


def test_b35_a_hundred_guesses_at_once_are_counted_before_they_are_answered() -> None:
    kept = limits()
    assert guess(kept, "home") == BURST


def test_a_shared_browser_remembers_the_last_five_accounts() -> None:
    kept, device = limits(), ""
    emails = [f"agent-{n}@example.com" for n in range(6)]
    for email in emails:
        device = kept.remember(email, device)
    assert guess(kept, "desk", "nobody@example.com") == BURST
    for email in emails[1:]:
        kept.begin(email, "desk", device)
    with pytest.raises(RateLimited):
        kept.begin(emails[0], "desk", device)
    assert kept.remember(emails[3], device).split(".")[0] == device.split(".")[0]
