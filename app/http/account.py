"""One's own account: name, password, sessions, and a forgotten password."""

from __future__ import annotations

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from app.contract.bases import Done
from app.contract.people import (
    AgentIs,
    ForgottenPassword,
    LookAtToken,
    ResetFor,
    SessionList,
    SetOwnName,
    SetOwnPassword,
    UseReset,
)
from app.contract.sign_in import SignedIn
from app.errors import Unavailable
from app.http.platform import AnyRequest, address_of, agent_of, platform_of, refuse_foreign_origin
from app.http.sign_in import signed_in
from app.people.accounts import set_own_name
from app.people.passwords import ask_for_reset, find_reset, set_own_password, use_reset
from app.people.sessions import end_other_sessions, end_session, list_sessions
from app.people.sign_in import sign_in
from app.people.tokens import hash_password_apart


@put("/api/v1/me/name")
async def own_name(request: AnyRequest, data: JSONBody[SetOwnName]) -> AgentIs:
    """Change my name."""
    agent = await agent_of(request)
    return AgentIs(agent=await platform_of(request).works.run(set_own_name, agent, data.name))


@put("/api/v1/me/password")
async def own_password(request: AnyRequest, data: JSONBody[SetOwnPassword]) -> Done:
    """Change my password; my other sessions end."""
    agent = await agent_of(request)
    platform = platform_of(request)
    platform.login_limit.take(f"own-password:{agent.id}")
    await set_own_password(platform.works, agent, data.old_password, data.password)
    return Done()


@get("/api/v1/me/sessions")
async def own_sessions(request: AnyRequest) -> SessionList:
    """The browsers I am signed in with."""
    agent = await agent_of(request)
    platform = platform_of(request)
    async with platform.works.read() as rows:
        return SessionList(sessions=await list_sessions(rows, agent, platform.works.clock()))


@delete("/api/v1/me/sessions", status_code=200)
async def end_others(request: AnyRequest) -> Done:
    """Sign out everywhere but here."""
    agent = await agent_of(request)
    await platform_of(request).works.run(end_other_sessions, agent)
    return Done()


@delete("/api/v1/me/sessions/{session_id:str}", status_code=200)
async def end_one(request: AnyRequest, session_id: FromPath[str]) -> Done:
    """Sign out one of my browsers."""
    agent = await agent_of(request)
    await platform_of(request).works.run(end_session, agent, session_id[:64])
    return Done()


@post("/api/v1/password-resets", status_code=200)
async def forgotten(request: AnyRequest, data: JSONBody[ForgottenPassword]) -> Done:
    """Mail a link to a new password, if the address is an agent's; the answer is the same if it is not."""
    platform = platform_of(request)
    refuse_foreign_origin(request)
    if not platform.account_mails.is_mailing:
        raise Unavailable("There is no mail host here. Ask an admin for a link to a new password.")
    platform.login_limit.take(f"address:{address_of(request)}")
    platform.login_limit.take(f"forgotten:{data.email.strip().lower()}")
    await platform.works.run(ask_for_reset, data.email)
    return Done()


@post("/api/v1/password-resets/look", status_code=200)
async def look_at_reset(request: AnyRequest, data: JSONBody[LookAtToken]) -> ResetFor:
    """Say whose password a link is for."""
    platform = platform_of(request)
    platform.login_limit.take(f"address:{address_of(request)}")
    async with platform.works.read() as rows:
        return await find_reset(rows, data.token, platform.works.clock())


@post("/api/v1/password-resets/use", status_code=200)
async def reset(request: AnyRequest, data: JSONBody[UseReset]) -> Response[SignedIn]:
    """Choose a new password, and be signed in; every other session ends."""
    platform = platform_of(request)
    refuse_foreign_origin(request)
    platform.login_limit.take(f"address:{address_of(request)}")
    async with platform.works.read() as rows:
        await find_reset(rows, data.token, platform.works.clock())  # before any time is spent on a password
    password_hash = await hash_password_apart(data.password)
    email = await platform.works.run(use_reset, data.token, password_hash)
    secret, agent = await sign_in(platform.works, email, data.password, request.headers.get("user-agent", ""))
    return await signed_in(request, secret, agent, email)


ROUTES = [own_name, own_password, own_sessions, end_others, end_one, forgotten, look_at_reset, reset]
