"""For every kind of job a sample: what is there before, the one transaction that queues it, and its effect in the rows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import func, select

from app.contract.conversations import SetStatus, SnoozeConversation
from app.contract.escalations import EscalateConversation
from app.contract.forms import PrechatFields
from app.contract.routing import SetTeamRouting
from app.contract.solutions import SaveSolution
from app.contract.statuses import RetireStatus
from app.conversations.assignments.claim import OFFER_JOB, UNTAKEN_JOB
from app.conversations.assignments.offers import keep_fields
from app.conversations.closing import CLOSE_JOB
from app.conversations.lifecycle import set_status, snooze_conversation
from app.conversations.messages.follow_ups import FOLLOW_JOB
from app.conversations.messages.store import UNREAD_JOB
from app.conversations.snooze import WAKE_JOB
from app.conversations.statuses import REPLACE_JOB, retire_status
from app.conversations.ticket_proposals import TicketProposals
from app.conversations.tickets import PROPOSE_JOB, open_ticket_for
from app.escalation.mails import EscalationMails
from app.escalation.requests import MAIL_JOB, escalate_conversation
from app.job_kinds import JobKind, bind
from app.jobs import JobHandler
from app.knowledge.articles import (
    INDEX_JOB,
    PURGE_AFTER,
    PURGE_JOB,
    ArticleDraft,
    delete_article,
    publish_article,
)
from app.knowledge.library import Library
from app.knowledge.proposals import propose_priority
from app.mail.accounts import AccountMails
from app.mail.fallback import Fallback
from app.mail.mailer import SmtpMailer
from app.mail.outbox import SEND_JOB, UNREAD_KIND, Outbox, queue_mail
from app.mail.unclaimed_mail import DIGEST_JOB, HOUR, UNTAKEN_KIND, Untaken
from app.people.passwords import FORGOTTEN_JOB, ask_for_reset
from app.people.team_routing import set_team_routing
from app.routing.dispatch import dispatch
from app.routing.overflow import OVERFLOW_JOB, arm_overflow
from app.routing.unclaimed_offers import climb
from app.solutions.proposals import SILENT_JOB, hand_in_solution, save_solution
from app.work import Work, Works
from models import Article, Assignment, Conversation, OutgoingMail, Passage, Solution, Ticket
from tests.app.knowledge.letters import LettersEmbedder
from tests.factories import OPERATOR, UNREAD_AFTER, House, mail_settings

SITE = "https://help.example.com"
SUPPORT = "Support <support@shop.example.com>"
LATER = timedelta(hours=1)
EMAIL = "mia@example.com"


class Sample(Struct, frozen=True, kw_only=True):
    """`arrange` returns what `cause` needs to know; `effect` counts in the rows what the job has done, 0 before it ran."""

    arrange: Callable[[House], Awaitable[str]]
    cause: Callable[[House, str], Awaitable[Any]]
    effect: Any
    due_after: timedelta = timedelta()


def handlers(works: Works, smtp_url: str) -> dict[JobKind, JobHandler]:
    """Every declared kind with its real function."""
    embedder = LettersEmbedder()
    embedder.become_ready()
    return bind(
        Outbox(SmtpMailer(smtp_url)),
        Fallback(UNREAD_AFTER, mail_settings()),
        Untaken(mail_settings(), SITE),
        Library(works, embedder),
        TicketProposals(_propose, propose_priority),
        AccountMails(SUPPORT, SITE, is_mailing=True),
        EscalationMails(mail_settings(), is_mailing=True),
    )


async def _propose(words: str) -> tuple[str, str]:
    await asyncio.sleep(0)
    return "The stove leaks gas", "Stoves"


def assignments(reason: str) -> Any:
    return select(func.count()).select_from(Assignment).where(Assignment.reason == reason)


def mails(kind: str) -> Any:
    return select(func.count()).select_from(OutgoingMail).where(OutgoingMail.kind == kind)


async def _chat(house: House) -> str:
    return (await house.chat())[0]


async def _chat_to_offer(house: House) -> str:
    await house.run(set_team_routing, OPERATOR, house.team_id, SetTeamRouting(accept_seconds=20))
    await house.agent()
    return await _chat(house)


async def _offer(house: House, _: str) -> None:
    await dispatch(house.works, house.team_id)


async def _chat_of_one_who_leaves(house: House) -> str:
    return (await house.chat(await house.agent("Ben", lease=timedelta(minutes=5))))[0]


async def _snooze(house: House, id: str) -> None:
    ana = await house.agent()
    await house.run(snooze_conversation, ana, SnoozeConversation(conversation_id=id, until=house.clock() + LATER))


async def _chat_with_routing(house: House) -> str:
    id = await _chat(house)
    await house.run(keep_fields, id, {})
    return f"{id} {await house.team('Next')}"


async def _arm(house: House, scene: str) -> None:
    id, team_id = scene.split()
    await house.run(arm_overflow, id, [{"team_id": team_id, "after_seconds": 60}])


async def _answered_chat(house: House) -> str:
    ana = await house.agent()
    id = (await house.start(fields=PrechatFields(name="Mia", email=EMAIL))).conversation.id
    await house.claim(ana, id)
    return id


async def _answer(house: House, id: str) -> None:
    await house.answer(await house.agent("Ben", role="admin"), id)


async def _chat_nobody_takes(house: House) -> str:
    await house.agent("Ada", role="admin", presence=None)
    id = await _chat(house)
    await house.run(keep_fields, id, {})
    return id


async def _climb(house: House, id: str) -> None:
    await house.run(climb, id, None, 20)


async def _two_chats_nobody_takes(house: House) -> str:
    untaken = Untaken(mail_settings(), SITE)
    first = await _chat_nobody_takes(house)
    await _climb(house, first)
    await house.run(untaken.run, {"conversation_id": first})
    second = await _chat(house)
    await _open_ticket(house, second)
    return second


async def _mail_about_second(house: House, id: str) -> None:
    await house.run(Untaken(mail_settings(), SITE).run, {"conversation_id": id})


async def _queue_mail(house: House, _: str) -> None:
    async def write(work: Work) -> None:
        await queue_mail(
            work, kind="test", sender=SUPPORT, recipient=EMAIL, subject="Hello", body_text="Hello", body_html="<p>Hello</p>"
        )

    await house.run(write)


async def _nothing(house: House) -> str:
    return ""


async def _agent(house: House) -> str:
    agent = await house.agent("Ada", role="admin")
    return (await house.agent_row(agent)).email


async def _forget(house: House, email: str) -> None:
    await house.run(ask_for_reset, email)


async def _publish(house: House, _: str) -> None:
    await house.run(publish_article, ArticleDraft(title="Refunds", category="Orders", body="Within 30 days."))


async def _article(house: House) -> str:
    return (await house.run(publish_article, ArticleDraft(title="Refunds", category="Orders", body="Within 30 days."))).id


async def _delete(house: House, id: str) -> None:
    await house.run(delete_article, id)


async def _escalate(house: House, id: str) -> None:
    ana = await house.agent()
    await house.agent("Sam", role="supervisor")
    await house.run(escalate_conversation, ana, EscalateConversation(conversation_id=id, level=1, reason="Angry"))


async def _resolve(house: House, id: str) -> None:
    ana = await house.agent()
    await house.run(set_status, ana, SetStatus(conversation_id=id, status="resolved"))


async def _closed_ticket(house: House) -> str:
    id = await _chat(house)
    await _open_ticket(house, id)
    await house.run(set_status, await house.agent(), SetStatus(conversation_id=id, status="closed"))
    return id


async def _write_again(house: House, id: str) -> None:
    (contact_id,) = await house.all(select(Conversation.contact_id).where(Conversation.id == id))
    await house.write(structs.replace(house.visitor(), contact_id=contact_id), id, client_id="again")


async def _propose_solution(house: House, id: str) -> None:
    ana = await house.agent()
    await house.run(save_solution, ana, id, SaveSolution(text="Turn it off."))
    await house.run(hand_in_solution, ana, id)


async def _open_ticket(house: House, id: str) -> None:
    async def open_one(work: Work) -> None:
        conversation = await work.one(select(Conversation).where(Conversation.id == id))
        assert conversation
        await open_ticket_for(work, conversation)

    await house.run(open_one)


async def _chat_in_a_status_of_its_own(house: House) -> str:
    ada = await house.agent("Ada", role="admin")
    id = (await house.chat(ada))[0]
    await house.run(set_status, ada, SetStatus(conversation_id=id, status="in_progress"))
    return id


async def _retire(house: House, _: str) -> None:
    await house.run(retire_status, await house.agent("Eve", role="admin"), "in_progress", RetireStatus(replace_by="open"))


SAMPLES: dict[JobKind, Sample] = {
    OFFER_JOB: Sample(
        arrange=_chat_to_offer,
        cause=_offer,
        due_after=timedelta(seconds=20),
        effect=select(func.count()).select_from(Assignment).where(Assignment.outcome == "missed"),
    ),
    WAKE_JOB: Sample(arrange=_chat_of_one_who_leaves, cause=_snooze, due_after=LATER, effect=assignments("agent_left")),
    OVERFLOW_JOB: Sample(arrange=_chat_with_routing, cause=_arm, due_after=timedelta(seconds=60), effect=assignments("overflow")),
    UNREAD_JOB: Sample(arrange=_answered_chat, cause=_answer, due_after=UNREAD_AFTER, effect=mails(UNREAD_KIND)),
    UNTAKEN_JOB: Sample(arrange=_chat_nobody_takes, cause=_climb, effect=mails(UNTAKEN_KIND)),
    DIGEST_JOB: Sample(
        arrange=_two_chats_nobody_takes,
        cause=_mail_about_second,
        due_after=HOUR,
        effect=mails(UNTAKEN_KIND).where(OutgoingMail.conversation_id.is_(None)),
    ),
    SEND_JOB: Sample(arrange=_nothing, cause=_queue_mail, effect=mails("test").where(OutgoingMail.state == "sent")),
    MAIL_JOB: Sample(arrange=_chat, cause=_escalate, effect=mails("escalation")),
    CLOSE_JOB: Sample(
        arrange=_chat,
        cause=_resolve,
        due_after=timedelta(days=7),
        effect=select(func.count()).select_from(Conversation).where(Conversation.status == "closed"),
    ),
    FOLLOW_JOB: Sample(
        arrange=_closed_ticket,
        cause=_write_again,
        effect=select(func.count()).select_from(Ticket).where(Ticket.number == 2),
    ),
    SILENT_JOB: Sample(
        arrange=_chat,
        cause=_propose_solution,
        due_after=timedelta(days=3),
        effect=select(func.count()).select_from(Solution).where(Solution.is_silent),
    ),
    FORGOTTEN_JOB: Sample(arrange=_agent, cause=_forget, effect=mails("password_reset")),
    INDEX_JOB: Sample(
        arrange=_nothing,
        cause=_publish,
        effect=select(func.count(Passage.article_id.distinct())).where(Passage.model == LettersEmbedder.name),
    ),
    PURGE_JOB: Sample(
        arrange=_article,
        cause=_delete,
        due_after=PURGE_AFTER,
        effect=select(1 - func.count()).select_from(Article),
    ),
    REPLACE_JOB: Sample(
        arrange=_chat_in_a_status_of_its_own,
        cause=_retire,
        effect=select(func.count()).select_from(Conversation).where(Conversation.status == "open"),
    ),
    PROPOSE_JOB: Sample(
        arrange=_chat,
        cause=_open_ticket,
        effect=select(func.count()).select_from(Ticket).where(Ticket.title == "The stove leaks gas"),
    ),
}
