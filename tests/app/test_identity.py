"""Who a visitor is, on the word of the site they come from: every flaw of a token is refused alike."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select

from app.clock import new_id
from app.contract.forms import PrechatFields
from app.conversations.views import visitor_views
from app.errors import Unauthenticated
from app.people.actors import Visitor
from app.people.contacts import describe_contact
from app.people.identity import StaleIdentity, identify_visitor, read_identity
from models import Contact, Inbox
from tests.factories import IDENTITY_SECRET, MONDAY, House

NOW = int(MONDAY.timestamp())
MINUTE, HOUR = 60, 3600
CLAIMS: dict[str, Any] = {
    "sub": "customer-7",
    "iat": NOW,
    "exp": NOW + HOUR,
    "aud": "shop",
    "name": "Mia Berg",
    "email": "Mia@example.com",
}


def inbox_with(secret: str = IDENTITY_SECRET) -> Inbox:
    return Inbox(id=new_id(), key="shop", identity_secret=secret)


def token(secret: str = IDENTITY_SECRET, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jwt.encode(claims, secret, algorithm, headers)


def b64(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


SIGNED = token()
HEAD, BODY, SIGNATURE = SIGNED.split(".")

REFUSED = {
    "nothing": "",
    "words": "not a token",
    "two parts": f"{HEAD}.{BODY}",
    "without a signature": f"{HEAD}.{BODY}.",
    "alg none": f"{b64({'alg': 'none', 'typ': 'JWT'})}.{BODY}.",
    "alg None in other letters": f"{b64({'alg': 'nOnE'})}.{BODY}.",
    "alg none with the signature": f"{b64({'alg': 'none'})}.{BODY}.{SIGNATURE}",
    "another inbox's key": token("the secret of somebody else entirely"),
    "another algorithm, same key": token(algorithm="HS512", secret=IDENTITY_SECRET + "x" * 32),
    "HS384": jwt.encode(CLAIMS, IDENTITY_SECRET + "x" * 16, "HS384"),
    "another body under the signature": f"{HEAD}.{b64(CLAIMS | {'sub': 'customer-8'})}.{SIGNATURE}",
    "for another inbox": token(aud="other"),
    "for a list without us": token(aud=["other", "elsewhere"]),
    "for nobody": token(aud=None),
    "without who": token(sub=None),
    "who is nobody": token(sub=" "),
    "who is a number": jwt.encode(CLAIMS | {"sub": 7}, IDENTITY_SECRET, "HS256"),
    "who is a NUL": token(sub="a\x00b"),
    "who is endless": token(sub="x" * 201),
    "without an end": token(exp=None),
    "without a beginning": token(iat=None),
    "expired": token(iat=NOW - HOUR, exp=NOW - 2 * MINUTE),
    "too long-lived": token(exp=NOW + HOUR + 1),
    "a year": token(exp=NOW + 365 * 24 * HOUR),
    "ends before it begins": token(iat=NOW, exp=NOW - 1),
    "ends as it begins": token(exp=NOW),
    "from the future": token(iat=NOW + 6 * MINUTE, exp=NOW + 10 * MINUTE),
    "times as words": jwt.encode(CLAIMS | {"exp": "tomorrow"}, IDENTITY_SECRET, "HS256"),
    "times beyond time": token(exp=10**400),
    "an address that is none": token(email="mia at example"),
    "an address with a header": token(email="mia@example.com\nBcc: all@example.com"),
    "a name that is a list": token(name=["Mia"]),
    "claims that are a list": f"{HEAD}.{b64([1, 2])}.{SIGNATURE}",
    "huge": token(name="x" * 9000),
    "nested without end": f"{HEAD}.{base64.urlsafe_b64encode(b'[' * 5000).decode()}.{SIGNATURE}",
    "not base64": f"{HEAD}.%%%.{SIGNATURE}",
    "other letters": SIGNED.replace(".", "．"),
}


@pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED.keys())
def test_b11_what_is_refused_and_always_alike(given: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        read_identity(inbox_with(), given, NOW)
    assert refusal.value.detail == "The sign-in from this page could not be verified."


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_an_inbox_without_a_secret_believes_nobody() -> None:
    for secret in (IDENTITY_SECRET, "x"):
        with pytest.raises(Unauthenticated):
            read_identity(inbox_with(""), jwt.encode(CLAIMS, secret, "HS256"), NOW)


ACCEPTED = {
    "as it should be": SIGNED,
    "a clock five minutes ahead": token(iat=NOW + 5 * MINUTE, exp=NOW + 10 * MINUTE),
    "just over": token(iat=NOW - HOUR, exp=NOW - MINUTE),
    "for us among others": token(aud=["other", "shop"]),
    "no name, no address": token(name=None, email=None),
    "with claims of its own": token(plan="gold"),
}


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("given", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_is_accepted(given: str) -> None:
    assert read_identity(inbox_with(), given, NOW).sub == "customer-7"


async def identify(house: House, visitor: Visitor | None = None, **changes: Any) -> Visitor:
    async with house.works.read() as rows:
        inbox = await rows.one(select(Inbox).where(Inbox.id == house.inbox_id))
    assert inbox
    return await house.run(identify_visitor, inbox, token(**changes), visitor or house.visitor())


async def contact_of(house: House, visitor: Visitor) -> Contact:
    (contact,) = await house.all(select(Contact).where(Contact.id == visitor.contact_id))
    return contact


async def test_a_signed_visitor_is_a_verified_contact(house: House) -> None:
    mia = await contact_of(house, await identify(house))
    assert (mia.external_id, mia.name, mia.email, mia.is_verified) == ("customer-7", "Mia Berg", "mia@example.com", True)


async def test_the_same_person_on_another_device_is_the_same_contact(house: House) -> None:
    laptop, phone = await identify(house), await identify(house)
    assert laptop == phone


async def test_two_devices_signing_in_at_once_are_one_contact(house: House) -> None:
    visitors = await asyncio.gather(*(identify(house) for _ in range(8)))
    assert len({visitor.contact_id for visitor in visitors}) == 1


async def test_what_an_anonymous_visitor_wrote_is_theirs_after_signing_in(house: House) -> None:
    id, anonymous = await house.chat()
    known = await identify(house, anonymous)
    assert known.contact_id == anonymous.contact_id
    async with house.works.read() as rows:
        assert [view.id for view in await visitor_views(rows, known.contact_id)] == [id]


async def test_a_known_contact_takes_over_nothing_of_a_strangers(house: House) -> None:
    known = await identify(house)
    _, anonymous = await house.chat()
    assert await identify(house, anonymous) == known
    async with house.works.read() as rows:
        assert await visitor_views(rows, known.contact_id) == []


async def test_somebody_else_on_the_same_computer_gets_a_contact_of_their_own(house: House) -> None:
    mia = await identify(house)
    ole = await identify(house, mia, sub="customer-8", name="Ole")
    assert ole.contact_id != mia.contact_id
    assert ((await contact_of(house, mia)).name, (await contact_of(house, ole)).name) == ("Mia Berg", "Ole")


async def test_b11_an_address_alone_merges_nobody(house: House) -> None:
    stranger = house.visitor()
    await house.start(stranger, fields=PrechatFields(email="mia@example.com"))
    mia = await identify(house)
    assert mia.contact_id != stranger.contact_id
    assert not (await contact_of(house, stranger)).is_verified


async def test_the_same_customer_number_in_another_inbox_is_somebody_else(house: House) -> None:
    other = await house.inbox("other")
    async with house.works.read() as rows:
        inbox = await rows.one(select(Inbox).where(Inbox.id == other))
    assert inbox
    here = await identify(house)
    there = await house.run(identify_visitor, inbox, token(aud="other"), house.visitor(other))
    assert here.contact_id != there.contact_id


async def test_a_verified_contact_is_not_renamed_from_the_widget(house: House) -> None:
    mia = await identify(house)
    await house.run(describe_contact, mia.contact_id, PrechatFields(name="Admin", email="admin@example.com"), None)
    contact = await contact_of(house, mia)
    assert (contact.name, contact.email) == ("Mia Berg", "mia@example.com")


async def test_a_later_token_brings_a_new_name(house: House) -> None:
    await identify(house)
    house.clock.on(seconds=timedelta(hours=2).total_seconds())
    later = int(house.clock().timestamp())
    mia = await identify(house, name="Mia Berg-Lund", iat=later, exp=later + MINUTE)
    assert (await contact_of(house, mia)).name == "Mia Berg-Lund"


@pytest.mark.parametrize(("nbf", "is_early"), [(NOW - 60, None), (NOW + 299, None), (NOW + 301, True), (NOW + HOUR, True)])
def test_b12_a_token_that_is_not_valid_yet_is_early(nbf: int, is_early: bool | None) -> None:
    signed = token(nbf=nbf)
    if is_early is None:
        assert read_identity(inbox_with(), signed, NOW).sub == "customer-7"
        return
    with pytest.raises(StaleIdentity) as refused:
        read_identity(inbox_with(), signed, NOW)
    assert refused.value.is_early is is_early
