"""Articles over HTTP: written, previewed as readers see them, imported; for admins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

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
