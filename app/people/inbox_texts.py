"""An inbox's texts in the language of a visitor."""

from __future__ import annotations

from typing import NamedTuple

from models import Inbox

DEFAULT_GREETINGS = {
    "en": "Hello! How can we help?",
    "de": "Hallo! Wie können wir helfen?",
    "ar": "مرحبًا! كيف يمكننا مساعدتك؟",
}

ARCHIVED_TEXTS = {
    "en": "This chat is closed. Please reach us in another way.",
    "de": "Dieser Chat ist geschlossen. Bitte erreichen Sie uns auf anderem Weg.",
    "ar": "هذه الدردشة مغلقة. يُرجى التواصل معنا بطريقة أخرى.",
}


class InboxTexts(NamedTuple):
    """A greeting and an away text. An empty away text stands for the widget's own words."""

    greeting: str
    away: str


def texts_for(inbox: Inbox, locale: str | None) -> InboxTexts:
    """Return the texts in the visitor's language: an exact match, else the same language, else the inbox's own language.

    A language without a greeting has a plain one where Parley speaks it, and else the inbox's.
    """
    kept = {name.lower(): text for name, text in (inbox.texts or {}).items()}
    wanted, own = (locale or inbox.locale).lower(), inbox.locale.lower()
    offered = {own, *(name.lower() for name in inbox.languages or []), *kept}
    language = _best(wanted, offered) or own
    text = kept.get(language) or {}
    greeting = inbox.greeting if language == own else text.get("greeting", "")
    greeting = greeting or DEFAULT_GREETINGS.get(language.split("-")[0], "") or inbox.greeting or DEFAULT_GREETINGS["en"]
    away = text.get("away", "") or (kept.get(own) or {}).get("away", "") * (language == own)
    return InboxTexts(greeting, away)


def archived_text(locale: str | None) -> str:
    """Return what an archived inbox says, in the visitor's language where Parley speaks it."""
    return ARCHIVED_TEXTS.get((locale or "en").lower().split("-")[0], ARCHIVED_TEXTS["en"])


def _best(wanted: str, offered: set[str]) -> str | None:
    if wanted in offered:
        return wanted
    language = wanted.split("-")[0]
    if language in offered:
        return language
    return next((name for name in sorted(offered) if name.split("-")[0] == language), None)
