"""Outgoing mail as a page: what left, what waits and why, and a button to try again."""

from __future__ import annotations

from datetime import datetime
from html import escape

import nh3
from litestar import MediaType, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy import select, tuple_

from app.errors import NotFound
from app.http.ids import as_id
from app.http.look import TOKENS
from app.http.platform import AnyRequest, agent_of, platform_of, refuse_foreign_origin
from app.mail.status import TEST_KIND, discard_mail, retry_mail, state_of
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from models import OutgoingMail

CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
PAGE = 50
STATES = {
    "queued": ("Queued", "Leaves in a moment."),
    "waiting": ("Waiting for a mail host", "Set PARLEY_SMTP_URL and restart Parley: this mail leaves then."),
    "held": ("Held", "It waited too long for a mail host to be sent without asking. Send it or discard it."),
    "retrying": ("Retrying", "Parley tries again by itself."),
    "sent": ("Sent", "The mail host accepted it."),
    "failed": ("Failed", "Parley has given up. Fix the cause, then send it again."),
    "discarded": ("Discarded", "This mail will not be sent."),
}
STYLE = (
    TOKENS
    + """
body{margin:0;background:var(--back);color:var(--text);font:var(--text-base)/1.5 var(--font);overflow-wrap:anywhere}
main{max-width:760px;margin:0 auto;padding:32px 16px}h1{font-size:var(--text-2xl);margin:0 0 4px}.soft{color:var(--muted)}
a{color:var(--link)}
a.mail{display:block;color:inherit;text-decoration:none;padding:14px 16px;background:var(--surface);border:1px solid var(--line);border-radius:var(--radius-large);margin-top:10px}
a.mail:hover{border-color:var(--link)}a:focus-visible,button:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.top{display:flex;flex-wrap:wrap;gap:0 12px;justify-content:space-between}.subject{font-weight:600}.failed,.held{color:var(--bad)}
iframe{display:block;width:100%;height:70vh;background:var(--sheet);border:1px solid var(--line);border-radius:var(--radius-large);margin-top:16px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:16px 0 0}dt{color:var(--muted)}dd{margin:0}
form{display:inline-block;margin:16px 8px 0 0}button{font:inherit;padding:8px 14px;border-radius:var(--radius-small);border:1px solid var(--line);background:var(--surface);color:var(--text);cursor:pointer}
button.main{background:var(--link);border-color:var(--link);color:var(--on-link)}
"""
)


@get("/mailbox")
async def mailbox(request: AnyRequest, before: FromQuery[str] = "") -> Response[str]:
    """Mails in the outbox, newest first, a page at a time. In the demo for everyone on this machine; else for admins."""
    await _reader(request)
    wanted = select(OutgoingMail).order_by(OutgoingMail.created_at.desc(), OutgoingMail.id.desc()).limit(PAGE + 1)
    async with platform_of(request).works.read() as rows:
        if before:
            last = await rows.one(select(OutgoingMail).where(OutgoingMail.id == as_id(before, "mail")))
            if last is None:
                raise NotFound("mail", before)
            place = tuple_(OutgoingMail.created_at, OutgoingMail.id)
            wanted = wanted.where(OutgoingMail.created_at <= last.created_at, place < (last.created_at, last.id))
        found = await rows.all(wanted)
    items = "".join(_item(mail) for mail in found[:PAGE])
    older = f'<p><a href="/mailbox?before={escape(found[PAGE - 1].id)}">Older mail</a></p>' if len(found) > PAGE else ""
    newest = '<p><a href="/mailbox">Newest mail</a></p>' if before else ""
    empty = "<p>No mail yet. Answer a visitor who left an email address and closed the page.</p>"
    host = "" if platform_of(request).mailer else "<p>There is no mail host yet, so mail waits here.</p>"
    return _page("Outgoing mail", f"<h1>Outgoing mail</h1>{host}{newest}{items or empty}{older}")


def _item(mail: OutgoingMail) -> str:
    state = state_of(mail)
    return (
        f'<a class="mail" href="/mailbox/{escape(mail.id)}"><span class="top"><span class="subject">{escape(mail.subject)}</span>'
        f'<span class="soft {state}">{STATES[state][0]}</span></span><span class="soft">to {escape(mail.recipient)}, '
        f"{_moment(mail.created_at)}</span></a>"
    )


@get("/mailbox/{mail_id:str}")
async def one_mail(request: AnyRequest, mail_id: FromPath[str]) -> Response[str]:
    """One mail: its state and what to do about it, and the mail as its reader sees it."""
    await _reader(request)
    mail = await _find(request, mail_id)
    state = state_of(mail)
    name, means = STATES[state]
    if mail.next_try_at and state == "retrying":
        means = f"Try {(mail.attempts or 0) + 1} follows at {_moment(mail.next_try_at)}."
    facts = {
        "State": f"{name}. {means}",
        "Reason": mail.last_error,
        "From": mail.sender,
        "To": mail.recipient,
        "Written": _moment(mail.created_at),
        "Sent": _moment(mail.sent_at) if mail.sent_at else "",
        "Attached": ", ".join(str(file.get("name", "")) for file in mail.attachments or []),
        "Message-ID": mail.message_id,
    }
    listed = "".join(f"<dt>{key}</dt><dd>{escape(value)}</dd>" for key, value in facts.items() if value)
    may_settle = state in ("retrying", "failed", "held") and mail.kind != TEST_KIND
    buttons = _button(mail, "retry", "Send now", "main") + _button(mail, "discard", "Discard", "") if may_settle else ""
    body = f'<iframe sandbox="allow-popups" title="The mail" srcdoc="{escape(_readable(mail.body_html))}"></iframe>'
    back = '<p><a href="/mailbox">Back to outgoing mail</a></p>'
    return _page(mail.subject, f"{back}<h1>{escape(mail.subject)}</h1><dl>{listed}</dl>{buttons}{body}")


@post("/mailbox/{mail_id:str}/retry")
async def retry(request: AnyRequest, mail_id: FromPath[str]) -> Redirect:
    """Send one mail now, from its page."""
    reader = await _reader(request)
    await platform_of(request).works.run(retry_mail, reader, as_id(mail_id, "mail"))
    return Redirect(f"/mailbox/{as_id(mail_id, 'mail')}", status_code=303)


@post("/mailbox/{mail_id:str}/discard")
async def discard(request: AnyRequest, mail_id: FromPath[str]) -> Redirect:
    """Never send one mail, from its page."""
    reader = await _reader(request)
    await platform_of(request).works.run(discard_mail, reader, as_id(mail_id, "mail"))
    return Redirect(f"/mailbox/{as_id(mail_id, 'mail')}", status_code=303)


async def _reader(request: AnyRequest) -> SignedInAgent | None:
    """The admin who reads; in the demo everyone may, and is nobody."""
    refuse_foreign_origin(request)
    if platform_of(request).settings.demo:
        return None
    agent = await agent_of(request)
    require(Permission.SET_MAIL, agent)
    return agent


async def _find(request: AnyRequest, mail_id: str) -> OutgoingMail:
    async with platform_of(request).works.read() as rows:
        mail = await rows.one(select(OutgoingMail).where(OutgoingMail.id == as_id(mail_id, "mail")))
    if mail is None:
        raise NotFound("mail", mail_id)
    return mail


def _readable(html: str) -> str:
    """The mail's own HTML without scripts; links open in a new tab."""
    tags = nh3.ALLOWED_TAGS | {"html", "head", "body", "style", "meta", "center"}
    style = {tag: {"style", "class", "dir", "lang", "align", "width"} for tag in (*nh3.ALLOWED_TAGS, "body")}
    style["a"] = {"style", "class", "href", "target"}
    return nh3.clean(html, tags=tags, clean_content_tags={"script"}, attributes=style).replace("<a ", '<a target="_blank" ')


def _button(mail: OutgoingMail, verb: str, label: str, kind: str) -> str:
    return f'<form method="post" action="/mailbox/{escape(mail.id)}/{verb}"><button class="{kind}">{label}</button></form>'


def _moment(at: datetime) -> str:
    return f"{at:%d %b %Y, %H:%M} UTC"


def _page(title: str, body: str) -> Response[str]:
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
    return Response(html, media_type=MediaType.HTML, headers={"Content-Security-Policy": CSP})


ROUTES = [mailbox, one_mail, retry, discard]
