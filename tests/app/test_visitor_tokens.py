"""Visitor tokens: signed, dated, and nothing else is one."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import new_id
from app.people.actors import Visitor
from app.people.tokens import VISITOR_TOKEN_LIFE, VisitorTokens
from tests.factories import MONDAY

TOKENS = VisitorTokens("k" * 40)
OTHERS = VisitorTokens("o" * 40)
MIA = Visitor(contact_id=new_id(), inbox_id=new_id())
TOKEN = TOKENS.issue(MIA, MONDAY)
PREFIX, CONTACT, INBOX, ISSUED, SIGNATURE = TOKEN.split(".")


def test_a_token_says_whose_it_is() -> None:
    assert TOKENS.read(TOKEN, MONDAY) == MIA


def test_a_token_holds_for_180_days_and_not_a_second_more() -> None:
    assert TOKENS.read(TOKEN, MONDAY + VISITOR_TOKEN_LIFE) == MIA
    assert TOKENS.read(TOKEN, MONDAY + VISITOR_TOKEN_LIFE + timedelta(seconds=1)) is None


def test_w2_a_token_signed_by_a_clock_ahead_of_ours_holds() -> None:
    assert TOKENS.read(TOKEN, MONDAY - timedelta(hours=2)) == MIA
    assert TOKENS.read(TOKEN, MONDAY - VISITOR_TOKEN_LIFE) == MIA
    assert TOKENS.read(TOKEN, MONDAY - VISITOR_TOKEN_LIFE - timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("token", "later", "fault"),
    [
        ("let me in", timedelta(), "malformed"),
        (OTHERS.issue(MIA, MONDAY), timedelta(), "other_key"),
        (TOKEN, 2 * VISITOR_TOKEN_LIFE, "expired"),
        (TOKEN, timedelta(), "ended"),
    ],
)
def test_w2_what_is_wrong_with_a_refused_token_has_a_name(token: str, later: timedelta, fault: str) -> None:
    assert TOKENS.why_refused(token, MONDAY + later) == fault


REFUSED = {
    "nothing": "",
    "words": "let me in",
    "another key's": OTHERS.issue(MIA, MONDAY),
    "without a signature": f"{PREFIX}.{CONTACT}.{INBOX}.{ISSUED}.",
    "truncated": TOKEN[:-1],
    "with more": TOKEN + "A",
    "with a line break": TOKEN + "\n",
    "with a blank": f" {TOKEN}",
    "another contact's": TOKEN.replace(CONTACT, new_id()),
    "another inbox's": TOKEN.replace(INBOX, new_id()),
    "contact and inbox swapped": f"{PREFIX}.{INBOX}.{CONTACT}.{ISSUED}.{SIGNATURE}",
    "a later day": TOKEN.replace(ISSUED, str(int(ISSUED) + 1)),
    "another version": TOKEN.replace("pv1", "pv2"),
    "in capitals": TOKEN.upper(),
    "padded": TOKEN + "=",
    "another alphabet's signature": TOKEN[:-43] + base64.b64encode(b"x" * 32).decode()[:43],
    "very long": TOKEN + "A" * 10_000,
    "other digits": TOKEN.replace(ISSUED, "".join(chr(0x660 + int(digit)) for digit in ISSUED)),
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_a_token(token: str) -> None:
    assert TOKENS.read(token, MONDAY) is None


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8"))
def test_no_character_of_a_token_can_be_changed(at: int, char: str) -> None:
    changed = TOKEN[:at] + char + TOKEN[at + 1 :]
    read = TOKENS.read(changed, MONDAY)
    # The last character of unpadded base64 carries four bits: some others decode alike, but the text is compared.
    assert read is None or changed == TOKEN


@given(st.text(max_size=200))
def test_no_text_is_a_token(text: str) -> None:
    assert TOKENS.read(text, MONDAY) is None
