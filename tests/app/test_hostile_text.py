"""Whatever people type: kept byte for byte once cleaned, in every field that takes words, and never an error of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import fields

from app.contract.bases import Command
from app.contract.commands import AgentCommand, VisitorCommand
from app.text import clean_text
from realtime.gateway import Gateway
from tests.app.asking import ask, ask_raw
from tests.factories import House

HOSTILE = [
    "\x00",
    "a\x00b",
    "line\nbreak",
    "\r\n\t",
    "\u202eevil\u2066",
    "e\u0301" * 20,
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "<script>alert(1)</script>",
    "'; DROP TABLE messages; --",
    "%_\\",
    "{{7*7}} ${7*7} {0.__class__}",
    "ﷺ" * 10,
    " ",
]
REFUSALS = {"invalid", "not_found", "conflict", "forbidden"}


async def sync(gateway: Gateway, visitor: Any, id: str) -> list[str]:
    """Every message of the conversation as the visitor reads it."""
    bodies: list[str] = []
    after = 0
    while True:
        page = await ask(gateway, visitor, "conversation.sync", conversation_id=id, after_seq=after)
        bodies += [message["body"] for message in page["messages"]]
        after = page["messages"][-1]["seq"]
        if page["is_complete"]:
            return bodies


async def test_naughty_strings_come_back_byte_for_byte_once_cleaned(house: House, gateway: Gateway, test_data: Path) -> None:
    strings: list[str] = json.loads((test_data / "blns.json").read_text("utf-8"))
    if house.database.dialect == "postgresql":
        strings = strings[::3]
    id, visitor = await house.chat()
    kept: list[str] = []
    for number, string in enumerate(strings):
        reply = await ask(gateway, visitor, "message.send", client_id=f"n{number}", conversation_id=id, body=string)
        if clean_text(string):
            assert reply["ok"], (string, reply)
            assert reply["message"]["body"] == clean_text(string)
            kept.append(clean_text(string))
        else:
            assert reply["code"] == "invalid"
    assert len(kept) > 0.9 * len(strings)
    back = await sync(gateway, visitor, id)
    assert [body.encode() for body in back[1:]] == [body.encode() for body in kept]


async def test_scripts_are_kept_as_words(house: House, gateway: Gateway, test_data: Path) -> None:
    """Every tenth of the XSS collection: nothing is stripped, because nothing is ever interpreted."""
    payloads = (test_data / "xss_payloads.txt").read_text("utf-8").splitlines()[::8]
    id, visitor = await house.chat()
    for number, payload in enumerate(payloads):
        reply = await ask(gateway, visitor, "message.send", client_id=f"x{number}", conversation_id=id, body=payload[:9000])
        assert not payload.strip() or reply["message"]["body"] == clean_text(payload[:9000])


def commands(union: Any) -> list[type[Command]]:
    return list(get_args(union))


def words_of(kind: type[Command]) -> list[str]:
    """Names of fields that take words of people's own."""
    return [field.name for field in fields(kind) if "str" in str(field.type) and field.name not in ("attachment_ids",)]


def sample(kind: type[Command], key: str, **ids: str | None) -> dict[str, Any]:
    """A command of this kind that makes sense."""
    known: dict[str, Any] = {
        **ids,
        "client_id": key,
        "conversation_ids": [ids["conversation_id"]],
        "changes": [{"conversation_ids": [ids["conversation_id"]], "priority": "high"}],
        "url": "https://shop.example.com/tents",
        "body": "Hello",
        "fields": {"phone": "+49 30 1"},
        "query": "Hello",
        "reason": "Because",
        "status": "open",
        "priority": "high",
        "presence": "online",
        "level": 1,
        "score": 4,
        "seq": 1,
        "after_seq": 0,
        "after_rev": 0,
        "before_seq": 9,
        "before_rev": 9,
        "waiting_count": 5,
        "longest_seconds": 60,
        "p90_seconds": 60,
        "answer_seconds": 60,
        "typing": True,
        "watching": False,
        "until": "2026-05-01T00:00:00Z",
    }
    required = {field.name: known[field.name] for field in fields(kind) if field.required}
    return {"type": kind.__struct_config__.tag, **required}


@pytest.mark.parametrize("side", ["visitor", "agent"])
async def test_every_word_field_of_every_command_takes_anything_or_refuses_it_clearly(
    house: House, gateway: Gateway, side: str
) -> None:
    ana = await house.agent(role="supervisor")
    id, visitor = await house.chat(ana)
    ids = {"conversation_id": id, "agent_id": ana.id, "contact_id": visitor.contact_id, "team_id": house.team_id}
    tried = 0
    for kind in commands(VisitorCommand if side == "visitor" else AgentCommand):
        for name in words_of(kind):
            for hostile in HOSTILE:
                command = sample(kind, house.key(), **ids) | {name: hostile}
                reply = await ask_raw(gateway, visitor if side == "visitor" else ana, msgspec.json.encode(command))
                assert reply["ok"] or reply["code"] in REFUSALS, (command, reply)
                tried += 1
    assert tried > 100


async def test_what_a_visitor_says_of_themself_may_be_anything(house: House, gateway: Gateway) -> None:
    for hostile in HOSTILE:
        for name in ("name", "email", "phone"):
            reply = await ask(
                gateway,
                house.visitor(),
                "conversation.start",
                client_id=house.key(),
                body="Hi",
                fields={name: hostile},
                page_url=f"https://shop.example.com/{hostile}",
            )
            assert reply["ok"] or reply["code"] == "invalid", (name, hostile, reply)


MALFORMED = [
    b"",
    b"null",
    b"[]",
    b'"message.send"',
    b"{",
    b"{}",
    b'{"type": null}',
    b'{"type": "no.such.command"}',
    b'{"type": "message.send"}',
    b'{"type": "message.send", "client_id": "k", "conversation_id": 7, "body": "x"}',
    b'{"type": "message.send", "client_id": "k", "conversation_id": "%s", "body": "x", "extra": 1}',
    b'{"type": "message.send", "client_id": "k k", "conversation_id": "%s", "body": "x"}',
    b'{"type": "message.send", "client_id": "k\\n", "conversation_id": "%s", "body": "x"}',
    b'{"type": "message.send", "client_id": "k", "conversation_id": "%s\\n", "body": "x"}',
    b'{"type": "message.send", "client_id": "k", "conversation_id": "%s", "body": "' + b"x" * 10_001 + b'"}',
    b'{"type": "message.send", "client_id": "k", "conversation_id": "%s", "body": "\xff\xfe"}',
    b'{"type": "message.send", "client_id": "k", "conversation_id": "%s", "body": "\\ud800"}',
    b'{"type": "message.send", "client_id": "k", "conversation_id": "%s", "body": "x", "attachment_ids": ["../x"]}',
    b'{"type": "conversation.read", "conversation_id": "%s", "seq": -1}',
    b'{"type": "conversation.read", "conversation_id": "%s", "seq": 1.5}',
    b'{"type": "conversation.read", "conversation_id": "%s", "seq": 99999999999999999999}',
    b'{"type": "conversation.read", "conversation_id": "%s", "seq": "1"}',
    b'{"type": "survey.answer", "conversation_id": "%s", "score": 6}',
    b"[" * 5000,
    b'{"a":' * 5000,
]


async def test_what_does_not_fit_the_contract_is_refused_in_a_sentence(house: House, gateway: Gateway) -> None:
    id, visitor = await house.chat()
    for raw in MALFORMED:
        reply = await ask_raw(gateway, visitor, raw.replace(b"%s", id.encode()))
        assert (reply["ok"], reply["code"]) == (False, "invalid"), (raw[:100], reply)
        assert 0 < len(reply["detail"]) <= 300
        assert "Traceback" not in reply["detail"]
    assert (await house.conversation(id)).seq == 1


async def test_ten_thousand_characters_are_a_message_of_any_width(house: House, gateway: Gateway) -> None:
    id, visitor = await house.chat()
    for body in ("x" * 10_000, "👋" * 10_000, "\u0301" * 10_000):
        reply = await ask(gateway, visitor, "message.send", client_id=house.key(), conversation_id=id, body=body)
        assert reply["message"]["body"] == body
