"""Who is asking (B31): all lines of the header, the right-most hop no proxy vouches for, a network of IPv6 as one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.callers import caller_of, walk_back

TRUSTED = "10.0.0.0/8, fd00::/8"


def scope(peer: str, *lines: str, name: str = "x-forwarded-for") -> dict[str, Any]:
    return {"client": (peer, 4711), "headers": [(name.encode(), line.encode()) for line in lines]}


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (["203.0.113.7"], "203.0.113.7"),
        (["1.2.3.4", "203.0.113.7"], "203.0.113.7"),
        (["1.2.3.4, 5.6.7.8", "203.0.113.7, 10.0.0.3"], "203.0.113.7"),
        (["203.0.113.7:5123"], "203.0.113.7"),
        (["[2001:db8::7]:5123"], "2001:db8::7"),
        (["::ffff:203.0.113.7"], "203.0.113.7"),
        (["203.0.113.7, unknown"], "10.0.0.2"),
        ([""], "10.0.0.2"),
        ([","], "10.0.0.2"),
    ],
)
def test_b31_every_line_of_the_header_counts_and_the_last_hop_decides(lines: list[str], address: str) -> None:
    assert caller_of(scope("10.0.0.2", *lines), TRUSTED).address == address


HEADERS = (
    *("x-forwarded-for", "forwarded", "x-real-ip", "via", "cf-connecting-ip", "true-client-ip", "x-client-ip"),
    *("x-cluster-client-ip", "x-originating-ip", "x-remote-ip", "x-remote-addr", "client-ip"),
)


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("said", ["127.0.0.1", "10.0.0.1", "::1", "for=127.0.0.1", "127.0.0.1, 10.0.0.2"])
def test_b31_no_header_changes_who_an_untrusted_caller_is(name: str, said: str) -> None:
    caller = caller_of(scope("8.8.4.4", said, name=name), TRUSTED)
    assert (caller.address, caller.network) == ("8.8.4.4", "8.8.4.4")
    assert (caller.is_vouched, caller.is_private) == (False, False)


@given(st.lists(st.text(max_size=30), max_size=5))
def test_b31_whatever_is_sent_before_the_proxys_own_line_changes_nothing(lines: list[str]) -> None:
    made_up = [line.encode("latin-1", "replace").decode("latin-1") for line in lines]
    assert walk_back("10.0.0.2", [*made_up, "203.0.113.7"], TRUSTED) == ("203.0.113.7", True)


def test_one_ipv6_network_is_one_caller() -> None:
    assert {caller_of(scope(f"2001:db8:1:2::{n:x}"), "").network for n in range(100)} == {"2001:db8:1:2::/64"}
    assert caller_of(scope("2001:db8:1:3::1"), "").network == "2001:db8:1:3::/64"
    assert caller_of(scope("::ffff:192.0.2.1"), "").network == "192.0.2.1"
    assert caller_of({"client": None, "headers": []}, "").network == "unknown"


def test_a_forwarded_request_is_known_as_one() -> None:
    assert [caller_of(scope("127.0.0.1", "x", name=name), "").is_forwarded for name in HEADERS[:4]] == [True] * 4
    assert not caller_of(scope("127.0.0.1"), "").is_forwarded
