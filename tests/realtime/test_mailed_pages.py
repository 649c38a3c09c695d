"""Links in mails over HTTP: looking changes nothing, an expired one mails a new one, and the token is in no log."""

from __future__ import annotations

import re
from pathlib import Path

import httpx

from tests.running import Running
from tests.servers.smtp import SmtpSink


async def mailed_link(running: Running, smtp_sink: SmtpSink, count: int = 1) -> tuple[str, str]:
    """The path of the link in the newest mail, and the conversation's id."""
    visitor, ana = await running.visitor(), await running.agent()
    started = await visitor.wire.command(
        "conversation.start", body="Where is my lamp?", client_id="c1", fields={"name": "Mia", "email": "mia@example.com"}
    )
    id = started["conversation"]["id"]
    await ana.wire.command("conversation.claim", conversation_id=id)
    await ana.wire.command("message.send", conversation_id=id, client_id="a1", body="It leaves tomorrow.", visibility="public")
    await visitor.wire.close()
    mails = await smtp_sink.wait_for(count)
    (path,) = set(re.findall(r"/chat/[^\s\"<>]+", mails[-1].message.get_body(("plain",)).get_content()))
    return path, id


async def test_a_link_opens_the_page_and_looking_changes_nothing(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    running = Running(tmp_path, smtp_url=smtp_sink.url, mail_fallback_seconds=0.5).start()
    try:
        path, id = await mailed_link(running, smtp_sink)
        async with running.http() as http:
            for _ in range(3):
                looked = await http.get(path)
                assert looked.status_code == 303
            token = path.removeprefix("/chat/")
            assert looked.headers["location"] == f"/widget/page?inbox=demo#link={token}"
            assert (looked.headers["referrer-policy"], looked.headers["cache-control"]) == ("no-referrer", "no-store")
            page = await http.get("/widget/page?inbox=demo")
            assert (page.headers["referrer-policy"], "frame-ancestors 'none'" in page.headers["content-security-policy"]) == (
                "no-referrer",
                True,
            )
        session = await running.open_widget(link_token=token)
        assert ([it["id"] for it in session["conversations"]], session["contact"]["email"]) == ([id], "mia@example.com")
        mine = await running.open_widget(session["visitor_token"])
        assert mine["contact"]["id"] == session["contact"]["id"]
        async with running.http() as http:
            refused = await http.post("/api/v1/widget/sessions", json={"inbox_key": "demo", "link_token": token[:-2] + "xx"})
            assert refused.status_code == 401
            assert (await http.get("/chat/nothing")).status_code == 404
        log = running.log.read_text()
        assert token not in log
        assert "/chat/…" in log
    finally:
        running.stop()


async def test_an_expired_link_offers_a_new_one_and_stopping_takes_a_post(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    given = {"smtp_url": smtp_sink.url, "mail_fallback_seconds": 0.5, "mailed_link_days": 0.00001}
    running = Running(tmp_path, **given).start()
    try:
        path, _ = await mailed_link(running, smtp_sink)
        async with running.http() as http:
            page = await _until_expired(http, path)
            assert "This link has expired" in page.text
            assert "m…@example.com" in page.text
            assert "mia@example.com" not in page.text
            sent = await http.post(path)
            assert (sent.status_code, "sent a new link" in sent.text) == (200, True)
            again = await http.post(path)
            assert (again.status_code, "just sent a new link" in again.text) == (429, True)
            renewed = (await smtp_sink.wait_for(2))[1]
            assert renewed.recipients == ["mia@example.com"]
            stop = str(smtp_sink.mails[0].message["List-Unsubscribe"]).strip("<>").removeprefix(running.url)
            for _ in range(2):
                asked = await http.get(stop)
                assert "Stop mails about this conversation?" in asked.text, "looking stops nothing"
            one_click = await http.post(stop, data={"List-Unsubscribe": "One-Click"})
            assert one_click.status_code == 200
            assert "No more mails" in (await http.get(stop)).text
    finally:
        running.stop()


async def _until_expired(http: httpx.AsyncClient, path: str) -> httpx.Response:
    while (page := await http.get(path)).status_code != 410:
        assert page.status_code == 303
    return page
