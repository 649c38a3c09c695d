"""Too much at once is refused with the moment to come back, and costs nobody else anything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
import websockets

from tests.running import PASSWORD, Running

TOKEN = "a-token-for-figures"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that allows little."""
    server = Running(
        tmp_path_factory.mktemp("strict"), message_rate=2, login_rate=0.01, widget_rate=3, sockets_per_address=30
    ).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server behind a proxy on this machine."""
    folder = tmp_path_factory.mktemp("known")
    server = Running(folder, login_rate=0.01, widget_rate=1, trusted_proxies="127.0.0.1/32", metrics_token=TOKEN).start()
    yield server
    server.stop()


async def test_a_flood_of_messages_is_told_when_to_come_back(strict: Running) -> None:
    flooder, other = await strict.visitor(), await strict.visitor()
    id = (await flooder.wire.ask("conversation.start", client_id="k", body="Hello"))["conversation"]["id"]
    began = time.monotonic()
    replies = [await flooder.wire.command("message.send", client_id=f"m{n}", conversation_id=id, body=f"{n}") for n in range(25)]
    took = time.monotonic() - began
    passed = [reply for reply in replies if reply["ok"]]
    refused = [reply for reply in replies if not reply["ok"]]
    assert 11 <= len(passed) <= 12 + 2 * took, "a burst of six seconds' worth, less the first, and two a second besides"
    assert {reply["code"] for reply in refused} == {"rate_limited"}
    assert all(0 < reply["retry_seconds"] <= 0.5 for reply in refused)
    assert (await other.wire.ask("conversation.start", client_id="k", body="Hello"))["ok"]
    await asyncio.sleep(refused[-1]["retry_seconds"])
    again = await flooder.wire.ask("message.send", client_id="m24", conversation_id=id, body="24")
    assert again["message"]["body"] == "24", "whoever waits as told is served"


async def test_one_socket_too_many_is_told_when_to_come_back(strict: Running) -> None:
    url = strict.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    held = [await websockets.connect(url, compression=None, proxy=None) for _ in range(30)]
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(url, compression=None, proxy=None)
    assert refused.value.response.status_code == 429
    assert int(refused.value.response.headers["Retry-After"]) >= 1
    for socket in held:
        await socket.close()


async def test_reading_on_is_not_held_up_by_writing_too_much(strict: Running) -> None:
    visitor = await strict.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="k", body="Hello"))["conversation"]["id"]
    for n in range(15):
        await visitor.wire.command("message.send", client_id=f"r{n}", conversation_id=id, body="x")
    assert (await visitor.wire.ask("conversation.sync", conversation_id=id, after_seq=0))["is_complete"]
    assert (await visitor.wire.ask("conversation.read", conversation_id=id, seq=1))["ok"]


async def test_a_flood_of_typing_is_refused_and_the_line_stays(strict: Running) -> None:
    visitor = await strict.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="k", body="Hello"))["conversation"]["id"]
    replies = [await visitor.wire.command("typing.set", conversation_id=id, typing=True) for _ in range(60)]
    assert {reply.get("code") for reply in replies} == {None, "rate_limited"}
    assert not visitor.wire.is_closed.is_set()


async def test_guessing_passwords_is_slow(strict: Running) -> None:
    async with strict.http() as http:
        answers = [
            await http.post("/api/v1/login", json={"email": "ana@example.com", "password": f"guess {n}"}) for n in range(12)
        ]
        assert [answer.status_code for answer in answers[:10]] == [401] * 10
        last = answers[-1]
        assert (last.status_code, last.json()["code"]) == (429, "rate_limited")
        assert int(last.headers["retry-after"]) >= 1
        right = await http.post("/api/v1/login", json={"email": "ana@example.com", "password": PASSWORD})
        assert right.status_code == 429, "not even the right one tells them anything now"


async def test_b35_a_browser_that_signed_in_before_signs_in_whatever_strangers_guess(known: Running) -> None:
    """Two networks behind one proxy, and everybody at the same account."""
    ana, guess = {"email": "ana@example.com", "password": PASSWORD}, {"email": "ana@example.com", "password": "a guess"}
    office, elsewhere = {"X-Forwarded-For": "2001:db8:1:2::3"}, {"X-Forwarded-For": "203.0.113.7"}
    async with known.http() as browser, known.http() as stranger:
        first = await browser.post("/api/v1/login", json=ana, headers=office)
        assert first.status_code == 200
        assert "parley_device" in first.cookies
        guesses = [
            await stranger.post("/api/v1/login", json=guess, headers={"X-Forwarded-For": f"2001:db8:1:2::{n + 10:x}"})
            for n in range(12)  # each from another address of the same network
        ]
        assert guesses[-1].status_code == 429
        await browser.post("/api/v1/logout")
        assert (await browser.post("/api/v1/login", json=ana, headers=office)).status_code == 200
        assert (await stranger.post("/api/v1/login", json=ana, headers=elsewhere)).status_code == 200


async def test_b31_a_second_line_of_the_header_makes_nobody_new(known: Running) -> None:
    statuses: list[int] = []
    async with known.http() as http:
        for n in range(45):
            lines = [("X-Forwarded-For", f"198.51.100.{n}"), ("X-Forwarded-For", "203.0.113.99")]
            answer = await http.post("/api/v1/widget/sessions", json={"inbox_key": "demo"}, headers=lines)
            statuses.append(answer.status_code)
    assert 429 in statuses


async def test_with_a_token_figures_are_for_who_bears_it(known: Running) -> None:
    async with known.http() as http:
        for authorization in ("", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer " + TOKEN[:-1]):
            assert (await http.get("/metrics", headers={"Authorization": authorization})).status_code == 404
        right = {"Authorization": f"Bearer {TOKEN}"}
        assert "parley_commands_total" in (await http.get("/metrics", headers=right)).text
        assert (await http.get("/metrics", headers={**right, "X-Forwarded-For": "203.0.113.7"})).status_code == 200
        assert (await http.get("/health/ready", headers={"X-Forwarded-For": "203.0.113.7"})).text == "ready"


async def test_opening_widgets_without_end_is_refused(strict: Running) -> None:
    began = time.monotonic()
    async with strict.http() as http:
        statuses = [(await http.post("/api/v1/widget/sessions", json={"inbox_key": "demo"})).status_code for _ in range(45)]
    assert statuses.count(200) <= 30 + 3 * (time.monotonic() - began), "thirty at once, and three a second besides"
    assert set(statuses) <= {200, 429}


async def test_files_without_end_are_refused_whatever_token_sends_them(known: Running) -> None:
    """600 of 600 once passed from one address: a token costs nothing, so each file had one of its own."""
    from_here = {"X-Forwarded-For": "198.51.100.77"}
    tokens = [(await known.open_widget())["visitor_token"] for _ in range(2)]
    async with known.http(headers=from_here) as http:
        statuses = [
            (
                await http.post(
                    "/api/v1/attachments",
                    files={"file": (f"{n}.txt", b"words")},
                    headers={"Authorization": f"Bearer {tokens[n % 2]}"},
                )
            ).status_code
            for n in range(40)
        ]
    assert statuses.count(201) + statuses.count(200) in range(30, 36)
    assert statuses[-1] == 429


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server behind TLS with little room for files."""
    folder = tmp_path_factory.mktemp("small")
    server = Running(folder, files_max_bytes=100_000, public_url="https://support.example.com").start()
    yield server
    server.stop()


async def test_a_file_over_the_quota_is_refused_with_507_in_words(small: Running) -> None:
    token = (await small.open_widget())["visitor_token"]
    async with small.http(headers={"Authorization": f"Bearer {token}"}) as http:
        answer = await http.post("/api/v1/attachments", files={"file": ("a.txt", b"x" * 200_000)})
        assert (answer.status_code, answer.json()["code"]) == (507, "unavailable")
        assert answer.json()["detail"] == "There is no room for files at the moment. Send your message without the file."
        assert (await http.post("/api/v1/attachments", files={"file": ("a.txt", b"x" * 2_000)})).status_code == 201


async def test_over_tls_cookies_are_this_hosts_alone(small: Running) -> None:
    """With the prefix a browser takes them from this very host over TLS only, and another host cannot set them."""
    async with small.http() as http:
        answer = await http.post("/api/v1/login", json={"email": "ana@example.com", "password": PASSWORD})
    kept = answer.headers.get_list("set-cookie")
    assert sorted(line.partition("=")[0] for line in kept) == ["__Host-parley_device", "__Host-parley_session"]
    for line in kept:
        assert {"Path=/", "Secure", "HttpOnly"} <= {part.strip() for part in line.split(";")}
        assert "domain" not in line.lower()
    session = next(line.partition("=")[2].partition(";")[0] for line in kept if "session" in line)
    async with small.http(headers={"Cookie": f"parley_session=made-up; __Host-parley_session={session}"}) as http:
        assert (await http.get("/api/v1/me")).status_code == 200
        gone = (await http.post("/api/v1/logout")).headers.get_list("set-cookie")
    assert any(line.startswith("__Host-parley_session=;") or '__Host-parley_session=""' in line for line in gone), gone
