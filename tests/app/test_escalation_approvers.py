"""Approvers: who may decide an escalation, that one decision counts, and what stands in for an approver who is away."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.contract.audiences import ToAgent
from app.contract.bulk_changes import UndoConversations
from app.contract.escalations import ApproverList, ConversationEscalated, DecideEscalation, EscalateConversation, EscalationView
from app.contract.sla import SaveSlaPolicy, SlaConditions, SlaTarget
from app.contract.warnings import WarningsChanged
from app.conversations.undo import undo_conversations
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.escalation.approvers import list_approvers
from app.escalation.mails import EscalationMails
from app.escalation.requests import (
    MAIL_JOB,
    decide_escalation,
    escalate_conversation,
    escalations_of,
    waiting_escalations,
    withdraw_escalation,
)
from app.people.actors import SignedInAgent
from app.routing.warnings import list_notices
from app.sla.accounts import clocks_of
from app.sla.policies import save_policy
from app.sla.tracking import run_clocks
from app.work import Work
from models import Agent, Escalation, Inbox, OutgoingMail
from tests.factories import House, mail_settings

YES, NO = DecideEscalation(is_approved=True), DecideEscalation(is_approved=False, reason="Not covered")
TRIES = 100


async def escalate(
    house: House, by: SignedInAgent, id: str, approver: SignedInAgent | None = None, level: int = 2
) -> EscalationView:
    command = EscalateConversation(
        conversation_id=id, level=level, reason="Refund over 500", approver_id=approver.id if approver else None
    )
    await house.run(escalate_conversation, by, command)
    return (await of(house, by, id))[0]


async def of(house: House, agent: SignedInAgent, id: str) -> list[EscalationView]:
    async with house.works.read() as rows:
        return (await escalations_of(rows, agent, id, house.clock())).escalations


async def waiting(house: House, agent: SignedInAgent) -> list[tuple[str, bool]]:
    async with house.works.read() as rows:
        found = await waiting_escalations(rows, agent, house.clock())
    return [(one.conversation_id, one.waits_for_me) for one in found.escalations]


async def approvers(house: House, agent: SignedInAgent, id: str) -> ApproverList:
    async with house.works.read() as rows:
        return await list_approvers(rows, agent, id, house.clock())


async def test_a_named_approver_approves_and_the_level_stays(house: House) -> None:
    ana, ben, sam = await house.agent("Ana"), await house.agent("Ben"), await house.agent("Sam", role="supervisor")
    id, _ = await house.chat(ana)
    house.told.forget()
    asked = await escalate(house, ana, id, ben)
    assert (asked.approver_name, asked.waits_for_me, asked.may_withdraw, asked.state) == ("Ben", False, True, "open")
    assert house.told.one(ConversationEscalated, ToAgent(agent_id=ben.id)).reason == "Refund over 500"
    assert house.told.all(WarningsChanged, ToAgent(agent_id=ben.id))
    assert (await waiting(house, ben), await waiting(house, sam)) == ([(id, True)], [(id, False)])
    with pytest.raises(Forbidden):
        await house.run(decide_escalation, sam, asked.id, YES)
    decided = await house.run(decide_escalation, ben, asked.id, DecideEscalation(is_approved=True, reason="Go ahead"))
    assert (decided.state, decided.decided_by_name, decided.answer) == ("approved", "Ben", "Go ahead")
    line = (await house.messages(id))[-1]
    assert (line.system, line.visibility, line.body, line.author_name) == ("escalation_approved", "internal", "Go ahead", "Ben")
    assert (await house.conversation(id)).escalation_level == 2
    assert (await waiting(house, ben), await waiting(house, sam)) == ([], [])
    async with house.works.read() as rows:
        assert [one for one in await list_notices(rows, sam, house.clock()) if one.kind == "escalation"] == []


async def test_a_decline_needs_its_reason_and_takes_the_level_back(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    asked = await escalate(house, ana, id, ben)
    with pytest.raises(Invalid):
        await house.run(decide_escalation, ben, asked.id, DecideEscalation(is_approved=False, reason=" \n "))
    assert (await house.run(decide_escalation, ben, asked.id, NO)).state == "declined"
    stands, line = await house.conversation(id), (await house.messages(id))[-1]
    assert (stands.escalation_level, stands.escalation_reason) == (0, "")
    assert (line.system, line.body) == ("escalation_declined", "Not covered")
    with pytest.raises(Conflict, match="Ben declined this already"):
        await house.run(decide_escalation, ben, asked.id, YES)


async def test_two_approvers_at_once_make_one_decision(house: House) -> None:
    ana = await house.agent("Ana")
    sam, sue = await house.agent("Sam", role="supervisor"), await house.agent("Sue", role="supervisor")
    id, _ = await house.chat(ana)
    async with house.another_node() as other:
        for _ in range(TRIES):
            asked = await escalate(house, ana, id)
            house.clock.on(seconds=1)
            answers = await asyncio.gather(
                house.works.run(decide_escalation, sam, asked.id, YES),
                other.run(decide_escalation, sue, asked.id, NO),
                return_exceptions=True,
            )
            made = [one for one in answers if isinstance(one, EscalationView)]
            (refused,) = [one for one in answers if not isinstance(one, EscalationView)]
            assert len(made) == 1
            assert isinstance(refused, Conflict)
            assert made[0].decided_by_name in refused.detail, "the other sees who decided"
            level = (await house.conversation(id)).escalation_level
            assert level == (2 if made[0].state == "approved" else 0)
    codes = [message.system for message in await house.messages(id)]
    assert codes.count("escalation_approved") + codes.count("escalation_declined") == TRIES
    assert len(await house.all(select(Escalation).where(Escalation.state == "open"))) == 0


async def test_a_substitute_decides_while_the_approver_is_away(house: House) -> None:
    ana, away = await house.agent("Ana"), await house.agent("Sam", role="supervisor", presence="away")
    sue, other = await house.agent("Sue", role="supervisor"), await house.agent("Tim", role="supervisor", teams=[])
    id, _ = await house.chat(ana)
    offered = {one.name: one for one in (await approvers(house, ana, id)).approvers}
    assert (offered["Sam"].is_away, offered["Sam"].substitute_name, offered["Sue"].substitute_name) == (True, "Sue", None)
    assert "Ana" not in offered
    asked = await escalate(house, ana, id, away)
    assert asked.substitute_name == "Sue"
    assert (await waiting(house, sue), await waiting(house, away)) == ([(id, True)], [(id, True)])
    with pytest.raises(Forbidden):
        await house.run(decide_escalation, other, asked.id, YES)
    assert (await house.run(decide_escalation, sue, asked.id, YES)).decided_by_name == "Sue"


async def test_without_a_name_any_supervisor_of_the_team_decides(house: House) -> None:
    ana, sam = await house.agent("Ana"), await house.agent("Sam", role="supervisor")
    other = await house.agent("Tim", role="supervisor", teams=[])
    id, _ = await house.chat(ana)
    listed = await approvers(house, ana, id)
    assert (listed.team_name, listed.team_approvers, listed.present_team_approvers) == ("Support", ["Sam"], ["Sam"])
    asked = await escalate(house, ana, id)
    with pytest.raises(Forbidden):
        await house.run(decide_escalation, other, asked.id, YES)
    assert (await house.run(decide_escalation, sam, asked.id, YES)).state == "approved"


async def test_an_approver_who_was_removed_leaves_it_to_the_supervisors(house: House) -> None:
    ana, ben, sam = await house.agent("Ana"), await house.agent("Ben"), await house.agent("Sam", role="supervisor")
    id, _ = await house.chat(ana)
    asked = await escalate(house, ana, id, ben)

    async def remove(work: Work) -> None:
        await work.change(update(Agent).where(Agent.id == ben.id).values(is_active=False))

    await house.run(remove)
    with pytest.raises(Forbidden):
        await house.run(decide_escalation, ben, asked.id, YES)
    assert (await house.run(decide_escalation, sam, asked.id, YES)).state == "approved"


async def test_oneself_and_a_stranger_are_no_approvers(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    with pytest.raises(Invalid):
        await escalate(house, ana, id, ana)
    gone = SignedInAgent(id="00000000-0000-7000-8000-000000000000", name="Nobody", role="agent", session="")
    with pytest.raises(Invalid):
        await escalate(house, ana, id, gone)
    with pytest.raises(NotFound):
        await house.run(decide_escalation, ana, gone.id, YES)


async def test_withdrawing_is_for_the_asker_and_supervisors(house: House) -> None:
    ana, ben, sam = await house.agent("Ana"), await house.agent("Ben"), await house.agent("Sam", role="supervisor")
    id, _ = await house.chat(ana)
    asked = await escalate(house, ana, id)
    with pytest.raises(Forbidden):
        await house.run(withdraw_escalation, ben, asked.id)
    assert (await house.run(withdraw_escalation, ana, asked.id)).state == "withdrawn"
    assert (await house.conversation(id)).escalation_level == 0
    with pytest.raises(Conflict, match="Ana withdrew this already"):
        await house.run(decide_escalation, sam, asked.id, YES)
    again = await escalate(house, ana, id)
    assert (await house.run(withdraw_escalation, sam, again.id)).state == "withdrawn"


async def test_what_is_resolved_or_undone_waits_for_nobody(house: House) -> None:
    ana, sam = await house.agent("Ana"), await house.agent("Sam", role="supervisor")
    id, _ = await house.chat(ana)
    await escalate(house, ana, id)
    assert not (await undo_conversations(house.works, ana, UndoConversations(conversation_ids=[id]))).failed
    assert await waiting(house, sam) == []
    await escalate(house, ana, id)
    await house.resolve(ana, id)
    assert await waiting(house, sam) == []
    assert [one.state for one in await of(house, ana, id)] == ["withdrawn", "withdrawn"]


async def test_an_inbox_may_keep_it_from_its_customers(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)

    async def hide(work: Work) -> None:
        await work.change(update(Inbox).values(hides_escalations=True))

    await house.run(hide)
    await escalate(house, ana, id)
    assert [one.system for one in await house.messages(id) if one.visibility == "public" and one.system] == ["joined"]


async def test_a_decision_answers_the_escalation_clock(house: House) -> None:
    admin, ana = await house.agent("Ada", role="admin"), await house.agent("Ana")
    target = SlaTarget(clock="escalation_response", priority="medium", minutes=60)
    await house.run(save_policy, admin, SaveSlaPolicy(name="Gold", conditions=SlaConditions(), targets=[target]))
    id, _ = await house.chat(ana)
    asked = await escalate(house, ana, id)
    house.clock.on(minutes=10)
    await house.run(decide_escalation, admin, asked.id, YES)
    house.clock.on(hours=5)
    await run_clocks(house.works)
    async with house.works.read() as rows:
        (clock,) = [one for one in (await clocks_of(rows, ana, id, house.clock())).clocks if one.clock == "escalation_response"]
    assert (clock.progress, clock.started_at + timedelta(minutes=10)) == ("kept", clock.ended_at)


async def test_each_approver_is_mailed_a_link_of_their_own(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben", presence="away")
    sam = await house.agent("Sam", role="supervisor")
    id, _ = await house.chat(ana)
    asked = await escalate(house, ana, id, ben)
    mails = EscalationMails(mail_settings(), is_mailing=True)
    assert await house.jobs({MAIL_JOB: mails.run}).run_due() == 1
    sent = await house.all(select(OutgoingMail).order_by(OutgoingMail.id))
    assert [mail.recipient.split(".")[0] for mail in sent] == ["ben", "sam"]
    links = mail_settings().links
    for agent, mail in zip((ben, sam), sent, strict=True):
        (token,) = {line.rpartition("/")[2] for line in mail.body_text.splitlines() if "/escalations/" in line}
        async with house.works.read() as rows:
            link = await links.read_approval(rows, token, house.clock())
            assert (link.agent.id, link.escalation.id, link.is_expired) == (agent.id, asked.id, False)
            assert (await links.read_approval(rows, token, house.clock() + timedelta(days=15))).is_expired
            with pytest.raises(NotFound):
                await links.read_approval(rows, token[:-2] + "xx", house.clock())

    async def move(work: Work) -> None:
        await work.change(update(Agent).where(Agent.id == sam.id).values(email="sam@other.example.com"))

    await house.run(move)
    async with house.works.read() as rows:
        with pytest.raises(NotFound):
            await links.read_approval(rows, token, house.clock())


async def test_no_mail_leaves_for_what_was_decided_meanwhile(house: House) -> None:
    ana, sam = await house.agent("Ana"), await house.agent("Sam", role="supervisor")
    id, _ = await house.chat(ana)
    asked = await escalate(house, ana, id)
    await house.run(decide_escalation, sam, asked.id, YES)
    mails = EscalationMails(mail_settings(), is_mailing=True)
    assert await house.jobs({MAIL_JOB: mails.run}).run_due() == 1
    assert await house.all(select(OutgoingMail)) == []
