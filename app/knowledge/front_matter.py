"""Articles as Markdown files: a few lines between `---`, then the text."""

from __future__ import annotations

from app.errors import Invalid
from app.knowledge.articles import ArticleDraft


def read_article(text: str) -> ArticleDraft:
    """An article from a file's text. Raises Invalid when the lines at its top are missing or incomplete."""
    opening, _, rest = text.replace("\r\n", "\n").partition("---\n")
    head, closing, body = rest.partition("\n---\n")
    if opening.strip() or not closing:
        raise Invalid("An article's file begins with lines between ---.")
    fields = dict(_field(line) for line in head.splitlines() if line.strip())
    if missing := {"title", "slug", "category"} - fields.keys():
        raise Invalid(f"An article's file needs a line for {sorted(missing)[0]}.")
    return ArticleDraft(
        title=fields["title"],
        slug=fields["slug"],
        category=fields["category"],
        locale=fields.get("locale", "en"),
        body=body.strip(),
    )


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()
