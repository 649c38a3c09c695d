"""What nobody could mean: the line is cut at the first, the process lives, and nobody else notices. A command that is not
in the contract is answered, four times."""

from __future__ import annotations

import asyncio
import contextlib
import json

import msgspec
import pytest
from websockets import ConnectionClosed

from app.clock import new_id
from realtime.transport.packets import HALF_A_CHARACTER, decode_event
from tests.running import Running, Visitor
from tests.wire import Wire

DEEP = "[" * 20_000
FRAMES: dict[str, str | bytes] = {
    "an event without a name": "4abc",
    "an object for an event": "42{}",
    "an event without a namespace": '42["command",{}]',
    "an event of nothing": "42/visitor,",
    "an event of no array": "42/visitor,7",
    "an event of an empty array": "42/visitor,[]",
    "an event with too much": '42/visitor,1["command",{},{}]',
    "an unknown event": '42/visitor,1["event",{}]',
    "the library's own event": '42/visitor,1["connect",{}]',
    "another internal name": '42/visitor,1["__disconnect_final",{}]',
    "another namespace": '42/agent,1["command",{"type":"presence.set","presence":"online"}]',
    "a namespace nobody has": '42/admin,1["command",{}]',
    "an answer nobody asked for": "43/visitor,1[{}]",
    "a refusal of ours": '44/visitor,{"message":"no"}',
    "an event that announces bytes": '451-/visitor,["command",{"_placeholder":true,"num":0}]',
    "an answer that announces bytes": '461-/visitor,1[{"_placeholder":true,"num":0}]',
    "a packet of no type": "49/visitor,",
    "a frame of no type": "9",
    "an empty frame": "",
    "a handshake of ours": '0{"sid":"x"}',
    "an upgrade": "5",
    "a probe": "2probe",
    "bytes": b"\x04\x02binary",
    "deep nesting": f'42/visitor,1["command",{DEEP}',
    "deep and closed": '42/visitor,1["command",' + "[" * 30_000 + "]" * 30_000 + "]",
    "broken JSON": '42/visitor,1["command",{"type":"message.send"',
    "an endless id": f'42/visitor,{"9" * 400}["command",{{}}]',
    "a second introduction": '40/visitor,{"token":"x","contract":1}',
}
COMMANDS: dict[str, str | bytes] = {
    "a command of no type": '42/visitor,777["command",{}]',
    "a command nobody knows": '42/visitor,777["command",{"type":"drop.tables"}]',
    "a command of null": '42/visitor,777["command",null]',
}


async def works(visitor: Visitor) -> None:
    """This one is unharmed."""
    await visitor.wire.ask("conversation.start", client_id=new_id(), body="Still here")


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
async def test_a_malformed_packet_closes_the_line_with_one_line_in_the_log(running: Running, frame: str | bytes) -> None:
    bystander, hasty = await running.visitor(), await running.visitor()
    size = running.log.stat().st_size
    await hasty.wire.send_raw(frame)
    await asyncio.wait_for(hasty.wire.is_closed.wait(), 10)
    await works(bystander)
    said = [line for line in running.log.read_bytes()[size:].decode().splitlines() if "closed after" in line]
    assert len(said) == 1, said
    assert "malformed packet" in said[0]


@pytest.mark.parametrize("frame", COMMANDS.values(), ids=COMMANDS.keys())
async def test_five_commands_of_no_contract_close_the_line_and_four_do_not(running: Running, frame: str) -> None:
    bystander, patient, hasty = await running.visitor(), await running.visitor(), await running.visitor()
    for _ in range(4):
        await patient.wire.send_raw(frame)
    await works(patient)
    for _ in range(5):
        await hasty.wire.send_raw(frame)
    await asyncio.wait_for(hasty.wire.is_closed.wait(), 10)
    assert not patient.wire.is_closed.is_set()
    await works(bystander)


async def test_a_malformed_command_is_answered_before_it_counts(running: Running) -> None:
    visitor = await running.visitor()
    for _ in range(4):
        reply = await visitor.wire.command("message.send", body=7)
        assert (reply["ok"], reply["code"]) == (False, "invalid")
        assert "Traceback" not in reply["detail"]
    await works(visitor)


async def test_a_refused_command_does_not_count(running: Running) -> None:
    """Only what could not be understood does: a well-formed command may be wrong as often as it likes."""
    visitor = await running.visitor()
    missing = "00000000-0000-7000-8000-000000000000"
    for n in range(12):
        reply = await visitor.wire.command("message.send", client_id=f"k{n}", conversation_id=missing, body="Hello")
        assert reply["code"] == "not_found"
    await works(visitor)


@pytest.mark.parametrize("size", [64 * 1024 + 1, 300_000, 5_000_000])
async def test_b3_a_frame_over_64_kb_closes_the_line(running: Running, size: int) -> None:
    bystander, huge = await running.visitor(), await running.visitor()
    frame = '42/visitor,1["command",' + json.dumps({"type": "article.search", "query": "x" * size}) + "]"
    await send_all(huge.wire, frame)
    await asyncio.wait_for(huge.wire.is_closed.wait(), 10)
    await works(bystander)


async def send_all(wire: Wire, frame: str) -> None:
    with contextlib.suppress(ConnectionClosed):  # the other end need not wait for all of it
        await wire.send_raw(frame)


async def test_a_message_of_ten_thousand_wide_characters_fits_a_frame(running: Running) -> None:
    visitor = await running.visitor()
    started = await visitor.wire.ask("conversation.start", client_id="k", body="Hi")
    body = "漢" * 10_000
    id = started["conversation"]["id"]
    frame = "42/visitor,77" + json.dumps(
        ["command", {"type": "message.send", "client_id": "w", "conversation_id": id, "body": body}], ensure_ascii=False
    )
    await visitor.wire.send_raw(frame)
    heard = await visitor.wire.event("message.created", message__client_id="w")
    assert heard["message"]["body"] == body


async def test_b2_a_thousand_malformed_frames_a_second_hurt_nobody(running: Running) -> None:
    bystander = await running.visitor()
    size = running.log.stat().st_size

    async def attack() -> None:
        attacker = await running.visitor()
        for _ in range(50):
            await send_all(attacker.wire, "4abc")
        await asyncio.wait_for(attacker.wire.is_closed.wait(), 10)

    await asyncio.gather(*(attack() for _ in range(20)))
    await works(bystander)
    assert running.log.stat().st_size - size < 20_000, "a line an attack, not a traceback a frame"


HALVES = [
    r'{"type":"page.visited","url":"https://shop.example/","title":"Sale \ud83c"}',
    r'{"type":"page.visited","url":"https://shop.example/","title":"Sale \ud83cA"}',
    r'{"type":"page.visited","url":"https://shop.example/","title":"\udf89 Sale"}',
    r'{"type":"page.visited","url":"https://shop.example/","title":"\uD83C\uD83C\uDF89"}',
]


async def test_half_a_character_is_invalid_and_costs_no_line(running: Running) -> None:
    """W1: a title cut in the middle of an emoji closed the line, again and again: the chat was dead on that page."""
    visitor = await running.visitor()
    for number, half in enumerate(HALVES * 3):
        await visitor.wire.send_raw(f'42/visitor,{7000 + number}["command",{half}]')
    reply = await visitor.wire.ask("conversation.start", client_id=new_id(), body="Whole 🎉")
    assert reply["ok"]
    assert reply["message"]["body"] == "Whole 🎉"
    assert not visitor.wire.is_closed.is_set()


@pytest.mark.parametrize("half", HALVES)
def test_half_a_character_is_told_from_what_is_no_json(half: str) -> None:
    assert decode_event(f'["command",{half}]') == ("command", HALF_A_CHARACTER)
    with pytest.raises(msgspec.DecodeError):
        decode_event(f'["command",{half}')


def test_escaped_backslashes_and_whole_pairs_are_no_halves() -> None:
    for text in (r'["command",{"a":"\\ud83c"}]', r'["command",{"a":"\ud83c\udf89"}]', r'["command",{"a":"\\\\"}]'):
        name, raw = decode_event(text)
        assert (name, raw == HALF_A_CHARACTER) == ("command", False)
