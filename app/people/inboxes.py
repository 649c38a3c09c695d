"""Inboxes: how admins create, change and archive them, and how agents see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from sqlalchemy import func, select, update

from app.activity.record import record
from app.clock import new_id
from app.contract.audiences import ToNodes
from app.contract.inboxes import (
    FormField,
    InboxDetailsView,
    InboxForm,
    InboxFormView,
    InboxSecretIs,
    InboxTextView,
    InboxView,
    SaveInbox,
    SetInbox,
)
from app.contract.values import OPEN_CATEGORIES, Channel, EmailPrompt, LauncherIcon, WidgetPosition
from app.contract.workspace import ConfigChanged
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.config import announce_config
from app.people.inbox_keys import free_key
from app.people.permissions import Permission, require
from app.people.tokens import new_secret
from app.text import clean_line, clean_text
from app.work import Rows, Work
from models import BusinessHours, Conversation, Inbox, Team

UNSAID = ("identity_secret", "secret_changed_at", "archived_at", "asks_email")
"""Columns that are not recorded: secrets, and what the action or another column says."""
NAMED_BY_WIDGET = ("name", "email", "phone")
"""Kinds of fields that the widget names in the visitor's language when they have no label."""


async def list_inboxes(rows: Rows) -> list[InboxDetailsView]:
    """Every inbox by name, archived ones included."""
    inboxes = await rows.all(select(Inbox).order_by(Inbox.name, Inbox.id))
    counted = await rows.rows(
        select(Conversation.inbox_id, func.count())
        .where(Conversation.category.in_(OPEN_CATEGORIES))
        .group_by(Conversation.inbox_id)
    )
    counts = {inbox_id: count for inbox_id, count in counted}  # noqa: C416 - to the type checker a row is no pair
    return [inbox_details(inbox, counts.get(inbox.id, 0)) for inbox in inboxes]


async def create_inbox(work: Work, agent: SignedInAgent, asked: SaveInbox) -> InboxDetailsView:
    """Add an inbox. Raises Invalid for what makes no sense, NotFound for an unknown team or hours, Conflict for a key that
    another inbox has."""
    require(Permission.SET_INBOXES, agent)
    values = await _values_of(work, asked)
    if asked.key and await work.one(select(Inbox.id).where(Inbox.key == asked.key)):
        raise Conflict("Another inbox has this key. Choose a different one.")
    inbox = await work.add(
        Inbox(
            id=new_id(),
            key=asked.key or await free_key(work, asked.name),
            channel=asked.channel,
            identity_secret=new_secret(),
            created_at=work.now,
            changed_at=work.now,
            changed_by=agent.name,
            **values,
        )
    )
    record(work, agent, "inbox.create", inbox=inbox.name, key=inbox.key)
    announce_config(work, "inboxes")
    work.announce(ConfigChanged(area="inboxes"), to=ToNodes())  # agents enter its room
    return inbox_details(inbox, 0)


async def change_inbox(work: Work, agent: SignedInAgent, inbox_id: str, asked: SaveInbox) -> InboxDetailsView:
    """Replace everything an admin decides about an inbox. Raises NotFound, and Invalid for a key that is not its own."""
    require(Permission.SET_INBOXES, agent)
    inbox = await _locked(work, inbox_id)
    if asked.key not in (None, inbox.key) or asked.channel != inbox.channel:
        raise Invalid("The key and the channel of an inbox never change. Create a new inbox instead.")
    values = await _values_of(work, asked)
    return await _change(work, agent, inbox, "inbox.change", values)


async def set_inbox(work: Work, agent: SignedInAgent, inbox_id: str, said: SetInbox) -> InboxView:
    """Decide whether the inbox shows who is on its site, and what visitors are typing. Raises NotFound."""
    require(Permission.SET_INBOXES, agent)
    inbox = await _locked(work, inbox_id)
    asked = {"shows_visitors": said.shows_visitors, "previews_typing": said.previews_typing}
    if values := {name: value for name, value in asked.items() if value is not None}:
        await _change(work, agent, inbox, "inbox.change", values)
        inbox = await _locked(work, inbox_id)
    return inbox_view(inbox)


async def archive_inbox(work: Work, agent: SignedInAgent, inbox_id: str, *, is_archived: bool) -> InboxDetailsView:
    """Archive an inbox, which takes no new conversations from then on, or take it back into use. Its open conversations
    stay as they are. Raises NotFound."""
    require(Permission.SET_INBOXES, agent)
    inbox = await _locked(work, inbox_id)
    if (inbox.archived_at is not None) is is_archived:
        return inbox_details(inbox, await _count_open(work, inbox.id))
    action = "inbox.archive" if is_archived else "inbox.restore"
    return await _change(work, agent, inbox, action, {"archived_at": work.now if is_archived else None})


async def rotate_secret(work: Work, agent: SignedInAgent, inbox_id: str) -> InboxSecretIs:
    """Make a new identity secret and show it this once. Tokens signed with the one before are refused from then on.
    Raises NotFound."""
    require(Permission.SET_INBOXES, agent)
    inbox, secret = await _locked(work, inbox_id), new_secret()
    values = {"identity_secret": secret, "secret_changed_at": work.now}
    return InboxSecretIs(identity_secret=secret, inbox=await _change(work, agent, inbox, "inbox.rotate_secret", values))


async def allows_files(rows: Rows, inbox_id: str) -> bool:
    """Return whether visitors of the inbox may send files. Unless an admin has switched it off, they may."""
    return await rows.one(select(Inbox.allows_files).where(Inbox.id == inbox_id)) is not False


async def shows_suggestions(rows: Rows, inbox_id: str) -> bool:
    """Return whether visitors of the inbox are shown articles. Unless an admin has switched it off, they are."""
    return await rows.one(select(Inbox.shows_suggestions).where(Inbox.id == inbox_id)) is not False


def inbox_view(inbox: Inbox) -> InboxView:
    """An inbox as agents see it."""
    form = form_of(inbox)
    return InboxView(
        id=inbox.id,
        key=inbox.key,
        name=inbox.name,
        channel=cast(Channel, inbox.channel),
        team_id=inbox.team_id,
        hours_id=inbox.hours_id,
        shows_visitors=bool(inbox.shows_visitors),
        previews_typing=bool(inbox.previews_typing),
        email_prompt=email_prompt_of(inbox),
        field_keys=[field.key for field in form.fields] if form else [],
        is_archived=inbox.archived_at is not None,
    )


def inbox_details(inbox: Inbox, open_count: int) -> InboxDetailsView:
    """An inbox as admins see it."""
    texts = inbox.texts or {}
    return InboxDetailsView(
        id=inbox.id,
        key=inbox.key,
        name=inbox.name,
        channel=cast(Channel, inbox.channel),
        team_id=inbox.team_id,
        hours_id=inbox.hours_id,
        locale=inbox.locale,
        languages=list(inbox.languages or []),
        greeting=inbox.greeting,
        away=texts.get(inbox.locale, {}).get("away", ""),
        texts=[
            InboxTextView(locale=locale, greeting=text.get("greeting", ""), away=text.get("away", ""))
            for locale, text in texts.items()
            if locale != inbox.locale
        ],
        color=inbox.color,
        position=cast(WidgetPosition, inbox.position or "right"),
        launcher=cast(LauncherIcon, inbox.launcher or "bubble"),
        site_url=inbox.site_url or "",
        allowed_origins=list(inbox.allowed_origins),
        shows_history=inbox.shows_history is not False,
        shows_suggestions=inbox.shows_suggestions is not False,
        shows_visitors=bool(inbox.shows_visitors),
        previews_typing=bool(inbox.previews_typing),
        allows_files=inbox.allows_files is not False,
        tells_escalations=not inbox.hides_escalations,
        has_web_form=inbox.has_web_form is not False,
        email_prompt=email_prompt_of(inbox),
        form=form_of(inbox),
        open_count=open_count,
        secret_changed_at=inbox.secret_changed_at,
        archived_at=inbox.archived_at,
        changed_at=inbox.changed_at,
        changed_by=inbox.changed_by or "",
        created_at=inbox.created_at,
    )


def email_prompt_of(inbox: Inbox) -> EmailPrompt:
    """Return whether visitors are asked for an address; an inbox of an older version says it in `asks_email`."""
    return cast(EmailPrompt, inbox.email_prompt or ("ask" if inbox.asks_email else "never"))


def form_of(inbox: Inbox) -> InboxFormView | None:
    """The fields visitors are asked for, if there are any."""
    return msgspec.convert(inbox.form, InboxFormView) if inbox.form else None


async def _locked(work: Work, inbox_id: str) -> Inbox:
    inbox = await work.one(select(Inbox).where(Inbox.id == inbox_id).with_for_update())
    if inbox is None:
        raise NotFound("inbox", inbox_id)
    return inbox


async def _change(work: Work, agent: SignedInAgent, inbox: Inbox, action: str, values: dict[str, Any]) -> InboxDetailsView:
    said = {name: value for name, value in values.items() if name not in UNSAID}
    before = {name: getattr(inbox, name) for name in said} if said else None
    values |= {"changed_at": work.now, "changed_by": agent.name}
    changed = await work.one(update(Inbox).where(Inbox.id == inbox.id).values(**values).returning(Inbox))
    assert changed is not None
    record(work, agent, action, about=("inbox", inbox.id), inbox=changed.name, before=before, after=said or None)
    announce_config(work, "inboxes")
    return inbox_details(changed, await _count_open(work, inbox.id))


async def _count_open(rows: Rows, inbox_id: str) -> int:
    opened = select(func.count()).where(Conversation.inbox_id == inbox_id, Conversation.category.in_(OPEN_CATEGORIES))
    return await rows.one(opened) or 0


async def _values_of(rows: Rows, asked: SaveInbox) -> dict[str, Any]:
    name = clean_line(asked.name)
    if not name:
        raise Invalid("An inbox needs a name.")
    if asked.team_id and not await rows.one(select(Team.id).where(Team.id == asked.team_id)):
        raise NotFound("team", asked.team_id)
    if asked.hours_id and not await rows.one(select(BusinessHours.id).where(BusinessHours.id == asked.hours_id)):
        raise NotFound("business hours", asked.hours_id)
    texts = {text.locale: {"greeting": clean_text(text.greeting), "away": clean_text(text.away)} for text in asked.texts}
    return {
        "name": name,
        "team_id": asked.team_id,
        "hours_id": asked.hours_id,
        "locale": asked.locale,
        "languages": _others(asked.languages, asked.locale),
        "greeting": clean_text(asked.greeting),
        "texts": texts | {asked.locale: {"greeting": clean_text(asked.greeting), "away": clean_text(asked.away)}},
        "color": asked.color.lower(),
        "position": asked.position,
        "launcher": asked.launcher,
        "site_url": asked.site_url,
        "allowed_origins": list(dict.fromkeys(origin.lower() for origin in asked.allowed_origins)),
        "shows_history": asked.shows_history,
        "shows_suggestions": asked.shows_suggestions,
        "shows_visitors": asked.shows_visitors,
        "previews_typing": asked.previews_typing,
        "allows_files": asked.allows_files,
        "hides_escalations": not asked.tells_escalations,
        "has_web_form": asked.has_web_form,
        "email_prompt": asked.email_prompt,
        "asks_email": asked.email_prompt != "never",
        "form": _form_values(asked.form),
    }


def _others(languages: Sequence[str], locale: str) -> list[str]:
    return [language for language in dict.fromkeys(languages) if language != locale]


def _form_values(form: InboxForm | None) -> dict[str, Any] | None:
    if form is None:
        return None
    keys = [field.key for field in form.fields]
    if len(set(keys)) != len(keys):
        raise Invalid("Two fields of the form have the same key.")
    return {"when": form.when, "fields": [_field_values(field) for field in form.fields]}


def _field_values(field: FormField) -> dict[str, Any]:
    label, options = clean_line(field.label), [clean_line(option) for option in field.options]
    if not label and field.kind not in NAMED_BY_WIDGET:
        raise Invalid("Each field of the form needs a label.")
    if field.kind == "choice" and (len(options) < 2 or not all(options) or len(set(options)) != len(options)):
        raise Invalid(f"The choice {label} needs at least two different options.")
    return {
        "key": field.key,
        "label": label,
        "kind": field.kind,
        "options": options if field.kind == "choice" else [],
        "is_required": field.is_required,
    }
