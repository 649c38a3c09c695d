"""The local mailbox: what went out, for a set-up without a mail host."""

from __future__ import annotations

from html import escape

import nh3
from litestar import MediaType, Response, get
from litestar.params import FromPath
from sqlalchemy import select

from app.errors import NotFound
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import may_read_mail, require
from models import OutgoingMail

CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
STYLE = """
:root{color-scheme:light dark;--line:#e4e7ec;--soft:#667085;--card:#fff;--page:#f8f9fb;--ink:#101828}
@media(prefers-color-scheme:dark){:root{--line:#2a2f3a;--soft:#98a2b3;--card:#171a21;--page:#0e1015;--ink:#f2f4f7}}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,sans-serif}
main{max-width:760px;margin:0 auto;padding:32px 16px}h1{font-size:22px;margin:0 0 4px}.soft{color:var(--soft)}
a.mail{display:block;color:inherit;text-decoration:none;padding:14px 16px;background:var(--card);border:1px solid var(--line);border-radius:12px;margin-top:10px}
a.mail:hover,a.mail:focus-visible{border-color:#0f766e;outline:0}
.top{display:flex;gap:12px;justify-content:space-between}.subject{font-weight:600}
article{background:#fff;color:#101828;border:1px solid var(--line);border-radius:12px;padding:20px;margin-top:16px;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:16px 0 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
"""


@get("/mailbox")
async def mailbox(request: AnyRequest) -> Response[str]:
    """The latest mails in the outbox. In the demo for everyone on this machine; else for admins."""
    await _must_be_allowed(request)
    async with platform_of(request).works.read() as rows:
        mails = await rows.all(select(OutgoingMail).order_by(OutgoingMail.created_at.desc()).limit(100))
    items = "".join(
        f'<a class="mail" href="/mailbox/{escape(mail.id)}"><span class="top"><span class="subject">{escape(mail.subject)}</span>'
        f'<span class="soft">{escape(mail.state)}</span></span><span class="soft">to {escape(mail.recipient)}, '
        f"{mail.created_at:%d %b %H:%M} UTC</span></a>"
        for mail in mails
    )
    empty = "<p>No mail yet. Answer a visitor who has left an address and closed the page: the mail appears here.</p>"
    return _page("Mailbox", f'<h1>Mailbox</h1><p class="soft">Mail that Parley has written.</p>{items or empty}')


@get("/mailbox/{mail_id:str}")
async def one_mail(request: AnyRequest, mail_id: FromPath[str]) -> Response[str]:
    """One mail as its reader sees it."""
    await _must_be_allowed(request)
    async with platform_of(request).works.read() as rows:
        mail = await rows.one(select(OutgoingMail).where(OutgoingMail.id == as_id(mail_id, "mail")))
    if mail is None:
        raise NotFound("mail", mail_id)
    facts = {"From": mail.sender, "To": mail.recipient, "Message-ID": mail.message_id, "State": f"{mail.state} {mail.last_error}"}
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    body = nh3.clean(mail.body_html, attributes={"p": {"style"}, "div": {"style"}})
    back = '<p><a href="/mailbox">Back to the mailbox</a></p>'
    return _page(mail.subject, f"{back}<h1>{escape(mail.subject)}</h1><dl>{listed}</dl><article>{body}</article>")


async def _must_be_allowed(request: AnyRequest) -> None:
    if not platform_of(request).settings.demo:
        require(may_read_mail, await agent_of(request))


def _page(title: str, body: str) -> Response[str]:
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
    return Response(html, media_type=MediaType.HTML, headers={"Content-Security-Policy": CSP})
