"""Public form of an inbox: a page that needs no script and may stand in a frame of the inbox's own sites."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import MediaType, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from sqlalchemy import select

from app.attachments import upload_file
from app.clock import new_id
from app.contract.articles import SuggestionView
from app.contract.forms import PrechatFields
from app.conversations.forms import YES
from app.conversations.ticket_fields import check_value, form_of_inbox
from app.conversations.web_forms import FormRequest, sender_of, submit_web_form
from app.errors import NotFound, ParleyError, RateLimited, TooLarge
from app.file_room import check_room
from app.http.brand_color import brand_css, plain_color
from app.http.form_words import WORDS
from app.http.look import TOKENS
from app.http.platform import AnyRequest, Platform, address_of, platform_of
from app.people.actors import Visitor
from app.text import clean_line, clean_text
from models import Inbox, TicketField

MAX_FORM_BYTES = 24 * 1024 * 1024
MAX_SUBJECT, MAX_BODY, MAX_ANSWERS = 200, 10_000, 3
TRAP = "website"
"""A field that people do not see: whatever fills it in is a program."""
OWN = ("name", "email", "subject", "body")
KEY = re.compile(r"[0-9a-f-]{36}")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.*_-]+(:\d{1,5})?")
CSP = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
STYLE = (
    TOKENS
    + """
body{margin:0;background:var(--back);color:var(--text);font:var(--text-base)/1.5 var(--font);overflow-wrap:anywhere}
main{box-sizing:border-box;max-width:600px;margin:4vh auto;padding:24px;background:var(--surface);border-radius:var(--radius-large)}
h1{font-size:var(--text-xl);margin:0 0 16px}h2{font-size:var(--text-base);margin:0 0 8px}
.field{margin:0 0 16px}label{display:block;font-weight:600;margin:0 0 4px}label small,.help{font-weight:400;color:var(--muted)}.help{margin:4px 0 0;font-size:var(--text-sm)}
input,select,textarea{box-sizing:border-box;width:100%;font:inherit;color:var(--text);background:var(--surface);border:1px solid var(--muted);border-radius:var(--radius-small);padding:8px 12px}
input[type=checkbox]{width:auto;margin:0 8px 0 0}textarea{min-height:120px;resize:vertical}
.box{margin:0 0 16px;padding:12px 16px;border-radius:var(--radius-small);background:var(--soft)}.box ul{margin:0;padding:0 0 0 20px}.box a{color:inherit}
.bad{color:var(--bad)}.trap{position:absolute;inset-inline-start:-9999px}
button{font:inherit;font-weight:600;padding:12px 20px;border:0;border-radius:var(--radius-small);background:var(--text);color:var(--surface);cursor:pointer}
:is(button,input,select,textarea,a):focus-visible{outline:2px solid var(--text);outline-offset:2px}
"""
)


class Page(Struct, frozen=True, kw_only=True):
    """A form as it is shown: what was written, what is wrong, and articles that may answer."""

    inbox: Inbox
    fields: Sequence[TicketField]
    language: str
    key: str
    written: Mapping[str, str] = {}
    problem: str = ""
    answers: Sequence[SuggestionView] = ()
    file_megabytes: int = 0


@get("/f/{inbox_key:str}", include_in_schema=False)
async def web_form(request: AnyRequest, inbox_key: FromPath[str], lang: FromQuery[str] = "") -> Response[str]:
    """An empty form."""
    page = await _page(request, inbox_key, lang, new_id())
    return _respond(page, _form(page)) if _is_open(page.inbox) else _closed(page)


@post("/f/{inbox_key:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def send_web_form(request: AnyRequest, inbox_key: FromPath[str], lang: FromQuery[str] = "") -> Response[str]:
    """A form that was filled in: once more with what is wrong or may answer it, or the receipt."""
    platform = platform_of(request)
    language = _language(request, lang)
    try:
        platform.widget_limit.take(f"form {address_of(request)}")
    except RateLimited as refused:
        page = await _page(request, inbox_key, lang, new_id())
        response = _respond(page, f"<h1>{escape(WORDS[language]['busy'])}</h1>", 429)
        response.headers["Retry-After"] = str(max(1, round(refused.retry_seconds)))
        return response
    form = await request.form()
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    files = {name: value for name, value in form.multi_items() if isinstance(value, UploadFile) and value.filename}
    key = texts.get("key", "")
    page = await _page(request, inbox_key, lang, key if KEY.fullmatch(key) else new_id(), texts)
    if not _is_open(page.inbox):
        return _closed(page)
    if problem := _problem(page, files):
        return _respond(page, _form(msgspec.structs.replace(page, problem=problem)), 400)
    if not texts.get("checked") and not files and (answers := await _answers(platform, page)):
        return _respond(page, _form(msgspec.structs.replace(page, answers=answers)))
    try:
        number = await _send(platform, request, page, files)
    except ParleyError as refused:
        return _respond(page, _form(msgspec.structs.replace(page, problem=refused.detail)), 400)
    words, email = WORDS[page.language], page.written.get("email", "").strip()
    text = escape(words["sent_text"].format(number=number, email=email))
    return _respond(page, f"<div role=status><h1>{escape(words['sent'])}</h1><p>{text}</p></div>")


async def _page(request: AnyRequest, inbox_key: str, lang: str, key: str, written: Mapping[str, str] | None = None) -> Page:
    platform = platform_of(request)
    async with platform.works.read() as rows:
        inbox = await rows.one(select(Inbox).where(Inbox.key == inbox_key[:64]))
        if inbox is None:
            raise NotFound("page", "form")
        fields = [one for one in await form_of_inbox(rows, inbox.id) if one.is_shown]
    if inbox.allows_files is False:
        fields = [one for one in fields if one.kind != "file"]
    return Page(
        inbox=inbox,
        fields=fields,
        language=_language(request, lang),
        key=key,
        written=written or {},
        file_megabytes=platform.settings.attachment_max_bytes // (1024 * 1024),
    )


def _problem(page: Page, files: Mapping[str, UploadFile]) -> str:
    """Return what keeps a form from being sent, in a sentence; empty when nothing does."""
    words, written = WORDS[page.language], page.written
    if written.get(TRAP):
        return words["trap"]
    for name in OWN:
        if not clean_text(written.get(name, "")):
            return words["missing"].format(name=words[name])
    try:
        msgspec.convert({"email": written["email"].strip()}, PrechatFields)
    except msgspec.ValidationError:
        return words["bad_email"]
    for field in page.fields:
        value = written.get(field.id, "")
        if field.is_required_to_open and not (field.id in files if field.kind == "file" else clean_line(value)):
            return words["missing"].format(name=_name(field, page.language))
        try:
            if field.kind != "file":
                check_value(field, value[:500])
        except ParleyError as refused:
            return refused.detail
    return ""


async def _answers(platform: Platform, page: Page) -> Sequence[SuggestionView]:
    asked = f"{page.written.get('subject', '')}\n{page.written.get('body', '')}"[:500]
    found = await platform.suggester.search(asked, for_visitor=True, language=page.language)
    return list({one.article_id: one for one in reversed(found)}.values())[::-1][:MAX_ANSWERS]


async def _send(platform: Platform, request: AnyRequest, page: Page, files: Mapping[str, UploadFile]) -> int:
    visitor, written = sender_of(page.inbox, page.key), page.written
    values = {one.id: written.get(one.id, "")[:500] for one in page.fields if one.kind != "file"}
    kept = {one.id: files[one.id] for one in page.fields if one.id in files and one.kind == "file"}
    uploaded = {id: await _keep(platform, request, visitor, file) for id, file in kept.items()}
    who = PrechatFields(name=written["name"][:200], email=written["email"].strip())
    asked = FormRequest(
        title=clean_line(written["subject"])[:MAX_SUBJECT],
        body=clean_text(written["body"][:MAX_BODY]),
        who=who,
        values={id: value for id, value in (values | uploaded).items() if value},
        attachment_ids=list(uploaded.values()),
    )
    return await platform.works.run(submit_web_form, visitor, page.key, asked)


async def _keep(platform: Platform, request: AnyRequest, visitor: Visitor, file: UploadFile) -> str:
    """Keep a file as the widget's door does, with the same limits. Returns its id."""
    data = await file.read()
    most, limit = platform.settings.attachment_max_bytes, platform.settings.files_max_bytes
    if len(data) > most:
        raise TooLarge(WORDS["en"]["too_many"])
    platform.upload_limits.take(address_of(request), visitor.inbox_id, len(data))
    async with platform.works.read() as rows:
        await check_room(rows, len(data), platform.files.free_bytes, limit)
    return (await upload_file(platform.works, platform.files, visitor, file.filename, data, most, limit)).id


def _form(page: Page) -> str:
    words, written = WORDS[page.language], page.written
    problem = f'<p class="box bad" role=alert>{escape(page.problem)}</p>' if page.problem else ""
    links = "".join(
        f'<li><a href="{escape(one.url)}" target=_blank rel=noopener>{escape(one.title)}</a></li>' for one in page.answers
    )
    answers = f"<section class=box role=status><h2>{words['answers']}</h2><ul>{links}</ul></section>" if links else ""

    def own(name: str, kind: str, limit: int, more: str = "") -> str:
        value = escape(written.get(name, ""))
        label = f"<label for={name}>{words[name]} <small>({words['required']})</small></label>"
        control = (
            f"<textarea id={name} name={name} required maxlength={limit} dir=auto>{value}</textarea>"
            if kind == "textarea"
            else f'<input id={name} name={name} type={kind} required maxlength={limit} dir=auto value="{value}" {more}>'
        )
        return f"<div class=field>{label}{control}</div>"

    parts = [
        own("name", "text", 200, "autocomplete=name"),
        own("email", "email", 254, "autocomplete=email"),
        own("subject", "text", MAX_SUBJECT),
        own("body", "textarea", MAX_BODY),
        *(_field(field, page) for field in page.fields),
    ]
    trap = f"<div class=trap aria-hidden=true><label for=w>Website</label><input id=w name={TRAP} tabindex=-1 autocomplete=off></div>"
    hidden = f'<input type=hidden name=key value="{page.key}">' + ("<input type=hidden name=checked value=1>" if links else "")
    action = f"/f/{quote(page.inbox.key)}?lang={page.language}"
    send = words["anyway" if links else "send"]
    return (
        f"<h1>{words['title']}</h1>{problem}{answers}"
        f'<form method=post action="{action}" enctype="multipart/form-data">{"".join(parts)}{trap}{hidden}<button>{send}</button></form>'
    )


def _field(field: TicketField, page: Page) -> str:
    words = WORDS[page.language]
    name, value = escape(_name(field, page.language)), escape(page.written.get(field.id, ""))
    needed = " required" if field.is_required_to_open else ""
    mark = f" <small>({words['required']})</small>" if needed else ""
    at = f'id="{field.id}" name="{field.id}"{needed}'
    help_text = field.help or (words["file_help"].format(size=page.file_megabytes) if field.kind == "file" else "")
    help_line = f"<p class=help dir=auto>{escape(help_text)}</p>" if help_text else ""
    if field.kind == "checkbox":
        ticked = " checked" if value == YES else ""
        return f"<div class=field><label><input type=checkbox {at} value={YES}{ticked}>{name}{mark}</label>{help_line}</div>"
    if field.kind == "choice":
        chosen = page.written.get(field.id, "")
        options = "".join(f"<option{' selected' if one == chosen else ''}>{escape(str(one))}</option>" for one in field.options)
        control = f'<select {at}><option value="">{words["choose"]}</option>{options}</select>'
    elif field.kind == "file":
        control = f"<input type=file {at}>"
    else:
        kind = "date" if field.kind == "date" else "text"
        numeric = " inputmode=decimal" if field.kind == "number" else ""
        control = f'<input type={kind} {at} maxlength=500 dir=auto value="{value}"{numeric}>'
    return f'<div class=field><label for="{field.id}">{name}{mark}</label>{control}{help_line}</div>'


def _name(field: TicketField, language: str) -> str:
    return str(field.names.get(language) or field.name)


def _is_open(inbox: Inbox) -> bool:
    return inbox.archived_at is None and inbox.has_web_form is not False


def _closed(page: Page) -> Response[str]:
    words = WORDS[page.language]
    return _respond(page, f"<h1>{words['closed']}</h1><p>{words['closed_text']}</p>", 410)


def _respond(page: Page, content: str, status: int = 200) -> Response[str]:
    words, inbox = WORDS[page.language], page.inbox
    origins = [str(one) for one in inbox.allowed_origins if _ORIGIN.fullmatch(str(one))]
    ancestors = " ".join(["'self'", *origins]) if inbox.allowed_origins else "*"
    color = plain_color(inbox.color.removeprefix("#"))
    direction = "rtl" if page.language == "ar" else "ltr"
    html = (
        f'<!doctype html><html lang={page.language} dir={direction}><head><meta charset=utf-8><meta name=viewport content="width=device-width,initial-scale=1">'
        f"<title>{escape(words['title'])} · {escape(inbox.name)}</title><style>{STYLE}{brand_css(color) if color else ''}</style></head>"
        f"<body><main>{content}</main></body></html>"
    )
    headers: dict[str, Any] = {
        "Content-Security-Policy": CSP.format(ancestors=ancestors),
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    return Response(html, media_type=MediaType.HTML, status_code=status, headers=headers)


def _language(request: AnyRequest, lang: str) -> str:
    """Return the first language that the reader and Parley both speak."""
    asked = [lang, *request.headers.get("accept-language", "").split(",")]
    spoken = (one.split(";")[0].strip().split("-")[0].lower() for one in asked)
    return next((one for one in spoken if one in WORDS), "en")


ROUTES = [web_form, send_web_form]
