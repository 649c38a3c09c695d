"""An agent asks a visitor for an address, and visitors without a name are told apart."""

from __future__ import annotations

from app.contract.audiences import ToContact
from app.contract.messages import MessageCreated
from realtime.gateway import Gateway
from tests.app.asking import ask
from tests.factories import House


async def test_an_agent_asks_for_an_address_once_and_both_sides_read_that(house: House, gateway: Gateway) -> None:
    ana = await house.agent("Ana")
    id, visitor = await house.chat(ana)
    house.told.forget()
    reply = await ask(gateway, ana, "contact.ask_email", conversation_id=id)
    assert reply["ok"], reply
    seen = house.told.one(MessageCreated, ToContact(contact_id=visitor.contact_id)).message
    assert (seen.system, seen.author.name, seen.body) == ("email_asked", "Ana", "Ana asked for an email address.")
    assert (await ask(gateway, ana, "contact.ask_email", conversation_id=id))["ok"]
    asked = [message.system for message in await house.messages(id) if message.system == "email_asked"]
    assert asked == ["email_asked"], "the second click asked nothing more"
    await ask(gateway, visitor, "contact.update", email="mia@example.com")
    refused = await ask(gateway, ana, "contact.ask_email", conversation_id=id)
    assert (refused["ok"], refused["code"]) == (False, "conflict")
    stranger = await ask(gateway, house.visitor(), "contact.ask_email", conversation_id=id)
    assert (stranger["ok"], stranger["code"]) == (False, "invalid"), "visitors have no such command"
