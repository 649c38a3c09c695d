"""The record of what was done by right of a role."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from app.contract.bases import View


class AuditDetailView(View):
    """Something more about what was done."""

    name: str
    value: str


class AuditLineView(View):
    """Something done by right of a role: `action` is the command's name, `agent_id` the colleague it concerned, `detail`
    what was asked for besides."""

    id: str
    action: str
    by_id: str
    by_name: str
    conversation_id: str | None
    agent_id: str | None
    team_id: str | None
    detail: list[AuditDetailView]
    created_at: datetime


class AuditPage(View):
    """`GET /api/v1/audit`: a page of what was done by right of a role, newest first."""

    lines: list[AuditLineView]
    next: str | None
    ok: Literal[True] = True
