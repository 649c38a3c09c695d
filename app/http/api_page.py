"""The page that shows the HTTP API: it lies with the inbox's files, and comes from this server alone."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

ADDRESS = "/inbox/api/index.html"
_PAGE = f"""<!doctype html><html lang="en"><title>Parley API</title><meta http-equiv="refresh" content="0; url={ADDRESS}">
<a href="{ADDRESS}">Parley API</a> (<a href="/api/v1/schema/openapi.json">openapi.json</a>)</html>"""


class ApiPage(OpenAPIRenderPlugin):
    """Leads from the schema's address to the page."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return _PAGE.encode()
