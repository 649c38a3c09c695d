"""Shared computers and stale proof: whose chat a browser's token opens, and until when."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select

from app.people.actors import Visitor
from app.people.identity import StaleIdentity
from app.people.tokens import VISITOR_TOKEN_LIFE, VisitorTokens
from app.people.visitor_sessions import find_visitor, forget_voided, prove_visitor, recently_voided, void_session
from models import Inbox, VoidedVisitorSession
from tests.factories import IDENTITY_SECRET, House

TOKENS = VisitorTokens("k" * 40)
DAY = timedelta(hours=24)


def identity(house: House, sub: str = "customer-7", ahead: int = 0, life: int = 600) -> str:
    now = int(house.clock().timestamp()) + ahead
    return jwt.encode({"sub": sub, "aud": "shop", "iat": now, "exp": now + life}, IDENTITY_SECRET, "HS256")


async def prove(house: House, stored: Visitor | None, **given: object) -> Visitor:
    (inbox,) = await house.all(select(Inbox).where(Inbox.id == house.inbox_id))
    return await house.run(prove_visitor, inbox, identity(house, **given), stored, DAY)  # pyright: ignore[reportArgumentType]


async def enters(house: House, token: str) -> Visitor | None:
    async with house.works.read() as rows:
        return await find_visitor(rows, TOKENS, token, house.clock())


async def test_an_anonymous_token_keeps_working_for_an_unverified_contact(house: House) -> None:
    _, visitor = await house.chat()
    token = TOKENS.issue(visitor, house.clock())
    assert token.startswith("pv1.")
    house.clock.on(days=100)
    assert await enters(house, token) == visitor


async def test_the_anonymous_token_of_a_contact_verified_since_is_refused(house: House) -> None:
    _, visitor = await house.chat()
    old = TOKENS.issue(visitor, house.clock())
    known = await prove(house, visitor)
    assert known.contact_id == visitor.contact_id
    assert await enters(house, old) is None
    proven = TOKENS.issue(known, house.clock())
    assert proven.startswith("pv2.")
    assert await enters(house, proven) == known


async def test_identifying_as_somebody_known_voids_the_anonymous_session(house: House) -> None:
    await prove(house, None)
    _, stranger = await house.chat()
    old = TOKENS.issue(stranger, house.clock())
    await prove(house, stranger)
    assert await enters(house, old) is None
    async with house.works.read() as rows:
        assert stranger.contact_id in await recently_voided(rows, house.clock())


async def test_proof_ends_after_the_verified_life_and_is_not_prolonged_without_the_site(house: House) -> None:
    known = await prove(house, None)
    token = TOKENS.issue(known, house.clock())
    house.clock.on(hours=23)
    still = await enters(house, token)
    assert still == known
    renewed = TOKENS.issue(still, house.clock())
    house.clock.on(hours=1)
    assert [await enters(house, it) for it in (token, renewed)] == [None, None]
    again = await prove(house, None)
    assert again.contact_id == known.contact_id


async def test_signing_out_on_one_computer_leaves_the_phone_alone(house: House) -> None:
    laptop, phone = await prove(house, None), await prove(house, None)
    assert laptop.contact_id == phone.contact_id
    same_browser = await prove(house, laptop)
    await house.run(void_session, laptop)
    tokens = [TOKENS.issue(it, house.clock()) for it in (laptop, same_browser, phone)]
    assert [await enters(house, it) for it in tokens] == [None, None, phone]
    await house.run(void_session, laptop)


async def test_a_changed_token_is_refused(house: House) -> None:
    known = await prove(house, None)
    token = TOKENS.issue(known, house.clock())
    parts = token.split(".")
    for at in range(1, 6):
        forged = [*parts]
        forged[at] = (
            str(int(forged[at]) + 1) if forged[at].isdigit() else forged[at][:-1] + ("0" if forged[at][-1] != "0" else "1")
        )
        assert await enters(house, ".".join(forged)) is None
    assert await enters(house, token.replace("pv2", "pv1")) is None


@pytest.mark.parametrize(("ahead", "is_early"), [(-700, False), (600, True)])
async def test_a_stale_identity_says_whom_it_names_and_changes_nothing(house: House, ahead: int, is_early: bool) -> None:
    _, visitor = await house.chat()
    with pytest.raises(StaleIdentity) as stale:
        await prove(house, visitor, ahead=ahead)
    assert (stale.value.sub, stale.value.is_early) == ("customer-7", is_early)
    assert await enters(house, TOKENS.issue(visitor, house.clock())) == visitor


async def test_an_identity_issued_ninety_seconds_ahead_is_accepted(house: House) -> None:
    assert (await prove(house, None, ahead=90)).verified_until == int((house.clock() + DAY).timestamp())


async def test_voided_sessions_are_forgotten_once_their_tokens_have_expired(house: House) -> None:
    await house.run(void_session, house.visitor())
    house.clock.on(days=VISITOR_TOKEN_LIFE.days)
    await house.run(forget_voided)
    assert len(await house.all(select(VoidedVisitorSession))) == 1
    house.clock.on(seconds=1)
    await house.run(forget_voided)
    assert await house.all(select(VoidedVisitorSession)) == []
