"""Signing in and out, the first admin, and what the inbox needs to draw itself."""

from __future__ import annotations

import hmac
from datetime import timedelta

from litestar import Response, get, post
from litestar.params import JSONBody
from sqlalchemy import func, select

from app.contract.bases import Done
from app.contract.sign_in import Login, Me, SetUp, SetupState, SignedIn
from app.conversations.statuses import list_statuses
from app.errors import Conflict, Forbidden
from app.http.platform import (
    SECURE_PREFIX,
    SESSION_COOKIE,
    AnyRequest,
    Platform,
    address_of,
    agent_of,
    cookie_of,
    platform_of,
    refuse_foreign_origin,
)
from app.people.actors import Operator, SignedInAgent
from app.people.agents import add_agent, get_agent, list_agents, list_teams
from app.people.inboxes import inbox_view
from app.people.permissions import names_of
from app.people.reasons import list_reasons
from app.people.sign_in import SESSION_LIFE, sign_in, sign_out
from app.people.tokens import hash_password_apart
from app.people.workspace import workspace_name
from app.work import Rows
from models import Agent, Article, Inbox

DEVICE_COOKIE = "parley_device"
DEVICE_LIFE = timedelta(days=365)


@post("/api/v1/login", status_code=200)
async def login(request: AnyRequest, data: JSONBody[Login]) -> Response[SignedIn]:
    """Sign in with address and password; sets the session cookie."""
    platform = platform_of(request)
    refuse_foreign_origin(request)
    succeeded = platform.sign_ins.begin(data.email, address_of(request), cookie_of(request, DEVICE_COOKIE))
    secret, agent = await sign_in(platform.works, data.email, data.password, request.headers.get("user-agent", ""))
    succeeded()
    return await signed_in(request, secret, agent, data.email)


@post("/api/v1/logout", status_code=200)
async def logout(request: AnyRequest) -> Response[Done]:
    """Sign out: the session is forgotten and its open connections close."""
    platform = platform_of(request)
    await platform.works.run(sign_out, await agent_of(request))
    response = Response(Done())
    response.delete_cookie(SESSION_COOKIE, path="/")
    if platform.settings.is_https:  # the name alone would not do: a browser heeds it only with the attribute
        response.set_cookie(SECURE_PREFIX + SESSION_COOKIE, "", max_age=0, path="/", httponly=True, secure=True, samesite="lax")
    return response


@get("/api/v1/setup")
async def setup_state(request: AnyRequest) -> SetupState:
    """Return whether the first admin is still missing, and what the sign-in page shows."""
    platform = platform_of(request)
    async with platform.works.read() as rows:
        return SetupState(
            is_needed=not await _has_agents(rows),
            workspace_name=await workspace_name(rows),
            mails_passwords=platform.account_mails.is_mailing,
        )


@post("/api/v1/setup", status_code=200)
async def set_up(request: AnyRequest, data: JSONBody[SetUp]) -> Response[SignedIn]:
    """Create the first admin, with the code printed where the server was started. Closed as soon as there is an agent."""
    platform = platform_of(request)
    refuse_foreign_origin(request)
    platform.login_limit.take(f"address:{address_of(request)}")
    if not hmac.compare_digest(data.setup_code.strip().encode(), platform.setup_code.encode()):
        raise Forbidden("Wrong setup code. Copy it from the terminal where you started Parley.")
    async with platform.works.read() as rows:
        if await _has_agents(rows):
            raise Conflict("Parley is set up already. Sign in to continue.")
    password_hash = await hash_password_apart(data.password)
    capacity = platform.settings.agent_capacity
    await platform.works.run(
        add_agent,
        Operator(kind="setup"),
        name=data.name,
        email=data.email,
        password_hash=password_hash,
        role="admin",
        capacity=capacity,
    )
    secret, agent = await sign_in(platform.works, data.email, data.password, request.headers.get("user-agent", ""))
    return await signed_in(request, secret, agent, data.email)


@get("/api/v1/me")
async def me(request: AnyRequest) -> Me:
    """The agent signed in, and everything the inbox needs to draw itself."""
    platform = platform_of(request)
    agent = await agent_of(request)
    now = platform.works.clock()
    async with platform.works.read() as rows:
        agents = await list_agents(rows, now)
        inboxes = await rows.all(select(Inbox).order_by(Inbox.name))
        topics = await rows.all(
            select(Article.category).where(Article.state == "published").distinct().order_by(Article.category)
        )
        return Me(
            agent=next(one for one in agents if one.id == agent.id),
            permissions=names_of(agent.role),
            agents=agents,
            teams=await list_teams(rows),
            inboxes=[inbox_view(inbox) for inbox in inboxes],
            statuses=await list_statuses(rows),
            topics=list(topics),
            reasons=await list_reasons(rows),
            workspace_name=await workspace_name(rows),
            max_file_bytes=platform.settings.attachment_max_bytes,
            epoch=platform.epoch,
        )


async def signed_in(request: AnyRequest, secret: str, agent: SignedInAgent, email: str) -> Response[SignedIn]:
    """Answer with the agent, the session's cookie, and one by which this browser is known the next time."""
    platform = platform_of(request)
    async with platform.works.read() as rows:
        response = Response(SignedIn(agent=await get_agent(rows, agent.id, platform.works.clock())))
    _set_cookie(platform, response, SESSION_COOKIE, secret, SESSION_LIFE)
    device = platform.sign_ins.remember(email, cookie_of(request, DEVICE_COOKIE))
    _set_cookie(platform, response, DEVICE_COOKIE, device, DEVICE_LIFE)
    return response


def _set_cookie(platform: Platform, response: Response[SignedIn], name: str, value: str, life: timedelta) -> None:
    is_https = platform.settings.is_https
    response.set_cookie(
        SECURE_PREFIX + name if is_https else name,
        value,
        max_age=int(life.total_seconds()),
        path="/",
        httponly=True,
        secure=is_https,
        samesite="lax",
    )


async def _has_agents(rows: Rows) -> bool:
    return bool(await rows.one(select(func.count()).select_from(Agent)))


ROUTES = [login, logout, setup_state, set_up, me]
