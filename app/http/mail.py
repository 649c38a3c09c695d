"""Outgoing mail for admins: its state, a test mail, and what to do with mail that waited too long."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath, JSONBody

from app.contract.bases import Done
from app.contract.mail import MailStatus, MailTested, SettleHeldMail
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.mail.status import discard_mail, mail_status, retry_mail, send_test_mail, settle_held


@get("/api/v1/mail/status")
async def status(request: AnyRequest) -> MailStatus:
    """The mail host, and how many mails have not left. For admins."""
    platform = platform_of(request)
    agent = await agent_of(request)
    async with platform.works.read() as rows:
        return await mail_status(rows, agent, platform.mailer, platform.settings.mail_from, platform.settings.mail_max_age)


@post("/api/v1/mail/test", status_code=200)
async def test(request: AnyRequest) -> MailTested:
    """Send a test mail to the admin's own address and say how the mail host answered. For admins."""
    platform = platform_of(request)
    agent = await agent_of(request)
    platform.login_limit.take(f"mail-test:{agent.id}")
    return await send_test_mail(platform.works, agent, platform.mailer, platform.settings.mail_from)


@post("/api/v1/mail/held", status_code=200)
async def held(request: AnyRequest, data: JSONBody[SettleHeldMail]) -> Done:
    """Send or discard the mail that waited too long for a mail host. For admins."""
    agent = await agent_of(request)
    await platform_of(request).works.run(settle_held, agent, is_sent=data.do == "send")
    return Done()


@post("/api/v1/mail/{mail_id:str}/retry", status_code=200)
async def retry(request: AnyRequest, mail_id: FromPath[str]) -> Done:
    """Send one mail now. For admins."""
    agent = await agent_of(request)
    await platform_of(request).works.run(retry_mail, agent, as_id(mail_id, "mail"))
    return Done()


@post("/api/v1/mail/{mail_id:str}/discard", status_code=200)
async def discard(request: AnyRequest, mail_id: FromPath[str]) -> Done:
    """Never send one mail. For admins."""
    agent = await agent_of(request)
    await platform_of(request).works.run(discard_mail, agent, as_id(mail_id, "mail"))
    return Done()


ROUTES = [status, test, held, retry, discard]
