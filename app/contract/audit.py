"""The audit log: who changed what, and from what to what."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from app.contract.activity import ActorKind, ChangeView
from app.contract.bases import View


class AuditDetailView(View):
    """Something more about what was done."""

    name: str
    value: str


class AuditLineView(View):
    """One change: `action` is the command's name or what happened by itself, `by_id` the agent who did it (empty for any other
    actor), `agent_id` the colleague it concerned, `changes` from what to what, `detail` what was asked for besides."""

    id: str
    action: str
    by_id: str | None
    by_name: str
    actor_kind: ActorKind
    conversation_id: str | None
    agent_id: str | None
    team_id: str | None
    changes: list[ChangeView]
    detail: list[AuditDetailView]
    created_at: datetime


class AuditPage(View):
    """`GET /api/v1/audit`: a page of changes, newest first."""

    lines: list[AuditLineView]
    next: str | None
    ok: Literal[True] = True
