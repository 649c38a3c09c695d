"""Articles for agents who may manage them: listing, writing, previewing, importing."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Annotated

from litestar import delete, get, post, put
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.contract.articles import (
    ArticleIs,
    ArticlePage,
    ArticlePreviewIs,
    ArticlesImported,
    ArticleState,
    ImportedFileView,
    PreviewArticle,
    SaveArticle,
)
from app.contract.bases import Done
from app.contract.values import Visibility
from app.errors import Invalid
from app.http.help_pages import article_content, direction_of
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.knowledge.article_edits import (
    ArticleFilter,
    create_article,
    get_article,
    list_articles,
    remove_article,
    replace_article,
)
from app.knowledge.article_import import (
    AUDIENCES,
    MAX_FILES,
    MAX_UPLOAD_BYTES,
    STATES,
    ImportDefaults,
    batches_of,
    import_batch,
    read_upload,
)
from app.people.permissions import Permission, require
from app.text import clean_line

MAX_ARTICLE_BYTES = 1024 * 1024
MAX_IMPORT_BYTES = MAX_UPLOAD_BYTES + 1024 * 1024

Words = Annotated[str, QueryParameter(max_length=200)]
ShortText = Annotated[str, QueryParameter(max_length=60)]
WantedState = Annotated[ArticleState | None, QueryParameter(name="state")]  # Litestar keeps the bare name for itself
Cursor = Annotated[str | None, QueryParameter(max_length=400)]


@get("/api/v1/articles")
async def articles(
    request: AnyRequest,
    q: Words = "",
    category: ShortText = "",
    locale: ShortText = "",
    in_state: WantedState = None,
    audience: FromQuery[Visibility | None] = None,
    after: Cursor = None,
    limit: FromQuery[int] = 50,
) -> ArticlePage:
    """A page of articles, the last edited first; `q` narrows by words of title, category and address. For admins."""
    agent = await agent_of(request)
    wanted = ArticleFilter(query=q, category=category, locale=locale, state=in_state, audience=audience)
    async with platform_of(request).works.read() as rows:
        return await list_articles(rows, agent, wanted, after, limit)


@post("/api/v1/articles", status_code=201, request_max_body_size=MAX_ARTICLE_BYTES)
async def add_article(request: AnyRequest, data: JSONBody[SaveArticle]) -> ArticleIs:
    """Add an article. For admins."""
    agent = await agent_of(request)
    return await platform_of(request).works.run(create_article, agent, data)


@get("/api/v1/articles/{article_id:str}")
async def one_article(request: AnyRequest, article_id: FromPath[str]) -> ArticleIs:
    """An article with its text and what readers missed in it. For admins."""
    agent = await agent_of(request)
    async with platform_of(request).works.read() as rows:
        return await get_article(rows, agent, as_id(article_id, "article"))


@put("/api/v1/articles/{article_id:str}", request_max_body_size=MAX_ARTICLE_BYTES)
async def change_article(request: AnyRequest, article_id: FromPath[str], data: JSONBody[SaveArticle]) -> ArticleIs:
    """Replace an article, its state included: this is how one is published, unpublished and archived. For admins."""
    agent, id = await agent_of(request), as_id(article_id, "article")
    return await platform_of(request).works.run(replace_article, agent, data, id)


@delete("/api/v1/articles/{article_id:str}", status_code=200)
async def drop_article(request: AnyRequest, article_id: FromPath[str]) -> Done:
    """Delete an article for good, with its votes. For admins."""
    agent, id = await agent_of(request), as_id(article_id, "article")
    await platform_of(request).works.run(remove_article, agent, id)
    return Done()


@post("/api/v1/articles/preview", status_code=200, request_max_body_size=MAX_ARTICLE_BYTES)
async def preview_article(request: AnyRequest, data: JSONBody[PreviewArticle]) -> ArticlePreviewIs:
    """Show an article as the help centre will. Nothing is written. For admins."""
    require(Permission.PUBLISH_ARTICLES, await agent_of(request))
    today = platform_of(request).works.clock().date()
    html = await asyncio.to_thread(article_content, clean_line(data.title), data.body, today, data.locale)
    return ArticlePreviewIs(html=html, dir=direction_of(data.locale))


@post(
    "/api/v1/articles/import", status_code=200, request_max_body_size=MAX_IMPORT_BYTES, multipart_form_part_limit=MAX_FILES + 10
)
async def import_articles(request: AnyRequest) -> ArticlesImported:
    """Import Markdown files or zip files of them, sent as form fields named `file`. `category`, `locale`, `state` and
    `audience` are for files that do not say; with `dry=1` nothing is written. For admins."""
    agent = await agent_of(request)
    require(Permission.PUBLISH_ARTICLES, agent)
    form = await request.form()
    uploads = [(file.filename, await file.read()) for file in form.getall("file", []) if isinstance(file, UploadFile)]
    if not uploads:
        raise Invalid("Send Markdown or zip files as form fields named file.")
    defaults = _defaults_of({name: str(form.get(name, "")).strip()[:60] for name in ("category", "locale", "state", "audience")})
    is_dry = form.get("dry") == "1"
    files = await asyncio.to_thread(read_upload, uploads, defaults)
    done: list[ImportedFileView] = []
    for batch in batches_of(files):
        done += await platform_of(request).works.run(import_batch, agent, batch, defaults, is_dry=is_dry)
    counts = Counter(one.outcome for one in done)
    return ArticlesImported(
        is_dry=is_dry,
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        refused=counts["refused"],
        files=done,
    )


def _defaults_of(said: dict[str, str]) -> ImportDefaults:
    plain = ImportDefaults()
    if (said["state"] and said["state"] not in STATES) or (said["audience"] and said["audience"] not in AUDIENCES):
        raise Invalid("Choose draft, published or archived, and public or internal.")
    return ImportDefaults(
        category=clean_line(said["category"]) or plain.category,
        locale=said["locale"] or plain.locale,
        state=STATES.get(said["state"], plain.state),
        audience=AUDIENCES.get(said["audience"], plain.audience),
    )


ROUTES = [
    articles,
    add_article,
    one_article,
    change_article,
    drop_article,
    preview_article,
    import_articles,
]
