"""The public form of an inbox over HTTP: bounded, once, with suggestions first, and framed by its own sites alone."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.running import Running

SAID = {"name": "Mia Chen", "email": "mia@example.com", "subject": "Zzyzx qwfp", "body": "Wvut srqp onml."}


def key_of(page: str) -> str:
    found = re.search(r'name=key value="([0-9a-f-]{36})"', page)
    assert found is not None
    return found.group(1)


async def submit(http: httpx.AsyncClient, **said: Any) -> httpx.Response:
    return await http.post("/f/demo", data=SAID | {"checked": "1"} | said)


async def test_a_form_makes_one_ticket_however_often_it_is_sent(running: Running) -> None:
    async with running.http() as http:
        empty = await http.get("/f/demo?lang=de")
        assert (empty.status_code, "Schreiben Sie uns" in empty.text) == (200, True)
        assert "frame-ancestors *" in empty.headers["content-security-policy"]
        key = key_of(empty.text)
        sent = await submit(http, key=key)
        number = re.search(r"number is #(\d+)", sent.text)
        assert (sent.status_code, number is not None, "mia@example.com" in sent.text) == (200, True, True)
        again = await submit(http, key=key)
        assert number is not None
        assert f"#{number.group(1)}." in again.text
        other = await submit(http, key=key_of((await http.get("/f/demo")).text))
        assert f"#{int(number.group(1)) + 1}." in other.text
        assert (await http.get("/f/nowhere")).status_code == 404


async def test_what_is_wrong_is_said_and_what_was_written_stays(running: Running) -> None:
    async with running.http() as http:
        for said, words in (
            ({"email": "nobody"}, "Enter an email address"),
            ({"subject": "  "}, "Fill in: Subject."),
            ({"website": "http://spam.example"}, "Leave the field"),
        ):
            refused = await submit(http, key="no-key", **said)
            assert (refused.status_code, words in refused.text, "Wvut srqp onml." in refused.text) == (400, True, True)
        hostile = await submit(http, name="<script>alert(1)</script>", email="x")
        assert "<script>" not in hostile.text


async def test_articles_that_may_answer_come_first_and_sending_anyway_sends(running: Running) -> None:
    async with running.http() as http:
        key = key_of((await http.get("/f/demo")).text)
        asked = {"subject": "Return a parcel", "body": "How can I return an item and get my money back?", "key": key}
        first = await http.post("/f/demo", data=SAID | asked)
        assert first.status_code == 200
        if "name=checked" in first.text:
            assert "/help/" in first.text
            assert key_of(first.text) == key
            first = await http.post("/f/demo", data=SAID | asked | {"checked": "1"})
        assert "Your number is #" in first.text


async def test_an_inbox_may_do_without_its_form(running: Running) -> None:
    cookies = {"parley_session": await running.sign_in("admin@example.com")}
    async with running.http(cookies=cookies) as admin, running.http() as http:
        made = await admin.post("/api/v1/inboxes", json={"name": "No form", "channel": "chat", "has_web_form": False})
        inbox = made.json()["inbox"]
        address = f"/f/{inbox['key']}"
        closed = await http.get(address)
        assert (closed.status_code, "This form is closed" in closed.text) == (410, True)
        assert (await http.post(address, data=SAID | {"checked": "1", "key": "no-key"})).status_code == 410
        assert address not in (await http.get(f"/help?inbox={inbox['key']}")).text
        changed = await admin.put(f"/api/v1/inboxes/{inbox['id']}", json={"name": "No form", "channel": "chat"})
        assert changed.json()["inbox"]["has_web_form"] is True
        assert (await http.get(address)).status_code == 200
        assert address in (await http.get(f"/help?inbox={inbox['key']}")).text
