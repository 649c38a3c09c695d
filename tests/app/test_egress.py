"""B20: the outgoing client reaches the open internet and what an admin allows, whatever an address looks like."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from app.egress import Address, Egress, Unreachable, is_public, read_allowed
from app.errors import Invalid
from tests.servers.sites import SILENCE, site


def moved_to(url: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n".encode()


async def refusal(egress: Egress, url: str, **bounds: float) -> str:
    with pytest.raises(Unreachable) as refused:
        await egress.get(url, **bounds)  # pyright: ignore[reportArgumentType]
    return refused.value.reason


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0",
        "localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "100.64.0.1",
        "192.168.0.1",
        "224.0.0.1",
    ],
)
async def test_b20_no_spelling_of_a_private_address_is_reached(host: str) -> None:
    with site() as inside:
        assert await refusal(Egress(), f"http://{host}:{inside.port}/") == "private"
        assert inside.asked == []


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com", "file:///etc/passwd", "http://", "http://a b/", "http://me:secret@example.com", "http://[::1", "x"],
)
async def test_b20_what_is_no_web_address_is_not_asked(url: str) -> None:
    assert await refusal(Egress(), url) == "address"


async def test_an_admin_may_allow_a_host_with_its_port_or_a_network() -> None:
    with site() as inside:
        for allowed in (f"localhost:{inside.port}", "127.0.0.0/8, ::1/128", f"10.0.0.0/8,localhost:{inside.port}"):
            assert (await Egress(allowed).get(f"http://localhost:{inside.port}/")).body == b"hello"
        for other in (f"localhost:{inside.port + 1}", "10.0.0.0/8", f"127.0.0.1:{inside.port}"):
            assert await refusal(Egress(other), f"http://localhost:{inside.port}/") == "private"


async def test_b20_each_redirect_is_checked() -> None:
    with site() as secret, site(away=moved_to("/here"), inside=moved_to(f"http://127.0.0.1:{secret.port}/")) as shop:
        shop.answers["/cloud"] = moved_to("http://169.254.169.254/latest/meta-data/")
        shop.answers["/file"] = moved_to("file:///etc/passwd")
        shop.answers["/round"] = moved_to("/round")
        egress, at = Egress(f"localhost:{shop.port}"), f"http://localhost:{shop.port}"
        fetched = await egress.get(f"{at}/away")
        assert (fetched.url, fetched.body) == (f"{at}/here", b"hello")
        assert [await refusal(egress, f"{at}/{path}") for path in ("inside", "cloud", "file", "round")] == [
            "private",
            "private",
            "address",
            "too_many_redirects",
        ]
        assert secret.asked == []


async def test_b20_a_name_that_changes_its_mind_is_asked_once() -> None:
    answers: list[Address] = [ip_address("127.0.0.2"), ip_address("127.0.0.1")]
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [answers[min(len(asked), 2) - 1]]

    with site("127.0.0.2") as shop, site(port=shop.port) as secret:
        egress = Egress("127.0.0.2/32", resolve=rebinding)
        assert (await egress.get(f"http://shop.test:{shop.port}/")).body == b"hello"
        assert (asked, shop.asked) == (["shop.test"], [f"shop.test:{shop.port}"])
        assert await refusal(egress, f"http://shop.test:{shop.port}/") == "private"
        assert secret.asked == []


async def test_a_name_with_one_private_address_among_public_ones_is_private() -> None:
    async def both(host: str, port: int) -> list[Address]:
        return [ip_address("8.8.8.8"), ip_address("10.0.0.1")]

    assert await refusal(Egress(resolve=both), "http://shop.test/") == "private"


async def test_size_and_time_are_bounded() -> None:
    with site(endless=b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 300_000, silent=SILENCE, nonsense=b"SSH-2.0-OpenSSH\r\n\r\n") as shop:
        egress, at = Egress("127.0.0.0/8"), f"http://127.0.0.1:{shop.port}"
        fetched = await egress.get(f"{at}/endless", max_bytes=1000)
        assert (len(fetched.body), fetched.is_cut) == (1000, True)
        assert await refusal(egress, f"{at}/silent", within=0.1) == "too_slow"
        assert await refusal(egress, f"{at}/nonsense") == "no_connection"
        assert await refusal(egress, f"https://127.0.0.1:{shop.port}/") in {"tls", "no_connection"}
    assert await refusal(egress, at) == "no_connection"


def test_public_addresses_are_public() -> None:
    for public in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"):
        assert is_public(ip_address(public)), public


@pytest.mark.parametrize("text", ["localhost", "10.0.0.0/33", "host:0", "host:99999", ":80", "10.0.0.1/8"])
def test_a_setting_that_cannot_be_read_says_so(text: str) -> None:
    with pytest.raises(Invalid, match="PARLEY_EGRESS_ALLOWED"):
        read_allowed(text)
