"""Articles as Markdown files: a few lines between `---`, then the text."""

from __future__ import annotations

from app.errors import Invalid
from app.knowledge.articles import ArticleDraft

MAX_LINES = 50


def read_article(text: str) -> ArticleDraft:
    """An article from a file's text. Raises Invalid when the lines at its top are missing or incomplete."""
    fields, body = split_front_matter(text)
    if not fields:
        raise Invalid("An article's file begins with lines between ---.")
    if missing := {"title", "slug", "category"} - fields.keys():
        raise Invalid(f"An article's file needs a line for {sorted(missing)[0]}.")
    return ArticleDraft(
        title=fields["title"],
        slug=fields["slug"],
        category=fields["category"],
        locale=fields.get("locale", "en"),
        body=body,
    )


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the fields at a file's top and the text below them; no fields when the file does not begin with `---`.

    Raises Invalid when they do not end.
    """
    text = text.replace("\r\n", "\n").lstrip("\n ")
    if not text.startswith("---\n"):
        return {}, text.strip()
    head, closing, body = f"\n{text[4:]}".partition("\n---\n")
    lines = head.strip("\n").split("\n")
    if not closing or len(lines) > MAX_LINES:
        raise Invalid("An article's file begins with lines between ---.")
    return dict(_field(line) for line in lines if line.strip()), body.strip()


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return name.strip().lower(), value
