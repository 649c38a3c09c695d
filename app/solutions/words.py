"""The line a customer reads below a proposed solution, in their language."""

from __future__ import annotations

LINES = {"en": "Our proposed solution", "de": "Unser Lösungsvorschlag", "ar": "الحل المقترح"}


def line_in(locale: str | None) -> str:
    """Return the line in the language of a locale, else in English."""
    language = (locale or "").lower().replace("_", "-").partition("-")[0]
    return LINES.get(language, LINES["en"])
