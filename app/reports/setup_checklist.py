"""The setup checklist: each step ticks itself from what is in the rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.activity.record import record
from app.contract.values import ChecklistItemKey
from app.contract.workspace import Checklist, ChecklistItem, HideChecklist
from app.people.actors import SignedInAgent
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.people.workspace import ONLY, write_workspace
from app.work import Rows, Work
from models import (
    Agent,
    AgentInvitation,
    Article,
    BusinessHours,
    Conversation,
    Inbox,
    InboxSighting,
    OutgoingMail,
    Workspace,
)


async def get_checklist(rows: Rows, agent: SignedInAgent, *, has_mail_host: bool) -> Checklist:
    """Return what is set up and what is left, each found by one small query."""
    require(Permission.SET_WORKSPACE, agent)
    workspace = await rows.one(select(Workspace).where(Workspace.id == ONLY))
    inbox = await rows.one(select(Inbox.name).where(Inbox.archived_at.is_(None)).order_by(Inbox.created_at).limit(1))
    seen = await rows.one(
        select(InboxSighting).where(InboxSighting.outcome == "ok").order_by(InboxSighting.seen_at.desc()).limit(1)
    )
    colleague = await _colleague(rows, agent)
    hours = await rows.one(select(BusinessHours.name).order_by(BusinessHours.created_at).limit(1))
    article = await rows.one(select(Article.title).where(Article.state == "published").limit(1))
    sent = await rows.one(select(OutgoingMail.sent_at).where(OutgoingMail.state == "sent").limit(1)) if has_mail_host else None
    answered = await rows.one(
        select(Conversation.first_answered_at)
        .where(Conversation.first_answered_at.is_not(None))
        .order_by(Conversation.first_answered_at)
        .limit(1)
    )
    name = workspace.name if workspace else ""
    return Checklist(
        items=[
            _item("workspace", name),
            _item("inbox", inbox),
            _item("snippet", seen.origin if seen else None, seen.seen_at if seen else None),
            _item("hours", hours),
            _item("people", colleague),
            _item("article", article),
            ChecklistItem(key="mail", is_done=sent is not None, detail="", at=sent),
            ChecklistItem(key="chat", is_done=answered is not None, detail="", at=answered),
        ],
        is_hidden=workspace.is_checklist_hidden if workspace else False,
    )


async def hide_checklist(work: Work, agent: SignedInAgent, asked: HideChecklist) -> None:
    """Hide the checklist from every admin, or show it again."""
    require(Permission.SET_WORKSPACE, agent)
    await write_workspace(work, agent, is_checklist_hidden=asked.is_hidden)
    record(work, agent, "workspace.hide_checklist", is_hidden=asked.is_hidden)
    announce_config(work, "workspace")


async def _colleague(rows: Rows, agent: SignedInAgent) -> str | None:
    """Return someone who was added or invited besides the agent who asks."""
    added = await rows.one(select(Agent.name).where(Agent.id != agent.id).limit(1))
    return added or await rows.one(select(AgentInvitation.email).limit(1))


def _item(key: ChecklistItemKey, detail: str | None, at: datetime | None = None) -> ChecklistItem:
    return ChecklistItem(key=key, is_done=bool(detail), detail=detail or "", at=at)
