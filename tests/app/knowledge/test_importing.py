"""Imports: what a file becomes, what is refused and why, and archives that would fill the memory."""

from __future__ import annotations

import io
import stat
import tracemalloc
import zipfile
from collections.abc import Mapping

import pytest
from sqlalchemy import func, select

from app.contract.articles import SaveArticle
from app.errors import Forbidden, Invalid, TooLarge
from app.knowledge.article_edits import create_article
from app.knowledge.article_import import (
    MAX_FILE_BYTES,
    MAX_FILES,
    ImportDefaults,
    ImportedFile,
    import_batch,
    read_upload,
)
from app.work import Works
from models import Activity, Article
from tests.app.knowledge.test_editing import signed_in

PLAIN = ImportDefaults()
REFUND = "---\ntitle: Refunds\nslug: refunds\ncategory: Orders\nstate: published\naudience: internal\n---\nWithin a week.\n"


def zipped(files: Mapping[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def read(files: Mapping[str, str | bytes], defaults: ImportDefaults = PLAIN) -> dict[str, ImportedFile]:
    return {file.name: file for file in read_upload([("articles.zip", zipped(files))], defaults)}


def test_a_file_says_everything_in_its_front_matter():
    (file,) = read({"refunds.md": REFUND}).values()
    assert file.draft is not None
    assert (file.draft.title, file.draft.slug, file.draft.category, file.draft.visibility, file.draft.body, file.state) == (
        "Refunds", "refunds", "Orders", "internal", "Within a week.", "published",
    )  # fmt: skip


def test_a_bare_file_takes_its_heading_its_name_and_its_folder():
    files = read(
        {
            "help/getting-started/first-steps.md": "# First steps!\n\nBegin.",
            "gift-cards.markdown": '---\ntitle: "Gift cards"\nlang: de\ndraft: true\n---\nSie verfallen nie.',
            "returns/index.md": "Send it back.",
        },
        ImportDefaults(category="Other", state="published"),
    )
    drafts = [(file.draft, file.state) for file in files.values() if file.draft]
    assert [(one.title, one.slug, one.category, one.locale, one.body, state) for one, state in drafts] == [
        ("First steps!", "first-steps", "Getting started", "en", "Begin.", None),
        ("Gift cards", "gift-cards", "Other", "de", "Sie verfallen nie.", "draft"),
        ("Returns", "returns", "Returns", "en", "Send it back.", None),
    ]


@pytest.mark.parametrize(
    ("name", "data", "trouble", "field"),
    [
        ("picture.png", b"\x89PNG", "not_markdown", ""),
        ("inner.zip", zipped({"a.md": "x"}), "not_markdown", ""),
        ("../../etc/cron.md", "x", "unsafe_name", ""),
        ("a/../../b.md", "x", "unsafe_name", ""),
        ("/etc/passwd.md", "x", "unsafe_name", ""),
        ("C:/boot.md", "x", "unsafe_name", ""),
        ("long.md", "x" * (MAX_FILE_BYTES + 1), "too_large", ""),
        ("wide.md", "x" * 100_001, "too_large", ""),
        ("latin.md", "Größe".encode("latin-1"), "not_text", ""),
        ("empty.md", "---\ntitle: A\n---\n", "no_text", ""),
        ("open.md", "---\ntitle: A\n", "broken_front_matter", ""),
        ("title.md", f"---\ntitle: {'x' * 201}\n---\nText", "bad_field", "title"),
        ("locale.md", "---\nlocale: no language!\n---\nText", "bad_field", "locale"),
        ("state.md", "---\nstate: hidden\n---\nText", "bad_field", "state"),
        ("---.md", "---\ntitle: ...\n---\nText", "no_address", ""),
    ],
)
def test_a_file_that_cannot_become_an_article_is_refused_alone(name: str, data: str | bytes, trouble: str, field: str):
    files = read_upload([("articles.zip", zipped({name: data, "good.md": "Good."}))], PLAIN)
    assert [(file.trouble, file.field) for file in files] == [(trouble, field), (None, "")]


def test_a_link_in_an_archive_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.md")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert [file.trouble for file in read_upload([("a.zip", out.getvalue())], PLAIN)] == ["unsafe_name"]


def test_an_encrypted_file_is_refused():
    data = bytearray(zipped({"secret.md": "Text."}))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    assert [file.trouble for file in read_upload([("a.zip", bytes(data))], PLAIN)] == ["encrypted"]


def test_two_files_cannot_become_one_article():
    files = read({"a/refunds.md": "One.", "b/refunds.md": "Two.", "c/refunds.md": "---\nlocale: de\n---\nDrei."})
    assert [file.trouble for file in files.values()] == [None, "same_address", None]


def test_what_systems_put_into_archives_is_not_mentioned():
    assert list(read({"__MACOSX/._a.md": "x", ".DS_Store": "x", "a.md": "Text."})) == ["a.md"]


def test_b19_a_bomb_is_refused_before_it_fills_the_memory():
    """A gigabyte of zeros in a megabyte; a file that unpacks to more than its header says; a list of contents that is all
    there is; the same bytes under a thousand names."""
    zeros = zipped({"bomb.md": bytes(200 * 1024 * 1024)})
    lying = bytearray(zeros)
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (100).to_bytes(4, "little")
    many = zipped({f"{number}.md": b"" for number in range(MAX_FILES * 3)}, zipfile.ZIP_STORED)
    full = zipped({f"{number:04}.md": "x" * (MAX_FILE_BYTES - 1) for number in range(200)})
    tracemalloc.start()
    try:
        assert [file.trouble for file in read_upload([("a.zip", zeros)], PLAIN)] == ["too_large"]
        with pytest.raises(Invalid):
            read_upload([("a.zip", bytes(lying))], PLAIN)
        for archive in (many, full):
            with pytest.raises(TooLarge):
                read_upload([("a.zip", archive)], PLAIN)
        assert tracemalloc.get_traced_memory()[1] < 90 * 1024 * 1024
    finally:
        tracemalloc.stop()
    for broken in (b"PK\x03\x04 nothing", b"PK\x05\x06", zeros[:-30]):
        with pytest.raises(Invalid):
            read_upload([("a.zip", broken)], PLAIN)
    with pytest.raises(TooLarge):
        read_upload([(f"{number}.md", b"Text.") for number in range(MAX_FILES + 1)], PLAIN)


@pytest.mark.asyncio(loop_scope="session")
async def test_an_import_creates_updates_and_leaves_alone_what_is_the_same(works: Works):
    ada = await signed_in(works)
    await works.run(create_article, ada, SaveArticle(title="Refunds", body="Soon.", category="Orders", state="archived"))
    files = read_upload(
        [("refunds.md", b"---\ncategory: Orders\n---\nWithin a week."), ("new.md", b"New."), ("x.txt", b"")], PLAIN
    )

    async def outcomes(is_dry: bool) -> list[str]:
        return [one.outcome for one in await works.run(import_batch, ada, files, PLAIN, is_dry=is_dry)]

    assert await outcomes(True) == ["updated", "created", "refused"]
    async with works.read() as rows:
        assert await rows.one(select(func.count()).select_from(Article)) == 1
    assert await outcomes(False) == ["updated", "created", "refused"]
    assert await outcomes(False) == ["unchanged", "unchanged", "refused"]
    async with works.read() as rows:
        articles = await rows.all(select(Article).order_by(Article.slug))
        lines = await rows.all(select(Activity).where(Activity.action == "article.import"))
    assert [(one.title, one.category, one.body, one.state) for one in articles] == [
        ("New", "General", "New.", "draft"),
        ("Refunds", "Orders", "Within a week.", "archived"),
    ]
    assert [line.detail for line in lines] == [{"created": 1, "updated": 1}]
    ana = await signed_in(works, "agent", "Ana")
    with pytest.raises(Forbidden):
        await works.run(import_batch, ana, files, PLAIN, is_dry=True)
