"""Refusals as pages for people: whoever opens an address in a browser reads a sentence, not JSON."""

from __future__ import annotations

from litestar import Response

from app.http.help_centre import PAGE_CSP, language_asked
from app.http.help_pages import Frame, Site, refusal_page
from app.http.help_words import words_for
from app.http.manual import SITE as MANUAL
from app.http.platform import AnyRequest

MACHINES = ("/api/", "/health", "/metrics", "/socket.io")
PAGES = {400: "page_400", 401: "page_401", 403: "page_403", 404: "page_404", 405: "page_404", 429: "page_429"}


def wants_page(request: AnyRequest) -> bool:
    """Return whether a person opened this address in a browser."""
    return not request.url.path.startswith(MACHINES) and "text/html" in request.headers.get("accept", "")


def page_of_refusal(request: AnyRequest, status: int) -> Response[bytes]:
    """A page for a status, in the browser's language, with a search and the way to the inbox."""
    key = PAGES.get(status, "page_500" if status >= 500 else "page_400")
    locale = language_asked(request)
    words = words_for(locale)
    site = MANUAL if request.url.path.startswith(MANUAL.base) else Site()
    frame = Frame(title=words[key], site=site, locale=locale, is_indexed=False)
    html = refusal_page(frame, words[f"{key}_text"], offers_sign_in=status in {401, 403, 404, 405})
    headers = {"Content-Security-Policy": PAGE_CSP, "Cache-Control": "no-store"}
    return Response(html.encode(), status_code=status, media_type="text/html", headers=headers)
