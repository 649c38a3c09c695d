"""Escalations: what waits for a decision, and the decision, in the inbox and behind a mailed link."""

from __future__ import annotations

from html import escape

from litestar import MediaType, Response, get, post
from litestar.params import FromPath, JSONBody

from app.contract.escalations import MAX_REASON, ApproverList, DecideEscalation, EscalationIs, EscalationList
from app.errors import NotFound, ParleyError
from app.escalation.approvers import deciders_of, list_approvers, list_candidates
from app.escalation.requests import decide_escalation, escalations_of, waiting_escalations, withdraw_escalation
from app.http.ids import as_id
from app.http.mailed_links import HEADERS, STYLE
from app.http.platform import AnyRequest, address_of, agent_of, platform_of
from app.mail.words import DEFAULT, WORDS
from app.mailed_links import ApprovalLink
from app.people.actors import SignedInAgent
from app.tokens import ACCENT

FORM_STYLE = """
blockquote{margin:0 0 16px;padding:12px 16px;border-inline-start:3px solid var(--chosen);background:var(--back);color:var(--text);white-space:pre-wrap}
label{display:block;margin:0 0 4px;font-weight:600}
textarea{box-sizing:border-box;width:100%;min-height:96px;margin:0 0 16px;padding:8px 12px;font:inherit;color:var(--text);background:var(--surface);border:1px solid var(--muted);border-radius:var(--radius-small)}
textarea:focus-visible{outline:2px solid var(--text);outline-offset:2px}
.row{display:flex;flex-wrap:wrap;gap:12px}button.second{background:none;color:var(--text);box-shadow:inset 0 0 0 1px var(--muted)}
"""


@get("/api/v1/conversations/{conversation_id:str}/approvers")
async def approvers(request: AnyRequest, conversation_id: FromPath[str]) -> ApproverList:
    """List who can decide about a conversation, with presence and substitutes."""
    agent, platform = await agent_of(request), platform_of(request)
    async with platform.works.read() as rows:
        return await list_approvers(rows, agent, as_id(conversation_id, "conversation"), platform.works.clock())


@get("/api/v1/conversations/{conversation_id:str}/escalations")
async def of_conversation(request: AnyRequest, conversation_id: FromPath[str]) -> EscalationList:
    """List the escalations of a conversation, newest first."""
    agent, platform = await agent_of(request), platform_of(request)
    async with platform.works.read() as rows:
        return await escalations_of(rows, agent, as_id(conversation_id, "conversation"), platform.works.clock())


@get("/api/v1/escalations")
async def waiting(request: AnyRequest) -> EscalationList:
    """List the escalations that wait for a decision: all for supervisors, else those that wait for me or that I asked."""
    agent, platform = await agent_of(request), platform_of(request)
    async with platform.works.read() as rows:
        return await waiting_escalations(rows, agent, platform.works.clock())


@post("/api/v1/escalations/{escalation_id:str}/decision", status_code=200)
async def decide(request: AnyRequest, escalation_id: FromPath[str], data: JSONBody[DecideEscalation]) -> EscalationIs:
    """Approve or decline an escalation. For those who were asked."""
    agent, id = await agent_of(request), as_id(escalation_id, "escalation")
    return EscalationIs(escalation=await platform_of(request).works.run(decide_escalation, agent, id, data))


@post("/api/v1/escalations/{escalation_id:str}/withdraw", status_code=200)
async def withdraw(request: AnyRequest, escalation_id: FromPath[str]) -> EscalationIs:
    """Take an escalation back that waits for a decision. For the one who asked, and for supervisors."""
    agent, id = await agent_of(request), as_id(escalation_id, "escalation")
    return EscalationIs(escalation=await platform_of(request).works.run(withdraw_escalation, agent, id))


@get("/escalations/{token:str}")
async def ask_to_decide(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """A page that shows an escalation and asks for the decision."""
    link = await _read(request, token)
    if isinstance(link, Response):
        return link
    if (said := await _settled(request, link)) is not None:
        return said
    return _form(link, token)


@post("/escalations/{token:str}", status_code=200)
async def decide_by_mail(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """Approve or decline an escalation from the page behind a mailed link."""
    link = await _read(request, token)
    if isinstance(link, Response):
        return link
    if (said := await _settled(request, link)) is not None:
        return said
    fields = await request.form()
    decision, reason = fields.get("decision"), fields.get("reason") or ""
    if decision not in ("approve", "decline") or not isinstance(reason, str):
        return _form(link, token, "Choose Approve or Decline.", status=400)
    asked = DecideEscalation(is_approved=decision == "approve", reason=reason[:MAX_REASON])
    agent = SignedInAgent(id=link.agent.id, name=link.agent.name, role=link.agent.role, session="")  # pyright: ignore[reportArgumentType]
    try:
        decided = await platform_of(request).works.run(decide_escalation, agent, link.escalation.id, asked)
    except ParleyError as error:
        return _form(link, token, error.detail, status=409 if error.code == "conflict" else 400)
    return _page(f"You {decided.state} this escalation", "Everyone in the conversation can see it now. You can close this page.")


async def _read(request: AnyRequest, token: str) -> ApprovalLink | Response[str]:
    platform = platform_of(request)
    platform.widget_limit.take(f"link:{address_of(request)}")
    async with platform.works.read() as rows:
        try:
            return await platform.mail.links.read_approval(rows, token, platform.works.clock())
        except NotFound:
            return _page(WORDS[DEFAULT]["wrong_title"], WORDS[DEFAULT]["wrong_text"], status=404)


async def _settled(request: AnyRequest, link: ApprovalLink) -> Response[str] | None:
    """Return the page for a link with nothing left to decide."""
    escalation = link.escalation
    if escalation.state != "open":
        who = escalation.decided_by_name or "A colleague"
        states = {"approved": "approved", "declined": "declined", "withdrawn": "withdrew"}
        return _page("Already decided", f"{who} {states[escalation.state]} this escalation.")
    platform = platform_of(request)
    async with platform.works.read() as rows:
        deciders = deciders_of(await list_candidates(rows, platform.works.clock()), escalation)
    if link.is_expired or link.agent.id not in {one.id for one in deciders}:
        return _page("This link is no longer valid", "Open the conversation in Parley to decide there.", status=410)
    return None


def _form(link: ApprovalLink, token: str, error: str = "", status: int = 200) -> Response[str]:
    escalation = link.escalation
    body = (
        f"<blockquote>{escape(escalation.reason)}</blockquote>"
        f'<form method="post" action="/escalations/{escape(token)}"><label for="reason">Reason</label>'
        f'<textarea id="reason" name="reason" maxlength="{MAX_REASON}"></textarea><div class="row">'
        '<button name="decision" value="approve">Approve</button>'
        '<button class="second" name="decision" value="decline">Decline</button></div></form>'
    )
    asked = f"{escalation.asked_by_name} escalated this conversation to level {escalation.level} and asks you to decide."
    return _page("Approve this escalation?", f"{error} {asked}".strip(), body, status)


def _page(title: str, text: str, body: str = "", status: int = 200) -> Response[str]:
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}{FORM_STYLE}:root{{--chosen:{ACCENT}}}</style></head>"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p>{body}</main></body></html>"
    )
    return Response(html, media_type=MediaType.HTML, status_code=status, headers=HEADERS)


ROUTES = [approvers, of_conversation, waiting, decide, withdraw, ask_to_decide, decide_by_mail]
