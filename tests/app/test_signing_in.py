"""Agents by password, cookie or API token: the wrong ones all look alike, and none outlives its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.clock import new_id
from app.errors import Conflict, Invalid, NotFound, Unauthenticated
from app.people.actors import SignedInAgent
from app.people.agents import add_agent, add_team
from app.people.sign_in import SESSION_LIFE, find_api_token, find_session, sign_in, sign_out, still_signed_in
from app.people.tokens import hash_password, hash_secret, is_password, new_secret
from app.work import Work
from models import Agent, AgentSession, ApiToken
from tests.factories import OPERATOR, House

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


async def known(house: House, secret: str) -> SignedInAgent | None:
    async with house.works.read() as rows:
        return await find_session(rows, secret, house.clock())


async def change(house: House, agent: SignedInAgent, **values: object) -> None:
    async def write(work: Work) -> None:
        await work.change(update(Agent).where(Agent.id == agent.id).values(**values))

    await house.run(write)


async def address_of(house: House, agent: SignedInAgent) -> str:
    return (await house.agent_row(agent)).email


async def test_the_right_password_opens_a_session(house: House) -> None:
    ana = await house.agent(password_hash=HASH)
    address = await address_of(house, ana)
    secret, signed_in = await sign_in(house.works, f"  {address.upper()} ", PASSWORD, "Firefox\r\nX: 1")
    assert (signed_in.id, signed_in.role) == (ana.id, "agent")
    assert await known(house, secret) == signed_in
    (session,) = await house.all(select(AgentSession))
    assert session.token_hash == hash_secret(secret)
    assert secret not in str(vars(session)), "the secret itself is not kept"
    assert session.user_agent == "Firefox X: 1"


async def test_b35_whatever_is_wrong_the_answer_is_the_same(house: House) -> None:
    ana, gone = await house.agent("Ana", password_hash=HASH), await house.agent("Gone", password_hash=HASH)
    await change(house, gone, is_active=False)
    address = await address_of(house, ana)
    attempts = [
        (address, "wrong"),
        (address, ""),
        (address, PASSWORD + " "),
        ("nobody@example.com", PASSWORD),
        (await address_of(house, gone), PASSWORD),
        ("", PASSWORD),
        (address + "\x00", "wrong"),
        ("%", PASSWORD),
    ]
    said: set[tuple[type, str]] = set()
    for email, password in attempts:
        with pytest.raises(Unauthenticated) as refusal:
            await sign_in(house.works, email, password, "")
        said.add((type(refusal.value), refusal.value.detail))
    assert len(said) == 1
    assert await house.all(select(AgentSession)) == []


def test_b35_an_unknown_agents_password_is_checked_as_long() -> None:
    """Not measured: the same function hashes once either way. A missing hash must never match, even the dummy's."""
    assert is_password(HASH, PASSWORD)
    assert not is_password(None, PASSWORD)
    assert not is_password("", PASSWORD)
    assert not is_password("not a hash", PASSWORD)


async def test_a_session_ends_to_the_second(house: House) -> None:
    ana = await house.agent(password_hash=HASH)
    secret, signed_in = await sign_in(house.works, await address_of(house, ana), PASSWORD, "")
    house.clock.on(seconds=SESSION_LIFE.total_seconds() - 1)
    assert await known(house, secret) == signed_in
    house.clock.on(seconds=1)
    assert await known(house, secret) is None
    async with house.works.read() as rows:
        assert await still_signed_in(rows, [signed_in.session], house.clock()) == {}


async def test_signing_out_ends_this_session_and_no_other(house: House) -> None:
    ana = await house.agent(password_hash=HASH)
    address = await address_of(house, ana)
    (laptop, at_laptop), (phone, at_phone) = [await sign_in(house.works, address, PASSWORD, "") for _ in range(2)]
    await house.run(sign_out, at_laptop)
    assert await known(house, laptop) is None
    assert await known(house, phone) == at_phone


@pytest.mark.parametrize("secret", ["", " ", "x", "0" * 43])
async def test_a_made_up_cookie_is_nobodys(house: House, secret: str) -> None:
    await house.agent(password_hash=HASH)
    assert await known(house, secret) is None


async def test_an_open_connection_ends_with_the_agent_or_their_role(house: House) -> None:
    ana = await house.agent(password_hash=HASH)
    _, signed_in = await sign_in(house.works, await address_of(house, ana), PASSWORD, "")

    async def holds() -> bool:
        async with house.works.read() as rows:
            holding = await still_signed_in(rows, [signed_in.session, "another"], house.clock())
            return holding == {signed_in.session: signed_in}

    assert await holds()
    await change(house, ana, role="supervisor")
    assert not await holds(), "a change of role must be seen on open sockets"
    await change(house, ana, role="agent", is_active=False)
    assert not await holds()


async def test_an_api_token_acts_as_its_agent_until_it_expires(house: House) -> None:
    ana = await house.agent()
    forever, short = new_secret(), new_secret()
    for secret, expires_at in ((forever, None), (short, house.clock() + timedelta(days=1))):
        token = ApiToken(
            token_hash=hash_secret(secret), agent_id=ana.id, name="crm", created_at=house.clock(), expires_at=expires_at
        )
        await house.add(token)

    async def whose(secret: str) -> str | None:
        async with house.works.read() as rows:
            agent = await find_api_token(rows, secret, house.clock())
        return agent.id if agent else None

    assert (await whose(forever), await whose(short), await whose("")) == (ana.id, ana.id, None)
    assert await known(house, forever) is None, "an API token is not a cookie"
    house.clock.on(days=1)
    assert (await whose(forever), await whose(short)) == (ana.id, None)
    await change(house, ana, is_active=False)
    assert await whose(forever) is None


async def test_two_agents_cannot_share_an_address_nor_teams_a_name(house: House) -> None:
    ana = await house.agent()
    with pytest.raises(Conflict):
        await house.run(
            add_agent,
            OPERATOR,
            name="Other",
            email=f" {(await address_of(house, ana)).upper()}",
            password_hash="",
            role="agent",
            capacity=1,
        )
    with pytest.raises(Conflict):
        await house.run(add_team, OPERATOR, " Support ")


async def test_an_agent_needs_a_name_and_teams_that_exist(house: House) -> None:
    with pytest.raises(NotFound):
        await house.run(
            add_agent, OPERATOR, name="A", email="a@example.com", password_hash="", role="agent", capacity=1, team_ids=[new_id()]
        )
    with pytest.raises(Invalid):
        await house.run(add_agent, OPERATOR, name=" \x00 ", email="a@example.com", password_hash="", role="agent", capacity=1)
    with pytest.raises(Invalid):
        await house.run(add_team, OPERATOR, "\t")
