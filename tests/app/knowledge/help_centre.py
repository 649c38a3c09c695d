"""Articles to test with: short ones made up on the spot, and the demo's."""

from __future__ import annotations

from pathlib import Path

from app.knowledge.articles import ArticleDraft
from app.knowledge.front_matter import read_article

ROOT = Path(__file__).resolve().parents[3]
SHOP, MANUAL = ROOT / "demo" / "articles", ROOT / "docs" / "manual"


def draft(title: str, body: str, category: str = "Orders", *, slug: str = "", locale: str = "en") -> ArticleDraft:
    return ArticleDraft(title=title, body=body, category=category, slug=slug, locale=locale)


def demo_drafts() -> list[ArticleDraft]:
    """The shop's articles and the manual's: two subjects, so that finding the right one is not easy."""
    paths = sorted([*SHOP.glob("*.md"), *MANUAL.glob("*.md")], key=lambda path: path.name)
    return [read_article(path.read_text("utf-8")) for path in paths]
