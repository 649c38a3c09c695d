"""The Litestar application, put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.types import ControllerRouterHandler

from app.errors import ParleyError
from app.http import (
    account,
    articles,
    attachments,
    audit,
    contacts,
    conversations,
    escalation,
    health,
    help_centre,
    icons,
    inboxes,
    links,
    mail,
    mailbox,
    mailed_links,
    manual,
    notices,
    people,
    proactive,
    routing,
    sign_in,
    sla,
    solutions,
    statuses,
    ticket_fields,
    tickets,
    timeline,
    toolbox,
    web_form,
    widget_sessions,
    workspace,
)
from app.http.api_page import ApiPage
from app.http.bodies import CarefulRequest
from app.http.compression import Compressing
from app.http.errors import on_any_error, on_http_error, on_parley_error
from app.http.middleware import Wrapping
from app.http.parley_app import ParleyApp
from app.http.platform import Platform, caller_first
from app.version import VERSION

MAX_BODY_BYTES = 128 * 1024

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_app(platform: Platform, more_routes: Sequence[ControllerRouterHandler], lifespan: Sequence[Lifespan]) -> Litestar:
    """Every route of the domain, and what the wires add."""
    app = ParleyApp(
        route_handlers=[
            *widget_sessions.ROUTES,
            *people.ROUTES,
            *account.ROUTES,
            *workspace.ROUTES,
            *inboxes.ROUTES,
            *routing.ROUTES,
            *sla.ROUTES,
            *solutions.ROUTES,
            *links.ROUTES,
            *timeline.ROUTES,
            *statuses.ROUTES,
            *ticket_fields.ROUTES,
            *articles.ROUTES,
            *help_centre.ROUTES,
            *manual.ROUTES,
            *icons.ROUTES,
            *mailbox.ROUTES,
            *mail.ROUTES,
            *mailed_links.ROUTES,
            *sign_in.ROUTES,
            *conversations.ROUTES,
            *tickets.ROUTES,
            *contacts.ROUTES,
            *escalation.ROUTES,
            *notices.ROUTES,
            *toolbox.ROUTES,
            *web_form.ROUTES,
            *attachments.ROUTES,
            *audit.ROUTES,
            *proactive.ROUTES,
            *health.ROUTES,
            *more_routes,
        ],
        state=State({"platform": platform, "is_draining": False}),
        exception_handlers={ParleyError: on_parley_error, HTTPException: on_http_error, Exception: on_any_error},
        middleware=[Compressing()],
        guards=[caller_first],
        lifespan=list(lifespan),
        request_class=CarefulRequest,
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=OpenAPIConfig(
            title="Parley",
            version=VERSION,
            path="/api/v1/schema",
            render_plugins=[ApiPage(path="/")],
            use_handler_docstrings=True,
        ),
        logging_config=None,
        debug=False,
    )
    app.wrapping = Wrapping(is_https=platform.settings.is_https)
    return app
