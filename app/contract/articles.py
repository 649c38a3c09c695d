"""Articles: writing, listing, previewing and importing them, and passages of them that may answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, Command, Event, Reply, View
from app.contract.values import Id, Visibility

ArticleTitle = Annotated[str, Meta(min_length=1, max_length=200)]
ArticleCategory = Annotated[str, Meta(min_length=1, max_length=60)]
ArticleBody = Annotated[str, Meta(min_length=1, max_length=100_000)]
ArticleSlug = Annotated[str, Meta(max_length=100)]
ArticleLocale = Annotated[str, Meta(min_length=2, max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$(?!\n)")]
ArticleState = Literal["draft", "published", "archived"]
ImportOutcome = Literal["created", "updated", "unchanged", "refused"]
ImportTrouble = Literal[
    "not_markdown",
    "unsafe_name",
    "encrypted",
    "too_large",
    "not_text",
    "broken_front_matter",
    "bad_field",
    "no_text",
    "no_address",
    "same_address",
]


class SuggestionView(View):
    """A passage of an article that may answer. `score` is the cosine in -1..1 (with what words and feedback added)."""

    article_id: str
    title: str
    heading: str
    passage: str
    url: str
    score: float
    why: str


class ArticlesFound(Reply):
    """Passages that may answer, best first; empty when nothing fits. `is_by_words`: articles are not encoded yet, so only
    words were compared; ask again in a few seconds."""

    suggestions: list[SuggestionView]
    is_by_words: bool
    ok: Literal[True] = True


class SearchArticles(Command, tag="article.search", answers=ArticlesFound):
    """Find help-centre passages for what the visitor has typed so far."""

    query: Annotated[str, Meta(min_length=1, max_length=500)]


class SuggestArticles(Command, tag="article.suggest", answers=ArticlesFound):
    """Look for articles that answer what the contact of a conversation asks for. Refused while the server is strained."""

    conversation_id: Id


class SuggestionsReady(Event, tag="suggestions.ready"):
    """Articles that may answer the contact's last messages, best first. `seq` is the last message considered. `is_by_words`:
    articles are not encoded yet, so only words were compared."""

    conversation_id: str
    seq: int
    suggestions: list[SuggestionView]
    is_by_words: bool


class SaveArticle(Body):
    """`POST /api/v1/articles` and `PUT /api/v1/articles/{id}`. Without a slug, a new article's address is made from its
    title and a changed one keeps its own. `seen_at` is the article's `updated_at` as the editor last saw it: when someone
    else has changed the article since, the change is refused as a conflict."""

    title: ArticleTitle
    body: ArticleBody
    category: ArticleCategory
    locale: ArticleLocale = "en"
    state: ArticleState = "draft"
    audience: Visibility = "public"
    slug: ArticleSlug = ""
    seen_at: datetime | None = None


class PreviewArticle(Body):
    """`POST /api/v1/articles/preview`: a title and a text that need not be finished."""

    title: Annotated[str, Meta(max_length=200)]
    body: Annotated[str, Meta(max_length=100_000)]
    locale: ArticleLocale = "en"


class ArticleRowView(View):
    """An article in the list. `path` is its address in the help centre, empty unless readers can open it; `helpful` and
    `unhelpful` count readers' votes; `edited_by` is the last editor's name."""

    id: str
    slug: str
    title: str
    category: str
    locale: str
    state: ArticleState
    audience: Visibility
    path: str
    helpful: int
    unhelpful: int
    edited_by: str | None
    created_at: datetime
    updated_at: datetime


class ArticleReasonView(View):
    """A reason a reader gave for why an article did not help."""

    text: str
    created_at: datetime


class ArticlePage(View):
    """Articles, the last edited first. `next` is the cursor of the following page. `categories` and `locales` are all in
    use, whatever the filter."""

    articles: list[ArticleRowView]
    next: str | None
    categories: list[str]
    locales: list[str]
    ok: Literal[True] = True


class ArticleIs(View):
    """An article with its text, and the newest reasons of readers whom it did not help."""

    article: ArticleRowView
    body: str
    reasons: list[ArticleReasonView]
    ok: Literal[True] = True


class ArticlePreviewIs(View):
    """The article as the help centre shows it: the HTML of its content, and the direction of its language."""

    html: str
    dir: Literal["ltr", "rtl"]
    ok: Literal[True] = True


class ImportedFileView(View):
    """A file of an import and what became of it. `trouble` says why it was refused, `field` which line of its front
    matter is wrong."""

    name: str
    outcome: ImportOutcome
    title: str
    trouble: ImportTrouble | None
    field: str


class ArticlesImported(View):
    """Every file of an import. After a dry run nothing is written and the outcomes are what an import would do."""

    is_dry: bool
    created: int
    updated: int
    unchanged: int
    refused: int
    files: list[ImportedFileView]
    ok: Literal[True] = True
