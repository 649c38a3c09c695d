"""Plain HTTP: who may open which door, what wrong requests are told, and how files and words are served."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.running import PASSWORD, Running

MISSING = "00000000-0000-7000-8000-000000000000"
SCRIPTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    '"><svg/onload=alert(1)>',
    "</title><script>",
]


@pytest.fixture
async def anybody(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with running.http() as http:
        yield http


@pytest.fixture
async def ana(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    cookie = await running.sign_in("ana@example.com")
    async with running.http(cookies={"parley_session": cookie}) as http:
        yield http


@pytest.fixture
async def admin(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    cookie = await running.sign_in("admin@example.com")
    async with running.http(cookies={"parley_session": cookie}) as http:
        yield http


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def is_refusal(response: httpx.Response, status: int, code: str) -> bool:
    """One shape for every refusal, and nothing of our insides in it."""
    body = response.json()
    assert "Traceback" not in response.text
    assert 'File "' not in response.text
    assert (response.status_code, body["ok"], body["code"]) == (status, False, code), response.text
    return bool(body["detail"])


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ana@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("", ""),
        ("ana@example.com\x00", "wrong"),
        ("%", "' OR 1=1 --"),
    ],
)
async def test_a_wrong_sign_in_says_nothing_but_that(anybody: httpx.AsyncClient, email: str, password: str) -> None:
    response = await anybody.post("/api/v1/login", json={"email": email, "password": password})
    assert is_refusal(response, 401, "unauthenticated")
    assert response.json()["detail"] == "Wrong email or password."
    assert "set-cookie" not in response.headers


async def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(anybody: httpx.AsyncClient) -> None:
    response = await anybody.post("/api/v1/login", json={"email": "ana@example.com", "password": PASSWORD})
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "password" not in response.text


async def test_b33_a_foreign_page_can_neither_sign_in_nor_act(running: Running, ana: httpx.AsyncClient) -> None:
    foreign = {"Origin": "https://evil.example.com"}
    credentials = {"email": "ana@example.com", "password": PASSWORD}
    assert is_refusal(await ana.post("/api/v1/login", json=credentials, headers=foreign), 403, "forbidden")
    assert is_refusal(await ana.post("/api/v1/logout", headers=foreign), 403, "forbidden")
    assert is_refusal(await ana.post("/api/v1/attachments", files={"file": ("a.txt", b"x")}, headers=foreign), 403, "forbidden")
    assert (await ana.get("/api/v1/me", headers=foreign)).headers.get("access-control-allow-origin") is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"email": 1, "password": "x"}',
        b'{"email": "a", "password": "b", "admin": true}',
        b"\xff\xfe",
        b"[" * 20_000,
        b'{"email": "' + b"x" * 300 + b'", "password": "x"}',
    ],
    ids=["nothing", "half", "a list", "null", "wrong types", "too much", "not UTF-8", "deep", "too long"],
)
async def test_a_body_that_does_not_fit_is_refused_in_a_sentence(anybody: httpx.AsyncClient, body: bytes) -> None:
    response = await anybody.post("/api/v1/login", content=body, headers={"Content-Type": "application/json"})
    assert is_refusal(response, 400, "invalid")


async def test_a_huge_body_is_not_read(anybody: httpx.AsyncClient) -> None:
    for path in ("/api/v1/login", "/api/v1/widget/sessions"):
        response = await anybody.post(path, content=b'{"email": "' + b"x" * 200_000, headers={"Content-Type": "application/json"})
        assert is_refusal(response, 413, "too_large")


async def test_what_is_not_there_is_said_in_the_same_shape(anybody: httpx.AsyncClient, ana: httpx.AsyncClient) -> None:
    assert is_refusal(await anybody.get("/api/v1/nothing"), 404, "not_found")
    assert is_refusal(await anybody.get("/nothing"), 404, "not_found")
    assert is_refusal(await anybody.delete("/api/v1/login"), 405, "invalid")
    assert is_refusal(await ana.get("/api/v1/attachments/../../etc/passwd"), 404, "not_found")
    for id in (MISSING, "x", "x%00", "1 OR 1=1", "..%2f..%2fetc%2fpasswd"):
        assert is_refusal(await ana.get(f"/api/v1/attachments/{id}"), 404, "not_found")
    assert is_refusal(await ana.get("/api/v1/contacts/x/conversations"), 404, "not_found")
    assert (await ana.get(f"/api/v1/contacts/{MISSING}/conversations")).json()["conversations"] == []


async def test_lists_take_only_what_they_know(ana: httpx.AsyncClient) -> None:
    for query in ("view=everything", "category=x", "limit=many", "after=yesterday%00", "q=" + "x" * 201):
        assert is_refusal(await ana.get(f"/api/v1/conversations?{query}"), 400, "invalid"), query
    for query in ("after=x", "after=%C2%B2", "after=" + "9" * 40):
        assert is_refusal(await ana.get(f"/api/v1/tickets?{query}"), 400, "invalid"), query
    for query in (
        "order=x",
        "topic=" + "x" * 61,
        "after=x",
        "limit=many",
        "team_id=x",
    ):
        answer = await ana.get(f"/api/v1/tickets/list?{query}")
        assert answer.status_code in (400, 404), query
    assert (await ana.get("/api/v1/tickets/list?order=priority,-number&q=%00%25_")).json()["conversations"] == []
    assert (await ana.get("/api/v1/tickets/count?category=resolved")).json()["count"] >= 0
    assert is_refusal(await ana.get("/api/v1/tickets/lists"), 404, "not_found")
    assert (await ana.get("/api/v1/conversations?q=%00%25_")).status_code == 200


async def test_only_admins_add_people(ana: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    person = {"name": "New", "email": "new@example.com", "password": "long enough"}
    assert is_refusal(await ana.post("/api/v1/agents", json=person), 403, "forbidden")
    assert is_refusal(await ana.post("/api/v1/teams", json={"name": "New"}), 403, "forbidden")
    created = await admin.post("/api/v1/agents", json=person)
    assert (created.status_code, created.json()["agent"]["role"]) == (201, "agent")
    assert is_refusal(await admin.post("/api/v1/agents", json=person), 409, "conflict")
    assert is_refusal(
        await admin.post("/api/v1/agents", json=person | {"email": "b@example.com", "role": "root"}), 400, "invalid"
    )
    assert is_refusal(
        await admin.post("/api/v1/agents", json=person | {"email": "c@example.com", "password": "short"}), 400, "invalid"
    )
    team = {"email": "d@example.com", "team_ids": [MISSING]}
    assert is_refusal(await admin.post("/api/v1/agents", json=person | team), 404, "not_found")


async def test_setting_up_is_over(anybody: httpx.AsyncClient) -> None:
    assert (await anybody.get("/api/v1/setup")).json()["is_needed"] is False
    body = {"setup_code": "guess", "name": "Eve", "email": "eve@example.com", "password": "long enough"}
    assert is_refusal(await anybody.post("/api/v1/setup", json=body), 403, "forbidden")


async def test_a_widget_of_no_inbox_does_not_open(anybody: httpx.AsyncClient) -> None:
    for key, status, code in (
        ("nope", 404, "not_found"),
        ("x\x00", 404, "not_found"),
        ("x" * 65, 400, "invalid"),
        ("", 400, "invalid"),
    ):
        assert is_refusal(await anybody.post("/api/v1/widget/sessions", json={"inbox_key": key}), status, code)
    for key in ("%00", "x" * 5000):
        assert is_refusal(await anybody.get(f"/widget/frame?inbox={key}"), 404, "not_found")
    assert is_refusal(await anybody.get("/widget/near?inbox=nope"), 404, "not_found")


async def test_a_forged_visitor_token_makes_a_new_visitor(running: Running) -> None:
    mine = await running.open_widget()
    head, _, signature = mine["visitor_token"].rpartition(".")
    for token in (head + "." + signature[::-1], "pv1.x", "x" * 500, "\x00", ""):
        assert (await running.open_widget(token))["contact"]["id"] != mine["contact"]["id"]
    assert (await running.open_widget(mine["visitor_token"]))["contact"]["id"] == mine["contact"]["id"]


async def test_a_forged_identity_is_refused(anybody: httpx.AsyncClient) -> None:
    body = {"inbox_key": "demo", "identity_token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."}
    assert is_refusal(await anybody.post("/api/v1/widget/sessions", json=body), 401, "unauthenticated")


async def test_b16_scripts_are_stored_as_written_and_served_as_json_that_nothing_sniffs(
    running: Running, anybody: httpx.AsyncClient, ana: httpx.AsyncClient
) -> None:
    visitor, agent = await running.visitor(), await running.agent()
    fields = {"name": SCRIPTS[0], "email": "x@example.com"}
    started = await visitor.wire.ask("conversation.start", client_id="k", body="Hello", fields=fields)
    id = started["conversation"]["id"]
    for number, script in enumerate(SCRIPTS):
        said = await visitor.wire.ask("message.send", client_id=f"x{number}", conversation_id=id, body=script)
        assert said["message"]["body"] == script
    ticket = await agent.wire.ask("ticket.open", conversation_id=id, title=SCRIPTS[3])
    assert ticket["ticket"]["title"] == SCRIPTS[3]
    listed = await ana.get("/api/v1/conversations", params={"limit": 200})
    tickets = await ana.get("/api/v1/tickets")
    session = await anybody.post("/api/v1/widget/sessions", json={"inbox_key": "demo", "visitor_token": visitor.token})
    for response in (listed, tickets, session):
        assert response.headers["content-type"].split(";")[0] == "application/json"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert response.headers["cache-control"] == "no-store"
    (row,) = [row for row in listed.json()["conversations"] if row["id"] == id]
    assert (row["contact"]["name"], row["preview"]) == (SCRIPTS[0], SCRIPTS[-1])
    assert SCRIPTS[3] in [ticket["title"] for ticket in tickets.json()["tickets"]]


async def upload(http: httpx.AsyncClient, token: str, name: str, data: bytes) -> Any:
    response = await http.post("/api/v1/attachments", files={"file": (name, data, "image/png")}, headers=bearer(token))
    assert response.status_code == 201, response.text
    return response.json()["attachment"]


async def test_b17_what_could_run_is_a_download(running: Running, anybody: httpx.AsyncClient) -> None:
    token = (await running.open_widget())["visitor_token"]
    for name, data in (
        ("page.html", b"<!doctype html><script>alert(1)</script>"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("picture.png", b"<script>alert(1)</script>"),
        ("x.pdf", b"%PDF-1.7"),
    ):
        file = await upload(anybody, token, name, data)
        response = await anybody.get(file["url"], headers=bearer(token))
        assert response.headers["content-disposition"].startswith("attachment;")
        assert response.headers["content-type"].split(";")[0] in ("text/plain", "application/pdf")
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert response.content == data


async def test_a_picture_is_shown_in_place_and_nobody_elses(
    running: Running, anybody: httpx.AsyncClient, ana: httpx.AsyncClient
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 10)).save(out, "PNG")
    mia, ole = (await running.open_widget())["visitor_token"], (await running.open_widget())["visitor_token"]
    file = await upload(anybody, mia, "../..\\p\r\nX-Evil: 1\u202e.png", out.getvalue())
    assert (file["content_type"], file["width"], file["height"]) == ("image/png", 20, 10)
    assert file["name"] == "p X-Evil: 1.png"
    shown = await anybody.get(file["url"], headers=bearer(mia))
    assert shown.headers["content-disposition"].startswith("inline;")
    assert "x-evil" not in shown.headers
    for stranger in (anybody.get(file["url"], headers=bearer(ole)), ana.get(file["url"])):
        assert is_refusal(await stranger, 404, "not_found")
    assert is_refusal(await anybody.get(file["url"]), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "multipart/form-data; boundary=x", 400),
        (b"nonsense", "multipart/form-data; boundary=x", 400),
        (b"nonsense", "multipart/form-data", 400),
        (b"{}", "application/json", 400),
        (b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--x--\r\n', "multipart/form-data; boundary=x", 400),
        (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nwords\r\n--x--\r\n', "multipart/form-data; boundary=x", 400),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            400,
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nnever ends',
            "multipart/form-data; boundary=x",
            400,
        ),
    ],
    ids=["nothing", "nonsense", "no boundary", "json", "another field", "no file", "empty", "no end"],
)
async def test_an_upload_that_is_none(
    running: Running, anybody: httpx.AsyncClient, content: bytes, content_type: str, status: int
) -> None:
    token = (await running.open_widget())["visitor_token"]
    response = await anybody.post("/api/v1/attachments", content=content, headers=bearer(token) | {"Content-Type": content_type})
    assert is_refusal(response, status, "invalid")


async def test_an_upload_over_the_limit_is_refused_with_and_without_a_length(
    running: Running, anybody: httpx.AsyncClient
) -> None:
    token = (await running.open_widget())["visitor_token"]
    ten_mb = 10 * 1024 * 1024
    response = await anybody.post("/api/v1/attachments", files={"file": ("a", b"x" * (ten_mb + 1))}, headers=bearer(token))
    assert is_refusal(response, 413, "too_large")

    async def chunks() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(11):
            yield b"x" * (1024 * 1024)
        yield b"\r\n--x--\r\n"

    headers = bearer(token) | {"Content-Type": "multipart/form-data; boundary=x"}
    assert is_refusal(await anybody.post("/api/v1/attachments", content=chunks(), headers=headers), 413, "too_large")


async def test_alive_ready_and_measured(anybody: httpx.AsyncClient) -> None:
    assert (await anybody.get("/health/live")).text == "ok"
    assert (await anybody.get("/health/ready")).text == "ready"
    metrics = await anybody.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "parley_commands_total" in metrics.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_figures_are_not_for_requests_that_a_proxy_passed_on(anybody: httpx.AsyncClient, header: str) -> None:
    for said in ("127.0.0.1", "203.0.113.7"):
        for path in ("/metrics", "/metrics/"):
            assert (await anybody.get(path, headers={header: said})).status_code == 404
        ready = (await anybody.get("/health/ready", headers={header: said})).text
        assert ready == (
            "ready, degraded: the proxy at 127.0.0.1 is not in PARLEY_TRUSTED_PROXIES, so all its clients share one limit"
        )


async def test_every_answer_has_a_number_and_keeps_browsers_careful(anybody: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/api/v1/nothing", "/inbox", "/api/v1/setup"):
        headers = (await anybody.get(path)).headers
        assert path.endswith("nothing") or len(headers["x-request-id"]) == 36, path
        assert headers["x-content-type-options"] == "nosniff"
        assert "content-security-policy" in headers
        assert "server" not in headers


async def test_answers_above_a_kilobyte_travel_compressed(ana: httpx.AsyncClient) -> None:
    plain = await ana.get("/api/v1/schema/openapi.json", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for accepted, encoding in (("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip")):
        async with ana.stream("GET", "/api/v1/schema/openapi.json", headers={"Accept-Encoding": accepted}) as response:
            raw = b"".join([part async for part in response.aiter_raw()])
        assert response.headers["content-encoding"] == encoding
        assert "accept-encoding" in response.headers["vary"].lower()
        assert len(raw) == int(response.headers["content-length"]) < len(plain.content) / 4
    assert (await ana.get("/api/v1/schema/openapi.json")).json() == plain.json()
    small = await ana.get("/health/live", headers={"Accept-Encoding": "br"})
    assert "content-encoding" not in small.headers
