"""The workspace, its setup checklist, and the announcement that settings changed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from app.contract.bases import Body, Event, View
from app.contract.people import PersonName
from app.contract.values import ChecklistItemKey, ConfigArea


class ConfigChanged(Event, tag="config.changed"):
    """An admin changed settings: ask for what you show of this area again."""

    area: ConfigArea


class WorkspaceView(View):
    """The workspace: its name, and who changed it last."""

    name: str
    changed_by_name: str
    changed_at: datetime | None


class WorkspaceIs(View):
    """The workspace after the change."""

    workspace: WorkspaceView
    ok: Literal[True] = True


class SetWorkspace(Body):
    """`PUT /api/v1/workspace`"""

    name: PersonName


class ChecklistItem(View):
    """One step of the setup, done or not. `detail` is the fact that shows it, such as the site that was seen, at `at`."""

    key: ChecklistItemKey
    is_done: bool
    detail: str
    at: datetime | None


class Checklist(View):
    """`GET /api/v1/setup/checklist`: what is set up and what is left, in order."""

    items: list[ChecklistItem]
    is_hidden: bool
    ok: Literal[True] = True


class HideChecklist(Body):
    """`PUT /api/v1/setup/checklist`"""

    is_hidden: bool
