"""Origins of other people's pages, cookies of nobody's browser: nothing comes of them."""

from __future__ import annotations

import pytest

from realtime.handshake import is_allowed_origin, session_secret

OURS = "https://help.example.com"
ORIGINS = frozenset({OURS, "https://inbox.example.com"})
STRANGERS = [
    None,
    "",
    "null",
    "*",
    "https://",
    "https://evil.example",
    "http://help.example.com",
    "https://help.example.com.",
    "https://help.example.com/",
    "https://help.example.com:443",
    "https://help.example.com:8443",
    "https://help.example.com.evil.example",
    "https://evil.example/https://help.example.com",
    "https://evil.example#https://help.example.com",
    "https://evil.example?https://help.example.com",
    "https://help.example.com@evil.example",
    "https://evil.example\\@help.example.com",
    "https://sub.help.example.com",
    "https://xhelp.example.com",
    "https://helpxexample.com",
    "https://HELP.example.com",
    "HTTPS://help.example.com",
    " https://help.example.com",
    "https://help.example.com ",
    "https://help.example.com\t",
    "https://help.example.com\x00",
    "https://help.example.com,https://evil.example",
    "https://evil.example https://help.example.com",
    "https://help.ехample.com",
    "https://hеlp.example.com",
    "wss://help.example.com",
    "file://help.example.com",
    "chrome-extension://help.example.com",
    "javascript://help.example.com",
    "data:text/html,https://help.example.com",
    "blob:https://help.example.com",
    "//help.example.com",
    "help.example.com",
    "https:help.example.com",
    "https:///help.example.com",
]


@pytest.mark.parametrize("origin", STRANGERS)
@pytest.mark.parametrize("host", [None, "other.example.com"])
def test_b7_a_page_of_another_origin_cannot_borrow_an_agents_session(origin: str | None, host: str | None) -> None:
    assert not is_allowed_origin(origin, host, ORIGINS)


@pytest.mark.parametrize(
    ("origin", "host"),
    [(OURS, None), ("https://inbox.example.com", "x"), ("https://node-1.local:8000", "node-1.local:8000"), ("http://a", "a")],
)
def test_our_own_pages_may(origin: str, host: str | None) -> None:
    assert is_allowed_origin(origin, host, ORIGINS)


@pytest.mark.parametrize(
    "cookies",
    [
        "",
        ";",
        "=",
        "parley_session",
        "x=1; y",
        "\x00",
        "parley_session=",
        'parley_session="',
        "é=ü",
        "a" * 5000,
        ";" * 5000,
        "[]=1",
    ],
)
def test_a_cookie_header_of_nonsense_is_no_session(cookies: str) -> None:
    assert not session_secret(cookies)
