"""The gate: for every command that names a conversation, a stranger's and a missing one are the same not_found.

The rows come from the contract: a new command that is not in the table fails here.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import fields

from app.attachments import FileStore, access_attachment, upload_file
from app.clock import new_id
from app.contract.bases import Command
from app.contract.commands import AgentCommand, VisitorCommand
from app.errors import NotFound
from app.people.actors import SignedInAgent, Visitor
from app.people.permissions import ROLES, Grant
from realtime.gateway import Gateway
from tests.app.asking import ask
from tests.factories import House


def naming_a_conversation(union: Any) -> list[str]:
    kinds: tuple[type[Command], ...] = get_args(union)
    return [str(kind.__struct_config__.tag) for kind in kinds if any(field.name == "conversation_id" for field in fields(kind))]


VISITORS_ASK: dict[str, dict[str, Any]] = {
    "message.send": {"client_id": "k", "body": "Let me in"},
    "conversation.sync": {"after_seq": 0},
    "conversation.earlier": {"before_seq": 9},
    "conversation.read": {"seq": 1},
    "conversation.delivered": {"seq": 1},
    "typing.set": {"typing": True},
    "conversation.end": {},
    "survey.answer": {"score": 1},
    "form.submit": {"fields": {"phone": "+49 30 1"}},
}
AGENTS_ASK: dict[str, dict[str, Any]] = {
    "message.send": {"client_id": "k", "body": "Let me in"},
    "conversation.sync": {"after_rev": 0},
    "conversation.earlier": {"before_rev": 9},
    "conversation.read": {"seq": 1},
    "conversation.delivered": {"seq": 1},
    "typing.set": {"typing": True},
    "conversation.claim": {},
    "conversation.assign": {},
    "conversation.transfer": {"team_id": "00000000-0000-7000-8000-000000000000"},
    "conversation.set_status": {"status": "resolved"},
    "conversation.set_priority": {"priority": "urgent"},
    "conversation.snooze": {"until": "2026-06-01T00:00:00Z"},
    "conversation.escalate": {"level": 1, "reason": "because"},
    "conversation.deescalate": {},
    "ticket.open": {},
    "ticket.update": {"title": "Let me in"},
    "conversation.view": {},
    "conversation.accept": {},
    "conversation.decline": {},
    "draft.save": {"body": "Let me in"},
    "contact.ask_email": {},
    "article.suggest": {},
}
SUPERVISORS_ASK: dict[str, dict[str, Any]] = {
    "conversation.watch": {},
    "conversation.whisper": {"client_id": "k", "body": "Let me in"},
    "conversation.take_over": {},
    "conversation.pull_back": {},
}


def test_the_table_holds_every_command_that_names_a_conversation() -> None:
    assert sorted(VISITORS_ASK) == sorted(naming_a_conversation(VisitorCommand))
    assert sorted(AGENTS_ASK | SUPERVISORS_ASK) == sorted(naming_a_conversation(AgentCommand))


async def test_b13_a_visitor_cannot_tell_a_strangers_conversation_from_a_missing_one(house: House, gateway: Gateway) -> None:
    ana = await house.agent()
    id, owner = await house.chat(ana)
    elsewhere = await house.inbox("elsewhere")
    await house.chat(visitor=(known := house.visitor()))
    intruders = {
        "a visitor of the same inbox": known,
        "a visitor who never wrote": house.visitor(),
        "a visitor of another inbox": house.visitor(elsewhere),
        "the same contact by another inbox": Visitor(contact_id=owner.contact_id, inbox_id=elsewhere),
    }
    before = msgspec.to_builtins((await house.conversation(id)).__dict__, enc_hook=str)
    house.told.forget()
    for type, given in VISITORS_ASK.items():
        missing = await ask(gateway, owner, type, conversation_id=new_id(), **given)
        assert (missing["ok"], missing["code"]) == (False, "not_found"), type
        for who, intruder in intruders.items():
            assert await ask(gateway, intruder, type, conversation_id=id, **given) == missing, f"{who}: {type}"
    after = msgspec.to_builtins((await house.conversation(id)).__dict__, enc_hook=str)
    assert {name: value for name, value in after.items() if not name.startswith("_")} == {
        name: value for name, value in before.items() if not name.startswith("_")
    }
    assert house.told.announcements == []
    for type, given in VISITORS_ASK.items():  # the same words from the owner are obeyed, so the refusals were about access
        assert (await ask(gateway, owner, type, conversation_id=id, **given))["ok"], type


@pytest.mark.parametrize("role", ["agent", "supervisor", "admin"])
async def test_an_agent_is_told_of_a_missing_conversation_alike(house: House, gateway: Gateway, role: Any) -> None:
    agent = await house.agent(role=role)
    for type, given in AGENTS_ASK.items():
        answer = await ask(gateway, agent, type, conversation_id=new_id(), **given)
        assert (answer["code"], answer["detail"]) == ("not_found", "There is no such conversation."), type
    for type, given in SUPERVISORS_ASK.items():
        answer = await ask(gateway, agent, type, conversation_id=new_id(), **given)
        assert answer["code"] == ("forbidden" if role == "agent" else "not_found"), type


async def test_a_role_that_may_view_nothing_is_refused_everything(
    house: House, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    before = await house.conversation(id)
    house.told.forget()
    monkeypatch.setitem(ROLES, "agent", Grant(frozenset()))
    for type, given in (AGENTS_ASK | SUPERVISORS_ASK).items():
        answer = await ask(gateway, ana, type, conversation_id=id, **given)
        assert answer["code"] in ("forbidden", "not_found"), type
    after = await house.conversation(id)
    assert (after.rev, after.agent_read_seq, after.agent_delivered_seq) == (
        before.rev,
        before.agent_read_seq,
        before.agent_delivered_seq,
    )
    assert house.told.announcements == []


async def test_visitors_cannot_speak_as_agents_nor_agents_as_visitors(house: House, gateway: Gateway) -> None:
    ana = await house.agent()
    id, owner = await house.chat(ana)
    agents_ask = AGENTS_ASK | SUPERVISORS_ASK
    for type in sorted(set(agents_ask) - set(VISITORS_ASK)):
        answer = await ask(gateway, owner, type, conversation_id=id, **agents_ask[type])
        assert answer["code"] == "invalid", type
    note = await ask(gateway, owner, "message.send", client_id="n", conversation_id=id, body="x", visibility="internal")
    assert note["code"] == "invalid", "a visitor cannot write a note"
    assert (await ask(gateway, ana, "conversation.end", conversation_id=id))["code"] == "invalid"


async def test_b13_a_file_is_found_by_those_who_may_read_its_message(house: House, tmp_path: Any) -> None:
    files = FileStore(tmp_path)
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, owner = await house.chat(ana)

    async def upload(actor: Visitor | SignedInAgent) -> str:
        return (await upload_file(house.works, files, actor, "a.txt", b"words", 1000)).id

    refusals: set[tuple[str, str]] = set()

    async def opens(actor: Visitor | SignedInAgent, file: str) -> bool:
        async with house.works.read() as rows:
            try:
                await access_attachment(rows, actor, file)
            except NotFound as refusal:
                refusals.add((refusal.kind, refusal.detail))
                return False
            return True

    stranger, elsewhere = house.visitor(), Visitor(contact_id=new_id(), inbox_id=await house.inbox("elsewhere"))
    theirs, note, loose, loose_of_agent = await upload(owner), await upload(ana), await upload(owner), await upload(ana)
    answer = await upload(ana)
    await house.write(owner, id, "", attachment_ids=[theirs])
    await house.answer(ana, id, "", "internal", attachment_ids=[note])
    await house.answer(ana, id, "", attachment_ids=[answer])
    found = {
        name: [await opens(actor, file) for actor in (owner, stranger, elsewhere, ana, ben)]
        for name, file in {
            "the contact's": theirs,
            "the answer's": answer,
            "the note's": note,
            "not sent yet": loose,
            "an agent's, not sent yet": loose_of_agent,
            "missing": new_id(),
        }.items()
    }
    assert found == {
        "the contact's": [True, False, False, True, True],
        "the answer's": [True, False, False, True, True],
        "the note's": [False, False, False, True, True],
        "not sent yet": [True, False, False, False, False],
        "an agent's, not sent yet": [False, False, False, True, False],
        "missing": [False] * 5,
    }
    assert refusals == {("file", "There is no such file.")}


async def test_nobody_can_send_a_file_that_is_not_their_own(house: House, tmp_path: Any) -> None:
    files = FileStore(tmp_path)
    ana = await house.agent()
    (first, mia), (second, ole) = await house.chat(ana), await house.chat(ana)
    mias = (await upload_file(house.works, files, mia, "a.txt", b"words", 1000)).id
    anas = (await upload_file(house.works, files, ana, "b.txt", b"words", 1000)).id
    for sending in (
        house.write(ole, second, "", attachment_ids=[mias]),
        house.write(mia, first, "", attachment_ids=[anas]),
        house.answer(ana, first, "", attachment_ids=[mias]),
        house.write(mia, first, "", attachment_ids=[new_id()]),
    ):
        with pytest.raises(NotFound) as refusal:
            await sending
        assert refusal.value.detail == "There is no such file."
    await house.write(mia, first, "", attachment_ids=[mias])
    await house.resolve(ana, first)
    other = (await house.start(mia, "New")).conversation.id
    with pytest.raises(NotFound):
        await house.write(mia, other, "", attachment_ids=[mias])


async def test_a_file_the_contact_was_sent_stays_theirs_when_a_note_names_it_too(house: House, tmp_path: Any) -> None:
    ana = await house.agent()
    id, owner = await house.chat(ana)
    file = (await upload_file(house.works, FileStore(tmp_path), ana, "a.txt", b"words", 1000)).id
    await house.answer(ana, id, "", attachment_ids=[file])
    await house.answer(ana, id, "as I sent them", "internal", attachment_ids=[file])
    async with house.works.read() as rows:
        assert (await access_attachment(rows, owner, file)).id == file
