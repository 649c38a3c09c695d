"""The pages behind links in mails. Looking changes nothing: mail scanners open every link."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from litestar import MediaType, Response, get, post
from litestar.params import FromPath
from litestar.response import File, Redirect
from sqlalchemy import select

from app.errors import NotFound, RateLimited
from app.http.ids import as_id
from app.http.look import TOKENS
from app.http.platform import AnyRequest, address_of, platform_of
from app.mail.link_follow_ups import send_new_link, stop_mail
from app.mail.words import DEFAULT, WORDS, language_of, say
from app.mailed_links import MailedLink, Purpose
from app.tokens import ACCENT
from models import Attachment

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
STYLE = (
    TOKENS
    + """
body{margin:0;background:var(--back);color:var(--text);font:var(--text-base)/1.5 var(--font);overflow-wrap:anywhere}
main{box-sizing:border-box;max-width:480px;margin:8vh auto;padding:24px;background:var(--surface);border-radius:var(--radius-large);border-top:6px solid var(--chosen)}
h1{font-size:var(--text-xl);margin:0 0 8px}p{margin:0 0 16px;color:var(--muted)}p.brand{color:var(--text);font-weight:600}
button{font:inherit;font-weight:600;padding:12px 20px;border:0;border-radius:var(--radius-small);background:var(--text);color:var(--surface);cursor:pointer}
button:focus-visible{outline:2px solid var(--text);outline-offset:3px}
"""
)


@get("/chat/{token:str}")
async def open_chat(request: AnyRequest, token: FromPath[str]) -> Response[str] | Redirect:
    """The conversation in the widget's own page; for an expired link, an offer to mail a new one."""
    link = await _read(request, token, "chat")
    if isinstance(link, Response):
        return link
    if link.is_expired:
        return _expired(request, link, token)
    # The page takes the token out of its address at once; a fragment is sent to nobody.
    return Redirect(f"/widget/page?inbox={quote(link.inbox.key)}#link={token}", status_code=303, headers=HEADERS)


@post("/chat/{token:str}", status_code=200)
async def renew_link(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """Mail a new link to the address the old one went to."""
    link = await _read(request, token, "chat")
    if isinstance(link, Response):
        return link
    platform = platform_of(request)
    language = language_of(link.contact.locale)
    address = _masked(link.contact.email or "")
    try:
        platform.link_limit.take(link.contact.id)
    except RateLimited:
        text = say(language, "resent_before", address=address)
        return _page(link, language, WORDS[language]["resent_title"], text, status=429)
    await platform.works.run(send_new_link, platform.mail, link)
    return _page(link, language, WORDS[language]["resent_title"], say(language, "resent_text", address=address))


@get("/chat/{token:str}/files/{file_id:str}")
async def download_file(request: AnyRequest, token: FromPath[str], file_id: FromPath[str]) -> Response[str] | File:
    """A file of the conversation that was too large to be attached."""
    link = await _read(request, token, "chat")
    if isinstance(link, Response):
        return link
    if link.is_expired:
        return _expired(request, link, token)
    platform = platform_of(request)
    async with platform.works.read() as rows:
        file = await rows.one(select(Attachment).where(Attachment.id == as_id(file_id, "file")))
    if file is None or file.conversation_id != link.conversation.id or file.is_internal:
        raise NotFound("file", file_id)
    return File(
        path=platform.files.path_of(file.digest),
        media_type=file.content_type,
        headers=HEADERS
        | {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


@get("/mail/stop/{token:str}")
async def ask_to_stop(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """A page that asks whether mail about the conversation should stop."""
    link = await _read(request, token, "stop")
    if isinstance(link, Response):
        return link
    language = language_of(link.contact.locale)
    words = WORDS[language]
    button = ("" if link.conversation.mail_stopped_at else words["stop_button"], f"/mail/stop/{token}")
    title = words["stopped_title"] if link.conversation.mail_stopped_at else words["stop_title"]
    return _page(link, language, title, words["stop_text"], button)


@post("/mail/stop/{token:str}", status_code=200)
async def stop(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """No more mail about the conversation. Mail programs ask for this by themselves (RFC 8058)."""
    link = await _read(request, token, "stop")
    if isinstance(link, Response):
        return link
    await platform_of(request).works.run(stop_mail, link)
    language = language_of(link.contact.locale)
    return _page(link, language, WORDS[language]["stopped_title"], WORDS[language]["stopped_text"])


async def _read(request: AnyRequest, token: str, purpose: Purpose) -> MailedLink | Response[str]:
    """The link, or the page for one that is not ours."""
    platform = platform_of(request)
    platform.widget_limit.take(f"link:{address_of(request)}")
    async with platform.works.read() as rows:
        try:
            return await platform.mail.links.read(rows, token, purpose, platform.works.clock())
        except NotFound:
            return _page(None, DEFAULT, WORDS[DEFAULT]["wrong_title"], WORDS[DEFAULT]["wrong_text"], status=404)


def _expired(request: AnyRequest, link: MailedLink, token: str) -> Response[str]:
    language = language_of(link.contact.locale)
    words, days = WORDS[language], platform_of(request).mail.link_days
    text = say(language, "expired_text", days=days, address=_masked(link.contact.email or ""))
    return _page(link, language, words["expired_title"], text, (words["expired_button"], f"/chat/{token}"), status=410)


def _masked(address: str) -> str:
    """Enough of an address for its owner to know it."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"


def _page(
    link: MailedLink | None, language: str, title: str, text: str, button: tuple[str, str] = ("", ""), status: int = 200
) -> Response[str]:
    label, action = button
    form = f'<form method="post" action="{escape(action)}"><button>{escape(label)}</button></form>' if label else ""
    brand = f'<p class="brand">{escape(link.inbox.name)}</p>' if link else ""
    color = escape(link.inbox.color) if link else ACCENT
    html = (
        f'<!doctype html><html lang="{language}" dir="{WORDS[language]["dir"]}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}:root{{--chosen:{color}}}</style></head>"
        f"<body><main>{brand}<h1>{escape(title)}</h1><p>{escape(text)}</p>{form}</main></body></html>"
    )
    return Response(html, media_type=MediaType.HTML, status_code=status, headers=HEADERS)


ROUTES = [open_chat, renew_link, download_file, ask_to_stop, stop]
