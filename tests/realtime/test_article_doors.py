"""Articles over HTTP: written, previewed as readers see them, imported; for admins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.app.knowledge.test_importing import zipped
from tests.realtime.test_routing_doors import said, signed_in
from tests.running import Running

LAMPS: dict[str, Any] = {
    "title": "Lamps & <light>",
    "body": "# Light\n\nThey **shine**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>alert(1)</script>",
    "category": "Care",
    "locale": "en",
    "state": "published",
    "audience": "public",
}
NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server whose articles these tests may change."""
    server = Running(tmp_path_factory.mktemp("articles")).start()
    yield server
    server.stop()


async def test_articles_over_http_are_for_admins(running: Running) -> None:
    doors: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "/api/v1/articles", {}),
        ("POST", "/api/v1/articles", {"json": LAMPS}),
        ("GET", f"/api/v1/articles/{NOBODY}", {}),
        ("PUT", f"/api/v1/articles/{NOBODY}", {"json": LAMPS}),
        ("DELETE", f"/api/v1/articles/{NOBODY}", {}),
        ("POST", "/api/v1/articles/preview", {"json": {"title": "", "body": ""}}),
        ("POST", "/api/v1/articles/import", {"files": {"file": ("a.md", b"Text.")}}),
    ]
    for email in ("ana@example.com", "sam@example.com"):
        async with signed_in(running, email) as http:
            for method, path, body in doors:
                refused = await http.request(method, path, **body)
                assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), (method, path, refused.text)
    async with running.http() as http:
        assert (await http.post("/api/v1/articles", json=LAMPS)).status_code == 401


async def test_the_preview_is_the_page(running: Running) -> None:
    async with signed_in(running, "admin@example.com") as admin:
        shown = await said(await admin.post("/api/v1/articles/preview", json={"title": LAMPS["title"], "body": LAMPS["body"]}))
        written = await said(await admin.post("/api/v1/articles", json=LAMPS), 201)
        page = (await admin.get(written["article"]["path"])).text
        found = re.search(r"<article>.*?</article>", page, re.DOTALL)
        assert found is not None
        assert found.group() == shown["html"]
        assert "alert(1)" not in shown["html"].replace("&lt;", "<").replace("<script>alert(1)", "")
        assert shown["dir"] == "ltr"
        arabic = await said(await admin.post("/api/v1/articles/preview", json={"title": "", "body": "", "locale": "ar"}))
        assert arabic["dir"] == "rtl"
        await said(await admin.delete(f"/api/v1/articles/{written['article']['id']}"))
        assert (await admin.get(written["article"]["path"])).status_code == 404


async def test_an_article_is_written_changed_and_deleted(running: Running) -> None:
    async with signed_in(running, "admin@example.com") as admin:
        written = await said(await admin.post("/api/v1/articles", json={**LAMPS, "title": "Chairs"}), 201)
        path = f"/api/v1/articles/{written['article']['id']}"
        listed = await said(await admin.get("/api/v1/articles", params={"q": "chairs", "state": "published"}))
        assert [one["title"] for one in listed["articles"]] == ["Chairs"]
        changed = await said(await admin.put(path, json={**LAMPS, "title": "Chairs", "state": "draft"}))
        assert (changed["article"]["state"], changed["article"]["edited_by"]) == ("draft", "Ada Admin")
        assert (await admin.get("/help/chairs")).status_code == 404
        stale = {**LAMPS, "seen_at": written["article"]["updated_at"]}
        assert (await admin.put(path, json=stale)).json()["code"] == "conflict"
        for wrong in ({"title": ""}, {"body": "x" * 100_001}, {"locale": "e"}, {"state": "hidden"}, {"more": 1}):
            assert (await admin.put(path, json={**LAMPS, **wrong})).status_code == 400, wrong
        assert (await admin.put(path, json={**LAMPS, "title": "Chairs", "body": "ü" * 100_000})).status_code == 200
        await said(await admin.delete(path))
        assert (await admin.get(path)).status_code == 404


async def test_a_zip_is_looked_at_dry_and_then_imported(running: Running) -> None:
    archive = zipped({"care/rugs.md": "# Rugs\n\nBeat them.", "care/logo.png": b"x"})
    async with signed_in(running, "admin@example.com") as admin:

        async def send(**fields: str) -> dict[str, Any]:
            files = {"file": ("articles.zip", archive)}
            return await said(await admin.post("/api/v1/articles/import", data={"state": "published", **fields}, files=files))

        dry = await send(dry="1")
        assert (dry["is_dry"], dry["created"], dry["refused"]) == (True, 1, 1)
        assert (await admin.get("/help/rugs")).status_code == 404
        done = await send()
        assert done["files"] == [
            {"name": "care/rugs.md", "outcome": "created", "title": "Rugs", "trouble": None, "field": ""},
            {"name": "care/logo.png", "outcome": "refused", "title": "", "trouble": "not_markdown", "field": ""},
        ]
        assert "Beat them." in (await admin.get("/help/rugs")).text
        assert (await send())["unchanged"] == 1
        wrong = await admin.post("/api/v1/articles/import", data={"state": "x"}, files={"file": ("a.md", b"x")})
        assert wrong.status_code == 400
        assert (await admin.post("/api/v1/articles/import", files={"other": ("a.md", b"x")})).status_code == 400


async def page_of(http: httpx.AsyncClient, path: str, status: int = 200, **headers: str) -> str:
    answer = await http.get(path, headers={"Accept": "text/html", **headers})
    assert answer.status_code == status, (path, answer.text[:500])
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


async def test_the_help_centre_wears_its_inboxs_brand_and_leads_to_its_chat(running: Running) -> None:
    async with running.http() as http:
        home = await page_of(http, "/help")
        assert "<title>Juniper &amp; Pine · Help centre</title>" in home
        assert "/help/style.css?accent=0f766e" in home
        assert 'data-chat href="/widget/page?inbox=demo#locale=en"' in home
        assert '<script async src="/widget.js?inbox=demo" data-inbox="demo"' in home
        assert "--accent:#0f766e" in (await http.get("/help/style.css?accent=0f766e")).text
        assert (await http.get("/help/style.css?accent=}x{")).text == (await http.get("/help/style.css")).text
        found = re.search(r'<h2><a href="(/help/c/[a-z-]+)">Shipping</a>', home)
        assert found is not None
        category = await page_of(http, found[1])
        assert "Delivered but not received" in category or "/help/delivered-but-not-received" in category
        article = await page_of(http, "/help/track-your-order")
        assert '<a href="/help/c/orders">Orders</a>' in article
        assert f'<link rel=canonical href="{running.url}/help/track-your-order">' in article
        german = await page_of(http, "/help?inbox=demo&lang=de")
        assert 'lang="de"' in german
        assert "Wie können wir helfen?" in german
        assert "/help/c/orders?inbox=demo&amp;lang=de" in german
        assert "Juniper" in await page_of(http, "/help?inbox=nonsense")
        arabic = await page_of(http, "/help", **{"Accept-Language": "ar,en;q=0.5"})
        assert "dir=rtl" in arabic


async def test_results_are_title_heading_and_the_sentence_that_answers(running: Running) -> None:
    async with running.http() as http:
        found = await page_of(http, "/help/search?q=how long does a refund take")
        results = re.findall(r"<li><a[^>]*>([^<]+)</a>(?:<p class=heading>([^<]+)</p>)?<p dir=auto>([^<]+)</p>", found)
        assert results
        for _title, _heading, sentence in results:
            assert sentence[0].isupper() or sentence[0].isdigit() or not sentence[0].isalpha(), sentence
        assert "No results for" in await page_of(http, "/help/search?q=zzzzqqq")


async def test_search_engines_are_told_what_there_is(running: Running) -> None:
    async with running.http() as http:
        robots = (await http.get("/robots.txt")).text
        assert f"Sitemap: {running.url}/sitemap.xml" in robots
        assert "Disallow: /inbox" in robots
        sitemap = (await http.get("/sitemap.xml")).text
        assert f"<loc>{running.url}/help/track-your-order</loc>" in sitemap
        assert "/docs" not in sitemap


async def test_the_manual_is_a_help_centre_of_its_own_and_out_of_the_shops(running: Running) -> None:
    async with running.http() as http:
        manual = await page_of(http, "/docs")
        assert "<title>Parley · Help centre</title>" in manual
        assert "data-chat" not in manual
        assert "Juniper" not in manual
        assert "Install Parley" in await page_of(http, "/docs/install-parley")
        assert "/docs/back-up-and-restore-parley" in await page_of(http, "/docs/search?q=backup restore")
        assert "Setting up" in await page_of(http, "/docs/c/setting-up")
        await page_of(http, "/docs/nothing", 404)
        await page_of(http, "/docs/c/nothing", 404)
        await page_of(http, "/help/install-parley", 404)
        assert "install-parley" not in await page_of(http, "/help/search?q=install parley on my server")
        assert "Parley" not in (await http.get("/help")).text.replace("window.Parley", "")


async def test_a_vote_is_counted_once_without_script_and_shown_in_the_list(running: Running) -> None:
    async with signed_in(running, "admin@example.com") as admin, running.http() as http:
        assert 'action="/help/gift-cards/vote"' in await page_of(http, "/help/gift-cards")

        async def vote(**fields: str) -> str:
            answer = await http.post("/help/gift-cards/vote", data=fields)
            assert answer.status_code == 303, answer.text
            return await page_of(http, answer.headers["location"])

        async def counted() -> tuple[int, int]:
            (row,) = (await said(await admin.get("/api/v1/articles", params={"q": "gift-cards"})))["articles"]
            return row["helpful"], row["unhelpful"]

        assert "Great!" in await vote(helpful="yes")
        assert "Great!" in await vote(helpful="yes")
        assert await counted() == (1, 0)
        assert "name=reason" in await vote(helpful="no")
        assert "improve this article" in await vote(helpful="no", reason="Do they expire?")
        assert await counted() == (0, 1)
        listed = await said(await admin.get("/api/v1/articles", params={"q": "gift-cards"}))
        article = await said(await admin.get(f"/api/v1/articles/{listed['articles'][0]['id']}"))
        assert [one["text"] for one in article["reasons"]] == ["Do they expire?"]
        foreign = await http.post("/help/gift-cards/vote", data={"helpful": "yes"}, headers={"Origin": "https://evil.example"})
        assert foreign.status_code == 403
        assert await counted() == (0, 1)
        await page_of(http, "/help/nothing", 404)
        assert (await http.post("/help/nothing/vote", data={"helpful": "yes"})).status_code == 404


async def test_an_unknown_address_is_a_page_for_people_and_json_for_programs(running: Running) -> None:
    async with running.http() as http:
        for path, shows in (
            ("/help/nothing", "Article not found"),
            ("/help/c/nothing", "Category not found"),
            ("/help/a/b/c", "Page not found"),
            ("/nothing", "Page not found"),
            ("/docs/a/b", "Page not found"),
            ("/widget/page?inbox=nothing", "Page not found"),
            ("/inbox/assets/nothing.js", "Page not found"),
        ):
            page = await page_of(http, path, 404)
            assert f"<h1>{shows}</h1>" in page, path
            assert "role=search" in page
        assert "Seite nicht gefunden" in await page_of(http, "/nothing", 404, **{"Accept-Language": "de"})
        program = await http.get("/nothing", headers={"Accept": "application/json"})
        assert (program.status_code, program.json()["code"]) == (404, "not_found")
        api = await http.get("/api/v1/nothing", headers={"Accept": "text/html"})
        assert api.json()["code"] == "not_found"


async def test_every_page_has_an_icon(running: Running) -> None:
    async with running.http() as http:
        icon = await http.get("/favicon.ico")
        assert (icon.status_code, icon.headers["content-type"]) == (200, "image/x-icon")
        assert icon.content.startswith(b"\0\0\1\0")
        drawn = await http.get("/favicon.svg")
        assert drawn.headers["content-type"].startswith("image/svg+xml")
        for path, status in (("/help", 200), ("/docs", 200), ("/nothing", 404)):
            assert 'href="/favicon.ico"' in await page_of(http, path, status)


async def test_the_help_centre_leads_back_to_its_inboxs_site_until_the_inbox_is_archived(running: Running) -> None:
    async with signed_in(running, "admin@example.com") as admin, running.http() as http:
        asked = {"name": "Lamps & more", "key": "lamps", "site_url": "https://lamps.example/", "color": "#b45309"}
        inbox = (await said(await admin.post("/api/v1/inboxes", json=asked), 201))["inbox"]
        page = await page_of(http, "/help?inbox=lamps")
        assert '<a href="https://lamps.example/" rel=noopener>Back to Lamps &amp; more</a>' in page
        assert "/help/style.css?accent=b45309" in page
        assert "Juniper" in await page_of(http, "/help")
        await said(await admin.post(f"/api/v1/inboxes/{inbox['id']}/archive"))
        assert "Juniper" in await page_of(http, "/help?inbox=lamps")
